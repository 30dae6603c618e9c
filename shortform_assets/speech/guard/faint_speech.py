"""Speech that the voice detector half hears: radio, telephone, a voice under noise.

Such a stretch is not voice, so nothing that is heard there may stay on its own; but it must not be dropped
unheard either. It is decoded, and its words stay where everything speaks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shortform_assets.contracts.slices.speech_slice import GuardSlice
from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats, RawSegment
from shortform_assets.speech.guard.second_opinion import APART, agreement
from shortform_assets.speech.guard.stock_phrases import is_stock
from shortform_assets.speech.words.voice_activity import Span, VoiceActivity, merge

_BLOCK_MS, _LEAD_MS = 300_000, 2_000
"""What the detector is given at a time, as `words.voice_activity` does, and the lead in which it settles."""
_HALF_HEARD, _LET_GO = 0.1, 0.05
"""Silero's probability: in noise and music it stays below 0.04 but for blinks, in radio speech it wavers
between 0.05 and 0.4."""
_BLINK_MS, _JOIN_MS, _LONGEST_MS = 300, 6_000, 25_000
"""Shorter is no syllable; stretches this near are one; longer than a decoder's window of 30 s with room
around it is never. By trial on the Apollo radio of benchmarks/speech.py, which guards it."""
_LEAST_MS, _NEAR_MS, _PAD_MS = 1_000, 400, 300
"""Less than that of half-heard voice is nobody; so near to known voice it is that voice's edge; room around
it."""
_SILENT = 10 ** (-60 / 20)
"""RMS of full scale: -60 dB, quieter than a quiet room."""
_FASTEST, _SLOWEST = 28.0, 1.5
"""Letters a second."""
_AGREED = 0.4
"""The share of words that two providers must have in common: less than `second_opinion.AGREED`, as both
mishear radio. By trial; the words invented and the radio's word error rate of benchmarks/speech.py guard
it."""


def possible_voice(
    read: Callable[[int, int], Floats], duration_ms: int, voice: VoiceActivity
) -> tuple[Span, ...]:
    """Stretches of 1 to 25 s away from `voice` in which Silero half hears a voice, in order, apart.

    `read(start_ms, end_ms)` gives mono 16 kHz samples in -1..1. What is silent, blinks or only the edge of
    voice does not count.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=_HALF_HEARD,
        neg_threshold=_LET_GO,
        min_speech_duration_ms=_BLINK_MS,
        max_speech_duration_s=_LONGEST_MS / 1000,
        min_silence_duration_ms=_BLINK_MS,
        speech_pad_ms=0,
    )
    known = VoiceActivity([(low - _NEAR_MS, high + _NEAR_MS) for low, high in voice.spans])
    faint: list[Span] = []
    for start in range(0, duration_ms, _BLOCK_MS):
        lead, end = max(0, start - _LEAD_MS), min(start + _BLOCK_MS, duration_ms)
        if known.cover(start, end) == 1.0:
            continue
        samples = read(lead, end)
        if not len(samples):
            break
        for found in get_speech_timestamps(samples, options):
            low, high = (lead + found[edge] * 1000 // SAMPLE_RATE for edge in ("start", "end"))
            low, high = max(start, low), min(end, high)
            sound = samples[(low - lead) * 16 : (high - lead) * 16]
            if len(sound) and float((sound**2).mean()) ** 0.5 >= _SILENT:
                faint += [piece for piece in _outside(low, high, known) if piece[1] - piece[0] >= _BLINK_MS]
    return tuple(
        (max(0, low - _PAD_MS), min(duration_ms, high + _PAD_MS))
        for low, high in _grouped(merge(faint), known)
    )


def _outside(low: int, high: int, known: VoiceActivity) -> list[Span]:
    pieces, at = [], low
    for start, end in known.spans_near(low, high):
        if start > at:
            pieces.append((at, start))
        at = max(at, end)
    return [*pieces, (at, high)] if at < high else pieces


def _grouped(faint: Sequence[Span], known: VoiceActivity) -> list[Span]:
    """Neighbours become one stretch of 25 s at most; stretches with less than a second of voice are dropped."""
    groups: list[list[Span]] = []
    for span in faint:
        last = groups[-1] if groups else None
        if (
            last is not None
            and span[0] - last[-1][1] <= _JOIN_MS
            and span[1] - last[0][0] <= _LONGEST_MS
            and not known.inside(last[-1][1], span[0])
        ):
            last.append(span)
        else:
            groups.append([span])
    return [
        (group[0][0], group[-1][1]) for group in groups if sum(high - low for low, high in group) >= _LEAST_MS
    ]


def believed(
    segments: Sequence[RawSegment], opinion: str | None, limits: GuardSlice, language: str = "en"
) -> tuple[RawSegment, ...]:
    """Those of the segments heard in one stretch of possible voice that were spoken; often none.

    The decoder must not doubt the stretch, nothing in it may be a loop, a stock phrase or at a pace at which
    nobody talks, and `opinion` (what a second provider hears there) must agree with most of it; a segment that
    shares nothing with it is left out. Without an opinion (None) the decoder has to be much surer.
    """
    alone = opinion is None
    for segment in segments:
        letters = sum(char.isalnum() for char in segment.text)
        pace = letters / max(0.1, segment.end - segment.start)
        if (
            segment.compression_ratio > limits.max_compression_ratio
            or segment.avg_logprob < limits.min_log_probability * (0.5 if alone else 0.9)
            or segment.no_speech_prob > limits.max_no_speech * (0.5 if alone else 1.0)
            or not _SLOWEST <= pace <= _FASTEST
            or is_stock(segment.text, language)
        ):
            return ()
    if opinion is None:
        return tuple(segments)
    if agreement([segment.text for segment in segments], opinion, language) < _AGREED:
        return ()
    return tuple(s for s in segments if agreement([s.text], opinion, language) > APART)
