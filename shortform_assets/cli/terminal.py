"""Everything the command prints goes through here: text from outside is shown as it is, never obeyed.

Titles, file names and what other programs said may hold square brackets (markup to Rich), escape sequences
(commands to a terminal), bytes that are no text. No other module of `cli` imports Rich.
"""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import IO, Any, NamedTuple

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

# What reorders the line it stands in; other format characters (joiners, soft hyphens) belong to the writing.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNBOUNDED = 1_000_000
"""Columns of an output that is no terminal: whoever reads it decides about lines."""


class Styled(NamedTuple):
    """Text and how it looks, in Rich's words: `bold`, `dim`, `red` ..."""

    text: str
    style: str


class Listing:
    """Rows of text under bold headings; without headings a plain grid."""

    def __init__(self, *headings: str, title: str = "", fold: str = "") -> None:
        """`fold` is the one column that is broken anywhere, not at blanks, where the terminal is too narrow."""
        self._table = Table(
            title=_text(title, one_line=True) if title else None,
            title_justify="left",
            box=None,
            show_header=bool(headings),
            padding=(0, 1),
        )
        for heading in headings:
            self._table.add_column(_text(heading), overflow="fold" if heading == fold else "ellipsis")
        self.rows = 0

    def row(self, *cells: str | Styled, style: str = "") -> None:
        """Add a row; line breaks within a cell become blanks."""
        while len(self._table.columns) < len(cells):
            self._table.add_column()
        self._table.add_row(*(_text(cell, one_line=True) for cell in cells), style=style)
        self.rows += 1


class Terminal:
    """Standard output or standard error of the command, or any open text file."""

    def __init__(self, *, stderr: bool = False, file: IO[str] | None = None) -> None:
        self._stderr, self._file = stderr, file

    @property
    def moving(self) -> bool:
        """Whether a moving picture can be shown: nobody wants one in a file or a pipe."""
        return self._out.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")

    def say(self, text: str = "", style: str = "") -> None:
        """A line, or several where `text` has line breaks; never wrapped here."""
        self._console().print(_text(Styled(text, style)), soft_wrap=True, highlight=False)

    def show(self, listing: Listing) -> None:
        """Fitted to a terminal; as wide as it is for a file or a pipe."""
        if self._out.isatty():
            self._console().print(listing._table)
            return
        wide = Console(file=io.StringIO(), width=_UNBOUNDED, color_system=None, highlight=False)
        with wide.capture() as captured:
            wide.print(listing._table)
        for line in captured.get().splitlines():
            self._out.write(line.rstrip() + "\n")
        self._out.flush()

    def data(self, value: Any) -> None:
        """JSON for other programs."""
        plain = (getattr(self._out, "encoding", None) or "").lower().replace("-", "") != "utf8"
        self._out.write(json.dumps(value, indent=1, ensure_ascii=plain) + "\n")
        self._out.flush()

    def live(self, draw: Callable[[], Listing]) -> AbstractContextManager[Any]:
        """Draws again and again while the block runs, then takes it away; nothing where nothing can move."""
        if not self.moving:
            return nullcontext()
        return Live(
            get_renderable=lambda: draw()._table,
            console=self._console(),
            refresh_per_second=4,
            transient=True,
        )

    @property
    def _out(self) -> IO[str]:
        # Asked each time: tests and shells replace the streams.
        return self._file or (sys.stderr if self._stderr else sys.stdout)

    def _console(self) -> Console:
        return Console(file=self._out, highlight=False, markup=False, emoji=False)


def shown(text: str, *, one_line: bool = False) -> str:
    r"""`text` with everything visible that a terminal would obey or could not encode.

    Bytes of a file name that are no UTF-8 become `\xe9`, control and reordering characters `\x1b` or
    `\u202e`; tabs become blanks, and so do line breaks where `one_line` is set.
    """
    whole = text.encode("utf-8", "surrogateescape" if _bytes_in(text) else "backslashreplace")
    return "".join(_visible(sign, one_line) for sign in whole.decode("utf-8", "backslashreplace"))


def _bytes_in(text: str) -> bool:
    """Whether all lone surrogates stand for bytes, as Python keeps them in file names and arguments."""
    return all("\udc80" <= sign <= "\udcff" for sign in text if "\ud800" <= sign <= "\udfff")


def _visible(sign: str, one_line: bool) -> str:
    if sign == "\t" or (one_line and sign in "\n\r\u2028\u2029"):
        return " "
    if sign == "\n":
        return sign
    if unicodedata.category(sign) in ("Cc", "Zl", "Zp") or sign in _REORDERING:
        return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"
    return sign


def _text(cell: str | Styled, *, one_line: bool = False) -> Text:
    text, style = cell if isinstance(cell, Styled) else (cell, "")
    return Text(shown(text, one_line=one_line), style=style)


out = Terminal()
errors = Terminal(stderr=True)
