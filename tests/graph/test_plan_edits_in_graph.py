"""Human edits in the real graph: what follows them is computed for the touched clips alone."""

from __future__ import annotations

from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.selection.edit.plan_draft import PlanDraft, PlanMaterial

CLIP_STAGES = ("clip_media", "face_tracks", "crop_paths")


def test_each_edit_computes_the_clips_it_touches_and_survives(ran):
    graph, key = ran
    plan = graph.contract(key, "clip_plan")
    clips = len(plan.clips)
    assert clips >= 2

    def draft() -> PlanDraft:
        ref = graph.artifacts.current(key, "genre/selection")
        return PlanDraft(
            graph.contract(key, "clip_plan"),
            PlanMaterial(
                graph.contract(key, "moments"),
                graph.contract(key, "transcript"),
                graph.contract(key, "speaker_turns"),
                graph.artifacts.load(ref, SelectionSlice),
            ),
            graph.registry.plan_edits(key).edits,
        )

    def computed(edit) -> set[int]:
        """How many clips each stage of the clips computed in the run after the edit."""
        graph.registry.add_edit(key, edit)
        run = graph.run(key)
        assert run.success, run.error
        assert "clip_plan" in run.computed
        assert {"moments", "transcript"} & run.computed == set()
        return {run.metadata[s]["clips_computed"] for s in CLIP_STAGES if s in run.computed}

    first = plan.clips[0]
    assert computed(draft().anchor(first, "retitle", title="By hand")) == set()
    assert graph.contract(key, "enhancement_plan").clips[0].title == "By hand"
    assert computed(draft().anchor(first, "pin")) == set()

    longest = max(graph.contract(key, "clip_plan").clips, key=lambda c: c.frames)
    words = graph.contract(key, "transcript").words
    a, b = longest.word_ranges[0][0], longest.word_ranges[-1][1]
    quote = " ".join(w.text for w in words[b - 5 : b - 2])
    assert a < b - 6
    assert computed(draft().anchor(longest, "trim", to_end_quote=quote)) == {1}
    after = graph.contract(key, "clip_plan")
    trimmed = next(c for c in after.clips if c.mid_sentence)
    assert trimmed.word_ranges[-1][1] == b - 3
    assert len({c.clip_id for c in after.clips} - {c.clip_id for c in plan.clips}) == 1

    # A clip fewer: who is who among the faces is settled anew, here with the same answer for those that stay.
    # No clip is cut, looked at or framed again.
    other = next(c for c in after.clips if c.clip_id != trimmed.clip_id)
    before = graph.contract(key, "crop_paths").clips
    assert computed(draft().anchor(other, "drop")) <= {0}
    stayed = tuple(path for path in before if path.clip_id != other.clip_id)
    assert graph.contract(key, "crop_paths").clips == stayed
    assert len(stayed) == len(before) - 1 > 0
    left = graph.contract(key, "clip_plan")
    assert {c.clip_id for c in left.clips} == {c.clip_id for c in after.clips} - {other.clip_id}
    assert graph.run(key).computed == set()
