"""Where there is voice at all, and how a long recording is cut for recognition."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortform_assets.contracts.source import Mezzanine
from shortform_assets.media.audio_arrays import read_speech
from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats
from shortform_assets.ports.voice_finder import Span
from shortform_assets.ports.workbench import Workbench

Read = Callable[[int, int], Floats]
"""Mono 16 kHz samples in -1..1 of source milliseconds [start, end)."""

_BLOCK_MS = 300_000
"""Five minutes of samples are 19 MB: memory stays flat over many hours."""
_LEAD_MS = 2_000
"""Silero's state has settled by then: blocks give what one run over the whole would."""
_SILENCE_MS, _SPEECH_MS, _PAD_MS = 250, 90, 40
"""Silero's settings: pauses that part voice, the least that is voice, and room around it. Tighter than its
defaults, which hide the pauses that chunks, sentences and clips are cut in. benchmarks/speech.py guards
it."""


def find_voice(read: Read, duration_ms: int) -> tuple[Span, ...]:
    """Voiced spans in order, apart by 250 ms or more; found with Silero VAD in blocks of five minutes.

    `read(start_ms, end_ms)` gives mono 16 kHz samples in -1..1.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=0.5,
        min_speech_duration_ms=_SPEECH_MS,
        min_silence_duration_ms=_SILENCE_MS,
        speech_pad_ms=_PAD_MS,
    )
    spans: list[Span] = []
    for start in range(0, duration_ms, _BLOCK_MS):
        # The network needs a moment to settle, so a block begins a little early.
        lead, end = max(0, start - _LEAD_MS), min(start + _BLOCK_MS, duration_ms)
        samples = read(lead, end)
        if not len(samples):
            break
        for found in get_speech_timestamps(samples, options):
            low = max(start, lead + found["start"] * 1000 // SAMPLE_RATE)
            high = min(end, lead + found["end"] * 1000 // SAMPLE_RATE)
            if low < high:
                spans.append((low, high))
    return merge(spans, _SILENCE_MS - 2 * _PAD_MS)


def merge(spans: Sequence[Span], gap_ms: int = 0) -> tuple[Span, ...]:
    """Sorted spans, joined where they are less than `gap_ms` apart or touch."""
    merged: list[Span] = []
    for low, high in sorted(spans):
        if merged and low - merged[-1][1] <= max(0, gap_ms - 1):
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


class VoiceActivity:
    """Voiced spans that can be asked quickly."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = merge(spans)
        self._starts = [low for low, _ in self.spans]

    def spans_near(self, start_ms: int, end_ms: int) -> list[Span]:
        """The spans that share time with [start, end)."""
        first = max(0, bisect_right(self._starts, start_ms) - 1)
        return [span for span in self.spans[first : bisect_left(self._starts, end_ms)] if span[1] > start_ms]

    def inside(self, start_ms: int, end_ms: int, margin_ms: int = 0) -> int:
        """Milliseconds of [start, end) within voice that is widened by `margin_ms` on both sides."""
        total, reached = 0, start_ms
        for low, high in self.spans_near(start_ms - margin_ms, end_ms + margin_ms):
            low, high = max(reached, low - margin_ms), min(end_ms, high + margin_ms)
            if low < high:
                total, reached = total + high - low, high
        return total

    def cover(self, start_ms: int, end_ms: int, margin_ms: int = 0) -> float:
        """The share of [start, end) within widened voice; of a point whether it is inside."""
        end_ms = max(end_ms, start_ms + 1)
        return self.inside(start_ms, end_ms, margin_ms) / (end_ms - start_ms)


@dataclass(frozen=True)
class SoundTrack:
    """The speech of one source, and where there is voice in it."""

    read: Read
    voice: VoiceActivity
    duration_ms: int
    content: str
    """A hash of the sound: what a killed run heard of it is not heard again."""


def sound_track(bench: Workbench, mezzanine: Mezzanine) -> SoundTrack:
    """The mezzanine's speech, its voice found."""
    path = bench.open(mezzanine.speech)
    duration_ms = min(mezzanine.duration_ms, mezzanine.speech_samples * 1000 // SAMPLE_RATE)

    def read(start_ms: int, end_ms: int) -> Floats:
        return read_speech(path, max(0, start_ms), min(end_ms, duration_ms))

    voice = VoiceActivity(find_voice(read, duration_ms))
    return SoundTrack(read, voice, duration_ms, mezzanine.speech.sha256)


def next_chunk(spans: Sequence[Span], longest_ms: int, pad_ms: int = 300) -> tuple[int, int, bool]:
    """The first stretch to recognise of the voiced `spans`: start, end and whether it ends in silence.

    At most `longest_ms` and its padding. The cut is made in the longest silence of the last third. Only
    voice without any pause that is longer than `longest_ms` is cut elsewhere, and the end marked False.
    """
    start = spans[0][0]
    count = sum(1 for _, end in spans if end - start <= longest_ms)
    if not count:
        return max(0, start - pad_ms), start + longest_ms, False
    space = 2 * pad_ms
    if count < len(spans):
        gaps = [(b[0] - a[1], i + 1) for i, (a, b) in enumerate(pairwise(spans[: count + 1]))]
        late = [gap for gap in gaps if spans[gap[1] - 1][1] - start >= longest_ms * 2 // 3]
        space, count = max(late or gaps[-1:])
    return max(0, start - pad_ms), spans[count - 1][1] + min(pad_ms, space // 2), True


def voiced_windows(
    spans: Sequence[Span], end_ms: int, longest_ms: int, pad_ms: int
) -> Iterator[tuple[Span, list[Span]]]:
    """What to decode in one go of the voiced `spans` of sound that ends at `end_ms`, and the voice in each."""
    rest = list(spans)
    while rest:
        start, end, _ = next_chunk(rest, longest_ms, pad_ms)
        end = min(end, end_ms)
        yield (start, end), [(low, min(high, end)) for low, high in rest if low < end]
        rest = [(max(low, end), high) for low, high in rest if high > end]


class SileroVoice:
    """`find_voice` as a `VoiceFinder`, for recognizers that are given samples."""

    def spans(self, samples: Floats) -> tuple[Span, ...]:
        per_ms = SAMPLE_RATE // 1000
        return find_voice(lambda low, high: samples[low * per_ms : high * per_ms], _length(samples))

    def windows(self, samples: Floats, longest_ms: int, pad_ms: int) -> Iterator[tuple[Span, list[Span]]]:
        return voiced_windows(self.spans(samples), _length(samples), longest_ms, pad_ms)


def _length(samples: Floats) -> int:
    return len(samples) * 1000 // SAMPLE_RATE
