"""Where the panel's verdicts enter the plan: its order, its words and its proposals, within the editor's rules."""

from __future__ import annotations

import pytest
from planted_talk import SCRIPT
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.panel_verdicts import PanelWording, Proposal, Verdict, Verdicts
from shortform_assets.contracts.source import Brief
from shortform_assets.genres import load_genre
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments

PODCAST = load_genre("podcast").selection


@pytest.fixture
def talked(bench):
    transcript, turns = talk(SCRIPT)
    mezzanine, shots = silent_media(transcript.duration_ms)
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, PODCAST))

    def plan(verdicts: Verdicts | None = None, count: int = 4, weight: float = 0.8):
        return plan_clips(
            bench,
            PlanRequest(moments, transcript, turns, PODCAST, PlanEdits(), Brief(count=count)),
            verdicts,
            weight,
        )

    return plan, moments, transcript


def verdict(moment_id: str, score: float, **wording: str) -> Verdict:
    words = PanelWording(model="test", **wording) if wording else None
    return Verdict(moment_id=moment_id, scores={"hook": score}, score=score, votes=2, wording=words)


def word_at(transcript, text: str) -> int:
    said = [w.text for w in transcript.words]
    first = text.split()
    return next(n for n in range(len(said)) if said[n : n + len(first)] == first)


def ids_of(moments, clips):
    by_words = {(m.first_word, m.last_word): m.moment_id for m in moments.moments}
    return [by_words[c.word_ranges[0][0], c.word_ranges[-1][1]] for c in clips]


def passage(clip, plan):
    """Index of the clip of `plan` that `clip` is another cut of."""
    low, high = clip.spans[0].start_frame, clip.spans[-1].end_frame
    shared = [min(high, c.spans[-1].end_frame) - max(low, c.spans[0].start_frame) for c in plan.clips]
    return max(range(len(shared)), key=shared.__getitem__)


def test_a_proposal_with_an_inner_cut_is_a_clip_without_it(talked):
    plan, moments, transcript = talked
    alone = plan().clips[2]
    low, high = alone.word_ranges[0][0], alone.word_ranges[-1][1]
    held = [s for s in transcript.sentences if low <= s.first and s.last <= high]
    cut = held[len(held) // 2]
    proposal = Proposal(
        moment_id="cut", first_word=low, last_word=high, quote_first=low, quote_last=held[0].last, models=("a",),
        cuts=((cut.first, cut.last),),
    )  # fmt: skip
    judged = [verdict(m.moment_id, 0.1 + 0.001 * n) for n, m in enumerate(moments.moments[:40])]
    verdicts = Verdicts(models=("a",), judged=(*judged, verdict("cut", 1.0)), proposals=(proposal,))
    best = plan(verdicts, count=1, weight=1.0).clips[0]
    said = {w for a, b in best.word_ranges for w in range(a, b + 1)}
    assert {low, high} <= said
    assert not said & set(range(cut.first, cut.last + 1))


def test_models_that_nobody_measured_do_not_overrule_what_was_learnt(bench, talked):
    _, moments, transcript = talked
    _, turns = talk(SCRIPT)
    # As the learnt judgement leaves them: the worth of every moment among its features.
    worth = [
        m.model_copy(update={"features": {**m.features, "editors_eye": round(0.3 + 0.02 * (n % 20), 4)}})
        for n, m in enumerate(moments.moments)
    ]
    learnt = moments.model_copy(update={"moments": tuple(worth)})
    proposal = Proposal(
        moment_id="new", first_word=0, last_word=transcript.sentences[6].last, quote_first=0,
        quote_last=transcript.sentences[0].last, models=("a",),
    )  # fmt: skip
    judged = [verdict(m.moment_id, n / len(worth)) for n, m in enumerate(worth)]
    verdicts = Verdicts(models=("a",), judged=(*judged, verdict("new", 1.0)), proposals=(proposal,))

    def moved(measured: bool) -> tuple[float, bool]:
        panel = PODCAST.panel.model_copy(update={"measured": measured})
        rules = PODCAST.model_copy(update={"panel": panel})
        request = PlanRequest(learnt, transcript, turns, rules, PlanEdits(), Brief(count=6))
        plan = plan_clips(bench, request, verdicts, 1.0)
        known = {c.moment_id for c in plan.fell_out}
        chosen = {(c.word_ranges[0][0], c.word_ranges[-1][1]) for c in plan.clips}
        heard = "new" in known or (0, proposal.last_word) in chosen
        return max(abs(c.scores["panel"]) for c in plan.clips), heard

    unmeasured, alone = moved(False)
    trusted, _ = moved(True)
    assert not alone
    assert 0 < unmeasured < 0.5 * trusted


def test_the_panel_decides_the_order_and_the_words(talked):
    plan, moments, _ = talked
    alone = plan()
    assert alone.editor == "local"
    names = ids_of(moments, alone.clips)
    judged = [verdict(name, 0.5 + 0.1 * n, title=f"Title {n}") for n, name in enumerate(names)]
    by_panel = plan(Verdicts(models=("a", "b"), judged=tuple(judged)), weight=1.0)
    assert by_panel.editor == "a, b"
    assert passage(by_panel.clips[0], alone) == 3
    same = [(n, c) for c in by_panel.clips for n, a in enumerate(alone.clips) if a.clip_id == c.clip_id]
    assert len(same) >= 2
    assert [n for n, _ in same] == sorted((n for n, _ in same), reverse=True)
    for n, clip in same:
        assert clip.title == f"Title {n}"
        assert clip.hook, "what the panel did not write is taken from the words"
        assert "the panel (2 votes)" in clip.reason.lower()
        assert clip.scores["local"] + clip.scores["panel"] == pytest.approx(clip.score, abs=2e-4)


def test_a_proposal_is_taken_with_clean_edges_around_its_quote(talked):
    plan, _, transcript = talked
    # An answer without its question, and too short.
    first = word_at(transcript, "Most people think a recipe")
    last = word_at(transcript, "flour remembers the weather.") + 3
    proposal = Proposal(
        moment_id="feedfeedfeed", first_word=first, last_word=last, quote_first=last - 3, quote_last=last, models=("a",)
    )  # fmt: skip
    found = plan(Verdicts(models=("a",), judged=(verdict("feedfeedfeed", 0.9),), proposals=(proposal,)))
    clip = next(c for c in found.clips if c.word_ranges[0][0] <= last <= c.word_ranges[-1][1])
    opening = " ".join(w.text for w in transcript.words[clip.word_ranges[0][0] :][:12])
    assert "?" in opening
    assert PODCAST.min_seconds <= clip.frames / 25 <= PODCAST.max_seconds


def test_praise_for_an_advert_changes_nothing(talked):
    plan, moments, transcript = talked
    adverts = [m.moment_id for m in moments.moments if m.features.get("promotion")]
    assert adverts
    first = word_at(transcript, "This episode is brought")
    proposal = Proposal(
        moment_id="badbadbadbad", first_word=first, last_word=first + 40, quote_first=first, quote_last=first + 4, models=("a",)
    )  # fmt: skip
    judged = tuple(verdict(name, 1.0) for name in sorted({*adverts, "badbadbadbad"}))
    found = plan(Verdicts(models=("a",), judged=judged, proposals=(proposal,)), count=40)
    said = " ".join(
        w.text for c in found.clips for a, b in c.word_ranges for w in transcript.words[a : b + 1]
    )
    assert "Ledgerly" not in said


def test_a_silent_panel_leaves_the_plan_and_is_named_in_it(talked):
    plan, _, _ = talked
    failed = plan(Verdicts(failures=("openai:gpt did not answer 4 of 4 questions: over budget.",)))
    assert failed.model_copy(update={"notes": ()}) == plan()
    assert "over budget" in failed.notes[0]
    assert "local editor decided alone" in failed.notes[1]


def test_another_cut_of_a_passage_that_the_panel_dislikes_does_not_slip_in(talked):
    plan, moments, _ = talked
    alone = plan()
    best = alone.clips[0]
    names = ids_of(moments, alone.clips)
    judged = tuple(verdict(name, 0.2 if n == 0 else 0.8) for n, name in enumerate(names))
    found = plan(Verdicts(models=("a",), judged=judged), weight=1.0)
    assert passage(found.clips[0], alone) != 0
    assert all(c.score < best.score for c in found.clips if passage(c, alone) == 0)
