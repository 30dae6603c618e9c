"""Words that forced alignment left in a silence, put back where the sound is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats
from shortform_assets.speech.words.voice_activity import Span
from shortform_assets.speech.words.word_assembly import DraftWord

_STEP_MS = 10
"""Of one level; also the frame of the aligner."""
_SQUEEZED_MS = 150
"""A stranded word is as short as its phones allow: three states each, of 10 ms."""
_LOUDER_DB = 20
"""Sound that nobody claims is this much louder than the span of the word that owns it."""
_BELOW_PEAK_DB = 40
"""What is this much below the utterance's loudest moment is no sound. Our choice."""
_SHORTEST_MS, _JOINED_MS = 60, 80
"""Sound that may be a word, and a gap within one. Our choice; the rule is held by
tests/speech/test_stranded.py."""


def to_sound(words: Sequence[DraftWord], samples: Floats, start_ms: int) -> list[DraftWord]:
    """`words` of one utterance, of which the stranded ones now have the times of the sound beside them.

    A pause between words may hold any sound, so an aligner can take a short word's own sound for a pause and
    leave the word in the silence before it or after it. `samples` are the utterance's, from `start_ms` on;
    words whose times were not aligned stay as they are.
    """
    level = _levels(samples)
    found: list[DraftWord] = []
    for i, word in enumerate(words):
        low = found[-1].end if found else start_ms
        high = words[i + 1].start if i + 1 < len(words) else start_ms + len(level) * _STEP_MS
        sound = _unclaimed(word, (low, high), level, start_ms)
        found.append(replace(word, start=sound[0], end=sound[1]) if sound else word)
    return found


def _unclaimed(word: DraftWord, room: Span, level: Floats, start_ms: int) -> Span | None:
    """The longest sound within `room`, if `word` stands in a silence beside it."""
    if word.timing != "aligned" or word.end - word.start > _SQUEEZED_MS:
        return None
    own = level[_frames((word.start, word.end), start_ms)]
    if not own.size:
        return None
    loud = level > max(float(np.median(own)) + _LOUDER_DB, float(level.max()) - _BELOW_PEAK_DB)
    loud[: -(min(0, start_ms - room[0]) // _STEP_MS)] = False
    loud[max(0, room[1] - start_ms) // _STEP_MS :] = False
    runs: list[list[int]] = []
    for at in np.flatnonzero(loud):
        if runs and (at - runs[-1][1]) * _STEP_MS <= _JOINED_MS:
            runs[-1][1] = int(at) + 1
        else:
            runs.append([int(at), int(at) + 1])
    first, last = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    if (last - first) * _STEP_MS < _SHORTEST_MS:
        return None
    return start_ms + first * _STEP_MS, start_ms + last * _STEP_MS


def _frames(span: Span, start_ms: int) -> slice:
    return slice(*(max(0, edge - start_ms) // _STEP_MS for edge in span))


def _levels(samples: Floats) -> Floats:
    """Decibels below full scale of each 10 ms; what is left over at the end is not heard."""
    step = SAMPLE_RATE * _STEP_MS // 1000
    usable = samples[: len(samples) // step * step].reshape(-1, step).astype(np.float64)
    return np.asarray(10 * np.log10((usable**2).mean(axis=1) + 1e-10), np.float32)
