"""OpenTimelineIO: one timeline with all clips one after another.

Programs open a single timeline, so the clips are told apart by markers. The format has no schema for crops: the
camera's boxes are in the metadata of every piece, for scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shortform_assets.delivery.edit_lists.cut_sequences import CutPiece, CutSequence, OriginalFile


def otio_json(original: OriginalFile, sequences: Sequence[CutSequence], title: str) -> str:
    """JSON of a timeline with a video and an audio track; the same bytes for the same plan."""
    import opentimelineio as otio

    rate = original.rate.num / original.rate.den

    def times(start: int, frames: int) -> otio.opentime.TimeRange:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(start, rate), time(frames, rate))

    timeline = otio.schema.Timeline(title, global_start_time=otio.opentime.RationalTime(0, rate))
    for kind in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio):
        track = otio.schema.Track(kind=kind, name=kind)
        timeline.tracks.append(track)
        for sequence in sequences:
            for span in sequence.spans:
                media = otio.schema.ExternalReference(
                    original.name, times(original.first_frame, original.frames)
                )
                media.name = original.name
                start = original.first_frame + span.source_frame
                clip = otio.schema.Clip(sequence.name, media, times(start, span.frames))
                track.append(clip)
                if kind != otio.schema.TrackKind.Video:
                    continue
                clip.metadata["shortform"] = _facts(sequence, span)
                if span.start_frame == 0:
                    marker = otio.schema.Marker(
                        sequence.title, times(start, 1), otio.schema.MarkerColor.GREEN
                    )
                    marker.comment = sequence.reason
                    clip.markers.append(marker)
    return str(otio.adapters.write_to_string(timeline, "otio_json")) + "\n"


def _facts(sequence: CutSequence, span: CutPiece) -> dict[str, Any]:
    """Of one cut: whose it is, and the camera in it. Frames count from the clip's beginning, boxes are in source pixels."""
    camera = [
        {
            "start_frame": framing.start_frame,
            "end_frame": framing.end_frame,
            "layout": framing.layout,
            "reason": framing.reason,
            "panels": [panel.model_dump(mode="json", exclude={"subject"}) for panel in framing.panels],
        }
        for framing in sequence.job.framing.framings
        if framing.start_frame < span.start_frame + span.frames and framing.end_frame > span.start_frame
    ]
    return {
        "clip_id": sequence.clip.clip_id,
        "start_frame": span.start_frame,
        "aspect": sequence.job.aspect,
        "camera": camera,
    }
