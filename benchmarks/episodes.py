"""Episodes put together from written passages, so that what is worth a clip is known to the word.

`talk/` holds the passages: stories, answers, insights and jokes that are complete in themselves, and filler,
cross-talk, advertising, greetings and goodbyes. A seed decides what is said, in what order, how fast and how
loud. Every third passage is for tuning and is never in a reported episode.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from unseen_media import unseen_media

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import Shots
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.selection.read.sound_events import HOP_MS, SoundMeasures

TALK = Path(__file__).with_name("talk")
GOOD = ("stories", "answers", "insights", "jokes")
RATE = FrameRate(num=25)
WORDS_PER_HOUR = 9000
GOOD_PER_HOUR = 16.5
"""A little under what the podcast genre wants, so that a perfect plan has room for all."""
NAMES = ("Marion", "Tariq", "Elke", "Dominic", "Yusuf", "Paula", "Henrik", "Siobhan", "Kofi", "Ana")
PLACES = ("the station", "the church", "the roundabout", "the leisure centre", "the river", "the old mill")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
NUMBERS = ("six", "seven", "eight", "nine", "ten", "eleven", "twelve")

Turns = list[tuple[str, str]]
"""Who says what: H the host, G the guest."""


@dataclass(frozen=True)
class Part:
    """Words first..last, both included. `kind` is a file of `talk/`, or `opener` for a cold open."""

    kind: str
    first: int
    last: int
    start_ms: int
    end_ms: int


@dataclass
class Episode:
    name: str
    transcript: Transcript
    speakers: SpeakerTurns
    mezzanine: Mezzanine
    shots: Shots
    sound: SoundMeasures
    parts: list[Part] = field(default_factory=list)

    @property
    def good(self) -> list[Part]:
        return [part for part in self.parts if part.kind in GOOD]


def make_episode(seed: int, words: int, tuning: bool = False) -> Episode:
    """About `words` words of talk; the same seed gives the same episode."""
    rng = random.Random(seed)
    script = list(_script(rng, words, tuning))
    return _Recording(rng, np.random.default_rng(seed)).of(f"{words} words, seed {seed}", script)


def passages(name: str) -> list[str]:
    return [p for p in (TALK / f"{name}.txt").read_text(encoding="utf-8").split("\n\n") if p.strip()]


def _script(rng: random.Random, words: int, tuning: bool) -> Iterator[tuple[str, Turns]]:
    """The parts in order of time."""
    good = [(kind, p) for kind in GOOD for i, p in enumerate(passages(kind)) if (i % 3 == 0) == tuning]
    count = max(2, round(GOOD_PER_HOUR * words / WORDS_PER_HOUR))
    chosen = rng.sample(good, min(count, len(good)))
    intro, outro = (rng.choice(_edges(kind)) for kind in ("INTRO", "OUTRO"))
    ads = rng.sample(passages("ads"), 3)
    said = sum(len(p.split()) for _, p in chosen) + 60 * 5
    filler = _filler(rng, tuning)
    body: list[tuple[str, str]] = []
    while said < words:
        kind, text = next(filler)
        body.append((kind, text))
        said += len(text.split())
    # Good passages are spread at random, but never back to back.
    places = sorted(rng.sample(range(1, len(body)), min(len(chosen), len(body) - 1)))
    for shift, (at, passage) in enumerate(zip(places, chosen, strict=False)):
        body.insert(at + shift, passage)
    for n, ad in enumerate(ads[: 1 + (words > 4000) + (words > 9000)]):
        body.insert(round(len(body) * (0.3 + 0.25 * n)), ("ads", ad))
    if rng.random() < 0.5:
        _, text = rng.choice([c for c in chosen if c[0] != "jokes"] or chosen)
        voice, told = _turns(text)[-1]
        yield "opener", [(voice, " ".join(_sentences(told)[1:4]))]
    yield "intro", _turns(intro)
    for kind, text in body:
        yield kind, _turns(_fill(rng, text))
    yield "outro", _turns(outro)


def _filler(rng: random.Random, tuning: bool) -> Iterator[tuple[str, str]]:
    """Filler without end: each round in another order, some of it mixed from two passages."""
    all_of_it = [p for i, p in enumerate(passages("filler")) if (i % 3 == 0) == tuning]
    across = passages("crosstalk")[0].splitlines()
    alone = [p for p in all_of_it if "\n" not in p]
    while True:
        for text in rng.sample(all_of_it, len(all_of_it)):
            if text in alone and rng.random() < 0.5:
                mine, other = _sentences(text[3:]), _sentences(rng.choice(alone)[3:])
                cut = rng.randrange(1, len(mine))
                text = "G: " + " ".join(mine[:cut] + other[rng.randrange(len(other)) :])
            yield "filler", text
            if rng.random() < 0.12:
                yield "crosstalk", rng.choice(across).replace(" | ", "\n")


def _edges(kind: str) -> list[str]:
    return [p.split("\n", 1)[1] for p in passages("edges") if p.startswith(kind)]


def _fill(rng: random.Random, text: str) -> str:
    for slot, values in (("name", NAMES), ("place", PLACES), ("day", DAYS), ("n", NUMBERS)):
        text = text.replace("{" + slot + "}", rng.choice(values))
    return text


def _turns(text: str) -> Turns:
    return [(row[0], row[3:].strip()) for row in text.strip().splitlines()]


def _sentences(text: str) -> list[str]:
    found: list[str] = [""]
    for word in text.split():
        found[-1] = f"{found[-1]} {word}".strip()
        if word[-1] in ".?!":
            found.append("")
    return [s for s in found if s]


class _Recording:
    """Words with times, turns, and a loudness and pitch for every tenth of a second."""

    def __init__(self, rng: random.Random, noise: np.random.Generator) -> None:
        self.rng, self.noise = rng, noise
        self.words: list[Word] = []
        self.sentences: list[Sentence] = []
        self.owners: list[int] = []
        self.turns: list[Turn] = []
        self.loud: list[tuple[int, int, float, float]] = []
        self.laughs: list[tuple[int, int]] = []
        self.now = 800

    def of(self, name: str, script: Sequence[tuple[str, Turns]]) -> Episode:
        parts = []
        for kind, turns in script:
            first, begin = len(self.words), self.now
            # A good passage is told a little louder and livelier, but a dull one may be too.
            gain = self.rng.gauss(1.2 if kind in GOOD else 0.0, 1.5)
            spread = self.rng.uniform(2.0, 4.0) + (0.7 if kind in GOOD else 0.0)
            for voice, said in turns:
                self._say("HG".index(voice), said, gain, spread)
                self.now += self.rng.randrange(80, 500)
            end = self.words[-1].end_ms
            parts.append(Part(kind, first, len(self.words) - 1, begin, end))
            if kind == "jokes" or self.rng.random() < 0.04:
                self.laughs.append((end + 150, end + self.rng.randrange(1200, 2600)))
                self.now = self.laughs[-1][1]
            self.now += self.rng.randrange(200, 1400)
        return self._episode(name, parts)

    def _say(self, voice: int, said: str, gain: float, spread: float) -> None:
        begin, first = self.now, len(self.words)
        for text in said.split():
            length = 110 + 38 * len(text) + self.rng.randrange(60)
            self.words.append(Word(text=text, start_ms=self.now, end_ms=self.now + length, confidence=0.9))
            self.owners.append(voice)
            self.now += length + self.rng.randrange(10, 40)
            if text[-1] in ".?!":
                self.sentences.append(Sentence(first=first, last=len(self.words) - 1))
                first = len(self.words)
                self.now += self.rng.randrange(150, 600)
            elif text[-1] in ",;:":
                self.now += self.rng.randrange(60, 250)
        if first < len(self.words):
            self.sentences.append(Sentence(first=first, last=len(self.words) - 1, closed=False))
        end = self.words[-1].end_ms
        self.turns.append(Turn(speaker=f"S{voice + 1}", start_ms=begin, end_ms=end))
        self.loud.append((begin, end, gain, spread))

    def _episode(self, name: str, parts: list[Part]) -> Episode:
        length = self.now + 1000
        transcript = Transcript(
            language="en",
            language_confidence=1,
            provider="written",
            duration_ms=length,
            words=tuple(self.words),
            sentences=tuple(self.sentences),
        )
        voices = tuple(Interval(start_ms=t.start_ms, end_ms=t.end_ms) for t in self.turns)
        speakers = SpeakerTurns(
            speakers=("S1", "S2"),
            turns=tuple(self.turns),
            voice_activity=voices,
            word_speakers=tuple(self.owners),
        )
        mezzanine, shots = unseen_media(length, RATE)
        return Episode(name, transcript, speakers, mezzanine, shots, self._sound(length), parts)

    def _sound(self, length: int) -> SoundMeasures:
        count = length // HOP_MS + 1
        level, pitch = np.full(count, -62.0), np.full(count, np.nan)
        for begin, end, gain, spread in self.loud:
            at = slice(begin // HOP_MS, end // HOP_MS + 1)
            size = len(level[at])
            level[at] = -22.0 + gain + self.noise.normal(0, 3, size)
            pitch[at] = np.where(
                self.noise.random(size) < 0.6, 16 + self.noise.normal(0, spread, size), np.nan
            )
        laughing = np.zeros(count)
        for begin, end in self.laughs:
            laughing[begin // HOP_MS : end // HOP_MS + 1] = 1.0
            level[begin // HOP_MS : end // HOP_MS + 1] = -24.0
        return SoundMeasures(level, pitch, laughing)
