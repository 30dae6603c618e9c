"""Recognition of a long recording, chunk by chunk, with a second try where the decoder got lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shortform_assets.contracts.slices.speech import SpeechSlice
from shortform_assets.contracts.speech import GuardAction
from shortform_assets.speech.hallucinations import suspicious
from shortform_assets.speech.recognizer import Floats, RawSegment, RawTranscript, RawWord, Recognizer
from shortform_assets.speech.voice_activity import Voice, next_chunk

CHUNK_MS = 480_000
_RETRY_PAD_MS, _RETRY_BEAM, _RETRY_VOICE = 200, 5, 0.5
_MIN_RETRY_MS = 600


@dataclass(frozen=True)
class Heard:
    """Segments of the whole source, seconds from its start; `language` is empty where nothing was heard."""

    language: str
    language_confidence: float
    segments: tuple[RawSegment, ...]
    repairs: tuple[GuardAction, ...]


def listen(
    read: Callable[[int, int], Floats],
    voice: Voice,
    recognizer: Recognizer,
    speech: SpeechSlice,
    progress: Callable[[float], None],
) -> Heard:
    """Recognise all voiced stretches; memory is bounded by one chunk of eight minutes.

    The language is that of the first chunk unless the genre names one. A chunk that had to end amid
    speech is cut back to its last whole segment, and the next one begins there.
    """
    language = None if speech.language == "auto" else speech.language
    confidence = 0.0 if language is None else 1.0
    segments: list[RawSegment] = []
    repairs: list[GuardAction] = []
    spans = list(voice.spans)
    last = spans[-1][1] if spans else 0
    while spans:
        start, end, clean = next_chunk(spans, CHUNK_MS)
        first, size = start, max(1, end - start)

        def report(share: float, first: int = first, size: int = size) -> None:
            progress(min(1.0, (first + share * size) / max(1, last)))

        samples = read(start, end)
        raw = recognizer.recognize(samples, language, speech.beam_size, report)
        if language is None and raw.segments:
            language, confidence = raw.language, raw.language_confidence
        found = [moved(segment, start / 1000) for segment in raw.segments]
        if not clean and len(found) > 1:
            end = round(found[-1].start * 1000)
            found = found[:-1]
        mended, tries = _second_try(found, read, end, voice, recognizer, speech, language)
        segments += mended
        repairs += tries
        spans = [(max(low, end), high) for low, high in spans if high > end]
    return Heard(language or "", confidence, tuple(segments), tuple(repairs))


def _second_try(
    segments: Sequence[RawSegment],
    read: Callable[[int, int], Floats],
    end_ms: int,
    voice: Voice,
    recognizer: Recognizer,
    speech: SpeechSlice,
    language: str | None,
) -> tuple[list[RawSegment], list[GuardAction]]:
    """Windows in which the decoder got lost, heard again alone and with a wider beam."""
    done: list[RawSegment] = []
    actions: list[GuardAction] = []
    i = 0
    while i < len(segments):
        j = i + 1
        if not suspicious(segments[i], speech.guard):
            done.append(segments[i])
            i = j
            continue
        while j < len(segments) and suspicious(segments[j], speech.guard):
            j += 1
        low = round(segments[i].start * 1000) - _RETRY_PAD_MS
        if done:
            low = max(low, round(done[-1].end * 1000))
        # Up to the next segment: what the decoder skipped on its way is heard too, and nothing twice.
        low, high = max(0, low), round(segments[j].start * 1000) if j < len(segments) else end_ms
        better = None
        if high - low >= _MIN_RETRY_MS and voice.cover(low, high) >= _RETRY_VOICE:
            raw = recognizer.recognize(read(low, high), language, _RETRY_BEAM, lambda _: None)
            better = _if_better(raw, segments[i:j], speech)
        if better is None:
            done += segments[i:j]
        else:
            fresh = [moved(segment, low / 1000) for segment in better.segments]
            done += fresh
            text = "".join(segment.text for segment in segments[i:j]).strip()
            actions.append(
                GuardAction(
                    kind="repaired", reason="the recognizer got lost; heard again", text=text,
                    start_ms=low, end_ms=high,
                )
            )  # fmt: skip
        i = j
    return done, actions


def _if_better(raw: RawTranscript, before: Sequence[RawSegment], speech: SpeechSlice) -> RawTranscript | None:
    if not raw.segments or any(suspicious(segment, speech.guard) for segment in raw.segments):
        return None
    worst = min(segment.avg_logprob for segment in raw.segments)
    looped = any(s.compression_ratio > speech.guard.max_compression_ratio for s in before)
    return raw if looped or worst > min(segment.avg_logprob for segment in before) else None


def moved(segment: RawSegment, seconds: float) -> RawSegment:
    """`segment` later by `seconds`."""
    words = tuple(RawWord(w.text, w.start + seconds, w.end + seconds, w.probability) for w in segment.words)
    return replace(segment, start=segment.start + seconds, end=segment.end + seconds, words=words)
