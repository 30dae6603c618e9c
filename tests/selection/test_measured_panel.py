"""`benchmarks/editors.py --panel`: a model is asked as the pipeline asks it, and its cost is told before and after."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from lying_server import Sent
from panel_room import TRANSCRIPT, TURNS, LyingServer
from rich.console import Console
from selection_talk import silent_media

from resources.bench import StoreBench
from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.genres import load_genre
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.script import read_script

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
from editor_labels import Talk
from editor_panel import MeasuredPanel, with_panel

MODEL = "openai:small"
TALK = Talk("planted", TRANSCRIPT, TURNS, read_script(TRANSCRIPT, TURNS, 37_500), (), (), (), (), ())


def test_a_model_is_measured_its_cost_told_and_its_answers_kept(
    server: LyingServer, bench: StoreBench, tmp_path
):
    selection = with_panel(load_genre("podcast").selection, MODEL)
    assert (selection.panel.models, selection.panel.measured) == ((MODEL,), True)
    mezzanine, shots = silent_media(TRANSCRIPT.duration_ms)
    moments = find_moments(bench, MomentsRequest(TRANSCRIPT, TURNS, shots, mezzanine, selection))
    told = io.StringIO()
    panel = MeasuredPanel(selection, tmp_path / "answers", Console(file=told, width=200))
    verdicts = panel.verdicts(moments, TALK)
    asked = server.count()
    assert asked == verdicts.questions == verdicts.answered > 1
    assert panel.tokens == 1200 * asked
    lines = told.getvalue().splitlines()
    assert "$0.0000 at most" in lines[0]
    assert f"{verdicts.tokens:,} tokens" in lines[-1]
    again = panel.verdicts(moments, TALK)
    assert again.judged == verdicts.judged
    assert server.count() == asked, "what was answered is kept"
    request = PlanRequest(moments, TRANSCRIPT, TURNS, selection, PlanEdits(), Brief(count=3))
    assert plan_clips(bench, request, verdicts, selection.panel.weight).editor == MODEL


def test_a_server_that_fails_is_named_and_measured_as_nothing(
    server: LyingServer, bench: StoreBench, tmp_path
):
    selection = with_panel(load_genre("podcast").selection, MODEL)
    mezzanine, shots = silent_media(TRANSCRIPT.duration_ms)
    moments = find_moments(bench, MomentsRequest(TRANSCRIPT, TURNS, shots, mezzanine, selection))
    server.mood = lambda asked: Sent(status=401, error="no")
    panel = MeasuredPanel(selection, tmp_path / "answers", Console(file=io.StringIO()))
    assert panel.verdicts(moments, TALK).judged == ()
    assert "key is not accepted" in panel.failures[0]
