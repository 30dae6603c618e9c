"""Do lips and lids move against their own face? Two looks at a face are laid over each other, and what is
left is measured at the mouth, at the eyes and on what is rigid.

Landmarks of a small or badly compressed face tremble as if its lips moved; its pixels do not. A print that is
panned, zoomed, tilted or shaken is the same plane in both looks, so an affine map lays one over the other and
the mouth is left with no more than the cheeks. Registration is by enhanced correlation (Evangelidis and
Psarakis 2008).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
Points = NDArray[np.float64]

SIDE = 96
"""Side of a patch in pixels."""
_APART, _EYES_AT = 34.0, (48.0, 36.0)
"""Distance of the outer eye corners in a patch, and the middle between them."""
_BLUR = 1.2
"""Sigma in pixels of the patch: what is finer is noise of the encoder."""
_FAINT = 2.0
"""Grey levels a pixel that every region is taken to slope by at least, so that smooth skin does not count."""
_LEAST, _ROUNDS = 1e-3, 12
"""Least motion of the rigid face that is divided by, and rounds in which patches are aligned (Evangelidis and
Psarakis 2008, as in OpenCV's findTransformECC)."""

# Points of MediaPipe's face mesh; test_lips_that_open_move_and_the_lids_do_not and the one after it.
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148,
        176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
"""Around the face, from the forehead."""
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
"""Around the outer lips."""
LIDS = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
"""Around each eye: outer corner of the right one first, inner corner of the left one first."""
_UNDER_NOSE = 2
"""What is below this point and two pixels more is not rigid."""


@dataclass(frozen=True)
class Patch:
    """A face upright, its eyes always at the same place: `pixels` (96, 96) and its mesh (478, 2) in them."""

    pixels: Grey
    mesh: Points


def patch_of(region: Grey, mesh: Points) -> Patch:
    """The patch of a grey `region` whose face mesh (478, 2) is in pixels of it."""
    import cv2

    right, left = mesh[LIDS[0][0]], mesh[LIDS[1][3]]
    across = left - right
    length = max(float(np.hypot(*across)), 1e-6)
    cos, sin = across / length
    turn = np.array([[cos, sin], [-sin, cos]]) * (_APART / length)
    shift = np.array(_EYES_AT) - turn @ ((right + left) / 2)
    pixels = cv2.warpAffine(
        region, np.column_stack([turn, shift]), (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE
    )
    return Patch(np.asarray(pixels, np.uint8), mesh @ turn.T + shift)


def own_motion(before: Patch, after: Patch) -> tuple[float, float]:
    """Change at the mouth and at the eyes, over that of the rigid face; each over its own contrast.

    About 1 for a print, 4 and more for syllables and blinks; NaN where the mesh leaves nothing to measure.
    """
    import cv2

    one, other = (cv2.GaussianBlur(p.pixels, (0, 0), _BLUR).astype(np.float32) for p in (before, after))
    mouth, eyes, rigid, whole = _regions(before.mesh)
    if not (mouth.any() and eyes.any() and rigid.any()):
        return float("nan"), float("nan")
    laid = _laid_over(one, other, whole)
    # Light that changes is no motion: gain and offset are fitted away.
    terms = np.column_stack([laid[whole], np.ones(int(whole.sum()), np.float32)])
    gain, offset = np.linalg.lstsq(terms, one[whole], rcond=None)[0]
    left = laid * gain + offset - one
    slope = np.hypot(*(cv2.Sobel(one, cv2.CV_32F, dx, dy, scale=1 / 8) for dx, dy in ((1, 0), (0, 1))))
    of_mouth, of_eyes, of_rigid = (
        _level(left, part) / (_level(slope, part) + _FAINT) for part in (mouth, eyes, rigid)
    )
    return of_mouth / max(of_rigid, _LEAST), of_eyes / max(of_rigid, _LEAST)


def _laid_over(one: Floats, other: Floats, where: Mask) -> Floats:
    """`other` after the affine map that makes it most like `one` in `where`."""
    import cv2

    into = np.eye(2, 3, dtype=np.float32)
    enough = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, 1e-3)
    # Where nothing correlates the landmarks alone have laid the patches over each other.
    with contextlib.suppress(cv2.error):
        _, found = cv2.findTransformECC(
            one, other, into.copy(), cv2.MOTION_AFFINE, enough, where.astype(np.uint8), 1
        )
        into = np.asarray(found, np.float32)
    laid = cv2.warpAffine(other, into, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(laid, np.float32)


def _level(values: Floats, part: Mask) -> float:
    return float(np.sqrt((values[part] ** 2).mean()))


def _regions(mesh: Points) -> tuple[Mask, Mask, Mask, Mask]:
    """Mouth, eyes, the rigid face (neither eyes nor what is below the nose), and where looks are registered."""
    import cv2

    oval = _filled(mesh[list(OVAL)])
    mouth = oval & _filled(_grown(mesh[list(LIPS)], 1.15, 1.8))
    eyes = np.zeros_like(oval)
    for lids in LIDS:
        eyes |= _filled(_grown(mesh[list(lids)], 1.4, 2.2))
    upper = np.asarray(cv2.erode(oval, np.ones((5, 5), np.uint8)), np.uint8)
    upper[max(0, int(mesh[_UNDER_NOSE, 1]) + 2) :] = 0
    whole = cv2.dilate(upper | eyes, np.ones((3, 3), np.uint8))
    return mouth > 0, eyes > 0, (upper & ~eyes) > 0, whole > 0


def _grown(points: Points, across: float, down: float) -> Points:
    middle = points.mean(axis=0)
    return np.asarray((points - middle) * (across, down) + middle)


def _filled(points: Points) -> Grey:
    import cv2

    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points.round().astype(np.int32)), 255)
    return mask
