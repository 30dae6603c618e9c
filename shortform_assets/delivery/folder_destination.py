"""A folder as the place of publication, on a local disk or a mounted one."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from shortform_assets.contracts.base import Blob
from shortform_assets.delivery.export import check_folder, file_hash, plain_name
from shortform_assets.errors import InputError

RECORD_NAME = ".shortform-published.json"
"""The source, and name -> SHA-256 (of each version) of what was published into the folder."""
_PART_NAME = ".shortform-publishing-"
_ABANDONED_SECONDS = 24 * 3600
"""A half file this old belongs to nobody who still writes, where the file system knows no locks. Our choice."""
_PIECE = 1 << 20


class FolderDestination:
    """The folder at `path`, made when something is written; `source` is the partition key."""

    def __init__(self, path: Path, source: str) -> None:
        self.address, self._path, self._source = str(path), path, source

    def missing(self, wanted: Mapping[str, Blob]) -> list[str]:
        with _telling(self._path):
            own = self._own()
            return [name for name, blob in wanted.items() if self._lacks(name, blob, own)]

    def prepare(self, wanted: Mapping[str, Blob], missing: Sequence[str]) -> None:
        check_folder(self._path)
        needed = sum(wanted[name].size for name in missing)
        with _telling(self._path):
            own = self._own()
            self._path.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._path).free
            if free < needed:
                raise InputError(
                    f"{_megabytes(needed)} are needed and {_megabytes(free)} are free",
                    self.address,
                    "free some space, or publish elsewhere",
                )
            self._sweep()
            # Written first, so that what is written next counts as own even if this is the end.
            files = {name: list(dict.fromkeys([*own.get(name, ()), wanted[name].sha256])) for name in missing}
            record = {"source": self._source, "files": own | files}
            with self._whole(RECORD_NAME) as file:
                file.write(json.dumps(record, indent=1, sort_keys=True).encode())

    def place(self, source: Path, name: str, blob: Blob) -> None:
        with _telling(self._path):
            # Asked again: hours may lie between the look and the last file.
            if not self._lacks(name, blob, self._own()):
                return
            with source.open("rb") as file, self._whole(name) as part:
                digest = hashlib.sha256()
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    part.write(piece)
                if digest.hexdigest() != blob.sha256:
                    raise InputError(
                        "its bytes are not those of its hash", str(source), "check the media store"
                    )

    def _lacks(self, name: str, blob: Blob, own: Mapping[str, list[str]]) -> bool:
        """Whether `name` is to be written; InputError where it is taken."""
        path = self._path / name
        if not os.path.lexists(path):
            return True
        found = file_hash(path)
        if found == blob.sha256:
            return False
        if found not in own.get(name, ()):
            raise InputError(
                "this file was not published by shortform, or was changed since",
                str(path),
                "move it away, or publish elsewhere",
            )
        return True

    def _own(self) -> dict[str, list[str]]:
        """What was published here before; InputError where that was another source."""
        try:
            value = json.loads((self._path / RECORD_NAME).read_text())
            source, files = value["source"], value["files"]
            own = {name: list(hashes) for name, hashes in files.items() if plain_name(name)}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, AttributeError, TypeError):
            # Nothing counts as own then, so nothing is replaced.
            return {}
        if source != self._source:
            raise InputError(
                f"another source is published here, {source}", self.address, "give each source a folder"
            )
        return own

    @contextmanager
    def _whole(self, name: str) -> Iterator[IO[bytes]]:
        """A file that gets its name only when the block ends well."""
        # Its half has a name of its own: two who publish at once never write into each other's file.
        part = self._path / f"{_PART_NAME}{uuid.uuid4().hex}"
        try:
            with part.open("xb") as file:
                _lock(file)
                yield file
                file.flush()
                # Without it a power cut may leave the name with no bytes.
                os.fsync(file.fileno())
            os.replace(part, self._path / name)
        finally:
            part.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Take away half files that a killed process left."""
        for part in self._path.glob(f"{_PART_NAME}*"):
            with suppress(FileNotFoundError), part.open("rb") as file:
                locked = _lock(file)
                old = os.fstat(file.fileno()).st_mtime < time.time() - _ABANDONED_SECONDS
                if locked or (locked is None and old):
                    part.unlink()


def _lock(file: IO[bytes]) -> bool | None:
    """Lock it until it is closed or the process dies: False where another has it, None where there are no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"it cannot be written ({error.strerror})", str(path), "check its permissions and the free space"
        ) from error


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
