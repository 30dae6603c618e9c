"""One contract for every vision executor: the same tracks, faults that stay where they are, nothing lost."""

from __future__ import annotations

import time

import pytest
from vision_rig import Heard, Rig, until

from resources.artifacts import blobs_of
from resources.vision import VisionFailed
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import FaceTracks


def kept(heard: Heard) -> set[str]:
    return {name for name, result in heard.results.items() if isinstance(result, FaceTracks)}


def leftovers(rig: Rig) -> list[str]:
    """What jobs left behind in either store; results that nobody collected are meant to stay."""
    keys = {*rig.store.list("jobs"), *rig.work.list("jobs")}
    return [key for key in keys if not key.startswith("jobs/vision/results/")]


def test_every_executor_gives_the_same_tracks(real: Rig, encoded, expected) -> None:
    clip = encoded(real.store)
    long = clip.model_copy(update={"clip_id": "long", "frames": 60, "segments": (
        clip.segments[0].model_copy(update={"frames": 60}),
    )})  # fmt: skip
    heard = real.track([clip, long])
    assert [track.samples for track in expected.tracks] == [25]
    assert heard.results["clip"] == expected
    assert all(real.store.has(blob) for blob in blobs_of(heard.results["clip"]))
    # A clip whose media do not hold what they promise is dropped, alone.
    broken = heard.results["long"]
    assert isinstance(broken, Dropped)
    assert "50 of 60 pictures" in broken.reason
    assert heard.shares[-1] == pytest.approx(1.0)
    assert until(lambda: leftovers(real) == [])


def test_a_fault_drops_one_clip_only(rig: Rig) -> None:
    heard = rig.track(rig.clips("a", "bad", "b", "c"))
    assert kept(heard) == {"a", "b", "c"}
    assert heard.results["bad"] == Dropped(clip_id="bad", stage="face_tracks", reason="it is bad")
    assert all(rig.store.has(blob) for blob in blobs_of(tuple(heard.results.values())))
    assert until(lambda: leftovers(rig) == [])


def test_a_killed_worker_costs_nothing_that_is_finished(rig: Rig) -> None:
    heard = rig.track(rig.clips("a", "unlucky", "b"))
    assert kept(heard) == {"a", "unlucky", "b"}
    assert (rig.begun("a"), rig.begun("unlucky"), rig.begun("b")) == (1, 2, 1)


def test_a_clip_that_kills_twice_is_dropped_with_the_reason(rig: Rig) -> None:
    heard = rig.track(rig.clips("a", "deadly", "b"))
    assert kept(heard) == {"a", "b"}
    assert rig.begun("deadly") == 2
    lost = heard.results["deadly"]
    assert isinstance(lost, Dropped)
    reason = lost.reason
    assert "2 times at this clip" in reason
    assert "signal 9" in reason or "status 137" in reason


class Interrupted(KeyboardInterrupt):
    pass


def test_an_interrupt_ends_the_workers(rig: Rig) -> None:
    def impatient(share: float) -> None:
        if rig.begun("slow"):
            raise Interrupted

    with pytest.raises(Interrupted):
        rig.track(rig.clips("slow", "slow too"), on_progress=impatient)
    assert until(lambda: not rig.alive())
    assert until(lambda: leftovers(rig) == [])


def test_an_interrupt_while_workers_start_leaves_none(rig: Rig) -> None:
    def impatient(share: float) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        rig.track(rig.clips("slow"), on_progress=impatient)
    time.sleep(1)
    assert until(lambda: not rig.alive())


def test_progress_is_told_while_clips_are_worked_on(rig: Rig) -> None:
    heard = Heard()

    def enough(share: float) -> None:
        if share > 0.6:
            raise Interrupted

    with pytest.raises(Interrupted):
        rig.track(rig.clips("a", "slow"), heard, on_progress=enough)
    assert kept(heard) == {"a"}
    assert heard.shares == sorted(heard.shares)
    # More than the finished clip, less than both: the share of the one that is worked on.
    assert any(20 / 39 < share < 1 for share in heard.shares)


def test_what_was_finished_before_a_crash_is_not_made_again(rig: Rig) -> None:
    clips = rig.clips("a", "b", "slow once")

    def crash(name: str) -> None:
        # Meanwhile the workers go on.
        assert until(lambda: rig.begun("slow once") == 1)
        raise RuntimeError("the machine went down")

    first, second = Heard(), Heard()
    with pytest.raises(RuntimeError):
        rig.track(clips, first, on_result=crash)
    assert until(lambda: not rig.alive())
    rig.track([clip for clip in clips if clip.clip_id not in first.results], second)
    assert kept(first) | kept(second) == {"a", "b", "slow once"}
    assert rig.begun("slow once") == 2
    if rig.name != "http":
        # A server forgets jobs that are called off in good order.
        assert (rig.begun("a"), rig.begun("b")) == (1, 1)


def test_no_clip_is_dropped_for_workers_that_cannot_work(rig: Rig) -> None:
    heard = Heard()
    with pytest.raises(VisionFailed, match=r"no models here|status 1"):
        rig.track(rig.clips("hopeless"), heard)
    assert heard.results == {}


def test_nothing_to_do(rig: Rig) -> None:
    assert rig.track([]).results == {}


def test_what_workers_say_is_in_dagsters_log(rig: Rig) -> None:
    heard = rig.track(rig.clips("a"))
    if rig.in_dagster:
        assert any("done with a" in line for line in heard.log)
