"""A store and the source of a style, and the style that comes along."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from resources.media_store import MediaStore
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.data import shipped


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore.local(tmp_path / "store")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("style_contracts") / "acme", tmp_path / "acme"))


@pytest.fixture
def style(bench):
    """The house style, in the bench's store."""
    ensure_shipped_styles(bench.store)
    return resolve_style(bench.store, "shortform")
