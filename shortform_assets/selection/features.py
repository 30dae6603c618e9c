"""The features of a candidate: sums over its lines, each brought to 0..1 as FEATURES documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.selection.lexicon import (
    BACK_REFERENCE,
    CLAIM,
    DANGLING,
    EMOTION,
    EXPLETIVE,
    FILLER,
    FILLER_PHRASES,
    STORY,
)
from shortform_assets.selection.script import Line
from shortform_assets.selection.sound import Sound
from shortform_assets.selection.topics import cohesion

HOOK_MS = 10_000
NUMBER = re.compile(r"\d|^(?:hundred|thousand|million|billion|trillion|percent|half|twice|dozen|zero)s?$")


@dataclass(frozen=True)
class Limits:
    """Lengths of a clip in milliseconds. `relaxed`: the source is too short for the genre's own."""

    min_ms: int
    target_ms: int
    max_ms: int
    relaxed: bool = False


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


def starts_weakly(line: Line, weak_openers: Sequence[str]) -> bool:
    """Whether the line begins with one of the genre's weak openers, as whole words."""
    said = " ".join(line.tokens[:6]) + " "
    return any(said.startswith(f"{opener.lower()} ") for opener in weak_openers)


class Measures:
    """Everything that is counted once a line, so that any run of lines is measured in constant time."""

    def __init__(
        self,
        lines: Sequence[Line],
        topic_of: Sequence[int],
        weights: dict[str, float],
        selection: SelectionSlice,
        sound: Sound,
    ) -> None:
        self.lines, self.topic_of, self.idf, self.sound = lines, list(topic_of), weights, sound
        self.weak = [starts_weakly(line, selection.weak_openers) for line in lines]
        hooks = re.compile(r"\b(?:" + "|".join(map(re.escape, selection.hook_words)) + r")\b") if (
            selection.hook_words
        ) else re.compile(r"(?!)")  # fmt: skip
        names = _names(lines)
        self.hits = {
            "hook": [len(hooks.findall(x.plain)) for x in lines],
            "claim": [len(CLAIM.findall(x.plain)) for x in lines],
            "story": [len(STORY.findall(x.plain)) for x in lines],
            "emotion": [sum(t in EMOTION for t in x.tokens) for x in lines],
            "specific": [
                n + sum(bool(NUMBER.search(t)) for t in x.tokens) for n, x in zip(names, lines, strict=True)
            ],
            "filler": [
                sum(t in FILLER for t in x.tokens) + 2 * len(FILLER_PHRASES.findall(x.plain)) for x in lines
            ],
            "back": [len(BACK_REFERENCE.findall(x.plain)) for x in lines],
            "words": [x.words for x in lines],
            "spoken": [x.end_ms - x.start_ms for x in lines],
            "change": [0] + [int(a.speaker != b.speaker) for a, b in pairwise(lines)],
        }
        self.sums = {name: [0, *accumulate(values)] for name, values in self.hits.items()}
        rates = sorted(1000 * x.words / (x.end_ms - x.start_ms) for x in lines if x.words >= 4)
        self.usual_rate = rates[len(rates) // 2] if rates else 2.5
        self.cased = sum(x.text[:1].isupper() for x in lines) > len(lines) / 2
        self.openings = [self._opening(i) for i in range(len(lines))]

    def total(self, name: str, a: int, b: int) -> int:
        """Sum of a count over lines a..b, both included."""
        return self.sums[name][b + 1] - self.sums[name][a]

    def interest(self, i: int) -> float:
        """How quotable one line is: claims, hooks, feeling and facts for its length."""
        line = self.lines[i]
        hits = sum(self.hits[name][i] * w for name, w in (("claim", 1.2), ("hook", 1.0), ("emotion", 0.9)))
        hits += 0.6 * min(2, self.hits["specific"][i]) + 0.4 * min(2, self.hits["story"][i])
        length = clamp((line.words - 3) / 5) * clamp((40 - line.words) / 12)
        rare = sum(min(3.0, self.idf.get(s, 0.0)) for s in set(line.stems)) / (
            2.0 * max(4, line.words) ** 0.5
        )
        dull = (
            0.25 * self.hits["filler"][i] + (0.3 if self.weak[i] else 0.0) + (0.3 if line.question else 0.0)
        )
        return max(0.0, length * (0.25 * hits + 0.35 * rare) - dull)

    def features(self, a: int, b: int, limit: Limits, length_ms: int) -> dict[str, float]:
        """FEATURES of lines a..b (both included), which last `length_ms` in the clip."""
        first, last = self.lines[a], self.lines[b]
        span_ms = last.end_ms - first.start_ms
        words = max(1, self.total("words", a, b))
        hundreds = max(words, 30) / 100
        return {
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
            "specifics": clamp(self.total("specific", a, b) / hundreds / 12),
            "emotion": clamp(self.total("emotion", a, b) / hundreds / 5),
            "claims": clamp(self.total("claim", a, b) / hundreds / 6),
            "story": clamp(self.total("story", a, b) / hundreds / 4),
            "substance": self._substance(a, b, words),
            "self_contained": self._self_contained(a, b, hundreds),
            "opening": self.openings[a],
            "ending": self.ending(b),
            "coherence": self._coherence(a, b),
            "position": 0.5 if self._at_the_edge(first.start_ms, last.end_ms) else 1.0,
            "duration_fit": _duration_fit(length_ms, limit),
        }

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
        """1 for a question with its whole answer, 0.6 where the answer goes on after the end."""
        if not self.opens_with_question(a) or b == a:
            return 0.0
        return 1.0 if b + 1 == len(self.lines) or self.hits["change"][b + 1] else 0.6

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
        line = self.lines[b]
        if self.unclosed(b):
            return 0.0
        if self.open_question(b):
            return 0.1
        last = b + 1 == len(self.lines)
        turn = last or self.lines[b + 1].speaker != line.speaker
        topic = last or self.topic_of[b + 1] != self.topic_of[b]
        strength = 0.35 + 0.2 * clamp(line.gap_after_ms / 700) + 0.2 * turn + 0.1 * topic
        strength += 0.2 * clamp(self.interest(b)) + self._falling(line)
        strength -= 0.15 * (line.words < 3) + 0.1 * bool(self.hits["filler"][b])
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
        strength += 0.1 * (a == 0 or self.topic_of[a] != self.topic_of[a - 1])
        # A small letter at the start means that the sentence began before.
        strength -= 0.2 * (line.text[:1].islower() and self.cased)
        strength -= 0.1 * self.hits["filler"][a] + 0.2 * self._dangling(a) + 0.25 * (line.words < 3)
        return clamp(strength - 0.1 * (line.words > 30))

    def _dangling(self, a: int) -> float:
        """How much the first words lean on something said before: 0 to 1."""
        line = self.lines[a]
        if self.opens_with_question(a) and not set(line.tokens[:4]) & DANGLING:
            return 0.0
        if EXPLETIVE.search(line.plain):
            return 0.2
        early = [n for n, token in enumerate(line.tokens[:6]) if token in DANGLING]
        if not early:
            return 0.0
        # A name before the pronoun resolves it.
        return 1.0 if early[0] <= 1 else 0.4

    def _self_contained(self, a: int, b: int, hundreds: float) -> float:
        return clamp(1 - 0.5 * self._dangling(a) - 0.35 * self.total("back", a, b) / max(1.0, hundreds) - (
            0.4 if self.weak[a] else 0.0) - (0.5 if self.missing_question(a) else 0.0))  # fmt: skip

    def _substance(self, a: int, b: int, words: int) -> float:
        stems = [s for line in self.lines[a : b + 1] for s in line.stems]
        if not stems:
            return 0.0
        share, variety = len(stems) / words, (len(set(stems)) / len(stems)) ** 0.5
        filler = self.total("filler", a, b) / words
        return clamp((share * variety - 0.15) / 0.35 - 2.5 * filler)

    def _coherence(self, a: int, b: int) -> float:
        if a == b:
            return 0.5
        middle = (a + b + 1) // 2
        left = Counter(s for line in self.lines[a:middle] for s in line.stems)
        right = Counter(s for line in self.lines[middle : b + 1] for s in line.stems)
        topics = Counter(self.topic_of[a : b + 1])
        whole = 0.5 * clamp(4 * cohesion(left, right, self.idf)) + 0.5 * max(topics.values()) / (b - a + 1)
        return whole * (1 - self._break(a, b))

    def _break(self, a: int, b: int) -> float:
        """How surely something new begins at the longest pause inside: 0 to 1.

        A second of silence with no word in common on its two sides parts two stories, however short.
        """
        gap = max(range(a + 1, b + 1), key=lambda i: self.lines[i].gap_before_ms)
        before = Counter(s for line in self.lines[a:gap] for s in line.stems)
        after = Counter(s for line in self.lines[gap : b + 1] for s in line.stems)
        silence = clamp((self.lines[gap].gap_before_ms - 600) / 500)
        return silence * (1 - clamp(6 * cohesion(before, after, self.idf)))

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


def _duration_fit(length_ms: int, limit: Limits) -> float:
    if length_ms <= limit.target_ms:
        return clamp(0.3 + 0.7 * (length_ms - limit.min_ms) / max(1, limit.target_ms - limit.min_ms))
    return clamp(0.3 + 0.7 * (limit.max_ms - length_ms) / max(1, limit.max_ms - limit.target_ms))


def _names(lines: Sequence[Line]) -> list[int]:
    """Capitalised words a line, first words and `I` left out; 0 for text without any case."""
    counts = []
    for line in lines:
        words = line.text.split()
        named = [w for w in words[1:] if w[:1].isupper() and not re.match(r"I\b", w)]
        counts.append(len(named) if len(named) <= len(words) / 2 else 0)
    return counts
