"""What the exit code of `shortform` means; the README has the same table."""

from __future__ import annotations

from collections.abc import Iterable

OK = 0
"""Everything that was asked for is there."""
FAILED = 1
"""A stage failed or input was refused."""
USAGE = 2
"""Wrong usage; typer's own code."""
OUTPUTS_FAILED = 3
"""Everything ran, but an output could not be rendered."""
NO_CLIPS = 4
"""There is nothing to clip."""
INTERRUPTED = 130
"""The same command goes on from here."""

_WORST_FIRST = (INTERRUPTED, USAGE, FAILED, OUTPUTS_FAILED, NO_CLIPS, OK)
"""What needs a person most comes first: a source without clips is an answer, a failed one is not."""


def worst(codes: Iterable[int]) -> int:
    """The exit code of a batch from those of its parts; OK where there are none."""
    return min(codes, key=_WORST_FIRST.index, default=OK)
