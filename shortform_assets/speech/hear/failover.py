"""Which provider answers: the first that can do the language and does not fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from shortform_assets.contracts.speech import PassedOver
from shortform_assets.errors import ShortformError
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    Floats,
    Provider,
    ProviderFailed,
    RawSegment,
    Recognizer,
    SecondHearing,
)
from shortform_assets.speech.hear.validate import checked

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
        """Segments in order, every word timed within the samples. Raises ShortformError, nothing else."""
        recognizer = self._recognizer()
        with self._room:
            try:
                raw = recognizer.recognize(samples, self.language, beam_size, terms, progress)
            except (ShortformError, KeyboardInterrupt):
                raise
            except Exception as error:
                # Whatever a library raises must not cost the work of the others.
                said = f"{type(error).__name__}: {error}"
                raise ProviderFailed(f"{recognizer.name} failed unexpectedly: {said}") from error
        return checked(raw, len(samples) / SAMPLE_RATE, self.language, recognizer.name)

    def text(self, samples: Floats) -> str:
        """What is heard in a short stretch, without a voice gate where the recognizer has such a way."""
        recognizer = self._recognizer()
        if isinstance(recognizer, SecondHearing):
            with self._room:
                return recognizer.decode(samples)
        return " ".join(segment.text.strip() for segment in self.recognize(samples, 1, (), lambda _: None))

    def _recognizer(self) -> Recognizer:
        with self._load:
            return self.provider.load()


class Switchboard:
    """The providers of one source in their order. One that failed is not asked again. Thread-safe."""

    def __init__(self, providers: Sequence[Provider], language: str) -> None:
        self.language = language
        self.passed_over: list[PassedOver] = []
        """Who was not asked, because of the language."""
        self.failures: list[str] = []
        """Why a provider was given up, one sentence each."""
        self._lines: list[ProviderLine] = []
        self._lock = threading.Lock()
        for provider in providers:
            if provider.languages is None or language in provider.languages:
                self._lines.append(ProviderLine(provider, language))
            else:
                reason = f"it cannot do the language {language!r}"
                self.passed_over.append(PassedOver(provider=provider.name, reason=reason))

    def ask(self, work: Callable[[ProviderLine], T]) -> T:
        """`work` with the first provider that does not fail; ShortformError names what all of them said."""
        for line in list(self._lines):
            if line not in self._lines:
                continue
            try:
                return work(line)
            except ShortformError as error:
                with self._lock:
                    if line in self._lines:
                        self._lines.remove(line)
                        self.failures.append(f"{line.provider.name}: {error}")
        said = [*(f"{p.provider}: {p.reason}" for p in self.passed_over), *self.failures]
        raise ShortformError(
            f"no provider could transcribe this: {'; '.join(said)} - "
            "mend one of them, or name another one in the genre's speech.providers"
        )
