"""Which provider answers: the first that can do the language and does not fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from shortform_assets.contracts.speech import PassedOver
from shortform_assets.errors import ShortformError
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    Floats,
    Provider,
    ProviderFailed,
    RawSegment,
    RecognitionRequest,
    Recognizer,
    SecondHearing,
)
from shortform_assets.speech.hear.validate import UnusableAnswer, checked

T = TypeVar("T")


class ProviderLine:
    """One provider for one source: its answers are checked, and no more calls run than it can take."""

    def __init__(self, provider: Provider, language: str) -> None:
        self.provider, self.language = provider, language
        self._room = threading.BoundedSemaphore(max(1, provider.parallel))
        self._load = threading.Lock()

    @property
    def name(self) -> str:
        """Provider and model; loads it."""
        return self._recognizer().name

    def recognize(
        self, samples: Floats, beam_size: int, terms: Sequence[str], progress: Callable[[float], None]
    ) -> tuple[RawSegment, ...]:
        """Segments in order, every word timed within the samples.

        UnusableAnswer where this sound has none, another ShortformError where the provider failed; nothing else.
        """
        recognizer = self._recognizer()
        with self._room, _told(recognizer.name):
            raw = recognizer.recognize(RecognitionRequest(samples, self.language, beam_size, terms, progress))
        return checked(raw, len(samples) / SAMPLE_RATE, self.language, recognizer.name)

    def text(self, samples: Floats) -> str:
        """What is heard in a short stretch, without a voice gate where the recognizer has such a way.

        Raises what `recognize` does.
        """
        recognizer = self._recognizer()
        if isinstance(recognizer, SecondHearing):
            with self._room, _told(recognizer.name):
                return recognizer.decode(samples)
        return " ".join(segment.text.strip() for segment in self.recognize(samples, 1, (), lambda _: None))

    def _recognizer(self) -> Recognizer:
        with self._load:
            try:
                return self.provider.load()
            except ShortformError:
                raise
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
                raise ProviderFailed(f"{self.provider.name} cannot be loaded: {said}") from error


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Whatever a library raises over one stretch of sound must not cost the work on the others."""
    try:
        yield
    except ShortformError:
        raise
    except Exception as error:
        raise UnusableAnswer(f"{name} failed unexpectedly: {type(error).__name__}: {error}") from error


class Switchboard:
    """The providers of one source in their order. One that failed is not asked again. Thread-safe.

    A provider has failed when it says so, or when whole chunks in a row have no usable answer.
    """

    def __init__(self, providers: Sequence[Provider], language: str) -> None:
        self.language = language
        self.passed_over: list[PassedOver] = []
        """Who was not asked, because of the language."""
        self.failures: list[str] = []
        """Why a provider was given up, one sentence each."""
        self._lines: list[ProviderLine] = []
        self._unusable: dict[ProviderLine, set[int]] = {}
        self._lock = threading.Lock()
        for provider in providers:
            if provider.languages is None or language in provider.languages:
                self._lines.append(ProviderLine(provider, language))
            else:
                reason = f"it cannot do the language {language!r}"
                self.passed_over.append(PassedOver(provider=provider.name, reason=reason))

    def ask(self, work: Callable[[ProviderLine], T], chunk: int | None = None) -> T:
        """`work` with the first provider that has an answer; `chunk` is the number of the whole chunk asked about.

        UnusableAnswer where some provider is left but none could make anything of this sound; ShortformError
        names what all of them said where all are given up.
        """
        unusable: UnusableAnswer | None = None
        for line in list(self._lines):
            if line not in self._lines:
                continue
            try:
                return work(line)
            except UnusableAnswer as error:
                unusable = error
                if chunk is not None and self._again(line, chunk):
                    self._give_up(line, f"it has no usable answer for whole chunks in a row: {error}")
            except ShortformError as error:
                self._give_up(line, str(error))
        if unusable is not None and self._lines:
            raise unusable
        raise self.nobody()

    def nobody(self, *more: str) -> ShortformError:
        """That no provider could do it: what each of them said, and `more`."""
        said = [*(f"{p.provider}: {p.reason}" for p in self.passed_over), *self.failures, *more]
        return ShortformError(
            f"no provider could transcribe this: {'; '.join(said)} - "
            "mend one of them, or name another one in the genre's speech.providers"
        )

    def _again(self, line: ProviderLine, chunk: int) -> bool:
        """Whether a neighbour of `chunk` had no usable answer of this provider either."""
        with self._lock:
            numbers = self._unusable.setdefault(line, set())
            numbers.add(chunk)
            return bool(numbers & {chunk - 1, chunk + 1})

    def _give_up(self, line: ProviderLine, why: str) -> None:
        with self._lock:
            if line in self._lines:
                self._lines.remove(line)
                self.failures.append(f"{line.provider.name}: {why}")
