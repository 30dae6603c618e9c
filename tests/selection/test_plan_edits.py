"""Human edits: each moves its clip and no other, survives a re-planned clip, and says when it fits nothing."""

from __future__ import annotations

import pytest
from planted_talk import SCRIPT
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdit, PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.selection.edit.edit_anchor import said_in
from shortform_assets.selection.edit.plan_draft import PlanDraft, PlanMaterial
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments


@pytest.fixture
def plan(bench):
    """Plans the written interview with the edits given."""
    transcript, turns = talk(SCRIPT)
    mezzanine, shots = silent_media(transcript.duration_ms)
    selection = load_genre("podcast").selection
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, selection))

    class Planner:
        """Call it with the edits."""

        def __init__(self) -> None:
            self.transcript = transcript
            self.material = PlanMaterial(moments, transcript, turns, selection)

        def __call__(self, *edits: PlanEdit, count: int = 4):
            plan = plan_clips(
                bench,
                PlanRequest(
                    moments, transcript, turns, selection, PlanEdits(edits=edits), Brief(count=count)
                ),
            )
            return {c.clip_id: c for c in plan.clips}, plan

    return Planner()


def edit(verb, clip, **more):
    return PlanEdit(
        verb=verb, start_ms=clip.spans[0].start_frame * 40, end_ms=clip.spans[-1].end_frame * 40, **more
    )


def lines_of(plan, clip):
    """Start and end times of the clip's sentences."""
    words = plan.transcript.words
    first, last = clip.word_ranges[0][0], clip.word_ranges[-1][1]
    inside = [s for s in plan.transcript.sentences if first <= s.first and s.last <= last]
    return [(words[s.first].start_ms, words[s.last].end_ms) for s in inside]


def test_drop_takes_one_clip_and_nothing_in_its_place(plan):
    before, first = plan()
    clip = first.clips[1]
    after, second = plan(edit("drop", clip, quote=clip.quote))
    assert after == {k: v for k, v in before.items() if k != clip.clip_id}
    assert "1 dropped by hand" in second.shortfall
    assert second.notes == ()


def test_retitle_changes_the_title_alone(plan):
    before, first = plan()
    clip = first.clips[2]
    after, _ = plan(edit("retitle", clip, title=" The van\nand the baker "))
    assert after[clip.clip_id] == clip.model_copy(
        update={"title": "The van and the baker", "needs_title": False}
    )
    assert {k: v for k, v in after.items() if k != clip.clip_id} == {
        k: v for k, v in before.items() if k != clip.clip_id
    }


def test_a_title_by_hand_is_asked_for_no_longer_and_is_not_shown_twice(plan):
    _, first = plan()
    clip = next(c for c in first.clips if c.hook)
    title = clip.hook.upper() + "!"
    after, _ = plan(edit("retitle", clip, title=title))
    kept = next(c for c in after.values() if c.title == title)
    assert (kept.needs_title, kept.hook) == (False, "")


def test_trim_moves_to_the_nearest_sentence(plan):
    before, first = plan()
    clip = first.clips[0]
    sentences = lines_of(plan, clip)
    after, second = plan(edit("trim", clip, to_end_ms=sentences[-3][1] + 150))
    (new,) = [c for c in second.clips if c.clip_id not in before]
    assert lines_of(plan, new) == sentences[:-2]
    assert new.spans[0].start_frame == clip.spans[0].start_frame
    assert {k: v for k, v in after.items() if k != new.clip_id} == {
        k: v for k, v in before.items() if k != clip.clip_id
    }


def test_trim_within_a_sentence_says_that_it_changes_nothing(plan):
    before, first = plan()
    clip = first.clips[0]
    start = lines_of(plan, clip)[0][0]
    after, second = plan(edit("trim", clip, to_start_ms=start + 300))
    assert after == before
    assert "changes nothing" in second.notes[0]


def test_pin_holds_a_clip_that_would_no_longer_be_chosen(plan):
    _, first = plan()
    clip = first.clips[3]
    lone, _ = plan(count=1)
    assert clip.clip_id not in lone
    pinned, second = plan(edit("pin", clip, quote=clip.quote), count=1)
    assert set(pinned) == {*lone, clip.clip_id}
    assert pinned[clip.clip_id].spans == clip.spans
    assert second.notes == ()


def test_pin_of_a_chosen_clip_marks_it_and_changes_nothing(plan):
    before, first = plan()
    clip = first.clips[0]
    after, second = plan(edit("pin", clip))
    assert after == {**before, clip.clip_id: clip.model_copy(update={"by_hand": True})}
    assert second.notes == ()
    assert second.edits == 1


def test_trim_by_words_opens_and_closes_on_exactly_these_words(plan):
    before, first = plan()
    clip = next(c for c in first.clips if "the bank had given us" in said_in(c, plan.transcript))
    after, second = plan(
        edit("trim", clip, to_start_quote="the bank had given us", to_end_quote="He laughed,")
    )
    (new,) = [c for c in second.clips if c.clip_id not in before]
    words = [w.text for a, b in new.word_ranges for w in plan.transcript.words[a : b + 1]]
    assert words[:3] == ["the", "bank", "had"]
    assert words[-2:] == ["He", "laughed,"]
    assert new.mid_sentence
    assert new.by_hand
    assert new.quote in " ".join(words)
    starts = plan.transcript.words[new.word_ranges[0][0]].start_ms
    assert starts - 20 - 40 <= new.spans[0].start_frame * 40 <= starts, "padded into silence, not into a word"
    assert {k: v for k, v in after.items() if k != new.clip_id} == {
        k: v for k, v in before.items() if k != clip.clip_id
    }


def test_trim_can_widen_to_words_beside_the_clip(plan):
    before, first = plan()
    clip = next(c for c in first.clips if "the bank had given us" in said_in(c, plan.transcript))
    _, second = plan(edit("trim", clip, to_start_quote="Let's talk about the beginning"))
    (new,) = [c for c in second.clips if c.clip_id not in before]
    assert plan.transcript.words[new.word_ranges[0][0]].text == "Let's"
    assert not new.mid_sentence


def test_clicked_words_are_quoted_so_that_a_trim_finds_them(plan):
    _, first = plan()
    draft = PlanDraft(first, plan.material, ())
    for clip in first.clips:
        low, high = clip.word_ranges[0][0], clip.word_ranges[-1][1]
        for begin, end in ((low + 3, None), (None, high - 2), (low - 4, high + 3), (low + 1, high - 1)):
            start, last = draft.quotes_of(clip, begin, end)
            assert (start is None, last is None) == (begin is None, end is None)
            trim = draft.anchor(clip, "trim", to_start_quote=start or "", to_end_quote=last or "")
            _, second = plan(trim)
            (new,) = [c for c in second.clips if c.clip_id not in {c.clip_id for c in first.clips}]
            edges = new.word_ranges[0][0], new.word_ranges[-1][1]
            assert edges == (low if begin is None else begin, high if end is None else end)
    with pytest.raises(InputError, match="would end before it begins"):
        draft.quotes_of(first.clips[0], 5, 4)


def test_trim_to_words_that_are_not_said_there_is_refused(plan):
    before, first = plan()
    after, second = plan(edit("trim", first.clips[0], to_end_quote="turquoise zebras everywhere"))
    assert after == before
    assert "is not said near the clip" in second.notes[0]


def test_a_trimmed_clip_stays_when_it_would_no_longer_be_chosen(plan):
    _, first = plan()
    clip = first.clips[3]
    sentences = lines_of(plan, clip)
    made = edit("trim", clip, quote=clip.quote, to_end_ms=sentences[-2][1])
    wanted, _ = plan(made)
    kept, second = plan(made, count=1)
    new = next(c for c in kept.values() if "Trimmed" in c.reason)
    assert new.clip_id in wanted
    assert second.notes == ()
    gone, third = plan(edit("drop", clip, quote=clip.quote), made)
    assert new.clip_id not in gone
    assert "no clip any more" in third.notes[0]


def test_add_makes_a_clip_of_whole_sentences_where_none_was(plan):
    before, _ = plan(count=1)
    sentences = [s for s in plan.transcript.sentences if plan.transcript.words[s.first].text == "Talent"]
    word = plan.transcript.words[sentences[0].first]
    after, second = plan(
        PlanEdit(verb="add", start_ms=word.start_ms - 90, end_ms=word.start_ms + 9000), count=1
    )
    (new,) = [c for k, c in after.items() if k not in before]
    assert new.word_ranges[0][0] == sentences[0].first
    assert "Added by hand" in new.reason
    assert second.notes == ()


def test_add_over_an_automatic_clip_takes_its_place_and_says_so(plan):
    _, first = plan()
    clip = first.clips[0]
    middle = (clip.spans[0].start_frame + clip.spans[-1].end_frame) * 20
    after, second = plan(PlanEdit(verb="add", start_ms=middle, end_ms=middle + 60_000))
    assert clip.clip_id not in after
    assert "takes the place" in second.notes[0]
    untouched = [c for c in first.clips if c.spans[0].start_frame * 40 > middle + 65_000]
    assert untouched
    assert all(after[c.clip_id] == c for c in untouched)


def test_a_quote_finds_its_clip_after_the_source_was_shifted(plan):
    _, first = plan()
    clip = next(c for c in first.clips if "hotels" in c.quote)
    moved = PlanEdit(verb="drop", start_ms=1000, end_ms=9000, quote=clip.quote.lower().replace("was", "were"))
    after, second = plan(moved)
    assert clip.clip_id not in after
    assert len(after) == len(first.clips) - 1
    assert second.notes == ()


def test_an_added_quote_is_found_where_it_is_said_now(plan):
    after, _ = plan(
        PlanEdit(
            verb="add",
            start_ms=0,
            end_ms=12_000,
            quote="everyone told me I was insane, because without the van",
        ),
        count=1,
    )
    new = next(c for c in after.values() if "Added" in c.reason)
    said = " ".join(w.text for w in plan.transcript.words[new.word_ranges[0][0] : new.word_ranges[0][0] + 5])
    assert said == "Everyone told me I was"


@pytest.mark.parametrize("verb", ["drop", "trim", "retitle", "add", "pin"])
def test_an_edit_that_fits_nothing_is_reported_and_harms_nothing(plan, verb):
    before, _ = plan()
    after, second = plan(
        PlanEdit(
            verb=verb,
            start_ms=1000,
            end_ms=4000,
            quote="zebras juggle seventeen turquoise accordions",
            title="x",
        )
    )
    assert after == before
    assert len(second.notes) == 1
    assert verb in second.notes[0]


def test_edits_apply_in_order(plan):
    _, first = plan()
    clip = first.clips[0]
    after, _ = plan(
        edit("retitle", clip, title="First"), edit("retitle", clip, title="Second"), edit("drop", clip)
    )
    assert clip.clip_id not in after
    _, third = plan(edit("drop", clip), edit("retitle", clip, title="Late"))
    assert "no clip any more" in third.notes[0]
