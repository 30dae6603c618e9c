"""Every executor on a stand-in worker or the real one, and one short clip with a face."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from vision_rig import EXECUTORS, FPS, STAND_IN, Rig, VisionServer, rig_of

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.vision.local_executor import PROGRAM
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import ClipMedia, MediaSegment
from shortform_assets.contracts.slices.reframing_slice import FaceSlice
from shortform_assets.genres import load_genre


@pytest.fixture(scope="session")
def faces() -> FaceSlice:
    return load_genre("base").reframing.faces


@pytest.fixture
def server(tmp_path: Path) -> Iterator[VisionServer]:
    running = VisionServer(tmp_path / "server").start()
    yield running
    running.stop()


@pytest.fixture(params=EXECUTORS)
def rig(request: pytest.FixtureRequest, tmp_path: Path, faces: FaceSlice) -> Iterator[Rig]:
    """Each executor with a stand-in worker."""
    yield from rig_of(request.param, tmp_path, faces, STAND_IN)


@pytest.fixture(params=EXECUTORS)
def real(request: pytest.FixtureRequest, tmp_path: Path, faces: FaceSlice) -> Iterator[Rig]:
    """Each executor with the real worker."""
    yield from rig_of(request.param, tmp_path, faces, PROGRAM)


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[MediaStore], ClipMedia]:
    """Puts two seconds of a still face, 320x180, into a store."""
    import av
    import cv2
    import skimage.data

    folder = tmp_path_factory.mktemp("clip")
    face = cv2.resize(skimage.data.astronaut()[:260, 90:360, ::-1], (187, 180), interpolation=cv2.INTER_AREA)
    picture = np.full((180, 320, 3), 90, np.uint8)
    picture[:, 60:247] = face
    with av.open(str(folder / "face.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(2 * FPS):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))

    def put(store: MediaStore) -> ClipMedia:
        video = store.add_file(folder / "face.mp4")
        silence = Blob(sha256="0" * 64, size=1)
        segment = MediaSegment(video=video, audio=silence, first_frame=0, frames=2 * FPS)
        return ClipMedia(clip_id="clip", width=320, height=180, rate=FrameRate(num=FPS), frames=2 * FPS,
            segments=(segment,))  # fmt: skip

    return put


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory, encoded, faces: FaceSlice):
    """The tracks of that clip, made in this process."""
    from resources.models import Models
    from shortform_assets.reframing.see.detect import FaceDetector
    from shortform_assets.reframing.see.follow import FaceReaders
    from shortform_assets.reframing.see.landmarks import FaceLandmarker
    from shortform_assets.reframing.see.text_detector import TextDetector
    from shortform_assets.reframing.see.tracks import track_faces

    store, models = MediaStore.local(tmp_path_factory.mktemp("expected")), Models()
    detector = FaceDetector(models.resolve("centerface"))
    text = TextDetector(models.resolve("text-detector"))
    with (
        StoreBench.over(store, threads=1) as bench,
        FaceLandmarker(models.resolve("face-landmarker")) as landmarker,
    ):
        return track_faces(bench, FaceReaders(detector, landmarker, text), encoded(store), faces)
