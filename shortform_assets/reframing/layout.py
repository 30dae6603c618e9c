"""Who is in the picture: the framings of one shot for one output shape, before the camera is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from shortform_assets.contracts.slices.reframing import ReframingSlice
from shortform_assets.reframing.scene import Actor, Scene

Layout = Literal["single", "stacked", "wide", "fit", "centre"]

SAME_SHAPE = 1.06
"""A source within this factor of the output's shape is shown whole."""
ANTICIPATE_SECONDS = 0.15
"""The cut comes this long before the next one speaks."""
STILL_CHANGE = 0.35
"""A shot that changes less than this a frame (of 255, median) is a slide or a still."""
READABLE = 0.13
"""Least height of a face, as a share of the output's, for two people to share one picture."""
FAST_HOLDS = 2.0
"""Turns shorter than this many minimum holds, three and more of them, are a fast exchange."""
TALK_OVER = 0.35
"""Share of time with two voices from which two people talk over each other."""


@dataclass(frozen=True)
class Shape:
    """Sizes in source pixels that one output shape allows."""

    source: tuple[int, int]
    aspect: float
    """Width over height of the output."""

    @property
    def biggest(self) -> tuple[float, float]:
        """The biggest box of the output's shape inside the source."""
        wide, tall = self.source
        return (
            (tall * self.aspect, float(tall))
            if wide / tall > self.aspect
            else (float(wide), wide / self.aspect)
        )

    @property
    def same(self) -> bool:
        """Whether the source has the output's shape already."""
        ratio = self.source[0] / self.source[1] / self.aspect
        return 1 / SAME_SHAPE <= ratio <= SAME_SHAPE


@dataclass(frozen=True)
class Take:
    """Clip frames [start, end) with one layout around the same subjects (track ids)."""

    start: int
    end: int
    layout: Layout
    subjects: tuple[str, ...]
    reason: str


def direct(scene: Scene, shape: Shape, reframing: ReframingSlice, forced: str = "") -> list[Take]:
    """The takes that tile the shot. `forced` is a layout that a human asked for."""
    whole = (scene.start, scene.end)
    lead = scene.actors[0].name if scene.actors else ""
    if forced in ("fit", "wide", "centre"):
        layout: Layout = "fit" if forced == "fit" else "wide" if forced == "wide" else "centre"
        return [Take(*whole, layout, (), "an editor asked for it")]
    if shape.same:
        if lead:
            return [Take(*whole, "single", (lead,), "the source has this shape already: shown whole")]
        return [Take(*whole, "wide", (), "the source has this shape already: shown whole")]
    if not lead:
        return [_nobody(scene, reframing.min_hold_seconds)]
    turns = _turns(scene, lead, reframing.min_hold_seconds)
    names = list(dict.fromkeys(name for _, _, name in turns))
    pair = _pair(scene, names)
    if len(names) > 1 and _fit_together([scene.actor(n) for n in names], scene, shape):
        return [Take(*whole, "single", tuple(names), "the speakers fit into one picture")]
    stack = forced == "stacked" or (reframing.two_up and _exchange(scene, reframing.min_hold_seconds))
    if stack and len(pair) == 2 and shape.aspect <= 1:
        reason = "an editor asked for it" if forced else "two people far apart talk over each other"
        return [Take(*whole, "stacked", pair, reason)]
    talking = set(scene.speaking)
    return [
        Take(
            start, end, "single", (name,),
            "follows the speaker" if name in talking else "nobody on screen speaks: stays with a live face",
        )
        for start, end, name in turns
    ]  # fmt: skip


def _nobody(scene: Scene, hold_seconds: float) -> Take:
    # A layout that is gone before it is seen is a flash: too short a still picture is not worth it.
    if scene.change < STILL_CHANGE and scene.end - scene.start >= hold_seconds * scene.fps:
        return Take(scene.start, scene.end, "fit", (), "a still picture without a live face: shown whole")
    return Take(scene.start, scene.end, "centre", (), "no live face to follow: the middle of the picture")


def _turns(scene: Scene, lead: str, hold_seconds: float) -> list[tuple[int, int, str]]:
    """Whom to show when: [start, end, track] that tile the shot, none shorter than a hold if avoidable."""
    shown = _visible(scene, _held(scene.speaking, lead), lead)
    runs: list[list[float | str]] = []
    at = 0
    for name, group in groupby(shown):
        count = len(list(group))
        start = scene.start if at == 0 else int(scene.frames[at]) - round(ANTICIPATE_SECONDS * scene.fps)
        runs.append([max(start, scene.start), name])
        at += count
    spans = [
        (int(run[0]), int(runs[i + 1][0]) if i + 1 < len(runs) else scene.end, str(run[1]))
        for i, run in enumerate(runs)
    ]
    return _merge([s for s in spans if s[1] > s[0]], round(hold_seconds * scene.fps))


def _held(speaking: Sequence[str], lead: str) -> list[str]:
    """Stay with the last speaker while nobody speaks; before the first one, with the first."""
    found, last = [], next((name for name in speaking if name), lead)
    for name in speaking:
        last = name or last
        found.append(last)
    return found


def _visible(scene: Scene, shown: Sequence[str], lead: str) -> list[str]:
    """`shown`, with someone else where that face has left the picture."""
    present = {actor.name: actor.present(scene.frames, scene.fps) for actor in scene.actors}
    found: list[str] = []
    for i, name in enumerate(shown):
        if not present[name][i]:
            name = next((a.name for a in scene.actors if present[a.name][i]), found[-1] if found else lead)
        found.append(name)
    return found


def _merge(spans: list[tuple[int, int, str]], hold: int) -> list[tuple[int, int, str]]:
    """Spans shorter than `hold` frames go to their longer neighbour, the shortest first."""
    while len(spans) > 1:
        short = min(range(len(spans)), key=lambda i: spans[i][1] - spans[i][0])
        if spans[short][1] - spans[short][0] >= hold:
            break
        sides = [i for i in (short - 1, short + 1) if 0 <= i < len(spans)]
        into = max(sides, key=lambda i: spans[i][1] - spans[i][0])
        low, high = min(short, into), max(short, into)
        spans[low : high + 1] = [(spans[low][0], spans[high][1], spans[into][2])]
        spans = _joined(spans)
    return _joined(spans)


def _joined(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for start, end, name in spans:
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], end, name)
        else:
            found.append((start, end, name))
    return found


def _fit_together(actors: Sequence[Actor], scene: Scene, shape: Shape) -> bool:
    """Whether one crop holds all `actors` all the time with faces that are still well seen."""
    wide, tall = shape.biggest
    heads = [actor.heads(scene.frames) for actor in actors]
    low = np.min([h[:, 0] for h in heads], axis=0)
    high = np.max([h[:, 2] for h in heads], axis=0)
    big = min(actor.height(scene.start, scene.end) for actor in actors) >= READABLE * tall
    return bool(big and np.percentile(high - low, 97) <= 0.96 * wide)


def _pair(scene: Scene, names: Sequence[str]) -> tuple[str, ...]:
    """The two who speak most, or else are most present, from left to right."""
    everyone = [*names, *(a.name for a in scene.actors if a.name not in names)]
    count = {name: scene.speaking.count(name) for name in everyone}
    pair = sorted(everyone, key=lambda name: -count[name])[:2]
    if any(scene.actor(n).present(scene.frames, scene.fps).mean() < 0.9 for n in pair):
        return ()
    return tuple(sorted(pair, key=lambda name: scene.actor(name).track.x))


def _exchange(scene: Scene, hold_seconds: float) -> bool:
    """Whether two people alternate too fast for cuts, or talk over each other."""
    if len(set(scene.speaking) - {""}) != 2:
        return False
    if scene.overlap.mean() >= TALK_OVER:
        return True
    turns = [len(list(group)) for name, group in groupby(n for n in scene.speaking if n)]
    a_sample = (scene.end - scene.start) / scene.fps / max(len(scene.frames), 1)
    return len(turns) >= 4 and float(np.median(turns)) * a_sample < FAST_HOLDS * hold_seconds
