"""Recognition of a long recording: chunk by chunk, side by side, with a second try where the decoder got lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shortform_assets.contracts.slices.speech_slice import SpeechSlice
from shortform_assets.contracts.speech import GuardAction, HeardChunk, HeardSegment, HeardWord
from shortform_assets.ports.recognizer import Floats, LanguageDetector, RawSegment, RawWord
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.guard.hallucinations import suspicious
from shortform_assets.speech.hear.chunks import Chunk, Read, plan_chunks, samples_of, to_source
from shortform_assets.speech.hear.failover import ProviderLine, Switchboard
from shortform_assets.speech.words.voice_activity import Span, VoiceActivity

RETRY_BEAM = 5
_RETRY_PAD_MS, _RETRY_VOICE = 200, 0.5
_MIN_RETRY_MS = 600
_LANGUAGE_WINDOW_MS, _LANGUAGE_WINDOWS = 30_000, 3


@dataclass(frozen=True)
class Heard:
    """Segments of the whole source, seconds from its start, and who heard them."""

    segments: tuple[RawSegment, ...]
    repairs: tuple[GuardAction, ...]
    providers: tuple[str, ...]


def tell_language(read: Read, voice: VoiceActivity, detector: LanguageDetector) -> tuple[str, float]:
    """ISO 639-1 of most of the voice and its probability, from up to three windows over the source.

    A jingle, a quotation or a guest's greeting at the start does not decide it.
    """
    total = sum(high - low for low, high in voice.spans)
    count = min(_LANGUAGE_WINDOWS, max(1, total // _LANGUAGE_WINDOW_MS))
    votes: dict[str, float] = {}
    for number in range(count):
        language, sure = detector.detect(_voiced(read, voice, total * number // count))
        votes[language] = votes.get(language, 0.0) + sure
    best = max(votes, key=lambda language: (votes[language], language))
    return best, round(votes[best] / count, 4)


def _voiced(read: Read, voice: VoiceActivity, skip_ms: int) -> Floats:
    """Up to a window of voice, after the first `skip_ms` of voice."""
    pieces, left = [], _LANGUAGE_WINDOW_MS
    for low, high in voice.spans:
        if skip_ms >= high - low:
            skip_ms -= high - low
            continue
        low, skip_ms = low + skip_ms, 0
        pieces.append(read(low, min(high, low + left)))
        left -= min(high - low, left)
        if left <= 0:
            break
    return np.concatenate(pieces)


def listen(
    bench: Workbench,
    read: Read,
    voice: VoiceActivity,
    duration_ms: int,
    board: Switchboard,
    speech: SpeechSlice,
    content: str,
    terms: Sequence[str],
    progress: Callable[[float], None],
) -> Heard:
    """Recognise all voiced stretches; what was heard of `content` (a hash) by a killed run is not heard again.

    Chunks run on the bench's threads; the result does not depend on how many there are.
    """
    chunks = plan_chunks(voice.spans, duration_ms, read)
    done = _Progress([chunk.voiced_ms for chunk in chunks], progress)

    def hear(numbered: tuple[int, Chunk]) -> HeardChunk:
        number, chunk = numbered

        def work(line: ProviderLine) -> HeardChunk:
            facts = [
                content,
                chunk.pieces,
                (chunk.first, chunk.last),
                line.provider.fingerprint,
                line.language,
            ]
            values = [*facts, speech.beam_size, speech.guard, list(terms)]
            return bench.part(
                "chunk",
                values,
                HeardChunk,
                lambda: _hear(line, chunk, read, voice, speech, terms, done.of(number)),
            )

        found = board.ask(work)
        done.of(number)(1.0)
        return found

    found = list(bench.map(hear, enumerate(chunks)))
    return Heard(
        tuple(segment for chunk in found for segment in raw_segments(chunk)),
        tuple(repair for chunk in found for repair in chunk.repairs),
        tuple(dict.fromkeys(chunk.provider for chunk in found)),
    )


class _Progress:
    """One share of many jobs that run side by side."""

    def __init__(self, sizes: Sequence[int], tell: Callable[[float], None]) -> None:
        self._sizes, self._tell = sizes, tell
        self._shares = [0.0] * len(sizes)
        self._lock = threading.Lock()

    def of(self, number: int) -> Callable[[float], None]:
        def report(share: float) -> None:
            with self._lock:
                self._shares[number] = max(self._shares[number], min(1.0, share))
                total = sum(share * size for share, size in zip(self._shares, self._sizes, strict=True))
            self._tell(total / max(1, sum(self._sizes)))

        return report


def _hear(
    line: ProviderLine,
    chunk: Chunk,
    read: Read,
    voice: VoiceActivity,
    speech: SpeechSlice,
    terms: Sequence[str],
    progress: Callable[[float], None],
) -> HeardChunk:
    heard = line.recognize(samples_of(chunk, read), speech.beam_size, terms, progress)
    segments, repairs = _second_try(to_source(heard, chunk), read, chunk, voice, line, speech, terms)
    return HeardChunk(
        provider=line.name, segments=tuple(_kept(segment) for segment in segments), repairs=tuple(repairs)
    )


def hear_alone(
    line: ProviderLine, read: Read, span: Span, speech: SpeechSlice, terms: Sequence[str]
) -> HeardChunk:
    """A window of at most half a minute that no chunk holds, or whose words were missed; heard with a wide beam."""
    found = hear_again(line, read, span, speech, terms)
    return HeardChunk(provider=line.name, segments=tuple(_kept(segment) for segment in found))


def raw_segments(chunk: HeardChunk) -> tuple[RawSegment, ...]:
    """The segments of a kept chunk, source seconds."""
    return tuple(_raw(segment) for segment in chunk.segments)


def hear_again(
    line: ProviderLine, read: Read, span: Span, speech: SpeechSlice, terms: Sequence[str]
) -> list[RawSegment]:
    """A short stretch heard alone with a wide beam; source seconds."""
    raw = line.recognize(read(*span), max(RETRY_BEAM, speech.beam_size), terms, lambda _: None)
    return [_raw(_kept(moved(segment, span[0] / 1000))) for segment in raw]


def _second_try(
    segments: Sequence[RawSegment],
    read: Read,
    chunk: Chunk,
    voice: VoiceActivity,
    line: ProviderLine,
    speech: SpeechSlice,
    terms: Sequence[str],
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
        end = min(chunk.last, chunk.pieces[-1][1])
        low = max(low, chunk.first)
        high = round(segments[j].start * 1000) if j < len(segments) else end
        better = None
        if high - low >= _MIN_RETRY_MS and voice.cover(low, high) >= _RETRY_VOICE:
            better = _if_better(hear_again(line, read, (low, high), speech, terms), segments[i:j], speech)
        if better is None:
            done += segments[i:j]
        else:
            done += better
            text = "".join(segment.text for segment in segments[i:j]).strip()
            actions.append(
                GuardAction(
                    kind="repaired", reason="the recognizer got lost; heard again", text=text,
                    start_ms=low, end_ms=high,
                )
            )  # fmt: skip
        i = j
    return done, actions


def _if_better(
    fresh: list[RawSegment], before: Sequence[RawSegment], speech: SpeechSlice
) -> list[RawSegment] | None:
    if not fresh or any(suspicious(segment, speech.guard) for segment in fresh):
        return None
    worst = min(segment.avg_logprob for segment in fresh)
    looped = any(s.compression_ratio > speech.guard.max_compression_ratio for s in before)
    return fresh if looped or worst > min(segment.avg_logprob for segment in before) else None


def moved(segment: RawSegment, seconds: float) -> RawSegment:
    """`segment` later by `seconds`."""
    words = tuple(replace(w, start=w.start + seconds, end=w.end + seconds) for w in segment.words)
    return replace(segment, start=segment.start + seconds, end=segment.end + seconds, words=words)


def _kept(segment: RawSegment) -> HeardSegment:
    """As it is stored: rounded, so that a resumed run goes on with the same numbers."""
    return HeardSegment(
        start=round(segment.start, 3),
        end=round(segment.end, 3),
        text=segment.text,
        words=tuple(
            HeardWord(
                text=word.text,
                start=round(word.start, 3),
                end=round(word.end, 3),
                probability=round(word.probability, 4),
                timed=word.timed,
            )
            for word in segment.words
        ),
        avg_logprob=round(segment.avg_logprob, 4),
        no_speech_prob=round(segment.no_speech_prob, 4),
        compression_ratio=round(segment.compression_ratio, 4),
    )


def _raw(segment: HeardSegment) -> RawSegment:
    words = tuple(RawWord(w.text, w.start, w.end, w.probability, w.timed) for w in segment.words)
    return RawSegment(
        segment.start, segment.end, segment.text, words,
        segment.avg_logprob, segment.no_speech_prob, segment.compression_ratio,
    )  # fmt: skip
