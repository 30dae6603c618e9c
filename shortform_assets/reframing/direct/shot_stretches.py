"""Whom to show when: the stretches of one shot, each about one person, or about those in a fast exchange.

The camera goes to whoever speaks and stays through the pauses. A reply that is too short for a cut of its
own is neither shown for a moment nor missed: around it, everyone who takes part is shown at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.who.scene import Scene

# Set on the scenes of benchmarks/reframing.py and ASW's dev half; held by its "switch delay, median ms" and
# by what `--only labels` counts: who is shown, and switches a minute.
REPLY_SECONDS = 0.35
"""Speech that is shorter is a sound, not a reply: nobody needs to be seen making it."""
NEAR_SECONDS = 0.6
"""How far a turn of the diarizer may begin or end from where the lips change."""
AT_CUT = 0.5
"""Share of the minimum hold that is enough beside a cut of the source: the picture changes there anyway."""
TOGETHER = 1.25
"""Minimum holds for which a picture of several people stays."""
MOST = 0.6
"""Share of a shot in fast exchanges from which all of it is one."""
THERE = 0.9
"""Share of a stretch in which a face must be seen to have a picture in it."""


@dataclass(frozen=True)
class Stretch:
    """Clip frames [start, end) that show `names` (track ids)."""

    start: int
    end: int
    names: tuple[str, ...]

    @property
    def length(self) -> int:
        return self.end - self.start


def stretches(scene: Scene, lead: str, reframing: ReframingSlice, together: bool) -> list[Stretch]:
    """What tiles the shot. `lead` is shown while nothing is known; `together` allows several at once."""
    hold = max(1, round(reframing.min_hold_seconds * scene.fps))
    spans = _spans(scene, lead, round(reframing.anticipation_ms * scene.fps / 1000))
    reply = REPLY_SECONDS * scene.fps
    spoken = {span.names[0]: _spoken(scene, span.names[0]) for span in spans}
    # Who is shown without speaking took the place of a face that left: no reply, only short.
    spans = _merge(spans, lambda s: s.length >= hold or _within(spoken[s.names[0]], s) >= reply)
    if together:
        spans = _around(spans, _exchanges(spans, scene, hold, reframing.max_panels))
    return _merge(spans, lambda s: len(s.names) > 1 or s.length >= _least(s, scene, hold))


def _spans(scene: Scene, lead: str, anticipate: int) -> list[Stretch]:
    """One person at a time, however short."""
    shown = _visible(scene, _held(scene.speaking, lead), lead)
    found: list[Stretch] = []
    at = 0
    for name, group in groupby(shown):
        start = scene.start if at == 0 else _cut(scene, at, shown[at - 1], anticipate)
        if found and start <= found[-1].start:
            found.pop()
        if found:
            found[-1] = Stretch(found[-1].start, start, found[-1].names)
        found.append(Stretch(start if found else scene.start, scene.end, (name,)))
        at += len(list(group))
    return _joined(found)


def _cut(scene: Scene, at: int, before: str, anticipate: int) -> int:
    """The frame of the cut to whom sample `at` shows: just before the first word, not before the last one."""
    name, frame = scene.speaking[at], int(scene.frames[at])
    if not name or name == before:
        return frame
    near = NEAR_SECONDS * scene.fps
    voice, last = scene.actor(name).speaker, scene.actor(before).speaker
    starts = [start for start, _, who in scene.turns if who == voice and abs(start - frame) <= near]
    onset = min(starts, key=lambda start: abs(start - frame), default=frame)
    ends = [end for _, end, who in scene.turns if who == last and abs(end - frame) <= near]
    quiet = min(ends, key=lambda end: abs(end - frame), default=_last_spoken(scene, at, before))
    cut = max(onset - anticipate, min(quiet, onset))
    return int(np.clip(cut, scene.start, scene.end - 1))


def _last_spoken(scene: Scene, at: int, name: str) -> int:
    """The end of what `name` said before sample `at`, to the sample."""
    for i in range(at - 1, -1, -1):
        if scene.speaking[i] == name:
            return int(scene.frames[i + 1])
    return scene.start


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


def _spoken(scene: Scene, name: str) -> list[tuple[int, int]]:
    """Clip frames [start, end) in which `name` speaks, sample by sample."""
    ends = [*(int(f) for f in scene.frames[1:]), scene.end]
    each = zip(scene.frames, ends, scene.speaking, strict=True)
    return [(int(start), end) for start, end, who in each if who == name]


def _within(spoken: Sequence[tuple[int, int]], span: Stretch) -> int:
    return sum(max(0, min(end, span.end) - max(start, span.start)) for start, end in spoken)


def _least(span: Stretch, scene: Scene, hold: int) -> float:
    return hold * AT_CUT if span.start == scene.start or span.end == scene.end else hold


def _exchanges(spans: Sequence[Stretch], scene: Scene, hold: int, most: int) -> list[Stretch]:
    """Where replies follow each other too fast for a cut each: everyone who speaks there, left to right."""
    found: list[Stretch] = []
    for i, span in enumerate(spans):
        if span.length >= _least(span, scene, hold) or len(spans) == 1:
            continue
        room = max(0, round(TOGETHER * hold) - span.length)
        start, end = span.start - room // 2, span.end + room - room // 2
        if start - scene.start < hold * AT_CUT:
            start = scene.start
        if scene.end - end < hold * AT_CUT:
            end = scene.end
        names = {name for s in spans[max(0, i - 1) : i + 2] for name in s.names}
        if found and start - found[-1].end < hold:
            last = found.pop()
            start, names = last.start, names | set(last.names)
        found.append(Stretch(start, end, tuple(names)))
    if sum(s.length for s in found) >= MOST * (scene.end - scene.start):
        found = [Stretch(scene.start, scene.end, tuple({n for s in found for n in s.names}))]
    return [s for s in (_together(s, spans, scene, most) for s in found) if s is not None]


def _together(wanted: Stretch, spans: Sequence[Stretch], scene: Scene, most: int) -> Stretch | None:
    """`wanted` with those who speak most and are there all the time; None where that is one person."""
    inside = (scene.frames >= wanted.start) & (scene.frames < wanted.end)
    names = {name for s in spans if s.start < wanted.end and s.end > wanted.start for name in s.names}
    there = [
        n
        for n in names | set(wanted.names)
        if scene.actor(n).present(scene.frames[inside], scene.fps).mean() >= THERE
    ]
    heard = {n: _within(_spoken(scene, n), wanted) for n in there}
    chosen = sorted(there, key=lambda n: (-heard[n], n))[:most]
    return Stretch(wanted.start, wanted.end, tuple(sorted(chosen))) if len(chosen) > 1 else None


def _around(spans: Sequence[Stretch], exchanges: Sequence[Stretch]) -> list[Stretch]:
    """`spans` with `exchanges` laid over them."""
    found: list[Stretch] = list(exchanges)
    for span in spans:
        start = span.start
        for exchange in exchanges:
            if exchange.end <= start or exchange.start >= span.end:
                continue
            if exchange.start > start:
                found.append(Stretch(start, exchange.start, span.names))
            start = max(start, exchange.end)
        if start < span.end:
            found.append(Stretch(start, span.end, span.names))
    return _joined(sorted(found, key=lambda s: s.start))


def _merge(spans: Sequence[Stretch], enough: Callable[[Stretch], bool]) -> list[Stretch]:
    """Spans that are not `enough` go to a neighbour, the shortest first: to one that shows the same people
    too, or else to the longer one."""
    spans = _joined(spans)
    while len(spans) > 1 and (poor := [i for i, span in enumerate(spans) if not enough(span)]):
        short = min(poor, key=lambda i: spans[i].length)
        sides = [i for i in (short - 1, short + 1) if 0 <= i < len(spans)]
        names = set(spans[short].names)
        into = max(sides, key=lambda i: (names <= set(spans[i].names), spans[i].length))
        low, high = min(short, into), max(short, into)
        spans[low : high + 1] = [Stretch(spans[low].start, spans[high].end, spans[into].names)]
        spans = _joined(spans)
    return spans


def _joined(spans: Sequence[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for span in spans:
        if found and found[-1].names == span.names:
            found[-1] = Stretch(found[-1].start, span.end, span.names)
        else:
            found.append(span)
    return found
