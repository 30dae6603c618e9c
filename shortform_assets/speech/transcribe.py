"""The transcript: what is said, word by word, with what the guard removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shortform_assets.contracts.slices.speech import SpeechSlice
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import Transcript, Word
from shortform_assets.media.audio import read_speech
from shortform_assets.speech.alignment import align_words
from shortform_assets.speech.hallucinations import guard
from shortform_assets.speech.listen import listen
from shortform_assets.speech.recognizer import SAMPLE_RATE, Aligner, Floats, Recognizer
from shortform_assets.speech.sentences import split_sentences
from shortform_assets.speech.voice_activity import Voice, find_voice
from shortform_assets.speech.written import Draft, drafts, in_order, trim
from shortform_assets.workbench import Workbench

_HEARD = 0.75
"""The share of the work that recognition is; alignment is the rest."""
_UNDETERMINED = "und"
"""ISO 639-2 for a language that nobody could tell, because nothing is said."""


def transcribe(
    bench: Workbench, recognizer: Recognizer, aligner: Aligner, mezzanine: Mezzanine, speech: SpeechSlice
) -> Transcript:
    """Words of the mezzanine's speech track with times and confidence, and their sentences.

    Voice is found first (Silero), recognised in chunks, cleared of hallucinations, and English words are
    then aligned to the sound; others keep the recognizer's times. Silence and music give no words.
    """
    path = bench.open(mezzanine.speech)
    duration_ms = min(mezzanine.duration_ms, mezzanine.speech_samples * 1000 // SAMPLE_RATE)

    def read(start_ms: int, end_ms: int) -> Floats:
        return read_speech(path, max(0, start_ms), min(end_ms, duration_ms))

    voice = Voice(find_voice(read, duration_ms))
    heard = listen(read, voice, recognizer, speech, lambda x: bench.progress(_HEARD * x, "recognising"))
    words = [trim(word, voice) for word in drafts(heard.segments, heard.language, 0)]
    words, removed = guard(words, heard.segments, voice, speech.guard)
    words = in_order(words, duration_ms)
    if speech.align and heard.language == "en":
        words = _aligned(words, read, duration_ms, voice, aligner, bench)
    final = tuple(_word(word) for word in words)
    actions = sorted((*heard.repairs, *removed), key=lambda action: (action.start_ms, action.end_ms))
    named = speech.language if speech.language != "auto" else _UNDETERMINED
    return Transcript(
        language=heard.language if final else named,
        language_confidence=heard.language_confidence if final else 0.0,
        provider=recognizer.name,
        duration_ms=mezzanine.duration_ms,
        words=final,
        sentences=split_sentences(final),
        guard=tuple(actions),
    )


def _aligned(
    words: Sequence[Draft],
    read: Callable[[int, int], Floats],
    duration_ms: int,
    voice: Voice,
    aligner: Aligner,
    bench: Workbench,
) -> list[Draft]:
    def report(share: float) -> None:
        bench.progress(_HEARD + (1 - _HEARD) * share, "aligning words")

    return in_order(align_words(words, read, duration_ms, voice, aligner, report), duration_ms)


def _word(word: Draft) -> Word:
    return Word(
        text=word.text,
        start_ms=word.start,
        end_ms=word.end,
        confidence=word.confidence,
        aligned=word.aligned,
    )
