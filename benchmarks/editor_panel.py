"""A panel of language models as a chooser of the editors' benchmark: the real panel, its answers kept, its cost counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from editor_labels import Talk
from rich.console import Console
from scipy.stats import rankdata

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
    remarks: list[str] = field(default_factory=list)
    agreement: list[tuple[float, float]] = field(default_factory=list)
    """Of every talk: Spearman's correlation with the labels of what the panel says of the moments that it judged, and
    of what the local editor says of the same."""

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
        self.remarks += [f"{talk.name}: {remark}" for remark in found.remarks]
        self._compare(found, moments, talk)
        return found

    def _compare(self, found: Verdicts, moments: Moments, talk: Talk) -> None:
        scores = {v.moment_id: v.score for v in found.judged}
        judged = [m for m in moments.moments if m.moment_id in scores]
        if len(judged) < 3:
            return
        truth = [worth(talk, m.first_word, m.last_word) for m in judged]
        local = [score(weigh(m.features, self.selection.weights, self.selection.penalties)) for m in judged]
        by_panel = rank_correlation([scores[m.moment_id] for m in judged], truth)
        self.agreement.append((by_panel, rank_correlation(local, truth)))

    def conclusion(self, matches: float, learnt: float, clips: int) -> list[str]:
        """What was measured in words: correlations, and whether the model earns `measured: true` by the share of clips
        that match a pick with it, against the share without: by more than the standard error of a share of so many `clips`.
        """
        told = []
        if self.agreement:
            (own, other), n = np.mean(self.agreement, axis=0), len(self.agreement)
            spread = float(np.std([a for a, _ in self.agreement], ddof=1)) / n**0.5 if n > 1 else float("nan")
            told.append(
                f"its scores correlate {own:.2f} ± {spread:.2f} with the labels (Spearman, mean of {n} episodes); "
                f"those of the plan without it {other:.2f}, over the same moments"
            )
        else:
            told.append("it judged nothing, so nothing correlates")
        error = (learnt * (1 - learnt) / max(1, clips)) ** 0.5
        better = matches > learnt + error and not self.failures
        told.append(
            f"{matches:.1%} of clips match a pick with it, {learnt:.1%} ± {error:.1%} without: "
            + ("selection.panel.measured may be true" if better else "leave selection.panel.measured false")
        )
        return told

    def _tell(self, talk: Talk, note: str) -> None:
        if "$" in note or "price" in note:
            self.console.print(f"{talk.name}: {note}", highlight=False)


def with_panel(selection: SelectionSlice, model: str, **changes: object) -> SelectionSlice:
    """The genre's slice with this model alone in the panel, in full: it is being measured. `changes` are keys of it."""
    panel = type(selection.panel).model_validate(
        {**selection.panel.model_dump(), "models": (model,), "measured": True, **changes}
    )
    return selection.model_copy(update={"panel": panel})


def worth(talk: Talk, first: int, last: int) -> float:
    """Of words first..last: the square of the best overlap with a pick, times its grade, 0 to 3."""
    held = np.zeros(len(talk.transcript.words), bool)
    held[first : last + 1] = True
    kept = [(pick.grade, pick.kept(len(held))) for pick in talk.picks]
    return max((g * float((held & k).sum() / (held | k).sum()) ** 2 for g, k in kept), default=0.0)


def rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's, ties at their mean rank; 0 where all of one are equal."""
    x, y = rankdata(a), rankdata(b)
    return float(np.corrcoef(x, y)[0, 1]) if x.std() and y.std() else 0.0
