"""The scenes of the reframing benchmark: what is hard about framing talk, one difficulty a scene."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from picture_edits import Written, text_box
from scenes import VOICE_OVER, Role, Said, Scene, Shot

HD, HALF, SMALL = (1920, 1080), (1280, 720), (640, 360)
LEFT, RIGHT = Role(0, 0.22, 0.42, 0.22), Role(1, 0.78, 0.44, 0.22)
TURNS = (Said(0, 0.2, 3.1), Said(1, 3.3, 6.2), Said(0, 6.4, 8.6), Said(1, 8.8, 10.8))
SUBTITLES = (
    "What is said first",
    "and then is answered",
    "with some more words",
    "by the one beside",
    "until it ends",
)
CHOSEN_ON = (1, 2)
"""The seeds of the scenes that thresholds were chosen on."""


def scenes(quick: bool, fresh: int = 0) -> list[Scene]:
    """All scenes, each with two casts: the astronaut alone, and the shared photos. `quick`: six, one cast.

    `fresh` (1 or more) gives the same difficulties as nobody has chosen anything by: another two seeds, so other
    motion, noise and voices, the picture mirrored, and what is said stretched here and squeezed there.
    """
    seeds = tuple(2 * fresh + seed for seed in CHOSEN_ON)[: 1 if quick else None]
    found = [scene for seed in seeds for scene in _all(seed, shared=seed % 2 == 0)]
    found = [_varied(scene) for scene in found] if fresh else found
    wanted = ("two far apart", "poster that moves", "muted screen", "voice-over", "cuts", "four people")
    return [scene for scene in found if scene.name.rsplit(" ", 1)[0] in wanted] if quick else found


def timed(seed: int = 5) -> Scene:
    """1080p, two faces, 12 seconds: what compute is measured on."""
    return Scene(f"timing {seed}", HD, (Shot(12, (LEFT, RIGHT)),), TURNS, seed, shared=False)


def _varied(scene: Scene) -> Scene:
    """The scene mirrored, and what is said in it at another pace, that changes every second or two."""
    seconds = sum(shot.seconds for shot in scene.shots)
    rng = np.random.default_rng([9, scene.seed])
    steps = rng.uniform(0.6, 1.6, max(2, round(seconds / 1.5)))
    marks = np.concatenate([[0.0], np.cumsum(steps)]) * seconds / steps.sum()
    even = np.linspace(0.0, seconds, len(marks))

    def when(second: float) -> float:
        return round(float(np.interp(second, even, marks)), 2)

    def mirrored(shot: Shot) -> Shot:
        # The text of a slide leaves room for its presenter on the right.
        return shot if shot.backdrop == "slide" else replace(shot, roles=tuple(map(other_side, shot.roles)))

    def other_side(role: Role) -> Role:
        walk = None if role.walk_to is None else 1 - role.walk_to
        return replace(role, x=1 - role.x, yaw=-role.yaw, walk_to=walk)

    def mirrored_line(line: Written) -> Written:
        right = text_box(line, scene.size)[2] / scene.size[0]
        return replace(line, x=round(1 - right, 4), start=when(line.start), end=when(line.end))

    return replace(
        scene,
        written=tuple(map(mirrored_line, scene.written)),
        shots=tuple(map(mirrored, scene.shots)),
        said=tuple(replace(one, start=when(one.start), end=when(one.end)) for one in scene.said),
    )


def _all(seed: int, shared: bool) -> list[Scene]:
    def scene(
        name: str,
        size: tuple[int, int],
        shots: tuple[Shot, ...],
        said: tuple[Said, ...],
        handheld: float = 0.0,
        bars: float = 0.0,
        written: tuple[Written, ...] = (),
    ) -> Scene:
        name = f"{name} {seed}"
        return Scene(name, size, shots, said, seed, shared, handheld, bars=bars, written=written)

    alone = (Said(0, 0.3, 3.6), Said(0, 4.0, 7.6))
    over = (Said(VOICE_OVER, 0.3, 3.4), Said(VOICE_OVER, 3.8, 7.6))
    wall = Role(1, 0.74, 0.33, 0.24, "poster")
    wide = Shot(3.0, (LEFT, RIGHT))
    small = tuple(Role(k, 0.14 + 0.24 * k, 0.46 + 0.03 * (k % 2), 0.13) for k in range(4))
    return [
        scene("one person", HD, (Shot(8, (Role(0, 0.36, 0.40, 0.26),)),), alone),
        scene("walking", HALF, (Shot(8, (Role(0, 0.2, 0.40, 0.24, walk_to=0.8),)),), alone),
        scene("two far apart", HD, (Shot(11, (LEFT, RIGHT)),), TURNS),
        scene("two close", HALF, (Shot(11, (Role(0, 0.42, 0.42, 0.2), Role(1, 0.58, 0.44, 0.2))),), TURNS),
        scene("talking over each other", HALF, (Shot(8, (LEFT, RIGHT)),),
              (Said(0, 0.3, 7.4), Said(1, 0.8, 3.6), Said(1, 4.2, 7.6))),
        scene("interjections", HALF, (Shot(11, (LEFT, RIGHT)),),
              (Said(0, 0.3, 5.6), Said(1, 2.0, 2.6), Said(1, 4.1, 4.6), Said(1, 6.0, 10.6), Said(0, 8.0, 8.5))),
        scene("three people", HALF, (Shot(11, tuple(Role(k, 0.18 + 0.32 * k, 0.44, 0.2) for k in range(3))),),
              (Said(0, 0.2, 2.8), Said(2, 3.0, 5.6), Said(1, 5.9, 8.2), Said(2, 8.5, 10.7))),
        scene("four people", HALF, (Shot(11, small),),
              (Said(1, 0.2, 2.9), Said(3, 3.1, 5.7), Said(0, 6.0, 8.3), Said(2, 8.6, 10.7))),
        scene("small faces", HD, (Shot(11, (Role(0, 0.2, 0.5, 0.055), Role(1, 0.8, 0.5, 0.055))),), TURNS),
        scene("360 lines", SMALL, (Shot(11, (LEFT, RIGHT)),), TURNS),
        scene("looking aside", HALF, (Shot(11, (Role(0, 0.25, 0.42, 0.2, yaw=35), Role(1, 0.75, 0.44, 0.2, yaw=-35))),),
              TURNS),
        scene("listener chews", HALF, (Shot(8, (LEFT, RIGHT)),), (*alone, Said(1, 1.0, 3.0, False), Said(1, 4.6, 6.6, False))),
        scene("poster that moves", HALF, (Shot(8, (LEFT, Role(1, 0.74, 0.33, 0.24, "poster", move="pan+zoom+shake"))),),
              alone),
        scene("poster bigger than the speaker", HALF,
              (Shot(8, (Role(0, 0.2, 0.5, 0.15), Role(1, 0.72, 0.42, 0.36, "poster", move="shake"))),), alone),
        scene("poster and voice-over", HALF, (Shot(8, (Role(0, 0.3, 0.42, 0.28, "poster", move="zoom"), wall)),), over),
        scene("muted screen", HALF, (Shot(8, (LEFT, Role(1, 0.74, 0.36, 0.2, "screen"))),),
              (*alone, Said(1, 0.0, 7.9, False))),
        scene("muted screen and voice-over", HALF, (Shot(8, (Role(0, 0.22, 0.42, 0.22), Role(1, 0.74, 0.36, 0.2, "screen"))),),
              (*over, Said(1, 0.0, 7.9, False))),
        scene("voice-over", HALF, (Shot(8, (LEFT, RIGHT)),), over),
        scene("slide and speaker", HALF, (Shot(8, (Role(0, 0.86, 0.76, 0.13),), "slide"),), alone),
        scene("handheld", HALF, (Shot(11, (LEFT, RIGHT)),), TURNS, handheld=0.006),
        scene("cuts", HALF, (wide, Shot(2.6, (Role(1, 0.5, 0.4, 0.42),)), Shot(2.6, (Role(0, 0.45, 0.4, 0.42),)), Shot(2.8, (LEFT, RIGHT))),
              TURNS),
        scene("leaves the picture", HALF, (Shot(8, (Role(0, 0.25, 0.42, 0.2), Role(1, 0.7, 0.42, 0.22, walk_to=1.2))),),
              (Said(1, 0.2, 3.0), Said(0, 3.6, 7.6))),
        scene("letterbox", HALF, (Shot(11, (LEFT, RIGHT)),), TURNS, bars=0.125),
        scene("letterbox and subtitles in it", HALF, (Shot(11, (LEFT, RIGHT)),), TURNS, bars=0.125,
              written=tuple(Written(text, 0.3, 0.895, 0.06, 2.2 * n, 2.2 * n + 2.0) for n, text in enumerate(SUBTITLES))),
        scene("names and a logo", HALF, (Shot(11, (LEFT, RIGHT)),), TURNS,
              written=(Written("Ada Byron", 0.15, 0.72, 0.06), Written("Karl Weiss", 0.68, 0.74, 0.06), Written("NEWS 4", 0.86, 0.05, 0.06))),
    ]  # fmt: skip
