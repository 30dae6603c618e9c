"""Recognition of a long recording: chunk by chunk, side by side, with a second try where the decoder got
lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shortform_assets.contracts.slices.speech_slice import RecognitionSlice
from shortform_assets.contracts.speech import GuardAction, HeardChunk, HeardSegment, HeardWord
from shortform_assets.ports.recognizer import RawSegment, RawWord
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.guard.hallucinations import suspicious
from shortform_assets.speech.hear.chunks import Chunk, plan_chunks, samples_of, to_source
from shortform_assets.speech.hear.failover import ProviderLine, Switchboard
from shortform_assets.speech.hear.validate import UnusableAnswer
from shortform_assets.speech.words.voice_activity import Read, SoundTrack, Span, voiced_windows

RETRY_BEAM = 5
"""Whisper's own default; greedy decoding, the first try, is quicker and gets lost more often."""
_RETRY_PAD_MS, _RETRY_VOICE = 200, 0.5
"""Room before what is heard again, and the least share of voice in it that is worth it."""
_MIN_RETRY_MS = 600
"""Shorter stretches give a decoder too little to go by."""
_WINDOW_MS, _WINDOW_PAD_MS = 25_000, 300
"""Windows in which a chunk without a usable answer is heard again; less than Whisper's 30 s with their
padding."""


@dataclass(frozen=True)
class HearingRequest:
    """How a source is heard."""

    speech: RecognitionSlice
    terms: tuple[str, ...] = ()
    """Names and terms that are likely."""

    @property
    def wide_beam(self) -> int:
        return max(RETRY_BEAM, self.speech.beam_size)


@dataclass(frozen=True)
class Heard:
    """Segments of the whole source, seconds from its start, and who heard them."""

    segments: tuple[RawSegment, ...]
    repairs: tuple[GuardAction, ...]
    providers: tuple[str, ...]


def listen(
    bench: Workbench,
    sound: SoundTrack,
    board: Switchboard,
    request: HearingRequest,
    progress: Callable[[float], None],
) -> Heard:
    """Recognise all voiced stretches; what a killed run heard of the same sound is not heard again.

    Chunks run on the bench's threads; the result does not depend on how many there are. A chunk of which no
    provider makes anything usable is left out, listed and marked as degraded. ShortformError where every
    provider failed, or nothing at all could be heard.
    """
    chunks = plan_chunks(sound.voice.spans, sound.duration_ms, sound.read)
    done = _Progress([chunk.voiced_ms for chunk in chunks], progress)

    def hear(numbered: tuple[int, Chunk]) -> HeardChunk | _Unheard:
        number, chunk = numbered

        def work(line: ProviderLine) -> HeardChunk:
            facts = [
                sound.content,
                chunk.pieces,
                (chunk.first, chunk.last),
                line.provider.fingerprint,
                line.language,
            ]
            values = [*facts, request.speech.beam_size, request.speech.guard, list(request.terms)]
            return bench.part(
                "chunk", values, HeardChunk, lambda: _hear(line, chunk, sound, request, done.of(number))
            )

        try:
            return board.ask(work, number)
        except UnusableAnswer as error:
            return _Unheard(dropped(error, (chunk.pieces[0][0], chunk.pieces[-1][1])))
        finally:
            done.of(number)(1.0)

    answers = list(bench.map(hear, enumerate(chunks)))
    found = [answer for answer in answers if isinstance(answer, HeardChunk)]
    unheard = [answer.action for answer in answers if isinstance(answer, _Unheard)]
    if unheard and not found:
        raise board.nobody(unheard[0].reason)
    for action in unheard:
        bench.degrade(f"{(action.end_ms - action.start_ms) / 1000:.0f} s could not be heard: {action.reason}")
    return Heard(
        tuple(segment for chunk in found for segment in raw_segments(chunk)),
        (*(repair for chunk in found for repair in chunk.repairs), *unheard),
        tuple(dict.fromkeys(chunk.provider for chunk in found)),
    )


@dataclass(frozen=True)
class _Unheard:
    """A chunk of which nobody made anything usable."""

    action: GuardAction


def dropped(error: UnusableAnswer, span: Span) -> GuardAction:
    """How the guard lists a stretch whose answer was of no use."""
    return GuardAction(
        kind="removed", reason=f"no usable answer: {error}", text=error.said, start_ms=span[0], end_ms=span[1]
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
    sound: SoundTrack,
    request: HearingRequest,
    progress: Callable[[float], None],
) -> HeardChunk:
    samples = samples_of(chunk, sound.read)
    try:
        heard = line.recognize(samples, request.speech.beam_size, request.terms, progress)
    except UnusableAnswer as error:
        segments, repairs = _in_windows(line, chunk, sound, request, error)
    else:
        segments, repairs = _second_try(to_source(heard, chunk), sound, chunk, line, request)
    return HeardChunk(
        provider=line.name, segments=tuple(_kept(segment) for segment in segments), repairs=tuple(repairs)
    )


def _in_windows(
    line: ProviderLine, chunk: Chunk, sound: SoundTrack, request: HearingRequest, why: UnusableAnswer
) -> tuple[list[RawSegment], list[GuardAction]]:
    """A chunk whose answer was of no use, heard in short windows with a wide beam; what still fails is left out.

    UnusableAnswer where no window has an answer either: then the whole chunk is of no use.
    """
    span = chunk.pieces[0][0], chunk.pieces[-1][1]
    voiced = [(max(low, span[0]), min(high, span[1])) for low, high in sound.voice.spans_near(*span)]
    segments: list[RawSegment] = []
    actions = [
        GuardAction(
            kind="repaired", reason=f"no usable answer: {why}; heard again in short windows", text=why.said,
            start_ms=span[0], end_ms=span[1],
        )
    ]  # fmt: skip
    before, answered = span[0], False
    for (low, high), _ in voiced_windows(voiced, span[1], _WINDOW_MS, _WINDOW_PAD_MS):
        window = max(low, before), high
        before = high
        try:
            found = hear_again(line, sound.read, window, request)
        except UnusableAnswer as error:
            actions.append(dropped(error, window))
            continue
        answered = True
        segments += [s for s in found if chunk.first <= (s.start + s.end) * 500 < chunk.last]
    if not answered:
        raise why
    return segments, actions


def hear_alone(line: ProviderLine, read: Read, span: Span, request: HearingRequest) -> HeardChunk:
    """A window of at most half a minute that no chunk holds, or whose words were missed; heard with a wide beam.

    An answer that is of no use is left out, and listed.
    """
    try:
        found = hear_again(line, read, span, request)
    except UnusableAnswer as error:
        return HeardChunk(provider=line.name, segments=(), repairs=(dropped(error, span),))
    return HeardChunk(provider=line.name, segments=tuple(_kept(segment) for segment in found))


def window_heard(
    bench: Workbench, line: ProviderLine, sound: SoundTrack, window: Span, request: HearingRequest
) -> HeardChunk:
    """`hear_alone`, kept at once: a run that goes on from a killed one does not hear the window again."""
    beam = request.speech.beam_size
    facts = [sound.content, window, line.provider.fingerprint, line.language, beam, list(request.terms)]
    return bench.part("window", facts, HeardChunk, lambda: hear_alone(line, sound.read, window, request))


def raw_segments(chunk: HeardChunk) -> tuple[RawSegment, ...]:
    """The segments of a kept chunk, source seconds."""
    return tuple(_raw(segment) for segment in chunk.segments)


def hear_again(line: ProviderLine, read: Read, span: Span, request: HearingRequest) -> list[RawSegment]:
    """A short stretch heard alone with a wide beam; source seconds. Raises as `ProviderLine.recognize`."""
    raw = line.recognize(read(*span), request.wide_beam, request.terms, lambda _: None)
    return [_raw(_kept(moved(segment, span[0] / 1000))) for segment in raw]


def _second_try(
    segments: Sequence[RawSegment],
    sound: SoundTrack,
    chunk: Chunk,
    line: ProviderLine,
    request: HearingRequest,
) -> tuple[list[RawSegment], list[GuardAction]]:
    """Windows in which the decoder got lost, heard again alone and with a wider beam."""
    guard = request.speech.guard
    done: list[RawSegment] = []
    actions: list[GuardAction] = []
    i = 0
    while i < len(segments):
        j = i + 1
        if not suspicious(segments[i], guard):
            done.append(segments[i])
            i = j
            continue
        while j < len(segments) and suspicious(segments[j], guard):
            j += 1
        low = round(segments[i].start * 1000) - _RETRY_PAD_MS
        if done:
            low = max(low, round(done[-1].end * 1000))
        # Up to the next segment: what the decoder skipped on its way is heard too, and nothing twice.
        end = min(chunk.last, chunk.pieces[-1][1])
        low = max(low, chunk.first)
        high = round(segments[j].start * 1000) if j < len(segments) else end
        better = None
        if high - low >= _MIN_RETRY_MS and sound.voice.cover(low, high) >= _RETRY_VOICE:
            try:
                again = hear_again(line, sound.read, (low, high), request)
            except UnusableAnswer as error:
                # The first answer stands, for the guard to judge.
                actions.append(dropped(error, (low, high)))
            else:
                better = _if_better(again, segments[i:j], request.speech)
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
    fresh: list[RawSegment], before: Sequence[RawSegment], speech: RecognitionSlice
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
