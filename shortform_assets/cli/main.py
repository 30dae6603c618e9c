"""The `shortform` command: every command's arguments; what they do is in the module of its name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from shortform_assets.cli import (
    genre_commands,
    plan_commands,
    publish_command,
    reframe_command,
    restyle_command,
    review_command,
    styles_commands,
    webhook_command,
)
from shortform_assets.cli.command_line import Commands, Key
from shortform_assets.cli.error_handler import ReportingGroup
from shortform_assets.cli.exit_codes import FAILED, OK
from shortform_assets.cli.terminal import out as terminal

app = Commands("Hours of talk in, branded vertical clips out.", cls=ReportingGroup)


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error arose.")] = False,
) -> None:
    """Hours of talk in, branded vertical clips out."""


@app.command()
def run(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Video files, or s3:// addresses.")],
    genre: Annotated[str, typer.Option("--genre", "-g", help="One of `shortform genres list`.")] = "podcast",
    brand: Annotated[
        str | None, typer.Option(help="Whose clips these are; its style is used if it has one.")
    ] = None,
    style: Annotated[str | None, typer.Option(help="Style pin, `name` or `name@version`.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the finished clips.")] = Path("out"),
    title: Annotated[str | None, typer.Option(help="Title of the source, for the review page.")] = None,
    count: Annotated[
        int | None, typer.Option(min=1, max=500, help="How many clips; the genre decides without.")
    ] = None,
    about: Annotated[
        list[str] | None, typer.Option(help="A topic to look for; may be given several times.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="FROM-TO", help="A range to leave out, such as 10:00-12:30.")
    ] = None,
    glossary: Annotated[
        list[str] | None,
        typer.Option(help='Names and terms, "Jane Doe, Acme", or @FILE with a term a line.'),
    ] = None,
    transcript: Annotated[
        Path | None, typer.Option(help="Your own transcript, SRT, VTT or JSON; it is aligned to the sound.")
    ] = None,
    translation: Annotated[
        str | None,
        typer.Option(
            metavar="LANGUAGE[=FILE]",
            help="Captions in another language too, such as es or pt-BR: from subtitles of your own, else by a model.",
        ),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Half size and fast, to decide by; never to post.")
    ] = False,
) -> None:
    """Turn each FILE into finished clips in OUT. Run it again to resume or to reuse."""
    from shortform_assets.cli.glossary_option import parse_glossary
    from shortform_assets.cli.run_commands import RunRequest, run_sources
    from shortform_assets.contracts.source import Brief
    from shortform_assets.selection import parse_about, parse_exclude

    request = RunRequest(
        genre=genre,
        brand=brand,
        style=style,
        title=title,
        glossary=parse_glossary(glossary or ()),
        transcript=transcript,
        translation=translation,
        brief=Brief(count=count, about=parse_about(about or ()), exclude_ms=parse_exclude(exclude or ())),
        draft=draft,
    )
    raise typer.Exit(run_sources(terminal, files, request, out))


@app.command()
def estimate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A local video file.")],
    genre: Annotated[str, typer.Option("--genre", "-g", help="One of `shortform genres list`.")] = "podcast",
    count: Annotated[
        int | None, typer.Option(min=1, help="How many clips; by default what the genre makes of it.")
    ] = None,
) -> None:
    """Time and money that a run of FILE takes, before it begins."""
    from shortform_assets.cli.estimate_command import estimate as tell

    tell(terminal, file, genre, count)


@app.command()
def rerun(
    key: Key,
    out: Annotated[Path, typer.Option(help="Folder for the finished clips.")] = Path("out"),
    failed: Annotated[bool, typer.Option("--failed", help="Give failed outputs another try.")] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Half size and fast, to decide by; never to post.")
    ] = False,
) -> None:
    """Run a registered source again; only what changed is computed."""
    from shortform_assets.cli.run_commands import rerun_source

    raise typer.Exit(rerun_source(terminal, key, out=out, failed=failed, draft=draft))


@app.command()
def fix(
    key: Key,
    wrong: Annotated[str, typer.Argument(help="Words as they are shown now.")],
    right: Annotated[str, typer.Argument(help="What they should be.")],
    clip: Annotated[
        int | None, typer.Option(min=1, help="Only in this clip of `shortform plan`; everywhere without.")
    ] = None,
) -> None:
    """Correct words in captions, titles and exports; only the clips that hold them are rendered again."""
    from shortform_assets.cli.fix_command import fix as fix_words

    fix_words(terminal, key, wrong, right, clip)


@app.command()
def status(
    key: Annotated[str | None, typer.Argument(help="One source; all without it.")] = None,
    why: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Why this stage of KEY is computed again, or not.")
    ] = None,
) -> None:
    """Where every source stands, or every stage and output of one."""
    from shortform_assets.cli.status_commands import explain, show_all, show_one

    if why is not None:
        explain(terminal, key, why)
    else:
        show_one(terminal, key) if key else show_all(terminal)


@app.command("list")
def list_sources() -> None:
    """The registered sources and their partition keys."""
    from shortform_assets.cli.status_commands import show_all

    show_all(terminal)


@app.command()
def reset(
    key: Key,
    stage: Annotated[str, typer.Option("--from", help="The first stage to compute again.")],
) -> None:
    """Compute a stage and all after it again on the next run; the old artifacts stay."""
    from shortform_assets.cli.status_commands import reset_from

    terminal.say(f"the next run computes again: {', '.join(reset_from(key, stage))}")


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend Dagster's database; a backup of it is kept.")
    ] = False,
) -> None:
    """What is installed, which models resolve, whether the project can be opened."""
    from shortform_assets.cli.doctor import examine, repair_project

    if repair:
        repair_project(terminal)
    raise typer.Exit(OK if examine(terminal) else FAILED)


@app.command()
def overlay(
    key: Key,
    clip: Annotated[int, typer.Option(min=1, help="Number of the clip in `shortform plan`.")],
    out: Annotated[Path, typer.Option(help="The video to write.")] = Path("overlay.mp4"),
) -> None:
    """A video of one clip that shows who was found, who speaks, and why the camera moves."""
    from shortform_assets.cli.overlay_command import overlay as draw

    draw(terminal, key, clip, out)


plan_commands.register(app)
publish_command.register(app)
reframe_command.register(app)
restyle_command.register(app)
review_command.register(app)
genre_commands.register(app)
styles_commands.register(app)
webhook_command.register(app)


def main() -> None:
    """Entry point for `python -m shortform_assets.cli`."""
    sys.exit(app())
