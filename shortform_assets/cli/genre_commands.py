"""`genres`: what each genre means, published and checked."""

from __future__ import annotations

import typer

from shortform_assets.cli.command_line import Commands
from shortform_assets.cli.exit_codes import FAILED, OK
from shortform_assets.cli.terminal import Listing, out


def register(app: Commands) -> None:
    """Add the commands to `app`."""
    genres = Commands("What each genre means, published and checked.")
    app.add_typer(genres, name="genres")

    @genres.command("list")
    def genres_list() -> None:
        """The genres there are."""
        from shortform_assets.genres import genre_names, load_genre

        listing = Listing("genre", "what it is for")
        for name in genre_names():
            listing.row(name, load_genre(name).description)
        out.show(listing)

    @genres.command("publish")
    def genres_publish() -> None:
        """Store what every genre means now, immutable."""
        from shortform_assets.cli.project import Project
        from shortform_assets.genres import publish_genres

        for name, digest, new in publish_genres(Project().store):
            out.say(f"{name}: {digest[:12]} {'published' if new else 'unchanged'}")

    @genres.command("check")
    def genres_check() -> None:
        """Read every genre and name each key that changed since it was published; exit code 1 when there is one."""
        from shortform_assets.cli.genre_checks import checked_genre
        from shortform_assets.cli.project import Project
        from shortform_assets.genres import check_genres, genre_names

        store = Project().store
        for name in genre_names():
            checked_genre(name, store)
        drifts = check_genres(store)
        for drift in drifts:
            out.say(f"{drift.name}: {drift.key} was {drift.was}, is {drift.now}")
        if not drifts:
            out.say("no genre changed since it was published")
        raise typer.Exit(FAILED if drifts else OK)
