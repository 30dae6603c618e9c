"""Where a finished delivery is published: a folder, or a bucket with a prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from shortform_assets.contracts.base import Blob


class Destination(Protocol):
    """One place for the files of one source. A file appears there whole or not at all.

    Every verb raises InputError where the place cannot be used, or where a name that is needed is taken by a
    file that was not published from this source.
    """

    address: str
    """As a person wrote it."""

    def missing(self, wanted: Mapping[str, Blob]) -> list[str]:
        """Names, in their order, whose bytes are not there yet. Nothing is written."""
        ...

    def prepare(self, wanted: Mapping[str, Blob], missing: Sequence[str]) -> None:
        """Made ready to take `missing`; refused, as far as that can be known, without room or permission."""
        ...

    def place(self, source: Path, name: str, blob: Blob) -> None:
        """Copy the bytes of `source`, which are those of `blob`, to `name`; older ones of this source give way."""
        ...
