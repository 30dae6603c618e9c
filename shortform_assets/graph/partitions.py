"""The partition set and its keys: one partition is one source video."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import dagster as dg

source_videos = dg.DynamicPartitionsDefinition(name="source_videos")


def slug(text: str, limit: int = 40) -> str:
    """Lower-case ASCII letters, digits and single hyphens; `video` where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].strip("-") or "video"


def partition_key(name: str, uri: str, etag: str) -> str:
    """`slug-<10 hex of URI + etag>`: no comma and no space, which Dagster's UI cannot take."""
    stem = name.rsplit(".", 1)[0] if "." in name.strip(".") else name
    digest = hashlib.sha256("\n".join((uri, etag)).encode()).hexdigest()
    return f"{slug(stem)}-{digest[:10]}"
