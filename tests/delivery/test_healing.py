"""What was created once and is damaged, or lost its files, begins anew: in a directory and on S3."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from delivery_samples import completed, composition, failed, keep_bytes, render_job, terms
from present import present

from resources.media_store import MediaStore, blob_key
from shortform_assets.contracts.versioned import NewerSchema
from shortform_assets.delivery.outcomes import (
    CLOCK_SKEW_MS,
    begin_attempt,
    dispatch,
    finish,
    open_generation,
    states,
    sweep,
)
from shortform_assets.delivery.render_reuse import render_folder

HALF = b'{"output_id": "half a'
MINUTE = 60_000
INDEX = composition(render_job(0), render_job(1))


@pytest.fixture
def store(either_store: MediaStore) -> MediaStore:
    return either_store


@pytest.fixture
def render(store: MediaStore, tmp_path: Path):
    """Completes the output at a key with a video of these bytes."""

    def made(key: str, video: bytes = b"the video"):
        output = key.rsplit("/", 1)[-1]
        shown, poster = (keep_bytes(store, tmp_path, data) for data in (video, b"the poster"))
        standing = finish(store, key, completed(output, shown, poster))
        assert standing
        return standing

    return made


def stands(store: MediaStore) -> list[tuple[str, int, str]]:
    return [(s.state, s.generation, s.lost) for s in states(store, "talk", INDEX)]


def again(key: str) -> str:
    return key.replace("/g0/", "/g1/")


def test_a_damaged_outcome_is_rendered_again_and_stops_nobody(store, render) -> None:
    one, two = dispatch(store, "talk", INDEX, terms()).created
    render(one)
    finish(store, two, failed(INDEX.outputs[1].output_id))
    store.replace(f"{one}/outcome.json", HALF)
    assert stands(store) == [("pending", 0, "its outcome cannot be read"), ("failed", 0, "")]
    # A late worker of that generation is told that there is nothing to do; `rerun --failed` goes on.
    assert begin_attempt(store, one, 0, "remote") is None
    assert finish(store, one, failed(INDEX.outputs[0].output_id)) is None
    assert open_generation(store, "talk", INDEX, terms()).created == (again(two),)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: dispatch(store, "talk", INDEX, terms()), range(8)))
    # The render itself was remembered, so that only its outcome is written anew.
    assert {s.reused for s in sent} <= {(again(one),), ()}
    assert stands(store) == [("completed", 1, ""), ("pending", 1, "")]
    assert dispatch(store, "talk", INDEX, terms()).unfinished == (again(two),)


@pytest.mark.parametrize("left", [None, b"half a v"], ids=["gone", "cut off"])
def test_a_completed_output_whose_video_is_lost_is_rendered_again(store, render, left) -> None:
    one, two = dispatch(store, "talk", INDEX, terms()).created
    lost, _ = render(one), render(two, b"another video")
    store.delete(blob_key(lost.video))
    if left:
        store.replace(blob_key(lost.video), left)
    gone = "its video or poster is gone from the store"
    assert stands(store) == [("pending", 0, gone), ("completed", 0, "")]
    sent = dispatch(store, "talk", INDEX, terms())
    assert (sent.created, sent.reused) == ((again(one),), ())
    assert sent.renewed == ((INDEX.outputs[0].output_id, gone),)

    # Another FFmpeg writes other bytes; they are found by whoever wants the identical job.
    fresh = render(again(one), b"the video, encoded anew")
    assert stands(store) == [("completed", 1, ""), ("completed", 0, "")]
    for source in ("second", "third"):
        assert len(dispatch(store, source, INDEX, terms()).reused) == 2
        assert present(states(store, source, INDEX)[0].outcome).video == fresh.video
    assert len(list(store.list(render_folder(INDEX.outputs[0], "")))) == 2


def test_a_damaged_record_of_a_render_is_passed_over_and_followed_by_the_next(store, render) -> None:
    one, _ = dispatch(store, "talk", INDEX, terms()).created
    render(one)
    store.replace(f"{render_folder(INDEX.outputs[0], '')}/1.json", HALF)
    (other, _) = dispatch(store, "second", INDEX, terms()).created
    render(other)
    assert dispatch(store, "third", INDEX, terms()).reused


def test_a_damaged_job_is_written_anew_and_no_sweeper_stops_at_it(store, render) -> None:
    one, two = dispatch(store, "talk", INDEX, terms()).created
    begin_attempt(store, two, 0, "remote")
    store.replace(f"{one}/job.json", HALF)
    store.replace(f"{two}/attempts/1.json", HALF)
    assert sweep(store, MINUTE + CLOCK_SKEW_MS, "remote").again == ((two, 2),)
    assert stands(store) == [("pending", 0, "its job cannot be read"), ("in_progress", 0, "")]
    sent = dispatch(store, "talk", INDEX, terms(now_ms=2 * MINUTE))
    assert (sent.created, sent.unfinished) == ((again(one),), (again(one), two))
    render(again(one))
    render(two, b"another video")
    assert stands(store) == [("completed", 1, ""), ("completed", 0, "")]


def test_what_a_newer_release_wrote_is_not_taken_for_damage(store, render) -> None:
    one, _ = dispatch(store, "talk", INDEX, terms()).created
    render(one)
    store.replace(f"{one}/outcome.json", b'{"schema_version": 999}')
    for ask in (dispatch, open_generation):
        with pytest.raises(NewerSchema, match="newer Shortform"):
            ask(store, "talk", INDEX, terms())
