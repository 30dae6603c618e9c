"""What is chosen from real podcasts, against what a short-form editor would post: cross-validated by episode.

`--data` is the folder `editors/` of the shared benchmark data. Five times the judgement is taught on four fifths of
the episodes and its plans for the rest are scored; ten episodes are in no fold and are judged by a model of all
others, once. Beside it: the plan without what was learnt, windows of 50 s placed evenly, at random, and where
TextTiling sees a new topic. `--json FILE` writes all numbers, `--quick` takes one fold, `--degraded` plays the talk
as a small speech model would write it, `--excerpts 60 150` takes so many lines of every episode for sources of their
own, `--panel MODEL` puts a language model beside it (any OpenAI-compatible server,
see docs/panel.md; what it answers is kept in `--cache`, its cost printed, and how its scores correlate with the labels;
`--judge-by pairs` reads probabilities instead of numbers, `--judged N` shows it so many moments), `--episodes N` takes only so many,
`--titles` measures the judge of titles too, `--check` exits 1 and names every number that misses its goal. Embeddings
and taught models are kept in `--cache`. Needs LightGBM (the `dev` extra).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from editor_excerpts import excerpt
from editor_labels import DATA, FOLDS, Talk, degraded, folds, read_talks, untouched, vectors_of
from editor_panel import MeasuredPanel, with_panel
from editor_scores import Clip, auc, score
from editor_training import key, line_labels, train, write
from goals import Goals, conclude, misses, show
from rich.console import Console
from title_training import read_points, read_titles, title_scores
from unseen_media import unseen_media

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.minilm_embedder import TalkEmbeddings
from resources.spacy_parser import EnglishGrammar
from resources.wordllama_embedder import SentenceEmbeddings
from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Brief
from shortform_assets.genres import load_genre
from shortform_assets.ports.embedder import Embedder
from shortform_assets.selection.learned.editors_eye import EditorsEye, read_eye
from shortform_assets.selection.learned.line_judge import LABELS
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, heard_moments
from shortform_assets.selection.read.meaning import word_vectors
from shortform_assets.selection.read.sound_events import SILENT
from shortform_assets.selection.read.topics import idf

PER_HOUR = 14
"""Clips an hour that every method delivers: a little under the 15.6 picks an hour of the labels."""
WINDOW_MS = 50_000
CACHE = Path(tempfile.gettempdir()) / "shortform-editors"
SOURCES = ("learned", "read")
"""Rooms whose code decides what is taught."""

GOALS: Goals = {
    "match a pick": (">=", 0.50),
    "recall of grade-3 picks": (">=", 0.50),
    "in never-zones": ("<=", 0.01),
    "start within a sentence": (">=", 0.70),
    "end within a sentence": (">=", 0.60),
    "CPU seconds for two hours": ("<=", 60),
}

Chooser = Callable[[Talk, int], list[Clip]]


@dataclass
class Known:
    """An embedder that knows one talk's lines already, so that no text is embedded twice."""

    vectors: np.ndarray
    name: str = "known"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        assert len(texts) == len(self.vectors), "other lines than those that were embedded"
        return self.vectors


class Plans:
    """The real plan of a talk."""

    def __init__(
        self, selection: SelectionSlice, embedder: Embedder, panel: MeasuredPanel | None = None
    ) -> None:
        self.selection, self.embedder, self.panel = selection, embedder, panel
        self.seconds: list[float] = []
        """CPU seconds an hour of talk, embedding not counted."""

    def plan(self, talk: Talk, count: int, vectors: np.ndarray | None, eye: EditorsEye | None) -> ClipPlan:
        mezzanine, shots = unseen_media(talk.transcript.duration_ms)
        heard = (talk.transcript, talk.turns)
        known = None if vectors is None else Known(vectors)
        with (
            tempfile.TemporaryDirectory() as folder,
            StoreBench.over(MediaStore.local(Path(folder))) as bench,
        ):
            started = time.process_time()
            moments = heard_moments(
                bench,
                MomentsRequest(*heard, shots, mezzanine, self.selection),
                SILENT,
                self.embedder,
                known,
                eye,
            )
            asked = PlanRequest(moments, *heard, self.selection, PlanEdits(), Brief(count=count))
            verdicts = self.panel.verdicts(moments, talk) if self.panel else None
            plan = plan_clips(bench, asked, verdicts, self.selection.panel.weight)
            self.seconds.append((time.process_time() - started) / talk.hours)
        return plan

    def clips(self, talk: Talk, count: int, vectors: np.ndarray | None, eye: EditorsEye | None) -> list[Clip]:
        return [tuple(clip.word_ranges) for clip in self.plan(talk, count, vectors, eye).clips]


def evenly(talk: Talk, count: int) -> list[Clip]:
    """Windows of whole lines whose first lines are spread evenly over the talk."""
    last = talk.lines[-1].end_ms
    return _windows(talk, [round((n + 0.5) * last / count) - WINDOW_MS // 2 for n in range(count)])


def at_random(talk: Talk, count: int, seed: int = 0) -> list[Clip]:
    """Windows at random that do not overlap."""
    random = np.random.RandomState([seed, *talk.name.encode()])
    free = talk.lines[-1].end_ms - count * WINDOW_MS
    starts = np.sort(random.rand(count)) * max(0, free) + np.arange(count) * WINDOW_MS
    return _windows(talk, [int(s) for s in starts])


def at_new_topics(talk: Talk, count: int) -> list[Clip]:
    """Windows from where the words before and after a line differ most (TextTiling; Hearst 1997)."""
    vectors, n, reach = word_vectors(talk.lines, idf(talk.lines)), len(talk.lines), 10
    sums = np.vstack([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, 0)])
    depth = np.zeros(n)
    for i in range(1, n):
        before, after = sums[i] - sums[max(0, i - reach)], sums[min(n, i + reach)] - sums[i]
        depth[i] = 1 - before @ after / max(1e-9, float(np.linalg.norm(before) * np.linalg.norm(after)))
    starts: list[int] = []
    for i in np.argsort(-depth, kind="stable"):
        begin = talk.lines[int(i)].start_ms
        if all(abs(begin - s) > WINDOW_MS for s in starts) and len(starts) < count:
            starts.append(begin)
    return _windows(talk, sorted(starts))


def taught(talks: Sequence[Talk], vectors: Mapping[str, np.ndarray], cache: Path, threads: int) -> EditorsEye:
    """An eye taught on these talks, from the cache where the same was taught before."""
    digest = hashlib.sha256()
    room = Path(__file__).resolve().parents[1] / "shortform_assets" / "selection"
    for path in [*(Path(__file__).with_name(f"editor_{name}.py") for name in ("boosting", "labels", "training")),
                 *(p for s in SOURCES for p in sorted((room / s).glob("*.py")))]:  # fmt: skip
        digest.update(path.read_bytes())
    for talk in talks:
        digest.update(vectors[key(talk)].tobytes())
        digest.update(talk.name.encode())
    path = cache / f"eye-{digest.hexdigest()[:20]}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        write(path, train(talks, vectors, threads=threads))
    return read_eye(path)


def line_aucs(
    eye_of: Mapping[str, EditorsEye], talks: Sequence[Talk], vectors: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """AUC of what each line is taken for, by models that did not see its episode."""
    truth, said = [], []
    for talk in talks:
        truth.append(line_labels(talk))
        look = eye_of[talk.name].look(talk.lines, vectors[key(talk)])
        judged = look.judged.copy()
        judged[:, LABELS.index("never")] = look.never_lines
        said.append(judged)
    t, s = np.vstack(truth) > 0.5, np.vstack(said)
    return {f"AUC {label}": auc(t[:, n], s[:, n]) for n, label in enumerate(LABELS) if label != "worth"}


def _windows(talk: Talk, starts: Sequence[int]) -> list[Clip]:
    found: list[Clip] = []
    begins = np.array([line.start_ms for line in talk.lines])
    ends = np.array([line.end_ms for line in talk.lines])
    for start in starts:
        a = min(int(np.searchsorted(begins, max(0, start))), len(begins) - 1)
        b = max(a, int(np.searchsorted(ends, begins[a] + WINDOW_MS, side="right")) - 1)
        found.append(((talk.lines[a].first, talk.lines[b].last),))
    return found


def _count(talk: Talk, per_hour: float) -> int:
    return max(1, round(per_hour * talk.hours))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--genre", default="podcast")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--per-hour", type=float, nargs="+", default=[PER_HOUR], help="the first has the goals"
    )
    parser.add_argument("--baselines", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--degraded", action="store_true")
    parser.add_argument("--panel", metavar="MODEL", help="a model string: this model beside what was learnt")
    parser.add_argument("--judge-by", choices=("auto", "numbers", "pairs"), default="auto")
    parser.add_argument("--judged", type=int, help="so many moments are shown to the panel")
    parser.add_argument("--titles", action="store_true", help="measure the judge of titles too")
    parser.add_argument("--episodes", type=int, help="so many episodes only, to limit what a panel costs")
    parser.add_argument("--excerpts", type=int, nargs="+", default=[], help="lines of short sources")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not (options.data / "labels.jsonl.gz").is_file():
        sys.exit(f"the labels are not in {options.data}: nothing was measured")
    console = Console(width=200)
    talks = read_talks(options.data)
    fold, out = folds(talks), untouched(talks)
    embedder = TalkEmbeddings().load()
    vectors = {key(t): vectors_of(t, embedder, options.cache) for t in talks}
    eyes: dict[str, EditorsEye] = {}
    for k in range(1 if options.quick else FOLDS + 1):
        own = {n for n, f in fold.items() if f == k} if k < FOLDS else out
        taught_on = [t for t in talks if t.name not in own and t.name not in out]
        eyes |= dict.fromkeys(own, taught(taught_on, vectors, options.cache, options.threads))
    played = [degraded(t) if options.degraded else t for t in talks if t.name in eyes]
    played = played[: options.episodes]
    vectors |= {key(t): vectors_of(t, embedder, options.cache) for t in played}
    plans = Plans(load_genre(options.genre).selection, SentenceEmbeddings().load())
    before = Plans(plans.selection, plans.embedder)
    methods: dict[str, Chooser] = {
        "learnt": lambda t, n: plans.clips(t, n, vectors[key(t)], eyes[t.name]),
    }
    panel: MeasuredPanel | None = None
    if options.panel:
        changes = {"judge_by": options.judge_by, **({"judged": options.judged} if options.judged else {})}
        judged = with_panel(plans.selection, options.panel, **changes)
        panel = MeasuredPanel(judged, options.cache / "panel", console)
        by_panel = Plans(judged, plans.embedder, panel)
        methods[f"with {options.panel}"] = lambda t, n: by_panel.clips(t, n, vectors[key(t)], eyes[t.name])
    if options.baselines:
        methods |= {
            "features alone": lambda t, n: before.clips(t, n, None, None),
            "evenly": evenly, "TextTiling": at_new_topics, "random": at_random,
        }  # fmt: skip
    found: dict[str, Any] = {}
    for per_hour in options.per_hour:
        for name, choose in methods.items():
            chosen = {t.name: choose(t, _count(t, per_hour)) for t in played}
            for where, names in (("cross-validated", set(fold)), ("untouched", out)):
                those = {n: c for n, c in chosen.items() if n in names}
                if those:
                    found.setdefault(f"{where}, {per_hour:g} an hour", {})[name] = score(those, played)
    if options.excerpts:
        folded = [t for t in played if t.name in fold]
        for lines in options.excerpts:
            found[f"cross-validated, sources of {lines} lines"] = _short(lines, folded, eyes, vectors, plans)
    for title, rows in found.items():
        show(console, title, rows)
    if panel:
        console.print(
            f"{options.panel}: ${panel.usd:.4f}, {panel.tokens:,} tokens for {len(played)} episodes"
        )
        held = found[next(iter(found))]
        matches = (held[f"with {options.panel}"]["match a pick"], held["learnt"]["match a pick"])
        clips = int(held["learnt"]["clips"])
        for told in (*panel.failures, *panel.remarks, *panel.conclusion(*matches, clips)):
            console.print(told, highlight=False)
    titles: dict[str, float] = {}
    if options.titles:
        held = [t for t in talks if t.name in fold]
        graded = read_titles(held, EnglishGrammar().load())
        titles = title_scores(graded, read_points(held), fold)
        show(console, "titles, cross-validated", {name: {"": value} for name, value in titles.items()})
    folded = [t for t in played if t.name in fold]
    numbers = {
        **found[f"cross-validated, {options.per_hour[0]:g} an hour"]["learnt"],
        **line_aucs(eyes, folded, vectors),
        "CPU seconds for two hours": 2 * max(plans.seconds) + 2 * _embedding_seconds(embedder, folded),
    }
    show(console, "the rest", {"": {k: v for k, v in numbers.items() if k.startswith(("AUC", "CPU"))}})
    conclude(
        {"tables": found, "numbers": numbers, "titles": titles},
        misses(GOALS, numbers),
        options.json,
        options.check,
    )


def _short(
    lines: int,
    talks: Sequence[Talk],
    eyes: Mapping[str, EditorsEye],
    vectors: Mapping[str, np.ndarray],
    plans: Plans,
) -> dict[str, dict[str, float]]:
    """The plan with and without what was learnt, of sources of so many lines."""
    with_eye, without, short = {}, {}, []
    for talk in talks:
        part, where = excerpt(talk, lines)
        count = _count(part, PER_HOUR)
        short.append(part)
        # It is asked here of less talk than in use: the bound is what is measured.
        asked = replace(eyes[talk.name], fewest_lines=0)
        with_eye[part.name] = plans.clips(part, count, vectors[key(talk)][where], asked)
        without[part.name] = plans.clips(part, count, None, None)
    return {"learnt": score(with_eye, short), "features alone": score(without, short)}


def _embedding_seconds(embedder: Embedder, talks: Sequence[Talk]) -> float:
    """CPU seconds an hour of talk, of a hundred lines from the middle of the first."""
    talk = talks[0]
    middle = talk.lines[len(talk.lines) // 2 :][:100]
    embedder.embed(["The model is opened once."])
    started = time.process_time()
    embedder.embed([line.text for line in middle])
    return (time.process_time() - started) / len(middle) * len(talk.lines) / talk.hours


if __name__ == "__main__":
    main()
