"""The QMSum meetings as transcripts, with their topics and the spans that answer a question.

QMSum (Zhong et al., NAACL 2021) gives turns without times: words last 0.4 s here, turns follow one another.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word

WORD_MS, TURN_MS = 400, 200
NEAR = 2
"""Labelled spans that start this close to another, or to an end of the meeting, are no second boundary."""


@dataclass(frozen=True)
class Meeting:
    transcript: Transcript
    speakers: SpeakerTurns
    turn_of: tuple[int, ...]
    """For every word its turn."""
    turns: tuple[tuple[str, ...], ...]
    """The words of every turn, lower case."""
    boundaries: tuple[int, ...]
    """Turns at which an annotator lets a topic begin."""
    queries: tuple[tuple[tuple[int, int], ...], ...]
    """For every question the turns that answer it, first and last."""


def read_meetings(path: Path) -> list[Meeting]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_meeting(json.loads(line)) for line in lines]


def _meeting(row: dict[str, Any]) -> Meeting:
    words: list[Word] = []
    sentences: list[Sentence] = []
    turns: list[Turn] = []
    names: list[str] = []
    owners: list[int] = []
    turn_of: list[int] = []
    plain: list[tuple[str, ...]] = []
    now = 0
    for at, turn in enumerate(row["meeting_transcripts"]):
        name, said = turn["speaker"], _clean(turn["content"])
        if name not in names:
            names.append(name)
        plain.append(tuple(re.findall(r"[a-z0-9'-]+", " ".join(said).lower())))
        begin, first = now, len(words)
        for text in said:
            words.append(Word(text=text, start_ms=now, end_ms=now + WORD_MS, confidence=1.0))
            owners.append(names.index(name))
            turn_of.append(at)
            now += WORD_MS
            if text[-1] in ".?!":
                sentences.append(Sentence(first=first, last=len(words) - 1))
                first = len(words)
        if first < len(words):
            sentences.append(Sentence(first=first, last=len(words) - 1, closed=False))
        if said:
            turns.append(Turn(speaker=f"S{names.index(name) + 1}", start_ms=begin, end_ms=now))
            now += TURN_MS
    starts = (int(span[0]) for topic in row["topic_list"] for span in topic["relevant_text_span"])
    queries = (query["relevant_text_span"] for query in row["specific_query_list"])
    return Meeting(
        transcript=Transcript(
            language="en",
            language_confidence=1,
            provider="QMSum",
            duration_ms=now,
            words=tuple(words),
            sentences=tuple(sentences),
        ),
        speakers=SpeakerTurns(
            speakers=tuple(f"S{i + 1}" for i in range(len(names))),
            turns=tuple(turns),
            voice_activity=tuple(Interval(start_ms=t.start_ms, end_ms=t.end_ms) for t in turns),
            word_speakers=tuple(owners),
        ),
        turn_of=tuple(turn_of),
        turns=tuple(plain),
        boundaries=tuple(_apart(sorted(set(starts)), len(plain))),
        queries=tuple(tuple((int(a), int(b)) for a, b in spans) for spans in queries if spans),
    )


def _apart(starts: list[int], n: int) -> Iterator[int]:
    last = 0
    for start in starts:
        if start - last > NEAR and n - start > NEAR:
            yield start
            last = start


def _clean(content: str) -> list[str]:
    """Words with their punctuation; {disfmarker} and the like are no words."""
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", content)
    text = re.sub(r"\s+('(?:s|re|ve|ll|m|d|t)\b|n't\b)", r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r"\s*-\s+(?=\w)", "-", text.replace(" _ ", " "))
    text = re.sub(r"\s+([.,?!;:])", r"\1", text)
    return [word for word in text.split() if re.search(r"\w", word)]
