"""Talking scenes that are made, so that everything about them is known: who speaks in every frame, where every
face is, which of them are people, posters or screens, and where the picture is cut.

A scene is a video file (H.264, so that its noise is real) and its sound. Voices are noise with the rhythm of
syllables, a mouth opens a moment before it is heard. The same scene is the same file on every machine.
"""

from __future__ import annotations

import hashlib
import json
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from actors import Actor, Box, Placed
from numpy.typing import NDArray
from picture_edits import Written, bar_rows, lay_over, text_box
from sitters import Picture, cast

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.speech import Turn
from shortform_assets.media.ffmpeg import pipe_frames

FPS = 25
SOUND = 16_000
LEAD = 0.06
"""Seconds by which a mouth opens before it is heard."""
BRIEF = 1.0
"""Seconds below which something said is an interjection, for which nobody cuts."""
VOICE_OVER = -1
CODE = ("sitters.py", "puppets.py", "actors.py", "picture_edits.py", "scenes.py")


@dataclass(frozen=True)
class Role:
    """One person, poster or screen in one shot. Positions and sizes are shares of the picture's width and
    height: x, y the middle of the face, `size` its height."""

    person: int
    x: float
    y: float
    size: float
    kind: Literal["person", "poster", "screen"] = "person"
    yaw: float = 0.0
    walk_to: float | None = None
    """The x where a walk ends that lasts the shot."""
    move: str = ""
    """Of a poster: pan, zoom, shake, sway, tilt, flicker, or several with a plus sign."""


@dataclass(frozen=True)
class Shot:
    seconds: float
    roles: tuple[Role, ...]
    backdrop: Literal["room", "slide"] = "room"


@dataclass(frozen=True)
class Said:
    """Person number `person` talks, seconds [start, end); unheard on a muted screen, or chewing."""

    person: int
    start: float
    end: float
    heard: bool = True

    @property
    def brief(self) -> bool:
        return self.end - self.start < BRIEF


@dataclass(frozen=True)
class Scene:
    name: str
    size: tuple[int, int]
    shots: tuple[Shot, ...]
    said: tuple[Said, ...] = ()
    seed: int = 0
    shared: bool = True
    """Whether people of the shared photos may play in it."""
    handheld: float = 0.0
    """How far the whole picture shakes, as a share of its width."""
    crf: int = 26
    bars: float = 0.0
    """Of the height, that is black at the top and again at the bottom."""
    written: tuple[Written, ...] = ()

    @property
    def frames(self) -> int:
        return sum(round(shot.seconds * FPS) for shot in self.shots)

    @property
    def people(self) -> int:
        return 1 + max(role.person for shot in self.shots for role in shot.roles)


@dataclass(frozen=True)
class Truth:
    """What is known of a scene of n frames and k people."""

    boxes: NDArray[np.float64]
    """(n, k, 4): x1 y1 x2 y2 of the face, forehead to chin, in pixels; NaN where it is not in the shot."""
    live: NDArray[np.bool_]
    """(n, k) in the shot as a person, not as a poster or on a screen."""
    speaking: NDArray[np.bool_]
    """(n, k) in the shot, talking and heard."""
    brief: NDArray[np.bool_]
    """(n,) somebody interjects."""
    cuts: tuple[int, ...]
    turns: tuple[Turn, ...]
    active: tuple[float, float] = (-1e9, 1e9)
    """First and last row between bars, in pixels."""
    texts: tuple[tuple[int, int, Box], ...] = ()
    """Frames [start, end) of a line of text, and where it is, x1 y1 x2 y2 in pixels; none of those in a bar."""

    @property
    def frames(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True)
class Made:
    scene: Scene
    truth: Truth
    video: Path
    sound: Path


def make(scene: Scene, folder: Path) -> Made:
    """The scene's files in `folder`, made unless they are there, and its truth."""
    recipe = json.dumps(asdict(scene), sort_keys=True).encode()
    for name in CODE:
        recipe += (Path(__file__).parent / name).read_bytes()
    stem = folder / f"{scene.name.replace(' ', '-')}-{hashlib.sha256(recipe).hexdigest()[:12]}"
    video, sound = stem.with_suffix(".mp4"), stem.with_suffix(".wav")
    placed, boxes = _placed(scene), stem.with_suffix(".npy")
    if not boxes.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _write_sound(sound, scene)
        found = []
        args = ["-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", str(scene.crf), "-threads", "2",
                "-pix_fmt", "yuv420p", "-g", "50", "-fflags", "+bitexact", "-f", "mp4", str(video)]  # fmt: skip
        with pipe_frames(args, *scene.size, FrameRate(num=FPS)) as write:
            for picture, at in draw(scene):
                write(picture)
                found.append(at)
        np.save(boxes, np.array(found))
    return Made(scene, truth_of(scene, np.load(boxes), placed), video, sound)


def truth_of(scene: Scene, boxes: NDArray[np.float64], placed: list[Shot]) -> Truth:
    """The truth, from the face boxes that `draw` gave and the shot of every frame."""
    live = np.zeros(boxes.shape[:2], bool)
    for frame, shot in enumerate(placed):
        for role in shot.roles:
            live[frame, role.person] = role.kind == "person"
    seen = np.isfinite(boxes[:, :, 0])
    talking, brief = np.zeros_like(live), np.zeros(len(boxes), bool)
    for one in scene.said:
        span = slice(round(one.start * FPS), round(one.end * FPS))
        if one.heard and one.person != VOICE_OVER:
            talking[span, one.person] = True
        brief[span] |= one.brief and one.heard
    ends = list(accumulate(round(shot.seconds * FPS) for shot in scene.shots))
    turns = tuple(
        Turn(speaker=f"S{one.person + 2}", start_ms=round(one.start * 1000), end_ms=round(one.end * 1000))
        for one in sorted(scene.said, key=lambda one: one.start)
        if one.heard
    )
    # A face on a screen whose voice is heard (a remote guest) does speak.
    edge = bar_rows(scene.bars, scene.size)
    active = (edge, scene.size[1] - edge) if edge else (-1e9, 1e9)
    texts = tuple(
        (round(line.start * FPS), min(len(boxes), round(min(line.end, 1e6) * FPS)), box)
        for line in scene.written
        if (box := text_box(line, scene.size))[1] >= active[0] and box[3] <= active[1]
    )
    return Truth(boxes, live & seen, talking & seen, brief, tuple(ends[:-1]), turns, active, texts)


def draw(scene: Scene) -> Iterator[tuple[Picture, NDArray[np.float64]]]:
    """Every picture, BGR, with the face boxes (k, 4) in it."""
    rng = np.random.default_rng(scene.seed)
    width, height = scene.size
    sitters = cast(scene.people, scene.shared, scene.seed)
    said = [[one for one in scene.said if one.person == k] for k in range(scene.people)]
    acts = [Actor(k, said[k], scene.frames, scene.seed) for k in range(scene.people)]
    grain = [rng.normal(0, 2.2, (height, width, 1)).astype(np.int8) for _ in range(3)]
    shakes = _shake(scene, rng)
    frame = 0
    for number, shot in enumerate(scene.shots):
        backdrop = _backdrop(scene.size, shot.backdrop, scene.seed * 31 + number)
        count = round(shot.seconds * FPS)
        cast_here = [
            Placed(role, sitters[role.person], acts[role.person], scene.size, count, scene.seed + i)
            for i, role in enumerate(shot.roles)
        ]
        # What hangs on the wall is behind the people.
        cast_here.sort(key=lambda one: one.role.kind == "person")
        for n in range(count):
            picture = backdrop.copy()
            boxes = np.full((scene.people, 4), np.nan)
            for one in cast_here:
                box = one.draw(picture, n, frame)
                boxes[one.role.person] = box if _visible(box, scene.size) else np.nan
            dx, dy, zoom = shakes[frame]
            if scene.handheld:
                into = np.array(
                    [[zoom, 0, dx + (1 - zoom) * width / 2], [0, zoom, dy + (1 - zoom) * height / 2]]
                )
                warped = cv2.warpAffine(
                    picture, into, scene.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                )
                picture = np.asarray(warped, np.uint8)
                boxes = boxes * zoom + np.tile(into[:, 2], 2)
            noisy = cv2.add(picture, np.repeat(grain[frame % 3], 3, axis=2), dtype=cv2.CV_8U)
            edited = lay_over(np.asarray(noisy, np.uint8), scene.bars, scene.written, frame / FPS)
            yield edited, boxes
            frame += 1


def diarized(truth: Truth, seed: int) -> tuple[Turn, ...]:
    """The turns as a good diarizer gives them: edges off by about 0.1 s, half of the interjections missed."""
    rng = np.random.default_rng([8, seed])
    found = []
    for turn in truth.turns:
        off = np.clip(rng.normal(0, 100, 2), -250, 250).round().astype(int)
        missed = turn.end_ms - turn.start_ms < 700 and rng.random() < 0.5
        start, end = max(0, turn.start_ms + int(off[0])), turn.end_ms + int(off[1])
        if end > start and not missed:
            found.append(turn.model_copy(update={"start_ms": start, "end_ms": end}))
    return tuple(found)


def voice(said: tuple[Said, ...] | list[Said], frames: int, seed: int) -> NDArray[np.float32]:
    """What is heard of `said`, mono 16 kHz."""
    rng = np.random.default_rng(seed)
    count = frames * SOUND // FPS
    mix = rng.normal(0, 0.0008, count)
    seconds = np.arange(count) / SOUND
    for person in sorted({one.person for one in said}):
        mine = [one for one in said if one.person == person and one.heard]
        level = np.zeros(count)
        if mine:
            actor = Actor(person, mine, frames, seed)
            level = np.interp(seconds - LEAD, np.arange(frames) / FPS, actor.opening)
        mix += rng.normal(0, 0.12, count) * level
    return np.clip(mix, -1, 1).astype(np.float32)


def _write_sound(path: Path, scene: Scene) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SOUND)
        samples = voice(scene.said, scene.frames, scene.seed)
        out.writeframes((samples * 32767).round().astype("<i2").tobytes())


def _placed(scene: Scene) -> list[Shot]:
    return [shot for shot in scene.shots for _ in range(round(shot.seconds * FPS))]


def _visible(box: Box, size: tuple[int, int]) -> bool:
    """Whether at least the better part of a face is in the picture."""
    inside = max(0.0, min(box[2], size[0]) - max(box[0], 0)) * max(0.0, min(box[3], size[1]) - max(box[1], 0))
    return inside > 0.5 * (box[2] - box[0]) * (box[3] - box[1])


def _shake(scene: Scene, rng: np.random.Generator) -> NDArray[np.float64]:
    """(frames, 3): right and down in pixels, zoom; a hand that trembles and drifts."""
    noise = rng.normal(0, 1, (scene.frames + 16, 3))
    smooth = np.stack([np.convolve(noise[:, i], np.hanning(11), "same") for i in range(3)], axis=1)
    smooth = smooth[8 : 8 + scene.frames] / 2.0
    return smooth * (scene.handheld * scene.size[0], scene.handheld * scene.size[0], 0.25 * scene.handheld) + (
        0, 0, 1 + 2 * scene.handheld,
    )  # fmt: skip


def _backdrop(size: tuple[int, int], kind: str, seed: int) -> Picture:
    """A wall with a few things on it, or a slide with lines of text."""
    rng = np.random.default_rng(seed)
    width, height = size
    if kind == "slide":
        page = np.full((height, width, 3), 244, np.uint8)
        for row in range(9):
            top, long = round((0.12 + 0.085 * row) * height), rng.uniform(0.3, 0.62)
            thick = round(0.03 * height) if row else round(0.05 * height)
            cv2.rectangle(page, (round(0.06 * width), top), (round(long * width), top + thick),
                          (60, 60, 70) if row else (140, 70, 30), -1)  # fmt: skip
        return page
    left, right = rng.uniform(50, 130, 3), rng.uniform(60, 160, 3)
    across = np.linspace(0, 1, width)[None, :, None]
    down = np.linspace(1.15, 0.7, height)[:, None, None]
    wall = (left * (1 - across) + right * across) * down
    small = rng.normal(0, 5, (max(2, height // 6), max(2, width // 6), 1)).astype(np.float32)
    texture = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)[:, :, None]
    picture = np.clip(wall + texture, 0, 255).astype(np.uint8)
    for _ in range(7):
        x, y = rng.integers(width), rng.integers(height)
        w, h = rng.integers(width // 30, width // 8), rng.integers(height // 20, height // 4)
        colour = tuple(int(c) for c in rng.uniform(20, 200, 3))
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), colour, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), width / 640), np.uint8)
