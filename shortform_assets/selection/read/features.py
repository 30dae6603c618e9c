"""The features of a candidate: sums over its lines, each brought to 0..1 as FEATURES documents."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.selection.read.coherence import Flow
from shortform_assets.selection.read.lexicon import NUMBER as NUMBER
from shortform_assets.selection.read.line_counts import count_hits, starts_weakly
from shortform_assets.selection.read.referents import leaning
from shortform_assets.selection.read.script import Line
from shortform_assets.selection.read.sound_events import SILENT, SoundMeasures
from shortform_assets.selection.read.vocabulary import NEEDS_WORDS, NO_WORDS, vocabulary

# Set by hand; "planted moments in the plan" of benchmarks/selection.py, tests/selection/test_features.py.
HOOK_MS = 10_000
"""From its first word: a hook word said by then counts twice."""
AFTER_MS = 2_500
"""Laughter and applause this soon after the last word belong to it; test_a_joke_that_is_laughed_at_has_the_laughter."""
ANSWER_WORDS, ANSWER_TURNS = 35, 3
"""What is answered in fewer words, all in one of so many next turns, is hardly an answer."""
USUALLY_VAGUE = 0.09
"""Share of pointing words (it, that, one, there) up to which talk is clear to those who were not there."""
SHOT, SHOT_MS = 0.05, 250
"""What an edge at a shot cut is worth, and how far from the silence before the line the cut may be."""
HOOKLESS_WORDS = 500
"""In so many words at least one of the genre's hook words is said, or they are of another language."""
UNSURE = 0.4
"""Hundreds of words added to every moment where rates are taken."""
HEARD = ("energy", "energy_rise", "pitch_range", "laughter", "applause")
"""Features that need the sound."""


@dataclass(frozen=True)
class Limits:
    """Lengths of a clip in milliseconds. `relaxed`: the source is too short for the genre's own."""

    min_ms: int
    target_ms: int
    max_ms: int
    relaxed: bool = False

    def fit(self, length_ms: int) -> float:
        """1 at the target, 0.3 at the limits."""
        if length_ms <= self.target_ms:
            return clamp(0.3 + 0.7 * (length_ms - self.min_ms) / max(1, self.target_ms - self.min_ms))
        return clamp(0.3 + 0.7 * (self.max_ms - length_ms) / max(1, self.max_ms - self.target_ms))


def limits(selection: SelectionSlice, speech_ms: int) -> Limits:
    """The genre's limits, or, for a source of under twice its minimum, anything from 3 s to all of it."""
    low, target, high = (
        round(1000 * s) for s in (selection.min_seconds, selection.target_seconds, selection.max_seconds)
    )
    if speech_ms < 2 * low:
        return relaxed(Limits(low, target, high), speech_ms)
    return Limits(low, target, high)


def relaxed(of: Limits, speech_ms: int) -> Limits:
    low = min(3000, of.min_ms)
    return Limits(low, max(low, min(of.target_ms, speech_ms)), of.max_ms, relaxed=True)


def clamp(x: float) -> float:
    return min(1.0, max(0.0, x))


@dataclass(frozen=True)
class ReadTalk:
    """One source as lines, with what is known of it before anything is measured."""

    lines: Sequence[Line]
    topic_of: Sequence[int]
    """The topic of each line."""
    weights: dict[str, float]
    """`topics.idf(lines)`."""
    language: str = "en"
    sound: SoundMeasures = SILENT
    vectors: np.ndarray | None = None
    """The lines' sentence embeddings, where there are any."""
    cuts_ms: Sequence[int] = ()
    """When the picture changes to another shot, ascending."""


class Measures:
    """Everything that is counted once a line, so that any run of lines is measured quickly."""

    def __init__(self, read: ReadTalk, selection: SelectionSlice) -> None:
        lines, language = read.lines, read.language
        self.lines, self.topic_of = lines, list(read.topic_of)
        self.idf, self.sound = read.weights, read.sound
        self.english = language == "en"
        known = vocabulary(language)
        self.terms = known or NO_WORDS
        openers = (*selection.weak_openers, *self.terms.openers)
        self.weak = [starts_weakly(line, openers) for line in lines]
        self.hits = count_hits(lines, selection.hook_words, self.terms)
        self.sums = {name: [0, *accumulate(values)] for name, values in self.hits.items()}
        rates = sorted(1000 * x.words / (x.end_ms - x.start_ms) for x in lines if x.words >= 4)
        self.usually_named = self._usually_named()
        self.usual_rate = rates[len(rates) // 2] if rates else 2.5
        self.cased = sum(x.text[:1].isupper() for x in lines) > len(lines) / 2
        self.flow = Flow(lines, read.topic_of, read.weights, read.vectors)
        self.breaks = self.flow.breaks
        self.unmeasured = self._unmeasured(known is not None)
        self.leaning = [leaning(lines, i, self.terms) for i in range(len(lines))]
        self._cut = [_cut_before(line, read.cuts_ms) for line in lines]
        self._interests = [self._interest(i) for i in range(len(lines))]
        self._endings = [self._ending(i) for i in range(len(lines))]
        self.openings = [self._opening(i) for i in range(len(lines))]

    def _unmeasured(self, known_language: bool) -> tuple[str, ...]:
        """Features that say nothing in this source; they are 0.5 throughout and sway no choice."""
        found: list[str] = [] if known_language else list(NEEDS_WORDS)
        foreign = not any(self.hits["hook"]) and sum(self.hits["words"]) > HOOKLESS_WORDS
        found += ["hook_words"] if foreign else []
        return (*found, *(() if len(self.sound.level) else HEARD))

    def total(self, name: str, a: int, b: int) -> int:
        """Sum of a count over lines a..b, both included."""
        return self.sums[name][b + 1] - self.sums[name][a]

    def interest(self, i: int) -> float:
        """How quotable one line is: claims, hooks, feeling, people and facts for its length."""
        return self._interests[i]

    def _interest(self, i: int) -> float:
        line, hits = self.lines[i], self.hits
        worth = (
            1.2 * hits["claim"][i]
            + 1.0 * hits["hook"][i]
            + 0.9 * hits["emotion"][i]
            + 0.8 * hits["surprise"][i]
        )
        worth += (
            0.6 * min(2, hits["specific"][i])
            + 0.4 * min(2, hits["story"][i])
            + 0.3 * min(3, hits["people"][i])
        )
        length = clamp((line.words - 3) / 5) * clamp((40 - line.words) / 12)
        rare = sum(min(3.0, self.idf.get(s, 0.0)) for s in set(line.stems)) / (
            2.0 * max(4, line.words) ** 0.5
        )
        dull = 0.25 * hits["filler"][i] + 0.25 * hits["hedge"][i]
        dull += (0.3 if self.weak[i] else 0.0) + (0.3 if line.question else 0.0)
        return max(0.0, length * (0.25 * worth + 0.35 * rare) - dull)

    def features(self, a: int, b: int, limit: Limits, length_ms: int) -> dict[str, float]:
        """FEATURES of lines a..b (both included), which last `length_ms` in the clip."""
        first, last = self.lines[a], self.lines[b]
        span_ms = last.end_ms - first.start_ms
        words = max(1, self.total("words", a, b))
        # A single word in a short moment is no rate yet.
        hundreds = words / 100 + UNSURE
        found = {
            "speech_rate": clamp(
                0.5 + (1000 * words / max(1, self.total("spoken", a, b)) / self.usual_rate - 1)
            ),
            **self._heard(first.start_ms, last.end_ms),
            "density": clamp((self.total("spoken", a, b) / max(1, span_ms) - 0.5) / 0.5),
            "speaker_changes": clamp(
                (self.total("change", a + 1, b) if b > a else 0) * 60_000 / max(1, span_ms) / 8
            ),
            "question": self._answered(a, b),
            "hook_words": clamp(
                (self.total("hook", a, b) + self._early_hooks(a, b)) / (1.5 + 2.5 * hundreds)
            ),
            "specifics": clamp(self.total("specific", a, b) / hundreds / 10),
            "emotion": clamp(self.total("emotion", a, b) / hundreds / 4),
            "surprise": clamp(self.total("surprise", a, b) / hundreds / 2.5),
            "claims": clamp(self.total("claim", a, b) / hundreds / 5),
            "story": clamp((self.total("story", a, b) + 0.25 * self.total("past", a, b)) / hundreds / 4),
            "people": clamp((self.total("people", a, b) + 1.5 * self.total("speech", a, b)) / hundreds / 6.5),
            "substance": self._substance(a, b),
            "self_contained": self._self_contained(a, b, words),
            "opening": self.openings[a],
            "ending": self.ending(b),
            "coherence": self.flow.coherence(a, b),
            "position": 0.5 if self._at_the_edge(first.start_ms, last.end_ms) else 1.0,
            "duration_fit": limit.fit(length_ms),
        }
        return {**found, **dict.fromkeys(self.unmeasured, 0.5)}

    def opens_with_question(self, a: int) -> bool:
        """The first line asks about something, or the next one does in the same breath."""
        here = self.lines[a]
        if here.question:
            return bool(here.stems) and here.words >= 3
        follows = self.lines[a + 1] if a + 1 < len(self.lines) else here
        return (
            follows.question and bool(follows.stems) and follows.speaker == here.speaker and here.words <= 12
        )

    def _answered(self, a: int, b: int) -> float:
        """1 for a question with its whole answer, 0.6 where the answer goes on after the end.

        Less where nobody says much: small talk asks and answers too.
        """
        if not self.opens_with_question(a) or b == a:
            return 0.0
        whole = 1.0 if b + 1 == len(self.lines) or self.hits["change"][b + 1] else 0.6
        said = longest = turns = 0
        for i in range(a + 1, b + 1):
            turns += self.hits["change"][i]
            if turns > ANSWER_TURNS or self.breaks[i] > 0.5:
                break
            said = self.lines[i].words + (0 if self.hits["change"][i] else said)
            longest = max(longest, said)
        return whole * clamp(longest / ANSWER_WORDS)

    def missing_question(self, a: int) -> bool:
        """Line `a` answers a question that was asked just before it by another, or by nobody known."""
        if not a:
            return False
        asked, here = self.lines[a - 1], self.lines[a]
        if asked.question and asked.words >= 2:
            return asked.speaker != here.speaker or here.speaker < 0 or here.words < 12
        # "What is X? Take me through it." is still a question.
        return bool(
            a > 1
            and self.lines[a - 2].question
            and self.lines[a - 2].speaker == asked.speaker
            and asked.speaker not in (here.speaker, -1)
            and asked.words <= 8
        )

    def open_question(self, b: int) -> bool:
        """Line `b` asks and somebody goes on to answer."""
        return self.lines[b].question and b + 1 < len(self.lines)

    def unclosed(self, b: int) -> bool:
        return not self.lines[b].closed and self.lines[b].gap_after_ms < 500

    def ending(self, b: int) -> float:
        """Strength of an ending on line `b`, 0 to 1."""
        return self._endings[b]

    def _ending(self, b: int) -> float:
        line = self.lines[b]
        if self.unclosed(b):
            return 0.0
        if self.open_question(b):
            return 0.1
        last = b + 1 == len(self.lines)
        turn = last or self.lines[b + 1].speaker != line.speaker
        topic = last or self.topic_of[b + 1] != self.topic_of[b]
        strength = 0.35 + 0.2 * clamp(line.gap_after_ms / 700) + 0.2 * turn + 0.1 * topic
        strength += 0.15 * (1.0 if last else self.breaks[b + 1]) + SHOT * (last or self._cut[b + 1])
        strength += 0.2 * clamp(self.interest(b)) + self._falling(line)
        # What people laugh or clap at is a punch line, however short.
        react = min(1.0, (self.sound.laughter_ms(line.end_ms, line.end_ms + AFTER_MS)
                          + self.sound.applause_ms(line.end_ms, line.end_ms + AFTER_MS)) / 1000)  # fmt: skip
        strength += 0.3 * react - 0.15 * (line.words < 3) * (1 - react) - 0.1 * bool(self.hits["filler"][b])
        # What goes on with "and", "because" or "but" was not finished.
        strength -= 0.15 * (not last and not turn and self.weak[b + 1])
        return clamp(strength)

    def _opening(self, a: int) -> float:
        line = self.lines[a]
        if self.weak[a]:
            return 0.0
        strength = 0.35 + 0.25 * self.opens_with_question(a)
        strength += 0.2 * min(1, self.hits["hook"][a]) + 0.2 * min(1, self.hits["claim"][a])
        strength += 0.1 * min(1, self.hits["specific"][a]) + 0.1 * min(1, self.hits["emotion"][a])
        strength += 0.1 * min(1, self.hits["story"][a]) + 0.1 * (line.gap_before_ms >= 350)
        strength += 0.1 * (a == 0 or self.topic_of[a] != self.topic_of[a - 1]) + 0.15 * self.breaks[a]
        strength += SHOT * (a > 0 and self._cut[a])
        # A small letter at the start means that the sentence began before.
        strength -= 0.2 * (line.text[:1].islower() and self.cased)
        strength -= 0.1 * self.hits["filler"][a] + 0.1 * self.hits["hedge"][a] + 0.25 * (line.words < 3)
        strength -= 0.25 * self.leaning[a] + 0.2 * min(1, self.hits["back"][a]) + 0.1 * (line.words > 30)
        return clamp(strength + 0.3 * clamp(self.interest(a)))

    def _self_contained(self, a: int, b: int, words: int) -> float:
        """Nothing hangs at the start, nothing points back, and things are called by their names."""
        value = 1 - 0.5 * self.leaning[a] - 0.35 * self.total("back", a, b) / max(1.0, words / 100)
        value -= 0.4 * clamp((self.total("vague", a, b) / words - USUALLY_VAGUE) / 0.1)
        value -= (0.4 if self.weak[a] else 0.0) + (0.5 if self.missing_question(a) else 0.0)
        return clamp(value)

    def _substance(self, a: int, b: int) -> float:
        """How much is named for the words spent: half by itself, half against the source's usual.

        Prose and small talk differ by a factor of two, but so do prepared and spontaneous speech.
        """
        named = self._named(a, b)
        return 0.5 * clamp((named - 0.05) / 0.35) + 0.5 * clamp(0.5 + (named - self.usually_named) / 0.2)

    def _named(self, a: int, b: int) -> float:
        """Different content words a word, less what is filler and hedging, as if there were a hundred words."""
        words = max(1, self.total("words", a, b))
        different = len({s for line in self.lines[a : b + 1] for s in line.stems})
        empty = (self.total("filler", a, b) + self.total("hedge", a, b)) / words
        # Longer text repeats itself more (Heaps' law), which is no fault.
        return different / words * (words / 100) ** 0.15 - 0.7 * empty

    def _usually_named(self) -> float:
        """The median over stretches of about a hundred words."""
        found, a = [], 0
        for b in range(len(self.lines)):
            if self.total("words", a, b) >= 100 or b == len(self.lines) - 1:
                found.append(self._named(a, b))
                a = b + 1
        return sorted(found)[len(found) // 2] if found else 0.2

    def _early_hooks(self, a: int, b: int) -> int:
        until, total, i = self.lines[a].start_ms + HOOK_MS, 0, a
        while i <= b and self.lines[i].start_ms < until:
            total += self.hits["hook"][i]
            i += 1
        return total

    def _heard(self, start_ms: int, end_ms: int) -> dict[str, float]:
        level, pitch = self.sound.loudness(start_ms, end_ms), self.sound.pitch_range(start_ms, end_ms)
        middle = (start_ms + end_ms) // 2
        halves = self.sound.loudness(start_ms, middle), self.sound.loudness(middle, end_ms)
        rise = halves[1] - halves[0] if halves[0] is not None and halves[1] is not None else 0.0
        return {
            "energy": 0.5 if level is None else clamp(0.5 + level / 12),
            "energy_rise": clamp(0.5 + rise / 8),
            "pitch_range": 0.5 if pitch is None else clamp(pitch / 12),
            "laughter": clamp(self.sound.laughter_ms(start_ms, end_ms + AFTER_MS) / 1500),
            "applause": clamp(self.sound.applause_ms(start_ms, end_ms + AFTER_MS) / 2000),
        }

    def _falling(self, line: Line) -> float:
        """0.1 where the last second is quieter than the rest of the line."""
        if line.end_ms - line.start_ms < 2000:
            return 0.0
        rest = self.sound.loudness(line.start_ms, line.end_ms - 1000)
        end = self.sound.loudness(line.end_ms - 1000, line.end_ms)
        return 0.1 if rest is not None and end is not None and end < rest - 1 else 0.0

    def _at_the_edge(self, start_ms: int, end_ms: int) -> bool:
        begin, end = self.lines[0].start_ms, self.lines[-1].end_ms
        margin = 0.03 * (end - begin)
        return end - begin > 300_000 and (start_ms < begin + margin or end_ms > end - margin)


def _cut_before(line: Line, cuts_ms: Sequence[int]) -> bool:
    """The picture changes in the silence before the line."""
    at = bisect_left(cuts_ms, line.start_ms - line.gap_before_ms - SHOT_MS)
    return at < len(cuts_ms) and cuts_ms[at] <= line.start_ms + SHOT_MS
