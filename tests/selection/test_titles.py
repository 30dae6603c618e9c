"""What may stand as a title."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_talk import talk

from shortform_assets.genres import load_genre
from shortform_assets.selection.choose.edge_evidence import edge_evidence
from shortform_assets.selection.read.features import Measures, ReadTalk
from shortform_assets.selection.read.script import plain_text, read_script
from shortform_assets.selection.read.topics import idf
from shortform_assets.selection.say.title_judge import can_stand, liking, title_cues
from shortform_assets.selection.say.wording import TITLE_LENGTH, word_clip

PODCAST = load_genre("podcast").selection


@pytest.mark.parametrize(
    "title",
    [
        "Most bakeries fail in their second winter",
        "I sold the bakery to the boy who swept the floor",
        "Why do bakeries fail in winter?",
        'My daughter said "you are never here"',
        "You should never buy an oven on credit",
    ],
)
def test_complete_claims_and_questions_can_stand(title):
    assert can_stand(title)


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("It was the best thing we did", "an open pronoun for a subject"),
        ("That boy who swept the floor", "points at what nobody has read"),
        ("The bakery in the winter", "no verb"),
        ("Because the oven was bought on credit", "half a sentence"),
        ("The baker told him about the oven", "an open pronoun inside"),
        ("I sold the bakery to the", "cut off"),
        ('My daughter said "you are never here', "half a pair of quotation marks"),
        ("The oven is hot, right?", "only asks for a nod"),
        ("I I sold the bakery", "stutters"),
        ("Sold it", "too short"),
        ("", "nothing"),
    ],
)
def test_what_cannot_stand(title, why):
    assert not can_stand(title), why


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_liking_between_0_and_1(title):
    assert 0 <= liking(title) <= 1
    assert title_cues(title).shape == title_cues("").shape
    can_stand(title)


def test_a_claim_is_liked_more_than_a_scrap():
    assert liking("Most bakeries fail in their second winter") > liking("Of it, and then, you know, that")


def worded(script):
    transcript, turns = talk(script)
    lines = read_script(transcript, turns, 37_500)
    measures = Measures(ReadTalk(lines, [0] * len(lines), idf(lines)), PODCAST)
    return measures, word_clip(measures, [(i, line.text) for i, line in enumerate(lines)], ())


def test_the_title_is_a_claim_that_is_said_and_the_hook_is_another_line():
    measures, found = worded(
        "A: Why do so many bakeries fail?\n"
        "B: Most bakeries fail in their second winter, because the ovens were bought on credit. "
        "I learned to bake with one oven and no debt. Nobody ever told me that bread is a business of mornings."
    )
    said = plain_text(" ".join(line.text for line in measures.lines))
    assert plain_text(found.title) in said
    assert can_stand(found.title)
    assert len(found.title) <= TITLE_LENGTH
    assert not found.needs_title
    assert found.hook != found.title


def test_where_nothing_can_stand_a_person_is_asked():
    _, found = worded("A: Oh yeah, that one over there. It was him, wasn't it. And then those.")
    assert found.needs_title
    assert found.title


def test_edges_say_why():
    transcript, turns = talk(
        "A: Why do bakeries fail?\nB: The ovens cost too much. So they close.\nA: What then?"
    )
    lines = read_script(transcript, turns, 37_500)
    measures = Measures(ReadTalk(lines, [0] * len(lines), idf(lines)), PODCAST)
    assert edge_evidence(measures, 0, 2) == "opens on the question; stops before the next question"
    assert edge_evidence(measures, 1, 3) == "opens as the speaker begins; stops with the source"
