"""What all commands have in common: how they are added, what their arguments must be, shared options."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from shortform_assets.errors import InputError

PATHS = frozenset({"files", "folder", "out", "out_folder", "picture", "transcript"})
"""Arguments that name files, whose names may hold any bytes; all others are words."""

Key = Annotated[str, typer.Argument(help="Partition key, or how it begins; see `shortform list`.")]
Number = Annotated[int | None, typer.Argument(help="Number of the clip in `shortform plan`.")]
From = Annotated[str | None, typer.Option("--from", help="Where it begins in the source, such as 12:30.")]
To = Annotated[str | None, typer.Option("--to", help="Where it ends in the source, such as 13:05.")]
Quote = Annotated[str | None, typer.Option(help="Words that are said in it.")]


class CheckedCommand(TyperCommand):
    """A command whose words are text; InputError where they are bytes of another encoding."""

    def invoke(self, ctx: Any) -> Any:
        for parameter in self.params:
            value = ctx.params.get(parameter.name)
            values = value if isinstance(value, (list, tuple)) else [value]
            if parameter.name not in PATHS:
                for word in values:
                    _check(word, parameter.opts[-1])
        return super().invoke(ctx)


def _check(word: object, where: str) -> None:
    if not isinstance(word, str) or (where == "--glossary" and word.startswith("@")):
        return
    try:
        word.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{word!r} is no UTF-8 text", where, "set the terminal to UTF-8 and type it again"
        ) from None
    if "\0" in word:
        raise InputError(f"{word!r} holds a NUL character", where, "type the words plainly")


class Commands(typer.Typer):
    """A group of checked commands, shown as plain text: square brackets in help mean nothing."""

    def __init__(self, help: str, **settings: Any) -> None:
        super().__init__(
            help=help,
            no_args_is_help=True,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Any:
        return super().command(name, cls=CheckedCommand, **settings)
