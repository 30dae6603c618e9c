"""From the source's time to the clip's: turns and edits as one clip sees them."""

from __future__ import annotations

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import FramingEdit, FramingEdits
from shortform_assets.contracts.selection import PlannedClip, Timeline
from shortform_assets.contracts.speech import SpeakerTurns, Turn


def local_turns(turns: SpeakerTurns, timeline: Timeline, rate: FrameRate) -> tuple[Turn, ...]:
    """The turns heard in a clip, in milliseconds of the clip, by start; a turn cut by a join is split."""
    found = [
        turn.model_copy(update={"start_ms": rate.ms(start), "end_ms": rate.ms(end)})
        for turn in turns.turns
        for start, end in timeline.clip_ranges(rate.nearest(turn.start_ms), rate.nearest(turn.end_ms))
    ]
    return tuple(sorted(found, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker)))


def local_edits(edits: FramingEdits, clip: PlannedClip, rate: FrameRate) -> FramingEdits:
    """The framing edits made for this clip: those whose stretch shares at least half its time with it."""

    def concerns(edit: FramingEdit) -> bool:
        first, last = rate.nearest(edit.start_ms), rate.nearest(edit.end_ms)
        shared = sum(end - start for start, end in clip.timeline.clip_ranges(first, last))
        return 2 * shared >= max(1, min(last - first, clip.frames))

    return FramingEdits(edits=tuple(edit for edit in edits.edits if concerns(edit)))
