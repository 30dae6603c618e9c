"""The transcript: what is said, word by word, with what the guard removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.slices.speech_slice import RecognitionSlice
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import GuardAction, Interval, ToldSpeaker, Transcript, Word
from shortform_assets.ports.aligner import Aligner
from shortform_assets.ports.recognizer import Ears
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.align.forced_alignment import align_words
from shortform_assets.speech.hear.recognition import RecognizedSpeech, recognise
from shortform_assets.speech.names.glossary import repair
from shortform_assets.speech.own_words import own_words
from shortform_assets.speech.words.sentences import split_sentences
from shortform_assets.speech.words.voice_activity import VoiceActivity, sound_track
from shortform_assets.speech.words.word_assembly import DraftWord

_HEARD = 0.8
"""Progress after recognition; alignment is the rest."""
_UNDETERMINED = "und"
"""ISO 639-2 for a language that nobody could tell, because nothing is said."""


class TranscriptRequest(NamedTuple):
    """What is listened to, by which rules, and what the user knows of it."""

    # A tuple, so that reuse tells its parts apart by content.
    mezzanine: Mezzanine
    speech: RecognitionSlice
    glossary: Sequence[str] = ()
    """Names: they are made likelier, and near misses are mended."""
    own: Blob | None = None
    """The user's transcript: aligned instead of recognising, and never doubted."""


def transcribe(bench: Workbench, ears: Ears, aligner: Aligner, request: TranscriptRequest) -> Transcript:
    """Words of the mezzanine's speech track with times and confidence, and their sentences.

    Voice is found first (Silero), recognised in chunks, cleared of hallucinations, and English words are
    then aligned to the sound; others keep the recognizer's times. Silence and music give no words.
    ShortformError where no provider could do it.
    """
    mezzanine, speech, glossary, own = request
    sound = sound_track(bench, mezzanine)
    if own is not None:
        said = own_words(bench, own, sound, ears, speech)
    else:
        said = recognise(
            bench, sound, ears, speech, glossary, lambda share: bench.progress(_HEARD * share, "recognising")
        )
    if said is None:
        named = speech.language if speech.language != "auto" else _UNDETERMINED
        said = RecognizedSpeech(named, 0.0, "", ())
    heard = replace(sound, voice=VoiceActivity([*sound.voice.spans, *said.faint]))
    words = list(said.words)
    repairs: list[GuardAction] = []
    if glossary and own is None:
        words, repairs = repair(words, glossary, said.language, aligner.knows)
    if speech.align and said.language == "en":
        words = align_words(bench, words, heard, aligner, _HEARD)
    return _transcript(mezzanine, said, words, repairs)


def _transcript(
    mezzanine: Mezzanine, said: RecognizedSpeech, words: Sequence[DraftWord], repairs: Sequence[GuardAction]
) -> Transcript:
    final = tuple(
        Word(text=w.text, start_ms=w.start, end_ms=w.end, confidence=round(w.confidence, 4), timing=w.timing)
        for w in words
    )
    return Transcript(
        language=said.language,
        language_confidence=said.language_confidence,
        provider=said.provider,
        passed_over=said.passed_over,
        duration_ms=mezzanine.duration_ms,
        words=final,
        sentences=split_sentences(final, said.language),
        faint=tuple(Interval(start_ms=low, end_ms=high) for low, high in said.faint),
        guard=tuple(sorted((*said.actions, *repairs), key=lambda action: (action.start_ms, action.end_ms))),
        told=tuple(_told(words, said.speakers)),
    )


def _told(words: Sequence[DraftWord], speakers: Sequence[str]) -> Iterator[ToldSpeaker]:
    who = [speakers[word.segment] if speakers else "" for word in words]
    first = 0
    for speaker, run in groupby(who):
        size = len(list(run))
        if speaker:
            yield ToldSpeaker(first=first, last=first + size - 1, speaker=speaker)
        first += size
