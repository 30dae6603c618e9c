"""Which shots a clip shows: where their words are said, never in the way of hook, names and each other."""

from __future__ import annotations

from itertools import pairwise

from enhancement_talk import camera, planned
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import FaceBox
from shortform_assets.contracts.existing_text import SeenText
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.style_b_roll import BRollShot, BRollStyle
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.overlays.b_roll_slots import SlotRoom, b_roll_slots

RATE = FrameRate(num=30)
SAID = ("Paris", "paris,", "Eiffel", "Tower", "München", "rain", "train", "巴黎", "so", "it")


def library(*words: tuple[str, ...], seconds: float = 3.0) -> BRollStyle:
    file = Blob(sha256="0" * 64, size=1)
    return BRollStyle(shots=tuple(BRollShot(file=file, words=said) for said in words), seconds=seconds)


def spoken(texts, step: int = 15) -> list[SpokenWord]:
    return [
        SpokenWord(text=text, start_frame=i * step, end_frame=i * step + step, source_ms=(0, 1), speaker=0)
        for i, text in enumerate(texts)
    ]


SHOTS = library(("Eiffel Tower", "Paris"), ("munchen",), ("rain", "Paris"), ("巴黎",))


@given(
    st.lists(st.sampled_from(SAID), max_size=80),
    st.integers(5, 40),
    st.lists(st.one_of(st.none(), st.integers(2000, 5000)), min_size=4, max_size=4),
    st.integers(0, 300),
    st.lists(st.integers(0, 900), max_size=3),
)
def test_shots_stand_where_their_words_are_said_and_nowhere_else(texts, step, lengths, begins, names):
    words = spoken(texts, step)
    taken = [(start, start + 90) for start in names]
    room = SlotRoom(RATE, len(texts) * step, begins, taken, {})
    slots = b_roll_slots(words, SHOTS, lengths, room)
    assert slots == b_roll_slots(words, SHOTS, lengths, room)
    assert len({slot.shot for slot in slots}) == len(slots)
    assert all(b.start_frame - a.end_frame >= 180 for a, b in pairwise(slots))
    for slot in slots:
        shown = slot.end_frame - slot.start_frame
        length = lengths[slot.shot]
        assert 60 <= shown <= min(90, 90 if length is None else RATE.nearest(length))
        assert max(60, begins) <= slot.start_frame < slot.end_frame <= room.frames
        assert not any(low < slot.end_frame and slot.start_frame < high for low, high in taken)
        at = next(i for i, word in enumerate(words) if word.start_frame == slot.start_frame)
        assert (
            texts[at]
            in (("Eiffel", "Paris", "paris,"), ("München",), ("rain", "Paris", "paris,"), ("巴黎",))[
                slot.shot
            ]
        )
    # Not doing anything is no way to be right: without another one near, the first that may stand does.
    free = SlotRoom(RATE, 10_000, 0, [], {})
    if any(text in SAID[:2] and i * step >= 60 for i, text in enumerate(texts)):
        assert b_roll_slots(words, SHOTS, [None] * 4, free)


def test_a_phrase_is_whole_words_and_its_evidence_is_what_was_said():
    words = spoken(
        [
            "so",
            "we",
            "came",
            "by",
            "train",
            "and",
            "it",
            "did",
            "rain",
            "over",
            "the",
            "Eiffel",
            "Tower,",
            "of",
            "course",
        ],
        60,
    )
    (slot, *_), late = b_roll_slots(words, SHOTS, [None] * 4, SlotRoom(RATE, 2000, 0, [], {})), 60 * 8
    assert (slot.start_frame, slot.shot) == (late, 2)
    assert slot.reason == "shown because 'rain' is said at 00:16"
    tower = b_roll_slots(words, library(("Eiffel Tower",)), [None], SlotRoom(RATE, 2000, 0, [], {}))
    assert [each.reason for each in tower] == ["shown because 'Eiffel Tower' is said at 00:22"]


@given(st.floats(0, 0.95), st.floats(0.02, 0.2), st.booleans())
def test_the_edge_of_a_shot_cuts_neither_face_nor_text(y, height, text):
    clip = planned([Span(start_frame=0, end_frame=300)], [(0, 3)])
    framing = camera(clip).aspects[0]
    at = {"x": 0.2, "y": y, "width": 0.3, "height": height}
    seen = (
        {"texts": (SeenText(start_frame=0, end_frame=300, kind="subtitle", **at),)}
        if text
        else {"faces": tuple(FaceBox(frame=frame, **at) for frame in range(0, 300, 12))}
    )
    room = SlotRoom(RATE, 300, 0, [], {"9:16": framing.model_copy(update=seen)})
    upper = library(("Paris",)).model_copy(update={"place": "upper"})
    (slot,) = b_roll_slots(spoken(["so"] * 4 + ["Paris"]), upper, [None], room)
    assert slot.height == {"9:16": 1.0 if y < 0.5 < y + height else 0.5}
