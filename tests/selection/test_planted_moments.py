"""Quality on a written interview: the good moments are found whole, filler, adverts and greetings are not."""

from __future__ import annotations

import pytest
from planted_talk import ADVERTS, PLANTED, SCRIPT
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.speech import Transcript
from shortform_assets.genres import genre_names, load_genre
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments


def planned(bench, script: str, genre: str, brief: Brief = Brief()) -> tuple[Transcript, ClipPlan]:
    transcript, turns = talk(script)
    mezzanine, shots = silent_media(transcript.duration_ms)
    selection = load_genre(genre).selection
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, selection))
    return transcript, plan_clips(
        bench, PlanRequest(moments, transcript, turns, selection, PlanEdits(), brief)
    )


def said(plan: ClipPlan, transcript: Transcript) -> list[str]:
    return [
        " ".join(w.text for a, b in clip.word_ranges for w in transcript.words[a : b + 1])
        for clip in plan.clips
    ]


@pytest.mark.parametrize("genre", ["podcast", "interview"])
def test_planted_moments_lead_the_plan_with_their_questions(bench, genre):
    transcript, plan = planned(bench, SCRIPT, genre, Brief(count=4))
    clips = said(plan, transcript)
    for phrase in PLANTED:
        found = [text for text in clips if phrase in text]
        assert found, f"{phrase!r} was not chosen"
        assert "?" in found[0][:90], f"the answer lost its question: {found[0][:90]}"


@pytest.mark.parametrize("genre", genre_names())
def test_no_clip_holds_an_advert_or_a_greeting_however_many_are_wanted(bench, genre):
    transcript, plan = planned(bench, SCRIPT, genre, Brief(count=40))
    assert plan.clips
    for text in said(plan, transcript):
        for phrase in (*ADVERTS, "welcome back", "That's it for today", "never looked back", "right back"):
            assert phrase not in text
    reasons = " ".join(f.reason for f in plan.fell_out)
    assert "advertising" in reasons
    assert "greeting" in reasons


def test_wanting_more_than_there_is_says_why_and_brings_no_filler(bench):
    transcript, plan = planned(bench, SCRIPT, "podcast", Brief(count=12))
    assert 4 <= len(plan.clips) < 12
    assert f"{len(plan.clips)} of 12" in plan.shortfall
    assert "scored too low" in plan.shortfall
    for text in said(plan, transcript):
        assert any(phrase in text for phrase in PLANTED)


def test_talking_about_sponsorship_is_no_advert(bench):
    script = """
A: Why did the city lose its oldest football club last year?
B: Nobody wants to say it, but the truth is that the sponsor walked away. The bill sponsored by Senator Hale cut every subsidy for stadiums, and within ninety days the club owed four million pounds. I remember the night the lights went out. Two thousand people stood in the rain and sang, and the owner cried in his car, because he had failed them.
"""
    transcript, plan = planned(bench, script, "podcast")
    assert "sponsor walked away" in said(plan, transcript)[0]


def test_native_pitch_is_found_from_its_lead_to_its_link(bench):
    script = (
        SCRIPT.split("HOST: What is the hardest")[0]
        + """
HOST: Quick aside, I've actually been using Ledgerly for the last six months and it changed how I work. It replaces the dozen tools you never liked. If you want to check it out, there's a link in the show notes.
HOST: What is the hardest"""
        + SCRIPT.split("HOST: What is the hardest")[1]
    )
    transcript, plan = planned(bench, script, "podcast", Brief(count=40))
    for text in said(plan, transcript):
        assert "aside" not in text
        assert "dozen tools" not in text


def test_the_brief_leaves_out_and_prefers(bench):
    transcript, first = planned(bench, SCRIPT, "podcast", Brief(count=1))
    start = transcript.words[first.clips[0].word_ranges[0][0]].start_ms
    _, without = planned(bench, SCRIPT, "podcast", Brief(count=40, exclude_ms=((start, start + 1000),)))
    assert first.clips[0].clip_id not in [c.clip_id for c in without.clips]
    assert any("leaves out" in f.reason for f in without.fell_out)

    transcript, about = planned(bench, SCRIPT, "podcast", Brief(count=1, about=("hotel bicycles",)))
    assert PLANTED[2] in said(about, transcript)[0]
    assert about.clips[0].scores["about"] > 0


def test_same_words_twice_make_one_clip(bench):
    good = next(part for part in SCRIPT.split("\n\n") if PLANTED[0] in part)
    _, plan = planned(bench, f"{good}\n\n{good}\n\n{good}", "podcast", Brief(count=3))
    assert len(plan.clips) == 1
    assert any("much the same" in f.reason for f in plan.fell_out)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("A: And so, my fellow Americans, ask not what your country can do for you.", "short source"),
        (
            "A: The gold ring fits only a pierced ear. The old pan was covered with hard fudge.",
            "shorter than",
        ),
    ],
)
def test_a_short_source_still_yields_a_clip_and_says_so(bench, script, words):
    transcript, plan = planned(bench, script, "podcast")
    assert len(plan.clips) == 1
    assert said(plan, transcript)[0] == script[3:]
    assert words in plan.clips[0].reason
    assert plan.shortfall.startswith("1 of 3 wanted clips")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("", "No voice was found"),
        ("A: Right.", "s of speech"),
        ("A: This episode is brought to you by Ledgerly. Go to ledgerly dot com slash crumb.", "advertising"),
    ],
)
def test_nothing_to_choose_is_said_in_one_sentence(bench, script, reason):
    _, plan = planned(bench, script, "podcast")
    assert plan.clips == ()
    assert reason in plan.shortfall
    assert plan.shortfall.count(".") - plan.shortfall.count(".0") <= 2
