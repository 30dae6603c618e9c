"""Who decides: the panel of models where the genre names one and it answers, the local editor in any case."""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import ClipPlan, Moments, Shots
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Brief, Mezzanine
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.ports.embedder import Embedder
from shortform_assets.ports.judge import Judge
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.choose.local_editor import score, weigh
from shortform_assets.selection.panel.verdicts import hold_panel
from shortform_assets.selection.plan import plan_clips
from shortform_assets.selection.propose.moments import find_moments
from shortform_assets.selection.read.features import limits


def gather_moments(
    bench: Workbench,
    embedder: Embedder,
    talk_embedder: Embedder,
    transcript: Transcript,
    turns: SpeakerTurns,
    shots: Shots,
    mezzanine: Mezzanine,
    selection: SelectionSlice,
) -> Moments:
    """The candidates, their topics found by meaning, their worth judged by what was learnt from editors."""
    return find_moments(bench, transcript, turns, shots, mezzanine, selection, embedder, talk_embedder)


def decide_clips(
    bench: Workbench,
    judges: Sequence[Judge],
    embedder: Embedder,
    moments: Moments,
    transcript: Transcript,
    turns: SpeakerTurns,
    selection: SelectionSlice,
    edits: PlanEdits,
    brief: Brief,
) -> ClipPlan:
    """The clip plan. Where a judge failed, the plan says so and is marked degraded; it is made all the same."""
    verdicts = None
    if judges and transcript.words:
        best = sorted(
            moments.moments,
            key=lambda m: (-score(weigh(m.features, selection.weights, selection.penalties)), m.moment_id),
        )
        said_ms = transcript.words[-1].end_ms - transcript.words[0].start_ms
        verdicts = hold_panel(
            bench, judges, best, transcript, turns, selection.panel,
            limits=limits(selection, said_ms), about=brief.about,
        )  # fmt: skip
        for failure in verdicts.failures:
            bench.degrade(f"panel: {failure}; the local editor decides in its place")
    return plan_clips(
        bench, moments, transcript, turns, selection, edits, brief, verdicts, selection.panel.weight, embedder
    )
