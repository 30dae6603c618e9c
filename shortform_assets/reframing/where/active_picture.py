"""A shot seen from the corner of its active picture, and framings brought back into the source.

Whoever decides about a framing works within the active picture alone: what is not there cannot be framed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.clips import Framing
from shortform_assets.contracts.existing_text import PictureText
from shortform_assets.contracts.geometry import PictureArea
from shortform_assets.reframing.see.series import PictureSeries
from shortform_assets.reframing.who.scene import Actor


def actors_within(actors: Sequence[Actor], area: PictureArea) -> list[Actor]:
    """`actors` with their boxes counted from the corner of `area`."""
    corner = np.array([*area[:2], *area[:2]], np.float32)
    return [replace(a, series=replace(a.series, box=a.series.box - corner)) for a in actors]


def texts_within(texts: Sequence[PictureText], area: PictureArea) -> tuple[PictureText, ...]:
    """Those of `texts` that are in `area`, counted from its corner."""
    x, y = area[:2]
    found = []
    for text in texts:
        x1, y1, x2, y2 = text.box
        x1, y1, x2, y2 = max(x1, x), max(y1, y), min(x2, area[2]), min(y2, area[3])
        if x1 < x2 and y1 < y2:
            found.append(text.model_copy(update={"box": (x1 - x, y1 - y, x2 - x, y2 - y)}))
    return tuple(found)


def still_within(still: NDArray[np.uint8], area: PictureArea, wide: int) -> NDArray[np.uint8]:
    """The part of a shot's average picture (h, w) that shows `area` of a source `wide` pixels wide."""
    scale = wide / still.shape[1]
    left, top, right, bottom = (v / scale for v in area)
    return np.ascontiguousarray(still[round(top) : round(bottom), round(left) : round(right)])


def motion_within(picture: PictureSeries, area: PictureArea, wide: int) -> PictureSeries:
    """`picture` with the cells of its motion laid over `area` of a source `wide` pixels wide."""
    import cv2

    if picture.energy is None or not len(picture.energy):
        return picture
    x1, y1, x2, y2 = area
    columns = picture.energy.shape[2]
    # As many columns as before, and rows so that cells stay square.
    cell, shrink = wide / columns, (x2 - x1) / wide
    size = (columns, max(1, round((y2 - y1) / (cell * shrink))))
    mapped = np.array([[shrink, 0, x1 / cell + (shrink - 1) / 2], [0, shrink, y1 / cell + (shrink - 1) / 2]])
    ways = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = [
        cv2.warpAffine(one, mapped, size, flags=ways, borderMode=cv2.BORDER_REPLICATE)
        for one in picture.energy
    ]
    return replace(picture, energy=np.stack(moved).astype(np.uint8))


def in_source(framing: Framing, area: PictureArea) -> Framing:
    """A framing that was made within `area`, in pixels of the source."""
    x, y = area[:2]
    panels = (
        panel.model_copy(
            update={
                "path": tuple(key.model_copy(update={"x": key.x + x, "y": key.y + y}) for key in panel.path)
            }
        )
        for panel in framing.panels
    )
    return framing.model_copy(update={"panels": tuple(panels), "area": area})
