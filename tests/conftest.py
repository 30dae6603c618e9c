"""Fixtures that every suite may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from lambda_here import render_function
from leftovers import nothing_left
from s3_here import either_store, ministack_endpoint, s3_env, s3_store

__all__ = [
    "bench",
    "either_store",
    "ministack_endpoint",
    "render_function",
    "s3_env",
    "s3_store",
    "shared_media",
]

# Tests are about answers, not speed: a busy machine must not fail them.
settings.register_profile("shortform", deadline=None)
settings.load_profile("shortform")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "media"


@pytest.fixture(autouse=True)
def no_leftovers() -> Iterator[None]:
    """Whatever a test and its fixtures start is over when they are; what a session's fixtures start is older."""
    with nothing_left():
        yield


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Real test media beside the checkout; the test is skipped where they are not there."""
    if not SHARED.is_dir():
        pytest.skip("the shared test media are not here")
    return SHARED


@pytest.fixture
def bench(tmp_path: Path):
    """A Workbench over a fresh directory store."""
    from resources.bench import StoreBench
    from resources.media_store import MediaStore

    with StoreBench.over(MediaStore.local(tmp_path / "store")) as ready:
        yield ready
