"""How well a framing shows who speaks, and how calmly its camera moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scenes import Truth

from shortform_assets.contracts.clips import AspectFraming, CropPaths, FaceTracks, Panel
from shortform_assets.contracts.slices.reframing_slice import ReframingSlice
from shortform_assets.reframing.see.series import ClipSeries

Line = NDArray[np.float64]

EYES = 0.33
"""Where the eyes are in a face, from its top."""
HAIR = 0.22
"""Hair above a face, as a share of its height."""
STILL_PIXELS = 0.1
"""A camera that moves less than this in the output (1080 wide) stands still."""
SLACK = 0.02
"""Share of a face by which its box may hang out of the crop and still be wholly in it: two landmarkers differ
by as much."""

BAR_PIXELS = 2.0
"""Rows of a bar that are not seen: coding blurs its edge by as many."""
RIM = 0.08
"""Share of a line's box that may be missing: its margin."""


@dataclass
class Tally:
    """Counted over scenes; `numbers` divides."""

    judged: int = 0
    speaker_in: int = 0
    full_bleed: int = 0
    big_enough: int = 0
    subjectless: int = 0
    with_subject: int = 0
    heads_cut: int = 0
    poster_shown: int = 0
    bars_shown: int = 0
    barred: int = 0
    """Frames with bars."""
    text_cut: int = 0
    written: int = 0
    """Lines of text, each in each frame."""
    frames: int = 0
    seconds: float = 0.0
    flat_subject: int = 0
    print_subject: int = 0
    asd_right: int = 0
    asd_frames: int = 0
    switches: int = 0
    headroom: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    jerks: list[float] = field(default_factory=list)
    reversals: int = 0
    misses: list[int] = field(default_factory=list)
    """Frames at which the speaker is not whole in the crop."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{k: v + getattr(other, k) for k, v in vars(self).items()})

    def numbers(self) -> dict[str, float]:
        judged, jerks, steps = max(1, self.judged), self.jerks or [0.0], np.array(self.steps or [0.0])
        found = {
            "subjectless frames": self.subjectless / max(1, self.with_subject),
            "poster without a person": self.poster_shown / max(1, self.frames),
            "still frames": float((steps < STILL_PIXELS).mean()),
            "jerk, p95": float(np.percentile(jerks, 95)),
            "reversals a second": self.reversals / max(self.seconds, 1e-9),
            "switches a minute": 60 * self.switches / max(self.seconds, 1e-9),
        }
        if self.judged:
            found |= {
                "speaker in crop": self.speaker_in / judged,
                "full bleed": self.full_bleed / judged,
                "face at least 12 %": self.big_enough / judged,
                "heads cut": self.heads_cut / judged,
            }
        if self.barred:
            found["bars shown"] = self.bars_shown / self.barred
        if self.written:
            found["text cut"] = self.text_cut / self.written
        if self.headroom:
            found["headroom error"] = float(np.mean(self.headroom))
        if self.delays:
            found["switch delay, median ms"] = float(np.median(self.delays))
            found["switch delay, p95 ms"] = float(np.percentile(self.delays, 95))
        if self.asd_frames:
            found["active speaker accuracy"] = self.asd_right / self.asd_frames
            found["poster or screen as subject"] = self.flat_subject / self.asd_frames
            found["poster as subject"] = self.print_subject / self.asd_frames
        return {name: round(float(value), 4) for name, value in found.items()}


def camera_tally(camera: AspectFraming, frames: int, fps: float, cuts: tuple[int, ...]) -> Tally:
    """How the camera moves; nothing of this needs to be known of the scene."""
    tally = Tally(frames=frames, seconds=frames / fps)
    for framing in camera.framings:
        for panel in framing.panels:
            x, y = centres(panel, framing.start_frame, framing.end_frame)
            # Sizes of the output: a pixel of a close crop is seen bigger.
            across = x / panel.width
            step = np.hypot(np.diff(x), np.diff(y)) / panel.width * 1080 * panel.slot[2]
            tally.steps += step.tolist()
            if len(across) > 3:
                # In widths of the crop a second cubed.
                third = np.hypot(np.diff(x, 3), np.diff(y, 3)) / panel.width * fps**3
                tally.jerks += third.tolist()
            speed = np.diff(across) * fps
            signs = np.sign(speed[np.abs(speed) > 0.01])
            tally.reversals += int((signs[1:] != signs[:-1]).sum())
    hard = set(cuts)
    tally.switches = sum(
        after.start_frame not in hard and _who(before) != _who(after)
        for before, after in pairwise(camera.framings)
    )
    return tally


def _who(framing: Any) -> tuple[Any, ...]:
    return framing.layout, tuple(panel.subject for panel in framing.panels)


def truth_tally(camera: AspectFraming, truth: Truth, fps: float, reframing: ReframingSlice) -> Tally:
    """What the camera shows of the people of a scene."""
    tally = Tally()
    whole, heights, eyes, cut, bleed = _shown(camera, truth)
    alone = np.zeros(truth.frames, bool)
    for framing in camera.framings:
        alone[framing.start_frame : framing.end_frame] = len(framing.panels) == 1
    for n in range(truth.frames):
        live = np.flatnonzero(truth.live[n])
        speaking = np.flatnonzero(truth.speaking[n])
        if len(live):
            tally.with_subject += 1
            tally.subjectless += not whole[n, live].any()
            posters = np.isfinite(truth.boxes[n, :, 0]) & ~truth.live[n]
            tally.poster_shown += bool(whole[n, posters].any() and not whole[n, live].any())
        if len(speaking) != 1 or truth.brief[n]:
            continue
        who = int(speaking[0])
        tally.judged += 1
        tally.full_bleed += bool(bleed[n])
        inside = bool(whole[n, who])
        tally.speaker_in += inside
        tally.big_enough += int(inside and heights[n, who] >= 0.12)
        if inside:
            tally.heads_cut += bool(cut[n, who])
            # Faces that share the output with others are composed for their part of it, not for all of it.
            if alone[n]:
                wanted = reframing.eye_line - 0.5 * max(0.0, heights[n, who] - reframing.face_height)
                tally.headroom.append(abs(float(eyes[n, who]) - wanted))
        else:
            tally.misses.append(n)
    tally.delays = _delays(truth, whole, fps)
    _edits_tally(tally, camera, truth)
    return tally


def _edits_tally(tally: Tally, camera: AspectFraming, truth: Truth) -> None:
    """Bars in the output, and lines of text of which it has a part."""
    top, bottom = truth.active
    for framing in camera.framings:
        for n in range(framing.start_frame, framing.end_frame):
            crops = [panel.crop(n) for panel in framing.panels]
            if top > 0:
                tally.barred += 1
                tally.bars_shown += any(
                    y1 < top - BAR_PIXELS or y2 > bottom + BAR_PIXELS for _, y1, _, y2 in crops
                )
            for start, end, box in truth.texts:
                if start <= n < end:
                    shares = [_share_in(box, crop) for crop in crops]
                    tally.written += 1
                    tally.text_cut += any(RIM < share < 1 - RIM for share in shares)


def _share_in(box: tuple[float, ...], crop: tuple[float, ...]) -> float:
    """Of the area of `box`, what is in `crop`."""
    low, high = np.maximum(box[:2], crop[:2]), np.minimum(box[2:], crop[2:])
    return float(np.prod(np.clip(high - low, 0, None)) / ((box[2] - box[0]) * (box[3] - box[1])))


def asd_tally(
    truth: Truth, crops: CropPaths, tracks: FaceTracks, series: ClipSeries, prints: frozenset[int]
) -> Tally:
    """Frames in which the named speaker is a speaker, or nobody is named where nobody speaks; and frames
    whose picture is about one of `prints`, or about a screen that nobody hears."""
    names = matched(truth, tracks, series)
    said = np.zeros(truth.speaking.shape, bool)
    stranger, flat, paper = (np.zeros(truth.frames, bool) for _ in range(3))
    for verdict in crops.verdicts:
        for start, end in verdict.speaking:
            who = names.get(verdict.track_id)
            if who is None:
                stranger[start:end] = True
            else:
                said[start:end, who] = True
    somebody = truth.speaking.any(axis=1)
    hit = (said & truth.speaking).any(axis=1) & ~(said & ~truth.speaking).any(axis=1)
    none = ~said.any(axis=1)
    right = np.where(somebody, hit, none) & ~stranger
    real = truth.live | truth.speaking.any(axis=0)
    camera = next(one for one in crops.aspects if one.aspect == "9:16")
    for framing in camera.framings:
        span = slice(framing.start_frame, framing.end_frame)
        for subject in {panel.subject for panel in framing.panels} & set(names):
            flat[span] |= ~real[span, names[subject]]
            paper[span] |= names[subject] in prints
    return Tally(
        asd_right=int(right.sum()),
        asd_frames=truth.frames,
        flat_subject=int(flat.sum()),
        print_subject=int(paper.sum()),
    )


def matched(truth: Truth, tracks: FaceTracks, series: ClipSeries) -> dict[str, int]:
    """Track -> person: whose face it overlaps, all its samples taken together."""
    found = {}
    for track in tracks.tracks:
        one = series.tracks[track.track_id]
        boxes = truth.boxes[one.frame]
        low = np.maximum(boxes[:, :, :2], one.box[:, None, :2])
        high = np.minimum(boxes[:, :, 2:], one.box[:, None, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=2)
        areas = np.prod(boxes[:, :, 2:] - boxes[:, :, :2], axis=2)
        mine = np.prod(one.box[:, 2:] - one.box[:, :2], axis=1)[:, None]
        likeness = np.nan_to_num(shared / (areas + mine - shared)).mean(axis=0)
        if likeness.max() > 0.3:
            found[track.track_id] = int(likeness.argmax())
    return found


def centres(panel: Panel, start: int, end: int) -> tuple[Line, Line]:
    """Middle of the crop box at frames [start, end), source pixels."""
    corners = np.array([panel.corner(frame) for frame in range(start, end)])
    return corners[:, 0] + panel.width / 2, corners[:, 1] + panel.height / 2


def _shown(camera: AspectFraming, truth: Truth) -> tuple[Any, ...]:
    """For every frame and person: face whole in the crop, its height and eyes as shares of the output, hair
    cut off; and for every frame whether the picture fills the output."""
    shape = truth.live.shape
    whole, cut, bleed = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape[0], bool)
    heights, eyes = np.zeros(shape), np.zeros(shape)
    for framing in camera.framings:
        span = slice(framing.start_frame, framing.end_frame)
        bleed[span] = framing.fill == "none"
        for panel in framing.panels:
            x, y = centres(panel, framing.start_frame, framing.end_frame)
            left, top = x - panel.width / 2, y - panel.height / 2
            faces = truth.boxes[span]
            tall = faces[:, :, 3] - faces[:, :, 1]
            slack_x, slack_y = SLACK * (faces[:, :, 2] - faces[:, :, 0]), SLACK * tall
            inside = (
                (faces[:, :, 0] >= left[:, None] - slack_x)
                & (faces[:, :, 2] <= left[:, None] + panel.width + slack_x)
                & (faces[:, :, 1] >= top[:, None] - slack_y)
                & (faces[:, :, 3] <= top[:, None] + panel.height + slack_y)
            )
            whole[span] |= inside
            heights[span] = np.where(inside, tall / panel.height * panel.slot[3], heights[span])
            line = (faces[:, :, 1] + EYES * tall - top[:, None]) / panel.height
            eyes[span] = np.where(inside, panel.slot[1] + line * panel.slot[3], eyes[span])
            # What the source itself cuts off is nobody's fault.
            hair = np.maximum(faces[:, :, 1] - HAIR * tall, 0)
            cut[span] = np.where(inside, hair < top[:, None] - slack_y, cut[span])
    return whole, heights, eyes, cut, bleed


def _delays(truth: Truth, whole: NDArray[np.bool_], fps: float) -> list[float]:
    """Milliseconds from each first frame of another speaker within a shot to the first that shows that face
    whole; none where it was in the picture for the last second. Never shown counts as the whole turn. Who is
    shown too early is not late: what that costs the one before is counted as a speaker out of the crop."""
    found: list[float] = []
    cuts, last = set(truth.cuts), -1
    speaking = truth.speaking & ~truth.brief[:, None]
    for n in range(truth.frames):
        last = -1 if n in cuts else last
        who = np.flatnonzero(speaking[n])
        if len(who) != 1 or who[0] == last:
            continue
        me, before, last = int(who[0]), last, int(who[0])
        if before < 0 or whole[max(0, n - round(fps)) : n + 1, me].all():
            continue
        end = n
        while end < truth.frames and (end == n or end not in cuts) and speaking[end, me]:
            end += 1
        shown = np.flatnonzero(whole[n:end, me])
        found.append(1000 / fps * float(shown[0] if len(shown) else end - n))
    return found
