"""A fallback in a per-clip stage: it is never reused, and said on every run until the good way is back."""

from __future__ import annotations

import dagster as dg
import pytest

from resources.artifacts import Artifacts
from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.executor_base import Judging
from resources.vision.user_weights import DEEPFACE_FILE
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, ClipMediaSet, FaceTracks, MediaSegment
from shortform_assets.definitions import build_defs
from shortform_assets.genres import load_genre

KEY = "talk-0123456789"
REASON = "emotions are read from blendshapes"


class Seen:
    """A vision executor that finds nobody in any clip, and tells how many it was given."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def judging(self, faces):
        return Judging(Models(), faces)

    def within(self, store, session=None):
        return self

    def track(self, request):
        self.asked.append(len(request.clips))
        for clip in request.clips:
            tracks = FaceTracks(
                clip_id=clip.clip_id,
                media=clip.digest(),
                width=clip.width,
                height=clip.height,
                rate=clip.rate,
                frames=clip.frames,
                cuts=(),
                step=1,
                tracks=(),
                series=clip.segments[0].video,
            )
            request.on_result(clip.clip_id, tracks)


@pytest.fixture
def store(either_store: MediaStore) -> MediaStore:
    return either_store


def test_a_set_stays_degraded_until_its_clips_are_made_anew(store, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    (tmp_path / "media").write_bytes(b"media")
    blob = store.adopt_file(tmp_path / "media")
    cut = MediaSegment(video=blob, audio=blob, first_frame=0, frames=50)
    clips = tuple(
        ClipMedia(
            clip_id=f"{n:012x}", width=320, height=180, rate=FrameRate(num=25), frames=50, segments=(cut,)
        )
        for n in range(2)
    )
    faces = load_genre("podcast").reframing.faces.model_copy(update={"emotion_model": "deepface"})
    reframing = load_genre("podcast").reframing.model_copy(update={"faces": faces})
    artifacts, vision = Artifacts(store), Seen()
    for stage, contract in (("clip_media", ClipMediaSet(clips=clips)), ("genre/reframing", reframing)):
        artifacts.point(KEY, artifacts.save(stage, contract.digest()[:32], contract))
    instance = dg.DagsterInstance.ephemeral()
    instance.add_dynamic_partitions("source_videos", [KEY])

    def run() -> dict[str, object]:
        job = build_defs({"store": store, "vision": vision}).resolve_job_def("shorten")
        ran = job.execute_in_process(
            instance=instance, partition_key=KEY, asset_selection=[dg.AssetKey("face_tracks")]
        )
        (event,) = ran.get_asset_materialization_events()
        return {name: value.value for name, value in event.materialization.metadata.items()}

    for times in (1, 2):
        told = run()
        assert REASON in str(told["degraded"])
        assert REASON in artifacts.degraded(KEY, ["face_tracks"])["face_tracks"][0]
        assert vision.asked == [2] * times, "what a fallback made was reused"
    weights = tmp_path / DEEPFACE_FILE
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"the user's weights")
    told = run()
    assert "degraded" not in told
    assert (told["reused"], artifacts.degraded(KEY, ["face_tracks"])) == (False, {})
    assert run()["reused"]
    assert vision.asked == [2, 2, 2]
