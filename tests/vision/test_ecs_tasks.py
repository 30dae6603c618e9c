"""What only ECS can do: no capacity, spot stops, tasks that do not start, S3 between here and there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_ecs import FakeEcs
from vision_rig import STAND_IN, Heard, Rig, rig_of, until

from resources.media_store import MediaStore
from resources.retrying import Patience
from resources.vision import VisionFailed
from resources.vision.ecs_executor import EcsAccess, EcsTask, EcsVision
from resources.vision.local_executor import PROGRAM
from shortform_assets.contracts.clips import FaceTracks
from shortform_assets.errors import InputError


@pytest.fixture
def ecs(tmp_path: Path, faces) -> Iterator[Rig]:
    yield from rig_of("ecs", tmp_path, faces, STAND_IN)


def cloud(rig: Rig) -> FakeEcs:
    assert rig.ecs is not None
    return rig.ecs


def test_a_task_is_asked_for_as_ecs_wants_it(ecs: Rig) -> None:
    ecs.track(ecs.clips("a"))
    (asked,) = cloud(ecs).asked("RunTask")
    assert asked["cluster"] == "clips"
    assert asked["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-1"]
    (override,) = asked["overrides"]["containerOverrides"]
    assert override["command"][0] == ecs.store.url
    (container,) = cloud(ecs).client.describe_task_definition(taskDefinition="shortform-vision")[
        "taskDefinition"
    ]["containerDefinitions"]
    assert container["resourceRequirements"] == [{"type": "GPU", "value": "1"}]
    assert container["linuxParameters"]["initProcessEnabled"], "the worker would ignore SIGTERM as process 1"


def test_a_task_waits_for_capacity(ecs: Rig) -> None:
    cloud(ecs).refusals = ["RESOURCE:GPU", "RESOURCE:GPU"]
    assert isinstance(ecs.track(ecs.clips("a")).results["a"], FaceTracks)
    assert len(cloud(ecs).asked("RunTask")) == 3


def test_without_capacity_the_stage_fails_and_says_so(ecs: Rig) -> None:
    cloud(ecs).refusals = ["RESOURCE:GPU"] * 3
    heard = Heard()
    with pytest.raises(VisionFailed, match="could not be placed on ECS: RESOURCE:GPU"):
        ecs.track(ecs.clips("a"), heard)
    assert heard.results == {}


def test_a_refusal_is_passed_on(ecs: Rig) -> None:
    cloud(ecs).refusals = ["AccessDeniedException"]
    with pytest.raises(VisionFailed, match="not authorized to perform: ecs:RunTask"):
        ecs.track(ecs.clips("a"))


def test_an_image_that_cannot_be_pulled_is_not_asked_for_for_ever(ecs: Rig) -> None:
    cloud(ecs).refusals = ["TaskFailedToStart"] * 9
    with pytest.raises(VisionFailed, match="CannotPullContainerError"):
        ecs.track(ecs.clips("a"))
    assert len(cloud(ecs).asked("RunTask")) == 3


def test_a_spot_stop_blames_no_clip(ecs: Rig) -> None:
    gone: list[int] = []

    def reclaim(share: float) -> None:
        # As often as would drop a clip that ended its workers by itself.
        if len(gone) < 2 and ecs.begun("slow once") > len(gone) and cloud(ecs).reclaim():
            gone.append(1)

    clips = ecs.clips("a", "slow once", "b")
    heard = ecs.track(clips, on_progress=reclaim)
    assert {name for name, r in heard.results.items() if isinstance(r, FaceTracks)} == {"a", "slow once", "b"}
    assert gone
    assert (ecs.begun("a"), ecs.begun("b")) == (1, 1)


def test_a_task_that_somebody_stops_is_not_started_again(ecs: Rig) -> None:
    def stop(share: float) -> None:
        if ecs.begun("slow"):
            for task in cloud(ecs).tasks():
                cloud(ecs).client.stop_task(task=task["taskArn"], reason="too expensive")

    with pytest.raises(VisionFailed, match="stopped by hand: too expensive"):
        ecs.track(ecs.clips("slow"), on_progress=stop)
    assert len(cloud(ecs).asked("RunTask")) == 1


def test_an_interrupt_stops_the_task(ecs: Rig) -> None:
    def impatient(share: float) -> None:
        if ecs.begun("slow"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ecs.track(ecs.clips("slow"), on_progress=impatient)
    (asked,) = cloud(ecs).asked("StopTask")
    assert asked["cluster"] == "clips"
    (task,) = cloud(ecs).tasks()
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "UserInitiated")


def test_an_interrupt_while_there_is_no_capacity_starts_nothing(tmp_path: Path, ecs: Rig) -> None:
    ecs.vision = EcsVision(
        EcsTask("shortform-vision"),
        device="cpu",
        access=EcsAccess(cloud(ecs).client, capacity=Patience(2, 60)),
    )
    cloud(ecs).refusals = ["RESOURCE:GPU"]

    def impatient(share: float) -> None:
        if cloud(ecs).asked("RunTask"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ecs.track(ecs.clips("a"), on_progress=impatient)
    assert cloud(ecs).tasks() == []


def test_a_folder_is_out_of_reach(tmp_path: Path, ecs: Rig) -> None:
    ecs.store = MediaStore.local(tmp_path / "here")
    with pytest.raises(InputError, match="cannot read a folder of this machine"):
        ecs.track([])


def test_everything_travels_through_s3(faces, s3_store: MediaStore, encoded, expected) -> None:
    ecs = FakeEcs(PROGRAM, region="us-east-1")
    vision = EcsVision(EcsTask("shortform-vision"), device="cpu", access=EcsAccess(ecs.client, 1))
    rig = Rig("ecs", vision, s3_store, s3_store, faces, in_dagster=True, ecs=ecs)
    heard = rig.track([encoded(s3_store)])
    ecs.close()
    assert heard.results["clip"] == expected
    assert s3_store.has(expected.series)
    assert any("clip 1 of 1 is done" in line for line in heard.log)
    assert until(lambda: list(s3_store.list("jobs")) == [])
