"""From the source's time to the clip's: turns as one clip hears them."""

from __future__ import annotations

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Timeline
from shortform_assets.contracts.speech import SpeakerTurns, Turn


def local_turns(turns: SpeakerTurns, timeline: Timeline, rate: FrameRate) -> tuple[Turn, ...]:
    """The turns heard in a clip, in milliseconds of the clip, by start; a turn cut by a join is split."""
    found = [
        turn.model_copy(update={"start_ms": rate.ms(start), "end_ms": rate.ms(end)})
        for turn in turns.turns
        for start, end in timeline.clip_ranges(rate.nearest(turn.start_ms), rate.nearest(turn.end_ms))
    ]
    return tuple(sorted(found, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker)))
