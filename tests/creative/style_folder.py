"""Writes and changes the source of a style, and the files that it names."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from pathlib import Path

import numpy as np
import pytest

from resources.media_store import MediaStore
from resources.music_beds import BundledBeds
from shortform_assets.creative.styles.style_checks import style_faults
from shortform_assets.creative.styles.style_registry import publish_style, read_style
from shortform_assets.errors import InputError


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "style.yaml").write_text(text)
    return folder


def edit(source: Path, old: str, new: str) -> None:
    path = source / "style.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def refused(store: MediaStore, source: Path) -> list[str]:
    """Every fault of the source as one sentence each; nothing is in the store then."""
    with pytest.raises(InputError) as caught:
        publish_style(store, source, BundledBeds())
    assert not list(store.list("styles"))
    try:
        return [str(fault) for fault in style_faults(read_style(store, source, BundledBeds()))]
    except InputError:
        return [str(caught.value)]


def png(width: int, height: int, rows: bytes | None = None) -> bytes:
    """A PNG that says it has this size; without `rows` all its pixels are there, grey and opaque."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = (b"\0" + b"\x80" * width) * height if rows is None else rows
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def tone(seconds: float, level: float = 0.3) -> bytes:
    """A WAV with a hum."""
    samples = np.sin(np.arange(int(seconds * 8000)) * 0.2) * level * 32767
    data = io.BytesIO()
    with wave.open(data, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(samples.astype("<i2").tobytes())
    return data.getvalue()
