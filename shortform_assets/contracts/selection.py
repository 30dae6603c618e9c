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


FEATURES: dict[str, str] = {
    "speech_rate": "words a second, against the source's own usual: 0.5 is usual, 1 is 50 % faster",
    "energy": "loudness of the voice against the source's usual: 0 is 6 dB below, 1 is 6 dB above",
    "laughter": "laughter in it or right after: 1 is a second and a half",
    "applause": "clapping in it or right after: 1 is two seconds",
    "energy_rise": "how much louder the second half is than the first: 0.5 is the same, 1 is 4 dB more",
    "pitch_range": "how far the voice moves: interdecile range of the pitch, 1 is 12 semitones",
    "density": "how little silence there is: the share of the time in which words are spoken, 0.5 and less is 0",
    "speaker_changes": "changes of speaker a minute, 8 and more is 1",
    "question": "1 where it opens with a question that is answered inside",
    "hook_words": "hook words of the genre in the first ten seconds (counted double) and after",
    "specifics": "names and numbers a hundred words, 12 and more is 1",
    "emotion": "words of feeling and conflict a hundred words, 5 and more is 1",
    "surprise": "words for what was not expected, and turns against what was, a hundred words, 3 and more is 1",
    "claims": "superlatives, absolutes, contrasts and advice a hundred words, 6 and more is 1",
    "story": "marks of narration (I remember, years ago, the past tense) a hundred words, 5 and more is 1",
    "people": "words for persons and verbs that bring their words a hundred words, 8 and more is 1",
    "substance": "different content words for the words spent, less filler and hedging: by itself and against the usual",
    "self_contained": "1 less pronouns that hang at the start, references back, and pointing in place of naming",
    "opening": "strength of the first sentence: a question, hook or claim, no filler, no weak opener",
    "ending": "how finished it sounds: a full stop, a pause, the end of a turn or topic, a falling voice",
    "coherence": "how alike its first and second half are in meaning, within one topic",
    "position": "0.5 in the first and last 3 % of the source, 1 elsewhere",
    "duration_fit": "1 at the genre's target length, falling to both limits",
}
"""What is measured of a moment, each from 0 to 1, higher is better. A genre's `weights` name these."""

LEARNED: dict[str, str] = {
    "editors_eye": "worth in the eyes of short-form editors, learnt from their picks: 0 is what half of all runs of "
    "lines reach, 0.92 one in a thousand; only where the language was taught",
}
"""What a learnt judgement says of a moment, from 0 to 1. A genre's `weights` may name these too; a moment that was
not judged is weighed by its features alone."""

EDGE_RANK = "editors_edges"
"""Beside what was learnt of a moment's worth: how well it is cut, from 0 to 1, to compare with moments that hold much the
same. Clips are moved to better edges by it (`selection/choose/edge_choice.py`); it has no weight."""

FLAGS: dict[str, str] = {
    "promotion": "holds advertising",
    "ceremony": "holds a greeting or a goodbye",
    "weak_opener": "opens on a word such as `and` or `so`",
    "missing_question": "is an answer without its question",
    "open_question": "ends on a question that is answered later",
    "unclosed": "ends without a full stop or a pause",
}
"""Faults of a moment, 1 where they apply; kept beside its features."""


class Moment(Contract):
    """A candidate clip with measured `FEATURES`, `LEARNED`, `EDGE_RANK` and `FLAGS`. Word indices inclusive, whole
    sentences."""

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
    cuts: tuple[int, ...] = ()
    """Source frames at which a new shot begins, ascending, 0 not included."""
    empty_reason: str = ""
    """Why there is no moment, when there is none."""
    unmeasured: tuple[str, ...] = ()
    """Features that could not be measured in this source (no sound, no word lists for its language): 0.5 for all.
    What is learnt and could not be asked (another language, too little talk) is named here too, and counts nothing."""


class Span(Contract):
    """Source frames [start_frame, end_frame)."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(gt=0)

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame


def clip_id(spans: Iterable[Span]) -> str:
    """A clip is its spans: the first 12 hex digits of their digest."""
    return hashlib.sha256(canonical_json([[s.start_frame, s.end_frame] for s in spans])).hexdigest()[:12]


class PlannedClip(Contract):
    """A chosen clip: spans of source frames in playing order, anchored to words."""

    clip_id: str
    spans: tuple[Span, ...] = Field(min_length=1)
    word_ranges: tuple[tuple[int, int], ...]
    """For each span the transcript words it holds, indices inclusive."""
    title: str
    needs_title: bool = False
    """No line that is said would stand as a title: `title` is a makeshift, and a person should write one."""
    hook: str
    """One short line to put on screen, made of words said in the clip and never those of the title; empty: none."""
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
    by_hand: bool = False
    """A person pinned, added or trimmed it."""
    mid_sentence: bool = False
    """A person set an edge inside a sentence; the editor never does."""

    @property
    def frames(self) -> int:
        return sum(s.frames for s in self.spans)

    @property
    def timeline(self) -> Timeline:
        return Timeline(spans=self.spans)


class FellOut(Contract):
    """A moment that was not chosen, and why. `others` overlap it and fell out with it."""

    moment_id: str
    start_ms: int
    end_ms: int
    score: Ratio
    reason: str
    others: int = 0


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
    notes: tuple[str, ...] = ()
    """What became of human edits that could not be followed to the letter, one sentence each."""
    edits: int = 0
    """How many human edits it knows of; later ones wait for the next run."""


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
