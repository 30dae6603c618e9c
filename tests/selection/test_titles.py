"""The title of a clip: a claim that an editor would let stand, or a makeshift that says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_talk import silent_media, talk

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.models import Models
from resources.spacy_parser import EnglishGrammar, SpacyParser
from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.genres import load_genre
from shortform_assets.selection.choose.edge_evidence import edge_evidence
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.features import Measures, ReadTalk
from shortform_assets.selection.read.script import is_content, plain_text, read_script, stem, tokenize
from shortform_assets.selection.read.topics import idf
from shortform_assets.selection.say.parsed_clause import ParsedClause
from shortform_assets.selection.say.phrases import find_phrases
from shortform_assets.selection.say.title_checks import balanced, faults
from shortform_assets.selection.say.title_judge import shipped_title_judge, title_cues
from shortform_assets.selection.say.title_lines import TitleLine
from shortform_assets.selection.say.wording import (
    HOOK_LENGTH,
    TITLE_LENGTH,
    TitleWriter,
    same_words,
    word_clip,
)

PODCAST = load_genre("podcast").selection
PARSER = EnglishGrammar().load()
BAKERY = (
    "A: Why do so many bakeries fail?\n"
    "B: Most bakeries fail in their second winter, because the ovens were bought on credit. "
    "I learned to bake with one oven and no debt. Nobody ever told me that bread is a business of mornings."
)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_liking_between_0_and_1(title):
    judge = shipped_title_judge()
    line = TitleLine(title, 0, "claim", ParsedClause(PARSER.parse([title])[0]), 8)
    cues, points = np.zeros((1, len(judge.point_centre))), np.zeros(1)
    assert 0 <= judge.liking(line, cues, points) <= 1
    assert title_cues(line, cues, points).shape == judge.title_centre.shape


def measured(script):
    transcript, turns = talk(script)
    lines = read_script(transcript, turns, 37_500)
    return Measures(ReadTalk(lines, [0] * len(lines), idf(lines)), PODCAST)


def worded(script, writer=None, taken=()):
    measures = measured(script)
    return measures, word_clip(measures, list(enumerate(x.text for x in measures.lines)), (), taken, writer)


WRITER = TitleWriter(PARSER, shipped_title_judge())


def test_the_title_is_a_claim_that_is_said_and_the_hook_is_another_line():
    measures, found = worded(BAKERY, WRITER)
    said = plain_text(" ".join(line.text for line in measures.lines))
    assert plain_text(found.title) in said
    assert len(found.title) <= TITLE_LENGTH
    assert found.hook
    assert not same_words(found.hook, found.title)
    _, other = worded(BAKERY, WRITER, {found.title})
    assert other.title != found.title


SUBJECTS = ["It", "They", "The miller", "My oldest oven", "That one", "Nobody in town", "He", "You"]
VERBS = ["sold", "was able to see", "never wanted", "said", "burns", "would have liked", "seems to need"]
OBJECTS = [
    "forty loaves",
    "it",
    "the red van",
    '"a quiet kitchen',
    "them over there",
    "any debt",
    "that",
    "you in 2013",
]
ENDS = ["", ", Jerod", " if the bank agrees", ", man", '" and left', ", you know"]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(*map(st.sampled_from, (SUBJECTS, VERBS, OBJECTS, ENDS))), min_size=2, max_size=6))
def test_title_and_hook_hold_every_check_whatever_is_said(parts):
    script = "A: " + " ".join(f"{a} {b} {c}{d}." for a, b, c, d in parts)
    measures, found = worded(script, WRITER)
    said = {s for line in measures.lines for s in line.stems}
    for line, most in (
        (found.hook, HOOK_LENGTH),
        *(((found.title, TITLE_LENGTH),) if not found.needs_title else ()),
    ):
        if line:
            clause = ParsedClause(PARSER.parse([line])[0])
            assert not faults(line, clause), line
            assert len(line) <= most
            assert balanced(line)
            assert {stem(t) for t in tokenize(plain_text(line)) if is_content(t)} <= said
    assert found.title
    assert not same_words(found.hook, found.title)


def test_a_hook_never_loses_a_denial():
    phrases = find_phrases(
        measured("A: No battle was ever won by a baker."), [(0, "No battle was ever won by a baker.")], 60
    )
    assert {p.text for p in phrases} == {"No battle was ever won by a baker"}
    phrases = find_phrases(
        measured("A: No, the battle was won by bakers."), [(0, "No, the battle was won by bakers.")], 60
    )
    assert "The battle was won by bakers" in {p.text for p in phrases}


def test_a_topic_line_is_not_the_same_noun_twice():
    script = "A: The AWS bill came. It was an AWS bill of theirs. AWS is AWS. They paid the AWS bill, and part of nothing."
    _, found = worded(script, WRITER)
    assert found.needs_title or " and " not in found.title
    assert found.title.count("AWS") == 1


def test_without_a_grammar_a_person_is_asked():
    _, found = worded(BAKERY)
    assert found.needs_title
    assert found.title


def test_where_nothing_can_stand_a_person_is_asked():
    _, found = worded("A: Oh yeah, that one over there. It was him, wasn't it. And then those.", WRITER)
    assert found.needs_title
    assert found.title
    assert not same_words(found.title, found.hook)


def test_where_no_claim_is_liked_the_question_is_the_title_and_marked():
    _, found = worded(
        "A: Why is bread always so expensive here?\nB: It is what it is. They did it. Ask them.", WRITER
    )
    assert (found.title, found.needs_title) == ("Why is bread always so expensive here?", True)


@pytest.mark.parametrize(
    ("language", "parser", "says"),
    [
        ("de", PARSER, "for want of a grammar of 'de'"),
        ("en", SpacyParser(Models({})), ""),
        ("en", PARSER, None),
    ],
)
def test_a_plan_says_where_its_titles_had_no_grammar(tmp_path, language, parser, says):
    transcript, turns = talk("\n".join([BAKERY] * 4))
    transcript = transcript.model_copy(update={"language": language})
    mezzanine, shots = silent_media(transcript.duration_ms)
    with StoreBench.over(MediaStore.local(tmp_path)) as bench:
        moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, PODCAST))
        asked = PlanRequest(moments, transcript, turns, PODCAST, PlanEdits(), Brief())
        plan = plan_clips(bench, asked, parser=parser)
        assert plan.clips
        if says is None:
            assert not bench.degraded
            assert not plan.notes
        else:
            assert all(clip.needs_title for clip in plan.clips)
            assert says in " ".join(plan.notes)
            assert bool(bench.degraded) == (language == "en")


def test_edges_say_why():
    transcript, turns = talk(
        "A: Why do bakeries fail?\nB: The ovens cost too much. So they close.\nA: What then?"
    )
    lines = read_script(transcript, turns, 37_500)
    measures = Measures(ReadTalk(lines, [0] * len(lines), idf(lines)), PODCAST)
    assert edge_evidence(measures, 0, 2) == "opens on the question; stops before the next question"
    assert edge_evidence(measures, 1, 3) == "opens as the speaker begins; stops with the source"
