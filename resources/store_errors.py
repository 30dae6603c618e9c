"""Errors of the media store, each one clear sentence, and the rule for its keys."""

from __future__ import annotations

import errno
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)

from shortform_assets.errors import InputError, ShortformError


class StoreError(ShortformError):
    """The store cannot do what was asked: unreachable, full, forbidden, damaged."""


class Missing(StoreError, KeyError):
    """There is nothing under this key."""

    __str__ = ShortformError.__str__


class KeyTaken(StoreError):
    """Another content already stands under a key that is written only once."""


_KEY_BYTES, _NAME_BYTES = 1024, 240
"""S3's limit of a key, and the 255 bytes of usual file systems less what obstore adds while it writes;
test_bad_keys_are_refused_by_every_verb."""
# obstore names its half-written files so; a directory store could not tell them apart.
_STAGING_NAME = re.compile(r"#\d+$")


def check_key(key: str) -> str:
    """`key` itself; InputError unless it is a plain relative path that every backend can hold."""
    fault = _fault(key)
    if fault:
        raise InputError(fault, f"store key {key!r}", "use plain names joined by slashes")
    return key


def _fault(key: str) -> str:
    if not key:
        return "it is empty"
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in key):
        return "it holds a control character"
    if len(key.encode()) > _KEY_BYTES:
        return f"it is longer than {_KEY_BYTES} bytes"
    names = key.split("/")
    if "" in names:
        return "it starts or ends with a slash, or has two in a row"
    if names[0].startswith("."):
        return "names that start with a dot are kept for the store itself"
    if "." in names or ".." in names:
        return "it holds `.` or `..`"
    if any(len(name.encode()) > _NAME_BYTES for name in names):
        return f"a name in it is longer than {_NAME_BYTES} bytes"
    if any(_STAGING_NAME.search(name) for name in names):
        return "a name in it ends in # and a number"
    return ""


_TELLING = (
    (r"os error 28|os error 122|no space left", "the disk is full: free some space and run again"),
    (r"os error (1|13)\b|AccessDenied|403 Forbidden", "permission denied: check who may write there"),
    (r"os error 30\b", "it is read-only: choose another store"),
    (r"NoSuchBucket", "there is no such bucket: create it, or check the name"),
    (r"InvalidAccessKeyId|SignatureDoesNotMatch", "the credentials are not accepted: check AWS_* variables"),
    (
        r"error sending request|kind: (Connect|Timeout)|dns error|timed out|connection (closed|reset)",
        "it cannot be reached: check the network and AWS_ENDPOINT_URL",
    ),
    (r"os error 20\b|os error 21\b", "a file stands where a folder is needed, or the other way round"),
)
_PLAIN = {
    errno.ENOSPC: "os error 28",
    errno.EDQUOT: "os error 122",
    errno.EPERM: "os error 1",
    errno.EACCES: "os error 13",
    errno.EROFS: "os error 30",
    errno.ENOTDIR: "os error 20",
    errno.EISDIR: "os error 21",
}


@contextmanager
def clear_errors(url: str, key: str = "", what: str = "the media store") -> Iterator[None]:
    """Turn what obstore and the operating system raise inside into StoreError or Missing.

    `what` is named as that which failed.
    """
    try:
        yield
    except (AlreadyExistsError, ShortformError):
        raise
    except (BaseError, OSError, ValueError) as error:
        raise _clear(error, f"{url}/{key}" if key else url, what) from error


def _clear(error: Exception, where: str, what: str) -> StoreError:
    text = str(error)
    if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in text:
        return Missing(f"{where}: there is nothing here")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        text = f"AccessDenied {text}"
    if isinstance(error, OSError) and error.errno in _PLAIN:
        text = _PLAIN[error.errno]
    for pattern, sentence in _TELLING:
        if re.search(pattern, text, re.IGNORECASE):
            return StoreError(f"{where}: {what} failed, {sentence}")
    first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
    return StoreError(f"{where}: {what} failed: {first[:300]}")
