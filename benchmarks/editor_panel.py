"""A panel of language models as a chooser of the editors' benchmark: the real panel, its answers kept, its cost counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from editor_labels import Talk
from rich.console import Console

from resources.bench import StoreBench
from resources.ledger import Caps, Ledger
from resources.llm import panel_for
from resources.media_store import MediaStore
from shortform_assets.contracts.panel_verdicts import Verdicts
from shortform_assets.contracts.selection import Moments
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.selection.choose.local_editor import score, weigh
from shortform_assets.selection.panel.verdicts import PanelRequest, hold_panel
from shortform_assets.selection.read.features import limits


@dataclass
class MeasuredPanel:
    """Asks `model` about one talk after the other, as the pipeline would; prints what each costs, before and after."""

    selection: SelectionSlice
    """With the model in its panel."""
    answers: Path
    """Folder in which answers are kept: what was asked once is never paid for again."""
    console: Console
    usd: float = 0.0
    tokens: int = 0
    failures: list[str] = field(default_factory=list)

    def verdicts(self, moments: Moments, talk: Talk) -> Verdicts:
        """What the panel says of this talk's moments."""
        panel, store = self.selection.panel, MediaStore.local(self.answers)
        words = talk.transcript.words
        best = sorted(
            moments.moments,
            key=lambda m: (
                -score(weigh(m.features, self.selection.weights, self.selection.penalties)),
                m.moment_id,
            ),
        )
        said_ms = words[-1].end_ms - words[0].start_ms
        asked = PanelRequest(best, talk.transcript, talk.turns, panel, limits(self.selection, said_ms))
        judges = panel_for(panel, Ledger(store, talk.name, Caps.from_environment()), store).load()
        with StoreBench.over(store, on_progress=lambda share, note: self._tell(talk, note)) as bench:
            found = hold_panel(bench, judges, asked)
            self.usd += float(bench.facts["panel_usd"])
            self.tokens += int(bench.facts["panel_tokens"])
        self.failures += [f"{talk.name}: {failure}" for failure in found.failures]
        return found

    def _tell(self, talk: Talk, note: str) -> None:
        if "$" in note or "price" in note:
            self.console.print(f"{talk.name}: {note}", highlight=False)


def with_panel(selection: SelectionSlice, model: str) -> SelectionSlice:
    """The genre's slice with this model alone in the panel, in full: it is being measured."""
    panel = type(selection.panel).model_validate(
        {**selection.panel.model_dump(), "models": (model,), "measured": True}
    )
    return selection.model_copy(update={"panel": panel})
