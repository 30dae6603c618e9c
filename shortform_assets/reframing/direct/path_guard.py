"""Failure mode 1: a crop path that does not fit the clip it was made for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.clips import AspectFraming, ClipMedia, CropPaths, Framing, Panel
from shortform_assets.contracts.geometry import PictureArea

EDGE = 0.02
"""Pixels by which rounding may move a box past the picture's edge."""
SLANT = 0.02
"""Share by which the shapes of a box and of its slot may differ: less is not seen as stretched."""


def misfits(path: CropPaths, media: ClipMedia) -> list[str]:
    """One sentence for everything about `path` that does not fit `media`; empty where all of it does.

    Media are told apart by digest: frame counts, times and cuts are looked at all the same, for a path may
    be wrong about the very media it names.
    """
    found = []
    if path.media != media.digest():
        found.append("the camera was made for other media")
    if path.frames != media.frames:
        found.append(f"the camera has {path.frames} frames and the media {media.frames}")
    if path.rate != media.rate:
        found.append(
            f"the camera runs at {path.rate.fps:g} frames a second and the media at {media.rate.fps:g}"
        )
    # Paths from before sizes were kept have none.
    if path.width and (path.width, path.height) != (media.width, media.height):
        found.append(
            f"the camera was made for {path.width}x{path.height} and the media are {media.width}x{media.height}"
        )
    joins = set(accumulate(segment.frames for segment in media.segments[:-1]))
    if missed := sorted(joins - set(path.cuts)):
        found.append(f"the camera does not know the join of two pieces at frame {missed[0]}")
    if any(not 0 < cut < path.frames for cut in path.cuts) or list(path.cuts) != sorted(set(path.cuts)):
        found.append("the camera's cuts are not in order within the clip")
    return found + [fault for aspect in path.aspects for fault in _faults(path, aspect, media)]


def _faults(path: CropPaths, aspect: AspectFraming, media: ClipMedia) -> Iterator[str]:
    """At most one of each kind: one is enough to know that the path is wrong."""
    name, framings = aspect.aspect, aspect.framings
    starts = [framing.start_frame for framing in framings]
    if not aspect.tiles(path.frames):
        yield f"the {name} framings do not cover the clip frame for frame"
    if missed := [cut for cut in path.cuts if cut not in starts]:
        yield f"the {name} camera does not cut at frame {missed[0]} where the picture does"
    size = (media.width, media.height)
    for framing in framings:
        if any(_strays(framing, panel) for panel in framing.panels):
            yield f"the {name} camera has keyframes outside their framing, from frame {framing.start_frame} on"
            break
    for framing in framings:
        area = framing.area or (0, 0, *size)
        if any(_leaves(panel, area) for panel in framing.panels):
            yield f"the {name} camera leaves the picture, from frame {framing.start_frame} on"
            break
    for framing in framings:
        if any(_stretched(panel, name) for panel in framing.panels):
            yield f"the {name} camera stretches the picture, from frame {framing.start_frame} on"
            break


def _strays(framing: Framing, panel: Panel) -> bool:
    frames = [key.frame for key in panel.path]
    return frames != sorted(set(frames)) or frames[0] < framing.start_frame or frames[-1] >= framing.end_frame


def _leaves(panel: Panel, area: PictureArea) -> bool:
    return any(
        key.x < area[0] - EDGE
        or key.y < area[1] - EDGE
        or key.x + panel.width > area[2] + EDGE
        or key.y + panel.height > area[3] + EDGE
        for key in panel.path
    )


def _stretched(panel: Panel, aspect: Aspect) -> bool:
    wide, tall = ASPECTS[aspect].size
    slot = panel.slot[2] * wide / (panel.slot[3] * tall)
    return abs(panel.width / panel.height / slot - 1) > SLANT
