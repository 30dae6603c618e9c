"""The speech providers by the names that genres use. A new one is a file in `resources/stt/` and a line here."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from shortform_assets.contracts.base import unknown_name


@dataclass(frozen=True)
class SpeechProvider:
    """Where a provider lives and how it is made; its class is imported when a genre asks for it."""

    implementation: str
    """`module:Class`, with the port `ports.recognizer.Provider`."""
    models: bool = False
    """Whether the name may go on with `:MODEL`."""
    registered: str = ""
    """How its models begin in the models registry; empty where it may know others too."""
    paid: bool = False
    """It spends money: it is given a purse, and made anew for every source."""
    finds_voice: bool = False
    """It looks for voice itself: it is given the speech room's `ports.voice_finder.VoiceFinder`."""


SPEECH_PROVIDERS: dict[str, SpeechProvider] = {
    "whisper": SpeechProvider("resources.stt.whisper:WhisperProvider", models=True, registered="whisper-"),
    "moonshine": SpeechProvider("resources.stt.moonshine:MoonshineProvider", finds_voice=True),
    "whisperx": SpeechProvider("resources.stt.whisperx:WhisperXProvider", models=True, finds_voice=True),
    "openai": SpeechProvider("resources.stt.openai_compatible:OpenAIProvider", models=True, paid=True),
    "amazon-transcribe": SpeechProvider("resources.stt.amazon:AmazonTranscribeProvider", paid=True),
}


def provider_name(name: str) -> str:
    """`name` if it is one of the above, with a model where it takes one; else an error that lists them."""
    kind, colon, model = name.partition(":")
    if kind not in SPEECH_PROVIDERS:
        raise unknown_name(kind, "speech provider", SPEECH_PROVIDERS)
    if colon and not SPEECH_PROVIDERS[kind].models:
        raise PydanticCustomError("no_model", "{kind} takes no model, write {kind}", {"kind": kind})
    if colon and model.split() != [model]:
        raise PydanticCustomError("no_model", "a model is missing behind {kind}:", {"kind": kind})
    return name
