"""The planned cuts as an editor's program knows them: sequences of pieces of one original file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import Framing
from shortform_assets.contracts.creative import Composition, RenderJob
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.source import SourceVideo
from shortform_assets.text.visible import one_line

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""The slot of a panel that fills the output."""


@dataclass(frozen=True)
class OriginalFile:
    """The file that was cut, without its folder: whose machine it lies on is nobody's business."""

    name: str
    width: int
    height: int
    """As displayed, in the pixels that the camera's boxes are in."""
    rate: FrameRate
    frames: int
    first_frame: int = 0
    """The frame number that its first picture has by its own timecode."""
    drop_frame: bool = False
    """Its timecode leaves numbers out, to keep pace with the clock."""


@dataclass(frozen=True)
class CutPiece:
    """Frames of the original that run without a cut, under one framing where the sequence has an aspect ratio."""

    source_frame: int
    """First frame, counted from the beginning of the original."""
    start_frame: int
    """First frame within the sequence."""
    frames: int
    framing: Framing | None = None


@dataclass(frozen=True)
class CutSequence:
    """One planned clip in one aspect ratio."""

    number: int
    title: str
    reason: str
    clip: PlannedClip
    job: RenderJob
    spans: tuple[CutPiece, ...]
    """The cuts of the plan."""

    @property
    def name(self) -> str:
        return f"{self.number:02d} {self.title} {self.job.aspect.replace(':', 'x')}"

    @property
    def frames(self) -> int:
        return self.clip.frames

    @property
    def framed(self) -> list[CutPiece]:
        """The spans, cut again wherever another framing begins."""
        pieces = []
        for span in self.spans:
            for framing in self.job.framing.framings:
                low = max(span.start_frame, framing.start_frame)
                high = min(span.start_frame + span.frames, framing.end_frame)
                if low < high:
                    at = span.source_frame + low - span.start_frame
                    pieces.append(CutPiece(at, low, high - low, framing))
        return pieces


def original_file(source: SourceVideo, name: str, index: Composition, rate: FrameRate) -> OriginalFile | None:
    """What is known of the file behind a composition; None where nothing was cut out of it.

    A timecode at a rate that SMPTE does not number frames at is left out.
    """
    if not index.outputs:
        return None
    media = index.outputs[0].media
    first, drop = _first_frame(source, rate)
    plain = one_line(PurePosixPath(name.replace("\\", "/")).name) or "source"
    frames = max(rate.nearest(source.duration_ms), 1)
    return OriginalFile(plain, media.width, media.height, rate, frames, first, drop)


def cut_sequences(index: Composition, plan: ClipPlan) -> list[CutSequence]:
    """A sequence an output, best clip first; numbers are those of the delivered files."""
    clips: Mapping[str, PlannedClip] = {clip.clip_id: clip for clip in plan.clips}
    numbers: dict[str, int] = {}
    found = []
    for job in index.outputs:
        number = numbers.setdefault(job.clip_id, len(numbers) + 1)
        clip = clips.get(job.clip_id)
        if clip is not None:
            title = one_line(job.enhancement.title) or "Clip"
            found.append(CutSequence(number, title, one_line(clip.reason), clip, job, _spans(clip)))
    return found


def clips_once(sequences: Sequence[CutSequence]) -> list[CutSequence]:
    """The first sequence of every clip: their cuts are the same in every aspect ratio."""
    return list({sequence.number: sequence for sequence in reversed(sequences)}.values())[::-1]


def _spans(clip: PlannedClip) -> tuple[CutPiece, ...]:
    pieces, at = [], 0
    for span in clip.spans:
        pieces.append(CutPiece(span.start_frame, at, span.frames))
        at += span.frames
    return tuple(pieces)


def _first_frame(source: SourceVideo, rate: FrameRate) -> tuple[int, bool]:
    import opentimelineio.opentime as opentime

    stream = next(s for s in source.video if s.index == source.chosen_video)
    own = stream.average_rate or rate
    if not source.timecode:
        return 0, False
    try:
        frame = opentime.from_timecode(source.timecode, _smpte(own)).to_frames()
    except ValueError:
        return 0, False
    drop = ";" in source.timecode
    # Where the pictures were brought to another rate, the moment is kept and not the number.
    return (frame if own == rate else round(frame / own.fraction * rate.fraction)), drop


def _smpte(rate: FrameRate) -> float:
    return rate.num / rate.den
