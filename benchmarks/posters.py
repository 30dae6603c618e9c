"""Live or static, at scale: clips with four faces each: three prints and one person who talks.

Each clip is drawn, encoded as H.264 and goes through the real detector, tracker and landmarker; the verdicts
are those of the real liveness rules on those tracks. Prints hang still, pan, zoom, shake, sway, are seen from
aside by a moving camera, flicker, or several at once, some of them in a handheld picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from framing_scores import matched
from framing_stage import Stage
from scenes import Role, Said, Scene, Shot, diarized, make

SECONDS, LONG = 3.0, 12.0
"""Every third clip is long: whoever talks in it says no more than in a short one."""
MOVES = ("", "pan", "zoom", "shake", "sway", "tilt", "flicker", "pan+zoom", "shake+sway", "pan+zoom+shake",
         "tilt+shake", "zoom+flicker")  # fmt: skip
SIZES = ((640, 360), (640, 360), (960, 540), (1280, 720))


def clips(posters: int) -> Iterator[Scene]:
    """Clips that together hold `posters` prints, and a third as many talking people."""
    wall = count()
    for number in range(-(-posters // 3)):
        rng = np.random.default_rng([9, number])
        kinds = rng.permutation(["poster", "poster", "poster", "person"])
        roles, said = [], []
        for k, kind in enumerate(kinds):
            x, y = 0.135 + 0.243 * k, 0.42 + float(rng.uniform(-0.06, 0.06))
            size = float(rng.uniform(0.15, 0.23))
            if kind == "poster":
                roles.append(Role(k, x, y, 0.8 * size, "poster", move=MOVES[next(wall) % len(MOVES)]))
            else:
                roles.append(Role(k, x, y, size, yaw=float(rng.uniform(-20, 20))))
                start = float(rng.uniform(0.1, 0.8))
                said.append(Said(k, round(start, 2), round(start + float(rng.uniform(1.6, 2.1)), 2)))
        handheld = float(rng.choice([0.0, 0.0, 0.003, 0.006]))
        seconds = LONG if number % 3 == 1 else SECONDS
        yield Scene(
            f"posters {number}", SIZES[int(rng.integers(len(SIZES)))], (Shot(seconds, tuple(roles)),), tuple(said),
            1000 + number, shared=number % 2 == 1, handheld=handheld, crf=int(rng.choice([22, 28, 32])),
        )  # fmt: skip


def measure(stage: Stage, folder: Path, posters: int, say: Any) -> dict[str, Any]:
    """Counts of verdicts on prints and on talking people, and which were wrong."""
    prints: Counter[str] = Counter()
    people: Counter[str] = Counter()
    wrong: list[str] = []
    seen: list[dict[str, Any]] = []
    for scene in clips(posters):
        made = make(scene, folder)
        if scene.seed % 20 == 0:
            say(f"{scene.name} of {-(-posters // 3)}")
        framed = stage.frame(stage.media(made.video, made.sound), diarized(made.truth, made.scene.seed))
        names = matched(made.truth, framed.tracks, framed.series)
        verdicts = {v.track_id: v for v in framed.crops.verdicts}
        for role in scene.shots[0].roles:
            mine = [verdicts[t] for t, who in names.items() if who == role.person]
            states = {v.state for v in mine}
            # The worst of its tracks counts.
            order = ("live", "unsure", "static") if role.kind == "poster" else ("static", "unsure", "live")
            state = next((s for s in order if s in states), "not found")
            (prints if role.kind == "poster" else people)[state] += 1
            if (role.kind, state) in (("poster", "live"), ("person", "static"), ("person", "not found")):
                wrong.append(f"{scene.name}, {role.kind} {role.person} {role.move or 'still'}: {state}")
            facts = {
                "kind": role.kind,
                "move": role.move,
                "pixels": round(role.size * scene.size[1]),
                "crf": scene.crf,
                "handheld": scene.handheld,
            }
            seen += [{**facts, "state": v.state, **v.evidence} for v in mine]
    return {
        "posters": dict(prints),
        "talking people": dict(people),
        "posters shown": sum(prints.values()),
        "posters taken as live": prints["live"],
        "live speakers rejected": round(
            (people["static"] + people["not found"]) / max(1, sum(people.values())), 4
        ),
        "live speakers unsure": round(people["unsure"] / max(1, sum(people.values())), 4),
        "wrong": wrong,
        "evidence": seen,
    }
