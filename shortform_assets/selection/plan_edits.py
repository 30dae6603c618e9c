"""Human edits laid over a plan: each is matched to a clip by source time and quoted words, and moves only it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.contracts.speech import Transcript
from shortform_assets.selection.choice import clock, overlap
from shortform_assets.selection.script import Line, plain_text

SURE, NEAR = 90.0, 60.0
"""Likeness of a quote, 0 to 100: enough on its own, and enough where the time fits too."""


class Desk(Protocol):
    """What makes clips of word ranges (see plan.py)."""

    transcript: Transcript
    rate: FrameRate
    lines: tuple[Line, ...]

    def build(
        self, first: int, last: int, value: float, reason: str, parts: dict[str, float]
    ) -> PlannedClip | None: ...

    def score_near(self, first: int, last: int) -> float: ...


@dataclass
class _Entry:
    clip: PlannedClip
    held: bool = False
    """Pinned or added by hand: no other edit's clip takes its place."""
    titled: bool = False


@dataclass
class Edited:
    entries: list[_Entry]
    notes: list[str] = field(default_factory=list)
    dropped: int = 0

    @property
    def clips(self) -> list[PlannedClip]:
        return [e.clip for e in self.entries]


def apply_edits(clips: Sequence[PlannedClip], edits: Sequence[PlanEdit], desk: Desk) -> Edited:
    """The clips as edited, in the order the edits were made; what could not be done is in `notes`."""
    state = Edited([_Entry(clip) for clip in clips])
    for edit in edits:
        where = f"the {edit.verb} edit at {clock(edit.start_ms)}"
        entry = _match(state.entries, edit, desk)
        if edit.verb in ("pin", "add"):
            _hold(state, edit, entry, desk, where)
        elif entry is None:
            state.notes.append(f"{where[:1].upper()}{where[1:]} fits no clip any more.")
        elif edit.verb == "drop":
            state.entries.remove(entry)
            state.dropped += 1
        elif edit.verb == "retitle":
            _retitle(state, entry, edit, where)
        else:
            _trim(state, entry, edit, desk, where)
    return state


def stretch(clip: PlannedClip, rate: FrameRate) -> tuple[int, int]:
    """From the first to the last source millisecond of a clip."""
    return rate.ms(min(s.start_frame for s in clip.spans)), rate.ms(max(s.end_frame for s in clip.spans))


def likeness(quote: str, text: str) -> float:
    """How well `quote` is found inside `text`, 0 to 100, whatever the case and punctuation."""
    from rapidfuzz import fuzz

    a, b = plain_text(quote), plain_text(text)
    # A quote longer than the clip would match the clip inside it.
    return float(fuzz.partial_ratio(a, b)) if a and b and len(a) <= len(b) + 10 else float(fuzz.ratio(a, b))


def _match(entries: Sequence[_Entry], edit: PlanEdit, desk: Desk) -> _Entry | None:
    wanted = (edit.start_ms, edit.end_ms)
    found: list[tuple[float, int, _Entry]] = []
    for n, entry in enumerate(entries):
        span = stretch(entry.clip, desk.rate)
        share = overlap(wanted, span) / max(1, min(wanted[1] - wanted[0], span[1] - span[0]))
        if not edit.quote:
            if share >= 0.5:
                found.append((share, -n, entry))
            continue
        like = likeness(edit.quote, _said(entry.clip, desk))
        alone = like >= SURE and len(edit.quote.split()) >= 3
        if (share >= 0.3 and like >= NEAR) or alone:
            found.append((share + like / 100, -n, entry))
    return max(found, key=lambda f: f[:2])[2] if found else None


def _said(clip: PlannedClip, desk: Desk) -> str:
    return " ".join(w.text for a, b in clip.word_ranges for w in desk.transcript.words[a : b + 1])


def _hold(state: Edited, edit: PlanEdit, entry: _Entry | None, desk: Desk, where: str) -> None:
    """pin keeps the clip as it was seen, add makes a new one; both win over automatic clips they overlap."""
    start, end = _locate(edit, desk)
    words = _snap(start, end, desk.lines)
    if words is None or (start, end) == (-1, -1):
        if entry is not None:
            entry.held = True
        else:
            state.notes.append(f"{where[:1].upper()}{where[1:]} fits no words any more.")
        return
    if entry is not None and edit.verb == "pin":
        seen, now = set(range(words[0], words[1] + 1)), _words(entry.clip)
        if len(seen & now) >= 0.9 * len(seen | now):
            entry.held = True
            return
    verb = "Pinned" if edit.verb == "pin" else "Added"
    built = desk.build(*words, desk.score_near(*words), f"{verb} by hand", {})
    if built is None:
        state.notes.append(f"{where[:1].upper()}{where[1:]} lies past the end of the picture.")
        return
    if edit.title:
        built = built.model_copy(update={"title": _one_line(edit.title)})
    span = (built.spans[0].start_frame, built.spans[-1].end_frame)
    beside = [e for e in state.entries if overlap(span, _frames(e.clip))]
    same = [e for e in beside if e.clip.clip_id == built.clip_id]
    if same:
        same[0].held = True
        return
    if any(e.held for e in beside):
        state.notes.append(
            f"{where[:1].upper()}{where[1:]} overlaps another clip held by hand and was left out."
        )
        return
    for other in beside:
        state.entries.remove(other)
        if edit.verb == "add" or other is not entry:
            at = clock(stretch(other.clip, desk.rate)[0])
            state.notes.append(f"{where[:1].upper()}{where[1:]} takes the place of the clip at {at}.")
    state.entries.append(_Entry(built, held=True, titled=bool(edit.title)))


def _retitle(state: Edited, entry: _Entry, edit: PlanEdit, where: str) -> None:
    title = _one_line(edit.title)
    if not title:
        state.notes.append(f"{where[:1].upper()}{where[1:]} gives no title.")
        return
    entry.clip = entry.clip.model_copy(update={"title": title})
    entry.titled = True


def _trim(state: Edited, entry: _Entry, edit: PlanEdit, desk: Desk, where: str) -> None:
    """Move an end to the nearest edge of a sentence; an end that is not named stays."""
    first, last = entry.clip.word_ranges[0][0], entry.clip.word_ranges[-1][1]
    if edit.to_start_ms is not None:
        to_start = edit.to_start_ms
        first = min(desk.lines, key=lambda x: (abs(x.start_ms - to_start), x.first)).first
    if edit.to_end_ms is not None:
        to_end = edit.to_end_ms
        last = min(desk.lines, key=lambda x: (abs(x.end_ms - to_end), x.last)).last
    head = where[:1].upper() + where[1:]
    if (first, last) == (entry.clip.word_ranges[0][0], entry.clip.word_ranges[-1][1]):
        state.notes.append(f"{head} changes nothing: no sentence ends nearer to it, and none is ever cut.")
        return
    built = desk.build(first, last, entry.clip.score, "", entry.clip.scores) if first <= last else None
    if built is None:
        state.notes.append(f"{head} would leave nothing of the clip and was left out.")
        return
    span = _frames(built)
    if any(overlap(span, _frames(e.clip)) for e in state.entries if e is not entry):
        state.notes.append(f"{head} would run into another clip and was left out.")
        return
    changes: dict[str, object] = {"reason": f"{entry.clip.reason} Trimmed by hand."}
    if entry.titled:
        changes["title"] = entry.clip.title
    entry.clip, entry.held = built.model_copy(update=changes), True


def _locate(edit: PlanEdit, desk: Desk) -> tuple[int, int]:
    """The stretch that is meant, moved to where its quote is said now; (-1, -1) where it is said no more."""
    words = desk.transcript.words
    near = [w.text for w in words if w.end_ms > edit.start_ms and w.start_ms < edit.end_ms]
    if not edit.quote or likeness(edit.quote, " ".join(near)) >= NEAR:
        return edit.start_ms, edit.end_ms
    from rapidfuzz import fuzz

    plain, starts = "", []
    for n, word in enumerate(words):
        text = plain_text(word.text)
        if text:
            starts.append((len(plain), n))
            plain += text + " "
    quote = plain_text(edit.quote)
    found = (
        fuzz.partial_ratio_alignment(quote, plain, score_cutoff=SURE) if len(quote) <= len(plain) else None
    )
    if found is None:
        return -1, -1
    said = max(n for at, n in starts if at <= found.dest_start)
    # Where in the stretch the quote stood is not known: start with it, and keep the length.
    return words[said].start_ms, words[said].start_ms + edit.end_ms - edit.start_ms


def _snap(start_ms: int, end_ms: int, lines: Sequence[Line]) -> tuple[int, int] | None:
    """First and last word of the lines whose middle lies in the stretch, or of the one most in it."""
    inside = [x for x in lines if start_ms <= (x.start_ms + x.end_ms) / 2 <= end_ms]
    if not inside:
        best = max(lines, key=lambda x: overlap((start_ms, end_ms), (x.start_ms, x.end_ms)))
        inside = [best] if overlap((start_ms, end_ms), (best.start_ms, best.end_ms)) else []
    return (inside[0].first, inside[-1].last) if inside else None


def _words(clip: PlannedClip) -> set[int]:
    return {n for a, b in clip.word_ranges for n in range(a, b + 1)}


def _frames(clip: PlannedClip) -> tuple[int, int]:
    return clip.spans[0].start_frame, clip.spans[-1].end_frame


def _one_line(title: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())
