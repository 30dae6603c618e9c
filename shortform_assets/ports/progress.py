"""Where progress is shown. The default is silent: Dagster's log lines come from the stages themselves."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives what every stage reports; called from several threads."""

    def update(self, stage: str, fraction: float, note: str) -> None:
        """`stage` is `fraction` (0 to 1) done."""
        ...

    def finish(self, stage: str, *, reused: bool) -> None:
        """`stage` has its result."""
        ...

    def output(self, output_id: str, state: str, fraction: float) -> None:
        """A render moved: `state` is pending, in_progress, completed or failed."""
        ...


class SilentProgress:
    """Shows nothing."""

    def update(self, stage: str, fraction: float, note: str) -> None: ...

    def finish(self, stage: str, *, reused: bool) -> None: ...

    def output(self, output_id: str, state: str, fraction: float) -> None: ...
