"""A media store on S3, or on anything that speaks S3 and honours `If-None-Match`."""

from __future__ import annotations

import hashlib
import mmap
import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import S3Store

from resources.blob_cache import BlobCache
from resources.media_store import MediaStore, blob_key, hash_file
from resources.store_errors import KeyTaken, StoreError, clear_errors
from shortform_assets.contracts.base import Blob
from shortform_assets.errors import InputError

_PART = 8 * 1024 * 1024
"""Bytes of a part; S3 wants at least 5 MiB. Our choice."""
_MOST_PARTS = 9000
"""S3 takes 10,000: the parts of a larger file are larger."""


class BucketStore(MediaStore):
    """Keys are object keys below `prefix`. What is read from it is kept in a local cache."""

    def __init__(self, bucket: str, prefix: str = "", cache: BlobCache | None = None) -> None:
        if len(bucket) < 3:
            raise InputError("a bucket name has at least 3 characters", f"s3://{bucket}", "check the address")
        self.url = f"s3://{bucket}/{prefix}".rstrip("/")
        self._cache = cache or BlobCache.default()
        self.scratch_root = self._cache.root / "scratch"
        with clear_errors(self.url):
            self._objects = S3Store(
                bucket,
                prefix=prefix or None,
                retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=60)},
                **_connection(),
            )

    def _keys(self, folder: str | None, after: str | None) -> Iterator[str]:
        # S3 lists in the order of the keys' bytes, which is also Python's order of the strings.
        for page in obstore.list(self._objects, folder, offset=after):
            yield from (item["path"] for item in page)

    def _place(self, path: Path, key: str, blob: Blob, *, owned: bool) -> None:
        with clear_errors(self.url, key):
            if key != blob_key(blob):
                self._create_file(path, key, blob)
            elif not self.has(blob):
                chunk = max(_PART, blob.size // _MOST_PARTS + 1)
                obstore.put(self._objects, key, path, chunk_size=chunk, max_concurrency=4)
            if owned:
                # The next stage will want it, and would download it again.
                self._cache.take(path, blob)

    def _create_file(self, path: Path, key: str, blob: Blob) -> None:
        try:
            with path.open("rb") as file:
                # Only a single PUT can be conditional; a map keeps Python from reading it whole.
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if blob.size else b""
                obstore.put(self._objects, key, data, mode="create")
        except AlreadyExistsError:
            digest = hashlib.sha256()
            for piece in obstore.get(self._objects, key).stream():
                digest.update(piece)
            if digest.hexdigest() != blob.sha256:
                raise KeyTaken(f"{self.url}/{key}: other bytes stand here already") from None

    def _localise(self, key: str, blob: Blob | None) -> Path:
        if blob is None:
            return self._download(key, None)
        if cached := self._cache.find(blob):
            return cached
        with self._cache.fetching(blob):
            return self._cache.find(blob) or self._download(key, blob)

    def _download(self, key: str, blob: Blob | None) -> Path:
        half = self._cache.root / "incoming" / uuid.uuid4().hex
        half.parent.mkdir(parents=True, exist_ok=True)
        try:
            with clear_errors(self.url, key), half.open("wb") as file:
                for piece in obstore.get(self._objects, key).stream():
                    file.write(piece)
            found = hash_file(half)
            if blob and found != blob:
                raise StoreError(
                    f"the media store is damaged: {self.url}/{key} does not have the bytes of its hash"
                )
            return self._cache.take(half, found)
        finally:
            half.unlink(missing_ok=True)


def _connection() -> dict[str, Any]:
    """Endpoint, region, credentials: AWS_* variables first, else what boto3 finds (profile, SSO, role)."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    options: dict[str, Any] = {
        "client_options": {
            "connect_timeout": timedelta(seconds=5),
            "read_timeout": timedelta(seconds=60),
            "timeout": timedelta(hours=1),
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
        }
    }
    if endpoint:
        options["endpoint"] = endpoint
    if not os.environ.get("AWS_ACCESS_KEY_ID"):
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider

        session = boto3.Session()
        if session.get_credentials() is None:
            raise InputError(
                "no AWS credentials were found",
                "media store",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
            )
        options["credential_provider"] = Boto3CredentialProvider(session)
        region = region or session.region_name
    return options | {"region": region or "us-east-1"}
