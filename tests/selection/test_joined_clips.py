"""Clips of two pieces, and excerpts of later talk at the start."""

from __future__ import annotations

from itertools import pairwise

import pytest
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdit, PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.speech import Interval
from shortform_assets.genres import load_genre
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments

PODCAST = load_genre("podcast").selection
FILLER = "HOST: Okay. Right. Yeah. I see. Okay then.\nGUEST: Yeah. Sure. I guess so. Yeah.\n"

SETUP = """
HOST: What happened on the night the bakery burned?
GUEST: In 2009 a spark from the oven set the flour loft on fire at three in the morning. The flour loft went up like fireworks and nobody had the key to the yard.
"""
ADVERT = """
HOST: We'll be right back after a quick word from our sponsors.
HOST: This episode is brought to you by Ledgerly. Go to ledgerly.com slash crumb and use promo code CRUST for twenty percent off.
HOST: Welcome back to the show.
"""
ASIDE = """
HOST: Hold on, can you hear that lawnmower? Let me shut the window, it is terribly loud today. Is it better for you now? I think the neighbour has bought a new machine this spring.
GUEST: It is fine with me now.
"""
PAYOFF = """
GUEST: My rival from across the street broke the yard door with his bare shoulder. He carried out every sack of flour from the loft, and in the morning the bakery opened two hours late, with his bread on my shelves.
"""


def plan_of(bench, script, *, selection=PODCAST, edits=(), count=6, **brief):
    transcript, turns = talk(script) if isinstance(script, str) else script
    mezzanine, shots = silent_media(transcript.duration_ms)
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, selection))
    plan = plan_clips(
        bench,
        PlanRequest(
            moments, transcript, turns, selection, PlanEdits(edits=edits), Brief(count=count, **brief)
        ),
    )
    said = [
        [" ".join(w.text for w in transcript.words[a : b + 1]) for a, b in clip.word_ranges]
        for clip in plan.clips
    ]
    return transcript, plan, said


def joined(said):
    return [" ".join(parts) for parts in said if "burned?" in parts[0] and "shelves." in parts[-1]]


@pytest.mark.parametrize("between", [ADVERT, ASIDE], ids=["advert", "aside"])
def test_a_story_that_is_interrupted_is_joined_without_the_interruption(bench, between):
    back = "HOST: So where were we? The flour loft.\n"
    script = FILLER * 3 + SETUP + between + back + PAYOFF + FILLER * 3
    transcript, plan, said = plan_of(bench, script)
    (text,) = joined(said)
    assert "key to the yard. My rival" in text
    for word in ("Ledgerly", "lawnmower", "where were we"):
        assert word not in text
    clip = next(c for c in plan.clips if "joined across" in c.reason)
    firsts = {s.first for s in transcript.sentences}
    lasts = {s.last for s in transcript.sentences}
    assert all(a in firsts for a, _ in clip.word_ranges if a == clip.word_ranges[0][0])
    assert clip.word_ranges[-1][1] in lasts
    assert PODCAST.min_seconds <= clip.frames / 25 <= PODCAST.max_seconds
    assert [s.start_frame for s in clip.spans] == sorted(s.start_frame for s in clip.spans)


def after_silence(transcript, turns, text, silence_ms):
    """The talk with more silence after the word `text`."""
    at = next(n for n, w in enumerate(transcript.words) if w.text == text) + 1
    words = [
        w.model_copy(update={"start_ms": w.start_ms + silence_ms, "end_ms": w.end_ms + silence_ms})
        if n >= at
        else w
        for n, w in enumerate(transcript.words)
    ]
    voice = tuple(Interval(start_ms=w.start_ms, end_ms=w.end_ms) for w in words)
    longer = {"words": tuple(words), "duration_ms": transcript.duration_ms + silence_ms}
    return transcript.model_copy(update=longer), turns.model_copy(update={"voice_activity": voice})


@pytest.mark.parametrize(("silence_ms", "opens"), [(0, "So anyway, my rival"), (200, "my rival")])
def test_the_phrase_that_leads_back_is_cut_off_in_its_silence(bench, silence_ms, opens):
    back = PAYOFF.replace("GUEST: My rival", "GUEST: So anyway, my rival")
    made = after_silence(*talk(FILLER * 3 + SETUP + ASIDE + back + FILLER * 3), "anyway,", silence_ms)
    _, _, said = plan_of(bench, made)
    (parts,) = [parts for parts in said if "burned?" in parts[0]]
    assert f"to the yard. {opens} from" in " ".join(parts)


@pytest.mark.parametrize(
    ("between", "back", "payoff"),
    [
        (ASIDE, "", PAYOFF),
        (ADVERT, "HOST: So where were we? The loft.\n", PAYOFF.replace("flour", "x").replace("yard", "y").replace("bakery", "z")),
        (FILLER, "HOST: So where were we? The flour loft.\n", PAYOFF),
    ],
    ids=["nobody leads back", "other words", "no interruption"],
)  # fmt: skip
def test_what_is_no_sure_interruption_is_not_joined(bench, between, back, payoff):
    _, plan, _ = plan_of(bench, FILLER * 3 + SETUP + between + back + payoff + FILLER * 3)
    assert not any("joined across" in c.reason for c in plan.clips)


def test_a_genre_may_forbid_it(bench):
    script = FILLER * 3 + SETUP + ADVERT + "HOST: So where were we? The flour loft.\n" + PAYOFF + FILLER * 3
    whole = PODCAST.model_copy(update={"max_parts": 1})
    _, plan, _ = plan_of(bench, script, selection=whole)
    assert not any("joined across" in c.reason for c in plan.clips)


def test_a_pinned_joined_clip_stays_joined_when_it_is_no_longer_chosen(bench):
    script = FILLER * 3 + SETUP + ADVERT + "HOST: So where were we? The flour loft.\n" + PAYOFF + FILLER * 3
    transcript, plan, _ = plan_of(bench, script)
    clip = next(c for c in plan.clips if "joined across" in c.reason)
    (_, b), (c, _) = next((x, y) for x, y in pairwise(clip.word_ranges) if y[0] > x[1] + 9)
    pin = PlanEdit(
        verb="pin",
        start_ms=clip.spans[0].start_frame * 40,
        end_ms=clip.spans[-1].end_frame * 40,
        quote=clip.quote,
        skip_ms=((transcript.words[b].end_ms, transcript.words[c].start_ms),),
    )
    whole = PODCAST.model_copy(update={"max_parts": 1})
    _, again, _ = plan_of(bench, script, selection=whole, edits=(pin,))
    assert clip.clip_id in [c.clip_id for c in again.clips]


TEASER = """
GUEST: My rival from across the street broke the yard door with his bare shoulder.
GUEST: The flour loft went up like fireworks, and nobody had a key to the yard.
HOST: Hello everyone and welcome back to Crumb by Crumb. My guest today is Ruth Adeyemi.
"""
TALK = """
HOST: Why does bread from one recipe come out different every single day?
GUEST: Most people think a recipe is a set of instructions. The truth is that flour remembers the weather. Wheat cut in a wet August drinks less water, rises slower and tears when you shape it, so a baker who follows the numbers fails twice a year and never learns why.
HOST: What would you tell somebody who wants to open a bakery tomorrow?
GUEST: You should never hire for talent. Talent quits at the first hot July. Hire the people who sweep a floor that is already clean, because bread is ten thousand small cares and nobody is watching nine thousand of them.
"""


def test_a_cold_open_is_never_chosen_and_the_plan_says_what_it_repeats(bench):
    short = PODCAST.model_copy(update={"min_seconds": 5, "min_score": 0.0, "target_seconds": 20})
    script = TEASER + TALK + SETUP + PAYOFF + FILLER * 4
    _, plan, said = plan_of(bench, script, selection=short, count=40)
    text = [" ".join(parts) for parts in said]
    assert sum("bare shoulder" in t for t in text) == 1
    assert "carried out every sack" in next(t for t in text if "bare shoulder" in t)
    assert any(f.reason.startswith("is a teaser of what is said at") for f in plan.fell_out)


def test_people_who_repeat_themselves_are_no_teaser(bench):
    short = PODCAST.model_copy(update={"min_seconds": 5, "min_score": 0.0, "target_seconds": 20})
    again = "GUEST: The flour loft went up like fireworks, and nobody had a key to the yard.\n"
    script = TALK + again + SETUP + PAYOFF + again + FILLER * 4
    _, plan, _ = plan_of(bench, script, selection=short, count=40)
    assert not any("teaser" in f.reason for f in plan.fell_out)
