"""B-roll: which shots of the style's library a clip shows, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.contracts.overlays import BRollSlot
from shortform_assets.contracts.style_b_roll import B_ROLL_FROM_MS, B_ROLL_LEAST_MS, BRollStyle
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.text.term_finds import finds, letter_trail

_APART_MS = 6000
"""From the end of one to the beginning of the next: who speaks is seen most of the time. Our choice."""


class SlotRoom(NamedTuple):
    """Where shots may be shown in a clip of `frames`."""

    rate: FrameRate
    frames: int
    begins: int
    """The clip frame at which hook and intro card are gone."""
    taken: Sequence[tuple[int, int]]
    """Clip frames [start, end) of names, which belong to who is seen."""
    framings: Mapping[Aspect, AspectFraming]


class _Call(NamedTuple):
    start: int
    shot: int
    first: int
    last: int


def b_roll_slots(
    words: Sequence[SpokenWord], style: BRollStyle, lengths_ms: Sequence[int | None], room: SlotRoom
) -> tuple[BRollSlot, ...]:
    """The slots of a clip, in order, the earliest word first and of two shots for it the first of the library.

    A word is never waited for: where its shot may not begin with it, a later word may have it. `lengths_ms` are those
    of the shots, None for pictures.
    """
    rate, found, shown = room.rate, list[BRollSlot](), set[int]()
    begins, apart = max(room.begins, rate.nearest(B_ROLL_FROM_MS)), rate.nearest(_APART_MS)
    for call in sorted(_calls(words, style)):
        length = lengths_ms[call.shot]
        wanted = round(style.seconds * 1000)
        end = call.start + rate.nearest(wanted if length is None else min(wanted, length))
        end = min(end, room.frames)
        if call.shot in shown or call.start < begins or end - call.start < rate.nearest(B_ROLL_LEAST_MS):
            continue
        if found and call.start < found[-1].end_frame + apart:
            continue
        if any(low < end and call.start < high for low, high in room.taken):
            continue
        shown.add(call.shot)
        said = " ".join(word.text for word in words[call.first : call.last + 1]).strip(".,;:!?…\"'“”„ ")
        seconds = rate.ms(call.start) // 1000
        why = f"shown because '{said}' is said at {seconds // 60:02d}:{seconds % 60:02d}"
        height = {
            aspect: _height(style.height(aspect), framing, call.start, end)
            for aspect, framing in room.framings.items()
        }
        found.append(
            BRollSlot(start_frame=call.start, end_frame=end, shot=call.shot, reason=why, height=height)
        )
    return tuple(found)


def _height(wanted: float, framing: AspectFraming, start: int, end: int) -> float:
    """All of the picture where the edge of a part of it would cut a face, or text of the picture."""
    boxes = [face.box for face in framing.faces_during(start, end)]
    boxes += [text.box for text in framing.texts_during(start, end)]
    cut = any(box.top < wanted < box.bottom for box in boxes)
    return 1.0 if cut else wanted


def _calls(words: Sequence[SpokenWord], style: BRollStyle) -> Iterator[_Call]:
    trail = letter_trail([word.text for word in words])
    for shot, known in enumerate(style.shots):
        for phrase in known.words:
            for first, last in finds(trail, phrase):
                yield _Call(words[first].start_frame, shot, first, last)
