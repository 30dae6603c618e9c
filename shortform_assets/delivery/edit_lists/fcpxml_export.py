"""FCPXML 1.8: a project an output, in its size, with the crop as scale and position over time.

Apple, Final Cut Pro X XML Format: times are exact fractions of a second; a clip's children (markers, keyframes) are
timed by its media; a picture is first fitted into the frame, and `scale` counts from there; `position` is in percent
of the frame's height from its middle, upwards. Written here, for OpenTimelineIO's adapter rounds times to floats and
knows no keyframes.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shortform_assets.contracts.clips import Panel
from shortform_assets.delivery.edit_lists.cut_sequences import WHOLE, CutPiece, CutSequence, OriginalFile

_STILL = 0.01
"""Percent of the frame's height: less than a quarter of a pixel, no movement."""


def fcpxml(original: OriginalFile, sequences: Sequence[CutSequence], title: str) -> str:
    """The document, a project a sequence. Layouts of several pictures are whole pictures with a marker that says so."""
    root = Element("fcpxml", version="1.8")
    resources = SubElement(root, "resources")
    frame = _time(original, 1)
    size = {"width": str(original.width), "height": str(original.height)}
    SubElement(resources, "format", {"id": "r1", "frameDuration": frame, **size})
    sound = {"hasAudio": "1", "audioSources": "1", "audioChannels": "2", "audioRate": "48000"}
    SubElement(
        resources,
        "asset",
        {"id": "r2", "name": original.name, "src": original.name, "format": "r1", "hasVideo": "1", **sound},
        start=_time(original, original.first_frame),
        duration=_time(original, original.frames),
    )
    sizes = {(s.job.width, s.job.height): f"r{n}" for n, s in enumerate(sequences, start=3)}
    for (width, height), name in sizes.items():
        SubElement(resources, "format", id=name, frameDuration=frame, width=str(width), height=str(height))
    event = SubElement(SubElement(root, "library"), "event", name=title)
    for sequence in sequences:
        project = SubElement(event, "project", name=sequence.name)
        timeline = SubElement(
            project,
            "sequence",
            format=sizes[sequence.job.width, sequence.job.height],
            duration=_time(original, sequence.frames),
            tcStart="0s",
            tcFormat="NDF",
            audioLayout="stereo",
            audioRate="48k",
        )
        spine = SubElement(timeline, "spine")
        for piece in sequence.framed:
            _clip(spine, original, sequence, piece)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n' + tostring(root, "unicode") + "\n"


def _clip(spine: Element, original: OriginalFile, sequence: CutSequence, piece: CutPiece) -> None:
    start = original.first_frame + piece.source_frame
    clip = SubElement(
        spine,
        "asset-clip",
        ref="r2",
        name=sequence.title,
        offset=_time(original, piece.start_frame),
        start=_time(original, start),
        duration=_time(original, piece.frames),
        format="r1",
        tcFormat="DF" if original.drop_frame else "NDF",
        audioRole="dialogue",
    )
    panels = piece.framing.panels if piece.framing else ()
    # A single picture fills the output; of several, each would be a layer of its own.
    alone = panels[0] if len(panels) == 1 and panels[0].slot == WHOLE else None
    if alone:
        _transform(clip, original, sequence, piece, alone)
    notes = [(sequence.title, sequence.reason)] if piece.start_frame == 0 else []
    if piece.framing and not alone:
        what = f"Layout {piece.framing.layout}, {len(panels)} pictures: the whole picture here"
        notes.append((what, piece.framing.reason))
    for value, note in notes:
        marker = {"start": _time(original, start), "duration": _time(original, 1), "value": value}
        SubElement(clip, "marker", {**marker, **({"note": note} if note else {})})


def _transform(
    clip: Element, original: OriginalFile, sequence: CutSequence, piece: CutPiece, panel: Panel
) -> None:
    job = sequence.job
    fitted = min(job.width / original.width, job.height / original.height)
    shown = job.width / panel.width
    frames = _key_frames(piece, panel)
    places = [_position(original, job.height, shown, panel, frame) for frame in frames]
    still = all(abs(a - b) < _STILL for place in places for a, b in zip(place, places[0], strict=True))
    scale = f"{shown / fitted:.6g}"
    transform = SubElement(
        clip, "adjust-transform", scale=f"{scale} {scale}", position=f"{places[0][0]:.4f} {places[0][1]:.4f}"
    )
    if still:
        return
    position = SubElement(transform, "param", name="position")
    for number, axis in enumerate("XY"):
        keys = SubElement(SubElement(position, "param", name=axis, key=str(number + 1)), "keyframeAnimation")
        for frame, place in zip(frames, places, strict=True):
            at = original.first_frame + piece.source_frame + frame - piece.start_frame
            SubElement(
                keys, "keyframe", time=_time(original, at), value=f"{place[number]:.4f}", curve="linear"
            )


def _key_frames(piece: CutPiece, panel: Panel) -> list[int]:
    """Clip frames at which the camera is told: both ends of the piece and the corners of its path."""
    last = piece.start_frame + piece.frames - 1
    inside = {key.frame for key in panel.path if piece.start_frame < key.frame < last}
    return sorted({piece.start_frame, last, *inside})


def _position(
    original: OriginalFile, height: int, shown: float, panel: Panel, frame: int
) -> tuple[float, float]:
    """How far the picture is moved so that the crop's middle is in the frame's, in percent of the frame's height."""
    x, y = panel.corner(frame)
    right = (original.width / 2 - x - panel.width / 2) * shown
    down = (original.height / 2 - y - panel.height / 2) * shown
    return 100 * right / height + 0.0, -100 * down / height + 0.0


def _time(original: OriginalFile, frames: int) -> str:
    """An exact time; over the rate's own numerator, so that every one is a whole number of frames."""
    rate = original.rate
    seconds = Fraction(frames * rate.den, rate.num)
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    return f"{frames * rate.den}/{rate.num}s"
