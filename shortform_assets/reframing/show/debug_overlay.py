"""The debug overlay of a clip: what was found and decided, drawn over the source picture, with its sound.

Every face has its track, state and evidence; the crop boxes of all aspect ratios, who is heard and who is
judged to speak, the camera's trail, the layout and why, and the cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    CropPaths,
    FaceTracks,
    Framing,
    TrackVerdict,
)
from shortform_assets.contracts.speech import Turn
from shortform_assets.errors import ClipFault
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.media.reader import read_clip
from shortform_assets.ports.workbench import Workbench
from shortform_assets.reframing.see.detect import Picture
from shortform_assets.reframing.see.series import TrackSeries, load_series

Colour = tuple[int, int, int]
"""BGR."""

WIDTH = 960
"""Of the overlay; the source is scaled to it."""
STRIP = 132
"""Height of the strip below the picture: time lines and text."""
ROWS = 6
"""At most so many faces have a time line, those that are seen most."""
TRAIL_SECONDS = 2.0
"""How much of the crop's path is drawn, half of it still to come."""
CUT_SECONDS = 0.3
"""How long a cut is announced."""
GAP_SAMPLES = 8
"""A face that was not sampled for longer is not drawn."""

STATES: dict[str, Colour] = {"live": (96, 210, 96), "unsure": (60, 190, 240), "static": (80, 80, 230)}
"""Frames of faces: green, amber, red."""
CROPS: tuple[Colour, ...] = ((0, 230, 255), (255, 170, 60), (200, 120, 220), (120, 220, 140))
"""Colours of the crops of the aspect ratios, in the order of `contracts/aspects.py`."""
SPEAKS, HEARD, INK, PAPER = (255, 255, 255), (190, 190, 110), (225, 225, 225), (26, 24, 22)
"""Of who speaks, of the sound, of text and of the strip."""


def render_overlay(
    bench: Workbench,
    media: ClipMedia,
    tracks: FaceTracks,
    crops: CropPaths,
    turns: Sequence[Turn],
    out: Path,
) -> None:
    """Write the overlay of a clip to `out` (MP4, at most `WIDTH` wide); `turns` are in milliseconds of the clip.

    Raises ClipFault where tracks, crop paths and media are not of the same clip.
    """
    if not tracks.media == crops.media == media.digest() or not tracks.frames == crops.frames == media.frames:
        raise ClipFault("its face tracks and crop paths were not made from these media: run the stages again")
    wide = min(WIDTH, media.width) // 2 * 2
    tall = round(media.height * wide / media.width / 2) * 2
    painter = _Painter(
        tracks, crops, turns, load_series(bench.open(tracks.series)).tracks, wide / media.width
    )
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", "2",
              "-c:a", "aac", "-b:a", "128k", "-map_metadata", "-1", "-fflags", "+bitexact"]  # fmt: skip
    sound = _sound(bench, media)
    args = ["-i", str(sound), "-map", "0:v", "-map", "1:a", *encode, "-movflags", "+faststart", str(out)]
    with pipe_frames(args, wide, tall + STRIP, media.rate) as write:
        for frame, picture in read_clip(bench, media, size=(wide, tall)):
            write(painter.paint(frame, picture))
            if frame % 50 == 0:
                bench.progress(frame / media.frames, "overlay")


def _sound(bench: Workbench, media: ClipMedia) -> Path:
    """The clip's sound in one file."""
    if len(media.segments) == 1:
        return bench.open(media.segments[0].audio)
    joined = bench.scratch / f"overlay-{media.clip_id}.flac"
    inputs = [part for segment in media.segments for part in ("-i", str(bench.open(segment.audio)))]
    graph = f"concat=n={len(media.segments)}:v=0:a=1"
    run_ffmpeg([*inputs, "-filter_complex", graph, "-c:a", "flac", str(joined)])
    return joined


class _Painter:
    """Draws one frame after the other; what stays the same all the time is drawn once."""

    def __init__(
        self,
        tracks: FaceTracks,
        crops: CropPaths,
        turns: Sequence[Turn],
        series: dict[str, TrackSeries],
        scale: float,
    ) -> None:
        self._tracks, self._crops, self._turns, self._series = tracks, crops, turns, series
        self._scale, self._rate = scale, crops.rate
        self._verdicts = {verdict.track_id: verdict for verdict in crops.verdicts}
        self._lines = self._time_lines(round(tracks.width * scale) // 2 * 2)

    def paint(self, frame: int, picture: Picture) -> Picture:
        canvas = np.vstack([picture, self._lines])
        height = picture.shape[0]
        for aspect in self._crops.aspects:
            self._crop(canvas, aspect, frame, height)
        for track in self._tracks.tracks:
            if track.first_frame <= frame <= track.last_frame:
                self._face(canvas, track.track_id, frame, height)
        self._say(canvas, frame, height)
        return canvas

    def _face(self, canvas: Picture, name: str, frame: int, height: int) -> None:
        import cv2

        series, verdict = self._series[name], self._verdicts.get(name)
        if np.abs(series.frame - frame).min() > GAP_SAMPLES * self._tracks.step or verdict is None:
            return
        box = series.boxes_at(np.array([frame], np.int32))[0] * self._scale
        x1, y1, x2, y2 = (round(float(v)) for v in box)
        colour, speaks = STATES[verdict.state], _speaks(verdict, frame)
        if speaks:
            cv2.rectangle(canvas, (x1 - 3, y1 - 3), (x2 + 3, y2 + 3), SPEAKS, 2, cv2.LINE_AA)
        cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, 2, cv2.LINE_AA)
        # Dashes where the face was seen but not landmarked: its mouth is not known there.
        nearest = int(np.abs(series.frame - frame).argmin())
        lips = "" if np.isnan(series.mouth[nearest]) else f" lips {series.mouth[nearest]:.3f}"
        who = " ".join(part for part in (verdict.person, verdict.speaker) if part)
        _text(
            canvas,
            f"{name} {verdict.state} {who}{' SPEAKS' if speaks else ''}",
            (x1, max(y1 - 6, 12)),
            colour,
        )
        below = [f"{key} {value:.3g}" for key, value in verdict.evidence.items()]
        told = [lips.strip(), *below] if lips else below
        # Two numbers a line, as far down as the picture goes.
        for row in range(0, len(told), 2):
            y = y2 + 14 + 7 * row
            if y < height - 4:
                _text(canvas, "  ".join(told[row : row + 2]), (x1, y), colour, 0.36)

    def _crop(self, canvas: Picture, camera: AspectFraming, frame: int, height: int) -> None:
        import cv2

        framing, colour = camera.at(frame), _colour(camera.aspect)
        main = camera.aspect == "9:16"
        for panel in framing.panels:
            x1, y1, x2, y2 = (round(v * self._scale) for v in panel.crop(frame))
            bottom = min(y2, height) - 1
            cv2.rectangle(canvas, (x1, y1), (x2 - 1, bottom), colour, 2 if main else 1, cv2.LINE_AA)
            _text(canvas, camera.aspect, (x1 + 4, bottom - 5), colour, 0.4)
            if main:
                self._trail(canvas, framing, panel, frame, colour)

    def _trail(self, canvas: Picture, framing: Framing, panel: Any, frame: int, colour: Colour) -> None:
        """Where the middle of the crop comes from and where it goes."""
        import cv2

        reach = round(TRAIL_SECONDS / 2 * self._rate.fps)
        at = range(max(framing.start_frame, frame - reach), min(framing.end_frame, frame + reach + 1), 2)
        points = []
        for n in at:
            x1, y1, x2, y2 = panel.crop(n)
            points.append(((x1 + x2) / 2 * self._scale, (y1 + y2) / 2 * self._scale))
        line = np.array([[round(x * 16), round(y * 16)] for x, y in points], np.int32)
        cv2.polylines(canvas, [line], False, colour, 1, cv2.LINE_AA, 4)
        x1, y1, x2, y2 = panel.crop(frame)
        middle = round((x1 + x2) / 2 * self._scale), round((y1 + y2) / 2 * self._scale)
        cv2.circle(canvas, middle, 4, colour, -1, cv2.LINE_AA)

    def _say(self, canvas: Picture, frame: int, height: int) -> None:
        """The lines of text and the play head."""
        import cv2

        ms = self._rate.ms(frame)
        heard = sorted({turn.speaker for turn in self._turns if turn.start_ms <= ms < turn.end_ms})
        speaks = [v.track_id for v in self._crops.verdicts if _speaks(v, frame)]
        lead = next((a for a in self._crops.aspects if a.aspect == "9:16"), self._crops.aspects[0])
        framing = lead.at(frame)
        said = f"{frame}  {ms / 1000:.2f} s   heard: {' '.join(heard) or '-'}   speaks: {' '.join(speaks) or 'nobody on screen'}"
        _text(canvas, said, (8, height + 16), INK, 0.44)
        _text(
            canvas,
            f"{lead.aspect} {framing.layout}: {framing.reason}",
            (8, height + 34),
            _colour(lead.aspect),
            0.44,
        )
        since = [frame - cut for cut in self._crops.cuts if cut <= frame]
        if since and min(since) < CUT_SECONDS * self._rate.fps:
            _text(canvas, "CUT", (canvas.shape[1] - 64, 34), (60, 60, 255), 0.9)
        x = round(frame / max(1, self._crops.frames - 1) * (canvas.shape[1] - 1))
        cv2.line(canvas, (x, height + 42), (x, canvas.shape[0] - 1), SPEAKS, 1)

    def _time_lines(self, wide: int) -> Picture:
        """Below the picture: voices heard, and for every face when it is seen and when it speaks."""
        import cv2

        strip = np.full((STRIP, wide, 3), PAPER, np.uint8)
        scale = (wide - 1) / max(1, self._crops.frames - 1)

        def bar(row: int, start: float, end: float, colour: Colour, thick: int) -> None:
            y = 50 + row * 12
            cv2.rectangle(
                strip, (round(start * scale), y - thick), (round(end * scale), y + thick), colour, -1
            )

        for turn in self._turns:
            first, last = self._rate.nearest(turn.start_ms), self._rate.nearest(turn.end_ms)
            bar(0, first, last, HEARD, 3)
            _text(strip, turn.speaker, (round(first * scale) + 2, 54), HEARD, 0.34)
        seen = sorted(self._tracks.tracks, key=lambda track: -track.samples)[:ROWS]
        for row, track in enumerate(sorted(seen, key=lambda track: track.track_id), start=1):
            verdict = self._verdicts.get(track.track_id)
            colour = STATES[verdict.state] if verdict else INK
            bar(row, track.first_frame, track.last_frame, colour, 1)
            for start, end in verdict.speaking if verdict else ():
                bar(row, start, end, colour, 4)
            _text(strip, track.track_id, (2, 54 + row * 12), INK, 0.34)
        for cut in self._crops.cuts:
            cv2.line(strip, (round(cut * scale), 44), (round(cut * scale), STRIP), (60, 60, 255), 1)
        return strip


def _speaks(verdict: TrackVerdict, frame: int) -> bool:
    return any(start <= frame < end for start, end in verdict.speaking)


def _text(canvas: Picture, text: str, at: tuple[int, int], colour: Colour, size: float = 0.42) -> None:
    """Letters on a dark ground, so that they are read on any picture."""
    import cv2

    # The font has no other letters.
    plain = text.encode("ascii", "replace").decode()
    (wide, tall), _ = cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    (x, y), (rows, columns) = at, canvas.shape[:2]
    part = canvas[max(0, y - tall - 2) : min(rows, y + 4), max(0, x - 2) : min(columns, x + wide + 3)]
    part[:] = part // 3
    cv2.putText(canvas, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)


def _colour(aspect: Aspect) -> Colour:
    return CROPS[list(ASPECTS).index(aspect) % len(CROPS)]
