"""Short sources cut out of labelled episodes: how little talk the learned judgement can be asked about."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from editor_labels import LONGEST_MS, Pick, Talk, turns_of

from shortform_assets.contracts.speech import Sentence, Word
from shortform_assets.selection.read.script import read_script


def excerpt(talk: Talk, lines: int) -> tuple[Talk, slice]:
    """That many lines from a random place, as a source of its own, and where they stood. Picks that are cut fall out."""
    place = zlib.crc32(f"{talk.name} {lines}".encode()) % max(1, len(talk.lines) - lines + 1)
    kept = talk.lines[place : place + lines]
    low, high = kept[0].first, kept[-1].last
    words = tuple(_earlier(word, kept[0].start_ms) for word in talk.transcript.words[low : high + 1])
    sentences = tuple((a - low, b - low) for a, b in talk.sentences if low <= a and b <= high)
    transcript = talk.transcript.model_copy(
        update={
            "words": words,
            "duration_ms": words[-1].end_ms,
            "sentences": tuple(
                Sentence(first=s.first - low, last=s.last - low, closed=s.closed)
                for s in talk.transcript.sentences
                if low <= s.first and s.last <= high
            ),
        }
    )
    turns = turns_of(words, list(talk.turns.word_speakers[low : high + 1]), talk.turns.speakers)
    found = replace(
        talk,
        name=f"{talk.name}, {lines} lines",
        transcript=transcript,
        turns=turns,
        lines=read_script(transcript, turns, LONGEST_MS),
        sentences=sentences,
        picks=tuple(_shifted(p, low) for p in talk.picks if low <= p.first and p.last <= high),
        never=_inside(talk.never, low, high),
        titles=(),
        graded=(),
    )
    assert [line.text for line in found.lines] == [line.text for line in kept], "the lines fell otherwise"
    return found, slice(place, place + lines)


def _earlier(word: Word, by_ms: int) -> Word:
    start, end = word.start_ms - by_ms, word.end_ms - by_ms
    return word.model_copy(update={"start_ms": max(0, start), "end_ms": max(1, end)})


def _shifted(pick: Pick, low: int) -> Pick:
    skip = tuple((a - low, b - low) for a, b in pick.skip)
    return replace(pick, first=pick.first - low, last=pick.last - low, skip=skip)


def _inside(zones: Sequence[tuple[int, int]], low: int, high: int) -> tuple[tuple[int, int], ...]:
    cut = np.clip(np.array(zones, int).reshape(-1, 2), low, high) - low
    return tuple(
        (int(a), int(b)) for (a, b), (x, y) in zip(cut, zones, strict=True) if y >= low and x <= high
    )
