"""Writes a delivery into a folder: safe to repeat, and it never touches a file it did not write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.errors import InputError

LIST_NAME = ".shortform-files.json"
"""Name -> SHA-256 (of each version) of what earlier exports wrote into the folder."""
_PART_NAME = ".shortform-part"


def check_folder(out_dir: Path) -> None:
    """InputError where `out_dir` cannot be written, before hours of work are meant for it; nothing stays there."""
    there = next(
        folder for folder in (out_dir.absolute(), *out_dir.absolute().parents) if os.path.lexists(folder)
    )
    try:
        with tempfile.TemporaryDirectory(prefix=_PART_NAME, dir=there):
            pass
    except OSError as error:
        raise _unwritable(out_dir, error) from error


def export(open_blob: Callable[[Blob], Path], delivery: Delivery, out_dir: Path) -> list[Path]:
    """Write all files of `delivery` into `out_dir`, made if it is absent; returns their paths.

    Every file appears whole or not at all. Files of an earlier export that are no longer wanted are
    removed, unless they were changed since. Raises InputError, before anything is written, where a file
    of somebody else, or one that was changed, has a name that is needed.
    """
    # Copies, never hard links: whoever edits an exported file in place would damage the store.
    wanted = {file.name: file.blob for file in delivery.files}
    if unsafe := next((name for name in wanted if not plain_name(name)), None):
        raise InputError("it is not a plain file name", repr(unsafe), "deliver again")
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        own = _read_list(out_dir)
        missing = _missing(out_dir, wanted, own)
        stale = [name for name in own if name not in wanted and file_hash(out_dir / name) in own[name]]
        ours = {name: [blob.sha256] for name, blob in wanted.items()}
        # Written first, so that what is written next counts as own even if this is the end.
        _write_list(out_dir, {name: [*own.get(name, ()), *ours.get(name, ())] for name in {*own, *ours}})
        for name in missing:
            _place(open_blob(wanted[name]), out_dir / name)
        for name in stale:
            (out_dir / name).unlink()
        _write_list(out_dir, ours)
    except OSError as error:
        raise _unwritable(out_dir, error) from error
    return [out_dir / name for name in wanted]


def _unwritable(out_dir: Path, error: OSError) -> InputError:
    return InputError(f"it cannot be written ({error.strerror})", str(out_dir), "choose another folder")


def _missing(out_dir: Path, wanted: dict[str, Blob], own: dict[str, list[str]]) -> list[str]:
    """Names to write; InputError where one is taken."""
    missing = []
    for name, blob in wanted.items():
        path = out_dir / name
        if not os.path.lexists(path):
            missing.append(name)
            continue
        found = file_hash(path)
        if found != blob.sha256:
            if found not in own.get(name, ()):
                raise InputError(
                    "this file is not what shortform wrote", str(path), "move it away, or export elsewhere"
                )
            missing.append(name)
    return missing


def _place(source: Path, target: Path) -> None:
    part = target.parent / _PART_NAME
    part.unlink(missing_ok=True)
    shutil.copyfile(source, part)
    os.replace(part, target)


def _read_list(out_dir: Path) -> dict[str, list[str]]:
    """What earlier exports wrote; what cannot be understood counts as nothing, so nothing is removed."""
    try:
        value = json.loads((out_dir / LIST_NAME).read_text())
        return {name: list(hashes) for name, hashes in value.items() if plain_name(name)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write_list(out_dir: Path, files: dict[str, list[str]]) -> None:
    part = out_dir / _PART_NAME
    part.write_text(json.dumps(files, indent=1, sort_keys=True))
    os.replace(part, out_dir / LIST_NAME)


def plain_name(name: object) -> bool:
    """Whether it is a file name without a folder, which every file system can hold."""
    return (
        isinstance(name, str)
        and name not in ("", ".", "..")
        and not any(c in '/\\:*?"<>|' or ord(c) < 32 for c in name)
        and len(name.encode()) <= 255
    )


def file_hash(path: Path) -> str:
    """SHA-256 of a regular file; empty for anything else, and where nothing is."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
