"""A bucket and prefix as the place of publication, and links that fetch from it for a while."""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from resources.redaction import redact
from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError

_SHA256, _SOURCE = "shortform-sha256", "shortform-source"
_ASKED_AT_ONCE = 8
_TYPES = {".srt": "application/x-subrip", ".vtt": "text/vtt", ".otio": "application/json",
    ".fcpxml": "application/xml", ".edl": "text/plain", ".csv": "text/csv"}  # fmt: skip
"""What Python's table leaves to the system's, which differ."""
_TELLING = {
    "403": ("access is denied", "allow s3:ListBucket, s3:GetObject and s3:PutObject there"),
    "AccessDenied": ("access is denied", "allow s3:ListBucket, s3:GetObject and s3:PutObject there"),
    "404": ("there is no such bucket", "create it, or check the name"),
    "NoSuchBucket": ("there is no such bucket", "create it, or check the name"),
    "EntityTooLarge": ("S3 takes no file of more than 5 GiB at once", "publish this one to a folder"),
}


class _Standing(NamedTuple):
    """What is under a name: the ETag of an older version of ours, or nothing."""

    same: bool = False
    etag: str = ""


class BucketDestination:
    """Objects below `s3://bucket/prefix`, each by one conditional PUT; `source` is the partition key.

    Which objects are its own is said in their metadata, so there is no list that could be lost.
    """

    def __init__(self, address: str, source: str) -> None:
        self.address, self._source = address.rstrip("/"), quote(source)
        self._bucket, _, prefix = self.address.removeprefix("s3://").partition("/")
        if len(self._bucket) < 3:
            raise InputError("a bucket name has at least 3 characters", address, "check the address")
        self._prefix = prefix.strip("/")

    def missing(self, wanted: Mapping[str, Blob]) -> list[str]:
        _ = self._client  # Opened once, before many threads ask for it.
        with ThreadPoolExecutor(_ASKED_AT_ONCE) as threads:
            standing = threads.map(lambda item: self._standing(*item), wanted.items())
            return [name for name, found in zip(wanted, standing, strict=True) if not found.same]

    def prepare(self, wanted: Mapping[str, Blob], missing: Sequence[str]) -> None:
        """Nothing: a bucket has no end, and the first file tells about permission as well as a probe would,
        which would need the right to delete too."""

    def place(self, source: Path, name: str, blob: Blob) -> None:
        from botocore.exceptions import ClientError

        found = self._standing(name, blob)
        if found.same:
            return
        condition = {"IfMatch": found.etag} if found.etag else {"IfNoneMatch": "*"}
        with self._telling(name), source.open("rb") as file:
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key(name),
                    Body=file,
                    ContentType=_type(name),
                    # S3 refuses other bytes than these.
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(blob.sha256)).decode(),
                    Metadata={_SHA256: blob.sha256, _SOURCE: self._source},
                    **condition,
                )
            except ClientError as error:
                if _code(error) not in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                    raise
                # Somebody was faster. That is well if it was the same file, as after an answer that was lost.
                if not self._standing(name, blob).same:
                    raise InputError(
                        "somebody else wrote it just now", self._where(name), "publish again"
                    ) from None

    def links(self, names: Sequence[str], seconds: int) -> dict[str, str]:
        """Name -> an address by which anybody can fetch the file for so long, at most a week.

        Whoever has the address has the file: it is shown to who asked for it and written nowhere. Where the
        credentials end earlier (those of a role or of SSO do), so does the link.
        """
        with self._telling():
            return {
                name: str(
                    self._client.generate_presigned_url(
                        "get_object",
                        Params={"Bucket": self._bucket, "Key": self._key(name)},
                        ExpiresIn=seconds,
                    )
                )
                for name in names
            }

    @property
    def passing_credentials(self) -> bool:
        """Whether the credentials themselves end after a while, and links with them."""
        credentials = self._client._get_credentials()
        return bool(credentials and credentials.token)

    def _standing(self, name: str, blob: Blob) -> _Standing:
        """InputError where the name is taken."""
        from botocore.exceptions import ClientError

        with self._telling(name):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=self._key(name))
            except ClientError as error:
                # A bucket that is not there answers the same; opening it has told.
                if _code(error) in ("404", "NoSuchKey", "NotFound"):
                    return _Standing()
                raise
        said, whose = head["Metadata"].get(_SHA256), head["Metadata"].get(_SOURCE, "")
        if head["ContentLength"] == blob.size and said == blob.sha256:
            return _Standing(same=True)
        if not said:
            raise InputError(
                "this file was not published by shortform",
                self._where(name),
                "move it away, or publish elsewhere",
            )
        if whose != self._source:
            raise InputError(
                f"it is of another source, {unquote(whose)}", self._where(name), "give each source a prefix"
            )
        return _Standing(etag=head["ETag"])

    @cached_property
    def _client(self) -> Any:
        """Of the region that the bucket is in, which links must name."""
        client = _client(os.environ.get("AWS_REGION"))
        with self._telling():
            region = client.head_bucket(Bucket=self._bucket).get("BucketRegion")
        return client if region in (None, client.meta.region_name) else _client(region)

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _where(self, name: str) -> str:
        return f"{self.address}/{name}" if name else self.address

    @contextmanager
    def _telling(self, name: str = "") -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        where = self._where(name)
        try:
            yield
        except ClientError as error:
            said = redact(str(error.response.get("Error", {}).get("Message", "")))
            what, fix = _TELLING.get(
                _code(error), (f"S3 answered {_code(error)} {said}".rstrip(), "check bucket and credentials")
            )
            raise InputError(what, where, fix) from error
        except BotoCoreError as error:
            raise InputError(
                f"S3 cannot be asked ({redact(str(error))})", where, "check network, region and credentials"
            ) from error
        except OSError as error:
            raise InputError(
                f"a file cannot be read ({error.strerror})", where, "check the media store"
            ) from error


def _client(region: str | None) -> Any:
    import boto3
    from botocore.config import Config

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    session = boto3.Session()
    return session.client(
        "s3",
        region_name=region or session.region_name or "us-east-1",
        config=Config(
            signature_version="s3v4",
            connect_timeout=5,
            retries={"max_attempts": 5, "mode": "standard"},
            max_pool_connections=_ASKED_AT_ONCE,
            # Servers of one's own seldom have a name a bucket.
            s3={"addressing_style": "path" if endpoint else "auto"},
        ),
    )


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


def _type(name: str) -> str:
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
