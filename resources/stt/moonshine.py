"""Moonshine: small, quick, English only; a second opinion on short stretches and a provider in its own right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from resources.models import Models
from resources.stt.loaded import LoadedOnce
from resources.stt.segments import USUAL_LOGPROB, untimed
from shortform_assets.code_versions import code_of
from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    Floats,
    ProviderFailed,
    RawTranscript,
    RecognitionRequest,
)
from shortform_assets.ports.voice_finder import VoiceFinder

_PACKAGE, _INSTALL = "moonshine-voice", "moonshine-voice==0.0.73"
_MODEL = "moonshine-tiny-en"
_OPTIONS = {
    # Its own voice detector carries state from call to call, so the same sound gave other words the second
    # time; at 0 the whole window is one line, and each window is decoded alone.
    "vad_threshold": "0",
    "vad_max_segment_duration": "60",
    # Naming speakers costs ten times the recognition and moves the lines.
    "identify_speakers": "false",
    "return_audio_data": "false",
}
_WINDOW_MS, _EDGE_MS = 20_000, 300
"""Longest stretch decoded in one go: shorter ones cost words, longer ones time."""
_SHORTEST = SAMPLE_RATE // 4
"""Samples: a shorter rest of a stretch is not decoded. Our choice."""
_QUIET = np.zeros(SAMPLE_RATE // 2, np.float32)
"""Silence on both sides: a word cut off at an edge sends the decoder into loops."""


class MoonshineProvider(LoadedOnce["_Moonshine"]):
    """Moonshine tiny, English, with the library and the model of the moonshine-voice wheel.

    Voice is found by `voice` and decoded in windows; where nobody speaks there are no words. The library
    gives no word times and no probabilities: its segments say where the voice is,
    `avg_logprob` is what is usual, `no_speech_prob` 0; the compression ratio is Whisper's measure.
    """

    name = "moonshine"
    languages: frozenset[str] | None = frozenset({"en"})
    parallel = 4
    """Each call has a transcriber of its own, about 110 MB, on one thread."""

    def __init__(self, models: Models | None = None, *, voice: VoiceFinder) -> None:
        super().__init__()
        self._voice, self._models = voice, models or Models()

    @property
    def fingerprint(self) -> str:
        try:
            made = version(_PACKAGE)
        except PackageNotFoundError:
            made = "missing"
        own = code_of(type(self), type(self._voice)).digest
        return f"{_MODEL}:{self._models.fingerprint(_MODEL)}:{_PACKAGE}-{made}:{own}"

    def _load(self) -> _Moonshine:
        """ProviderFailed says what to install."""
        return _Moonshine(self._maker(), self._voice)

    def _maker(self) -> Callable[[], Any]:
        try:
            from moonshine_voice import ModelArch, Transcriber

            folder = self._models.resolve(_MODEL)
        except InputError as error:
            raise ProviderFailed(f"Moonshine has no model here: {error}") from error
        except (ImportError, OSError) as error:
            # There are wheels for Linux on x86_64 and macOS on arm64 only.
            raise ProviderFailed(
                f"Moonshine cannot be used on this machine ({error}) - "
                f"pip install {_INSTALL}, or take it out of the genre's speech.providers"
            ) from error
        return lambda: Transcriber(folder, ModelArch.TINY, options=dict(_OPTIONS))


class _Moonshine:
    name = "Moonshine tiny-en"

    def __init__(self, make: Callable[[], Any], voice: VoiceFinder) -> None:
        self._make, self._voice = make, voice
        self._idle: SimpleQueue[Any] = SimpleQueue()
        # The first one is made now, so that a model that cannot be loaded is known at once.
        with self._transcriber():
            pass

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        """Greedy always; `beam_size` and `terms` have no effect."""
        found, samples = [], request.samples
        with self._transcriber() as transcriber:
            for window, spans in self._voice.windows(samples, _WINDOW_MS, _EDGE_MS):
                if text := _decode(transcriber, samples[window[0] * 16 : window[1] * 16]):
                    found.append(untimed(text, spans, USUAL_LOGPROB))
                request.progress(window[1] * 16 / max(1, len(samples)))
        return RawTranscript(request.language, 1.0, tuple(found))

    def decode(self, samples: Floats) -> str:
        """What the decoder makes of at most half a minute, whether or not there is voice in it."""
        window = _WINDOW_MS * 16
        with self._transcriber() as transcriber:
            parts = [samples[at : at + window] for at in range(0, len(samples), window)]
            return " ".join(_decode(transcriber, part) for part in parts if len(part) >= _SHORTEST)

    @contextmanager
    def _transcriber(self) -> Iterator[Any]:
        """One that nobody else uses meanwhile: a shared one mixes up its callers' answers."""
        try:
            transcriber = self._idle.get_nowait()
        except Empty:
            transcriber = self._made()
        yield transcriber
        # One that failed is not used again.
        self._idle.put(transcriber)

    def _made(self) -> Any:
        try:
            return self._make()
        except Exception as error:
            raise ProviderFailed(
                f"Moonshine cannot load its model ({error}) - pip install --force-reinstall {_INSTALL}"
            ) from error


def _decode(transcriber: Any, samples: Floats) -> str:
    try:
        padded = np.concatenate([_QUIET, samples, _QUIET]).tolist()
        lines = transcriber.transcribe_without_streaming(padded, SAMPLE_RATE).lines
    except Exception as error:
        raise ProviderFailed(f"Moonshine failed ({error}) - try again, or name another provider") from error
    return " ".join(" ".join(line.text for line in lines).split())
