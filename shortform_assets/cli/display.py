"""Live progress in the terminal: a line a stage, a line for the outputs, and an honest ETA."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from resources.rates import Rates
from shortform_assets.contracts.stages import WORKFLOW

STEPS = (*WORKFLOW, "rendered_outputs")
_MARKS = {"waiting": "·", "working": "▸", "done": "✓", "reused": "↺", "failed": "✗"}


class Display:
    """A `Progress` that draws itself; quiet lines instead of a moving picture where there is no terminal."""

    def __init__(self, console: Console, name: str, rates: Rates, media_seconds: float) -> None:
        self._console, self._name, self._rates = console, name, rates
        self._media_seconds = media_seconds
        self._state = dict.fromkeys(STEPS, "waiting")
        self._fraction = dict.fromkeys(STEPS, 0.0)
        self._note = dict.fromkeys(STEPS, "")
        self._began: dict[str, float] = {}
        self._outputs: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        # Asked once: while the picture moves, the console's file is a proxy that denies being a terminal.
        self._moving = console.is_terminal
        self._live = Live(get_renderable=self._draw, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Display:
        if self._moving:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._moving:
            self._live.stop()

    @property
    def reused(self) -> int:
        """How many stages found their result in the store."""
        return sum(state == "reused" for state in self._state.values())

    @property
    def computed(self) -> list[str]:
        """The stages that were computed, in order."""
        return [stage for stage in STEPS if self._state[stage] == "done"]

    def update(self, stage: str, fraction: float, note: str) -> None:
        with self._lock:
            if stage not in self._state:
                return
            if stage not in self._began:
                self._began[stage] = time.monotonic()
                self._say(f"{stage} ...")
            self._state[stage] = "working"
            self._fraction[stage], self._note[stage] = fraction, note

    def finish(self, stage: str, *, reused: bool) -> None:
        with self._lock:
            if stage not in self._state:
                return
            self._state[stage] = "reused" if reused else "done"
            self._fraction[stage] = 1.0
            seconds = time.monotonic() - self._began.get(stage, time.monotonic())
            self._note[stage] = "reused" if reused else f"{seconds:.1f} s"
            self._say(f"{stage}: {self._note[stage]}")
        if not reused:
            self._rates.learn(stage, seconds, self._media_seconds)

    def output(self, output_id: str, state: str, fraction: float) -> None:
        with self._lock:
            before = self._outputs.get(output_id, ("", 0.0))[0]
            self._outputs[output_id] = (state, fraction)
            self._state["rendered_outputs"] = "working"
            self._began.setdefault("rendered_outputs", time.monotonic())
            total = len(self._outputs)
            self._fraction["rendered_outputs"] = sum(
                1.0 if s in ("completed", "failed") else f for s, f in self._outputs.values()
            ) / max(1, total)
            ended = sum(s in ("completed", "failed") for s, _ in self._outputs.values())
            self._note["rendered_outputs"] = f"{ended} of {total} outputs"
            if before != state and state in ("completed", "failed"):
                self._say(f"output {output_id}: {state} ({ended} of {total})")

    def eta_seconds(self) -> float:
        """Seconds left: measured pace of the running stage, learnt rates for those to come."""
        waiting = [s for s in STEPS if self._state[s] == "waiting"]
        left = self._rates.expect(waiting, self._media_seconds)
        for stage in STEPS:
            if self._state[stage] != "working":
                continue
            done, spent = self._fraction[stage], time.monotonic() - self._began[stage]
            expected = self._rates.expect([stage], self._media_seconds)
            left += spent / done * (1 - done) if done > 0.1 else max(0.0, expected - spent)
        return left

    def _say(self, line: str) -> None:
        if not self._moving:
            self._console.print(f"  {self._name}: {line}", highlight=False)

    def _draw(self) -> Table:
        with self._lock:
            left = self.eta_seconds()
            grid = Table.grid(padding=(0, 1))
            grid.add_row(
                "", Text(self._name, style="bold"), "", Text(f"about {_span(left)} left", style="dim")
            )
            for stage in STEPS:
                state, done = self._state[stage], self._fraction[stage]
                style = {"working": "cyan", "failed": "red", "waiting": "dim"}.get(state, "green")
                bar = "━" * round(20 * done) + " " * (20 - round(20 * done))
                grid.add_row(
                    Text(_MARKS[state], style=style),
                    Text(stage, style=style),
                    Text(bar, style=style),
                    Text(self._note[stage], style="dim"),
                )
            for output, (state, done) in self._outputs.items():
                if state == "in_progress":
                    grid.add_row("", Text(f"  output {output}"), Text("━" * round(20 * done)), f"{done:.0%}")
            return grid


def _span(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
