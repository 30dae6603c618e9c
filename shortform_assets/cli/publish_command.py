"""`publish`: the finished files of a source copied to a folder or bucket, and links to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shortform_assets.cli.command_line import Commands, Key
from shortform_assets.cli.terminal import Terminal
from shortform_assets.cli.terminal import out as terminal
from shortform_assets.errors import InputError

if TYPE_CHECKING:
    from resources.bucket_destination import BucketDestination

_MOST_HOURS = 168
"""S3 refuses links that are valid for longer than a week."""


def publish_source(
    terminal: Terminal, key: str, to: str, *, hours: int | None, draft: bool, as_json: bool
) -> None:
    """Publish the delivery in force of `key` to the folder or `s3://` address `to`; links are valid for `hours`."""
    from resources.bucket_destination import BucketDestination
    from shortform_assets.cli.project import Project
    from shortform_assets.contracts.delivery import Delivery
    from shortform_assets.delivery import FolderDestination, publish

    project = Project()
    key = project.require(key)
    delivery = project.current(key, "delivery", Delivery, "it has no delivery yet")
    bucket = BucketDestination(to, key) if to.startswith("s3://") else None
    if bucket is None and hours is not None:
        raise InputError(
            "only files on S3 have links", to, "leave --links out, or publish to s3://bucket/prefix"
        )
    destination = bucket or FolderDestination(_folder(to), key)
    done = publish(project.store.open_local, delivery, destination, draft=draft)
    failed = sum(output.state == "failed" for output in delivery.outputs)
    names = [file.name for file in delivery.files]
    said: dict[str, Any] = {
        "destination": destination.address,
        "written": list(done.written),
        "unchanged": list(done.unchanged),
        "failed_outputs": failed,
    }
    if bucket and hours is not None:
        said |= _links(bucket, names, hours)
    if as_json:
        terminal.data(said)
        return
    there = f", {len(done.unchanged)} were there already" if done.unchanged else ""
    terminal.say(f"{len(done.written)} files published to {destination.address}{there}")
    if failed:
        terminal.say(
            f"{failed} of {len(delivery.outputs)} outputs failed and are not among them: "
            f"`shortform status {key}` says why",
            style="yellow",
        )
    for name, url in said.get("links", {}).items():
        terminal.say(f"{name}\n  {url}")
    if "links_until" in said:
        early = ", or earlier: your credentials are temporary" if said["links_may_end_earlier"] else ""
        terminal.say(f"whoever has a link can fetch the file until {said['links_until']}{early}")


def _links(bucket: BucketDestination, names: list[str], hours: int) -> dict[str, Any]:
    until = datetime.now(UTC) + timedelta(hours=hours)
    return {
        "links": bucket.links(names, hours * 3600),
        "links_until": until.isoformat(timespec="seconds"),
        "links_may_end_earlier": bucket.passing_credentials,
    }


def _folder(to: str) -> Path:
    if not to.strip() or "://" in to:
        raise InputError("this is no destination", repr(to), "give a folder or s3://bucket/prefix")
    return Path(to)


def register(app: Commands) -> None:
    """Add the command to `app`."""

    @app.command("publish")
    def publish_files(
        key: Key,
        to: Annotated[str, typer.Option("--to", metavar="FOLDER|s3://BUCKET/PREFIX", help="Where to.")],
        links: Annotated[
            int | None,
            typer.Option(metavar="HOURS", min=1, max=_MOST_HOURS, help="Print links that end after so long."),
        ] = None,
        draft: Annotated[bool, typer.Option("--draft", help="Publish drafts too.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
    ) -> None:
        """Copy the finished files of KEY to a folder or bucket, the manifest last. Repeat it to go on."""
        publish_source(terminal, key, to, hours=links, draft=draft, as_json=as_json)
