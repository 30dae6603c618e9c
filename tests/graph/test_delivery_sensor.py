"""The sensor that begins deliveries, on a real Dagster instance with compositions that the graph made."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from sensor_ticks import sensor_tick

from resources.artifacts import Artifacts
from resources.claims import claimed
from resources.media_store import MediaStore
from resources.store_errors import StoreError
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet
from shortform_assets.contracts.creative import EnhancementPlan
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.definitions import build_defs
from shortform_assets.genres import load_genre

KEYS = [f"talk-{n:010x}" for n in range(4)]


class Desk:
    """A store and an instance; sources are composed and the sensor ticks, its cursor kept as the daemon does."""

    def __init__(self, store: MediaStore, home: Path) -> None:
        self.store, self.artifacts = store, Artifacts(store)
        self.instance = dg.DagsterInstance.local_temp(str(home), overrides={"telemetry": {"enabled": False}})
        self.instance.add_dynamic_partitions("source_videos", KEYS)
        self.defs = build_defs({"store": store})
        self.cursor: str | None = None
        ensure_shipped_styles(store)

    def compose(self, key: str) -> str:
        """Run the real `composition` of a source without clips; where its contract is."""
        style = resolve_style(self.store, "acme" if KEYS.index(key) % 2 else "shortform")
        delivery = load_genre("podcast").delivery
        encode = delivery.encode.model_copy(update={"crf": 20 + KEYS.index(key)})
        for stage, contract in {
            "clip_plan": ClipPlan(
                editor="local", rate=FrameRate(num=25), clips=(), fell_out=(), target_count=1
            ),
            "enhancement_plan": EnhancementPlan(style=style.pin, style_digest=style.digest(), clips=()),
            "crop_paths": CropPathsSet(clips=()),
            "clip_media": ClipMediaSet(clips=()),
            "style_contract": style,
            "genre/delivery": delivery.model_copy(update={"encode": encode}),
        }.items():
            ref = self.artifacts.save(stage, contract.digest()[:32], contract)
            self.artifacts.point(key, ref)
        self.defs.resolve_job_def("shorten").execute_in_process(
            instance=self.instance,
            partition_key=key,
            asset_selection=[dg.AssetKey("composition")],
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        made = self.artifacts.current(key, "composition")
        assert made is not None
        return f"{made.folder}/contract.json"

    def tick(self):
        made = sensor_tick("request_delivery", self.defs, self.instance, self.store, self.cursor)
        self.cursor = made.cursor
        requests = made.run_requests or []
        return [r.partition_key for r in requests], made.skip_message or "", [r.run_key for r in requests]


@pytest.fixture
def desk(either_store: MediaStore, tmp_path: Path):
    (tmp_path / "instance").mkdir()
    ready = Desk(either_store, tmp_path / "instance")
    with ready.instance:
        yield ready


def test_a_composition_is_requested_once(desk) -> None:
    assert desk.tick()[:2] == ([], "no new composition")
    desk.compose(KEYS[0])
    desk.compose(KEYS[1])
    requested, _, run_keys = desk.tick()
    assert requested == KEYS[:2]
    assert desk.tick()[:2] == ([], "no new composition")
    # The same composition, materialized again, asks under the same run key: Dagster begins nothing.
    desk.compose(KEYS[0])
    assert desk.tick()[2] == run_keys[:1]


def test_one_that_cannot_be_read_is_said_once_and_stops_nobody(desk) -> None:
    paths = {key: desk.compose(key) for key in KEYS}
    desk.store.replace(paths[KEYS[1]], b'{"half')
    desk.store.replace(f"sources/{KEYS[2]}/current/composition.json", b'{"half')
    assert desk.tick()[0] == [KEYS[0], KEYS[3]]
    assert desk.tick()[1] == "no new composition"
    # Where there is nothing else, the tick itself says what to do.
    for key in (KEYS[0], KEYS[3]):
        desk.instance.delete_dynamic_partition("source_videos", key)
    desk.cursor = None
    requested, told, _ = desk.tick()
    assert requested == []
    assert all(f"shortform rerun {key}" in told for key in KEYS[1:3])
    assert desk.tick()[1] == "no new composition"
    # And done as told, it is delivered.
    desk.compose(KEYS[1])
    assert desk.tick()[0] == [KEYS[1]]


def test_a_store_that_answers_for_nobody_is_asked_again(desk, monkeypatch) -> None:
    desk.compose(KEYS[0])

    def unreachable(key: str) -> bytes:
        raise StoreError("the media store failed, it cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "read", unreachable)
        with pytest.raises(StoreError, match="cannot be reached"):
            desk.tick()
    assert desk.tick()[0] == [KEYS[0]]


def test_a_source_that_a_run_works_on_is_requested_when_that_has_ended(desk) -> None:
    desk.compose(KEYS[0])
    desk.compose(KEYS[1])
    with claimed(desk.store, KEYS[0], on_lost=lambda: None):
        assert desk.tick()[0] == [KEYS[1]]
        requested, told, _ = desk.tick()
        assert (requested, told) == ([], f"{KEYS[0]}: a run works on it")
        desk.compose(KEYS[2])
        assert desk.tick()[0] == [KEYS[2]]
    assert desk.tick()[0] == [KEYS[0]]
    assert desk.tick()[:2] == ([], "no new composition")
