"""CMX 3600: one event a cut, all clips one after another, for whatever reads nothing newer.

It knows cuts, timecode and comments; there is no place in it for a crop or for several sequences.
"""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.delivery.edit_lists.cut_sequences import CutSequence, OriginalFile
from shortform_assets.text.slug import slug

MOST_EVENTS = 999
"""Event numbers have three digits."""
_RECORD_HOUR = 1
"""Programmes begin at 01:00:00:00 by custom."""
_LONGEST = 200
"""Characters of a comment: more breaks old readers. Our choice."""


class NoEdl(Exception):
    """What is planned cannot be written as an EDL; it says why, for the user."""


def edl(original: OriginalFile, sequences: Sequence[CutSequence], title: str) -> str:
    """The cuts of `sequences` (each clip once), picture and both channels; raises NoEdl.

    Every clip's first event has a marker with its title, and a comment with the reason it was chosen for.
    """
    import opentimelineio.opentime as opentime

    rate = original.rate.num / original.rate.den
    if not opentime.RationalTime.is_valid_timecode_rate(rate):
        raise NoEdl(f"there is no timecode for {rate:g} frames a second")
    count = sum(len(sequence.spans) for sequence in sequences)
    if count > MOST_EVENTS:
        raise NoEdl(f"it would need {count} events, and the format has {MOST_EVENTS}")

    def code(frame: int, drop: bool = False) -> str:
        # Told outright: by itself it drops numbers at every rate that can.
        return str(opentime.to_timecode(opentime.RationalTime(frame, rate), rate, drop))

    reel = slug(original.name.rsplit(".", 1)[0], 8, "source", ascii_only=True).replace("-", "")[:8].upper()
    record = round(original.rate.fraction) * 3600 * _RECORD_HOUR
    lines = [f"TITLE: {title[:_LONGEST]}", "FCM: NON-DROP FRAME", ""]
    number = 0
    for sequence in sequences:
        for span in sequence.spans:
            number += 1
            start = original.first_frame + span.source_frame
            times = [code(f, original.drop_frame) for f in (start, start + span.frames)]
            times += [code(record + span.start_frame), code(record + span.start_frame + span.frames)]
            lines.append(f"{number:03d}  {reel:<8} AA/V  C        {' '.join(times)}")
            lines.append(f"* FROM CLIP NAME:  {original.name[:_LONGEST]}")
            if span.start_frame == 0:
                lines.append(f"* LOC: {code(record)} GREEN   {sequence.title[:_LONGEST]}")
                if sequence.reason:
                    lines.append(f"* COMMENT: {sequence.reason[:_LONGEST]}")
        lines.append("")
        record += sequence.frames
    return "\n".join(lines)
