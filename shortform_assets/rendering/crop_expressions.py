"""Crop boxes as FFmpeg expressions: where a panel's picture is cut from, frame by frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shortform_assets.contracts.clips import Framing, Panel
from shortform_assets.contracts.overlays import PunchIn, ZoomFocus

_STILL = 0.5
"""A camera that moves less than this many source pixels within a framing stands still: FFmpeg's `crop` takes whole
pixels, so that it could not be seen moving; tests/rendering/test_crop_expressions.py."""


@dataclass(frozen=True)
class FramedSegment:
    """Clip frames [start, end) of one framing, within one media segment."""

    framing: Framing
    start: int
    end: int
    punch: PunchIn | None = None
    """The zoom that is in force in it, if one is."""


@dataclass(frozen=True)
class PanelCrop:
    """How one panel gets its picture over several framings: a coarse crop, a scale, a fine crop.

    The coarse crop takes a region of `region` source pixels at `x`, `y` (expressions of the frame number
    n, whole even pixels, constant within a framing). It is scaled to `scaled` output pixels. Where the
    camera moves, `fine` holds the expressions of the final crop in output pixels, else None.
    """

    region: tuple[int, int]
    x: str
    y: str
    scaled: tuple[int, int]
    fine: tuple[str, str] | None


def zoom_expressions(shot: FramedSegment, focus: ZoomFocus, size: tuple[int, int]) -> tuple[str, str, str]:
    """The zoom of a shot with a punch-in, and the pixel of the output that keeps its place; n = 0 is the shot's start.

    `size` is that of the output in pixels. The way in and out is a smoothstep, so that it begins and ends gently. A
    fine crop at `c` of the picture before is at `(c + f) * zoom - f` of that after, with `f` the focus.
    """
    punch = shot.punch
    assert punch is not None
    first, last = punch.start_frame - shot.start, punch.end_frame - 1 - shot.start
    share = f"clip(min(n-({first}),({last})-n)/{punch.ramp},0,1)"
    zoom = f"(1+{focus.zoom - 1:.4f}*pow({share},2)*(3-2*{share}))"
    return zoom, f"{focus.x * size[0]:.2f}", f"{focus.y * size[1]:.2f}"


def moves(shot: FramedSegment) -> bool:
    """Whether the camera of any panel moves within the shot."""
    return any(
        _reach(_track(panel, shot, axis, math.inf, shot.start)) >= _STILL
        for panel in shot.framing.panels
        for axis in (0, 1)
    )


Line = tuple[int, int, float, float]
"""Frames [start, end), value at start, change a frame."""


def cut(
    shots: Sequence[FramedSegment], index: int, slot: tuple[int, int], source: tuple[int, int]
) -> PanelCrop:
    """The cut of panel `index` over `shots`, which all show it in a box of one size; n = 0 is their start."""
    width, height = shots[0].framing.panels[index].width, shots[0].framing.panels[index].height
    xs, ys = [], []
    for shot in shots:
        panel = shot.framing.panels[index]
        xs.append(_track(panel, shot, 0, source[0] - width, shots[0].start))
        ys.append(_track(panel, shot, 1, source[1] - height, shots[0].start))
    if all(_reach(lines) < _STILL for lines in (*xs, *ys)):
        region = (_even_size(width, source[0]), _even_size(height, source[1]))
        x = _steps([(_shots_at(lines), _even_at(_middle(lines), source[0] - region[0])) for lines in xs])
        y = _steps([(_shots_at(lines), _even_at(_middle(lines), source[1] - region[1])) for lines in ys])
        return PanelCrop(region, x, y, slot, None)
    region = (_room(xs, width, source[0]), _room(ys, height, source[1]))
    # Never smaller than the slot, or the fine crop has nothing to take from.
    scaled = (
        max(slot[0], 2 * round(region[0] * slot[0] / width / 2)),
        max(slot[1], 2 * round(region[1] * slot[1] / height / 2)),
    )
    corner_x = [_even_floor(_low(lines), source[0] - region[0]) for lines in xs]
    corner_y = [_even_floor(_low(lines), source[1] - region[1]) for lines in ys]
    fine = (
        _moves(xs, corner_x, scaled[0] / region[0], scaled[0] - slot[0]),
        _moves(ys, corner_y, scaled[1] / region[1], scaled[1] - slot[1]),
    )
    x = _steps([(_shots_at(lines), corner) for lines, corner in zip(xs, corner_x, strict=True)])
    y = _steps([(_shots_at(lines), corner) for lines, corner in zip(ys, corner_y, strict=True)])
    return PanelCrop(region, x, y, scaled, fine)


def _track(panel: Panel, shot: FramedSegment, axis: int, limit: float, origin: int) -> list[Line]:
    """The panel's path in `shot` as straight lines in frames from `origin`, kept within the source."""
    inner = [key.frame for key in panel.path if shot.start < key.frame < shot.end]
    knots = [shot.start, *inner, shot.end - 1] if shot.end - 1 > shot.start else [shot.start]
    knots = sorted(set(knots))
    values = [min(max(panel.corner(knot)[axis], 0.0), max(limit, 0.0)) for knot in knots]
    lines = [
        (low - origin, high - origin, a, (b - a) / (high - low))
        for low, high, a, b in zip(knots, knots[1:], values, values[1:], strict=False)
    ]
    lines.append((knots[-1] - origin, shot.end - origin, values[-1], 0.0))
    return lines


def _ends(lines: Sequence[Line]) -> list[float]:
    return [value for low, high, at, step in lines for value in (at, at + step * (high - low))]


def _low(lines: Sequence[Line]) -> float:
    return min(_ends(lines))


def _reach(lines: Sequence[Line]) -> float:
    return max(_ends(lines)) - _low(lines)


def _middle(lines: Sequence[Line]) -> float:
    return _low(lines) + _reach(lines) / 2


def _shots_at(lines: Sequence[Line]) -> int:
    return lines[0][0]


def _room(tracks: Sequence[Sequence[Line]], size: float, limit: int) -> int:
    """An even size that holds the box wherever it goes within any one framing."""
    reach = max(math.ceil(max(_ends(lines)) + size) - 2 * (math.floor(_low(lines)) // 2) for lines in tracks)
    return min(reach + reach % 2, limit - limit % 2)


def _even_size(size: float, limit: int) -> int:
    return max(2, min(2 * round(size / 2), limit - limit % 2))


def _even_at(value: float, limit: int) -> int:
    return max(0, min(2 * round(value / 2), limit - limit % 2))


def _even_floor(value: float, limit: int) -> int:
    return max(0, min(2 * (math.floor(value) // 2), limit - limit % 2))


def _steps(corners: Sequence[tuple[int, int]]) -> str:
    """Constants that hold from a frame on."""
    merged = [c for i, c in enumerate(corners) if i == 0 or c[1] != corners[i - 1][1]]
    return _tree([start for start, _ in merged], [str(value) for _, value in merged])


def _moves(tracks: Sequence[Sequence[Line]], corners: Sequence[int], scale: float, limit: int) -> str:
    starts, leaves = [], []
    for lines, corner in zip(tracks, corners, strict=True):
        for low, _, at, step in lines:
            starts.append(low)
            value = f"{(at - corner) * scale:.3f}"
            leaves.append(value if step == 0 else f"{value}{step * scale:+.6f}*(n-{low})")
    return f"clip({_tree(starts, leaves)},0,{limit})"


def _tree(starts: Sequence[int], leaves: Sequence[str]) -> str:
    """A balanced tree of ifs: FFmpeg limits how deep an expression may nest, not how long it is."""
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    left, right = _tree(starts[:half], leaves[:half]), _tree(starts[half:], leaves[half:])
    return f"if(lt(n,{starts[half]}),{left},{right})"
