"""The `shortform` command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from shortform_assets.cli import plan_commands as plan_commands
from shortform_assets.cli import reframe_command as reframe_commands
from shortform_assets.cli import styles_commands
from shortform_assets.cli.exit_codes import FAILED, INTERRUPTED, OK
from shortform_assets.errors import ShortformError

app = typer.Typer(
    help="Hours of talk in, branded vertical clips out.", no_args_is_help=True, rich_markup_mode=None
)
genres_app = typer.Typer(help="What each genre means, published and checked.", no_args_is_help=True)
app.add_typer(genres_app, name="genres")
console = Console()
errors = Console(stderr=True)

Key = Annotated[str, typer.Argument(help="Partition key, or how it begins; see `shortform list`.")]


@contextmanager
def reported() -> Iterator[None]:
    """Errors a user can act on are one line and exit code 1; Ctrl-C is exit code 130."""
    try:
        yield
    except ShortformError as error:
        errors.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        errors.print("interrupted; what is done is kept, the same command goes on from here")
        raise typer.Exit(INTERRUPTED) from None


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
) -> None:
    """Turn each FILE into finished clips in OUT. Run it again to resume or to reuse."""
    from shortform_assets.cli.glossary_option import parse_glossary
    from shortform_assets.cli.run_commands import Order, run_sources
    from shortform_assets.contracts.source import Brief
    from shortform_assets.selection import parse_about, parse_exclude

    with reported():
        order = Order(
            genre=genre,
            brand=brand,
            style=style,
            title=title,
            glossary=parse_glossary(glossary or ()),
            transcript=transcript,
            brief=Brief(count=count, about=parse_about(about or ()), exclude_ms=parse_exclude(exclude or ())),
        )
        code = run_sources(console, files, order, out)
    raise typer.Exit(code)


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

    with reported():
        fix_words(console, key, wrong, right, clip)


@app.command()
def rerun(
    key: Key,
    out: Annotated[Path, typer.Option(help="Folder for the finished clips.")] = Path("out"),
    failed: Annotated[bool, typer.Option("--failed", help="Give failed outputs another try.")] = False,
) -> None:
    """Run a registered source again; only what changed is computed."""
    from shortform_assets.cli.run_commands import rerun_source

    with reported():
        code = rerun_source(console, key, out=out, failed=failed)
    raise typer.Exit(code)


@app.command()
def status(key: Annotated[str | None, typer.Argument(help="One source; all without it.")] = None) -> None:
    """Where every source stands, or every stage and output of one."""
    from shortform_assets.cli.status_commands import show_all, show_one

    with reported():
        show_one(console, key) if key else show_all(console)


@app.command("list")
def list_sources() -> None:
    """The registered sources and their partition keys."""
    from shortform_assets.cli.status_commands import show_all

    with reported():
        show_all(console)


@app.command()
def reset(
    key: Key,
    stage: Annotated[str, typer.Option("--from", help="The first stage to compute again.")],
) -> None:
    """Compute a stage and all after it again on the next run; the old artifacts stay."""
    from shortform_assets.cli.status_commands import reset_from

    with reported():
        stages = reset_from(key, stage)
    console.print(f"the next run computes again: {', '.join(stages)}", highlight=False)


@app.command()
def doctor() -> None:
    """What is installed, which models resolve, which backends are configured."""
    from shortform_assets.cli.doctor import examine

    with reported():
        healthy = examine(console)
    raise typer.Exit(OK if healthy else FAILED)


@app.command()
def overlay(
    key: Key,
    clip: Annotated[int, typer.Option(min=1, help="Number of the clip in `shortform plan`.")],
    out: Annotated[Path, typer.Option(help="The video to write.")] = Path("overlay.mp4"),
) -> None:
    """A video of one clip that shows who was found, who speaks, and why the camera moves."""
    from shortform_assets.cli.overlay_command import overlay as draw

    with reported():
        draw(console, key, clip, out)


@genres_app.command("list")
def genres_list() -> None:
    """The genres there are."""
    from shortform_assets.genres import genre_names, load_genre

    with reported():
        table = Table("genre", "what it is for", box=None)
        for name in genre_names():
            table.add_row(name, load_genre(name).description)
    console.print(table)


@genres_app.command("publish")
def genres_publish() -> None:
    """Store what every genre means now, immutable."""
    from shortform_assets.cli.project import Project
    from shortform_assets.genres import publish_genres

    with reported():
        for name, digest, new in publish_genres(Project().store):
            console.print(f"{name}: {digest[:12]} {'published' if new else 'unchanged'}", highlight=False)


@genres_app.command("check")
def genres_check() -> None:
    """Read every genre and name each key that changed since it was published; exit code 1 when there is one."""
    from shortform_assets.cli.project import Project
    from shortform_assets.creative import ensure_shipped_styles
    from shortform_assets.genres import check_genres, check_style, genre_names, load_genre

    with reported():
        store = Project().store
        ensure_shipped_styles(store)
        for name in genre_names():
            check_style(load_genre(name), store)
        drifts = check_genres(store)
    for drift in drifts:
        console.print(
            f"{drift.name}: {drift.key} was {drift.was}, is {drift.now}", markup=False, highlight=False
        )
    if not drifts:
        console.print("no genre changed since it was published")
    raise typer.Exit(FAILED if drifts else OK)


plan_commands.register(app)
reframe_commands.register(app)
styles_commands.register(app)


def main() -> None:
    """Entry point for `python -m shortform_assets.cli`."""
    sys.exit(app())
