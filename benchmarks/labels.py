"""Human labels without pixels: who speaks in web videos (ASW), and where humans put the window (RetargetVid).

ASW (Kim et al., Interspeech 2021): boxes and speech of faces at 5 Hz. What a detector and a listener would
make of them is invented with their usual faults, and the real layout and camera are scored on it.
RetargetVid (Apostolidis and Mezaris, 2021): crop windows of three annotators. One human's window, made
noisy, is what the camera follows; the path is scored against another human's.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from framing_baselines import BASELINES
from framing_scores import Tally, camera_tally, centres
from numpy.typing import NDArray

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import AspectFraming, CropPaths, FaceTrack, FaceTracks, VoiceMap
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.crop_paths import CameraRequest, direct_clip
from shortform_assets.reframing.direct.camera_path import Reach, plan_path
from shortform_assets.reframing.see.series import ClipSeries, PictureSeries, TrackSeries
from shortform_assets.reframing.see.tracks import summary

DATA = Path(__file__).resolve().parents[2] / "shared" / "benchdata"
RATE = FrameRate(num=25)
STEP = 2
SIZE = (1280, 720)
HELD = 0.9
"""A face is held when this much of what a crop of that width could hold of it is in the crop."""
JITTER = 0.03
"""Detector noise, as a share of the face's size."""
TALKS, RESTS = 0.035, 0.006
"""Mouth movement of speakers and listeners, over the eye distance."""
FIDGETS = 0.12
"""Share of half seconds in which a listener's mouth moves too."""
MUMBLES = 0.12
"""Share of half seconds in which a speaker's mouth hardly moves."""
AGREES = 0.3
"""Correlation of a speaker's mouth and the level of the sound; most talking videos have 0.1 to 0.6."""
ELSEWHERE = 0.5
"""Share of the stretches without a speaker on screen in which somebody off screen is heard."""

LEAP = 0.2
"""Share of its width by which a window moves in one frame only at a cut."""
STILL = 0.1
"""Pixels a frame below which a window stands still."""

Windows = NDArray[np.float64]


def asw(reframing: ReframingSlice, videos: int, seconds: float, say: Any) -> dict[str, Any]:
    """Share of labelled frames with several faces in which a speaker is held, ours beside the baselines, and
    of all labelled frames in which the named speaker is one, or nobody is named where nobody speaks."""
    held: dict[str, list[bool]] = {}
    named: list[NDArray[np.int64]] = []
    motion: dict[str, Tally] = {}
    path = DATA / "asw_val.json.gz"
    if not path.is_file():
        return {}
    with gzip.open(path, "rt") as file:
        rows = json.load(file)
    names = sorted(rows)[:videos]
    say(f"active-speaker labels: {len(names)} videos")
    for number, name in enumerate(names):
        tracks, series, samples, spoken, labelled = _imagined(rows[name], seconds, number)
        if not tracks.tracks:
            continue
        crops = direct_clip(CameraRequest(tracks, (), VoiceMap(), reframing, FramingEdits()), series, samples)
        named.append(_named(crops, labelled))
        cameras = {"shortform": next(a for a in crops.aspects if a.aspect == "9:16")}
        cameras |= {label: crop(tracks, series, "9:16") for label, crop in BASELINES.items()}
        for label, camera in cameras.items():
            held.setdefault(label, []).extend(_held(camera, spoken))
            moved = camera_tally(camera, tracks.frames, RATE.fps, tracks.cuts)
            motion[label] = motion.get(label, Tally()) + moved
    right, wrong, missed, extra = (int(n) for n in np.sum(named, axis=0))
    who = {
        "active speaker accuracy": round(right / (right + wrong + missed + extra), 4),
        "labelled frames": right + wrong + missed + extra,
        "another named": wrong,
        "nobody named": missed,
        "somebody named where nobody speaks": extra,
    }
    return {
        label: {
            **(who if label == "shortform" else {}),
            "speaker held": round(float(np.mean(found)), 4),
            "frames": len(found),
            **{k: motion[label].numbers()[k] for k in ("still frames", "jerk, p95", "switches a minute")},
        }
        for label, found in held.items()
    }


def _imagined(
    video: dict[str, list[list[float]]], seconds: float, seed: int
) -> tuple[
    FaceTracks, ClipSeries, NDArray[np.float32], list[tuple[int, NDArray[np.float64]]], dict[int, set[str]]
]:
    """Tracks, series and sound as our stages would find them, (frame, speakers' boxes) to be held, and the
    speaking tracks of every frame of which all faces are labelled."""
    rng = np.random.default_rng([3, seed])
    start = min(rows[0][0] for rows in video.values())
    faces = [np.array([r for r in rows if r[0] - start < seconds]) for rows in video.values()]
    faces = [rows for rows in faces if len(rows) >= 5]
    frames = round(seconds * RATE.fps)
    if faces:
        frames = min(frames, round((max(rows[-1, 0] for rows in faces) - start) * RATE.fps) + 5)
    cuts = _cuts(faces, start)
    loud, audible = _loudness(faces, start, frames, rng)
    found: dict[str, TrackSeries] = {}
    summaries: list[FaceTrack] = []
    for k, rows in enumerate(faces):
        at = np.round((rows[:, 0] - start) * RATE.fps).astype(np.int32)
        sampled = np.arange(at[0] - at[0] % STEP, min(at[-1] + 1, frames), STEP, dtype=np.int32)
        boxes = np.stack(
            [np.interp(sampled, at, rows[:, i] * SIZE[(i - 1) % 2]) for i in range(1, 5)], axis=1
        )
        size = (boxes[:, 2:] - boxes[:, :2]).mean(axis=1, keepdims=True)
        drift = np.stack([_smooth(rng.normal(0, 1, len(sampled)), 5) for _ in range(4)], axis=1)
        boxes = boxes + JITTER * size * drift
        talks = np.interp(sampled, at, rows[:, 5]) > 0.5
        # Lips move a frame before they are heard.
        mouth = _mouth(talks, loud[np.minimum(sampled + 1, frames - 1)], rng)
        lost = _smooth(rng.normal(0, 1, len(sampled)), 9) > 1.9
        nothing = np.zeros((len(sampled), 7), np.float32)
        series = TrackSeries(
            frame=sampled,
            box=boxes.astype(np.float32),
            score=np.ones(len(sampled), np.float32),
            mouth=np.where(lost, np.nan, mouth).astype(np.float32),
            shape=np.zeros((len(sampled), 6, 2), np.float32),
            pose=rng.normal(0, 4, (len(sampled), 3)).astype(np.float32),
            blink=np.where(rng.random(len(sampled)) < 0.06, 0.6, 0.1).astype(np.float32),
            emotion=nothing,
            look=np.zeros(1, np.float32),
        )
        shot = int(np.searchsorted(cuts, at[0], side="right"))
        found[f"t{k}"] = series
        summaries.append(summary(f"t{k}", shot, series, RATE))
    spoken, labelled = _spoken(faces, start, frames), _labelled(faces, start, frames)
    picture = np.arange(0, max(frames, 1), STEP, dtype=np.int32)
    whole = PictureSeries(
        picture, np.full(len(picture), 2.0, np.float32), np.zeros((len(picture), 2), np.float32)
    )
    tracks = FaceTracks(
        clip_id="asw", media="", width=SIZE[0], height=SIZE[1], rate=RATE, frames=max(frames, 1),
        cuts=tuple(int(c) for c in cuts if 0 < c < frames), step=STEP, tracks=tuple(summaries),
        series=Blob(sha256="0" * 64, size=0),
    )  # fmt: skip
    count = frames * 16_000 // RATE.num
    # Six decibels of syllables around the level of talk.
    level = np.where(audible, 10 ** (6 * loud / 20), 0.0)
    samples = rng.normal(0, 0.1, count) * (
        np.interp(np.arange(count) / 16_000 * RATE.fps, np.arange(frames), level) + 0.004
    )
    return tracks, ClipSeries(found, whole), np.clip(samples, -1, 1).astype(np.float32), spoken, labelled


def _loudness(
    faces: list[NDArray[np.float64]], start: float, frames: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Syllables (frames,) about 0 with deviation 1, and whether somebody is heard, on screen or not."""
    spoken = np.zeros(frames)
    for rows in faces:
        at = np.arange(frames) / RATE.fps + start
        spoken = np.maximum(spoken, np.interp(at, rows[:, 0], rows[:, 5], left=0, right=0))
    audible = spoken > 0.5
    edges = np.flatnonzero(np.diff(np.concatenate([[True], audible, [True]]).astype(int)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        audible[first:last] = rng.random() < ELSEWHERE
    # Five a second, as talk has them.
    return _smooth(rng.normal(0, 1, frames), 5), audible


def _mouth(
    talks: NDArray[np.bool_], loud: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """A mouth that moves when it talks, with its usual faults half second by half second."""
    count = len(talks)
    halves = -(-count // 6)
    fault = np.repeat(rng.random(halves), 6)[:count]
    moves = np.where(talks, fault >= MUMBLES, fault < FIDGETS)
    spread = np.repeat(rng.lognormal(0, 0.35, halves), 6)[:count]
    free = rng.normal(0, 1, count)
    moving = np.where(talks, AGREES * loud + np.sqrt(1 - AGREES**2) * free, free)
    return 0.05 + np.where(moves, TALKS, RESTS) * spread * moving


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    window = np.hanning(width + 2)[1:-1]
    return np.convolve(values, window / np.sqrt((window**2).sum()), "same")[: len(values)]


def _cuts(faces: list[NDArray[np.float64]], start: float) -> list[int]:
    """Where every face of one moment gives way to others: a cut."""
    spans = sorted((rows[0, 0], rows[-1, 0]) for rows in faces)
    cuts, end = [], spans[0][1] if spans else 0.0
    for first, last in spans[1:]:
        if first > end + 0.05:
            cuts.append(round((first - 0.1 - start) * RATE.fps))
        end = max(end, last)
    return cuts


def _spoken(
    faces: list[NDArray[np.float64]], start: float, frames: int
) -> list[tuple[int, NDArray[np.float64]]]:
    """Labelled frames with several faces of which some speak, and the boxes of those."""
    seen: dict[int, list[NDArray[np.float64]]] = {}
    for rows in faces:
        for row in rows:
            seen.setdefault(round((row[0] - start) * RATE.fps), []).append(row)
    found = []
    for frame, faced in sorted(seen.items()):
        boxes = [r[1:5] * np.tile(SIZE, 2) for r in faced if r[5] == 1 and r[6] == 1]
        if frame < frames and len(faced) > 1 and boxes:
            found.append((frame, np.array(boxes)))
    return found


def _labelled(faces: list[NDArray[np.float64]], start: float, frames: int) -> dict[int, set[str]]:
    """The speaking tracks of every labelled frame; frames with a face that is left out of scores are not in it."""
    found: dict[int, set[str]] = {}
    unsure: set[int] = set()
    for k, rows in enumerate(faces):
        for row in rows:
            frame = round((row[0] - start) * RATE.fps)
            found.setdefault(frame, set()).update({f"t{k}"} if row[5] == 1 else ())
            unsure |= {frame} if row[6] == 0 else set()
    return {frame: who for frame, who in sorted(found.items()) if frame < frames and frame not in unsure}


def _named(crops: CropPaths, labelled: dict[int, set[str]]) -> NDArray[np.int64]:
    """Labelled frames that are right, name another, name nobody, and name somebody where nobody speaks."""
    found = np.zeros(4, np.int64)
    for frame, who in labelled.items():
        said = {v.track_id for v in crops.verdicts if any(a <= frame < b for a, b in v.speaking)}
        right = bool(said & who) or not (said or who)
        found[0 if right else 3 if not who else 1 if said else 2] += 1
    return found


def _held(camera: AspectFraming, spoken: list[tuple[int, NDArray[np.float64]]]) -> list[bool]:
    found = []
    for frame, boxes in spoken:
        framing = camera.at(frame)
        good = False
        for panel in framing.panels:
            (x,), _ = centres(panel, frame, frame + 1)
            low, high = x - panel.width / 2, x + panel.width / 2
            wide = boxes[:, 2] - boxes[:, 0]
            shared = np.minimum(boxes[:, 2], high) - np.maximum(boxes[:, 0], low)
            good |= bool((shared >= HELD * np.minimum(wide, panel.width)).any())
        found.append(good)
    return found


def retargetvid(videos: int, say: Any) -> dict[str, Any]:
    """IoU against another human, still share and acceleration of the camera that follows a noisy human."""
    archives = [DATA / f"retargetvid_annotator_{n}.zip" for n in (1, 2)]
    if not all(path.is_file() for path in archives):
        return {}
    one, other = (zipfile.ZipFile(path) for path in archives)
    found: dict[str, Any] = {}
    names = sorted({Path(name).stem[:3] for name in one.namelist() if name.endswith(".txt")})[:videos]
    say(f"human crop windows: {len(names)} videos")
    for ratio in ("1-3", "3-1"):
        rows: dict[str, list[tuple[float, float, float]]] = {}
        for video in names:
            first, second = (
                np.array([line.split(",") for line in z.read(f"annotator_{n}/{video}_{ratio}.txt").decode().split()],
                         float) for n, z in ((1, one), (2, other))
            )  # fmt: skip
            count = min(len(first), len(second))
            first, second = first[:count], second[:count]
            noisy, path = _follow(first, ratio, int(video))
            for label, windows in (("human", first), ("noisy human", noisy), ("camera", path)):
                rows.setdefault(label, []).append(_compare(windows, second))
        found[ratio.replace("-", ":")] = {
            label: {
                name: round(float(np.mean([row[i] for row in values])), 4)
                for i, name in enumerate(("IoU", "still frames", "acceleration"))
            } for label, values in rows.items()
        }  # fmt: skip
    return found


def _follow(human: Windows, ratio: str, seed: int) -> tuple[Windows, Windows]:
    """The human's windows with noise, and the camera's after them; windows move along one axis only."""
    rng = np.random.default_rng([4, seed])
    axis = 0 if ratio == "1-3" else 1
    span = human[:, axis + 2] - human[:, axis]
    limit, wide = (640.0, 360.0)[axis] - float(np.median(span)), float(np.median(span))
    noise = 0.03 * wide * _smooth(rng.normal(0, 1, len(human)), 3)
    corner = np.clip(human[:, axis] + noise, 0, limit)
    noisy, path = human.copy(), human.copy()
    noisy[:, axis], noisy[:, axis + 2] = corner, corner + wide
    # The labels do not tell the cuts; a window that leaps was cut to its new place.
    leaps = np.flatnonzero(np.abs(np.diff(human[:, axis])) > LEAP * wide) + 1
    for first, last in pairwise((0, *(int(n) for n in leaps), len(human))):
        frames = np.unique([*range(first, last, 2), last - 1]).astype(np.int32)
        wish = corner[frames]
        # What must stay in the picture is the middle third of the human's window.
        reach = Reach(
            low=wish - wide / 3, high=wish + wide / 3, wish=wish, dead_zone=0.08 * wide, limit=limit
        )
        planned = plan_path(frames, reach, 30.0) if last - first > 1 else wish
        path[first:last, axis] = np.interp(np.arange(first, last), frames, planned)
    path[:, axis + 2] = path[:, axis] + wide
    return noisy, path


def _compare(windows: Windows, other: Windows) -> tuple[float, float, float]:
    """Mean IoU, share of still frames, mean absolute acceleration in pixels a frame squared."""
    low, high = np.maximum(windows[:, :2], other[:, :2]), np.minimum(windows[:, 2:], other[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = sum(np.prod(w[:, 2:] - w[:, :2], axis=1) for w in (windows, other))
    corner = windows[:, 0] + windows[:, 1]
    still = np.abs(np.diff(corner)) < STILL
    return (
        float((shared / (areas - shared)).mean()),
        float(still.mean()),
        float(np.abs(np.diff(corner, 2)).mean()),
    )
