"""Errors that a user can act on."""

from __future__ import annotations


class ShortformError(Exception):
    """Base of all errors that are reported as one sentence, without a traceback."""


class InputError(ShortformError):
    """Bad input at a boundary: what is wrong, where, and what to do next, in one sentence each."""

    def __init__(self, what: str, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        head = f"{where}: {what}" if where else what
        super().__init__(f"{head} - {fix}" if fix else head)


class ClipFault(ShortformError):
    """Something is wrong with one clip only: the clip is dropped with this reason, the rest goes on."""
