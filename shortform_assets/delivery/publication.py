"""Publication: the files of a delivery copied to where others fetch them, the manifest last."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.delivery.deliver import MANIFEST_NAME
from shortform_assets.delivery.export import plain_name
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.ports.destination import Destination


@dataclass(frozen=True)
class Publication:
    """What a publication came to, by file names in the order of the delivery."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    """Which were there already, byte for byte."""


def publish(
    open_blob: Callable[[Blob], Path], delivery: Delivery, destination: Destination, *, draft: bool = False
) -> Publication:
    """Copy what is not there yet; safe to repeat, and after any end the next call goes on.

    `manifest.json` comes last: with the checksums in it a reader knows that everything else is there. Files of
    an earlier delivery whose names are no longer used stay, as their addresses may be in use; the manifest
    does not list them. Raises InputError, before anything is written, where outputs are not finished, for a
    draft unless `draft`, and where the destination says so; where it fails half-way, with what is lacking.
    """
    _check(open_blob, delivery, destination.address, draft)
    wanted = {file.name: file.blob for file in delivery.files}
    # In this order a reader never meets a new manifest with older files.
    wanted[MANIFEST_NAME] = wanted.pop(MANIFEST_NAME)
    missing = destination.missing(wanted)
    if missing:
        destination.prepare(wanted, missing)
    for done, name in enumerate(missing):
        try:
            destination.place(open_blob(wanted[name]), name, wanted[name])
        except ShortformError as error:
            raise _half_way(error, missing[done:], len(wanted)) from error
    return Publication(
        written=tuple(missing), unchanged=tuple(name for name in wanted if name not in set(missing))
    )


def _check(open_blob: Callable[[Blob], Path], delivery: Delivery, address: str, draft: bool) -> None:
    open_outputs = [output for output in delivery.outputs if output.state not in ("completed", "failed")]
    if open_outputs or not delivery.complete:
        raise InputError(
            f"{len(open_outputs)} of {len(delivery.outputs)} outputs are not finished",
            address,
            "publish when `shortform status KEY` says that they are",
        )
    if not any(output.state == "completed" for output in delivery.outputs):
        raise InputError("this source has no finished clip", address, "`shortform status KEY` says why")
    if unsafe := next((file.name for file in delivery.files if not plain_name(file.name)), None):
        raise InputError("it is not a plain file name", repr(unsafe), "deliver again")
    # Manifests older than drafts do not name them.
    if not draft and json.loads(open_blob(delivery.manifest).read_bytes()).get("draft", False):
        raise InputError(
            "these clips are drafts", address, "run `shortform rerun KEY`, or publish with --draft"
        )


def _half_way(error: ShortformError, lacking: list[str], count: int) -> InputError:
    some = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")
    return InputError(
        f"{error}; {len(lacking)} of {count} files are not published: {some}",
        fix="publish again when that is put right: it goes on from here",
    )
