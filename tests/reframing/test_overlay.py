"""The debug overlay and the plot show what the contracts say, and only that."""

from __future__ import annotations

import base64
import re
import wave

import cv2
import numpy as np
import pytest

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    CropPaths,
    CropPathsSet,
    FaceTrack,
    FaceTracks,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
    TrackVerdict,
)
from shortform_assets.contracts.speech import Turn
from shortform_assets.errors import ClipFault
from shortform_assets.graph.previews import preview
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.media.reader import read_frames
from shortform_assets.reframing.see.series import ClipSeries, PictureSeries, TrackSeries, save_series
from shortform_assets.reframing.show import debug_overlay
from shortform_assets.reframing.show.debug_overlay import render_overlay
from shortform_assets.reframing.show.path_plot import path_plot, plot_markdown

WIDE, TALL, FPS = 320, 180, 25
FACE = (60.0, 40.0, 100.0, 90.0)


def _segment(bench, name: str, frames: int) -> MediaSegment:
    video, sound, wav = (bench.scratch / f"{name}.{kind}" for kind in ("mp4", "flac", "wav"))
    with pipe_frames(
        ["-c:v", "libx264", "-pix_fmt", "yuv420p", str(video)], WIDE, TALL, FrameRate(num=FPS)
    ) as put:
        for _ in range(frames):
            put(np.full((TALL, WIDE, 3), 90, np.uint8))
    with wave.open(str(wav), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(bytes(2 * 48_000 * frames // FPS))
    run_ffmpeg(["-i", str(wav), str(sound)])
    return MediaSegment(video=bench.keep(video), audio=bench.keep(sound), first_frame=0, frames=frames)


@pytest.fixture
def clip(bench):
    """Two spans of half a second; one face that is live, is seen in the first and speaks at its end."""
    spans = (_segment(bench, "one", 15), _segment(bench, "two", 10))
    media = ClipMedia(
        clip_id="c", width=WIDE, height=TALL, rate=FrameRate(num=FPS), frames=25, segments=spans
    )  # fmt: skip
    at = np.arange(0, 15, 2, dtype=np.int32)
    n = len(at)
    series = TrackSeries(
        frame=at, box=np.tile(np.array(FACE, np.float32), (n, 1)), score=np.ones(n, np.float32),
        mouth=np.full(n, 0.05, np.float32), shape=np.zeros((n, 6, 2), np.float32), pose=np.zeros((n, 3), np.float32),
        blink=np.zeros(n, np.float32), emotion=np.zeros((n, 7), np.float32), look=np.ones(1, np.float32),
    )  # fmt: skip
    grid = np.arange(0, 25, 2, dtype=np.int32)
    picture = PictureSeries(grid, np.zeros(len(grid), np.float32), np.zeros((len(grid), 2), np.float32))
    path = bench.scratch / "series.safetensors"
    save_series(path, ClipSeries({"t0": series}, picture))
    track = FaceTrack(
        track_id="t0", shot=0, first_frame=0, last_frame=14, samples=n, width=40, height=50
    )  # fmt: skip
    tracks = FaceTracks(
        clip_id="c", media=media.digest(), width=WIDE, height=TALL, rate=media.rate, frames=25, cuts=(15,), step=2,
        tracks=(track,), series=bench.keep(path),
    )  # fmt: skip
    slot = (0.0, 0.0, 1.0, 1.0)
    still = Panel(slot=slot, width=100, height=178, path=(Keyframe(frame=0, x=20, y=0),), subject="t0")
    moving = (Keyframe(frame=15, x=40, y=0), Keyframe(frame=24, x=200, y=0))
    camera = AspectFraming(
        aspect="9:16",
        framings=(
            Framing(start_frame=0, end_frame=15, layout="single", reason="follows <b>%{x}</b>", panels=(still,)),
            Framing(start_frame=15, end_frame=25, layout="centre", reason="é",
                    panels=(still.model_copy(update={"path": moving, "subject": ""}),)),
        ),
    )  # fmt: skip
    verdict = TrackVerdict(
        track_id="t0", state="live", evidence={"mouth_std": 0.05, "blink": 0.3}, person="P1", speaker="S1",
        speaking=((8, 14),),
    )  # fmt: skip
    crops = CropPaths(
        clip_id="c", media=media.digest(), frames=25, rate=media.rate, cuts=(15,), verdicts=(verdict,),
        aspects=(camera,),
    )  # fmt: skip
    return media, tracks, crops


def _near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Where `picture` has about this colour: H.264 keeps half of the chroma."""
    return np.abs(picture.astype(int) - colour).max(axis=2) < 70


def picture_in(png: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def test_overlay_draws_faces_crops_and_sound(bench, clip, tmp_path) -> None:
    import av

    media, tracks, crops = clip
    out = tmp_path / "overlay.mp4"
    render_overlay(bench, media, tracks, crops, (Turn(speaker="S1", start_ms=300, end_ms=560),), out)
    pictures = dict(read_frames(out))
    assert len(pictures) == media.frames
    assert pictures[0].shape == (TALL + debug_overlay.STRIP, WIDE, 3)
    x1, y1, x2, y2 = (round(v) for v in FACE)
    # The face's frame is green while it is there, and the speaker's frame around it is white while it speaks.
    edge = (slice(y1 + 10, y2 - 10), slice(x2 - 1, x2 + 2))
    assert _near(pictures[4][edge], debug_overlay.STATES["live"]).mean() > 0.4
    assert not _near(pictures[20][edge], debug_overlay.STATES["live"]).any()
    rim = (slice(y1 + 10, y2 - 10), slice(x1 - 4, x1 - 1))
    assert pictures[10][rim].mean() > pictures[4][rim].mean() + 40
    # The crop's right side goes where the path goes.
    for frame, right in ((4, 120), (15, 140), (24, 300)):
        found = _near(pictures[frame][60:110], debug_overlay.CROPS[0]).mean(axis=0)
        assert abs(int(np.flatnonzero(found > 0.5).max()) - right) <= 3
    with av.open(str(out)) as container:
        sound = sum(frame.samples for frame in container.decode(audio=0)) / container.streams.audio[0].rate
    assert sound == pytest.approx(1.0, abs=0.06)


def test_overlay_of_another_clip_is_refused(bench, clip, tmp_path) -> None:
    media, tracks, crops = clip
    with pytest.raises(ClipFault, match="were not made from these media"):
        render_overlay(bench, media, tracks, crops.model_copy(update={"frames": 24}), (), tmp_path / "x.mp4")
    assert not (tmp_path / "x.mp4").exists()


def test_framing_at_every_frame(clip) -> None:
    camera = clip[2].aspects[0]
    assert [camera.at(n).layout for n in (0, 14, 15, 24)] == ["single", "single", "centre", "centre"]


def test_plot_is_a_small_png_that_moves_with_the_path(clip) -> None:
    crops = clip[2]
    png = path_plot(crops)
    assert png == path_plot(crops)
    assert len(png) < 6_000
    drawn = picture_in(png)
    assert drawn.shape == (220, 720, 3)
    framings = crops.aspects[0].framings
    still = framings[1].model_copy(update={"panels": (framings[0].panels[0],)})
    camera = crops.aspects[0].model_copy(update={"framings": (framings[0], still)})
    calm = path_plot(crops.model_copy(update={"aspects": (camera,)}))
    other = picture_in(calm)
    # Each has a palette of its own, so faint colours may differ.
    changed = np.flatnonzero((cv2.absdiff(drawn, other) > 60).any(axis=(0, 2)))
    # Only the second shot differs: the last two fifths of the time axis.
    assert len(changed)
    assert changed.min() > 44 + 0.58 * (720 - 52)
    assert plot_markdown(crops).startswith("![camera 9:16](data:image/png;base64,iVBOR")
    with pytest.raises(KeyError):
        path_plot(crops, "1:1")


def test_plot_has_a_row_for_each_of_those_who_speak_most(clip) -> None:
    crops = clip[2]
    rows = [
        TrackVerdict(
            track_id=f"t{n}", state="live", evidence={}, person=f"P{n % 9}", speaking=((n, n + 1 + n % 9),)
        )
        for n in range(16)
    ]
    drawn = picture_in(path_plot(crops.model_copy(update={"verdicts": tuple(rows)})))
    below = drawn[:, 44:712].astype(int)
    bars = (np.ptp(below, axis=2) > 60).any(axis=1)
    bottom = np.flatnonzero(np.diff(np.concatenate([[0], bars[140:200].astype(int), [0]])) == 1)
    # Nine people speak; the shortest of them have no room.
    assert len(bottom) == 6


def test_metadata_shows_the_first_plots_and_stays_small(clip) -> None:
    crops = clip[2]
    clips = tuple(crops.model_copy(update={"clip_id": f"clip {n}"}) for n in range(34))
    shown = preview(CropPathsSet(clips=clips))["camera"].md_str
    assert [f"`clip {n}`" in shown for n in range(9)] == [True] * 8 + [False]
    assert "and 26 clips more" in shown
    assert len(shown) < 50_000
    pictures = re.findall(r"!\[camera 9:16\]\(data:image/png;base64,([A-Za-z0-9+/=]+)\)", shown)
    assert [base64.b64decode(picture) for picture in pictures] == [path_plot(crops)] * 8
    assert preview(CropPathsSet(clips=()))["camera"].md_str == ""
