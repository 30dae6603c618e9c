"""The whole graph in this process, on a short synthesised episode with a real voice."""

from __future__ import annotations

import importlib.util
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.artifacts import Artifacts
from resources.media_store import MediaStore
from resources.registry import Registry
from resources.sources import describe
from shortform_assets.cli.job_run import why_failed
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.stages import CONTRACTS, WORKFLOW
from shortform_assets.definitions import build_defs
from shortform_assets.demo.episode import Episode, make_episode
from shortform_assets.graph.partitions import partition_key

SCRIPT = """
[talk alarm]
A: Why does the snooze button make you more tired, not less?
B: Because your brain starts a new cycle of sleep that it can never finish. Put the alarm across the room.
[talk potatoes]
B: My grandfather counted every price in sacks of potatoes.
A: Potatoes? Why not in money?
B: Because nobody can imagine a number, but everybody can carry a sack up the stairs. It saved him a fortune.
[talk bridge]
A: The biggest bridge in the city hummed like a flute on its first windy day.
B: How did they stop it?
A: With a strip of rubber under every slat. The smallest part solved the biggest problem.
"""

GENRE: dict[str, Any] = {
    "extends": "podcast",
    "description": "Short clips for the tests",
    "selection": {
        "min_seconds": 4,
        "target_seconds": 6,
        "max_seconds": 12,
        "min_score": 0,
        "clips_per_hour": 120,
        "min_clips": 3,
        "max_clips": 3,
    },
}


@dataclass
class Run:
    """What one run of a job did; `error` as the command line says it."""

    success: bool
    error: str
    metadata: dict[str, dict[str, Any]] = field(repr=False)
    checks: dict[str, bool]

    @property
    def computed(self) -> set[str]:
        """Workflow stages that were computed, not reused."""
        return {stage for stage in WORKFLOW if self.metadata.get(stage, {}).get("reused") is False}


@dataclass
class Graph:
    """A store, a Dagster instance and the definitions over them."""

    store: MediaStore
    genres: Path
    overrides: dict[str, Any] = field(default_factory=dict)
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.store)

    @property
    def registry(self) -> Registry:
        return Registry(self.store)

    def register(self, file: Path | str, **record: Any) -> str:
        source = describe(file)
        key = partition_key(source.name, source.uri, source.etag)
        facts = {"uri": source.uri, "etag": source.etag, "name": source.name, "genre": "brief", **record}
        self.registry.register(key, SourceRecord(**facts))
        self.instance.add_dynamic_partitions("source_videos", [key])
        return key

    def genre(self, **slices: dict[str, Any]) -> None:
        """Write the test genre with some values of its slices replaced."""
        merged = {**GENRE, **{name: {**GENRE.get(name, {}), **values} for name, values in slices.items()}}
        (self.genres / "brief.yaml").write_text(json.dumps(merged))

    def run(self, key: str, job: str = "shorten", **tags: str) -> Run:
        defs = build_defs({"store": self.store, **self.overrides})
        result = defs.resolve_job_def(job).execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            instance=self.instance,
            partition_key=key,
            raise_on_error=False,
            tags=tags,
        )
        metadata = {
            "/".join(event.asset_key.path): {
                name: value.value for name, value in event.materialization.metadata.items()
            }
            for event in result.get_asset_materialization_events()
            if event.asset_key
        }
        error = "" if result.success else why_failed(result)
        checks = {e.check_name: e.passed for e in result.get_asset_check_evaluations()}
        return Run(result.success, error, metadata, checks)

    def contract(self, key: str, stage: str) -> Any:
        ref = self.artifacts.current(key, stage)
        assert ref is not None, f"{stage} was never materialized"
        return self.artifacts.load(ref, CONTRACTS[stage])


@pytest.fixture(scope="session")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    if importlib.util.find_spec("piper") is None:
        pytest.skip("the voice extra is not installed")
    return make_episode(tmp_path_factory.mktemp("episode"), script=SCRIPT, size=(640, 360))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, episode: Episode) -> tuple[Path, str]:
    """A store in which the episode went through the workflow once, and its key."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        graph = _graph(folder, patch)
        key = graph.register(episode.video)
        run = graph.run(key)
        assert run.success, run.error
        assert run.computed == set(WORKFLOW)
    return folder, key


def _graph(folder: Path, patch: pytest.MonkeyPatch) -> Graph:
    genres = folder / "genres"
    genres.mkdir(exist_ok=True)
    patch.setenv("SHORTFORM_GENRES", str(genres))
    graph = Graph(MediaStore.local(folder / "store"), genres)
    graph.genre()
    return graph


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """A graph over an empty store."""
    return _graph(tmp_path, monkeypatch)


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: tuple[Path, str]) -> tuple[Graph, str]:
    """A graph over a copy of the finished store, its Dagster instance fresh, and the episode's key."""
    folder, key = finished
    shutil.copytree(folder / "store", tmp_path / "store")
    ready = _graph(tmp_path, monkeypatch)
    ready.instance.add_dynamic_partitions("source_videos", [key])
    return ready, key
