"""Transcripts made from plain text, for the tests of this room."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from itertools import pairwise

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.selection import Shot, Shots
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word

RATE = FrameRate(num=25)


def talk(script: str, *, pause_ms: int = 300, tail_ms: int = 1000) -> tuple[Transcript, SpeakerTurns]:
    """`script` has a line a turn, `NAME: sentences`; an empty line is a pause of three seconds."""
    words: list[Word] = []
    sentences: list[Sentence] = []
    owners: list[int] = []
    names: list[str] = []
    turns: list[Turn] = []
    voice: list[Interval] = []
    now, first = 500, 0
    for row in script.strip().splitlines():
        if not row.strip():
            now += 3000
            continue
        name, _, said = row.partition(":")
        if name not in names:
            names.append(name)
        begin = now
        for text in said.split():
            length = 120 + 45 * len(text)
            words.append(Word(text=text, start_ms=now, end_ms=now + length, confidence=0.9))
            owners.append(names.index(name))
            now += length + 20
            if text.rstrip("\"'”")[-1:] in ".?!。？":
                sentences.append(Sentence(first=first, last=len(words) - 1))
                voice.append(Interval(start_ms=words[first].start_ms, end_ms=words[-1].end_ms))
                first = len(words)
                now += pause_ms
        turns.append(Turn(speaker=f"S{names.index(name) + 1}", start_ms=begin, end_ms=words[-1].end_ms))
    if first < len(words):
        sentences.append(Sentence(first=first, last=len(words) - 1, closed=False))
        voice.append(Interval(start_ms=words[first].start_ms, end_ms=words[-1].end_ms))
    transcript = Transcript(
        language="en",
        language_confidence=1,
        provider="test",
        duration_ms=now + tail_ms,
        words=tuple(words),
        sentences=tuple(sentences),
    )
    return transcript, SpeakerTurns(
        speakers=tuple(f"S{i + 1}" for i in range(len(names))),
        turns=tuple(turns),
        voice_activity=tuple(voice),
        word_speakers=tuple(owners),
    )


def silent_media(
    duration_ms: int, rate: FrameRate = RATE, cuts: Collection[int] = ()
) -> tuple[Mezzanine, Shots]:
    """A mezzanine of that length whose speech nobody listens to; `cuts` are where new shots begin."""
    blob = Blob(sha256=hashlib.sha256(b"").hexdigest(), size=0)
    frames = max(1, rate.frame(duration_ms))
    mezzanine = Mezzanine(
        video=blob,
        speech=blob,
        width=640,
        height=360,
        rate=rate,
        frames=frames,
        speech_samples=0,
        remuxed=True,
    )
    edges = [0, *sorted(cut for cut in set(cuts) if 0 < cut < frames), frames]
    return mezzanine, Shots(shots=tuple(Shot(start_frame=a, end_frame=b) for a, b in pairwise(edges)))
