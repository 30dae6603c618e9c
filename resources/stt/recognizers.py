"""The speech providers by the names that genre configs use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from threading import Lock

from resources.stt.amazon import AmazonTranscribeProvider
from resources.stt.moonshine import MoonshineProvider
from resources.stt.openai_compatible import OpenAIProvider
from resources.stt.whisper import WhisperProvider
from resources.stt.whisperx import WhisperXProvider
from shortform_assets.contracts.slices import SpeechSlice
from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import Ears, Provider
from shortform_assets.ports.spending import Purse

Make = Callable[[str, Purse | None], Provider]
"""A provider of a model (empty for its default) that pays from a purse."""


def _whisper(model: str, _: Purse | None) -> Provider:
    return WhisperProvider(model) if model else WhisperProvider()


def _moonshine(model: str, _: Purse | None) -> Provider:
    return MoonshineProvider()


def _whisperx(model: str, _: Purse | None) -> Provider:
    return WhisperXProvider(model) if model else WhisperXProvider()


def _openai(model: str, purse: Purse | None) -> Provider:
    return OpenAIProvider(model, purse) if model else OpenAIProvider(purse=purse)


def _amazon(model: str, purse: Purse | None) -> Provider:
    return AmazonTranscribeProvider(purse)


PROVIDERS: dict[str, Make] = {
    "whisper": _whisper,
    "moonshine": _moonshine,
    "whisperx": _whisperx,
    "openai": _openai,
    "amazon-transcribe": _amazon,
}
PAID = frozenset({"openai", "amazon-transcribe"})
"""Those that spend money, and so are made anew for every source."""


class Recognizers:
    """Makes the providers that a genre names; local ones are loaded once and shared."""

    def __init__(self, providers: Mapping[str, Make] = PROVIDERS) -> None:
        self._providers = providers
        self._made: dict[str, Provider] = {}
        self._lock = Lock()

    def chain(self, speech: SpeechSlice, purse: Purse | None = None) -> Chain:
        """The genre's providers in order; InputError for a name that there is not."""
        second = self._get(speech.second_opinion, purse) if speech.second_opinion else None
        return Chain(tuple(self._get(name, purse) for name in speech.providers), second, self._detector())

    def _detector(self) -> WhisperProvider:
        found = self._get("whisper", None)
        return found if isinstance(found, WhisperProvider) else WhisperProvider()

    def _get(self, name: str, purse: Purse | None) -> Provider:
        kind, _, model = name.partition(":")
        if kind not in self._providers:
            raise InputError(
                f"there is no speech provider {name!r}",
                "the genre's speech.providers",
                f"choose from {', '.join(sorted(self._providers))}",
            )
        if kind in PAID:
            return self._providers[kind](model, purse)
        with self._lock:
            if name not in self._made:
                self._made[name] = self._providers[kind](model, None)
            return self._made[name]


class Chain:
    """The ears for one source, as a tool: its fingerprint enters the recipe."""

    def __init__(
        self, providers: tuple[Provider, ...], second: Provider | None, detector: WhisperProvider
    ) -> None:
        self._ears = Ears(providers, detector, second)

    @property
    def fingerprint(self) -> str:
        ears = self._ears
        parts = [p.fingerprint for p in (*ears.providers, *([ears.second] if ears.second else []))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def load(self) -> Ears:
        """Nothing is loaded before it is needed: each provider loads itself when it is asked."""
        return self._ears
