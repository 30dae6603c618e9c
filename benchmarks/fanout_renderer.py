"""A renderer for `fanout_trial.py`: small cards, none like another, and deaths that a caption asks for."""

from __future__ import annotations

import os
import signal
import uuid
from pathlib import Path

from fake_renderers import Made, draw_card

from shortform_assets.contracts.creative import RenderJob
from shortform_assets.ports.workbench import Workbench


def render(bench: Workbench, job: RenderJob) -> Made:
    """The first caption is `what clip`: `plain`, `crash` (once) or `doomed` (always). Each start leaves a mark."""
    what, _, clip = job.enhancement.pages[0].lines[0][0].text.partition(" ")
    marks = Path(os.environ["FAKE_MARK"])
    starts = len(list(marks.glob(f"{clip}.*")))
    (marks / f"{clip}.{uuid.uuid4().hex}").touch()
    if what == "doomed" or (what == "crash" and not starts):
        os.kill(os.getpid(), signal.SIGKILL)
    # Another render of the same job is other bytes: whoever hands out both is seen.
    return draw_card(bench.scratch, job, extra=("-metadata", f"comment={uuid.uuid4().hex}"))
