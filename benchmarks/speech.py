"""Speech against what is known of it: time, words, word times, speakers, inventions.

Runs the real stages on the demo's episode, on every referenced recording of `../shared/media` and on ten
minutes each of silence, noise and music; prints tables, `--json FILE` writes the same. `--quick` takes short
recordings and a minute of each noise. `--check` exits 1 and names every number that misses its goal. Times
are this machine's and the goals are for two idle cores. Needs the `voice` and `dev` extras.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from goals import Goals, conclude, misses
from rich.console import Console
from rich.table import Table
from speech_material import Recording, noise, recordings
from speech_scores import boundary_errors, diarization_errors, true_words_lost, word_errors
from speech_stage import Stage, kept, removed, stretches

GOALS: Goals = {
    "transcript, share of the length": ("<=", 0.08),
    "turns, share of the length": ("<=", 0.06),
    "word error rate, podcasts": ("<=", 0.10),
    "word boundary error, median ms": ("<=", 20),
    "word boundary error, p95 ms": ("<=", 80),
    "diarization error rate": ("<=", 0.15),
    "words invented over noise": ("<=", 0),
    "true words removed by the guard": ("<=", 0.002),
    "word error rate, radio the voice detector misses": ("<=", 0.35),
}
"""None may be exceeded. The last two are the other side of inventing nothing: what is said is not dropped."""

Row = dict[str, Any]
console = Console()
if not console.is_terminal:
    # In a log, rows stay whole.
    console = Console(width=150)


def measure(quick: bool) -> dict[str, Any]:
    stage = Stage()
    speech = [_recording(stage, one) for one in recordings(quick, console.print)]
    noises = [_noise(stage, name, samples) for name, samples in noise(quick, console.print)]
    return {"numbers": _numbers(speech, noises), "recordings": speech, "noise": noises}


def _recording(stage: Stage, one: Recording) -> Row:
    console.print(f"listening to {one.name}", style="dim")
    transcript, took = stage.words(one.samples)
    found, took_turns = stage.turns(one.samples, transcript)
    row: Row = {
        "name": one.name,
        "podcast": one.podcast,
        "faint": one.faint,
        "seconds": round(one.seconds, 1),
        "transcript seconds": round(took, 2),
        "turns seconds": round(took_turns, 2),
        "guard": [f"{a.kind} at {a.start_ms} ms, {a.reason}: {a.text}" for a in transcript.guard],
    }
    if one.text:
        heard = kept(transcript)
        plain = stage.unguarded(one.samples, one.language)
        row["errors"], row["words"] = word_errors(one.text, _joined(heard), one.language)
        row["errors, guard off"], _ = word_errors(one.text, _joined(plain), one.language)
        row["lost"] = true_words_lost(one.text, heard, removed(transcript), one.language)
    if one.words:
        row["starts"], row["ends"] = boundary_errors(one.words, kept(transcript))
    if one.turns:
        row["wrong speaker seconds"], row["speech seconds"] = diarization_errors(one.turns, stretches(found))
        row["speakers"] = f"{len(found.speakers)} of {len({name for name, _, _ in one.turns})}"
    return row


def _noise(stage: Stage, name: str, samples: Any) -> Row:
    console.print(f"listening to {name}", style="dim")
    transcript, took = stage.words(samples)
    return {
        "name": name,
        "seconds": round(len(samples) / 16000, 1),
        "transcript seconds": round(took, 2),
        "invented": len(transcript.words),
        "text": _joined(kept(transcript)),
        "invented, guard off": len(stage.unguarded(samples, "en")),
    }


def _numbers(speech: list[Row], noises: list[Row]) -> dict[str, float]:
    """The numbers that have goals; one that could not be measured is not among them."""
    length = sum(row["seconds"] for row in speech)
    edges = [edge for row in speech for edge in (*row.get("starts", ()), *row.get("ends", ()))]
    clear = [row for row in speech if "errors" in row and not row["faint"]]
    numbers = {
        "transcript, share of the length": sum(row["transcript seconds"] for row in speech) / length,
        "turns, share of the length": sum(row["turns seconds"] for row in speech) / length,
        "word error rate, podcasts": _rate([row for row in clear if row["podcast"]], "errors", "words"),
        "diarization error rate": _rate(speech, "wrong speaker seconds", "speech seconds"),
        "words invented over noise": sum(row["invented"] for row in noises),
        "words invented over noise, guard off": sum(row["invented, guard off"] for row in noises),
        "true words removed by the guard": _rate(clear, "lost", "words"),
    }
    if edges:
        numbers["word boundary error, median ms"] = float(np.median(edges))
        numbers["word boundary error, p95 ms"] = float(np.percentile(edges, 95))
    faint = [row for row in speech if row["faint"]]
    if faint:
        numbers["word error rate, radio the voice detector misses"] = _rate(faint, "errors", "words")
    return {name: round(float(value), 4) for name, value in numbers.items()}


def _rate(rows: list[Row], above: str, below: str) -> float:
    rows = [row for row in rows if below in row]
    return sum(row[above] for row in rows) / max(1e-9, sum(row[below] for row in rows))


def _joined(words: list[Any]) -> str:
    return " ".join(text for text, _, _ in words)


def show(found: dict[str, Any]) -> None:
    table = Table(
        "recording", *("s", "words x", "turns x", "WER %", "guard off", "lost", "start ms", "end ms")
    )
    table.add_column("DER %")
    table.add_column("speakers")
    for row in found["recordings"]:
        table.add_row(
            row["name"],
            f"{row['seconds']:.0f}",
            f"{row['transcript seconds'] / row['seconds']:.3f}",
            f"{row['turns seconds'] / row['seconds']:.3f}",
            _percent(row, "errors", "words"),
            _percent(row, "errors, guard off", "words"),
            str(row.get("lost", "")),
            _spread(row.get("starts")),
            _spread(row.get("ends")),
            _percent(row, "wrong speaker seconds", "speech seconds"),
            row.get("speakers", ""),
        )
    console.print(table, "Times as shares of the length; word edges as median and 95th percentile.\n")
    table = Table("nobody speaks", "s", "words invented", "guard off")
    for row in found["noise"]:
        counts = (str(row["invented"]), str(row["invented, guard off"]))
        table.add_row(row["name"], f"{row['seconds']:.0f}", *counts)
    console.print(table)
    table = Table("number", "is", "goal, at most")
    for name, value in found["numbers"].items():
        sign, goal = GOALS.get(name, ("", ""))
        missed = bool(misses({k: v for k, v in GOALS.items() if k == name}, {name: value}))
        table.add_row(
            name,
            f"[red]{value:.4g}[/red]" if missed else f"{value:.4g}",
            f"{sign} {goal}",
        )
    console.print(table)


def _percent(row: Row, above: str, below: str) -> str:
    return f"{100 * row[above] / row[below]:.1f}" if below in row and above in row else ""


def _spread(errors: list[int] | None) -> str:
    return f"{np.median(errors):.0f}, {np.percentile(errors, 95):.0f}" if errors else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = measure(options.quick)
    show(found)
    conclude(found, misses(GOALS, found["numbers"], ""), options.json, options.check)


if __name__ == "__main__":
    main()
