"""One absurd answer costs its window at most: it is heard otherwise or left out, and always listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import Scripted, babbles, beyond_the_end, clock, crashes, dies, not_a_number
from test_listening import CHUNK, SPEECH, TALK, StoreBenches, hear, said, voice_of

from resources.bench import StoreBench
from resources.media_store import MediaStore
from shortform_assets.contracts.speech import GuardAction
from shortform_assets.errors import ShortformError
from shortform_assets.ports.recognizer import Ears, RawTranscript
from shortform_assets.speech.hear import chunked_recognition, chunks
from shortform_assets.speech.hear.chunks import plan_chunks
from shortform_assets.speech.hear.recognition import RecognizedSpeech, recognise
from shortform_assets.speech.words.voice_activity import SoundTrack

ABSURD = [crashes, beyond_the_end, not_a_number, babbles]
EVERY = [f"w{i}" for i in range(len(TALK))]
END = TALK[-1][1] + 500
Fault = Callable[[RawTranscript], RawTranscript]


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_MS", CHUNK)
    monkeypatch.setattr(chunked_recognition, "_WINDOW_MS", 4_000)


class Cursed(Scripted):
    """Babbles over whatever sound holds one of the `moments` (source milliseconds)."""

    def __init__(self, moments: Sequence[int], **others: Any) -> None:
        super().__init__(TALK, **others)
        self.moments = moments

    def recognize(self, request):
        samples = request.samples
        answer = super().recognize(request)
        cursed = any(samples[0] <= at / 1000 <= samples[-1] for at in self.moments)
        return babbles(answer) if cursed else answer


def removed(actions: Sequence[GuardAction]) -> list[GuardAction]:
    return [action for action in actions if action.kind == "removed"]


@pytest.mark.parametrize("fault", ABSURD)
def test_a_chunk_without_a_usable_answer_is_heard_in_windows(tmp_path, fault: Fault) -> None:
    only = Scripted(TALK, faults={2: fault})
    heard, board = hear(MediaStore.local(tmp_path), TALK, only, threads=1)
    assert said(heard) == EVERY
    assert board.failures == []
    (action,) = heard.repairs
    assert action.kind == "repaired"
    assert "no usable answer" in action.reason


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, END - 1), min_size=1, max_size=2), st.sampled_from([1, 4]))
def test_what_is_left_out_lies_in_what_is_listed(moments: set[int], threads: int) -> None:
    with pytest.MonkeyPatch.context() as patch, StoreBenches() as stores:
        patch.setattr(chunks, "CHUNK_MS", CHUNK)
        patch.setattr(chunked_recognition, "_WINDOW_MS", 4_000)
        heard, board = hear(stores.new(), TALK, Cursed(sorted(moments)), threads=threads)
    assert board.failures == []
    gone = [TALK[i] for i, name in enumerate(EVERY) if name not in said(heard)]
    spans = [(action.start_ms, action.end_ms) for action in removed(heard.repairs)]
    assert all(any(low < b and high > a for a, b in spans) for low, high in gone)
    # Windows of four seconds around each moment, and a word at either edge.
    assert len(gone) <= 12 * len(moments) + 4
    assert said(heard) == [name for name in EVERY if name in set(said(heard))]


def test_whole_chunks_in_a_row_are_a_providers_failure(tmp_path) -> None:
    everywhere = range(0, END, 50)
    heard, board = hear(
        MediaStore.local(tmp_path / "1"), TALK, Cursed(everywhere, name="mad"), Scripted(TALK, name="sound"),
        threads=1,
    )  # fmt: skip
    assert said(heard) == EVERY
    assert heard.providers == ("sound",)
    (failure,) = board.failures
    assert failure.startswith("mad: it has no usable answer for whole chunks in a row")
    with pytest.raises(ShortformError, match="no provider could transcribe this: mad: it has no usable"):
        hear(MediaStore.local(tmp_path / "2"), TALK, Cursed(everywhere, name="mad"), threads=1)


def test_one_whole_chunk_goes_to_the_next_provider_and_is_left_out_where_there_is_none(tmp_path) -> None:
    second = plan_chunks(voice_of(TALK).spans, END, clock)[1]
    moments = range(second.first + 200, second.last - 200, 50)
    mad = Cursed(moments, name="mad")
    heard, board = hear(MediaStore.local(tmp_path / "1"), TALK, mad, Scripted(TALK, name="sound"))
    assert said(heard) == EVERY
    assert heard.providers == ("mad", "sound")
    assert board.failures == []
    told: list[str] = []
    heard, _ = hear(MediaStore.local(tmp_path / "2"), TALK, Cursed(moments), degraded=told)
    assert 0 < len(said(heard)) < len(EVERY)
    (action,) = removed(heard.repairs)
    assert action.start_ms <= second.first + 500
    assert action.text.startswith("spam spam")
    assert len(action.text) < 100
    assert told
    assert "could not be heard" in told[0]


def test_a_source_that_is_one_chunk_has_failed_with_it(tmp_path) -> None:
    with pytest.raises(ShortformError, match="no provider could transcribe this"):
        hear(MediaStore.local(tmp_path), TALK[:10], Cursed(range(0, END, 50)))


def skips(answer: RawTranscript) -> RawTranscript:
    """All but the third segment, as a decoder that gets lost."""
    return RawTranscript(answer.language, 0.9, (*answer.segments[:2], *answer.segments[3:]))


def look_again(store: MediaStore, fault: Fault, told: list[str]) -> RecognizedSpeech:
    """Ten seconds in which a segment was missed, and what happens when its window is heard again."""
    words = [(at, at + 300) for at in range(200, 9_000, 400)]
    recognizer = Scripted(words, faults={1: skips, 2: fault})
    with StoreBench.over(store, threads=1) as bench:
        sound = SoundTrack(clock, voice_of(words), 9_500, "content")
        found = recognise(bench, sound, Ears((recognizer,), recognizer), SPEECH, (), lambda _: None)
        told += bench.degraded
    assert found is not None
    assert recognizer.calls >= 2
    return found


def test_a_second_look_that_babbles_is_dropped_and_listed(tmp_path) -> None:
    told: list[str] = []
    found = look_again(MediaStore.local(tmp_path), babbles, told)
    assert [word.text for word in found.words] == [f"w{i}" for i in range(22) if i not in range(10, 15)]
    (action,) = removed(found.actions)
    assert "no usable answer: scripted answered 100000 words" in action.reason
    assert 4_000 <= action.start_ms < action.end_ms <= 6_500
    assert found.provider == "scripted"
    assert told == []


def test_a_provider_that_dies_at_a_second_look_costs_that_window(tmp_path) -> None:
    told: list[str] = []
    found = look_again(MediaStore.local(tmp_path), dies, told)
    assert len(found.words) == 17
    assert any("not heard again" in reason for reason in told)


class Deaf(Scripted):
    """A second opinion whose library crashes over everything."""

    def decode(self, _: object) -> str:
        raise RuntimeError("out of its mind")


def test_a_second_opinion_that_crashes_leaves_the_verdict_to_the_rules(tmp_path) -> None:
    words = TALK[:20]
    doubtful = Scripted(words, faults={1: _taken_for_silence})
    with StoreBench.over(MediaStore.local(tmp_path), threads=1) as bench:
        sound = SoundTrack(clock, voice_of(words), words[-1][1] + 500, "content")
        ears = Ears((doubtful,), doubtful, Deaf(words, name="deaf"))
        found = recognise(bench, sound, ears, SPEECH, (), lambda _: None)
        assert any("out of its mind" in reason for reason in bench.degraded)
    assert found is not None
    assert len(found.words) == 20


def _taken_for_silence(answer: RawTranscript) -> RawTranscript:
    from dataclasses import replace

    first, *rest = answer.segments
    return RawTranscript("en", 0.9, (replace(first, no_speech_prob=0.9), *rest))


def test_a_provider_that_cannot_be_loaded_is_passed_on_from(tmp_path) -> None:
    class Unloadable(Scripted):
        def load(self) -> Scripted:
            raise RuntimeError("the model file is cut off")

    heard, board = hear(MediaStore.local(tmp_path), TALK, Unloadable(TALK, name="broken"), Scripted(TALK))
    assert said(heard) == EVERY
    assert "broken cannot be loaded: RuntimeError: the model file is cut off" in board.failures[0]
