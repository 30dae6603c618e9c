"""`review`: the review page with working controls, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shortform_assets.cli.command_line import Commands, Key
from shortform_assets.cli.terminal import Terminal
from shortform_assets.cli.terminal import out as terminal


def review(terminal: Terminal, key: str, *, out: Path, port: int) -> None:
    """Serve the page of `key` until interrupted. InputError where it has no delivery yet, or the port is taken."""
    from resources.review_server import serve_review
    from shortform_assets.cli.project import Project
    from shortform_assets.cli.source_desk import SourceDesk
    from shortform_assets.delivery import served_policy

    project = Project()
    desk = SourceDesk(project, project.require(key), out)

    def ready(address: str) -> None:
        terminal.say(f"review at {address}")
        terminal.say("the address is for you alone; Ctrl-C ends it")

    try:
        serve_review(desk, port=port, policy=served_policy(), on_ready=ready)
    finally:
        if desk.progress()["running"]:
            terminal.say("ending the run that is going on; what is done is kept")
        desk.end()


def register(app: Commands) -> None:
    """Add the command to `app`."""

    @app.command("review")
    def review_source(
        key: Key,
        out: Annotated[Path, typer.Option(help="Folder for clips that are rendered again.")] = Path("out"),
        port: Annotated[int, typer.Option(min=0, max=65535, help="Any free one without.")] = 0,
    ) -> None:
        """Watch, trim, fix, reframe and render again in the browser; only from this machine."""
        review(terminal, key, out=out, port=port)
