"""What is said, as files beside the video: SubRip, WebVTT, and JSON with every word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import ClipWord
from shortform_assets.delivery.cues import SubtitleCue, TimedWord, cues, label
from shortform_assets.text.clock import clock
from shortform_assets.text.spacing import joined
from shortform_assets.text.writing_systems import direction_mark, reads_right_to_left


@dataclass(frozen=True)
class Captions:
    """The words of one file, in milliseconds from its start; `named` says who speaks in SRT and VTT too."""

    language: str
    duration_ms: int
    words: tuple[TimedWord, ...]
    named: bool = False

    @staticmethod
    def of(
        words: Sequence[ClipWord], rate: FrameRate, frames: int, language: str, named: bool = False
    ) -> Captions:
        """`words` of a file of `frames` frames."""
        duration = rate.ms(frames)
        timed = tuple(
            TimedWord(
                word.text,
                start := min(rate.ms(word.start_frame), duration),
                max(start, min(rate.ms(word.end_frame), duration)),
                word.confidence,
                word.speaker,
            )
            for word in words
        )
        return Captions(language, duration, timed, named)

    @cached_property
    def cues(self) -> list[SubtitleCue]:
        return cues(self.words, self.duration_ms, self.named)


def srt(captions: Captions) -> str:
    """SubRip; empty where nothing is said. A change of speaker begins with the new one's label."""
    blocks, speaker = [], ""
    for number, cue in enumerate(captions.cues, 1):
        lines = [_plain(line) for line in cue.lines]
        if captions.named and cue.speaker != speaker:
            speaker = cue.speaker
            lines[0] = label(speaker) + lines[0]
        lines = [_directed(line, captions.language) for line in lines]
        times = f"{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}"
        blocks.append("\n".join([str(number), times, *lines]) + "\n\n")
    return "".join(blocks)


def vtt(captions: Captions) -> str:
    """WebVTT; only the header where nothing is said. Speakers are voice tags."""
    blocks = ["WEBVTT\n\n"]
    for cue in captions.cues:
        voice = f"<v {_escaped(cue.speaker)}>" if captions.named and cue.speaker else ""
        times = f"{_time(cue.start_ms, '.')} --> {_time(cue.end_ms, '.')}"
        blocks.append(
            "\n".join(
                [times, voice + "\n".join(_escaped(_directed(line, captions.language)) for line in cue.lines)]
            )
            + "\n\n"
        )
    return "".join(blocks)


def words_json(captions: Captions) -> str:
    """JSON: language, duration_ms, words (text, start_ms, end_ms, confidence, speaker) and the cues as segments.

    `speaker` is empty where it is not known; `confidence` is from 0 to 1.
    """
    value = {
        "language": captions.language,
        "duration_ms": captions.duration_ms,
        "words": [
            {
                "text": word.text,
                "start_ms": word.start_ms,
                "end_ms": word.end_ms,
                "confidence": word.confidence,
                "speaker": word.speaker,
            }
            for word in captions.words
        ],
        "segments": [
            {
                "start_ms": cue.start_ms,
                "end_ms": cue.end_ms,
                "text": joined(cue.lines),
                "speaker": cue.speaker,
            }
            for cue in captions.cues
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


FORMATS = {"srt": srt, "vtt": vtt, "json": words_json}
"""File ending -> what writes it."""
SUBTITLES = ("srt", "vtt")
"""Those of which all is meant to be read: a translation has no words with times of their own."""


def _time(ms: int, point: str) -> str:
    return clock(ms, 3, hours=2, point=point)


def _directed(line: str, language: str) -> str:
    """The line with a mark in front where a player, which goes by its first letter, would lay it out the wrong way."""
    return direction_mark(line, reads_right_to_left(line, language)) + line


def _plain(text: str) -> str:
    # SubRip knows no escape: its arrow and its tags must not come from the words.
    return text.replace("-->", "→").replace("<", "‹").replace(">", "›")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
