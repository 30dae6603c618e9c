"""Bars of known sizes are found to the pixel, darkness is not taken for one, and no framing holds any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from framing_samples import NoText, Talk, media
from numbers_clip import NO_EDITS, check

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, FaceTracks, Layout, MediaSegment, VoiceMap
from shortform_assets.contracts.edits import FramingEdit, FramingEdits
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.media.reader import read_clip
from shortform_assets.reframing.crop_paths import CameraRequest, direct_clip
from shortform_assets.reframing.direct.framing_request import LAYOUTS
from shortform_assets.reframing.direct.path_guard import misfits
from shortform_assets.reframing.see.bars import INSET, SOFT, BarFinder
from shortform_assets.reframing.see.follow import FaceReaders
from shortform_assets.reframing.see.tracks import follow_clip, summary

SIZE = (640, 360)
Bars = tuple[int, int, int, int]
"""Left, top, right and bottom, pixels."""
NONE: Bars = (0, 0, 0, 0)


def view(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A picture with large and small things in it, none of them black over a whole side."""
    import cv2

    rng = np.random.default_rng(seed)
    picture = sum(
        weight * cv2.resize(rng.uniform(0, 1, (n, n * 2, 3)), size, interpolation=cv2.INTER_CUBIC)
        for n, weight in ((3, 120), (12, 60), (60, 30))
    )
    return np.clip(picture + 20, 0, 255).astype(np.uint8)


def barred(picture: np.ndarray, bars: Bars, subtitle: str = "") -> np.ndarray:
    """`picture` scaled into what `bars` leave of it, with a subtitle in the lower one."""
    import cv2

    tall, wide = picture.shape[:2]
    left, top, right, bottom = bars
    made = np.zeros_like(picture)
    made[top : tall - bottom, left : wide - right] = cv2.resize(
        picture, (wide - left - right, tall - top - bottom), interpolation=cv2.INTER_AREA
    )
    if subtitle:
        scale = bottom / 60
        cv2.putText(
            made, subtitle, (wide // 5, tall - bottom // 3), 0, scale, (255, 255, 255), 2, cv2.LINE_AA
        )
    return made


def noisy(picture: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 2.0, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def areas_of(shots: Iterable[Sequence[np.ndarray]]) -> tuple[tuple[int, int, int, int], ...]:
    finder = BarFinder(*SIZE)
    for number, shot in enumerate(shots):
        for look, picture in enumerate(shot):
            finder.see(noisy(picture, 100 * number + look))
        finder.end_shot()
    return finder.areas()


def bars_in(area: tuple[int, int, int, int]) -> Bars:
    return area[0], area[1], SIZE[0] - area[2], SIZE[1] - area[3]


def close(found: Bars, true: Bars) -> bool:
    """Whether nothing of the `true` bars is left, and hardly more than them is cut away."""
    return all(f == 0 if t == 0 else t <= f <= t + INSET + SOFT for f, t in zip(found, true, strict=True))


@pytest.mark.parametrize(
    "bars",
    [
        (0, 45, 0, 45),
        (0, 47, 0, 47),
        (0, 7, 0, 5),
        (219, 0, 219, 0),
        (81, 0, 79, 0),
        (0, 0, 11, 0),
        (101, 53, 99, 61),
        (0, 0, 0, 63),
    ],
)
def test_bars_of_any_size_are_found_to_the_pixel(bars) -> None:
    (found,) = areas_of([[barred(view(n), bars) for n in range(8)]])
    assert close(bars_in(found), bars)


def test_a_subtitle_in_a_bar_is_no_picture() -> None:
    bars = (0, 0, 0, 70)
    lines = ("and then he said", "nothing at all for", "a very long time", "so we left the house")
    (found,) = areas_of([[barred(view(n // 3), bars, lines[n % 4]) for n in range(12)]])
    assert close(bars_in(found), bars)


def test_every_shot_has_its_own_bars_and_a_dark_one_those_beside_it() -> None:
    letter, pillar = (0, 45, 0, 45), (160, 0, 160, 0)
    dark = (view(3) * 0.06).astype(np.uint8)
    shots = [(view(1), letter), (dark, letter), (view(2), NONE), (view(4), pillar), (dark, pillar)]
    found = areas_of([[barred(picture, bars)] * 6 for picture, bars in shots])
    assert all(close(bars_in(area), bars) for area, (_, bars) in zip(found, shots, strict=True))


def night(look: int) -> np.ndarray:
    """A black sky over houses of different heights with a few lit windows."""
    rng = np.random.default_rng(5)
    picture = np.zeros((360, 640, 3), np.uint8)
    for left in range(0, 640, 40):
        roof = int(rng.integers(140, 260))
        picture[roof:, left : left + 40] = rng.integers(4, 30)
        for y in range(roof + 10, 350, 25):
            picture[y : y + 8, left + 12 : left + 20] = rng.choice((0, 160), p=(0.6, 0.4))
    return np.roll(picture, look, axis=1)


def spotlight(look: int) -> np.ndarray:
    y, x = np.mgrid[:360, :640]
    far = np.hypot(x - 320 - look, y - 190) / 120
    return np.repeat((220 * np.exp(-(far**2)))[..., None], 3, axis=2).astype(np.uint8)


def dark_slide(look: int) -> np.ndarray:
    import cv2

    picture = np.zeros((360, 640, 3), np.uint8)
    picture[60:63] = 230
    for line in range(4):
        at = (60, 130 + 50 * line)
        cv2.putText(picture, "a point that is made", at, 0, 1.0, (240, 240, 240), 2, cv2.LINE_AA)
    return picture


def black_studio(look: int) -> np.ndarray:
    """Somebody in front of black cloth: nothing beside them, and nothing above."""
    import cv2

    picture = np.zeros((360, 640, 3), np.uint8)
    cv2.ellipse(picture, (320 + look, 360), (150, 130), 0, 0, 360, (90, 80, 70), -1)
    cv2.ellipse(picture, (320 + look, 170), (60, 80), 0, 0, 360, (120, 140, 190), -1)
    return cv2.GaussianBlur(picture, (0, 0), 2)


@pytest.mark.parametrize("scene", [night, spotlight, dark_slide, black_studio])
def test_darkness_is_no_bar(scene) -> None:
    assert areas_of([[scene(look) for look in range(10)]]) == ()


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_without_bars_has_none(seed) -> None:
    assert areas_of([[view(seed + n) for n in range(5)]]) == ()


class Unseen:
    """A detector and a landmarker that find nobody."""

    def find(self, picture, threshold, width):
        return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)

    def read(self, picture, box):
        return None


def test_bars_that_change_at_a_cut_are_found_in_encoded_video(bench, reframing) -> None:
    letter, window = (0, 45, 0, 45), (97, 31, 99, 33)
    path, frames = bench.scratch / "bars.mp4", 100
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p"]
    with pipe_frames([*encode, str(path)], *SIZE, FrameRate(num=25)) as write:
        for n in range(frames):
            shown = np.roll(view(1 if n < 50 else 2), n, axis=1)
            write(noisy(barred(shown, letter if n < 50 else window), n))
    run_ffmpeg(["-f", "lavfi", "-t", "4", "-i", "anullsrc=r=48000:cl=stereo", str(bench.scratch / "s.flac")])
    video, audio = bench.keep(path), bench.keep(bench.scratch / "s.flac")
    clip = ClipMedia(
        clip_id="bars",
        width=SIZE[0],
        height=SIZE[1],
        rate=FrameRate(num=25),
        frames=frames,
        segments=(MediaSegment(video=video, audio=audio, first_frame=0, frames=frames),),
    )
    found = follow_clip(
        read_clip(bench, clip), FaceReaders(Unseen(), Unseen(), NoText()), clip, reframing.faces
    )
    assert found.cuts == [50]
    assert [close(bars_in(area), bars) for area, bars in zip(found.areas, (letter, window), strict=True)] == [
        True,
        True,
    ]


def padded(talk: Talk, bars: Bars) -> Iterable[tuple[int, np.ndarray]]:
    left, top, right, bottom = bars
    for n, picture in talk.pictures():
        yield n, np.pad(picture, ((top, bottom), (left, right), (0, 0)))


@pytest.fixture(scope="module", params=[(0, 91, 0, 89), (60, 44, 70, 40)])
def talk_in_bars(request, talk, detector, landmarker, reframing):
    """Tracks, series and the bars of the two who talk, with bars around them."""
    left, top, right, bottom = request.param
    clip = media(960 + left + right, 540 + top + bottom, talk.frames)
    readers = FaceReaders(detector, landmarker, NoText())
    found = follow_clip(padded(talk, request.param), readers, clip, reframing.faces)
    tracks = FaceTracks(
        clip_id=clip.clip_id,
        media=clip.digest(),
        width=clip.width,
        height=clip.height,
        rate=clip.rate,
        frames=clip.frames,
        cuts=tuple(found.cuts),
        step=found.step,
        tracks=tuple(summary(n, found.shots[n], s, clip.rate) for n, s in found.series.tracks.items()),
        series=clip.segments[0].video,
        areas=found.areas,
    )
    return tracks, found.series, clip, request.param


@pytest.mark.parametrize("layout", ["", *LAYOUTS])
def test_no_framing_holds_a_bar(talk_in_bars, talk, reframing, layout: Layout | str) -> None:
    tracks, series, clip, bars = talk_in_bars
    edits = NO_EDITS
    if layout:
        edits = FramingEdits(edits=(FramingEdit(verb="layout", layout=layout, start_ms=0, end_ms=6000),))
    paths = direct_clip(CameraRequest(tracks, (), VoiceMap(), reframing, edits), series, talk.samples)
    left, top, right, bottom = bars
    for aspect in paths.aspects:
        check(aspect, tracks)
        for framing in aspect.framings:
            assert framing.area == tracks.areas[0]
            for panel in framing.panels:
                for frame in range(framing.start_frame, framing.end_frame, 10):
                    x1, y1, x2, y2 = panel.crop(frame)
                    assert left <= x1 < x2 <= clip.width - right
                    assert top <= y1 < y2 <= clip.height - bottom
    assert misfits(paths, clip) == []


def test_a_camera_that_reaches_into_a_bar_is_a_misfit(talk_in_bars, talk, reframing) -> None:
    tracks, series, clip, _ = talk_in_bars
    whole = tracks.model_copy(update={"areas": ()})
    paths = direct_clip(CameraRequest(whole, (), VoiceMap(), reframing, NO_EDITS), series, talk.samples)
    told = [
        aspect.model_copy(
            update={
                "framings": tuple(f.model_copy(update={"area": tracks.areas[0]}) for f in aspect.framings)
            }
        )
        for aspect in paths.aspects
    ]
    assert misfits(paths, clip) == []
    assert "camera leaves the picture" in misfits(paths.model_copy(update={"aspects": tuple(told)}), clip)[0]


def test_who_speaks_is_framed_as_without_bars(talk_in_bars, talk, tracks, followed, reframing) -> None:
    barred_tracks, series, _, bars = talk_in_bars
    nobody = VoiceMap()
    plain = direct_clip(CameraRequest(tracks, (), nobody, reframing, NO_EDITS), followed.series, talk.samples)
    among = direct_clip(CameraRequest(barred_tracks, (), nobody, reframing, NO_EDITS), series, talk.samples)
    for one, other in zip(plain.aspects, among.aspects, strict=True):
        for frame in range(10, tracks.frames, 20):
            a, b = (paths.at(frame).panels[0].crop(frame) for paths in (one, other))
            middle, moved = (a[0] + a[2]) / 2, (b[0] + b[2]) / 2 - bars[0]
            assert middle == pytest.approx(moved, abs=0.06 * 960)
