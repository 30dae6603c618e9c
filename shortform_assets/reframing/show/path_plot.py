"""A small plot of one clip's camera: where the crop is over time, who speaks, what is cut."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.clips import AspectFraming, CropPaths, Layout

Colour = tuple[int, int, int]
"""BGR."""

WIDTH, HEIGHT = 720, 220
"""Pixels."""
LEFT, RIGHT, TOP = 44, 8, 22
"""Margins: on the left and above stand numbers."""
ROW, MOST_ROWS = 10, 6
"""Height of a speaker's bar, and how many there is room for."""
COLOURS = 128
"""In the PNG's palette: an image is about 4 kB then, and 7 kB with all colours."""
LAYOUTS: dict[Layout, Colour] = {
    "single": (236, 246, 232), "stacked": (248, 236, 226), "wide": (226, 240, 250), "fit": (230, 230, 246),
    "panels": (250, 228, 220), "screen": (222, 238, 244), "cutaway": (240, 226, 242), "centre": (236, 236, 236),
}  # fmt: skip
"""Backgrounds, pale, so that the path stands out."""
ACROSS, DOWN, CUT, INK, FAINT = (190, 110, 20), (60, 150, 60), (60, 60, 220), (60, 60, 60), (205, 205, 205)
"""Of the path across and downwards, of cuts, of text and of the grid."""
VOICES: tuple[Colour, ...] = ((40, 140, 40), (30, 110, 220), (160, 60, 140), (150, 140, 20))
"""Of those who speak, in turn."""


def path_plot(crops: CropPaths, aspect: Aspect = "9:16") -> bytes:
    """PNG (`WIDTH` wide): the crop's band across the source (blue) and its middle downwards (green) over time,
    the layouts as background, cuts in red, and below when those speak who speak most.

    Raises KeyError where the paths hold no such aspect ratio.
    """
    import cv2
    from PIL import Image

    cameras = {camera.aspect: camera for camera in crops.aspects}
    camera = cameras[aspect]
    speakers = _speakers(crops)
    base = HEIGHT - 22 - ROW * max(1, len(speakers))
    canvas = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    wide, tall = _extent(crops, camera)

    def at(frame: float, share: float) -> tuple[int, int]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * frame / max(1, crops.frames)
        return round(x), round(TOP + (base - TOP) * share)

    for framing in camera.framings:
        corners = at(framing.start_frame, 0), at(framing.end_frame, 1)
        cv2.rectangle(canvas, *corners, LAYOUTS[framing.layout], -1)
    for framing in camera.framings:
        for panel in framing.panels:
            frames = _frames(framing.start_frame, framing.end_frame)
            at_frames = np.array([panel.corner(int(frame)) for frame in frames])
            left, down = at_frames[:, 0], at_frames[:, 1] + panel.height / 2
            low = np.array([at(f, v / wide) for f, v in zip(frames, left, strict=True)], np.int32)
            high = np.array(
                [at(f, v / wide) for f, v in zip(frames, left + panel.width, strict=True)], np.int32
            )
            band = canvas.copy()
            cv2.fillPoly(band, [np.concatenate([low, high[::-1]])], ACROSS)
            cv2.addWeighted(band, 0.16, canvas, 0.84, 0, dst=canvas)
            for line in (low, high):
                cv2.polylines(canvas, [line], False, ACROSS, 1, cv2.LINE_AA)
            middle = [at(f, v / tall) for f, v in zip(frames, down, strict=True)]
            cv2.polylines(canvas, [np.array(middle, np.int32)], False, DOWN, 1, cv2.LINE_AA)
            for key in panel.path if len(panel.path) > 1 else ():
                cv2.circle(
                    canvas, at(key.frame, (key.x + panel.width / 2) / wide), 2, ACROSS, -1, cv2.LINE_AA
                )
    for cut in crops.cuts:
        cv2.line(canvas, at(cut, 0), at(cut, 1), CUT, 1)
    for row, (name, spans) in enumerate(speakers.items()):
        y = base + 4 + row * ROW
        for start, end in spans:
            corners = (at(start, 0)[0], y), (at(end, 0)[0], y + ROW - 4)
            cv2.rectangle(canvas, *corners, VOICES[row % len(VOICES)], -1)
        _text(canvas, name, (4, y + 7))
    cv2.rectangle(canvas, at(0, 0), at(crops.frames, 1), FAINT, 1)
    _axes(canvas, crops, base, at)
    title = f"{aspect}: crop across the source (blue), its middle downwards (green), cuts (red)"
    _text(canvas, title, (LEFT, 14))
    png, drawn = io.BytesIO(), Image.fromarray(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB))
    drawn.quantize(COLOURS).save(png, "png", optimize=True)
    return png.getvalue()


def plot_markdown(crops: CropPaths, aspect: Aspect = "9:16") -> str:
    """The plot as a Markdown image that carries its own data."""
    return f"![camera {aspect}](data:image/png;base64,{base64.b64encode(path_plot(crops, aspect)).decode()})"


def plots_markdown(clips: Sequence[CropPaths], most: int) -> str:
    """The plots of the first `most` clips, each under its clip's id; about 5 kB a clip."""
    shown = [f"`{clip.clip_id}`\n\n{plot_markdown(clip, clip.aspects[0].aspect)}" for clip in clips[:most]]
    if len(clips) > most:
        shown.append(f"and {len(clips) - most} clips more")
    return "\n\n".join(shown)


def _speakers(crops: CropPaths) -> dict[str, list[tuple[int, int]]]:
    """Person, or track of an unknown one -> frames [start, end) in which they speak; the `MOST_ROWS` that
    speak most, in the order in which they begin."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for verdict in crops.verdicts:
        if verdict.speaking:
            spans.setdefault(verdict.person or verdict.track_id, []).extend(verdict.speaking)
    most = sorted(spans, key=lambda name: sum(start - end for start, end in spans[name]))[:MOST_ROWS]
    return {name: spans[name] for name in sorted(most, key=lambda name: min(spans[name]))}


def _extent(crops: CropPaths, camera: AspectFraming) -> tuple[float, float]:
    """The source's size, or what the crops reach of it where the paths do not say."""
    if crops.width and crops.height:
        return crops.width, crops.height
    boxes = [(panel, key) for framing in camera.framings for panel in framing.panels for key in panel.path]
    tall = max(key.y + panel.height for panel, key in boxes)
    return max(16 / 9 * tall, *(key.x + panel.width for panel, key in boxes)), tall


def _frames(start: int, end: int) -> NDArray[np.int64]:
    """Frames of a framing, enough for a pixel of the plot each."""
    return np.unique(np.linspace(start, max(start, end - 1), min(end - start, WIDTH) + 1).round()).astype(
        np.int64
    )


def _axes(canvas: NDArray[np.uint8], crops: CropPaths, base: int, at: object) -> None:
    """Seconds below, shares of the source's width beside."""
    import cv2

    assert callable(at)
    seconds = crops.frames / crops.rate.fps
    step = next(s for s in (1, 2, 5, 10, 20, 60, 120, 600, 3600) if seconds / s <= 12 or s == 3600)
    for second in range(0, int(seconds) + 1, step):
        x, _ = at(second * crops.rate.fps, 0)
        cv2.line(canvas, (x, base), (x, base + 3), INK, 1)
        _text(canvas, f"{second}s", (x - 6, HEIGHT - 6))
    for share in (0.0, 0.5, 1.0):
        _text(canvas, f"{100 * share:.0f} %", (4, at(0, share)[1] + (8 if share < 1 else -2)))


def _text(canvas: NDArray[np.uint8], text: str, at: tuple[int, int]) -> None:
    import cv2

    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.34, INK, 1, cv2.LINE_AA)
