"""The panel as a tool of a stage: which models vote, under what caps, and where their answers are kept."""

from __future__ import annotations

import hashlib
from typing import Any

from resources.llm.call_cache import Calls
from resources.llm.connection import fingerprint
from resources.llm.panel_budget import Pocket
from resources.llm.pydantic_judge import ModelJudge
from resources.llm.time_budget import Clock
from resources.media_store import MediaStore
from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.ports.judge import Judge
from shortform_assets.ports.spending import Purse


class JudgePanel:
    """The judges of one source. Without models nothing is imported, asked or counted."""

    def __init__(self, panel: PanelSlice, purse: Purse, store: MediaStore, reroll: int = 0) -> None:
        self._panel, self._purse, self._store, self._reroll = panel, purse, store, reroll

    @property
    def fingerprint(self) -> str:
        """Who is asked where; what they are asked is in the slice and in the code version of the stage."""
        if not self._panel.models:
            return "panel:none"
        asked = [fingerprint(model) for model in self._panel.models]
        return f"panel:{hashlib.sha256(canonical_json(asked)).hexdigest()[:16]}"

    def load(self) -> tuple[Judge, ...]:
        """One judge a model, in the order of the slice; they share the panel's caps and its time."""
        if not self._panel.models:
            return ()
        panel = self._panel
        pocket = Pocket(self._purse, panel.max_usd, panel.max_tokens, "selection.panel")
        clock = Clock(panel.total_seconds)
        return tuple(
            ModelJudge(model, panel, pocket, Calls(self._store, fingerprint(model), self._settings()), clock)
            for model in panel.models
        )

    def _settings(self) -> dict[str, Any]:
        """What decides an answer besides the question. `reroll` asks the same again."""
        return {
            "temperature": self._panel.temperature,
            "seed": self._panel.seed,
            "answer_tokens": self._panel.answer_tokens,
            "reroll": self._reroll,
        }


def panel_for(panel: PanelSlice, purse: Purse, store: MediaStore, reroll: int = 0) -> JudgePanel:
    """The panel that the slice names. `reroll` is the stage's reset number: another one asks again."""
    return JudgePanel(panel, purse, store, reroll)
