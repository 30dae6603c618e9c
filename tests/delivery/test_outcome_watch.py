"""The safety net: what a remote executor has ended is gathered, what it has lost is sent again, whoever is down."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest
from delivery_samples import (
    clip_plan,
    completed,
    composition,
    keep_bytes,
    render_job,
    saying,
    source_video,
    transcript,
    turns,
)
from sensor_ticks import sensor_tick

from resources.artifacts import Artifacts
from resources.claims import claimed
from resources.media_store import MediaStore
from resources.store_errors import StoreError
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.definitions import build_defs
from shortform_assets.delivery.outcomes import begin_attempt, finish
from shortform_assets.genres import load_genre
from shortform_assets.ports.render_executor import OnEvent, RenderJobs

KEYS = [f"talk-{n:010x}" for n in range(3)]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
JOBS = (render_job(0), saying(render_job(1), "other"))


class FarAway:
    """A remote executor: it only remembers what it was sent."""

    name, drains, renderer = "far", False, None

    def __init__(self) -> None:
        self.sent: list[str] = []

    def dispatch(
        self, jobs: RenderJobs, keys: Sequence[str], on_event: OnEvent = lambda output, state, fraction: None
    ) -> None:
        self.sent += keys


class Control:
    """An instance, a store and the daemon's part: ticks with their cursor, runs that were asked for."""

    def __init__(self, store: MediaStore, home: Path, folder: Path) -> None:
        self.store, self.folder, self.far = store, folder, FarAway()
        self.artifacts = Artifacts(store)
        self.instance = dg.DagsterInstance.local_temp(str(home), overrides={"telemetry": {"enabled": False}})
        self.instance.add_dynamic_partitions("source_videos", KEYS)
        self.defs = build_defs({"store": store, "renderer": self.far})
        self.cursor: str | None = None

    def compose(self, key: str) -> None:
        """All that the delivery of a source reads."""
        said = transcript()
        found: dict[str, Contract] = {
            "composition": composition(*JOBS),
            "clip_plan": clip_plan(*JOBS),
            "transcript": said,
            "speaker_turns": turns(said),
            "edits/creative": CreativeEdits(),
            "source_record": SourceRecord(uri="file:///talk.mp4", etag="1", name="talk", genre="podcast"),
            "source_video": source_video(),
            "genre/delivery": load_genre("podcast").delivery,
        }
        for stage, contract in found.items():
            self.artifacts.point(key, self.artifacts.save(stage, contract.digest()[:32], contract))
        self.instance.report_runless_asset_event(dg.AssetMaterialization("composition", partition=key))

    def deliver(self, key: str) -> Delivery:
        done = self.defs.resolve_job_def("deliver").execute_in_process(
            instance=self.instance, partition_key=key, run_config=QUIET
        )
        assert done.success
        ref = self.artifacts.current(key, "delivery")
        assert ref
        return self.artifacts.load(ref, Delivery)

    def poll(self) -> list[str]:
        """One tick of the sensor; the keys that it asks a run for."""
        made = sensor_tick("gather_outcomes", self.defs, self.instance, self.store, self.cursor)
        self.cursor = made.cursor
        return [str(request.partition_key) for request in made.run_requests or ()]

    def sweep(self) -> list[str]:
        repository = self.defs.get_repository_def()
        with (
            dg.partition_loading_context(dynamic_partitions_store=self.instance),
            dg.build_schedule_context(
                instance=self.instance, resources={"store": self.store}, repository_def=repository
            ) as context,
        ):
            made = repository.get_schedule_def("sweep_deadlines").evaluate_tick(context)
        return [str(request.partition_key) for request in made.run_requests or ()]

    def end(self, key: str) -> None:
        """The far worker has done it."""
        blob = keep_bytes(self.store, self.folder, b"a picture")
        begin_attempt(self.store, key, int(time.time() * 1000), "far")
        assert finish(self.store, key, completed(key.rsplit("/", 1)[-1], blob, blob))


@pytest.fixture
def control(tmp_path: Path):
    (tmp_path / "instance").mkdir()
    store = MediaStore.local(tmp_path / "store")
    ready = Control(store, tmp_path / "instance", tmp_path)
    with ready.instance:
        yield ready


def test_outcomes_are_gathered_as_they_come_until_all_is_delivered(control) -> None:
    for key in KEYS[:2]:
        control.compose(key)
    assert control.poll() == []
    assert not control.deliver(KEYS[0]).complete
    assert len(control.far.sent) == 2
    # Nothing has ended: nothing is asked for, and it is not forgotten.
    assert [control.poll(), control.poll()] == [[], []]
    one, two = control.far.sent
    control.end(one)
    with claimed(control.store, KEYS[0], on_lost=lambda: None):
        assert control.poll() == []
    assert control.poll() == [KEYS[0]]
    assert [state.state for state in control.deliver(KEYS[0]).outputs] == ["completed", "pending"]
    assert control.poll() == []
    control.end(two)
    assert control.poll() == [KEYS[0]]
    assert control.deliver(KEYS[0]).complete
    # Sent once each, and looked at no more.
    assert control.far.sent == [one, two]
    assert control.poll() == []
    assert len(control.cursor.split()) == 1


def test_a_store_that_is_away_for_a_while_is_asked_again(control, monkeypatch) -> None:
    control.compose(KEYS[0])
    control.deliver(KEYS[0])
    control.end(control.far.sent[0])

    def away(key: str) -> bytes:
        raise StoreError("the media store failed, it cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(control.store, "read", away)
        assert control.poll() == []
        assert control.sweep() == []
    assert control.poll() == [KEYS[0]]


def test_lost_jobs_and_forgotten_sources_are_swept(control, monkeypatch) -> None:
    for key in KEYS[:2]:
        control.compose(key)
    control.deliver(KEYS[0])
    one, two = control.far.sent
    control.end(one)
    assert control.sweep() == []
    now = time.time()
    # Of `two` nobody hears again; of the second source not even the dispatch was made.
    monkeypatch.setattr(time, "time", lambda: now + 900 + 120)
    with claimed(control.store, KEYS[1], on_lost=lambda: None):
        assert control.sweep() == [KEYS[0]]
    assert sorted(control.sweep()) == KEYS[:2]
    assert not control.deliver(KEYS[0]).complete
    assert control.far.sent == [one, two, two]
    assert control.sweep() == [KEYS[1]]
    # The second attempt is lost too: the output has failed, and that is delivered.
    monkeypatch.setattr(time, "time", lambda: now + 2 * (900 + 120))
    assert KEYS[0] in control.sweep()
    done = control.deliver(KEYS[0])
    assert (done.complete, [s.state for s in done.outputs]) == (True, ["completed", "failed"])
    assert KEYS[0] not in control.sweep()
