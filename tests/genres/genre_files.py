"""Genres of a test's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shortform_assets.data import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped base.yaml with nothing beside it."""
    made = tmp_path / "genres"
    made.mkdir()
    shutil.copy(shipped("genre_configs") / "base.yaml", made)
    return made


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
