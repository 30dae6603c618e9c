"""Every look and every overlay is seen where and when it is planned: pictures against a render without it."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from render_studio import RATE, framing, job, media, panel, pictures, samples, segment, silence

from shortform_assets.contracts.creative import CaptionPage, CaptionWord, TextOverlay
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.overlays import ElementLook, LowerThird, PlacedBox, PunchIn, ZoomFocus
from shortform_assets.contracts.style_contracts import (
    CallToActionStyle,
    CaptionLook,
    EndCardStyle,
    IntroCardStyle,
    LowerThirdStyle,
    ProgressBarStyle,
)
from shortform_assets.delivery.quality import measure
from shortform_assets.rendering.element_author import element_film
from shortform_assets.rendering.element_plan import elements, length_with_card
from shortform_assets.rendering.render_output import render

SIZE = (540, 960)
FRAMES = 48
LINES = (("Nobody", "tells"), ("the", "400."))


def grey(n: int) -> np.ndarray:
    picture = np.full((360, 640, 3), 90, np.uint8)
    # A face's stand-in in the middle of the output, and something that moves.
    picture[150:210, 300:340] = 180
    picture[:6, 6 * (n % 30) + 200 : 6 * (n % 30) + 230] = 160
    return picture


def page(look: CaptionLook) -> CaptionPage:
    words = iter(range(4))
    lines = tuple(
        tuple(CaptionWord(text=w, start_frame=4 + 10 * (i := next(words)), end_frame=14 + 10 * i, emphasis=w == "400.") for w in line)
        for line in LINES
    )  # fmt: skip
    if look == "one_word":
        lines = (lines[0][:1],)
    return CaptionPage(
        start_frame=2, end_frame=46, lines=lines, anchor={"9:16": 0.5}, size={"9:16": (0.8, 0.14)}, voice=1
    )


def shown(bench, *, captions=None, style=None, enhancement=None, frames=FRAMES):
    """Pictures of a render with what is asked for."""
    clip = media([segment(bench, grey, silence(frames), frames)])
    work = job(bench, clip, framing(0, frames, panel(202.5, 360, (0, 218.75, 0))), size=SIZE)
    look = work.style.captions.model_copy(update=captions or {})
    work = work.model_copy(
        update={
            "style": work.style.model_copy(update={"captions": look, **(style or {})}),
            "enhancement": work.enhancement.model_copy(update=enhancement or {}),
        }
    )
    work = work.model_copy(update={"frames": length_with_card(work.enhancement, frames)})
    work = work.model_copy(update={"elements": elements(bench, work)})
    made = render(bench, work)
    # The gate knows what was planned: nothing of it is taken for a wrong, black or standing picture.
    assert measure(made.video, work, made.witness).problems == ()
    return [picture.astype(int) for _, picture in pictures(made.video)], made


def extent(change: np.ndarray) -> tuple[float, float, float, float]:
    """Left, top, right, bottom as shares of the output, of what changed."""
    rows, columns = np.flatnonzero(change.any(axis=1)), np.flatnonzero(change.any(axis=0))
    height, width = change.shape
    return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height


def changed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    found = np.abs(one - other).max(axis=2) > 45
    # Coding noise around what moves there.
    found[:60] = False
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    from resources.bench import StoreBench
    from resources.media_store import MediaStore

    with StoreBench.over(MediaStore.local(tmp_path_factory.mktemp("bare"))) as bench:
        return shown(bench)[0]


@pytest.mark.parametrize("look", get_args(CaptionLook))
def test_a_look_is_seen_in_its_box_and_time_and_moves_no_word_but_its_own(bench, bare, look):
    # Type is set for 1080 pixels across.
    font = {"look": look, "emphasis_colour": "#FF5A3C", "size": 0.025, "outline": 0.002}
    seen, _ = shown(bench, captions=font, enhancement={"pages": (page(look),)})
    changes = [changed(a, b) for a, b in zip(seen, bare, strict=True)]
    assert not changes[0].any()
    assert not changes[47].any()
    box = OutputBox.around(0.5, 0.8, 0.14)
    for change in changes[6:46]:
        left, top, right, bottom = extent(change)
        assert box.left <= left < right <= box.right
        assert box.top - 0.002 <= top < bottom <= box.bottom + 0.002
    # In the middle of the second and of the third word: what the looks do is told by what differs between them.
    second, third = seen[19], seen[29]
    moves = changed(second, third).any()
    assert moves == (look not in ("plain", "one_word", "two_tone"))
    if look == "typewriter":
        assert [int(c.sum()) for c in changes[6:44:6]] == sorted(int(c.sum()) for c in changes[6:44:6])
    if look == "pop":
        # The first word of the first line stands still while the second grows.
        still = np.flatnonzero(changed(bare[0], seen[3]).any(axis=0))
        left = still[0]
        grown = np.flatnonzero(changes[19].any(axis=0))
        assert abs(int(grown[0]) - int(left)) <= 1
    if look == "two_tone":
        yellow = (second[:, :, 0] > 180) & (second[:, :, 2] < 90)
        assert yellow.sum() > 300


def test_a_progress_bar_grows_with_the_clip(bench, bare):
    bar = PlacedBox(x=0.1, y=0.6, width=0.8, height=0.01)
    style = {"progress_bar": ProgressBarStyle(colour="#FFD60A", height=0.01)}
    seen, _ = shown(bench, style=style, enhancement={"progress_bar": {"9:16": bar}})
    ends = []
    for n in (6, 18, 30, 42):
        change = changed(seen[n], bare[n])
        left, top, right, bottom = extent(change)
        assert left == pytest.approx(0.1, abs=0.01)
        assert (top, bottom) == pytest.approx((0.6, 0.61), abs=0.003)
        assert right == pytest.approx(0.9, abs=0.01)
        played = (seen[n][:, :, 0] > 180) & (seen[n][:, :, 2] < 110)
        ends.append(extent(played & change)[2])
    assert ends == pytest.approx([0.1 + 0.8 * (n + 0.5) / FRAMES for n in (6, 18, 30, 42)], abs=0.03)


def test_a_name_comes_on_its_strip_and_goes(bench, bare):
    font = "Montserrat ExtraBold"
    strip = LowerThird(
        name="Ada Lovelace",
        start_frame=2,
        end_frame=44,
        place={"9:16": PlacedBox(x=0.06, y=0.7, width=0.5, height=0.05)},
    )
    style = {
        "lower_third": LowerThirdStyle(
            font=font, size=0.02, colour="#FFFFFF", box_colour="#101014", seconds=2
        )
    }
    seen, _ = shown(bench, style=style, enhancement={"lower_thirds": (strip,)})
    assert not changed(seen[1], bare[1]).any()
    assert not changed(seen[45], bare[45]).any()
    assert extent(changed(seen[23], bare[23])) == pytest.approx((0.06, 0.7, 0.56, 0.75), abs=0.006)
    rows, columns = slice(int(0.705 * 960), int(0.745 * 960)), slice(int(0.1 * 540), int(0.54 * 540))
    assert (seen[23][rows, columns].min(axis=2) > 200).sum() > 200
    # On its way it covers less, and no letter is seen yet.
    assert changed(seen[4], bare[4]).sum() < changed(seen[23], bare[23]).sum()
    assert (seen[4][rows, columns].min(axis=2) > 200).sum() == 0


@pytest.mark.parametrize("motion", ["fade", "wipe", "rise"])
def test_a_card_comes_and_goes_within_its_own_edges(bench, bare, motion):
    card = TextOverlay(
        lines=("Follow us",), start_frame=4, end_frame=44, anchor={"9:16": 0.3}, size={"9:16": (0.6, 0.06)}
    )
    style = CallToActionStyle(
        text="Follow us", font="Montserrat ExtraBold", size=0.03, colour="#101014", box_colour="#FFFFFF",
        seconds=2, entrance=motion, exit=motion,
    )  # fmt: skip
    seen, _ = shown(bench, style={"call_to_action": style}, enhancement={"call_to_action": card})
    areas = []
    for n, (a, b) in enumerate(zip(seen, bare, strict=True)):
        change = changed(a, b)
        areas.append(int(change.sum()))
        assert bool(areas[-1]) <= (4 <= n < 44)
        if areas[-1]:
            left, top, right, bottom = extent(change)
            assert 0.2 - 0.004 <= left < right <= 0.8 + 0.004
            assert 0.27 - 0.003 <= top < bottom <= 0.33 + 0.003
    assert areas[24] > 0.9 * 0.6 * 0.06 * 540 * 960
    if motion != "fade":
        assert areas[5] < 0.6 * areas[24]
        assert areas[42] < 0.6 * areas[24]


def test_an_intro_card_hides_the_first_moments_and_only_them_under_their_captions(bench, bare):
    card = TextOverlay(
        lines=("shortform",), start_frame=0, end_frame=26, anchor={"9:16": 0.5}, size={"9:16": (0.6, 0.06)}
    )
    style = IntroCardStyle(
        text="shortform", font="Montserrat ExtraBold", size=0.04, colour="#FFFFFF", background="#202060", seconds=1
    )  # fmt: skip
    words = (CaptionWord(text="said", start_frame=2, end_frame=20),)
    caption = CaptionPage(
        start_frame=2, end_frame=20, lines=(words,), anchor={"9:16": 0.7}, size={"9:16": (0.5, 0.1)}
    )
    laid = {"intro_card": card, "show_logo": True, "pages": (caption,)}
    seen, _ = shown(bench, style={"intro_card": style}, enhancement=laid)
    # Neither longer nor later: the talk goes on under it.
    assert len(seen) == FRAMES
    assert not any(changed(a, b).any() for a, b in zip(seen[26:], bare[26:], strict=True))
    # The first picture is the whole card already, for that one stands in a feed.
    for n in (0, 8):
        assert np.abs(seen[n][5, 5] - np.array([0x20, 0x20, 0x60])).max() < 12
        assert (seen[n][int(0.47 * 960) : int(0.53 * 960)].min(axis=2) > 200).sum() > 300
    assert (seen[8][int(0.65 * 960) : int(0.75 * 960)].max(axis=2) > 200).sum() > 300
    hidden = [int((np.abs(seen[n] - bare[n]).max(axis=2) > 45).sum()) for n in range(16, 26)]
    assert hidden == sorted(hidden, reverse=True)
    assert hidden[-1] < 0.3 * hidden[0]


def test_an_end_card_makes_the_output_longer_in_picture_and_sound(bench, bare):
    card = TextOverlay(
        lines=("shortform",),
        start_frame=FRAMES,
        end_frame=FRAMES + 36,
        anchor={"9:16": 0.5},
        size={"9:16": (0.6, 0.06)},
    )
    style = EndCardStyle(
        text="shortform", font="Montserrat ExtraBold", size=0.04, colour="#FFFFFF", background="#202060",
        seconds=1.2,
    )  # fmt: skip
    seen, made = shown(bench, style={"end_card": style}, enhancement={"end_card": card, "show_logo": True})
    assert len(seen) == FRAMES + 36
    assert len(samples(made.video)) >= RATE.samples(FRAMES + 36, 48000)
    # Not a frame of the clip is touched.
    assert not any(changed(a, b).any() for a, b in zip(seen[:FRAMES], bare, strict=True))
    last = seen[-1]
    assert np.abs(last[5, 5] - np.array([0x20, 0x20, 0x60])).max() < 12
    letters = last.min(axis=2) > 200
    _, top, _, bottom = extent(letters[int(0.45 * 960) : int(0.55 * 960)])
    assert 0.2 < (top + bottom) / 2 < 0.8
    # The logo stands above them.
    assert (last[: int(0.46 * 960)].max(axis=2) > 180).sum() > 200


def test_a_zoom_enlarges_around_its_focus_and_is_gone_after(bench, bare):
    punch = PunchIn(start_frame=8, end_frame=40, ramp=7, focus={"9:16": ZoomFocus(x=0.5, y=0.5, zoom=1.2)})
    seen, _ = shown(bench, enhancement={"punch_ins": (punch,)})
    assert not any(changed(seen[n], bare[n]).any() for n in (*range(8), *range(40, FRAMES)))

    def sides(picture: np.ndarray) -> tuple[float, float, float, float]:
        return extent(picture[40:].min(axis=2) > 140)

    def width(picture: np.ndarray) -> float:
        left, _, right, _ = sides(picture)
        return right - left

    before, after = sides(bare[24]), sides(seen[24])
    assert width(seen[24]) == pytest.approx(1.2 * width(bare[24]), rel=0.03)
    assert (after[0] + after[2]) / 2 == pytest.approx((before[0] + before[2]) / 2, abs=0.004)
    widths = [width(seen[n]) for n in range(8, 24)]
    assert widths == sorted(widths)
    assert max(b - a for a, b in pairwise(widths)) < 0.08 * width(bare[24])


def test_an_element_is_the_same_film_whenever_it_is_made_and_made_once(bench, tmp_path):
    look = ElementLook(
        kind="lower_third", width=200, height=40, rate=RATE, frames=40, colour="#101014", accent="#FFD60A"
    )
    one, again = element_film(bench, look), element_film(bench, look)
    assert one.media.sha256 == again.media.sha256
    other = element_film(bench, look.model_copy(update={"accent": "#00E0A4"}))
    assert other.media.sha256 != one.media.sha256
