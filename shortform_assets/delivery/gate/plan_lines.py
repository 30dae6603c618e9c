"""What the job itself says of its text: inside the safe box, off faces, and how far the picture is enlarged."""

from __future__ import annotations

from collections.abc import Iterator

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.overlays import punched
from shortform_assets.creative.captions.draw.burnt_in import uncovered
from shortform_assets.creative.captions.draw.overlay_faults import box_faults, overlays_of
from shortform_assets.creative.captions.draw.placement import face_margin
from shortform_assets.creative.captions.draw.text_faults import text_faults as over_text

_NOTED_UPSCALE = 1.5
"""Beyond this softness is seen at arm's length on a telephone of 400 pixels an inch. Our choice."""
_LEAST_SHARE = 0.1
"""Of the clip's frames that must be enlarged so far: a short close-up is no low-resolution clip."""


def text_faults(job: RenderJob) -> Iterator[str]:
    """Text outside the box that it was planned for, over a live face, or over text of the picture where there was
    room elsewhere; one sentence each."""
    safe = job.enhancement.safe_box.get(job.aspect)
    if safe is None:
        return
    overlays, _ = overlays_of(job.enhancement, job.aspect, job.frames)
    margin = face_margin(job.rate)
    framing = punched(job.framing, job.enhancement.punch_ins, margin)
    still = uncovered(framing, job.enhancement.burnt_in)
    for overlay in overlays:
        faults = [*box_faults(overlay, framing, safe, job.rate, job.frames)]
        if overlay.name in ("caption", "hook"):
            faults += over_text(overlay, still, safe, overlays, margin)
        yield from (fault[0].upper() + fault[1:] + "." for fault in faults)


def platform_notes(job: RenderJob) -> Iterator[str]:
    """Captions that a genre has moved to where a platform has its buttons."""
    overlays, _ = overlays_of(job.enhancement, job.aspect, job.frames)
    captions = [overlay for overlay in overlays if overlay.name == "caption"]
    # Half a line of grace: the boxes of platforms are other people's measurements.
    for limits in job.limits:
        if any(overlay.box.leaves(limits.safe_box.box, 0.02) for overlay in captions):
            yield f"Captions reach to where {limits.name} has its buttons."


def upscale(job: RenderJob) -> float:
    """Output pixels for one of the source along a side, the most that a tenth of the frames have."""
    found = []
    for framing in job.framing.framings:
        factor = max(
            max(panel.slot[2] * job.width / panel.width, panel.slot[3] * job.height / panel.height)
            for panel in framing.panels
        )
        found.append((factor, framing.end_frame - framing.start_frame))
    left = _LEAST_SHARE * job.frames
    for factor, frames in sorted(found, reverse=True):
        left -= frames
        if left <= 0:
            return float(factor)
    return 0.0


def upscale_notes(job: RenderJob) -> Iterator[str]:
    """That a small picture is shown large, with the figures."""
    factor = upscale(job)
    if factor > _NOTED_UPSCALE:
        yield (
            f"The picture is enlarged {factor:.1f} times: it looks as sharp as one of about "
            f"{round(job.width / factor)}x{round(job.height / factor)}."
        )
