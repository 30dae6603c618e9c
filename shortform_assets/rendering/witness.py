"""What a finished file is judged against: its pictures before anything was laid over them, and its sound as cut.

Taken from the same run that makes the file, at no other cost than two small scalings: a second rendering could
itself differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.creative.captions.draw.overlay_faults import overlays_of
from shortform_assets.creative.captions.draw.second_line import translation_box

_SMALL_SIDE, _LARGE_SIDE = 160, 640
"""Pixels of the longer side, about: enough to tell one picture from another, and a letter from none."""


class PlannedMark(NamedTuple):
    """Something that the plan lays over clip frames [start, end), and a frame at which all of it is seen."""

    what: str
    start: int
    end: int
    frame: int
    box: OutputBox
    instead: bool = False
    """It takes the picture's place, so the witness has it, too."""


@dataclass(frozen=True)
class Witness:
    """Raw luma, one byte a pixel, rows of pictures one after the other, and a sound file.

    `small` holds every frame of the clip in `small_size` (width, height), `large` those of `frames` in
    `large_size`. `sound` is the clip's sound before it was treated.
    """

    small: Path
    small_size: tuple[int, int]
    large: Path
    large_size: tuple[int, int]
    frames: tuple[int, ...]
    sound: Path

    @staticmethod
    def of(job: RenderJob, folder: Path, sound: Path) -> Witness:
        """Where the witness of `job` is to be written."""
        return Witness(
            small=folder / "small.gray",
            small_size=reduced(job.width, job.height, _SMALL_SIDE),
            large=folder / "large.gray",
            large_size=reduced(job.width, job.height, _LARGE_SIDE),
            frames=tuple(sorted({mark.frame for mark in planned_marks(job)})),
            sound=sound,
        )

    def chains(self, source: str) -> list[str]:
        """Filters from the bare picture [source] to [small] and, where `frames` has any, [large]."""
        luma = f"[{source}]extractplanes=y"
        small = f"scale=w={self.small_size[0]}:h={self.small_size[1]}:flags=area[small]"
        if not self.frames:
            return [f"{luma},{small}"]
        chosen = "+".join(f"eq(n,{frame})" for frame in self.frames)
        large = f"select='{chosen}',scale=w={self.large_size[0]}:h={self.large_size[1]}:flags=area[large]"
        return [f"{luma},split=2[every][some]", f"[every]{small}", f"[some]{large}"]

    def outputs(self) -> list[str]:
        """FFmpeg's output options for what `chains` ends in."""
        args = []
        for name, path in (("small", self.small), ("large", self.large)):
            if name == "small" or self.frames:
                args += ["-map", f"[{name}]", "-fps_mode", "passthrough", "-c:v", "rawvideo"]
                args += ["-f", "rawvideo", str(path)]
        return args


def reduced(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height divided by the whole number that brings the longer one nearest to `side`."""
    by = max(1, round(max(width, height) / side))
    return width // by, height // by


def planned_marks(job: RenderJob) -> Sequence[PlannedMark]:
    """All that is to be seen over the picture, in the order of `job`."""
    plan, found = job.enhancement, []
    for page in plan.pages:
        if job.aspect in page.anchor and job.aspect in page.size:
            # By then the last word is there, in looks that write one word after the other.
            last = page.lines[-1][-1]
            middle = (last.start_frame + min(last.end_frame, page.end_frame)) // 2
            frame = min(max(middle, page.start_frame), page.end_frame - 1, job.frames - 1)
            found.append(
                PlannedMark("caption", page.start_frame, page.end_frame, frame, page.box(job.aspect))
            )
            show = plan.translation.show if plan.translation else "second_line"
            if box := translation_box(page, job.style.captions, job.aspect, show):
                found.append(PlannedMark("translated caption", page.start_frame, page.end_frame, frame, box))
    others, _ = overlays_of(plan, job.aspect, job.frames)
    for name, start, end, box in others:
        if name != "caption":
            end = min(end, job.frames)
            found.append(PlannedMark(name, start, end, (start + end) // 2, box))
    for slot in plan.b_roll:
        start, end = slot.start_frame, min(slot.end_frame, job.frames)
        box = OutputBox(0.0, 0.0, 1.0, slot.height[job.aspect])
        found.append(PlannedMark("b-roll", start, end, (start + end) // 2, box, instead=True))
    return found
