"""The partition set and its keys: one partition is one source video."""

from __future__ import annotations

import hashlib

import dagster as dg

from shortform_assets.text.slug import slug

_LONGEST = 40
"""Letters of the readable part of a key."""

source_videos = dg.DynamicPartitionsDefinition(name="source_videos")


def partition_key(name: str, uri: str, etag: str) -> str:
    """`slug-<10 hex of URI + etag>`: no comma and no space, which Dagster's UI cannot take."""
    stem = name.rsplit(".", 1)[0] if "." in name.strip(".") else name
    digest = hashlib.sha256("\n".join((uri, etag)).encode()).hexdigest()
    return f"{slug(stem, _LONGEST, 'video', ascii_only=True)}-{digest[:10]}"
