"""Shots, moments and the clip plan."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Contract, FrameRate, Measure, Ratio, canonical_json


class Shot(Contract):
    """Source frames [start_frame, end_frame)."""

    start_frame: int
    end_frame: int


class Shots(Contract):
    shots: tuple[Shot, ...]


class Topic(Contract):
    """A stretch about one thing; word indices inclusive, keywords best first."""

    first_word: int
    last_word: int
    keywords: tuple[str, ...] = ()


class Moment(Contract):
    """A candidate clip with measured features. Word indices inclusive, whole sentences."""

    moment_id: str
    kind: Literal["topic", "question_answer", "monologue", "exchange"]
    first_word: int
    last_word: int
    start_ms: int
    end_ms: int
    topic: int
    features: dict[str, Measure]


class Moments(Contract):
    """Candidates over the source of `frames` frames at `rate`."""

    rate: FrameRate
    frames: int
    moments: tuple[Moment, ...]
    topics: tuple[Topic, ...]
    empty_reason: str = ""
    """Why there is no moment, when there is none."""


class Span(Contract):
    """Source frames [start_frame, end_frame)."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(gt=0)

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame


def clip_id(spans: Iterable[Span]) -> str:
    """A clip is its spans: the first 12 hex digits of their digest."""
    return hashlib.sha256(
        canonical_json([[s.start_frame, s.end_frame] for s in spans])
    ).hexdigest()[:12]


class PlannedClip(Contract):
    """A chosen clip: spans of source frames in playing order, anchored to words."""

    clip_id: str
    spans: tuple[Span, ...] = Field(min_length=1)
    word_ranges: tuple[tuple[int, int], ...]
    """For each span the transcript words it holds, indices inclusive."""
    title: str
    hook: str
    """One short line to put on screen, made of words said in the clip."""
    quote: str
    """The words the clip was chosen for, as spoken."""
    description: str = ""
    hashtags: tuple[str, ...] = ()
    topic: int = -1
    speakers: tuple[str, ...] = ()
    score: Ratio
    scores: dict[str, Measure] = Field(default_factory=dict)
    reason: str
    """Why it was chosen, for the editor."""

    @property
    def frames(self) -> int:
        return sum(s.frames for s in self.spans)

    @property
    def timeline(self) -> Timeline:
        return Timeline(spans=self.spans)


class FellOut(Contract):
    """A moment that was not chosen, and why."""

    moment_id: str
    start_ms: int
    end_ms: int
    score: Ratio
    reason: str


class ClipPlan(Contract):
    """Chosen clips, best first, and why the rest fell out."""

    editor: str
    """Who decided: `local` or the models of the panel."""
    rate: FrameRate
    clips: tuple[PlannedClip, ...]
    fell_out: tuple[FellOut, ...] = ()
    target_count: int
    shortfall: str = ""
    """Why there are fewer clips than the target, when there are."""


class Timeline(Contract):
    """Maps clip frames to source frames and back; spans may be in any order but never overlap."""

    spans: tuple[Span, ...]

    @property
    def frames(self) -> int:
        return sum(s.frames for s in self.spans)

    def to_source(self, frame: int) -> int:
        """Source frame of clip frame `frame`; IndexError outside the clip."""
        if frame >= 0:
            for span in self.spans:
                if frame < span.frames:
                    return span.start_frame + frame
                frame -= span.frames
        raise IndexError(f"frame {frame} is outside the clip of {self.frames} frames")

    def to_clip(self, source_frame: int) -> int | None:
        """Clip frame that shows `source_frame`, or None where it was cut away."""
        offset = 0
        for span in self.spans:
            if span.start_frame <= source_frame < span.end_frame:
                return offset + source_frame - span.start_frame
            offset += span.frames
        return None

    def clip_ranges(self, start_frame: int, end_frame: int) -> tuple[tuple[int, int], ...]:
        """The parts of source frames [start, end) that are in the clip, as clip frames [start, end)."""
        found, offset = [], 0
        for span in self.spans:
            low, high = max(start_frame, span.start_frame), min(end_frame, span.end_frame)
            if low < high:
                found.append((offset + low - span.start_frame, offset + high - span.start_frame))
            offset += span.frames
        return tuple(found)
