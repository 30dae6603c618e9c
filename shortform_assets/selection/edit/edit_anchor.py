"""Finds what a human edit means: by source time and by quoted words, which survive another transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.contracts.speech import Transcript
from shortform_assets.selection.choose.choice import overlap
from shortform_assets.selection.read.script import Line, plain_text

SURE, NEAR = 90.0, 60.0
"""Likeness of a quote, 0 to 100: enough on its own, and enough where the time fits too. Set by hand;
test_a_quote_finds_its_clip_after_the_source_was_shifted, test_an_edit_that_fits_nothing_is_reported_and_harms_nothing."""


@dataclass(frozen=True)
class TextMatch:
    """Words first..last of the transcript, and how alike they are to what was looked for, 0 to 100."""

    first: int
    last: int
    likeness: float


def stretch(clip: PlannedClip, rate: FrameRate) -> tuple[int, int]:
    """From the first to the last source millisecond of a clip."""
    return rate.ms(min(s.start_frame for s in clip.spans)), rate.ms(max(s.end_frame for s in clip.spans))


def said_in(clip: PlannedClip, transcript: Transcript) -> str:
    """The words of a clip."""
    return " ".join(w.text for a, b in clip.word_ranges for w in transcript.words[a : b + 1])


def likeness(quote: str, text: str) -> float:
    """How well `quote` is found inside `text`, 0 to 100, whatever the case and punctuation."""
    from rapidfuzz import fuzz

    a, b = plain_text(quote), plain_text(text)
    # A quote longer than the clip would match the clip inside it.
    return float(fuzz.partial_ratio(a, b)) if a and b and len(a) <= len(b) + 10 else float(fuzz.ratio(a, b))


def match_clip(
    clips: Sequence[PlannedClip], edit: PlanEdit, transcript: Transcript, rate: FrameRate
) -> int | None:
    """Index of the clip that an edit means, or None where it fits none any more."""
    wanted = (edit.start_ms, edit.end_ms)
    found: list[tuple[float, int]] = []
    for n, clip in enumerate(clips):
        span = stretch(clip, rate)
        share = overlap(wanted, span) / max(1, min(wanted[1] - wanted[0], span[1] - span[0]))
        if not edit.quote:
            if share >= 0.5:
                found.append((share, -n))
            continue
        like = likeness(edit.quote, said_in(clip, transcript))
        alone = like >= SURE and len(edit.quote.split()) >= 3
        if (share >= 0.3 and like >= NEAR) or alone:
            found.append((share + like / 100, -n))
    return -max(found)[1] if found else None


def find_words(
    quote: str, transcript: Transcript, words: tuple[int, int] | None = None, cutoff: float = SURE
) -> TextMatch | None:
    """Where a quote is said: the passage most like it among words first..last, or None below `cutoff`.

    A passage found exactly is taken before one that is merely alike; the earlier of two wins.
    """
    from rapidfuzz import fuzz

    first, last = words or (0, len(transcript.words) - 1)
    plain, starts, ends = "", list[int](), list[int]()
    numbers = []
    for n in range(first, last + 1):
        text = plain_text(transcript.words[n].text)
        if text:
            starts.append(len(plain))
            plain += text + " "
            ends.append(len(plain) - 1)
            numbers.append(n)
    wanted = plain_text(quote)
    if not wanted or len(wanted) > len(plain):
        return None
    at = f" {plain}".find(f" {wanted} ")
    if at >= 0:
        low, high, like = at, at + len(wanted), 100.0
    else:
        found = fuzz.partial_ratio_alignment(wanted, plain, score_cutoff=cutoff)
        if found is None:
            return None
        low, high, like = found.dest_start, found.dest_end, found.score
    # Words of which the better half lies in the stretch: an alignment may begin inside one.
    inside = [
        n for n, a, b in zip(numbers, starts, ends, strict=True) if 2 * overlap((low, high), (a, b)) > b - a
    ]
    return TextMatch(inside[0], inside[-1], like) if inside else None


def locate(edit: PlanEdit, transcript: Transcript) -> tuple[int, int] | None:
    """The stretch that is meant, moved to where its quote is said now; None where it is said no more."""
    words = transcript.words
    near = [w.text for w in words if w.end_ms > edit.start_ms and w.start_ms < edit.end_ms]
    if not edit.quote or likeness(edit.quote, " ".join(near)) >= NEAR:
        return edit.start_ms, edit.end_ms
    found = find_words(edit.quote, transcript)
    if found is None:
        return None
    # Where it is not known where in the stretch the quote stood, the stretch starts with it.
    before = edit.quote_ms - edit.start_ms if edit.quote_ms is not None else 0
    start = max(0, words[found.first].start_ms - before)
    return start, start + edit.end_ms - edit.start_ms


def snap(start_ms: int, end_ms: int, lines: Sequence[Line]) -> tuple[int, int] | None:
    """First and last word of the lines whose middle lies in the stretch, or of the one most in it."""
    inside = [x for x in lines if start_ms <= (x.start_ms + x.end_ms) / 2 <= end_ms]
    if not inside:
        best = max(lines, key=lambda x: overlap((start_ms, end_ms), (x.start_ms, x.end_ms)))
        inside = [best] if overlap((start_ms, end_ms), (best.start_ms, best.end_ms)) else []
    return (inside[0].first, inside[-1].last) if inside else None
