"""The panel's first model as a translator of captions: the same caps, settings and kept answers."""

from __future__ import annotations

import hashlib

from resources.llm.judge_panel import JudgePanel
from resources.media_store import MediaStore
from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.ports.judge import Judge
from shortform_assets.ports.spending import Purse


class CaptionTranslator:
    """The tool: a panel of one, or nobody where no model has to translate."""

    def __init__(
        self, panel: PanelSlice, purse: Purse, store: MediaStore, reroll: int = 0, asked: bool = True
    ) -> None:
        self._asked = PanelSlice.model_validate(
            {**panel.model_dump(), "models": panel.models[:1] if asked else ()}
        )
        self._judges = JudgePanel(self._asked, purse, store, reroll)

    @property
    def fingerprint(self) -> str:
        """Who is asked where, and how; the same for everybody who asks nobody."""
        if not self._asked.models:
            return "translator:none"
        chosen = self._asked
        parts = [self._judges.fingerprint, chosen.temperature, chosen.seed, chosen.answer_tokens]
        return f"translator:{hashlib.sha256(canonical_json(parts)).hexdigest()[:16]}"

    def load(self) -> tuple[Judge, ...]:
        return self._judges.load()
