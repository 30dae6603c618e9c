"""The user's own words in place of recognition: on the recording's clock, timed like any that were heard."""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.slices.speech_slice import RecognitionSlice
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.ports.recognizer import Ears, RawTranscript
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.hear.chunked_recognition import HearingRequest, raw_segments, window_heard
from shortform_assets.speech.hear.failover import Switchboard
from shortform_assets.speech.hear.recognition import RecognizedSpeech
from shortform_assets.speech.hear.spoken_language import tell_language
from shortform_assets.speech.hear.validate import UnusableAnswer, checked
from shortform_assets.speech.own.own_clock import (
    Anchor,
    TextIndex,
    fit_clock,
    keeps_time,
    listening_places,
    on_clock,
)
from shortform_assets.speech.own.own_transcript import OwnCue, beyond, own_segments, parse_transcript
from shortform_assets.speech.words.voice_activity import SoundTrack, Span
from shortform_assets.speech.words.word_assembly import drafts, in_order, trim
from shortform_assets.text.clock import clock

OWN = "the user's own transcript"
_VERY = "give the transcript of this very recording, or leave it out to have the words recognised"
_ENOUGH_WORDS = 12
"""Heard in all places: where it is fewer, that they are not in the text says nothing."""


def own_words(
    bench: Workbench, own: Blob, sound: SoundTrack, ears: Ears, speech: RecognitionSlice
) -> RecognizedSpeech | None:
    """The user's words; their times are found by alignment like any others, and nothing is taken out.

    Times of another clock are put right and the correction said; InputError where they cannot be.
    """
    duration_ms = sound.duration_ms
    cues = parse_transcript(bench.open(own).read_bytes(), "of the source")
    language, sure = speech.language, 1.0
    if language == "auto":
        if not sound.voice.spans:
            return None
        language, sure = tell_language(sound.read, sound.voice, ears.detector)
    if sound.voice.spans and not keeps_time(cues, sound.voice.spans, duration_ms):
        cues = _in_time(bench, cues, sound, Switchboard(ears.providers, language), speech)
    late = beyond(cues, duration_ms)
    if late:
        bench.note(own_cues_beyond_the_end=len(late))
    raw = RawTranscript(language, sure, own_segments(cues, 0, duration_ms))
    try:
        segments = checked(raw, duration_ms / 1000, language, "it")
    except UnusableAnswer as error:
        raise InputError(str(error), OWN, "see that it belongs to this video") from error
    words = [trim(word, sound.voice) for word in drafts(segments, language, 0)]
    speakers = tuple(segment.speaker for segment in segments)
    return RecognizedSpeech(language, sure, OWN, tuple(in_order(words, duration_ms)), speakers=speakers)


def _in_time(
    bench: Workbench,
    cues: tuple[OwnCue, ...],
    sound: SoundTrack,
    board: Switchboard,
    speech: RecognitionSlice,
) -> tuple[OwnCue, ...]:
    """The cues on the recording's clock, which is found by listening to a few places."""
    places = listening_places(sound.voice.spans)
    index, request = TextIndex(cues), HearingRequest(speech)
    try:
        heard = [_heard(bench, sound, board, place, request) for place in places]
    except ShortformError as error:
        bench.degrade(f"whether the transcript keeps the recording's clock could not be checked: {error}")
        return cues
    anchors = [anchor for words in heard if (anchor := index.anchor(words)) is not None]
    where = ", ".join(clock(low) for low, _ in places)
    if not anchors:
        count = sum(len(words) for words in heard)
        if count < _ENOUGH_WORDS:
            bench.degrade(
                "whether the transcript keeps the recording's clock could not be told: little is said"
            )
            return cues
        raise InputError(f"of {count} words heard at {where} it has next to none", "transcript", _VERY)
    fit = fit_clock(anchors)
    if fit is None:
        raise InputError(f"its times do not fit the sound: {_off(anchors)}", "transcript", _VERY)
    bench.note(transcript_clock_checked_at=where)
    if fit == (1.0, 0.0):
        return cues
    bench.note(transcript_moved=fit.said())
    return on_clock(cues, fit)


def _off(anchors: Sequence[Anchor]) -> str:
    return ", ".join(
        f"{(anchor.heard_ms - anchor.cue_ms) / 1000:+.1f} s at {clock(round(anchor.heard_ms))}"
        for anchor in anchors
    )


def _heard(
    bench: Workbench, sound: SoundTrack, board: Switchboard, place: Span, request: HearingRequest
) -> list[tuple[str, float]]:
    """Words of one place with their times in source milliseconds."""

    segments = raw_segments(board.ask(lambda line: window_heard(bench, line, sound, place, request)))
    return [(word.text, word.start * 1000) for segment in segments for word in segment.words]
