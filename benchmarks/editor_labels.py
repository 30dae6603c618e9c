"""Real podcast episodes with what a short-form editor would cut from them, as the selection stages see a source.

Read from `editors/` of the shared benchmark data (transcripts of The Changelog, CC BY-SA 4.0; see its manifest):
the words are exact, their clock is simulated. `degraded` is the same talk as a small speech model writes it.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.ports.embedder import Embedder
from shortform_assets.selection.read.script import Line, read_script

DATA = Path(__file__).resolve().parents[2] / "shared" / "benchdata" / "editors"
UNTOUCHED = 10
"""Episodes that nothing is ever tuned or trained on before the last training."""
FOLDS = 5
LONGEST_MS = 37_500
"""Half of the longest clip that the base genre allows: a run-on line never grows past it."""


@dataclass(frozen=True)
class Pick:
    """What an editor would post: words first..last without those of `skip`, pairs of first and last word."""

    first: int
    last: int
    skip: tuple[tuple[int, int], ...]
    grade: int
    """3 as it is, 2 good."""
    title: str
    hook: str

    def kept(self, words: int) -> np.ndarray:
        """(words,) bool: the words that the clip holds."""
        held = np.zeros(words, bool)
        held[self.first : self.last + 1] = True
        for a, b in self.skip:
            held[a : b + 1] = False
        return held


@dataclass(frozen=True)
class ShownTitle:
    """A title that was shown to the editor with a run of words, which is a clip of whatever worth."""

    text: str
    ok: int
    """0 bad, 1 passable, 2 good."""
    ranges: tuple[tuple[int, int], ...]
    """First and last words of the run."""
    grade: int
    """Of the run as a clip, 0 to 3."""


@dataclass(frozen=True)
class Talk:
    """One labelled episode. Words are numbered as in its transcript."""

    name: str
    transcript: Transcript
    turns: SpeakerTurns
    lines: tuple[Line, ...]
    sentences: tuple[tuple[int, int], ...]
    """First and last word of each, as the labels count them."""
    picks: tuple[Pick, ...]
    never: tuple[tuple[int, int], ...]
    titles: tuple[ShownTitle, ...]
    graded: tuple[tuple[int, int, int], ...]
    """First and last word and grade, 0 to 3, of runs that were shown to the editor."""

    @property
    def hours(self) -> float:
        return self.transcript.duration_ms / 3_600_000

    def never_words(self) -> np.ndarray:
        """(words,) bool: intros, outros, adverts, housekeeping, small talk."""
        held = np.zeros(len(self.transcript.words), bool)
        for a, b in self.never:
            held[a : b + 1] = True
        return held

    def overlaps(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(runs, picks) IoU by words of the runs of lines a..b with each pick, its inner cuts taken out."""
        first = np.array([line.first for line in self.lines])[a]
        last = np.array([line.last for line in self.lines])[b] + 1
        found = np.zeros((len(a), len(self.picks)), np.float32)
        for n, pick in enumerate(self.picks):
            held = np.r_[0, np.cumsum(pick.kept(len(self.transcript.words)))]
            shared = held[last] - held[first]
            found[:, n] = shared / (last - first + held[-1] - shared)
        return found


def read_talks(folder: Path = DATA) -> list[Talk]:
    """All episodes, in their order. FileNotFoundError where the data is not there."""
    labels = {row["episode"]: row for row in _rows(folder / "labels.jsonl.gz")}
    return [_talk(row, labels[row["id"]]) for row in _rows(folder / "episodes.jsonl.gz")]


def untouched(talks: Sequence[Talk]) -> set[str]:
    """Names of the episodes that are kept out of cross-validation; always the same ones."""
    names = [talk.name for talk in talks]
    return set(np.random.RandomState(7).permutation(names)[:UNTOUCHED].tolist())


def folds(talks: Sequence[Talk]) -> dict[str, int]:
    """The fold of every other episode, 0 to FOLDS - 1; always the same."""
    out = untouched(talks)
    names = [talk.name for talk in talks if talk.name not in out]
    return {name: k % FOLDS for k, name in enumerate(np.random.RandomState(11).permutation(names).tolist())}


def vectors_of(talk: Talk, embedder: Embedder, cache: Path | None) -> np.ndarray:
    """(lines, dimensions) float32 embeddings of the lines' texts, kept in `cache` under their digest."""
    texts = [line.text for line in talk.lines]
    key = hashlib.sha256("\n".join([embedder.name, *texts]).encode()).hexdigest()[:20]
    path = cache / f"{key}.npy" if cache else None
    if path and path.exists():
        return np.load(path).astype(np.float32)
    found = embedder.embed(texts)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, found.astype(np.float16))
    return found.astype(np.float16).astype(np.float32)


def degraded(talk: Talk, seed: int = 0) -> Talk:
    """The same words, one for one, as a small speech model writes them: see `_misheard`. Labels stay with their words."""
    random = np.random.RandomState(zlib.crc32(f"{talk.name} {seed}".encode()) % 2**31)
    texts, owners = _misheard(talk, random)
    ends = _sentence_ends(texts, owners, random)
    return _built(talk, texts, owners, ends)


# How often a small speech model errs so; guessed from Whisper base on a dozen real recordings, not measured.
LOST_STOP, LOST_AT_TURN, FALSE_STOP, FALSE_AT_AND = 0.2, 0.1, 0.006, 0.12
LOST_QUESTION, LOST_ELLIPSIS, LOST_COMMA, LOST_NAME, LATE_TURN = 0.3, 0.75, 0.35, 0.4, 0.2
JOINERS = frozenset({"and", "but", "so", "because", "or", "then"})
RUN_ON, LONGEST_RUN_ON = 45, 70
"""Words from which a run-on is parted at a comma or a joiner, and anywhere."""


def _misheard(talk: Talk, random: np.random.RandomState) -> tuple[list[str], list[int]]:
    """Quotation marks are gone, names misheard, stops lost, misplaced and invented, turns marked a word late or early."""
    stops = {b for _, b in talk.sentences}
    begins = {a for a, _ in talk.sentences}
    owners = list(talk.turns.word_speakers)
    texts: list[str] = []
    misheard: dict[str, bool] = {}
    said = [word.text for word in talk.transcript.words]
    for j, spoken in enumerate(said):
        text = re.sub(r'["“”()\[\]]', "", spoken).replace("…", "...")
        name = re.sub(r"\W", "", text)
        if j not in begins and text[:1].isupper() and len(name) > 3:
            misheard.setdefault(name, bool(random.rand() < LOST_NAME))
            text = _blurred(text, name, random) if misheard[name] else text
        turn = j + 1 < len(said) and owners[j + 1] != owners[j]
        if j in stops:
            if text.endswith("..."):
                text = text.rstrip(".") + ("." if random.rand() < LOST_ELLIPSIS else "")
            if text.endswith("?") and random.rand() < LOST_QUESTION:
                text = text[:-1] + "."
            if random.rand() < (LOST_AT_TURN if turn else LOST_STOP):
                text = text.rstrip(".?!") + ("," if random.rand() < 0.5 else "")
        else:
            if text.endswith(",") and random.rand() < LOST_COMMA:
                text = text[:-1]
            joins = text.endswith(",") or (j + 1 < len(said) and said[j + 1].lower() in JOINERS)
            if random.rand() < (FALSE_AT_AND if joins else FALSE_STOP):
                text = text.rstrip(",;:-") + "."
        texts.append(text or "-")
    return texts, _late_turns(owners, random)


def _blurred(text: str, name: str, random: np.random.RandomState) -> str:
    at = random.randint(1, len(name) - 1)
    other = name[:at] + (random.choice(list("aeioulnrst")) if random.rand() < 0.5 else "") + name[at + 1 :]
    return text.replace(name, other.lower() if random.rand() < 0.5 else other)


def _late_turns(owners: list[int], random: np.random.RandomState) -> list[int]:
    marked, j = list(owners), 1
    while j < len(marked):
        if owners[j] != owners[j - 1] and random.rand() < LATE_TURN:
            by = random.randint(1, 3)
            if random.rand() < 0.5:
                marked[j : j + by] = [owners[j - 1]] * len(marked[j : j + by])
                j += by
            else:
                marked[max(0, j - by) : j] = [owners[j]] * len(marked[max(0, j - by) : j])
        j += 1
    return marked


def _sentence_ends(texts: Sequence[str], owners: Sequence[int], random: np.random.RandomState) -> list[int]:
    ends, first = [], 0
    for j, text in enumerate(texts):
        last = j + 1 == len(texts)
        turn = not last and owners[j + 1] != owners[j] and random.rand() < 0.8
        long = j - first + 1
        part = text.endswith(",") or (not last and texts[j + 1].lower() in JOINERS)
        if (
            last
            or turn
            or text.endswith((".", "?", "!"))
            or (long >= RUN_ON and part)
            or long >= LONGEST_RUN_ON
        ):
            ends.append(j)
            first = j + 1
    return ends


def _built(talk: Talk, texts: Sequence[str], owners: Sequence[int], ends: Sequence[int]) -> Talk:
    words = tuple(w.model_copy(update={"text": t}) for w, t in zip(talk.transcript.words, texts, strict=True))
    firsts = [0, *(e + 1 for e in ends[:-1])]
    transcript = talk.transcript.model_copy(
        update={
            "words": words,
            # Each stands for itself: joining what lost its stop is what the degraded text is there to do.
            "sentences": tuple(Sentence(first=a, last=b) for a, b in zip(firsts, ends, strict=True)),
        }
    )
    turns = turns_of(words, owners, talk.turns.speakers)
    return replace(talk, transcript=transcript, turns=turns, lines=read_script(transcript, turns, LONGEST_MS))


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _talk(episode: dict[str, Any], labels: dict[str, Any]) -> Talk:
    sentences = tuple((a, b) for a, b in episode["sentences"])
    words = tuple(
        Word(text=text, start_ms=start, end_ms=max(end, start + 1), confidence=0.9)
        for text, start, end, _ in episode["words"]
    )
    owners = [speaker for *_, speaker in episode["words"]]
    transcript = Transcript(
        language="en",
        language_confidence=1,
        provider="benchmark",
        duration_ms=max(episode["duration_ms"], words[-1].end_ms),
        words=words,
        sentences=tuple(Sentence(first=a, last=b) for a, b in sentences),
    )
    turns = turns_of(words, owners, tuple(episode["speakers"]))
    shown = labels["candidates"].values()
    return Talk(
        name=episode["id"],
        transcript=transcript,
        turns=turns,
        lines=read_script(transcript, turns, LONGEST_MS),
        sentences=sentences,
        picks=tuple(
            Pick(
                first=sentences[p["first"]][0],
                last=sentences[p["last"]][1],
                skip=tuple((sentences[a][0], sentences[b][1]) for a, b in p["skip"]),
                grade=p["grade"],
                title=p["title"],
                hook=p["hook"],
            )
            for p in labels["picks"]
        ),
        never=tuple((sentences[p["first"]][0], sentences[p["last"]][1]) for p in labels["never"]),
        titles=tuple(
            # Some were kept as they stood on a page.
            ShownTitle(
                html.unescape(c["title"]), c["title_ok"], tuple((a, b) for a, b in c["ranges"]), c["grade"]
            )
            for c in shown
            if c["title"] and c["title_ok"] is not None
        ),
        graded=tuple((c["ranges"][0][0], c["ranges"][-1][1], c["grade"]) for c in shown),
    )


def turns_of(words: Sequence[Word], owners: Sequence[int], speakers: tuple[str, ...]) -> SpeakerTurns:
    """Turns of words whose speakers are known."""
    edges = [0, *(j for j in range(1, len(owners)) if owners[j] != owners[j - 1]), len(owners)]
    turns = tuple(
        Turn(speaker=speakers[owners[a]], start_ms=words[a].start_ms, end_ms=words[b - 1].end_ms)
        for a, b in pairwise(edges)
    )
    return SpeakerTurns(
        speakers=speakers,
        turns=turns,
        voice_activity=tuple(Interval(start_ms=t.start_ms, end_ms=t.end_ms) for t in turns),
        word_speakers=tuple(owners),
    )
