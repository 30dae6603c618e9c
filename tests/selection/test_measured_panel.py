"""`benchmarks/editors.py --panel`: a model is asked as the pipeline asks it, and its cost is told before and after."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from lying_server import Asked, LyingServer, Sent, leaning
from panel_room import LINES, TRANSCRIPT, TURNS
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
from editor_labels import Pick, Talk
from editor_panel import MeasuredPanel, rank_correlation, with_panel, worth

MODEL = "openai:small"
WHERE = next(n for n, line in enumerate(LINES) if line.text.startswith("In 2009"))
PICK = Pick(LINES[WHERE].first, LINES[WHERE + 4].last, (), 3, "", "")
TALK = Talk("planted", TRANSCRIPT, TURNS, read_script(TRANSCRIPT, TURNS, 37_500), (), (PICK,), (), (), ())


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
    assert panel.conclusion(0.9, 0.4, 100)[1].endswith("leave selection.panel.measured false")


def test_a_small_model_is_measured_by_pairs_and_its_correlation_with_the_labels_is_told(
    server: LyingServer, bench: StoreBench, tmp_path
):
    selection = with_panel(load_genre("podcast").selection, "openai:qwen2.5:1.5b", judged=8)
    mezzanine, shots = silent_media(TRANSCRIPT.duration_ms)
    moments = find_moments(bench, MomentsRequest(TRANSCRIPT, TURNS, shots, mezzanine, selection))
    said = {
        " ".join(line.text for line in LINES[a : b + 1]): worth(TALK, LINES[a].first, LINES[b].last)
        for a in range(len(LINES))
        for b in range(a, min(a + 40, len(LINES)))
    }
    shown: set[str] = set()

    def mood(asked: Asked) -> Sent:
        """Somebody who knows the labels, and likes the second place."""
        texts = [" ".join(s["text"] for s in asked.data[letter]["sentences"]) for letter in "AB"]
        shown.update(texts)
        return leaning(4 * (said[texts[0]] - said[texts[1]]) - 1)

    server.mood = mood
    panel = MeasuredPanel(selection, tmp_path / "answers", Console(file=io.StringIO()))
    assert panel.verdicts(moments, TALK).by_pairs == ("openai:qwen2.5:1.5b",)
    assert max(said[text] for text in shown) > 0.5
    assert panel.agreement[0][0] > 0.6
    assert panel.agreement[0][0] > panel.agreement[0][1]
    assert panel.conclusion(0.54, 0.5, 26)[1].endswith("leave selection.panel.measured false"), (
        "one clip in 26"
    )
    told = panel.conclusion(0.5, 0.4, 100)
    assert "correlate" in told[0]
    assert told[1].endswith("selection.panel.measured may be true")
    assert "in both orders" in panel.remarks[0]


def test_a_worth_is_the_squared_overlap_times_the_grade():
    assert worth(TALK, PICK.first, PICK.last) == 3
    assert 0 < worth(TALK, PICK.first, PICK.last + 40) < 3
    assert worth(TALK, 0, 5) == 0
    assert rank_correlation([1, 2, 3], [2, 4, 9]) == pytest.approx(1)
    assert rank_correlation([1, 1, 1], [2, 4, 9]) == 0
