"""Where source videos come from: local files and S3 objects, named by URI and pinned by etag."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from shortform_assets.errors import InputError


class Source(NamedTuple):
    """A source as it is now: `etag` changes whenever the bytes do."""

    uri: str
    etag: str
    name: str


def describe(place: str | os.PathLike[str]) -> Source:
    """The source at a path, a `file://` or an `s3://bucket/key` URI; InputError when it is not there."""
    text = os.fspath(place)
    if text.startswith("s3://"):
        parts = urlsplit(text)
        return Source(text, _s3_etag(parts.netloc, parts.path.lstrip("/")), text.rsplit("/", 1)[-1])
    path = local_path(text)
    if path is None:
        raise InputError(
            "this kind of address is not supported", text, "give a path, file:// or s3:// address"
        )
    try:
        there = path.exists()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no file name"
        raise InputError(f"it cannot be read ({why})", str(path), "check the path") from error
    if not there:
        raise InputError("there is no such file", str(path), "check the path")
    if path.is_dir():
        raise InputError("this is a folder, not a video file", str(path), "name the files in it")
    if not path.is_file():
        raise InputError(
            "this is a pipe or a device, which can be read only once", str(path), "save it to a file first"
        )
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise InputError(
            f"it cannot be read ({error.strerror})", str(path), "check its permissions"
        ) from error
    stat = path.stat()
    if stat.st_size == 0:
        raise InputError("the file is empty", str(path), "copy or record it again")
    return Source(path.resolve().as_uri(), f"{stat.st_size:x}-{stat.st_mtime_ns:x}", _name(path))


def fetch(uri: str, etag: str, scratch: Path) -> Path:
    """A local path to the bytes of `uri`; InputError when they are no longer those of `etag`."""
    now = describe(uri)
    if now.etag != etag:
        raise InputError(
            "the file changed after it was registered", now.name, "register it again with `shortform run`"
        )
    if (path := local_path(uri)) is not None:
        return _plainly_named(path, scratch)
    parts = urlsplit(uri)
    target = scratch / "source"
    _s3().download_file(parts.netloc, parts.path.lstrip("/"), str(target))
    return target


def local_path(place: str) -> Path | None:
    """The file that a path or `file://` URI means; None for the address of something elsewhere."""
    if place.startswith("file://"):
        return Path(os.fsdecode(unquote_to_bytes(urlsplit(place).path)))
    return None if "://" in place else Path(place)


def _name(path: Path) -> str:
    r"""The file's name as text: bytes that are no UTF-8, as old cameras leave them, are written `\xe9`."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def _plainly_named(path: Path, scratch: Path) -> Path:
    """`path`, or a link to it where its name is no UTF-8: not every library opens such a name."""
    try:
        str(path).encode()
        return path
    except UnicodeEncodeError:
        link = scratch / "source"
        link.symlink_to(path)
        return link


def _s3() -> Any:
    import boto3

    return boto3.client("s3")


def _s3_etag(bucket: str, key: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    where = f"s3://{bucket}/{key}"
    try:
        head = _s3().head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown error")
        raise InputError(f"S3 answered {code}", where, "check the address and the credentials") from error
    except BotoCoreError as error:
        raise InputError(
            f"S3 cannot be asked ({error})", where, "check the region and the credentials"
        ) from error
    if head["ContentLength"] == 0:
        raise InputError("the object is empty", where, "upload it again")
    return str(head["ETag"]).strip('"')
