"""A delivered source in a project of its own, and its review page served by a real server."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn
from graph_rig import Graph

from resources.render_pool import LocalRenderPool
from resources.review_server import ReviewAddress, review_app
from shortform_assets.cli.project import Project
from shortform_assets.cli.source_desk import SourceDesk
from shortform_assets.delivery import served_policy

# Loaded here: in the server's thread, deep in its stack, pytest's own loader meets a fault of Python 3.11's parser.
_LOADED = anyio.open_file

TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ServedReview:
    """A page that is served; `client` has its address as base and its own origin."""

    desk: SourceDesk
    project: Project
    address: ReviewAddress
    key: str

    @property
    def client(self) -> httpx2.Client:
        origin = self.address.url.split("/", 3)[:3]
        return httpx2.Client(base_url=self.address.url, headers={"Origin": "/".join(origin)}, timeout=60)


@pytest.fixture(scope="session")
def delivered_store(tmp_path_factory: pytest.TempPathFactory, finished: tuple[Path, str]) -> tuple[Path, str]:
    """The finished store, its outputs drawn as test cards by real workers, and the source's key."""
    folder, key = finished
    home = tmp_path_factory.mktemp("delivered")
    shutil.copytree(folder, home, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS / "delivery"), str(TESTS.parent)]))
        patch.setenv("SHORTFORM_GENRES", str(home / "genres"))
        from resources.media_store import MediaStore

        graph = Graph(MediaStore.local(home / "store"), home / "genres")
        graph.overrides["renderer"] = LocalRenderPool(workers=2, renderer="fake_renderers:draw_anything")
        graph.instance.add_dynamic_partitions("source_videos", [key])
        run = graph.run(key, "deliver")
        assert run.success, run.error
    return home, key


@contextmanager
def _desk(home: Path, delivered_store: tuple[Path, str]) -> Iterator[tuple[SourceDesk, Project]]:
    """The desk of a copy of that store in `home`."""
    folder, key = delivered_store
    shutil.copytree(folder, home, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home / "home"))
        patch.setenv("SHORTFORM_STORE", str(home / "store"))
        patch.setenv("SHORTFORM_GENRES", str(home / "genres"))
        patch.setenv("PYTHONPATH", str(TESTS.parent))
        project = Project()
        project.instance.add_dynamic_partitions("source_videos", [key])
        desk = SourceDesk(project, key, home / "out")
        try:
            yield desk, project
        finally:
            desk.end()


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, delivered_store: tuple[Path, str]
) -> Iterator[tuple[SourceDesk, Project]]:
    """One for all tests that write nothing."""
    with _desk(tmp_path_factory.mktemp("desk"), delivered_store) as ready:
        yield ready


@pytest.fixture
def served(desk: tuple[SourceDesk, Project], delivered_store: tuple[Path, str]) -> Iterator[ServedReview]:
    """The review page, for tests that write nothing."""
    with serving(desk[0]) as address:
        yield ServedReview(*desk, address, delivered_store[1])


@pytest.fixture
def writable(tmp_path: Path, delivered_store: tuple[Path, str]) -> Iterator[ServedReview]:
    """The review page of a store of one's own."""
    with _desk(tmp_path, delivered_store) as (desk, project), serving(desk) as address:
        yield ServedReview(desk, project, address, delivered_store[1])


@contextmanager
def serving(desk: Any) -> Iterator[ReviewAddress]:
    listening = socket.create_server(("127.0.0.1", 0))
    address = ReviewAddress(listening.getsockname()[1], "a-token-of-this-test")
    config = uvicorn.Config(
        review_app(desk, address, served_policy()),
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield address
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
        assert not thread.is_alive()
