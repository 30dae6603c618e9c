"""Topics fall where the words change; loudness and pitch are what the signal says."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from selection_talk import RATE, silent_media, talk

from shortform_assets.contracts.speech import Interval
from shortform_assets.genres import load_genre
from shortform_assets.selection.cut.frame_edges import CutRequest, Edges
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.promotion import flag_lines
from shortform_assets.selection.read.script import read_script
from shortform_assets.selection.read.sound_events import SoundMeasures, listen, measure
from shortform_assets.selection.read.topics import idf, segment

BREAD = (
    "The dough needs flour and water. Flour drinks water slowly. A baker kneads the dough by hand. "
    "The oven bakes the loaf. "
)
ROCKETS = (
    "The rocket engine burns fuel. Fuel flows to the engine under pressure. Orbit needs a second rocket stage. "
    "Engineers test the stage. "
)
WHALES = (
    "The whale sings to its calf. A calf learns the song in summer. Whales dive for krill in the ocean. "
    "The ocean carries the song. "
)


def test_topics_change_where_the_words_do():
    transcript, turns = talk(f"A: {BREAD * 12}{ROCKETS * 12}{WHALES * 12}")
    lines = read_script(transcript, turns, 60_000)
    topics = segment(lines, idf(lines), flag_lines(lines))
    assert len(topics) == 3
    for topic, word in zip(topics, ("dough", "rocket", "whale"), strict=True):
        said = [w.text.lower().strip(".") for w in transcript.words[topic.first_word : topic.last_word + 1]]
        assert sum(word in w for w in said) >= 4
        assert set(topic.keywords) & {
            "dough",
            "flour",
            "rocket",
            "engine",
            "stage",
            "fuel",
            "whale",
            "calf",
            "song",
        }
    starts = [transcript.words[t.first_word].text for t in topics]
    assert starts == ["The", "The", "The"]


def test_one_subject_is_one_topic():
    transcript, turns = talk(f"A: {BREAD * 10}")
    lines = read_script(transcript, turns, 60_000)
    assert len(segment(lines, idf(lines), flag_lines(lines))) <= 2


@pytest.mark.parametrize("hertz", [95.0, 140.0, 220.0])
def test_pitch_is_heard_within_half_a_semitone(hertz):
    t = np.arange(16_000) / 16_000
    voice = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 6)) * 0.1
    _, pitch = measure(voice.astype(np.float32))
    assert np.nanmedian(pitch) == pytest.approx(12 * np.log2(hertz / 55), abs=0.5)


def test_noise_and_silence_have_no_pitch():
    rng = np.random.default_rng(1)
    for samples in (np.zeros(16_000), 0.1 * rng.standard_normal(16_000)):
        _, pitch = measure(samples.astype(np.float32))
        assert np.isnan(pitch).mean() > 0.8


def test_loudness_is_relative_to_the_source():
    level = np.repeat([-20.0, -30.0, -20.0, -14.0], 50)
    sound = SoundMeasures(level, np.full(200, np.nan))
    assert sound.loudness(0, 5000) == pytest.approx(0, abs=0.1)
    assert sound.loudness(15_000, 20_000) == pytest.approx(6, abs=0.1)
    assert sound.pitch_range(0, 20_000) is None


def test_a_raised_voice_raises_the_moment(bench, tmp_path):
    transcript, turns = talk("A: " + BREAD * 3 + "\n\n" + "A: " + ROCKETS * 3)
    n = transcript.duration_ms * 16
    t = np.arange(n) / 16_000
    loud = np.where(np.arange(n) > n // 2, 0.5, 0.1)
    samples = loud * sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 5)) / 3
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    speech = bench.keep(tmp_path / "speech.wav")
    mezzanine, shots = silent_media(transcript.duration_ms)
    mezzanine = mezzanine.model_copy(update={"speech": speech, "speech_samples": n})
    moments = find_moments(
        bench, MomentsRequest(transcript, turns, shots, mezzanine, load_genre("sports").selection)
    )
    half = transcript.duration_ms / 2
    quiet = [m.features["energy"] for m in moments.moments if m.end_ms < half]
    raised = [m.features["energy"] for m in moments.moments if m.start_ms > half]
    assert max(quiet) < min(raised) - 0.3
    heard = listen(bench, bench.open(speech), transcript.duration_ms)
    assert len(heard.level) == pytest.approx(transcript.duration_ms / 100, abs=2)


def test_a_long_silence_is_shortened_and_a_laugh_is_not(bench):
    script = "A: " + BREAD * 2 + "\n\n\n" + "A: " + BREAD.replace("dough", "pastry") + BREAD
    transcript, turns = talk(script)
    mezzanine, _ = silent_media(transcript.duration_ms)
    last = len(transcript.words) - 1
    gap = max(range(last), key=lambda n: transcript.words[n + 1].start_ms - transcript.words[n].end_ms)
    edges = Edges(CutRequest(transcript, turns, RATE, mezzanine.frames, 180, 1200))
    spans, ranges = edges.spans(0, last)
    assert [r[1] for r in ranges] == [gap, last]
    left = RATE.ms(spans[0].end_frame) - transcript.words[gap].end_ms
    right = transcript.words[gap + 1].start_ms - RATE.ms(spans[1].start_frame)
    assert 1200 <= left + right <= 1280
    assert edges.length_ms(0, last) == RATE.ms(sum(s.frames for s in spans))

    laugh = Interval(
        start_ms=transcript.words[gap].end_ms + 200, end_ms=transcript.words[gap + 1].start_ms - 200
    )
    heard = turns.model_copy(update={"voice_activity": (*turns.voice_activity, laugh)})
    assert len(Edges(CutRequest(transcript, heard, RATE, mezzanine.frames, 180, 1200)).spans(0, last)[0]) == 1
    assert len(Edges(CutRequest(transcript, turns, RATE, mezzanine.frames, 180, 0)).spans(0, last)[0]) == 1
