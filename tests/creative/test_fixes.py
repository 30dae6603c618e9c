"""Fixes: whole words in running text, punctuation and times kept, one clip or everywhere."""

from __future__ import annotations

from itertools import pairwise

import pytest
from enhancement_talk import RATE, planned, transcript, turns
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.edits import CreativeEdit
from shortform_assets.contracts.selection import ClipPlan, Span
from shortform_assets.creative.captions.text.clip_words import MILLISECONDS, clip_words, source_words
from shortform_assets.creative.fixes.fix_places import FixScope, make_fix
from shortform_assets.creative.fixes.word_fixes import anchor, fix_clip, fix_text, fix_words
from shortform_assets.errors import InputError

EVERYWHERE = [(0, 1 << 30)]


def fix(wrong: str, right: str, **when) -> CreativeEdit:
    return CreativeEdit(verb="fix", wrong=wrong, right=right, **when)


def said(text: str):
    words = transcript(text)
    return source_words(words, turns(words))


@pytest.mark.parametrize(
    ("text", "wrong", "right", "expected"),
    [
        ("We use kubernetties, daily.", "Kubernetties", "Kubernetes", "We use Kubernetes, daily."),
        ("KUBERNETTIES' (kubernetties)!", "kubernetties", "kubectl", "kubectl' (kubectl)!"),
        ("Kubernetties's and kubernetties-based", "kubernetties", "k8s", "k8s's and k8s-based"),
        ("a kubernettieses notkubernetties", "kubernetties", "x", "a kubernettieses notkubernetties"),
        ("said Jon Smyth, to Jon. Smyth left", "jon smyth", "John Smith", "said John Smith, to Jon. Smyth left"),
        ("said Jon, Smyth", "jon smyth", "John Smith", "said John, Smith"),
        ("a short form, short-form", "short form", "Shortform", "a Shortform, Shortform"),
        ("at Acme corp.", "acme corp", "ACME Corp.", "at ACME Corp."),
        ("it is, it's, it", "it", "they", "they is, it's, they"),
        ("I don't do that", "don", "Dan", "I don't do that"),
        ("5 is 5.5 or 5,000", "5", "six", "six is 5.5 or 5,000"),
        ("C++ and C, c", "c++", "Rust", "Rust and C, c"),
        ("tick-tick tick", "tick", "tock", "tock-tock tock"),
        ("we don’t", "don't", "do not", "we do not"),
        ("\\1 (a", "(a", "\\g<0>", "\\1 \\g<0>"),
        ("我们在厨房", "厨房", "客厅", "我们在客厅"),
        ("我们用kubernetties写", "kubernetties", "Kubernetes", "我们用Kubernetes写"),
    ],
)  # fmt: skip
def test_captions_and_titles_are_fixed_alike(text, wrong, right, expected):
    assert " ".join(w.text for w in fix_words(said(text), [fix(wrong, right)])) == expected
    assert fix_text(text, EVERYWHERE, [fix(wrong, right)]) == expected


def test_words_of_unspaced_scripts_are_found_across_tokens():
    fixed = fix_words(said("我 们 在 厨 房 里"), [fix("厨房", "客厅")])
    assert [w.text for w in fixed] == ["我", "们", "在", "客厅", "里"]


def test_times_are_kept():
    words = said("one two three. Four")
    same = fix_words(words, [fix("two three", "2 3")])
    assert [(w.start_frame, w.end_frame) for w in same] == [(w.start_frame, w.end_frame) for w in words]
    assert [w.confidence for w in fix_words(words, [fix("two", "2")])][1] == 1.0
    joined = fix_words(words, [fix("two three", "twothree")])[1]
    assert (joined.start_frame, joined.end_frame) == (words[1].start_frame, words[2].end_frame)
    assert joined.text == "twothree."
    assert joined.ends_sentence
    parted = fix_words(words, [fix("three", "t hree")])
    assert [w.text for w in parted] == ["one", "two", "t", "hree.", "Four"]
    assert parted[2].start_frame == words[2].start_frame
    assert parted[2].end_frame == parted[3].start_frame
    assert parted[3].end_frame == words[2].end_frame
    assert [w.ends_sentence for w in parted[2:4]] == [False, True]


WORDS = st.lists(st.sampled_from(["a", "b", "A,", "b.", "ab", "c", "a's", "«b»"]), min_size=1, max_size=20)
PHRASES = st.lists(st.sampled_from(["a", "b", "c", "ab"]), min_size=1, max_size=3).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(WORDS, st.lists(st.tuples(PHRASES, PHRASES), max_size=4))
def test_whatever_is_fixed_times_stay_in_order_and_within(texts, pairs):
    words = said(" ".join(texts))
    fixed = fix_words(words, [fix(*pair) for pair in pairs])
    assert fixed[0].start_frame == words[0].start_frame
    assert fixed[-1].end_frame == words[-1].end_frame
    assert all(w.start_frame < w.end_frame for w in fixed)
    assert all(a.end_frame <= b.start_frame for a, b in pairwise(fixed))
    assert sum(w.ends_sentence for w in fixed) == sum(w.ends_sentence for w in words)


@settings(max_examples=100, deadline=None)
@given(WORDS, PHRASES)
def test_a_later_fix_undoes_an_earlier_one(texts, wrong):
    words = said(" ".join(texts).lower())
    there = fix_words(words, [fix(wrong, "Unheard")])
    # What was in no place is in none after; every place is given back, as it was written in the fix.
    back = fix_words(there, [fix("unheard", wrong)])
    again = fix_words(words, [fix(wrong, "Unheard"), fix("unheard", wrong), fix(wrong, "Unheard")])
    assert [w.text for w in again] == [w.text for w in there]
    assert len(" ".join(w.text for w in back)) == len(" ".join(w.text for w in words)) or "," in " ".join(
        texts
    )


TALK = "Our kubernetties cluster met in a kitchen. " * 3 + "And kubernetties ended."


def two_clips() -> ClipPlan:
    """Two clips of TALK: the first is the first and third sentence, the second what comes after."""
    spans = (Span(start_frame=0, end_frame=56), Span(start_frame=112, end_frame=168))
    first = planned(spans, [(0, 6), (14, 20)], hook="Kubernetties in a kitchen")
    second = planned([Span(start_frame=168, end_frame=200)], [(21, 23)], hook="And it ended")
    clips = tuple(
        c.model_copy(update={"title": "Kubernetties!", "hashtags": ("#kubernetties",)})
        for c in (first, second)
    )
    return ClipPlan(editor="local", rate=RATE, clips=clips, target_count=2)


def test_a_clip_is_meant_by_its_place_not_its_number():
    plan, words = two_clips(), transcript(TALK)
    edit, places = make_fix(FixScope(plan, words, turns(words), ()), "Kubernetties", "Kubernetes", clip=2)
    assert edit.spans_ms == anchor(plan.clips[1], RATE) == ((6720, 8000),)
    assert [(c.number, c.words, c.texts, c.redrawn) for c in places.clips] == [(2, 1, ("title",), True)]
    assert places.elsewhere == 0
    # The next plan has another clip in front and this one a little longer: the edit still means it alone.
    longer = planned([Span(start_frame=160, end_frame=200)], [(20, 23)])
    for clip, expected in ((plan.clips[0], "Kubernetties!"), (longer.model_copy(update={"title": "Kubernetties!"}), "Kubernetes!")):  # fmt: skip
        assert fix_clip(clip, RATE, [edit]).title == expected
        shown = fix_words(clip_words(clip, RATE, words, turns(words)), [edit])
        assert ("Kubernetes" in [w.text for w in shown]) == (expected == "Kubernetes!")
    assert fix_clip(plan.clips[0], RATE, [edit]) is plan.clips[0]


def test_everywhere_means_all_texts_of_all_clips_and_the_rest_of_the_source():
    plan, words = two_clips(), transcript(TALK)
    edit, places = make_fix(FixScope(plan, words, turns(words), ()), "kubernetties", "Kubernetes")
    assert edit.spans_ms == ()
    assert [(c.number, c.words, c.texts) for c in places.clips] == [
        (1, 2, ("title", "hook")),
        (2, 1, ("title",)),
    ]
    assert places.elsewhere == 1
    assert places.total == 7
    fixed = fix_clip(plan.clips[0], RATE, [edit])
    assert (fixed.title, fixed.hook, fixed.hashtags) == (
        "Kubernetes!",
        "Kubernetes in a kitchen",
        ("#kubernetes",),
    )
    with pytest.raises(InputError, match="reads so already"):
        make_fix(FixScope(plan, words, turns(words), [edit]), "kubernetes", "Kubernetes")
    back, _ = make_fix(FixScope(plan, words, turns(words), [edit]), "Kubernetes", "kubernetties")
    assert [w.text for w in fix_words(said(TALK), [edit, back])] == [w.text for w in said(TALK)]


@pytest.mark.parametrize(
    ("wrong", "right", "clip", "told"),
    [
        ("kubernettis", "Kubernetes", None, "closest are 'kubernetties"),
        ("in our kichen", "x", None, "in a kitchen"),
        ("kitchen", "x", 2, "it is in clip 1"),
        ("zzzz qqq", "x", None, "neither said nor written"),
        ("kitchen", "", None, "trim the clip"),
        ("kitchen", "  ", None, "trim the clip"),
        (" ", "x", None, "at least one word"),
        ("kitchen", "a\nb", None, "control characters"),
        ("kitchen", "a\u202eb", None, "control characters"),
        ("kitchen", "a\x1b[31m", None, "control characters"),
        ("kitchen", "x" * 201, None, "longer than 200"),
        ("kitchen", "kitchen", None, "reads so already"),
        ("kitchen", "x", 3, "the plan's clips are 1 to 2"),
        ("kitchen", "x", 0, "the plan's clips are 1 to 2"),
    ],
)  # fmt: skip
def test_what_is_no_fix_is_refused(wrong, right, clip, told):
    plan, words = two_clips(), transcript(TALK)
    with pytest.raises(InputError, match=told):
        make_fix(FixScope(plan, words, turns(words), ()), wrong, right, clip)


def test_source_words_are_timed_in_milliseconds():
    words = transcript(TALK)
    for heard, word in zip(source_words(words, turns(words)), words.words, strict=True):
        assert (MILLISECONDS.ms(heard.start_frame), MILLISECONDS.ms(heard.end_frame)) == (
            word.start_ms,
            word.end_ms,
        )
