"""What is typed after --exclude and --about."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_talk import SCRIPT
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.selection.edit.brief import parse_about, parse_exclude, parse_time
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments


@pytest.mark.parametrize(
    ("text", "ms"),
    [("90", 90_000), ("12:30", 750_000), ("1:02:03", 3_723_000), ("0:05.5", 5_500), (" 7 ", 7_000)],
)
def test_times(text, ms):
    assert parse_time(text) == ms


@pytest.mark.parametrize("text", ["", "soon", "12:60", "1:60:00", "-5", "1:2:3:4", "12:3x", "∞", "1e3"])
def test_nonsense_is_refused_by_name(text):
    with pytest.raises(InputError, match=r"write mm:ss|more than 59"):
        parse_time(text)


def test_ranges_are_ordered_and_merged():
    assert parse_exclude(["10:00-12:30", "5-8", "12:00 – 13:00"]) == ((5_000, 8_000), (600_000, 780_000))
    assert parse_exclude([]) == ()


@pytest.mark.parametrize("value", ["10:00", "12:30-10:00", "5-5", "a-b", "1-2-3"])
def test_what_is_no_range_is_refused(value):
    with pytest.raises(InputError, match="--exclude"):
        parse_exclude([value])


def test_a_range_after_the_end_is_refused_and_one_across_it_is_not():
    with pytest.raises(InputError, match="after the end"):
        parse_exclude(["10:00-12:00"], duration_ms=500_000)
    assert parse_exclude(["8:00-12:00"], duration_ms=500_000) == ((480_000, 720_000),)


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 900)), max_size=6))
def test_what_was_given_is_covered_and_nothing_else(rows):
    values = [f"{a // 60}:{a % 60:02}-{a + n}" for a, n in rows]
    found = parse_exclude(values)
    seconds = {s for a, n in rows for s in range(a, a + n)}
    assert {s for low, high in found for s in range(low // 1000, high // 1000)} == seconds
    assert all(b < c for (_, b), (c, _) in pairwise(found))


def test_topics_are_cleaned_and_empty_ones_refused():
    assert parse_about([" pricing  models", "hiring", "hiring"]) == ("pricing models", "hiring")
    with pytest.raises(InputError, match="--about"):
        parse_about([" ?! "])


class _Rhymes:
    """Texts of one subject point one way: a stand-in whose meanings are known."""

    name = "known"
    subjects = (
        ("talent", "hire", "staff", "recruiting"),
        ("flour", "recipe", "dough"),
        ("hotels", "bicycles"),
    )

    def embed(self, texts):
        rows = [[sum(w in text.lower() for w in words) for words in self.subjects] for text in texts]
        return np.array(rows, np.float32)


class _Missing:
    name = "missing"

    def embed(self, texts):
        raise InputError("the model is not here", "somewhere", "install it")


def test_a_topic_is_found_by_meaning_where_its_word_is_never_said(bench):
    transcript, turns = talk(SCRIPT)
    mezzanine, shots = silent_media(transcript.duration_ms)
    selection = load_genre("podcast").selection
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, selection))

    def first(embedder, *about):
        plan = plan_clips(
            bench,
            PlanRequest(moments, transcript, turns, selection, PlanEdits(), Brief(count=1, about=about)),
            embedder=embedder,
        )
        clip = plan.clips[0]
        return " ".join(w.text for a, b in clip.word_ranges for w in transcript.words[a : b + 1]), plan

    by_words, plan = first(None, "recruiting")
    assert "never hire for talent" not in by_words
    assert "No clip is about" in plan.notes[0]
    by_meaning, plan = first(_Rhymes(), "recruiting")
    assert "never hire for talent" in by_meaning
    assert plan.notes == ()
    assert not bench.degraded
    first(_Missing(), "recruiting")
    assert "by their words alone" in bench.degraded[0]
