"""JSON results of speech services, each told by what only it has: words with times and who says them.

Their documents (2026): Deepgram and AssemblyAI transcripts, Azure batch and fast transcription, Google Speech-to-Text,
Rev AI, YouTube's json3, whisper.cpp, chunks of Hugging Face pipelines, ElevenLabs Scribe, Amazon Transcribe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from shortform_assets.errors import InputError
from shortform_assets.speech.own.own_cues import CueWord, OwnCue, check_times, cues_of_words, spoken_text

_SECONDS, _MS, _TICKS = 1000.0, 1.0, 1e-4
"""Milliseconds in a unit; Azure counts in ticks of 100 ns."""
_NUMBER = re.compile(r"(\d{1,12}(?:\.\d*)?)s?")
"""Of Google's durations, too: `1.300s`."""


class _Service(NamedTuple):
    name: str
    is_its: Callable[[dict[str, Any]], bool]
    cues: Callable[[dict[str, Any], str], tuple[OwnCue, ...]]


def service_cues(value: dict[str, Any], where: str) -> tuple[OwnCue, ...] | None:
    """Cues of a service's result; None where it is none that is known.

    InputError says which service's it was taken for where it lacks what that writes.
    """
    service = next((one for one in _SERVICES if one.is_its(value)), None)
    if service is None:
        return None
    try:
        return service.cues(value, where)
    except (LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"it looks like {service.name}, but is not whole ({type(error).__name__}: {error})",
            where,
            "give that service's JSON result as it is, with times of words",
        ) from error


def number(value: Any, place: str) -> float:
    """A number, or one in a string as Amazon and Google write it; InputError names what is none."""
    if isinstance(value, str) and (found := _NUMBER.fullmatch(value.strip())):
        return float(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{str(value)[:40]!r} is not a time", place, "write seconds, such as 12.5")
    try:
        return float(value)
    except OverflowError as error:
        raise InputError("the time is too large", place, "write seconds, such as 12.5") from error


def _word(text: Any, start: Any, end: Any, unit: float, place: str, speaker: Any = None) -> Iterator[CueWord]:
    """The word, or nothing where it is none."""
    if said := spoken_text(str(text)):
        low, high = check_times(number(start, place) * unit, number(end, place) * unit, place)
        yield CueWord(said, low, high, "" if speaker is None else str(speaker))


def _deepgram(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    for entry in value["results"]["channels"][0]["alternatives"][0]["words"]:
        text = entry.get("punctuated_word") or entry["word"]
        yield from _word(text, entry["start"], entry["end"], _SECONDS, where, entry.get("speaker"))


def _assemblyai(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    for entry in value["words"]:
        yield from _word(entry["text"], entry["start"], entry["end"], _MS, where, entry.get("speaker"))


def _azure_batch(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    for phrase in value["recognizedPhrases"]:
        best, speaker = phrase["nBest"][0], phrase.get("speaker")
        start, length = phrase["offsetInTicks"], phrase["durationInTicks"]
        yield from _phrase(best["display"], start, length, _TICKS, where, speaker)


def _azure_fast(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    for phrase in value["phrases"]:
        start, length = phrase["offsetMilliseconds"], phrase["durationMilliseconds"]
        yield from _phrase(phrase["text"], start, length, _MS, where, phrase.get("speaker"))


def _phrase(text: str, start: Any, length: Any, unit: float, place: str, speaker: Any) -> Iterator[CueWord]:
    """The written words of a phrase, which differ from its timed ones, sharing its time by letters."""
    words = spoken_text(text).split()
    begin, span = number(start, place), number(length, place)
    total, before = sum(map(len, words)), 0
    for word in words:
        low = begin + span * before / total
        before += len(word)
        yield from _word(word, low, begin + span * before / total, unit, place, speaker)


def _google(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    results = [result["alternatives"][0] for result in value["results"] if result.get("alternatives")]
    timed = [entry for result in results for entry in result.get("words", ())]
    # With diarization the last result tells all words once more, with their speakers.
    if results and any("speakerTag" in entry for entry in results[-1].get("words", ())):
        timed = results[-1]["words"]
    if results and not timed:
        raise KeyError("words")
    for entry in timed:
        speaker = entry.get("speakerTag", entry.get("speakerLabel"))
        start = entry.get("startTime", entry.get("startOffset", "0s"))
        end = entry.get("endTime", entry.get("endOffset"))
        yield from _word(entry["word"], start, end, _SECONDS, where, speaker)


def _rev(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    names = {entry["id"]: entry["name"] for entry in value.get("speakers") or () if "name" in entry}
    for monologue in value["monologues"]:
        speaker = names.get(monologue.get("speaker"), monologue.get("speaker"))
        words: list[CueWord] = []
        for element in monologue["elements"]:
            if element["type"] == "text":
                words += _word(element["value"], element["ts"], element["end_ts"], _SECONDS, where, speaker)
            elif words and (mark := element["value"].strip()):
                words[-1] = replace(words[-1], text=words[-1].text + mark)
        yield from words


def _youtube(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    timed = [event for event in value["events"] if event.get("segs") and "tStartMs" in event]
    for event, after in zip(timed, [*timed[1:], None], strict=True):
        begin, segs = event["tStartMs"], event["segs"]
        end = begin + event.get("dDurationMs", 0)
        if after is not None:
            # An event is shown longer than it is said: until the next but one.
            end = max(begin, min(end, after["tStartMs"]))
        if not any("tOffsetMs" in seg for seg in segs):
            text = "".join(seg.get("utf8", "") for seg in segs)
            yield from _phrase(text, begin, end - begin, _MS, where, None)
            continue
        starts = [begin + seg.get("tOffsetMs", 0) for seg in segs]
        for seg, start, stop in zip(segs, starts, [*starts[1:], end], strict=True):
            yield from _word(seg.get("utf8", ""), start, max(start, stop), _MS, where)


def _whisper_cpp(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    for entry in value["transcription"]:
        low, high = entry["offsets"]["from"], entry["offsets"]["to"]
        yield from _phrase(entry["text"], low, high - low, _MS, where, None)


def _elevenlabs(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    for entry in value["words"]:
        if entry["type"] == "word":
            yield from _word(
                entry["text"], entry["start"], entry["end"], _SECONDS, where, entry.get("speaker_id")
            )


def _amazon(value: dict[str, Any], where: str) -> Iterator[CueWord]:
    words: list[CueWord] = []
    for number_, entry in enumerate(value["results"]["items"], 1):
        place = f"{where}, results.items, entry {number_}"
        try:
            content = entry["alternatives"][0]["content"]
        except (LookupError, TypeError) as error:
            raise InputError(
                "it has no alternatives[0].content", place, "give the job's JSON result as it is"
            ) from error
        if entry.get("type") != "punctuation":
            speaker = entry.get("speaker_label")
            words += _word(content, entry.get("start_time"), entry.get("end_time"), _SECONDS, place, speaker)
        elif words:
            words[-1] = replace(words[-1], text=words[-1].text + content.strip())
    yield from words


def _chunks(value: dict[str, Any], where: str) -> tuple[OwnCue, ...]:
    """Chunks are words or sentences, as the pipeline was asked; the last may have no end."""
    entries = value["chunks"]
    words = all(len(entry["text"].split()) <= 1 for entry in entries)
    found: list[CueWord] = []
    for entry in entries:
        low, high = entry["timestamp"]
        high = low if high is None else high
        place = f"{where}, chunks"
        if words:
            found += _word(entry["text"], low, high, _SECONDS, place)
        else:
            found += _phrase(
                entry["text"], low, number(high, place) - number(low, place), _SECONDS, place, None
            )
    return cues_of_words(found)


def _of_words(read: Callable[[dict[str, Any], str], Iterator[CueWord]]) -> Callable[..., tuple[OwnCue, ...]]:
    return lambda value, where: cues_of_words(list(read(value, where)))


def _has(*path: str) -> Callable[[dict[str, Any]], bool]:
    def has(value: Any) -> bool:
        for key in path:
            if not isinstance(value, dict) or key not in value:
                return False
            value = value[key]
        return isinstance(value, list)

    return has


_ASSEMBLYAI = {"audio_duration", "acoustic_model", "speech_model", "speech_models", "audio_url"}
_SERVICES = (
    _Service("a Deepgram transcript", _has("results", "channels"), _of_words(_deepgram)),
    _Service("an Amazon Transcribe result", _has("results", "items"), _of_words(_amazon)),
    _Service("a Google Speech-to-Text result", _has("results"), _of_words(_google)),
    _Service("an Azure batch transcription", _has("recognizedPhrases"), _of_words(_azure_batch)),
    _Service("an Azure fast transcription", _has("phrases"), _of_words(_azure_fast)),
    _Service("a Rev transcript", _has("monologues"), _of_words(_rev)),
    _Service("YouTube's json3", _has("events"), _of_words(_youtube)),
    _Service("a whisper.cpp transcript", _has("transcription"), _of_words(_whisper_cpp)),
    _Service("chunks of a Hugging Face pipeline", _has("chunks"), _chunks),
    _Service(
        "an ElevenLabs transcript",
        lambda value: (
            _has("words")(value)
            and any(isinstance(entry, dict) and entry.get("type") == "spacing" for entry in value["words"])
        ),
        _of_words(_elevenlabs),
    ),
    _Service(
        "an AssemblyAI transcript",
        lambda value: _has("words")(value) and bool(_ASSEMBLYAI & value.keys()),
        _of_words(_assemblyai),
    ),
)
