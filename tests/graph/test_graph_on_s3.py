"""Source, artifacts and finished clips on S3: nothing of the work but a cache is on this machine."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import boto3
import pytest
from graph_rig import Graph

from resources.artifacts import blobs_of
from resources.media_store import MediaStore, blob_key
from resources.s3_store import BucketStore
from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.stages import WORKFLOW
from shortform_assets.delivery import export


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each object was downloaded by this process."""
    found: Counter[str] = Counter()
    download = BucketStore._download

    def counted(store: BucketStore, key: str, blob: Blob | None) -> Path:
        found[key] += 1
        return download(store, key, blob)

    monkeypatch.setattr(BucketStore, "_download", counted)
    return found


@pytest.mark.slow
def test_from_source_to_delivery_on_s3(
    graph: Graph,
    episode,
    s3_store: BucketStore,
    s3_env: str,
    fetched: Counter[str],
    tmp_path: Path,
    monkeypatch,
) -> None:
    bucket = s3_env.removeprefix("s3://")
    boto3.client("s3").upload_file(str(episode.video), bucket, "inbox/the talk.mp4")
    graph.store = s3_store
    key = graph.register(f"{s3_env}/inbox/the talk.mp4")
    made = graph.run(key)
    assert made.success, made.error
    assert made.computed == set(WORKFLOW)
    done = graph.run(key, "deliver")
    assert done.success, done.error
    delivery = graph.contract(key, "delivery")
    assert delivery.complete
    assert {state.state for state in delivery.outputs} == {"completed"}, delivery.outputs
    # What it made itself is in the cache already; nothing is fetched twice.
    assert set(fetched.values()) <= {1}, fetched
    # Another machine reuses all of it, fetches what it needs once, and has the same files.
    fetched.clear()
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path / "another machine"))
    graph.store = MediaStore.open(s3_store.url)
    again = graph.run(key)
    assert again.success, again.error
    assert again.computed == set()
    export(graph.store.open_local, delivery, tmp_path / "out")
    videos = list((tmp_path / "out").glob("*.mp4"))
    assert len(videos) == len(delivery.outputs)
    assert set(fetched.values()) <= {1}, fetched
    for blob in blobs_of(delivery):
        assert graph.store.intact(blob), blob_key(blob)
    assert not any(path.is_file() for path in (tmp_path / "store").rglob("*"))
