"""Rendered pictures against synthesised sources whose every frame is known."""

from __future__ import annotations

import hashlib
import threading
from fractions import Fraction

import numpy as np
import pytest
from present import present
from render_studio import (
    HEIGHT,
    RATE,
    WIDTH,
    framing,
    job,
    media,
    panel,
    pictures,
    segment,
    silence,
)

from shortform_assets.contracts.existing_text import BurntInSubtitles, SubtitleCover
from shortform_assets.errors import ClipFault
from shortform_assets.rendering.render_output import overflows, packet_sizes, render

BOX = (202.5, 360.0)
OUT = (270, 480)
ZOOM = OUT[0] / BOX[0]


def bar(at: float) -> np.ndarray:
    """A white bar six pixels wide around source x = `at`, on black."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:, round(at) - 3 : round(at) + 3] = 255
    return picture


def centre(picture: np.ndarray) -> float:
    light = np.clip(picture.mean(axis=(0, 2)) - 40, 0, None)
    return float((light * (np.arange(light.size) + 0.5)).sum() / light.sum())


def test_frames_crops_and_joins_are_exact(bench):
    """Two segments with lead-in, a still framing, a moving one across the join: the bar is where it must be."""
    still, moves = (lambda n: 180 + n), (lambda n: 50 + 300 * (n - 30) / 44)

    def place(n: int) -> float:
        return still(n) if n < 30 else moves(n) + BOX[0] / 2

    clip = media(
        [
            segment(bench, lambda n: bar(place(n)), silence(40), 40, lead=9),
            segment(bench, lambda n: bar(place(n + 40)), silence(35), 35, lead=0),
        ]
    )
    done = render(
        bench,
        job(
            bench,
            clip,
            framing(0, 30, panel(*BOX, (0, 120.0, 0))),
            framing(30, 75, panel(*BOX, (30, 50.0, 0), (74, 350.0, 0))),
        ),
    )
    frames = list(pictures(done.video))
    assert len(frames) == 75
    for n, (time, picture) in enumerate(frames):
        assert picture.shape[:2] == (OUT[1], OUT[0])
        assert abs(time * RATE.fraction - n) < 0.01
        if n < 30:
            expected = (round(still(n)) - 120) * ZOOM
        else:
            expected = (round(place(n)) - moves(n)) * ZOOM
        assert centre(picture) == pytest.approx(expected, abs=1.6), n
    assert done.poster.read_bytes()[:2] == b"\xff\xd8"


def test_stacked_panels_fill_and_black(bench):
    """Left half red, right half blue: every panel shows its part, in its slot, over its fill."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:, : WIDTH // 2] = (0, 0, 200)
    picture[:, WIDTH // 2 :] = (200, 0, 0)
    half = (270 / 240 * 300, 300.0)
    strip = 270 * HEIGHT / WIDTH / 480
    middle = (0, 0.5 - strip / 2, 1, strip)
    two = (panel(*half, (0, 0, 30), slot=(0, 0, 1, 0.5)), panel(*half, (0, 310, 30), slot=(0, 0.5, 1, 0.5)))
    clip = media([segment(bench, lambda n: picture, silence(36), 36)])
    done = render(
        bench,
        job(
            bench,
            clip,
            framing(0, 12, *two, layout="stacked"),
            framing(12, 24, panel(WIDTH, HEIGHT, (12, 0, 0), slot=middle), layout="fit", fill="blur"),
            framing(24, 36, panel(WIDTH, HEIGHT, (24, 0, 0), slot=middle), layout="fit"),
        ),
    )
    shown = [p.astype(int) for _, p in pictures(done.video)]
    assert len(shown) == 36

    def is_red(pixel: np.ndarray) -> bool:
        return pixel[0] > 150 and pixel[2] < 60

    def is_blue(pixel: np.ndarray) -> bool:
        return pixel[2] > 150 and pixel[0] < 60

    stacked, filled, bare = shown[6], shown[18], shown[30]
    assert is_red(stacked[60, 135])
    assert is_red(stacked[230, 60])
    assert is_blue(stacked[300, 200])
    assert is_blue(stacked[470, 200])
    for fit in (filled, bare):
        assert is_red(fit[240, 60])
        assert is_blue(fit[240, 210])
    # The fill is the same picture, darkened: its left is reddish and darker than the panel.
    assert 40 < filled[60, 40][0] < stacked[60, 135][0] - 30
    assert filled[60, 230][2] > filled[60, 230][0]
    assert bare[60].max() < 12
    assert bare[470].max() < 12


def test_a_fill_is_made_of_the_active_picture(bench):
    """White between black bars above and below: the fill shows them unless it is said where they are."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[100:260] = 255
    strip = 160 / WIDTH * 270 / 480
    slot = (0, 0.5 - strip / 2, 1, strip)
    fit = framing(0, 8, panel(WIDTH, 160, (0, 0, 100), slot=slot), layout="fit", fill="blur")
    told = fit.model_copy(update={"start_frame": 8, "end_frame": 16, "area": (0, 102, WIDTH, 258)})
    clip = media([segment(bench, lambda n: picture, silence(16), 16)])
    done = render(bench, job(bench, clip, fit, told))
    untold, filled = (p.astype(int) for _, p in list(pictures(done.video))[4::8])
    assert untold[[20, 460]].max() < 12
    assert filled[[20, 460]].min() > 100


def test_a_cover_is_drawn_as_long_as_there_is_something_to_cover(bench):
    cover = SubtitleCover(start_frame=10, end_frame=30, x=0.2, y=0.5, width=0.6, height=0.1)
    found = BurntInSubtitles(share=0.5, handled="cover", note="covered", covers={"9:16": (cover,)})
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    clip = media([segment(bench, lambda n: white, silence(40), 40)])
    work = job(bench, clip, framing(0, 40, panel(202.5, HEIGHT, (0, 200, 0))))
    work = work.model_copy(update={"enhancement": work.enhancement.model_copy(update={"burnt_in": found})})
    frames = [picture for _, picture in pictures(render(bench, work).video)]
    at = round(0.55 * 480), 135
    assert frames[5][at].min() > 230
    assert frames[20][at].max() < 60
    assert frames[35][at].min() > 230
    assert frames[20][20, 135].min() > 230


def test_a_thousand_turns_of_the_camera(bench):
    """A key at every frame and alternating layouts do not break the graph."""
    frames = 60
    clip = media([segment(bench, lambda n: bar(101 + 3 * n), silence(frames), frames)])
    keys = [(n, 3.0 * n, 0.0) for n in range(frames)]
    cuts = [framing(n, n + 1, panel(*BOX, (n, 3.0 * n, 0))) for n in range(20)]
    cuts += [
        framing(n, n + 1, panel(BOX[0] - n % 2 * 9, 360 - n % 2 * 16, (n, 3.0 * n, 0))) for n in range(20, 40)
    ]
    cuts.append(framing(40, frames, panel(*BOX, *keys[40:])))
    done = render(bench, job(bench, clip, *cuts))
    shown = [p for _, p in pictures(done.video)]
    assert len(shown) == frames
    for n in (0, 7, 19, 24, 38, 41, 59):
        assert centre(shown[n]) == pytest.approx(101 * ZOOM, abs=2.6), n


def test_the_same_job_gives_the_same_bytes(bench):
    clip = media([segment(bench, lambda n: bar(200 + n), silence(20), 20)])
    work = job(bench, clip, framing(0, 20, panel(*BOX, (0, 120, 0), (19, 140, 0))))
    digests = {hashlib.sha256(render(bench, work).video.read_bytes()).hexdigest() for _ in range(2)}
    assert len(digests) == 1


@pytest.mark.parametrize("most_kbps", [500, 50_000])
def test_a_busy_machine_writes_the_same_bytes_at_the_cap_and_below(bench, most_kbps):
    """Frames of noise, which no bit rate holds, while other threads take the cores from the encoder's in turn."""
    random = np.random.default_rng(4)
    noise = [random.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(30)]
    clip = media([segment(bench, lambda n: noise[n], silence(30), 30)])
    work = job(bench, clip, framing(0, 30, panel(*BOX, (0, 100, 0))))
    work = work.model_copy(update={"encode": work.encode.model_copy(update={"max_bitrate_kbps": most_kbps})})
    over, block = threading.Event(), bytes(1 << 22)

    def burn() -> None:
        while not over.is_set():
            hashlib.sha256(block)

    burners = [threading.Thread(target=burn) for _ in range(3)]
    digests, sizes = set(), []
    for turn in range(3):
        if turn == 1:
            for burner in burners:
                burner.start()
        made = render(bench, work)
        sizes = packet_sizes(made.video)
        digests.add(hashlib.sha256(made.video.read_bytes()).hexdigest())
    over.set()
    for burner in burners:
        burner.join()
    assert len(digests) == 1
    assert not overflows(sizes, work)
    assert (sum(sizes) * 8 < 1.6e6) == (most_kbps == 500)


def test_the_file_is_what_platforms_take(bench):
    import av

    clip = media([segment(bench, lambda n: bar(200 + n), silence(90), 90)])
    path = render(bench, job(bench, clip, framing(0, 90, panel(*BOX, (0, 120, 0))))).video
    data = path.read_bytes()
    assert b"elst" not in data
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as opened:
        video, sound = opened.streams.video[0], opened.streams.audio[0]
        codec = video.codec_context
        assert (codec.profile, codec.pix_fmt, codec.colorspace, codec.color_primaries) == (
            "High",
            "yuv420p",
            1,
            1,
        )
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48000, 2)
        keys: list[Fraction] = [
            present(p.pts) * present(p.time_base) for p in opened.demux(video) if p.size and p.is_keyframe
        ]
    assert keys[0] == 0
    assert max(b - a for a, b in zip(keys, [*keys[1:], Fraction(3)], strict=True)) <= 2


def test_media_that_lack_frames_are_a_fault(bench):
    whole = segment(bench, lambda n: bar(200), silence(20), 20)
    clip = media([whole.model_copy(update={"frames": 25})])
    with pytest.raises(ClipFault, match="instead of 25"):
        render(bench, job(bench, clip, framing(0, 25, panel(*BOX, (0, 120, 0)))))
    with pytest.raises(ClipFault, match="cover"):
        render(bench, job(bench, media([whole]), framing(0, 19, panel(*BOX, (0, 120, 0)))))
