"""What is said of a model: its files, where each comes from, and the bytes it must have."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class ModelFile:
    """One file of a model."""

    name: str
    """Path inside the model's folder."""
    sha256: str
    parts: tuple[str, ...]
    """`package:path` of its carrier, with `*` where its name varies; several parts are joined in order."""
    url: str
    """The official address; empty where it has none of its own."""
    size: int = 0
    """Bytes of a file that lies somewhere inside its carrier and is found there by its hash; else 0."""


@dataclass(frozen=True)
class Model:
    """A model. `main` is the file that stands for it; empty where the whole folder does."""

    name: str
    purpose: str
    licence: str
    origin: str
    install: str
    """What pip installs to bring it; empty where no package does."""
    files: tuple[ModelFile, ...]
    main: str = ""
    optional: bool = False

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the only file, or of the list of all."""
        if len(self.files) == 1:
            return self.files[0].sha256
        listing = "".join(
            f"{file.sha256}  {file.name}\n" for file in sorted(self.files, key=lambda f: f.name)
        )
        return hashlib.sha256(listing.encode()).hexdigest()
