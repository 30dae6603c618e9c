"""Live progress in the terminal: a line a stage, a line for the outputs, and an honest ETA."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from resources.rates import Rates
from shortform_assets.cli.terminal import Listing, Styled, Terminal
from shortform_assets.contracts.stages import WORKFLOW

STEPS = (*WORKFLOW, "rendered_outputs")
_MARKS = {"waiting": "·", "working": "▸", "done": "✓", "reused": "↺", "failed": "✗"}


class Display:
    """A `Progress` that draws itself; quiet lines instead of a moving picture where there is no terminal."""

    def __init__(self, terminal: Terminal, name: str, rates: Rates, media_seconds: float | None) -> None:
        """`media_seconds` is the source's length, None where nobody can tell before it was probed."""
        self._terminal, self._name, self._rates = terminal, name, rates
        self._media_seconds = media_seconds
        self._state = dict.fromkeys(STEPS, "waiting")
        self._fraction = dict.fromkeys(STEPS, 0.0)
        self._note = dict.fromkeys(STEPS, "")
        self._began: dict[str, float] = {}
        self._outputs: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        # Asked once: while the picture moves, the terminal's file is a proxy that denies being one.
        self._moving = terminal.moving
        self._live = terminal.live(self._draw)

    def __enter__(self) -> Display:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

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
        if not reused and self._media_seconds:
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

    def eta_seconds(self) -> float | None:
        """Seconds left: measured pace of the running stage, learnt rates for those to come.

        None where the source's length is not known: then nothing is, of the stages to come.
        """
        if self._media_seconds is None:
            return None
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
            self._terminal.say(f"  {self._name}: {line}")

    def _draw(self) -> Listing:
        with self._lock:
            left = self.eta_seconds()
            told = "" if left is None else f"about {_span(left)} left"
            grid = Listing()
            grid.row("", Styled(self._name, "bold"), "", Styled(told, "dim"))
            for stage in STEPS:
                state, done = self._state[stage], self._fraction[stage]
                style = {"working": "cyan", "failed": "red", "waiting": "dim"}.get(state, "green")
                bar = "━" * round(20 * done) + " " * (20 - round(20 * done))
                grid.row(
                    Styled(_MARKS[state], style),
                    Styled(stage, style),
                    Styled(bar, style),
                    Styled(self._note[stage], "dim"),
                )
            for output, (state, done) in self._outputs.items():
                if state == "in_progress":
                    grid.row("", f"  output {output}", "━" * round(20 * done), f"{done:.0%}")
            return grid


def _span(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
