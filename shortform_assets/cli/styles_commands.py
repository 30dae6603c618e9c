"""`styles publish`, `styles list` and `styles show`: the styles in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from shortform_assets.cli.command_line import Commands
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Listing, out
from shortform_assets.contracts.versioned import NewerSchema
from shortform_assets.errors import InputError


def register(app: Commands) -> None:
    """Add `shortform styles ...` to the command line."""
    styles = Commands("The styles in the store: published once, never changed.")
    app.add_typer(styles, name="styles")

    @styles.command("publish")
    def publish(
        folder: Annotated[
            str,
            typer.Argument(metavar="FOLDER", help="A folder with style.yaml, or a style that came along."),
        ],
    ) -> None:
        """Check a style and publish it as its next version; whatever is pinned stays as it is."""
        from shortform_assets.creative import publish_style

        style, new = publish_style(Project().store, _folder(folder))
        out.say(f"{style.pin}: {'published' if new else 'unchanged, it holds this already'}")

    @styles.command("list")
    def list_styles() -> None:
        """Every style, its latest version, and who published that."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        listing = Listing("style", "latest", "versions", "published by")
        for name, versions in creative.style_versions(store).items():
            try:
                by = "Shortform" if creative.published_style(store, name, versions[-1]).shipped else "you"
            except NewerSchema:
                by = "a newer Shortform"
            listing.row(name, f"{name}@{versions[-1]}", str(len(versions)), by)
        out.show(listing)

    @styles.command("show")
    def show(
        pin: Annotated[str, typer.Argument(help="`name@version`, or `name` for its latest version.")],
    ) -> None:
        """What a published version holds, in the keys of style.yaml."""
        from shortform_assets import creative

        store = Project().store
        creative.ensure_shipped_styles(store)
        style = creative.resolve_style(store, pin)
        listing = Listing("key", style.pin)
        for key, value in _flat(style.model_dump(mode="json", exclude={"name", "version"})):
            listing.row(key, value)
        out.show(listing)


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


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(dotted key, value) of everything that is set; files by their size and how their hash begins."""
    if isinstance(value, dict) and set(value) == {"sha256", "size"}:
        yield key, f"{value['size']} bytes, {value['sha256'][:12]}"
    elif isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(item, f"{key}.{name}" if key else str(name))
    elif value is not None:
        yield key, str(value).lower() if isinstance(value, bool) else str(value)
