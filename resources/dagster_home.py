"""Dagster's instance of a home folder, opened so that many processes may do it at once.

Dagster makes and migrates its SQLite databases without asking who else does: two processes in a fresh home
leave it with two schema versions, and nothing opens it again. So opening is done under a lock of the home,
and whoever works in a home holds another, shared one, which keeps a repair out.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tenacity

from resources.store_errors import clear_errors
from shortform_assets.errors import InputError

if TYPE_CHECKING:
    import dagster as dg

_OPENING, _IN_USE = ".opening.lock", ".in-use.lock"
_BUSY_SECONDS = 60.0
"""How long a statement waits for another process's; Dagster's own 5 s are too short on a busy machine."""
_PATIENCE_SECONDS = 10.0
"""How long opening is tried again while another process makes the same databases."""


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance of `home`, made or migrated where that is due.

    Raises InputError, which names the way to a repair, where its database cannot be opened.
    """
    import dagster as dg
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    patient_sqlite()
    with opening(home), contextlib.ExitStack() as until_opened:
        used = until_opened.enter_context((home / _IN_USE).open("ab"))
        fcntl.flock(used, fcntl.LOCK_SH)
        # Dagster's own web server asks for no lock; what it is making will be there soon.
        patiently = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_passing),
            stop=tenacity.stop_after_delay(_PATIENCE_SECONDS),
            wait=tenacity.wait_random(0.1, 0.5),
            reraise=True,
        )
        try:
            instance = patiently(dg.DagsterInstance.get)
        except (SQLAlchemyError, CommandError, sqlite3.Error) as error:
            raise _unreadable(home, error) from error
        weakref.finalize(instance, until_opened.pop_all().close)
        return instance


@contextlib.contextmanager
def opening(home: Path) -> Iterator[None]:
    """Nobody else makes, migrates or repairs the databases of `home` while the block runs."""
    with clear_errors(str(home), what="locking the project folder"), (home / _OPENING).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def alone_in(home: Path) -> Iterator[None]:
    """Nobody works in `home` or begins to while the block runs; InputError where somebody does."""
    with opening(home), (home / _IN_USE).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                "another command is working in this project", str(home), "try again when it has ended"
            ) from None
        yield


@cache
def patient_sqlite() -> None:
    """Statements of this process wait for other processes' instead of failing at once."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def wait(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute(f"PRAGMA busy_timeout = {round(_BUSY_SECONDS * 1000)}")


def _passing(error: BaseException) -> bool:
    text = str(error)
    return any(sign in text for sign in ("is locked", "already exists", "UNIQUE constraint failed: alembic"))


def _unreadable(home: Path, error: Exception) -> InputError:
    first = next(iter(str(error).splitlines()), "") or type(error).__name__
    return InputError(
        f"Dagster's database cannot be opened ({first[:200]})",
        os.fspath(home),
        "`shortform doctor` says what is wrong, `shortform doctor --repair` mends it",
    )
