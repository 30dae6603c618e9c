"""The command's one handler: whatever goes wrong is one clear sentence and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import Any, cast

import typer
from typer.core import TyperGroup

from shortform_assets.cli.exit_codes import FAILED, INTERRUPTED
from shortform_assets.cli.terminal import errors
from shortform_assets.errors import ShortformError

DEBUG = "SHORTFORM_DEBUG"
"""Set by `--debug`: tracebacks are shown after the sentence."""
_LONGEST = 1000
"""Characters of an error that are shown: what a tool said may go on for pages. Our choice."""

# Typer keeps its errors of usage to itself, but all are kin of the one that it hands out.
_UsageError = cast(type[Exception], typer.BadParameter.__mro__[2])


class ReportingGroup(TyperGroup):
    """The root of all commands: nothing that is raised below gets past it as a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # A locale that cannot write a name must not turn a finished run into a failed one.
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        return super().main(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _debugging(bool(ctx.params.get("debug"))):
            try:
                return super().invoke(ctx)
            except (typer.Exit, typer.Abort, _UsageError, BrokenPipeError):
                raise
            except KeyboardInterrupt:
                errors.say("interrupted; what is done is kept, the same command goes on from here")
                raise typer.Exit(INTERRUPTED) from None
            except Exception as error:
                report(error)
                raise typer.Exit(FAILED) from None


def report(error: Exception) -> None:
    """Say what went wrong in one line, and where in the code if `--debug` was given."""
    errors.say(f"error: {sentence(error)}", style="red")
    if os.environ.get(DEBUG):
        errors.say("".join(traceback.format_exception(error)), style="dim")


def sentence(error: BaseException) -> str:
    """One line for a person: what is wrong, where, what to do next."""
    if isinstance(error, ShortformError):
        return _line(str(error))
    text = _line(str(error)) or "it says nothing more"
    if isinstance(error, OSError) and error.strerror:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        fix = "check the path, its permissions and the free space"
        return _line(f"{where}{error.strerror} - {fix}")
    if isinstance(error, MemoryError):
        return "the memory is used up - close other programs, or run with fewer workers"
    if "database is locked" in text:
        return "Dagster's database is busy with another command - try again when it is done"
    if type(error).__module__.partition(".")[0] in ("sqlalchemy", "alembic", "sqlite3"):
        return f"Dagster's database: {text} - `shortform doctor` says what is wrong with it"
    kind = type(error).__name__
    return f"unexpected {kind}: {text} - please report it with what `shortform --debug ...` shows"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


@contextlib.contextmanager
def _debugging(wanted: bool) -> Any:
    before = os.environ.get(DEBUG)
    if wanted:
        os.environ[DEBUG] = "1"
    try:
        yield
    finally:
        if wanted and before is None:
            del os.environ[DEBUG]
