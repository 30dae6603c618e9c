"""The glossary repairs near misses of its terms, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.speech.names.glossary import PROMPT_LENGTH, PROMPT_TERMS, prompt_terms, repair
from shortform_assets.speech.names.name_likeness import letters, likeness, spoken_likeness
from shortform_assets.speech.words.word_assembly import DraftWord

GLOSSARY = (
    "Shortform", "Kubernetes", "John Smith", "Jane Doe", "Pydantic", "Dagster", "Acme", "GitHub", "LangChain",
    "Anthropic", "GPT-4", "SQL", "PostgreSQL", "Data Mesh", "The Office", "Facebook", "Apple", "IT", "WHO", "Mark",
    "C++", "Node.js", "Hugging Face", "Anyone", "Container", "Terraform", "Notion",
)  # fmt: skip
_WORDS = """a about all an and any anyone apple as at book born branch brother by calls cluster come container cooper
    course daddy dagger dater data day did director does dog doughnut every everything face fact fill follows form
    forms form's function gauge git go good group guy he hub i in into is it its jane joan john jon just langston
    late like look mark marked me mesh meta my node not of office on one or out pedantic people phase pie post
    react s said say short shortly smith smyth so space star stable tell terror that the then there this throw
    tick to today town try two us use used was way we what who whole with world write you your catherine marc
    doe dexter github facebook"""
ORDINARY = frozenset(_WORDS.split())


@pytest.fixture(scope="module")
def known():
    """The real dictionary of the aligner."""
    from resources.stt.sphinx import SphinxAligner

    return SphinxAligner().load().knows


def drafts(text: str, sure: float = 0.9) -> list[DraftWord]:
    """A word every 300 ms; ~word is one that the recognizer hardly believed, | a pause of a second."""
    words, at = [], 0
    for token in text.split():
        if token == "|":
            at += 1000
            continue
        confidence = 0.3 if token.startswith("~") else sure
        words.append(DraftWord(token.removeprefix("~"), at, at + 280, confidence, 0))
        at += 300
    return words


def mended(text: str, known, glossary=GLOSSARY, language="en") -> str:
    return " ".join(word.text for word in repair(drafts(text), glossary, language, known)[0])


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("the short form pipeline", "the Shortform pipeline"),
        ("On Kubernetties, we run", "On Kubernetes, we run"),
        ("Kubernetties-based and (kubernettis)", "Kubernetes-based and (Kubernetes)"),
        ("with Jon Smyth's brother", "with John Smith's brother"),
        ("pie dantic models", "Pydantic models"),
        ("two tagsters, daxter’s jobs", "two Dagsters, Dagster’s jobs"),
        ("we met jane doe.", "we met Jane Doe."),
        ("Akme sells", "Acme sells"),
        ("a face book group on github", "a Facebook group on GitHub"),
        ("Lang chain, git hub", "LangChain, GitHub"),
        ("an ~throw ~pick says", "an ~throw ~pick says"),
        ("~an ~throw ~pick says", "Anthropic says"),
        ("a ~pedantic model", "a Pydantic model"),
        ("S Q L and GPT 4", "SQL and GPT-4"),
        ("about postgres sequel", "about PostgreSQL"),
        ("node js from hugging face", "Node.js from Hugging Face"),
        ("janedoe said", "Jane Doe said"),
    ],
)
def test_near_misses_are_repaired(known, heard, written):
    assert mended(heard, known) == written.replace("~", "")


@pytest.mark.parametrize(
    "text",
    [
        "the data is short. Form follows function.",
        "in short, form a line",
        "in short | form a line",
        "a pedantic man with a dagger and a dog",
        "my brother Joan Smith and I",
        "Jane does it and Jane goes",
        "my mark on the branch",
        "an apple a day",
        "who is it? It is us.",
        "Who said it is",
        "any one of you, in to town, every day",
        "he was in the office",
        "a Container? this contains containers",
        "see the c and C",
        "GPT-5 and GPT-3 are not it",
        "GitLab, Postgres and Terror",
        "Dexter likes data mash and a stable hub",
        "the long chain of pie and post",
        "Kubernetes' pods and Kubernetes's nodes",
        "Dagsters, all of them",
        "say 4 or 44",
        "a slow ~motion ~picture",
    ],
)
def test_traps_are_left_alone(known, text):
    assert mended(text, known) == text.replace(" |", "").replace("~", "")
    assert repair(drafts(text), GLOSSARY, "en", known)[1] == []


def test_times_and_confidence_are_kept():
    words = [
        DraftWord("pie", 100, 300, 0.9, 3, "aligned"),
        DraftWord("dantic,", 320, 700, 0.3, 3, "recognized"),
        DraftWord("Jon", 900, 1000, 0.8, 4, "aligned"),
        DraftWord("Smyth", 1010, 1300, 0.7, 4, "aligned"),
        DraftWord("janedoe.", 2000, 2700, 0.6, 5, "aligned"),
    ]
    fixed, actions = repair(words, GLOSSARY, "en", lambda word: word in ORDINARY | {"pie"})
    assert [(w.text, w.start, w.end, w.timing) for w in fixed] == [
        ("Pydantic,", 100, 700, "recognized"),
        ("John", 900, 1000, "aligned"),
        ("Smith", 1010, 1300, "aligned"),
        ("Jane", 2000, 2350, "proportional"),
        ("Doe.", 2350, 2700, "proportional"),
    ]
    assert fixed[0].confidence == pytest.approx((3 * 0.9 + 7 * 0.3) / 10)
    assert [(a.kind, a.reason, a.text, a.start_ms, a.end_ms) for a in actions] == [
        ("repaired", "glossary", "pie dantic, -> Pydantic,", 100, 700),
        ("repaired", "glossary", "Jon Smyth -> John Smith", 900, 1300),
        ("repaired", "glossary", "janedoe. -> Jane Doe.", 2000, 2700),
    ]


TOKENS = st.one_of(
    st.sampled_from(sorted(ORDINARY)),
    st.sampled_from(["Kubernetties,", "pie", "dantic", "Jon", "Smyth's", "short", "form.", "tagsters", "GPT", "4", "-", "…"]),
    st.text(max_size=8).filter(lambda t: t.strip() and len(t.split()) == 1),
)  # fmt: skip
TALKS = st.lists(st.tuples(TOKENS, st.sampled_from([0.2, 0.6, 0.95]), st.integers(0, 900)), max_size=25)


def spoken(talk) -> list[DraftWord]:
    words, at = [], 0
    for text, sure, gap in talk:
        words.append(DraftWord(text, at, at + 200, sure, 0))
        at += 200 + gap
    return words


@settings(max_examples=150, deadline=None)
@given(TALKS, st.lists(st.one_of(st.sampled_from(GLOSSARY), st.text(max_size=12)), max_size=6), st.sampled_from(["en", "de", "zh"]))  # fmt: skip
def test_repairing_is_bounded_by_time_and_done_once(talk, glossary, language):
    words = spoken(talk)
    fixed, actions = repair(words, glossary, language, ORDINARY.__contains__)
    assert all(a.end <= b.start for a, b in pairwise(fixed))
    assert {w.start for w in words} >= {a.start_ms for a in actions}
    changed = [(a.start_ms, a.end_ms) for a in actions]
    assert all(a[1] <= b[0] for a, b in pairwise(changed)), "no two repairs of one place"
    untouched = [w for w in words if not any(low <= w.start < high for low, high in changed)]
    assert [w for w in fixed if not any(low <= w.start < high for low, high in changed)] == untouched
    assert repair(fixed, glossary, language, ORDINARY.__contains__) == (fixed, [])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(sorted(ORDINARY - {"face", "book", "short", "form", "git", "hub", "github"})),
        max_size=30,
    )
)
def test_ordinary_sure_words_are_never_touched(texts):
    """Lower-case dictionary words that the recognizer is sure of: only a term's very letters may change."""
    words = drafts(" ".join(texts))
    fixed, actions = repair(words, GLOSSARY, "en", ORDINARY.__contains__)
    terms = {letters(term) for term in GLOSSARY}
    assert all(letters(action.text.split(" -> ")[0]) in terms for action in actions)
    assert letters(" ".join(w.text for w in fixed)) == letters(" ".join(texts))


def test_other_languages_go_by_spelling_and_doubt():
    assert mended("mit Jan ~Müler und Kubernetis", None, ["Jan Müller", "Kubernetes"], "de") == (
        "mit Jan Müller und Kubernetis"
    )
    assert mended("mi amiga Marta y Kubernettes.", None, ["Martha", "Kubernetes"], "es") == (
        "mi amiga Marta y Kubernetes."
    )
    assert (
        mended("我 们 用 ~Kubernettes 世 界", None, ["世界人", "Kubernetes"], "zh")
        == "我 们 用 Kubernetes 世 界"
    )


def test_likeness_hears_what_spelling_hides():
    assert spoken_likeness("jonsmyth", "johnsmith") == 1
    assert spoken_likeness("sara", "sarah") == 1
    assert likeness("kubernetties", "kubernetes") > 0.9
    assert likeness("gitlab", "github") < 0.77
    assert likeness("data", "dagster") < 0.6


def test_a_decoder_is_told_what_fits_most_important_first():
    assert prompt_terms([" Jane\n Doe", "", "acme", "ACME", "!!!", "x\x00y"]) == ("Jane Doe", "acme", "x y")
    told = prompt_terms([f"Term number {n}" for n in range(500)])
    assert told[0] == "Term number 0"
    assert len(told) <= PROMPT_TERMS
    assert sum(len(t) + 2 for t in told) <= PROMPT_LENGTH
