"""What the exit code of `shortform` means; the README has the same table."""

OK = 0
FAILED = 1
"""A stage failed or input was refused."""
USAGE = 2
"""Wrong usage; typer's own code."""
OUTPUTS_FAILED = 3
NO_CLIPS = 4
"""There is nothing to clip."""
INTERRUPTED = 130
"""The same command goes on from here."""
