"""Which language is spoken: several windows vote."""

from __future__ import annotations

import math

import numpy as np

from shortform_assets.errors import ShortformError
from shortform_assets.ports.recognizer import Floats, LanguageDetector
from shortform_assets.speech.words.voice_activity import Read, VoiceActivity

_LANGUAGE_WINDOW_MS, _LANGUAGE_WINDOWS = 30_000, 3
"""Whisper's window, and so many over the source: one greeting or quotation is outvoted."""


def tell_language(read: Read, voice: VoiceActivity, detector: LanguageDetector) -> tuple[str, float]:
    """ISO 639-1 of most of the voice and its probability, from up to three windows over the source.

    A jingle, a quotation or a guest's greeting at the start does not decide it, and a window over which the
    detector crashes has no vote. ShortformError where it crashes over all of them.
    """
    total = sum(high - low for low, high in voice.spans)
    count = min(_LANGUAGE_WINDOWS, max(1, total // _LANGUAGE_WINDOW_MS))
    votes: dict[str, float] = {}
    crash: Exception | None = None
    for number in range(count):
        try:
            language, sure = detector.detect(_voiced(read, voice, total * number // count))
        except ShortformError:
            raise
        except Exception as error:
            crash = error
        else:
            votes[language] = votes.get(language, 0.0) + (sure if math.isfinite(sure) else 0.0)
    if not votes:
        raise ShortformError(
            f"the language could not be told ({type(crash).__name__}: {crash}) - name it in the genre's speech.language"
        ) from crash
    best = max(votes, key=lambda language: (votes[language], language))
    return best, round(votes[best] / count, 4)


def _voiced(read: Read, voice: VoiceActivity, skip_ms: int) -> Floats:
    """Up to a window of voice, after the first `skip_ms` of voice."""
    pieces, left = [], _LANGUAGE_WINDOW_MS
    for low, high in voice.spans:
        if skip_ms >= high - low:
            skip_ms -= high - low
            continue
        low, skip_ms = low + skip_ms, 0
        pieces.append(read(low, min(high, low + left)))
        left -= min(high - low, left)
        if left <= 0:
            break
    return np.concatenate(pieces)
