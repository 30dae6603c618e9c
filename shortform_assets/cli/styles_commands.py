"""`shortform styles`: written in a folder, checked and looked at, published to the store, compared, withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resources.media_store import MediaStore
from resources.music_beds import BundledBeds
from shortform_assets.cli.command_line import Commands
from shortform_assets.cli.exit_codes import FAILED, OK
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Listing, out
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.contracts.versioned import NewerSchema
from shortform_assets.errors import InputError

FILE = "style.yaml"
_HOUSE = "shortform"
"""A new style that rests on none begins as a copy of this one."""
Folder = Annotated[
    str, typer.Argument(metavar="FOLDER", help="A folder with style.yaml, or a style that came along.")
]


def register(app: Commands) -> None:
    """Add `shortform styles ...` to the command line."""
    styles = Commands("The styles in the store: published once, never changed.")
    app.add_typer(styles, name="styles")

    @styles.command("publish")
    def publish(folder: Folder) -> None:
        """Check a style and publish it as its next version; whatever is pinned stays as it is."""
        from shortform_assets.creative import ensure_shipped_styles, publish_style

        store, place = Project().store, _folder(folder)
        ensure_shipped_styles(store)
        style, new = publish_style(store, place, BundledBeds())
        out.say(f"{style.pin}: {'published' if new else 'unchanged, it holds this already'}")

    @styles.command("new")
    def new(
        name: Annotated[str, typer.Argument(help="What it is called: lower case, digits, - and _.")],
        base: Annotated[
            str | None, typer.Option("--from", metavar="PIN", help="A published style that it rests on.")
        ] = None,
        out_folder: Annotated[
            Path | None, typer.Option("--out", metavar="FOLDER", help="Where to make it; ./NAME without.")
        ] = None,
    ) -> None:
        """Make a folder with a style to edit, every key explained in it."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        folder = out_folder or Path(name)
        begun = creative.resolve_style(store, base or _HOUSE)
        creative.new_style(folder, name, begun, store.open_local, extends=base is not None)
        out.say(f"{folder / FILE}: edit it, then `shortform styles preview {folder}`")

    @styles.command("check")
    def check(folder: Folder) -> None:
        """Everything that is wrong with a style, at file, line and key; exit code 1 where there is something."""
        from shortform_assets import creative

        store, place = Project().store, _folder(folder)
        creative.ensure_shipped_styles(store)
        draft = creative.read_style(store, place, BundledBeds())
        faults = creative.style_faults(draft)
        for fault in faults:
            out.say(str(fault))
        if not faults:
            out.say(f"{draft.contract.name}: nothing is wrong with it")
        raise typer.Exit(FAILED if faults else OK)

    @styles.command("preview")
    def preview(
        style: Annotated[str, typer.Argument(metavar="FOLDER|PIN", help="A style's folder, or a pin.")],
        picture: Annotated[
            Path | None, typer.Option("--out", metavar="FILE", help="The PNG; NAME.png without.")
        ] = None,
    ) -> None:
        """A picture of the style: captions, hook, logo and overlays in every aspect ratio, as they are rendered."""
        from shortform_assets.cli.style_preview import preview_style

        preview_style(out, Project(), style, picture)

    @styles.command("list")
    def list_styles() -> None:
        """Every style, its latest version, who published that, and what was withdrawn."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        listing = Listing("style", "latest", "versions", "published by", "withdrawn")
        for name, versions in creative.style_versions(store).items():
            gone = {n: why for n in versions if (why := creative.withdrawn(store, name, n)) is not None}
            kept = [n for n in versions if n not in gone]
            try:
                by = "Shortform" if creative.published_style(store, name, versions[-1]).shipped else "you"
            except NewerSchema:
                by = "a newer Shortform"
            latest = f"{name}@{kept[-1]}" if kept else "none"
            told = "; ".join(f"@{n}: {why}" for n, why in gone.items())
            listing.row(name, latest, str(len(versions)), by, told)
        out.show(listing)

    @styles.command("show")
    def show(
        pin: Annotated[str, typer.Argument(help="`name@version`, or `name` for its latest version.")],
    ) -> None:
        """What a published version holds, in the keys of style.yaml."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        style = creative.resolve_style(store, pin, held=True)
        listing = Listing("key", style.pin)
        for key, value in creative.style_values(style).items():
            listing.row(key, value)
        if extends := creative.published_style(store, style.name, style.version).extends:
            listing.row("(extends)", extends)
        if (why := creative.withdrawn(store, style.name, style.version)) is not None:
            listing.row("(withdrawn)", why)
        listing.row("(digest)", style.digest()[:12])
        out.show(listing)

    @styles.command("diff")
    def diff(
        old: Annotated[str, typer.Argument(metavar="FOLDER|PIN", help="A style's folder, or a pin.")],
        new: Annotated[str, typer.Argument(metavar="FOLDER|PIN", help="Another.")],
    ) -> None:
        """Which keys two styles have differently; exit code 1 where there is one."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        sides = [_style(store, side) for side in (old, new)]
        listing = Listing("key", old, new)
        changes = creative.style_changes(*sides)
        for change in changes:
            listing.row(change.key, change.old or "-", change.new or "-")
        if changes:
            out.show(listing)
        else:
            out.say("they are the same")
        raise typer.Exit(FAILED if changes else OK)

    @styles.command("withdraw")
    def withdraw(
        pin: Annotated[str, typer.Argument(help="`name@version`.")],
        why: Annotated[str, typer.Option(help="One sentence for who meets it.")],
    ) -> None:
        """Take a version back: what pinned it keeps it, nobody else gets it any more."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        style = creative.withdraw_style(store, pin, why)
        out.say(f"{style.pin} is withdrawn; what pinned it goes on")


def _style(store: MediaStore, side: str) -> StyleContract:
    """A folder's style, or the one that a pin stands for."""
    from shortform_assets import creative

    if is_folder(side):
        return creative.read_style(store, Path(side).expanduser(), BundledBeds()).contract
    return creative.resolve_style(store, side, held=True)


def is_folder(style: str) -> bool:
    """Whether a folder is meant and not a pin."""
    return "/" in style or style.startswith((".", "~")) or (Path(style) / FILE).is_file()


def _folder(source: str) -> Path:
    """The folder that `source` names; InputError where it is neither a folder nor a shipped style."""
    from shortform_assets.creative import shipped_styles

    if Path(source).expanduser().is_dir():
        return Path(source).expanduser()
    came_along = {path.name: path for path in shipped_styles()}
    if source not in came_along:
        raise InputError(
            "there is no such folder",
            source,
            f"give a folder with style.yaml, or one of {', '.join(came_along)}",
        )
    return came_along[source]
