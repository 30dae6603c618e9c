"""Human edits laid over a plan: each is matched to a clip by source time and quoted words, and moves only it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import PlanEdit
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.contracts.speech import Transcript
from shortform_assets.selection.choose.choice import overlap
from shortform_assets.selection.cut.frame_edges import Pieces
from shortform_assets.selection.edit.edit_anchor import NEAR, find_words, locate, match_clip, snap, stretch
from shortform_assets.selection.read.script import Line
from shortform_assets.selection.say.wording import same_words
from shortform_assets.text.clock import clock
from shortform_assets.text.visible import one_line

BESIDE_WORDS = 200
"""Words before and after a clip among which the words of a trim are looked for, over a minute of talk. Our choice;
test_trim_can_widen_to_words_beside_the_clip."""


class EditableClips(Protocol):
    """What makes clips of word ranges (see clip_builder.py)."""

    transcript: Transcript
    rate: FrameRate
    lines: tuple[Line, ...]

    def build(
        self, pieces: Pieces, value: float, reason: str, parts: dict[str, float]
    ) -> PlannedClip | None: ...

    def score_near(self, first: int, last: int) -> float: ...


@dataclass
class EditedClip:
    clip: PlannedClip
    number: int
    """From 1: its place in the plan before the edits; those that are added follow."""
    titled: bool = False


@dataclass
class Edited:
    entries: list[EditedClip]
    notes: list[str] = field(default_factory=list)
    refused: int = 0
    """How many edits did nothing; `notes` say why."""
    gone: list[PlannedClip] = field(default_factory=list)
    """Dropped by hand."""
    last_number: int = 0

    @property
    def clips(self) -> list[PlannedClip]:
        return [e.clip for e in self.entries]

    def refuse(self, note: str) -> None:
        self.notes.append(note)
        self.refused += 1


def apply_edits(clips: Sequence[PlannedClip], edits: Sequence[PlanEdit], desk: EditableClips) -> Edited:
    """The clips as edited, in the order the edits were made; what could not be done is in `notes`."""
    entries = [EditedClip(clip, n) for n, clip in enumerate(clips, start=1)]
    state = Edited(entries, last_number=len(entries))
    for edit in edits:
        where = f"The {edit.verb} edit at {clock(edit.start_ms)}"
        place = match_clip(state.clips, edit, desk.transcript, desk.rate)
        entry = None if place is None else state.entries[place]
        if (
            entry is None
            and edit.verb == "trim"
            and match_clip(state.gone, edit, desk.transcript, desk.rate) is None
        ):
            # The choice no longer has what was trimmed by hand: it is made again.
            entry = _hold(state, edit, None, desk, where)
            if entry is None:
                continue
        if edit.verb in ("pin", "add"):
            _hold(state, edit, entry, desk, where)
        elif entry is None:
            state.refuse(f"{where} fits no clip any more.")
        elif edit.verb == "drop":
            state.entries.remove(entry)
            state.gone.append(entry.clip)
        elif edit.verb == "retitle":
            _retitle(state, entry, edit, where)
        else:
            _trim(state, entry, edit, desk, where)
    return state


def _hold(
    state: Edited, edit: PlanEdit, entry: EditedClip | None, desk: EditableClips, where: str
) -> EditedClip | None:
    """pin keeps the clip as it was seen, add makes a new one; both win over automatic clips they overlap."""
    place = locate(edit, desk.transcript)
    words = snap(*place, desk.lines) if place else None
    if words is None:
        if entry is None:
            state.refuse(f"{where} fits no words any more.")
        else:
            entry.clip = _by_hand(entry.clip)
        return entry
    if entry is not None and edit.verb == "pin":
        # What a clip leaves out inside it is no difference: it was seen so.
        seen, now = set(range(words[0], words[1] + 1)), _hull(entry.clip)
        if len(seen & now) >= 0.9 * len(seen | now):
            entry.clip = _by_hand(entry.clip)
            return entry
    verb = {"add": "Added", "pin": "Pinned", "trim": "Kept"}[edit.verb]
    moved = place[0] - edit.start_ms if place else 0
    pieces = _without(words, desk.lines, [(a + moved, b + moved) for a, b in edit.skip_ms])
    built = desk.build(pieces, desk.score_near(*words), f"{verb} by hand", {})
    if built is None:
        state.refuse(f"{where} lies past the end of the picture.")
        return None
    titled = bool(edit.title) and edit.verb != "trim"
    if titled:
        built = _called(built, one_line(edit.title))
    span = _frames(built)
    beside = [e for e in state.entries if overlap(span, _frames(e.clip))]
    same = [e for e in beside if e.clip.clip_id == built.clip_id]
    if same:
        same[0].clip = _by_hand(same[0].clip)
        return same[0]
    if any(e.clip.by_hand for e in beside):
        state.refuse(f"{where} overlaps another clip held by hand and was left out.")
        return None
    for other in beside:
        state.entries.remove(other)
        if edit.verb == "add" or other is not entry:
            at = clock(stretch(other.clip, desk.rate)[0])
            state.notes.append(f"{where} takes the place of the clip at {at}.")
    if entry is None or edit.verb == "add":
        state.last_number += 1
        entry = EditedClip(built, state.last_number)
    entry.clip, entry.titled = _by_hand(built), titled
    # The clip it was matched to may lie beside what was pinned: it moves there, and is not kept twice.
    state.entries = [e for e in state.entries if e is not entry] + [entry]
    return entry


def _without(
    words: tuple[int, int], lines: Sequence[Line], skip: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """The pieces that are left of words first..last without the lines whose middle lies in `skip`."""
    pieces: list[tuple[int, int]] = []
    for line in lines:
        if line.first < words[0] or line.last > words[1]:
            continue
        if any(low <= (line.start_ms + line.end_ms) / 2 < high for low, high in skip):
            continue
        if pieces and pieces[-1][1] == line.first - 1:
            pieces[-1] = (pieces[-1][0], line.last)
        else:
            pieces.append((line.first, line.last))
    return tuple(pieces) or (words,)


def _retitle(state: Edited, entry: EditedClip, edit: PlanEdit, where: str) -> None:
    title = one_line(edit.title)
    if not title:
        state.refuse(f"{where} gives no title.")
        return
    entry.clip = _called(entry.clip, title)
    entry.titled = True


def _called(clip: PlannedClip, title: str) -> PlannedClip:
    """The clip with a title that a person wrote; a hook of the same words goes."""
    hook = "" if same_words(clip.hook, title) else clip.hook
    return clip.model_copy(update={"title": title, "needs_title": False, "hook": hook})


def asked_words(clip: PlannedClip, edit: PlanEdit, desk: EditableClips) -> tuple[int, int]:
    """First and last word that `edit`, a trim, wants the clip to have; LookupError with words that are not said near it."""
    first, last = old = (clip.word_ranges[0][0], clip.word_ranges[-1][1])
    if edit.to_start_ms is not None:
        to_start = edit.to_start_ms
        first = min(desk.lines, key=lambda x: (abs(x.start_ms - to_start), x.first)).first
    if edit.to_end_ms is not None:
        to_end = edit.to_end_ms
        last = min(desk.lines, key=lambda x: (abs(x.end_ms - to_end), x.last)).last
    near = (max(0, old[0] - BESIDE_WORDS), min(len(desk.transcript.words) - 1, old[1] + BESIDE_WORDS))
    for quote, opens in ((edit.to_start_quote, True), (edit.to_end_quote, False)):
        if not quote:
            continue
        found = find_words(quote, desk.transcript, old, NEAR + 20) or find_words(
            quote, desk.transcript, near, NEAR + 20
        )
        if found is None:
            raise LookupError(quote)
        first, last = (found.first, last) if opens else (first, found.last)
    return first, last


def _trim(state: Edited, entry: EditedClip, edit: PlanEdit, desk: EditableClips, where: str) -> None:
    """Move an end to the words that are quoted, or to the edge of a sentence nearest to a time."""
    old = (entry.clip.word_ranges[0][0], entry.clip.word_ranges[-1][1])
    try:
        first, last = asked_words(entry.clip, edit, desk)
    except LookupError as quote:
        state.refuse(f'{where} was left out: "{one_line(str(quote))}" is not said near the clip any more.')
        return
    if (first, last) == old:
        precise = edit.to_start_quote or edit.to_end_quote
        why = "the clip is so already" if precise else "no sentence ends nearer to it, and none is ever cut"
        state.refuse(f"{where} changes nothing: {why}.")
        return
    pieces = _between(pieces_of(entry.clip, desk.lines), first, last) if first <= last else ()
    built = desk.build(pieces, entry.clip.score, "", entry.clip.scores) if pieces else None
    if built is None:
        state.refuse(f"{where} would leave nothing of the clip and was left out.")
        return
    span = _frames(built)
    if any(overlap(span, _frames(e.clip)) for e in state.entries if e is not entry):
        state.refuse(f"{where} would run into another clip and was left out.")
        return
    reason = entry.clip.reason.removesuffix(" Trimmed by hand.")
    built = built.model_copy(update={"reason": f"{reason} Trimmed by hand."})
    entry.clip = _by_hand(_called(built, entry.clip.title) if entry.titled else built)


def pieces_of(clip: PlannedClip, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """First and last word of the pieces of a clip: they are parted where whole lines are left out."""
    pieces = [clip.word_ranges[0]]
    for first, last in clip.word_ranges[1:]:
        if any(pieces[-1][1] < line.first and line.last < first for line in lines):
            pieces.append((first, last))
        else:
            pieces[-1] = (pieces[-1][0], last)
    return pieces


def _between(pieces: list[tuple[int, int]], first: int, last: int) -> Pieces:
    """The pieces of a clip that is to begin and end with these words; what it leaves out stays out."""
    pieces[0] = (min(first, pieces[0][0]), pieces[0][1])
    pieces[-1] = (pieces[-1][0], max(last, pieces[-1][1]))
    cut = [(max(a, first), min(b, last)) for a, b in pieces]
    return tuple((a, b) for a, b in cut if a <= b)


def _by_hand(clip: PlannedClip) -> PlannedClip:
    return clip.model_copy(update={"by_hand": True})


def _hull(clip: PlannedClip) -> set[int]:
    return set(range(clip.word_ranges[0][0], clip.word_ranges[-1][1] + 1))


def _frames(clip: PlannedClip) -> tuple[int, int]:
    return clip.spans[0].start_frame, clip.spans[-1].end_frame
