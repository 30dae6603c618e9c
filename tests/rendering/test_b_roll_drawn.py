"""B-roll takes the picture's place under captions, for its slot and no longer, and the gate knows whether it is there."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from render_studio import RATE, framing, job, media, panel, pictures, segment, silence

from shortform_assets.contracts.creative import CaptionPage, CaptionWord
from shortform_assets.contracts.overlays import BRollSlot
from shortform_assets.contracts.style_b_roll import BRollShot, BRollStyle
from shortform_assets.delivery.quality import measure
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.rendering.element_plan import elements
from shortform_assets.rendering.filtergraph import poster_frame
from shortform_assets.rendering.opening import opening
from shortform_assets.rendering.render_output import render
from shortform_assets.rendering.shot_film import ShotLook, shot_film

FRAMES, SLOT = 150, (66, 128)


def talk(n: int) -> np.ndarray:
    picture = np.full((360, 640, 3), 90, np.uint8)
    picture[150:210, 230 + n : 290 + n] = 180
    return picture


def picture(bench, turned: bool = False):
    """A PNG whose left is red and whose right is blue; or a JPEG that says it was held sideways, red at the top."""
    pixels = np.zeros((600, 1000, 3), np.uint8)
    pixels[:, :500] = (220, 30, 30)
    pixels[:, 500:] = (30, 30, 220)
    path = bench.scratch / "shot.jpg"
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, "JPEG" if turned else "PNG", **({"exif": exif, "quality": 95} if turned else {}))
    return bench.keep(path)


def video(bench):
    """Two and a half seconds at 25 frames a second, which grow brighter, with sound."""
    path = bench.scratch / "shot.mp4"
    look = "color=c=black:s=640x640:r=25,format=yuv420p,geq=lum='60+2*N':cb=128:cr=128"
    args = [
        "-f",
        "lavfi",
        "-i",
        look,
        "-f",
        "lavfi",
        "-i",
        "sine=440",
        "-t",
        "2.5",
        "-c:v",
        "libx264",
        str(path),
    ]
    run_ffmpeg(args)
    return bench.keep(path)


def planned(bench, file, place="full", shown=SLOT, pages=()):
    clip = media([segment(bench, talk, silence(FRAMES), FRAMES)])
    work = job(bench, clip, framing(0, FRAMES, panel(202.5, 360, (0, 218.75, 0))), pages=pages)
    shot = BRollShot(file=file, words=("Paris",))
    slot = BRollSlot(
        start_frame=shown[0],
        end_frame=shown[1],
        shot=0,
        reason="shown because 'Paris' is said at 00:02",
        height={"9:16": 0.5 if place == "upper" else 1.0},
    )
    work = work.model_copy(
        update={
            "style": work.style.model_copy(update={"b_roll": BRollStyle(shots=(shot,), place=place)}),
            "enhancement": work.enhancement.model_copy(update={"b_roll": (slot,)}),
        }
    )
    return work.model_copy(update={"elements": elements(bench, work)})


def seen(made):
    return [frame.astype(int) for _, frame in pictures(made.video)]


@pytest.mark.parametrize("place", ["full", "upper"])
def test_a_picture_stands_in_its_slot_under_the_captions_and_a_file_without_it_is_not_ready(bench, place):
    words = (CaptionWord(text="Paris", start_frame=60, end_frame=120),)
    page = CaptionPage(
        start_frame=60, end_frame=120, lines=(words,), anchor={"9:16": 0.3}, size={"9:16": (0.8, 0.1)}
    )
    work = planned(bench, picture(bench), place, pages=(page,))
    lacking = render(bench, work.model_copy(update={"elements": ()})).video.rename(
        bench.scratch / "lacking.mp4"
    )
    made = render(bench, work)
    assert measure(made.video, work, made.witness).problems == ()
    assert "The b-roll is not seen." in measure(lacking, work, made.witness).problems
    assert made.notes[-1] == "B-roll 1 of the style shortform@1: shown because 'Paris' is said at 00:02."
    frames = seen(made)
    for n in (SLOT[0], 100, SLOT[1] - 1):
        left, right = frames[n][200, 20], frames[n][200, -20]
        assert left[0] > 190 > 80 > left[2]
        assert right[2] > 190 > 80 > right[0]
        lower = frames[n][460, 20]
        assert (lower[0] > 190) == (place == "full")
    for n in (SLOT[0] - 1, SLOT[1]):
        assert np.abs(frames[n][200, 20] - 90).max() < 12
    # White letters on it.
    assert (frames[100][120:170, :, :2].min(axis=2) > 180).sum() > 100
    # Who speaks stands for the clip.
    shorter = work.model_copy(
        update={
            "enhancement": work.enhancement.model_copy(
                update={"b_roll": (work.enhancement.b_roll[0].model_copy(update={"start_frame": 30}),)}
            )
        }
    )
    assert poster_frame(work) == 30
    assert poster_frame(shorter) == SLOT[1]


def test_a_video_plays_at_the_clips_rate_and_its_sound_is_not_heard(bench):
    work = planned(bench, video(bench), shown=(66, 66 + 75))
    made = render(bench, work)
    assert measure(made.video, work, made.witness).problems == ()
    frames = seen(made)
    middle = [int(frames[n][240, 135].mean()) for n in range(66, 141)]
    assert middle == sorted(middle)
    # 62 pictures in two and a half seconds, two steps of luma each.
    assert 110 < middle[-1] - middle[0] < 160


def test_a_draft_that_ends_within_a_shot_has_its_frames(bench):
    work = opening(planned(bench, picture(bench)), 90)
    made = render(bench, work)
    frames = seen(made)
    assert len(frames) == 90
    assert frames[-1][200, 20][0] > 190


def test_a_photo_stands_upright_and_a_film_is_the_same_whenever_it_is_made(bench):
    look = ShotLook(file=picture(bench, turned=True), width=270, height=480, rate=RATE, frames=10)
    one, again = shot_film(bench, look), shot_film(bench, look)
    assert one == again
    made = [frame.astype(int) for _, frame in pictures(bench.open(one.media))]
    assert len(made) == 10
    assert made[0].shape == (480, 270, 3)
    # A camera that was held sideways: what it wrote at the left is at the top.
    assert made[0][20, 135][0] > 190 > made[0][20, 135][2]
    assert made[0][-20, 135][2] > 190
