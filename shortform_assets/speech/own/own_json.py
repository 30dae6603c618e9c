"""JSON transcripts: Whisper's and WhisperX's segments, OpenAI's, our own export, and those of services."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shortform_assets.errors import InputError
from shortform_assets.speech.own.own_cues import CueWord, OwnCue, check_times, cues_of_words, spoken_text
from shortform_assets.speech.own.own_services import number, service_cues
from shortform_assets.speech.own.own_speakers import RawCue, told_apart

_SHAPES = (
    'give {"segments": [{"start": seconds, "end": seconds, "text": "..."}]} or a list of such; '
    "the JSON of Whisper, WhisperX, whisper.cpp, OpenAI, Deepgram, AssemblyAI, ElevenLabs, Rev, Amazon, Azure, Google "
    "and YouTube is read too"
)
_TIMES = (("start_ms", "end_ms", 1.0), ("start", "end", 1000.0), ("start_time", "end_time", 1000.0))
"""Names of begin and end, and how many milliseconds their unit has: ours, Whisper's, others'."""


def read_json(text: str, where: str) -> tuple[OwnCue, ...]:
    """Cues in the order of the file; InputError names the entry and the key."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InputError(f"it is not JSON: {error}", where, "export it again") from error
    except RecursionError as error:
        raise InputError("it is nested too deeply", where, _SHAPES) from error
    if isinstance(value, list):
        return _listed(value, where)
    if not isinstance(value, dict):
        raise InputError("it has no segments", where, _SHAPES)
    if (cues := service_cues(value, where)) is not None:
        return cues
    words = value.get("words")
    if isinstance(value.get("segments"), list) and value["segments"]:
        cues = _segments(value["segments"], f"{where}, segments")
        return _with_words(cues, _words(words, f"{where}, words")) if isinstance(words, list) else cues
    if isinstance(words, list):
        return cues_of_words(_words(words, f"{where}, words"))
    raise InputError("it has no segments and no words", where, _SHAPES)


def _listed(entries: list[Any], where: str) -> tuple[OwnCue, ...]:
    """A bare list: of words where every entry is one, else of segments."""
    texts = [_said(entry) for entry in entries]
    if len(texts) > 1 and all(text is not None and len(text.split()) <= 1 for text in texts):
        return cues_of_words(_words(entries, where))
    return _segments(entries, where)


def _segments(entries: list[Any], where: str) -> tuple[OwnCue, ...]:
    raw, words = [], {}
    for at, entry in enumerate(entries, 1):
        place = f"{where}, entry {at}"
        text = _text(entry, place)
        start, end = _times(entry, place)
        raw.append(RawCue.of(start, end, text, _speaker(entry)))
        own = entry.get("words")
        # Words beside a text may lack times (WhisperX on numbers) or be others than those of the text.
        if isinstance(own, list):
            words[start, end] = _words(own, f"{place}, words", strict=False)
    return tuple(_matched(cue, words.get((cue.start_ms, cue.end_ms), ())) for cue in told_apart(raw))


def _words(entries: list[Any], where: str, strict: bool = True) -> tuple[CueWord, ...]:
    """The words of a list; without `strict` none at all where one has no times."""
    words = []
    for at, entry in enumerate(entries, 1):
        place = f"{where}, entry {at}"
        text = _text(entry, place)
        if not strict and not _has_times(entry):
            return ()
        start, end = _times(entry, place)
        if said := spoken_text(text):
            words.append(CueWord(said, start, end, _speaker(entry)))
    return tuple(words)


def _with_words(cues: Sequence[OwnCue], words: Sequence[CueWord]) -> tuple[OwnCue, ...]:
    """Cues with their share of the words that stand beside them, where these have the same letters."""
    if any(cue.words for cue in cues):
        return tuple(cues)
    found, at = [], 0
    for cue in cues:
        wanted, first, size = len(_letters(cue.text)), at, 0
        while size < wanted and at < len(words):
            size += len(_letters(words[at].text))
            at += 1
        found.append(_matched(cue, words[first:at]))
    return tuple(found)


def _matched(cue: OwnCue, words: Sequence[CueWord]) -> OwnCue:
    """The cue with the times of `words` and the marks of its text, where both have the same letters."""
    written = cue.text.split()
    if [_letters(text) for text in written] == [_letters(word.text) for word in words]:
        timed = (replace(word, text=text) for text, word in zip(written, words, strict=True))
        return _said_by(replace(cue, words=tuple(timed)))
    # Written without spaces between words.
    same = len(written) == 1 and _letters(cue.text) == "".join(_letters(word.text) for word in words)
    return _said_by(replace(cue, words=tuple(words))) if same else cue


def _said_by(cue: OwnCue) -> OwnCue:
    """The cue with the speaker of its words, if it has none itself and they have one."""
    speakers = {word.speaker for word in cue.words}
    return replace(cue, speaker=speakers.pop()) if not cue.speaker and len(speakers) == 1 else cue


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _said(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    return next((entry[key] for key in ("text", "word", "content") if isinstance(entry.get(key), str)), None)


def _speaker(entry: dict[str, Any]) -> str:
    """As WhisperX, our own export and others call who says it."""
    speaker = entry.get("speaker")
    return "" if speaker is None or isinstance(speaker, dict | list) else str(speaker)


def _text(entry: Any, place: str) -> str:
    text = _said(entry)
    if text is None:
        raise _lacking("text", place)
    return text


def _has_times(entry: dict[str, Any]) -> bool:
    return any(entry.get(low) is not None and entry.get(high) is not None for low, high, _ in _TIMES)


def _times(entry: dict[str, Any], place: str) -> tuple[int, int]:
    for low, high, factor in _TIMES:
        if low in entry or high in entry:
            start, end = (number(entry.get(key), f"{place}, {key}") * factor for key in (low, high))
            return check_times(start, end, place)
    raise _lacking("start", place)


def _lacking(key: str, place: str) -> InputError:
    return InputError(f"it has no {key}", place, _SHAPES)
