"""`restyle` and `preview`: finished clips in another style, and a look at one before anything is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shortform_assets.cli.command_line import Commands, Key
from shortform_assets.cli.terminal import out as terminal
from shortform_assets.contracts.aspects import ASPECTS


def register(app: Commands) -> None:
    """Add the commands to `app`."""

    @app.command()
    def restyle(
        key: Key,
        style: Annotated[
            str, typer.Option(help="Style pin, `name` or `name@version`; a name is its latest.")
        ],
        out: Annotated[Path, typer.Option(help="Folder for the finished clips.")] = Path("out"),
        draft: Annotated[
            bool, typer.Option("--draft", help="Half size and fast, to decide by; never to post.")
        ] = False,
    ) -> None:
        """The same clips in another style: captions, overlays and renders are made again, and nothing before."""
        from shortform_assets.cli.run_commands import restyle_source

        raise typer.Exit(restyle_source(terminal, key, style=style, out=out, draft=draft))

    @app.command()
    def preview(
        key: Key,
        clip: Annotated[int, typer.Option(min=1, help="Number of the clip in `shortform plan`.")],
        style: Annotated[str | None, typer.Option(help="Another style than the source's own.")] = None,
        aspect: Annotated[
            str | None, typer.Option(help=f"One of {', '.join(ASPECTS)}; the genre's first without.")
        ] = None,
        seconds: Annotated[
            float | None, typer.Option(min=0.1, max=60, help="A draft of so long instead of a still.")
        ] = None,
        at: Annotated[float | None, typer.Option(min=0, help="Seconds into the clip of the still.")] = None,
        out: Annotated[
            Path | None, typer.Option(metavar="FILE", help="PNG or MP4; preview-N.* without.")
        ] = None,
        draft: Annotated[
            bool | None,
            typer.Option("--draft/--full", help="Half or full size; a still is full, a film half without."),
        ] = None,
    ) -> None:
        """A still or a short draft of one clip, in seconds; nothing is changed by it."""
        from shortform_assets.cli.clip_preview import PreviewRequest, preview_clip

        preview_clip(
            terminal,
            key,
            PreviewRequest(clip, style, aspect, seconds, at, seconds is not None if draft is None else draft),
            out,
        )
