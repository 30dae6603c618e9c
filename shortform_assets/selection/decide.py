"""Who decides: the panel of models where the genre names one and it answers, the local editor in any case."""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.contracts.selection import ClipPlan, Moments
from shortform_assets.ports.embedder import Embedder
from shortform_assets.ports.judge import Judge
from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.choose.local_editor import score, weigh
from shortform_assets.selection.panel.verdicts import PanelRequest, hold_panel
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.features import limits


def gather_moments(
    bench: Workbench,
    embedder: Embedder,
    talk_embedder: Embedder,
    request: MomentsRequest,
) -> Moments:
    """The candidates, their topics found by meaning, their worth judged by what was learnt from editors."""
    return find_moments(bench, request, embedder, talk_embedder)


def decide_clips(
    bench: Workbench,
    judges: Sequence[Judge],
    embedder: Embedder,
    parser: SentenceParser,
    request: PlanRequest,
) -> ClipPlan:
    """The clip plan. Where a judge failed, the plan says so and is marked degraded; it is made all the same."""
    verdicts = None
    moments, transcript, turns, selection, _, brief = request
    if judges and transcript.words:
        best = sorted(
            moments.moments,
            key=lambda m: (-score(weigh(m.features, selection.weights, selection.penalties)), m.moment_id),
        )
        said_ms = transcript.words[-1].end_ms - transcript.words[0].start_ms
        asked = PanelRequest(
            best, transcript, turns, selection.panel, limits(selection, said_ms), brief.about
        )
        verdicts = hold_panel(bench, judges, asked)
        for failure in verdicts.failures:
            bench.degrade(f"panel: {failure}; the local editor decides in its place")
    return plan_clips(bench, request, verdicts, selection.panel.weight, embedder, parser)
