"""The user's own transcript: read from a file, then timed like anything that was heard, never doubted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import RawSegment, RawWord
from shortform_assets.speech.own.own_cues import CueWord, OwnCue
from shortform_assets.speech.own.own_json import read_json
from shortform_assets.speech.own.own_subtitles import read_srt, read_vtt

__all__ = ["CueWord", "OwnCue", "beyond", "own_segments", "parse_transcript"]

_MOST_BYTES = 64 << 20
"""Our choice: far more than a talk has, and little enough to be read in one go."""
_FORMATS = "give SubRip (.srt), WebVTT (.vtt) or JSON"


def parse_transcript(data: bytes, name: str = "") -> tuple[OwnCue, ...]:
    """Cues of a SubRip, WebVTT or JSON transcript, by start time, never empty of words.

    The content tells the format; `name` (a file name or media type) is for the error's sentence. Cues may
    overlap and lie beyond the end of the recording. InputError names the line or entry and what to do.
    """
    # The query of an address may hold a key.
    name = PurePath(name.partition("?")[0]).name
    where = f"transcript {name}".strip()
    if len(data) > _MOST_BYTES:
        raise InputError(f"it has {len(data) >> 20} MiB", where, _FORMATS)
    text = _decode(data, where)
    if text.lstrip()[:1] in ("{", "[") or name.lower().endswith("json"):
        cues = read_json(text, where)
    elif text.startswith("WEBVTT") or name.lower().endswith("vtt"):
        cues = read_vtt(text, where)
    elif "-->" in text or name.lower().endswith(("srt", "subrip")):
        cues = read_srt(text, where)
    else:
        raise InputError("this is no transcript with times", where, _FORMATS)
    if not cues:
        raise InputError("there are no words in it", where, "leave it out to have the words recognised")
    return tuple(sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)))


def own_segments(cues: Sequence[OwnCue], start_ms: int, end_ms: int) -> tuple[RawSegment, ...]:
    """The cues whose middle lies in source [start_ms, end_ms) as segments, seconds from `start_ms`.

    They are trusted: log-probability 0, so that a word's confidence is 1. `words` are empty where the file
    has no times for them. Times are cut at both ends.
    """
    return tuple(
        _segment(cue, start_ms, end_ms) for cue in cues if start_ms <= _middle(cue) < max(end_ms, start_ms)
    )


def beyond(cues: Sequence[OwnCue], duration_ms: int) -> tuple[OwnCue, ...]:
    """The cues that `own_segments` leaves out of a whole source, because they lie beyond its end.

    InputError where that is most of the text: it belongs to another recording then.
    """
    late = tuple(cue for cue in cues if _middle(cue) >= duration_ms)
    if sum(len(cue.text) for cue in late) * 2 > sum(len(cue.text) for cue in cues):
        raise InputError(
            f"most of it lies beyond the end of the recording, which is {duration_ms / 1000:.0f} s long",
            "transcript",
            "give the transcript of this very recording",
        )
    return late


def _decode(data: bytes, where: str) -> str:
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("it is not UTF-8", f"{where}, line {line}", "save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _middle(cue: OwnCue) -> int:
    return (cue.start_ms + cue.end_ms) // 2


def _segment(cue: OwnCue, low: int, high: int) -> RawSegment:
    def at(time_ms: int) -> float:
        return (min(max(time_ms, low), high) - low) / 1000

    words = tuple(RawWord(f" {word.text}", at(word.start_ms), at(word.end_ms), 1.0) for word in cue.words)
    return RawSegment(
        at(cue.start_ms), at(cue.end_ms), f" {cue.text}", words, 0.0, 0.0, 1.0, speaker=cue.speaker
    )
