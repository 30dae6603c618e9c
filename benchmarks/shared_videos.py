"""Every talking video of the shared media, framed: no truth but where a truth.json tells who speaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from framing_baselines import BASELINES
from framing_scores import camera_tally, centres
from framing_stage import Framed, Stage

from shortform_assets.contracts.clips import AspectFraming
from shortform_assets.errors import ShortformError
from shortform_assets.media.ffmpeg import run_ffmpeg

MEDIA = Path(__file__).resolve().parents[2] / "shared" / "media"
SCENES = ("poster_faces_beside_speaker.mp4", "slides_with_webcam_pip.mp4", "single_person_pancake.mkv")
SECONDS, QUICK_SECONDS = 20.0, 8.0


def measure(stage: Stage, folder: Path, quick: bool, say: Any) -> list[dict[str, Any]]:
    talk = sorted(p for p in (MEDIA / "talk").glob("*") if p.suffix in (".mp4", ".avi", ".webm", ".mkv"))
    paths = [*talk, *(MEDIA / "scene" / name for name in SCENES)]
    if quick:
        paths = [
            p for p in paths if p.name in ("split_talk_vs_silent_A.mp4", "poster_faces_beside_speaker.mp4")
        ]
    rows = []
    for path in (p for p in paths if p.is_file()):
        say(f"framing {path.name}")
        truth = path.with_suffix(".truth.json")
        told = "speaking_side" in truth.read_text() if truth.is_file() else False
        seconds = QUICK_SECONDS if quick else 60.0 if told else SECONDS
        try:
            framed = _framed(stage, path, folder, seconds)
        except ShortformError as error:
            rows.append({"name": path.name, "refused": str(error)})
            continue
        rows.append(_row(path, framed, json.loads(truth.read_text())["segments"] if told else None))
    return rows


def _framed(stage: Stage, path: Path, folder: Path, seconds: float) -> Framed:
    """At most `seconds` of `path` at 25 frames a second, upright, no higher than 1080."""
    folder.mkdir(parents=True, exist_ok=True)
    video, sound = folder / f"{path.stem}.mp4", folder / f"{path.stem}.wav"
    scale = "fps=25,scale='trunc(iw*sar/2)*2:trunc(ih/2)*2',setsar=1"
    run_ffmpeg(
        ["-i", str(path), "-t", str(seconds), "-map", "0:v:0", "-vf", scale, "-c:v", "libx264", "-preset",
         "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-threads", "2", str(video)]
    )  # fmt: skip
    try:
        run_ffmpeg(["-i", str(path), "-t", str(seconds), "-vn", "-ac", "1", "-ar", "16000", str(sound)])
    except ShortformError:
        run_ffmpeg(["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", str(seconds), str(sound)])
    return stage.frame(stage.media(video, sound), ())


def _row(path: Path, framed: Framed, segments: list[dict[str, Any]] | None) -> dict[str, Any]:
    fps = framed.media.rate.fps
    camera = next(a for a in framed.crops.aspects if a.aspect == "9:16")
    tally = camera_tally(camera, framed.tracks.frames, fps, framed.tracks.cuts)
    numbers = tally.numbers()
    states = [v.state for v in framed.crops.verdicts]
    row: dict[str, Any] = {
        "name": path.name,
        "seconds": round(framed.seconds, 1),
        "tracks": {state: states.count(state) for state in ("live", "unsure", "static")},
        "subjectless frames": round(_subjectless(camera, framed), 4),
        **{k: numbers[k] for k in ("still frames", "jerk, p95", "reversals a second", "switches a minute")},
        "layouts": sorted({f.layout for f in camera.framings}),
    }
    if segments:
        row["speaker in crop"] = _on_side(camera, framed, segments)
        for name, crop in BASELINES.items():
            row[name] = _on_side(crop(framed.tracks, framed.series, "9:16"), framed, segments)
    return row


def _subjectless(camera: AspectFraming, framed: Framed) -> float:
    """Share of frames that show no live face whole although the source has one."""
    live = [v.track_id for v in framed.crops.verdicts if v.state == "live"]
    with_one = without = 0
    for framing in camera.framings:
        at = np.arange(framing.start_frame, framing.end_frame, dtype=np.int32)
        there, shown = np.zeros(len(at), bool), np.zeros(len(at), bool)
        for name in live:
            series = framed.series.tracks[name]
            here = (at >= series.frame[0]) & (at <= series.frame[-1])
            there |= here
            shown |= here & _inside(framing, series.boxes_at(at), at)
        with_one += int(there.sum())
        without += int((there & ~shown).sum())
    return without / max(1, with_one)


def _inside(framing: Any, boxes: Any, at: Any) -> Any:
    found = np.zeros(len(at), bool)
    for panel in framing.panels:
        x, y = centres(panel, int(at[0]), int(at[-1]) + 1)
        slack = 0.02 * (boxes[:, 2] - boxes[:, 0])
        found |= (
            (boxes[:, 0] >= x - panel.width / 2 - slack)
            & (boxes[:, 2] <= x + panel.width / 2 + slack)
            & (boxes[:, 1] >= y - panel.height / 2 - slack)
            & (boxes[:, 3] <= y + panel.height / 2 + slack)
        )
    return found


def _on_side(camera: AspectFraming, framed: Framed, segments: list[dict[str, Any]]) -> float:
    """Share of frames that show a face whole on the half of the picture that speaks, and lie on that half."""
    middle, fps = framed.media.width / 2, framed.media.rate.fps
    judged = right = 0
    for framing in camera.framings:
        at = np.arange(framing.start_frame, framing.end_frame, dtype=np.int32)
        for side in ("left", "right"):
            now = np.zeros(len(at), bool)
            for one in segments:
                if one["speaking_side"] == side:
                    now |= (at / fps >= one["start"]) & (at / fps < one["end"])
            shown = np.zeros(len(at), bool)
            for series in framed.series.tracks.values():
                boxes = series.boxes_at(at)
                here = (at >= series.frame[0]) & (at <= series.frame[-1])
                mine = ((boxes[:, 0] + boxes[:, 2]) / 2 < middle) == (side == "left")
                shown |= here & mine & _inside(framing, boxes, at)
            judged += int(now.sum())
            right += int((now & shown).sum())
    return round(right / max(1, judged), 4)
