"""The words of a clip in clip time, and those of the whole source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import VoiceTurn
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.contracts.speech import SpeakerTurns, Transcript

MILLISECONDS = FrameRate(num=1000)
"""The rate at which the words of a whole source are timed: their frames are milliseconds."""


@dataclass(frozen=True)
class SpokenWord:
    """A written word in clip frames [start_frame, end_frame), at least one frame long."""

    text: str
    start_frame: int
    end_frame: int
    source_ms: tuple[int, int]
    speaker: int = -1
    """Index into the speakers of the turns, or -1."""
    ends_sentence: bool = False
    confidence: float = 1.0
    """0 to 1."""
    emphasis: bool = False
    """A key word of its clip: see `key_words`."""


def clip_words(
    clip: PlannedClip, rate: FrameRate, transcript: Transcript, turns: SpeakerTurns
) -> list[SpokenWord]:
    """Each word of the clip once, in playing order, starts never decreasing.

    A word that a join of spans cuts is shown for as long as any of it is heard.
    """
    lasts = {sentence.last for sentence in transcript.sentences}
    found: list[SpokenWord] = []
    offset, previous = 0, -1
    for span, (first, last) in zip(clip.spans, clip.word_ranges, strict=True):
        for index in range(first, last + 1):
            word = transcript.words[index]
            low = max(rate.frame(word.start_ms), span.start_frame) - span.start_frame + offset
            high = min(rate.nearest(word.end_ms), span.end_frame) - span.start_frame + offset
            low = min(low, offset + span.frames - 1)
            high = min(max(high, low + 1), offset + span.frames)
            if index == previous:
                found[-1] = replace(found[-1], end_frame=max(high, found[-1].end_frame))
                continue
            floor = found[-1].start_frame if found else 0
            low = max(low, floor)
            speaker = turns.word_speakers[index] if index < len(turns.word_speakers) else -1
            found.append(
                SpokenWord(
                    word.text,
                    low,
                    max(high, low + 1),
                    (word.start_ms, word.end_ms),
                    speaker,
                    index in lasts,
                    word.confidence,
                )
            )
            previous = index
        offset += span.frames
    return [word for word in found if word.text.strip()]


def source_words(transcript: Transcript, turns: SpeakerTurns) -> list[SpokenWord]:
    """Every word of the source at `MILLISECONDS`."""
    lasts = {sentence.last for sentence in transcript.sentences}
    speakers = turns.word_speakers
    return [
        SpokenWord(
            word.text,
            word.start_ms,
            max(word.end_ms, word.start_ms + 1),
            (word.start_ms, word.end_ms),
            speakers[index] if index < len(speakers) else -1,
            index in lasts,
            word.confidence,
        )
        for index, word in enumerate(transcript.words)
        if word.text.strip()
    ]


def voice_turns(words: Sequence[SpokenWord], speakers: Sequence[str]) -> tuple[VoiceTurn, ...]:
    """Who is heard when: stretches of words of one speaker, those of nobody known left out."""
    turns: list[VoiceTurn] = []
    for word in words:
        if word.speaker < 0:
            continue
        name = speakers[word.speaker]
        if turns and turns[-1].speaker == name:
            end = max(word.end_frame, turns[-1].end_frame)
            turns[-1] = turns[-1].model_copy(update={"end_frame": end})
        else:
            turns.append(VoiceTurn(start_frame=word.start_frame, end_frame=word.end_frame, speaker=name))
    return tuple(turns)
