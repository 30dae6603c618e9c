"""Word times by forced alignment of what was recognised; English only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from shortform_assets.ports.aligner import Aligner
from shortform_assets.ports.recognizer import Floats
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.align.silence_repair import to_sound
from shortform_assets.speech.align.verbalize import spoken
from shortform_assets.speech.words.letter_to_sound import phones
from shortform_assets.speech.words.voice_activity import SoundTrack, Span, VoiceActivity
from shortform_assets.speech.words.word_assembly import DraftWord, in_order

_GAP_MS, _PAD_MS, _LATE_MS, _LONGEST_MS = 300, 350, 450, 15_000
"""Pauses that part utterances; room around one; how far into a word the silence before it may reach; and the
longest that is aligned at once. "Word boundaries" of benchmarks/speech.py guards these and those below."""
_FURTHEST_MS, _DOUBTFUL_MS = 1200, 250
"""An edge that alignment moves further from where it was heard is not believed; half of that is too much
where the utterance's words moved by more than `_DOUBTFUL_MS` (median)."""
_SLOWEST_MS, _FASTEST_MS = 1600, 20
"""No spoken word lasts longer, and two frames are the least."""
_HIDDEN_MS = 120
"""Silence longer than this at the edge of a word is not part of it."""
_FEWEST = 6
"""Words; shorter utterances are not halved again."""


def align_words(
    bench: Workbench,
    words: Sequence[DraftWord],
    sound: SoundTrack,
    aligner: Aligner,
    begun: float,
) -> list[DraftWord]:
    """`words`, in order and apart, with the times at which the aligner finds them; else they keep their own.

    Utterances are cut at pauses and are at most 15 s long; they are aligned side by side. Words that have
    no spoken form in Latin letters are left out and fill the room between their neighbours. `begun` is the
    progress at the start.
    """
    ranges = utterances(words)
    seams = [
        seam(words[last], words[last + 1], sound.voice) if last + 1 < len(words) else sound.duration_ms
        for _, last in ranges
    ]
    jobs = [
        (words[first : last + 1], start, end)
        for (first, last), start, end in zip(ranges, [0, *seams], seams, strict=False)
    ]
    done: list[DraftWord] = []
    with aligner.crew(len(jobs)) as crew:

        def align(job: tuple[Sequence[DraftWord], int, int]) -> list[DraftWord]:
            return _piecewise(*job, sound, crew)

        for aligned in bench.map(align, jobs):
            done += aligned
            bench.progress(begun + (1 - begun) * len(done) / len(words), "aligning words")
    return in_order(done, sound.duration_ms)


def _piecewise(
    words: Sequence[DraftWord], start: int, end: int, sound: SoundTrack, aligner: Aligner
) -> list[DraftWord]:
    """One utterance within [start, end); where it cannot be aligned whole, its halves are tried."""
    low, high = max(start, words[0].start - _PAD_MS, 0), min(end, words[-1].end + _PAD_MS)
    found = _align(words, sound.read(low, high), low, aligner)
    if found is not None:
        return [_to_voice(word, sound.voice) for word in found]
    if len(words) < _FEWEST:
        return list(words)
    cut = _best_cut(words, 0, len(words) - 1)
    middle = seam(words[cut], words[cut + 1], sound.voice)
    left = _piecewise(words[: cut + 1], start, middle, sound, aligner)
    return left + _piecewise(words[cut + 1 :], middle, end, sound, aligner)


def _to_voice(word: DraftWord, voice: VoiceActivity) -> DraftWord:
    """A word without the silence that the aligner hid in it."""
    inside = [(max(a, word.start), min(b, word.end)) for a, b in voice.spans_near(word.start, word.end)]
    if word.timing != "aligned" or not inside:
        return word
    low, high = max(inside, key=lambda span: (span[1] - span[0], -span[0]))
    start = low if low - word.start > _HIDDEN_MS else word.start
    end = high if word.end - high > _HIDDEN_MS else word.end
    return replace(word, start=start, end=end) if end - start >= _FASTEST_MS else word


def seam(left: DraftWord, right: DraftWord, voice: VoiceActivity) -> int:
    """Where to cut between two words: in the longest silence nearby, or half-way between them.

    Providers let words begin in the silence before them and end early, so the silence may lie a little
    inside the right word.
    """
    low, high = max(left.start, left.end - _PAD_MS), min(right.end, right.start + _LATE_MS)
    edges = [
        low,
        *(min(max(t, low), high) for span in voice.spans_near(low, high) for t in span if low < t < high),
        high,
    ]
    gaps = [(b - a, -a) for a, b in pairwise(edges) if b > a and not voice.inside(a, b)]
    if not gaps:
        return (left.end + right.start) // 2
    length, begin = max(gaps)
    return -begin + length // 2


def utterances(words: Sequence[DraftWord]) -> list[tuple[int, int]]:
    """Word ranges, inclusive, cut at pauses of 0.3 s; longer ones than 15 s also at their longest pause."""
    ranges: list[tuple[int, int]] = []
    first = 0
    for i in range(len(words)):
        if i + 1 == len(words) or words[i + 1].start - words[i].end >= _GAP_MS:
            ranges += _halves(words, first, i)
            first = i + 1
    return ranges


def _halves(words: Sequence[DraftWord], first: int, last: int) -> list[tuple[int, int]]:
    if words[last].end - words[first].start <= _LONGEST_MS or first == last:
        return [(first, last)]
    cut = _best_cut(words, first, last)
    return _halves(words, first, cut) + _halves(words, cut + 1, last)


def _best_cut(words: Sequence[DraftWord], first: int, last: int) -> int:
    """The last word before the longest pause in the middle third of words [first, last]."""
    middle = (words[first].start + words[last].end) / 2
    reach = (words[last].end - words[first].start) / 6
    inner = [i for i in range(first, last) if abs(words[i].end - middle) <= reach] or list(range(first, last))
    return max(
        inner,
        key=lambda i: (
            words[i + 1].start - words[i].end,
            words[i].text[-1:] in ".?!,;:",
            -abs(words[i].end - middle),
        ),
    )


def _align(
    words: Sequence[DraftWord], samples: Floats, start_ms: int, aligner: Aligner
) -> list[DraftWord] | None:
    heard: list[str] = []
    owner: list[int] = []
    lacking: dict[str, list[str]] = {}
    for i, word in enumerate(words):
        for name in spoken(word.text):
            if not aligner.knows(name):
                guess = phones(name)
                if not guess:
                    continue
                # A key of its own, so that a guess never shadows a dictionary word.
                name = f"oov_{'_'.join(guess).lower()}"
                lacking[name] = guess
            heard.append(name)
            owner.append(i)
    if not heard:
        return list(words)
    times = aligner.align(samples, heard, lacking)
    if times is None:
        return None
    spans: dict[int, Span] = {}
    for i, (low, high) in zip(owner, times, strict=True):
        found = (start_ms + round(low * 1000), start_ms + round(high * 1000))
        spans[i] = (min(spans[i][0], found[0]), max(spans[i][1], found[1])) if i in spans else found
    shifts = [abs(span[0] - words[i].start) for i, span in spans.items()]
    furthest = _FURTHEST_MS if median(shifts) <= _DOUBTFUL_MS else _FURTHEST_MS // 2
    placed = [_accept(word, spans.get(i), furthest) for i, word in enumerate(words)]
    return to_sound(placed, samples, start_ms)


def _accept(word: DraftWord, found: Span | None, furthest: int) -> DraftWord:
    if found is None:
        return word
    start, end = found
    names = max(1, len(spoken(word.text)))
    if not _FASTEST_MS <= end - start <= _SLOWEST_MS * names:
        return word
    if abs(start - word.start) > furthest or abs(end - word.end) > furthest:
        return word
    return replace(word, start=start, end=end, timing="aligned")
