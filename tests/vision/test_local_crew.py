"""What only worker processes on this machine can do, the device, and how an executor is chosen."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
from vision_rig import STAND_IN, Rig

from resources.media_store import MediaStore
from resources.vision import LocalVision, VisionFailed, share_out, vision_from_environment
from resources.vision.ecs_executor import EcsVision
from resources.vision.http_executor import HttpVision
from resources.vision.job_store import JobFolder, Results, VisionJob
from resources.vision.local_executor import launcher
from resources.vision.worker_crew import Crew, Leniency, VisionTask
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import FaceTracks
from shortform_assets.errors import InputError
from shortform_assets.ports.vision_executor import TrackRequest
from shortform_assets.workers import vision as worker


@pytest.fixture
def local(tmp_path: Path, faces) -> Rig:
    store = MediaStore.local(tmp_path / "store")
    return Rig("process", LocalVision(workers=2, device="cpu", program=STAND_IN), store, store, faces)


def test_two_workers_share_the_clips(local: Rig) -> None:
    heard = local.track(local.clips("a", "b", "c", "d"))
    assert len(heard.results) == 4
    assert len(list(local.store.list("pids"))) == 2


def test_shares_are_even(local: Rig) -> None:
    clips = [
        clip.model_copy(update={"frames": n})
        for clip, n in zip(local.clips(*"abcde"), (100, 90, 60, 50, 10), strict=True)
    ]
    shares = share_out(clips, 2)
    assert sorted(sum(c.frames for c in share) for share in shares) == [150, 160]
    assert len(share_out(clips, 99)) == 5
    assert share_out([], 4) == []


def test_a_worker_that_says_nothing_any_more_is_ended(local: Rig, faces, tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.py"
    source = Path(STAND_IN[1]).read_text().replace("        report.progress(fraction)\n", "")
    stuck.write_text(source)
    found: dict[str, object] = {}
    task = VisionTask(local.vision.fingerprint, faces, "cpu")
    with (
        launcher(local.store, (sys.executable, str(stuck))) as launch,
        Crew(local.store, task, launch, Leniency(silence_seconds=1.0)) as crew,
    ):
        crew.work(local.clips("a", "slow", "b"), 1, found.__setitem__)
    assert isinstance(found["a"], FaceTracks)
    assert isinstance(found["b"], FaceTracks)
    assert isinstance(found["slow"], Dropped)
    assert "said nothing for 1 seconds and was ended, 2 times at this clip" in found["slow"].reason


def test_a_fault_that_nobody_collected_is_tried_again(local: Rig, faces) -> None:
    (clip,) = local.clips("a")
    results = Results(local.store, local.vision.fingerprint, faces)
    results.put(clip, Dropped(clip_id="a", stage="face_tracks", reason="the disk was full"))
    assert isinstance(local.track([clip]).results["a"], FaceTracks)
    assert results.find(clip) is None


def test_a_result_whose_series_are_lost_is_made_again(local: Rig, faces) -> None:
    (clip,) = local.clips("a")
    tracks = local.track([clip]).results["a"]
    assert isinstance(tracks, FaceTracks)
    Results(local.store, local.vision.fingerprint, faces).put(clip, tracks)
    local.store.delete(f"blobs/{tracks.series.sha256}")
    assert local.track([clip]).results["a"] == tracks
    assert local.begun("a") == 2


def test_a_worker_of_another_release_refuses(local: Rig, faces, capsys) -> None:
    job = VisionJob(fingerprint="vision 0 other models", faces=faces, clips=tuple(local.clips("a")))
    folder = JobFolder.make(local.store, job)
    assert worker.main(local.store.url, folder.key) == 1
    pulse = folder.hear()
    assert pulse is not None
    assert "another version or other models" in pulse.complaint


def cuda() -> bool:
    import onnxruntime

    from resources.models import Models
    from shortform_assets.reframing.see.detect import CUDA, FaceDetector

    if CUDA not in onnxruntime.get_available_providers():
        return False
    return FaceDetector(Models().resolve("centerface"), device="auto").device == "cuda"


def test_cuda_is_insisted_on_or_not(tmp_path: Path, faces, encoded) -> None:
    if cuda():
        pytest.skip("CUDA works here")
    store = MediaStore.local(tmp_path / "store")
    insistent = LocalVision(workers=1, device="cuda")
    with pytest.raises(VisionFailed, match="CUDA does not work in onnxruntime here"):
        insistent.track(store, TrackRequest([encoded(store)], faces, lambda *_: None))


def test_a_gpu_comes_to_the_same(tmp_path: Path, faces, encoded, expected) -> None:
    if not cuda():
        pytest.skip("CUDA does not work here")
    store = MediaStore.local(tmp_path / "store")
    found: dict[str, object] = {}
    clip = encoded(store)
    LocalVision(workers=1, device="cuda").track(store, TrackRequest([clip], faces, found.__setitem__))
    tracks = found["clip"]
    assert isinstance(tracks, FaceTracks)
    assert (tracks.cuts, len(tracks.tracks)) == (expected.cuts, len(expected.tracks))
    for mine, other in zip(tracks.tracks, expected.tracks, strict=True):
        assert mine.samples == other.samples
        for name in ("x", "y", "width", "height"):
            assert getattr(mine, name) == pytest.approx(getattr(other, name), abs=2.0)
        assert mine.activity == pytest.approx(other.activity, abs=0.01)


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    ecs = {"SHORTFORM_VISION": "ecs", "SHORTFORM_VISION_ECS_TASK_DEFINITION": "faces:3"}
    http = {"SHORTFORM_VISION": "http", "SHORTFORM_VISION_URL": "https://vision.example"}
    chosen = [vision_from_environment(settings) for settings in ({}, ecs, http)]
    assert [type(vision) for vision in chosen] == [LocalVision, EcsVision, HttpVision]
    # Where the tracks are made is no part of their recipe.
    assert len({vision.fingerprint for vision in chosen}) == 1


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SHORTFORM_VISION": "cloud"}, "SHORTFORM_VISION"),
        ({"SHORTFORM_VISION": "ecs"}, "SHORTFORM_VISION_ECS_TASK_DEFINITION"),
        ({"SHORTFORM_VISION": "http"}, "SHORTFORM_VISION_URL"),
        ({"SHORTFORM_VISION": "http", "SHORTFORM_VISION_URL": "vision.example"}, "vision.example"),
        ({"SHORTFORM_VISION_WORKERS": "0"}, "SHORTFORM_VISION_WORKERS"),
        ({"SHORTFORM_VISION_DEVICE": "tpu"}, "SHORTFORM_VISION_DEVICE"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, str], named: str) -> None:
    with pytest.raises(InputError, match=named):
        vision_from_environment(settings)


def test_every_setting_is_in_the_docs() -> None:
    root = Path(__file__).resolve().parents[2]
    source = (root / "resources/vision/executor_choice.py").read_text()
    page = (root / "docs/executors.md").read_text()
    asked = itertools.chain.from_iterable(line.split("settings.")[1:] for line in source.splitlines())
    names = {part.split('"')[1] for part in asked if part.count('"') >= 2 and not part.startswith("kind")}
    assert "ECS_SUBNETS" in names
    assert [name for name in names if f"SHORTFORM_VISION_{name}" not in page] == []
