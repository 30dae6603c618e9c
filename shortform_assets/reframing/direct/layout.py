"""Who is in the picture: the takes of one shot for one output shape, before the camera is planned.

The choice is closed, and every take carries its reason. What may be chosen is in the reframing slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from shortform_assets.contracts.clips import Layout
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.direct.shot_stretches import THERE, stretches
from shortform_assets.reframing.who.scene import Actor, Scene

# Set on the scenes of benchmarks/reframing.py; held by its "speaker in crop", "full bleed" and "face at least
# 12 %".
SAME_SHAPE = 1.06
"""A source within this factor of the output's shape is shown whole."""
STILL_CHANGE = 0.35
"""A shot that changes less than this a frame (of 255, median) is a slide or a still."""
READABLE = 0.13
"""Least height of a face, as a share of the output's, for several people to share one picture."""
FAST_HOLDS = 2.0
"""Turns shorter than this many minimum holds, three and more of them, are a fast exchange."""
TALK_OVER = 0.35
"""Share of time with two voices from which people talk over each other."""
TAKES_PART = 0.08
"""Share of what is said from which someone takes part in an exchange."""
PAGE_LINES, PAGE_LINE = 4, 0.4
"""So many lines, each so long as a share of the crop's width, are a page to be read: a sign has fewer."""
ASKED = "an editor asked for it"


@dataclass(frozen=True)
class Shape:
    """Sizes in source pixels that one output shape allows."""

    source: tuple[float, float]
    aspect: float
    """Width over height of the output."""
    lines: float = 0.0
    """Height in pixels at which it is shown."""

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
    """The takes that tile the shot. `forced` is a layout that a human asked for; where the shot has not the
    people for it, it is chosen as if nobody had."""
    if asked := _asked(scene, shape, reframing, forced):
        return asked
    whole = (scene.start, scene.end)
    lead = scene.actors[0].name if scene.actors else ""
    if shape.same:
        names = (lead,) if lead else ()
        return [
            Take(
                *whole, "single" if lead else "wide", names, "the source has this shape already: shown whole"
            )
        ]
    if reframing.subject == "motion" and not scene.followed and scene.focus is not None:
        return [Take(*whole, "cutaway", (), "follows the action, as this genre asks")]
    if reframing.screen and scene.slide is not None and lead:
        return [Take(*whole, "screen", (lead,), "a slide or screen, and whoever explains it")]
    if not lead:
        return [_nobody(scene, shape, reframing.min_hold_seconds)]
    return _people(scene, shape, reframing)


def choices(scene: Scene) -> set[Layout]:
    """The layouts that this shot has the people and the pictures for."""
    count = len(together(scene))
    found: set[Layout] = {"fit", "centre", "cutaway"}
    found |= {"single", "wide"} if scene.actors else set()
    found |= {"stacked"} if count >= 2 else set()
    found |= {"panels"} if count >= 3 else set()
    found |= {"screen"} if scene.slide is not None and scene.actors else set()
    return found


def together(scene: Scene) -> list[str]:
    """Those who are there nearly all the time, who speaks most first."""
    there = [a for a in scene.actors if a.present(scene.frames, scene.fps).mean() >= THERE]
    return sorted((a.name for a in there), key=lambda name: -scene.speaking.count(name))


def in_order(scene: Scene, names: Sequence[str]) -> tuple[str, ...]:
    """`names` as they sit: from left to right; of three and more, first the upper row, then the lower one."""
    tall = max(a.series.box[:, 3].max() for a in scene.actors)

    def seat(name: str) -> tuple[int, float]:
        x, y = scene.actor(name).middle(scene.start, scene.end)
        return (int(2 * y / tall) if len(names) > 2 else 0, x)

    return tuple(sorted(names, key=seat))


def _asked(scene: Scene, shape: Shape, reframing: ReframingSlice, forced: str) -> list[Take]:
    """The takes of a forced layout; none where the shot cannot have it."""
    whole = (scene.start, scene.end)
    if not forced or (forced not in choices(scene)):
        return []
    there = together(scene)
    match forced:
        case "fit" | "centre" | "cutaway" as layout:
            return [Take(*whole, layout, (), ASKED)]
        case "wide":
            return [Take(*whole, "wide", in_order(scene, there or [scene.actors[0].name]), ASKED)]
        case "stacked":
            return [Take(*whole, "stacked", in_order(scene, there[:2]), ASKED)]
        case "panels":
            return [Take(*whole, "panels", in_order(scene, there[:4]), ASKED)]
        case "screen":
            return [Take(*whole, "screen", (scene.actors[0].name,), ASKED)]
    found = stretches(scene, scene.actors[0].name, reframing, together=False)
    return [] if shape.same else [Take(s.start, s.end, "single", s.names, ASKED) for s in found]


def _nobody(scene: Scene, shape: Shape, hold_seconds: float) -> Take:
    # A layout that is gone before it is seen is a flash: too short a still picture is not worth it.
    if scene.change < STILL_CHANGE and scene.end - scene.start >= hold_seconds * scene.fps:
        return Take(scene.start, scene.end, "fit", (), "a still picture without a live face: shown whole")
    if scene.end - scene.start >= hold_seconds * scene.fps and _page(scene, shape):
        return Take(scene.start, scene.end, "fit", (), "lines of text that a crop would cut: shown whole")
    if scene.focus is not None:
        return Take(scene.start, scene.end, "cutaway", (), "no live face to follow: where most happens")
    return Take(scene.start, scene.end, "centre", (), "no live face to follow: the middle of the picture")


def _page(scene: Scene, shape: Shape) -> bool:
    """Whether the shot is of a page: several still lines, one above the other, too long for the crop."""
    wide = shape.biggest[0]
    lines = [t for t in scene.texts if t.kind == "still" and t.box[2] - t.box[0] >= PAGE_LINE * wide]
    if len({line.box[1] // max(1, line.box[3] - line.box[1]) for line in lines}) < PAGE_LINES:
        return False
    return max(line.box[2] for line in lines) - min(line.box[0] for line in lines) > wide


def _people(scene: Scene, shape: Shape, reframing: ReframingSlice) -> list[Take]:
    whole = (scene.start, scene.end)
    lead = scene.actors[0].name
    several = reframing.two_up and shape.aspect <= 1
    speakers = list(dict.fromkeys(name for name in scene.speaking if name))
    if len(speakers) > 1 and fit_together([scene.actor(n) for n in speakers], scene, whole, shape):
        return [Take(*whole, "wide", in_order(scene, speakers), "the speakers fit into one picture")]
    if several and (group := _exchange(scene, reframing)):
        return [_group(scene, whole, group, shape, "they talk over each other, or too fast for cuts")]
    found = stretches(scene, lead, reframing, several)
    return [
        _group(scene, (s.start, s.end), s.names, shape, "replies too short for a cut each")
        if len(s.names) > 1
        else Take(s.start, s.end, "single", s.names, _why(scene, s.start, s.end, s.names[0]))
        for s in found
    ]


def _why(scene: Scene, start: int, end: int, name: str) -> str:
    inside = (scene.frames >= start) & (scene.frames < end)
    said = {who for who, here in zip(scene.speaking, inside, strict=True) if here}
    if name in said:
        return "follows the speaker"
    return "stays with a face that is there" if said - {""} else "nobody on screen speaks: a live face"


def _group(scene: Scene, span: tuple[int, int], names: Sequence[str], shape: Shape, why: str) -> Take:
    """Several people at once: in one picture where that holds them, or else in one each."""
    ordered = in_order(scene, names)
    if fit_together([scene.actor(n) for n in names], scene, span, shape):
        return Take(*span, "wide", ordered, f"{why}: they fit into one picture")
    return Take(*span, "stacked" if len(ordered) == 2 else "panels", ordered, why)


def fit_together(actors: Sequence[Actor], scene: Scene, span: tuple[int, int], shape: Shape) -> bool:
    """Whether one crop holds all `actors` all the time with faces that are still well seen."""
    if len({actor.window for actor in actors}) > 1:
        return False
    wide, tall = shape.biggest
    frames = scene.frames[(scene.frames >= span[0]) & (scene.frames < span[1])]
    heads = [actor.heads(frames if len(frames) else scene.frames) for actor in actors]
    low = np.min([h[:, 0] for h in heads], axis=0)
    high = np.max([h[:, 2] for h in heads], axis=0)
    big = min(actor.height(scene.start, scene.end) for actor in actors) >= READABLE * tall
    return bool(big and np.percentile(high - low, 97) <= 0.96 * wide)


def _exchange(scene: Scene, reframing: ReframingSlice) -> list[str]:
    """Those who alternate too fast for cuts, or talk over each other, through the whole shot; or nobody."""
    said = [name for name in scene.speaking if name]
    over = scene.overlap.mean() >= TALK_OVER
    # Of voices at once only one is named the speaker: lips tell who the others are.
    along = scene.along if over else frozenset()
    names = [n for n in together(scene) if said.count(n) > TAKES_PART * len(said) or n in along]
    if len(names) < 2 or len({n for n in said if said.count(n) > TAKES_PART * len(said)}) > len(names):
        return []
    turns = [len(list(group)) for _, group in groupby(said)]
    a_sample = (scene.end - scene.start) / scene.fps / max(len(scene.frames), 1)
    fast = len(turns) >= 4 and (float(np.median(turns)) * a_sample < FAST_HOLDS * reframing.min_hold_seconds)
    return names[: reframing.max_panels] if fast or over else []
