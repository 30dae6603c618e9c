"""The speech providers by the names that genre configs use."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from threading import Lock
from typing import Any

from resources.stt.whisper import WhisperProvider
from shortform_assets.contracts.slices import SpeechSlice
from shortform_assets.contracts.speech import Transcript
from shortform_assets.contracts.speech_providers import SPEECH_PROVIDERS, SpeechProvider
from shortform_assets.ports.recognizer import Ears, Provider
from shortform_assets.ports.spending import Purse
from shortform_assets.ports.voice_finder import VoiceFinder


class Recognizers:
    """Makes the providers that a genre names; local ones are loaded once and shared."""

    def __init__(self, voice: VoiceFinder) -> None:
        """`voice` is for those that look for voice themselves."""
        self._voice = voice
        self._made: dict[str, Provider] = {}
        self._lock = Lock()

    def chain(self, speech: SpeechSlice, purse: Purse | None = None) -> RecognizerChain:
        """The genre's providers in order."""
        second = self._get(speech.second_opinion, purse) if speech.second_opinion else None
        providers = tuple(self._get(name, purse) for name in speech.providers)
        return RecognizerChain(providers, second, self._detector(), speech.language == "auto")

    def _detector(self) -> WhisperProvider:
        found = self._get("whisper", None)
        return found if isinstance(found, WhisperProvider) else WhisperProvider()

    def _get(self, name: str, purse: Purse | None) -> Provider:
        kind, _, model = name.partition(":")
        facts = SPEECH_PROVIDERS[kind]
        given: dict[str, Any] = {"voice": self._voice} if facts.finds_voice else {}
        if facts.paid:
            return _made(facts, model, purse=purse, **given)
        with self._lock:
            if name not in self._made:
                self._made[name] = _made(facts, model, **given)
            return self._made[name]


def languages_heard(providers: Sequence[str]) -> frozenset[str] | None:
    """Languages that at least one of the named providers can do; None for any. No model is loaded."""
    found: frozenset[str] = frozenset()
    for name in providers:
        languages: frozenset[str] | None = _class_of(SPEECH_PROVIDERS[name.partition(":")[0]]).languages
        if languages is None:
            return None
        found |= languages
    return found


def _made(facts: SpeechProvider, model: str, **given: Any) -> Provider:
    make = _class_of(facts)
    provider: Provider = make(model, **given) if model else make(**given)
    return provider


def _class_of(facts: SpeechProvider) -> Any:
    module, _, name = facts.implementation.partition(":")
    return getattr(import_module(module), name)


class RecognizerChain:
    """The ears for one source, as a tool: the fingerprint of the provider that answers enters the recipe.

    So another fallback at the end transcribes nothing again, and another one in front does, unless it cannot
    do the language.
    """

    def __init__(
        self,
        providers: tuple[Provider, ...],
        second: Provider | None,
        detector: WhisperProvider,
        tells_language: bool,
    ) -> None:
        """`tells_language`: the detector is asked."""
        self._ears = Ears(providers, detector, second)
        self._detector, self._tells_language = detector, tells_language

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """For each provider, if it answers: its own, and those of who is heard besides whoever answers."""
        ears = self._ears
        others = [self._detector.fingerprint] if self._tells_language else []
        others += [ears.second.fingerprint] if ears.second else []
        return tuple(" + ".join([provider.fingerprint, *others]) for provider in ears.providers)

    def answered(self, result: Transcript) -> int:
        """The first that can do the language. Where that one failed, the result is degraded and never reused."""
        for number, provider in enumerate(self._ears.providers):
            if provider.languages is None or result.language in provider.languages:
                return number
        return 0

    def load(self) -> Ears:
        """Nothing is loaded before it is needed: each provider loads itself when it is asked."""
        return self._ears
