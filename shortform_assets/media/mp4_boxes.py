"""A walk over the boxes of an MP4 file (ISO/IEC 14496-12, clause 4.2): only what quality asks about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_CONTAINERS = {b"moov", b"trak", b"edts"}


def walk(path: Path) -> Iterator[str]:
    """Paths of the boxes in file order, such as `moov/trak/edts/elst`; ends where the file is cut off."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        yield from _walk(file, 0, end, "")


def _walk(file: BinaryIO, at: int, end: int, parent: str) -> Iterator[str]:
    while at + 8 <= end:
        file.seek(at)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        header = 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            return
        name = f"{parent}{kind.decode('latin-1')}"
        yield name
        if kind in _CONTAINERS:
            yield from _walk(file, at + header, at + size, f"{name}/")
        at += size
