"""A walk over the boxes of an MP4 file (ISO/IEC 14496-12, clause 4.2), down to where the index may hold an edit
list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_CONTAINERS = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"}
_LISTS = {b"stsd": 8}
"""Containers with so many bytes before their first box."""
_MOST = 10_000
"""No video has as many; what is no video may seem to have millions."""


def walk_boxes(path: Path) -> Iterator[str]:
    """Paths of the boxes in file order, such as `moov/trak/edts/elst`; ends where the file is cut off."""
    with path.open("rb") as file:
        levels = [(0, file.seek(0, 2), "")]
        for _ in range(_MOST):
            while levels and levels[-1][0] + 8 > levels[-1][1]:
                levels.pop()
            if not levels:
                return
            at, end, parent = levels.pop()
            file.seek(at)
            size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
            header = 8
            if size == 1:
                size, header = int.from_bytes(file.read(8), "big"), 16
            elif size == 0:
                size = end - at
            if size < header or at + size > end:
                continue
            name = f"{parent}{kind.decode('latin-1')}"
            yield name
            levels.append((at + size, end, parent))
            if kind in _CONTAINERS or kind in _LISTS:
                levels.append((at + header + _LISTS.get(kind, 0), at + size, f"{name}/"))
