"""From sound to guarded words: recognised, doubted where there is reason to, and heard again where it was
missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortform_assets.contracts.slices.speech_slice import RecognitionSlice
from shortform_assets.contracts.speech import GuardAction, HeardChunk, PassedOver
from shortform_assets.errors import ShortformError
from shortform_assets.ports.recognizer import Ears, Provider, RawSegment
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.guard.faint_speech import believed, possible_voice
from shortform_assets.speech.guard.hallucinations import guard, missed
from shortform_assets.speech.hear.chunked_recognition import (
    HearingRequest,
    listen,
    raw_segments,
    window_heard,
)
from shortform_assets.speech.hear.failover import ProviderLine, Switchboard
from shortform_assets.speech.hear.spoken_language import tell_language
from shortform_assets.speech.hear.validate import UnusableAnswer
from shortform_assets.speech.names.glossary import prompt_terms
from shortform_assets.speech.words.voice_activity import SoundTrack, Span, VoiceActivity
from shortform_assets.speech.words.word_assembly import DraftWord, drafts, in_order, trim

_CHUNKS = 0.9
"""The share of the work that the chunks are; windows that are heard again are the rest."""
_LONGEST_MS, _PAD_MS = 25_000, 150
"""The most that is heard alone at once, with this room around it, within Whisper's window of 30 s."""
_FAINT = "the voice detector hardly hears it; two providers agree on the words"
_MISSED = "voice without words; heard again"


@dataclass(frozen=True)
class RecognizedSpeech:
    """Words in order and apart, on their way to alignment, and how they were found."""

    language: str
    language_confidence: float
    provider: str
    words: tuple[DraftWord, ...]
    actions: tuple[GuardAction, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    faint: tuple[Span, ...] = ()
    """Voice that the detector did not find: the transcript's word for it."""
    speakers: tuple[str, ...] = ()
    """Who says each raw segment, where the user's transcript tells."""


def recognise(
    bench: Workbench,
    sound: SoundTrack,
    ears: Ears,
    speech: RecognitionSlice,
    glossary: Sequence[str],
    progress: Callable[[float], None],
) -> RecognizedSpeech | None:
    """What is said, cleared of hallucinations; None where there is no voice at all, not even a faint one."""
    voice = sound.voice
    faint = possible_voice(sound.read, sound.duration_ms, voice)
    everything = VoiceActivity([*voice.spans, *faint])
    if not everything.spans:
        return None
    language, sure = speech.language, 1.0
    if language == "auto":
        language, sure = tell_language(sound.read, voice if voice.spans else everything, ears.detector)
    desk = _Desk(bench, sound, ears, language, HearingRequest(speech, prompt_terms(glossary)))
    heard = listen(bench, sound, desk.board, desk.request, lambda share: progress(_CHUNKS * share))
    desk.chunks_heard = bool(heard.providers)
    found = desk.again(faint, _FAINT)
    voice = VoiceActivity([*voice.spans, *(span for span, _ in found)])
    segments = [*heard.segments, *(segment for _, new in found for segment in new)]
    words, removed = desk.cleared(segments, voice)
    late = desk.again(_windows(missed(words, voice)), _MISSED)
    if late:
        segments = [*segments, *(segment for _, new in late for segment in new)]
        words, removed = desk.cleared(segments, voice)
    providers = tuple(dict.fromkeys((*heard.providers, *desk.providers)))
    for failure in desk.board.failures:
        bench.degrade(f"{failure}; heard by {' + '.join(providers) or 'nobody'}")
    return RecognizedSpeech(
        language=language,
        language_confidence=sure,
        provider=" + ".join(providers),
        words=tuple(in_order(words, sound.duration_ms)),
        actions=tuple(
            sorted((*heard.repairs, *desk.repairs, *removed), key=lambda a: (a.start_ms, a.end_ms))
        ),
        passed_over=(*desk.board.passed_over, *desk.unasked),
        faint=tuple(span for span, _ in found),
    )


def _windows(spans: Sequence[Span]) -> list[Span]:
    """The spans with a little room around them, in pieces that a decoder takes in one go."""
    pieces = []
    for low, high in spans:
        count = -(-(high - low) // _LONGEST_MS)
        edges = [low + (high - low) * i // count for i in range(count + 1)]
        pieces += [(max(0, a - _PAD_MS), b + _PAD_MS) for a, b in pairwise(edges)]
    return pieces


class _Desk:
    """The providers of one source, and the second opinion on what is doubtful."""

    def __init__(
        self, bench: Workbench, sound: SoundTrack, ears: Ears, language: str, request: HearingRequest
    ) -> None:
        self.bench, self.sound, self.language, self.request = bench, sound, language, request
        self.board = Switchboard(ears.providers, language)
        self.chunks_heard = False
        """Some provider heard the source: what fails from here on costs a window, not the source."""
        self.repairs: list[GuardAction] = []
        self.providers: list[str] = []
        self.unasked: list[PassedOver] = []
        self._second = self._line(ears.second)

    def cleared(
        self, segments: Sequence[RawSegment], voice: VoiceActivity
    ) -> tuple[list[DraftWord], list[GuardAction]]:
        """The words of all segments in order of time, less what the guard takes out."""
        ordered = sorted(segments, key=lambda segment: segment.start)
        words = [trim(word, voice) for word in drafts(ordered, self.language, 0)]
        ask = self._opinion if self._second is not None else None
        return guard(words, ordered, voice, self.request.speech.guard, self.language, ask)

    def again(self, windows: Sequence[Span], reason: str) -> list[tuple[Span, tuple[RawSegment, ...]]]:
        """The windows heard alone in which something is said that deserves belief."""
        found = []
        for window, (chunk, opinion) in zip(windows, self.bench.map(self._alone, windows), strict=True):
            self.repairs += chunk.repairs
            kept = believed(raw_segments(chunk), opinion, self.request.speech.guard, self.language)
            if not kept:
                continue
            self.providers.append(chunk.provider)
            found.append((window, kept))
            text = " ".join(segment.text.strip() for segment in kept)
            self.repairs.append(
                GuardAction(kind="repaired", reason=reason, text=text, start_ms=window[0], end_ms=window[1])
            )
        return found

    def _alone(self, window: Span) -> tuple[HeardChunk, str | None]:
        try:
            chunk = self.board.ask(
                lambda line: window_heard(self.bench, line, self.sound, window, self.request)
            )
        except ShortformError as error:
            if not self.chunks_heard:
                raise
            self.bench.degrade(f"voice without words was not heard again: {error}")
            return HeardChunk(provider="", segments=()), None
        if not chunk.segments or self._second is None:
            return chunk, None
        return chunk, self._opinion(*window)

    def _opinion(self, start_ms: int, end_ms: int) -> str | None:
        """What the second provider hears; None where it has no usable answer or was given up."""
        second = self._second
        if second is None:
            return None
        try:
            return second.text(self.sound.read(start_ms, end_ms))
        except UnusableAnswer as error:
            self.bench.degrade(f"doubtful words without a second opinion: {error}")
        except ShortformError as error:
            self.bench.degrade(f"no second opinion on doubtful words: {error}")
            self._second = None
        return None

    def _line(self, second: Provider | None) -> ProviderLine | None:
        """The second provider, if there is one here that can do the language."""
        if second is None:
            return None
        why = ""
        if second.languages is not None and self.language not in second.languages:
            why = f"it cannot do the language {self.language!r}"
        else:
            try:
                line = ProviderLine(second, self.language)
                self.bench.note(second_opinion=line.name)
                return line
            except ShortformError as error:
                why = str(error)
        self.unasked.append(PassedOver(provider=f"{second.name} (second opinion)", reason=why))
        return None
