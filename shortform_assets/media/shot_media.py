"""Pictures and videos that somebody lays over a talk: told apart by their first bytes, and what a video holds."""

from __future__ import annotations

from pathlib import Path

from shortform_assets.contracts.source import VideoStream
from shortform_assets.errors import InputError
from shortform_assets.media.probe import moving_pictures


def is_picture(path: Path) -> bool:
    """Whether it begins as a PNG, JPEG or WebP file does."""
    with path.open("rb") as file:
        head = file.read(12)
    return head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (
        head.startswith(b"RIFF") and head.endswith(b"WEBP")
    )


def shot_video(path: Path, name: str) -> tuple[VideoStream, int]:
    """The moving pictures of an MP4, MOV, Matroska or WebM file and their length in ms; InputError where there are
    none."""
    found = moving_pictures(path, name)
    if found is None:
        raise InputError(
            "is neither a picture nor a video that can be read",
            name,
            "give a PNG, JPEG, WebP, MP4, MOV or WebM file",
        )
    return found


def shot_length_ms(path: Path, name: str) -> int | None:
    """How long it can be shown; None for a picture, which stands as long as it is wanted."""
    return None if is_picture(path) else shot_video(path, name)[1]
