"""Recognition in chunks: every word once, whatever the workers; killed runs go on; providers that fail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import Scripted, clock, dies

from resources.bench import StoreBench
from resources.media_store import MediaStore
from shortform_assets.errors import ShortformError
from shortform_assets.genres import load_genre
from shortform_assets.ports.recognizer import RawSegment, RawTranscript
from shortform_assets.speech.hear import chunks
from shortform_assets.speech.hear.chunked_recognition import Heard, HearingRequest, listen
from shortform_assets.speech.hear.chunks import plan_chunks
from shortform_assets.speech.hear.failover import Switchboard
from shortform_assets.speech.hear.spoken_language import tell_language
from shortform_assets.speech.hear.validate import UnusableAnswer, checked
from shortform_assets.speech.words.voice_activity import SoundTrack, VoiceActivity

SPEECH = load_genre("podcast").speech.model_copy(update={"align": False, "beam_size": 1})
CHUNK = 10_000

Parts = list[tuple[int, int]]
parts_of_talk = st.lists(
    st.tuples(st.sampled_from([30, 60, 80, 400, 3000]), st.integers(100, 700)), min_size=1, max_size=120
)


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_MS", CHUNK)
    monkeypatch.setattr(chunks, "_SEEK_MS", 3_000)


def script(parts: Parts) -> list[tuple[int, int]]:
    at, words = 0, []
    for pause, length in parts:
        words.append((at + pause, at + pause + length))
        at += pause + length
    return words


def voice_of(words: list[tuple[int, int]]) -> VoiceActivity:
    """Words closer than a quarter second are one voiced span, often longer than a chunk."""
    spans: list[tuple[int, int]] = []
    for low, high in words:
        if spans and low - spans[-1][1] < 250:
            spans[-1] = (spans[-1][0], high)
        else:
            spans.append((low, high))
    return VoiceActivity(spans)


def hear(
    store: MediaStore,
    words: list[tuple[int, int]],
    *providers: Scripted,
    threads: int = 2,
    progress: Callable[[float], None] = lambda x: None,
    degraded: list[str] | None = None,
) -> tuple[Heard, Switchboard]:
    board = Switchboard(providers, "en")
    with StoreBench.over(store, threads=threads) as bench:
        sound = SoundTrack(clock, voice_of(words), words[-1][1] + 500, "content")
        found = listen(bench, sound, board, HearingRequest(SPEECH), progress)
        if degraded is not None:
            degraded += bench.degraded
    return found, board


def said(heard: Heard) -> list[str]:
    return [word.text.strip() for segment in heard.segments for word in segment.words]


@settings(max_examples=40, deadline=None)
@given(parts_of_talk)
def test_every_word_is_heard_once_and_never_cut(parts: Parts) -> None:
    words = script(parts)
    with pytest.MonkeyPatch.context() as patch, StoreBenches() as stores:
        patch.setattr(chunks, "CHUNK_MS", CHUNK)
        patch.setattr(chunks, "_SEEK_MS", 3_000)
        told: list[float] = []
        recognizer = Scripted(words)
        heard, _ = hear(stores.new(), words, recognizer, progress=told.append)
        assert said(heard) == [f"w{i}" for i in range(len(words))]
        for segment in heard.segments:
            for word in segment.words:
                low, high = words[int(word.text.strip()[1:])]
                assert abs(word.start * 1000 - low) <= 2
                assert abs(word.end * 1000 - high) <= 2
        assert recognizer.longest <= (CHUNK + 2 * 1500 + 900) / 1000
        assert all(0 <= share <= 1 for share in told)
        assert told[-1] == pytest.approx(1.0)
        # The number of workers changes nothing.
        assert hear(stores.new(), words, Scripted(words), threads=4)[0] == heard
        assert hear(stores.new(), words, Scripted(words), threads=1)[0] == heard


class StoreBenches:
    """Empty stores, one after the other, gone at the end."""

    def __enter__(self) -> StoreBenches:
        import tempfile
        from pathlib import Path

        self._folder = tempfile.TemporaryDirectory()
        self._root, self._count = Path(self._folder.name), 0
        return self

    def new(self) -> MediaStore:
        self._count += 1
        return MediaStore.local(self._root / str(self._count))

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


TALK = script([(60, 300), (80, 400), (400, 250)] * 40)


@given(parts_of_talk)
@settings(max_examples=60, deadline=None)
def test_chunks_hold_all_voice_and_split_the_time(parts: Parts) -> None:
    words = script(parts)
    voice, end = voice_of(words), words[-1][1] + 500
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_MS", CHUNK)
        patch.setattr(chunks, "_SEEK_MS", 3_000)
        plan = plan_chunks(voice.spans, end, clock)
    for a, b in pairwise(plan):
        assert a.last <= b.first
    for low, high in voice.spans:
        for at in range(low, high, 50):
            assert any(c.first <= at < c.last and any(x <= at < y for x, y in c.pieces) for c in plan)


@pytest.mark.parametrize(
    ("seconds", "chunks_of_it"), [(20, 1), (45, 2), (60, 2), (100, 2), (200, 2), (600, 6)]
)
def test_a_short_source_keeps_two_cores_busy(monkeypatch, seconds, chunks_of_it) -> None:
    monkeypatch.setattr(chunks, "CHUNK_MS", 120_000)
    # A pause after every two seconds: cuts may lie nearly anywhere.
    spans = [(at, at + 1800) for at in range(0, seconds * 1000, 2000)]
    plan = plan_chunks(spans, seconds * 1000, clock)
    assert abs(len(plan) - chunks_of_it) <= seconds // 300
    longest = max(c.pieces[-1][1] - c.pieces[0][0] for c in plan)
    assert longest <= min(121_000, max(29_000, 0.6 * seconds * 1000))


def test_a_killed_run_goes_on_where_it_was(tmp_path) -> None:
    store = MediaStore.local(tmp_path / "store")

    def killed(_: RawTranscript) -> RawTranscript:
        raise KeyboardInterrupt

    first = Scripted(TALK, faults={3: killed})
    with pytest.raises(KeyboardInterrupt):
        hear(store, TALK, first, threads=1)
    again = Scripted(TALK)
    heard, _ = hear(store, TALK, again, threads=1)
    plan = plan_chunks(voice_of(TALK).spans, TALK[-1][1] + 500, clock)
    # What was under way beside the killed chunk was finished and kept.
    assert 2 <= first.calls - 1 < len(plan)
    assert again.calls == len(plan) - (first.calls - 1)
    assert said(heard) == [f"w{i}" for i in range(len(TALK))]
    fresh, _ = hear(MediaStore.local(tmp_path / "other"), TALK, Scripted(TALK))
    assert heard == fresh


def test_when_a_provider_fails_mid_file_the_next_one_takes_over(tmp_path) -> None:
    store = MediaStore.local(tmp_path / "store")
    broken, sound = Scripted(TALK, name="broken", faults={2: dies}), Scripted(TALK, name="sound")
    heard, board = hear(store, TALK, broken, sound, threads=1)
    assert said(heard) == [f"w{i}" for i in range(len(TALK))]
    assert heard.providers == ("broken", "sound")
    assert broken.calls == 2, "one that failed is not asked again"
    assert len(board.failures) == 1
    assert board.failures[0].startswith("broken: ")
    # Its first answer stands: a later run asks it only for what it has not given yet.
    cured = Scripted(TALK, name="broken")
    assert said(hear(store, TALK, cured, sound, threads=1)[0]) == said(heard)
    assert cured.calls == len(plan_chunks(voice_of(TALK).spans, TALK[-1][1] + 500, clock)) - 1


def test_when_all_providers_fail_the_error_names_what_each_said(tmp_path) -> None:
    spanish = Scripted(TALK, name="spanish", languages=frozenset({"es"}))
    with pytest.raises(ShortformError) as failure:
        hear(
            MediaStore.local(tmp_path),
            TALK,
            spanish,
            Scripted(TALK, name="broken", faults={1: dies}),
            threads=1,
        )
    assert "spanish: it cannot do the language 'en'" in str(failure.value)
    assert "broken: scripted died mid-file" in str(failure.value)
    assert spanish.calls == 0


def test_who_cannot_do_the_language_is_passed_over_with_the_reason(tmp_path) -> None:
    spanish, english = Scripted(TALK, name="spanish", languages=frozenset({"es"})), Scripted(TALK)
    heard, board = hear(MediaStore.local(tmp_path), TALK, spanish, english)
    assert heard.providers == ("scripted",)
    assert [(p.provider, p.reason) for p in board.passed_over] == [
        ("spanish", "it cannot do the language 'en'")
    ]
    assert board.failures == []


def test_where_the_decoder_gets_lost_it_is_asked_again_and_that_is_listed(tmp_path) -> None:
    words = script([(60, 300)] * 20)
    heard, _ = hear(MediaStore.local(tmp_path), words, Scripted(words, lost_at=3.0))
    assert said(heard) == [f"w{i}" for i in range(20)]
    assert [(action.kind, action.text) for action in heard.repairs] == [
        ("repaired", "lost lost lost lost lost")
    ]


class Votes:
    """Detects a language by the time of what it hears."""

    def detect(self, samples) -> tuple[str, float]:
        return ("de", 0.6) if samples[0] < 20 else ("en", 0.9)


def test_the_language_is_that_of_most_of_the_talk() -> None:
    assert tell_language(clock, VoiceActivity([(0, 5_000), (6_000, 120_000)]), Votes())[0] == "en"
    assert tell_language(clock, VoiceActivity([(0, 9_000)]), Votes()) == ("de", 0.6)


def test_a_window_over_which_the_detector_crashes_has_no_vote() -> None:
    class Crashes(Votes):
        def detect(self, samples) -> tuple[str, float]:
            if samples[0] >= 20:
                raise RuntimeError("no")
            return super().detect(samples)

    assert tell_language(clock, VoiceActivity([(0, 120_000)]), Crashes())[0] == "de"
    with pytest.raises(ShortformError, match=r"speech\.language"):
        tell_language(clock, VoiceActivity([(30_000, 40_000)]), Crashes())


def test_words_without_times_get_their_share_and_say_so() -> None:
    text = " one three a"
    raw = RawTranscript("en", 1.0, (RawSegment(1.0, 3.0, text, (), -0.1, 0.0, 1.0),))
    (segment,) = checked(raw, 3.2, "en", "some")
    assert [word.text.strip() for word in segment.words] == text.split()
    assert not any(word.timed for word in segment.words)
    assert segment.words[0].start == 1.0
    assert segment.words[-1].end == pytest.approx(3.0)
    lengths = [word.end - word.start for word in segment.words]
    assert lengths[1] > lengths[0] > lengths[2]
    (signs,) = checked(RawTranscript("ja", 1.0, (RawSegment(0, 1, "東京 は", (), 0, 0, 1),)), 1, "ja", "some")
    assert [word.text.strip() for word in signs.words] == ["東", "京", "は"]


def test_a_little_beyond_the_end_is_rounding_and_far_beyond_is_garbage() -> None:
    raw = RawTranscript("en", 1.0, (RawSegment(0.5, 2.3, " late", (), -0.1, 0.0, 1.0),))
    assert checked(raw, 2.0, "en", "some")[0].words[0].end == 2.0
    with pytest.raises(UnusableAnswer, match=r"there are 1\.00 s of sound"):
        checked(raw, 1.0, "en", "some")
