"""Text that was said stays text, and is drawn where it was measured."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from present import present
from render_studio import RATE, framing, job, media, panel, pictures, segment, silence, style_of

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import CaptionPage, CaptionWord, LogoPlacement, TextOverlay
from shortform_assets.contracts.style_contracts import Font
from shortform_assets.creative.captions.draw.ass_events import escaped, timestamp
from shortform_assets.creative.captions.draw.ass_script import ass_script
from shortform_assets.creative.captions.text.clip_fonts import ClipLetters
from shortform_assets.creative.captions.text.font_stack import stacks
from shortform_assets.creative.captions.text.typeset import Typeface, displayed, type_px
from shortform_assets.rendering.filtergraph import build_graph, quoted
from shortform_assets.rendering.output_sound import JOINED
from shortform_assets.rendering.render_output import render
from shortform_assets.rendering.witness import Witness

FULL = (1080, 1920)
SOME_SIZE = {"9:16": (0.6, 0.06)}
HOSTILE = (
    r"{\an8}",
    r"\N\n\h",
    "it's:",
    "100%{x",
    "a\nDialogue: 0,0:00:00.00,9:59:59.99,Hook,,0,0,0,,pwned",
    "[out];,=",
    "🙂👩‍👩‍👧",
    "\u202eevil",
    "שלום",
    "日本語",
    "\\",
    "}{",
    "\x00\x1b",
)


def page(lines, start=0, end=4, anchor=0.5, scale=1.0) -> CaptionPage:
    rows = tuple(tuple(CaptionWord(text=w, start_frame=start, end_frame=end) for w in line) for line in lines)
    return CaptionPage(
        start_frame=start, end_frame=end, lines=rows, anchor={"9:16": anchor}, size=SOME_SIZE, scale=scale
    )


def black_clip(bench, frames: int):
    picture = np.zeros((360, 640, 3), np.uint8)
    return media([segment(bench, lambda n: picture, silence(frames), frames)])


def written(bench, pages=(), frames=4, size=FULL, **more):
    still = framing(0, frames, panel(202.5, 360, (0, 200, 0)))
    work = job(bench, black_clip(bench, frames), still, size=size, pages=tuple(pages), **more)
    texts = [word.text for shown in pages for line in shown.lines for word in line]
    fonts = ClipLetters(bench, FallbackFonts().load(), work.style, "en").fonts(texts).added
    work = work.model_copy(update={"enhancement": work.enhancement.model_copy(update={"fonts": fonts})})
    return [p.max(axis=2) > 60 for _, p in pictures(render(bench, work).video)]


def extent(ink: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def test_hostile_text_is_drawn_in_its_place(bench):
    """No tag, field or new line gets through: all ink stays in the band of its line."""
    pages = [page([[word, "end"]], 2 * i, 2 * i + 2, 0.5) for i, word in enumerate(HOSTILE)]
    inks = written(bench, pages, frames=2 * len(HOSTILE))
    # Foreign fonts may stand higher than ours; a tag or break would move ink by hundreds of pixels.
    for word, ink in zip(HOSTILE, inks[::2], strict=True):
        top, bottom, _, _ = extent(ink)
        assert 960 - 75 < top < bottom < 960 + 75, word


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_line_to_the_script(bench, text):
    clip = black_clip(bench, 2)
    still = framing(0, 2, panel(202.5, 360, (0, 200, 0)))
    work = job(bench, clip, still, size=FULL, pages=(page([[text]], 0, 2),))
    faces = stacks([(font.family, Typeface(bench.open(font.file))) for font in work.style.fonts], 1)
    script = ass_script(work, faces)
    events = script.split("[Events]")[1].splitlines()[2:]
    assert len(events) == 1
    assert events[0].startswith("Dialogue: 1,0:00:00.00,0:00:00.06,Caption,,0,0,0,,")
    # The one block of tags is ours: the place and the colour. A mark of direction may part them.
    body = events[0].replace("\\{", "").replace("\\}", "").replace("}\u200e{", "")
    assert body.count("{") == body.count("}") == 1
    witness = Witness.of(work, bench.scratch, bench.scratch / JOINED)
    script = bench.scratch / "captions.ass"
    graph = build_graph(work, script=script, fonts=bench.scratch, logo=False, witness=witness)
    assert text not in graph or text == "\\"


def test_escapes():
    assert escaped(r"a{\b1}\N") == "a\\{\\\u2060b1\\}\\\u2060N"
    assert displayed("a\n\t b\u202e\x00", True) == "A B"
    assert displayed("straße", True) == "STRASSE"
    assert quoted(Path("/a b/c:d's[1],;")) == "/a b/c\\\\:d\\\\\\'s\\[1\\]\\,\\;"


DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
"""Has Arabic, and travels with a library that is there anyway."""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shortform", "Wavy Áñößç mixed WIDTHS"),
        ("shortform", "AVAVAVAV To Ta Wa. Ty"),
        ("acme", "AVAVAVAV To Ta Wa. Ty"),
        ("acme", "Wavy Áñößç mixed WIDTHS"),
        ("DejaVu Sans", "مرحبا بالعالم كيف حالك"),
        ("DejaVu Sans", "AVAVAVAV To Ta Wa. Ty"),
    ],
)
def test_text_is_as_wide_as_measured(bench, name, text):
    """The renderer draws a line within two percent of what was measured: kerned, joined, as it is shaped."""
    style = style_of(bench, name if name in ("shortform", "acme") else "shortform")
    if name == "DejaVu Sans":
        own = bench.scratch / "own.ttf"
        shutil.copy(DEJAVU, own)
        captions = style.captions.model_copy(update={"font": name})
        fonts = (*style.fonts, Font(family=name, file=bench.keep(own)))
        style = style.model_copy(update={"captions": captions, "fonts": fonts})
    file = next(font.file for font in style.fonts if font.family == style.captions.font)
    face = Typeface(bench.open(file))
    still = framing(0, 2, panel(202.5, 360, (0, 200, 0)))
    # A narrow scale, so that the line fits every style.
    pages = (page([text.split()], 0, 2, scale=0.7),)
    work = job(bench, black_clip(bench, 2), still, size=FULL, pages=pages)
    work = work.model_copy(update={"style": style})
    ink = next(p.max(axis=2) > 60 for _, p in pictures(render(bench, work).video))
    top, bottom, left, right = extent(ink)
    em = 0.7 * type_px(style.captions.size, "9:16")
    expected = em * face.width(displayed(text, style.captions.uppercase))
    assert right - left == pytest.approx(expected, rel=0.02)
    assert (left + right) / 2 == pytest.approx(540, abs=4)
    assert bottom - top < 1.25 * em + 3 * type_px(style.captions.outline, "9:16")


def test_unspaced_words_are_drawn_without_spaces(bench):
    """Each token keeps its own highlight, and nothing stands between it and the next."""
    still = framing(0, 2, panel(202.5, 360, (0, 200, 0)))
    tokens = ["我", "们", "用", "Python", "写"]
    work = job(bench, black_clip(bench, 2), still, size=FULL, pages=(page([tokens], 0, 2),))
    faces = stacks([(font.family, Typeface(bench.open(font.file))) for font in work.style.fonts], 1)
    (event,) = [line for line in ass_script(work, faces).splitlines() if line.startswith("Dialogue: 1")]
    assert re.sub(r"\{[^}]*\}", "", event).endswith(",,我们用 Python 写")
    assert event.count("\\1c") == len(tokens)


def test_the_highlight_moves_and_nothing_else(bench):
    """Every word is lit in its own frames, in its own place, and the layout never shifts."""
    line = tuple(
        CaptionWord(text=w, start_frame=3 * i, end_frame=3 * i + 3)
        for i, w in enumerate(("one", "two", "six"))
    )
    pages = (CaptionPage(start_frame=0, end_frame=12, lines=(line,), anchor={"9:16": 0.5}, size=SOME_SIZE),)
    still = framing(0, 12, panel(202.5, 360, (0, 200, 0)))
    work = job(bench, black_clip(bench, 12), still, size=FULL, pages=pages)
    shown = [p.astype(int) for _, p in pictures(render(bench, work).video)]
    bounds = {extent(p.max(axis=2) > 90)[2:] for p in shown}
    assert max(a for a, _ in bounds) - min(a for a, _ in bounds) <= 2
    lit: list[int | None] = []
    for picture in shown:
        yellow = (picture[:, :, 0] > 180) & (picture[:, :, 2] < 90)
        lit.append(round(float(np.flatnonzero(yellow.any(axis=0)).mean())) if yellow.sum() > 200 else None)
    assert lit[9:] == [None] * 3
    assert len({*lit[0:3]}) == len({*lit[3:6]}) == len({*lit[6:9]}) == 1
    assert present(lit[0]) < present(lit[3]) < present(lit[6])


def test_hook_and_logo_stand_where_planned(bench):
    hook = TextOverlay(
        lines=("Big idea",), start_frame=0, end_frame=10, anchor={"9:16": 0.2}, size={"9:16": (0.4, 0.05)}
    )
    logo = {"9:16": LogoPlacement(x=0.06, y=0.14, width=0.2, height=0.024, start_frame=10)}
    inks = written(bench, frames=14, hook=hook, logo=logo)
    # Faded in half-way through, gone with the hook's last frame.
    top, bottom, left, right = extent(inks[5])
    assert (top + bottom) / 2 == pytest.approx(0.2 * 1920, abs=6)
    assert (left + right) / 2 == pytest.approx(540, abs=4)
    top, bottom, left, right = extent(inks[12])
    assert 0.06 * 1080 - 2 <= left < right <= 0.26 * 1080 + 2
    assert 0.14 * 1920 - 2 <= top < bottom <= 0.164 * 1920 + 2
    assert right - left > 150


@pytest.mark.parametrize("rate", [FrameRate(num=24000, den=1001), RATE, FrameRate(num=60)])
def test_times_fall_between_frames(rate):
    for frame in range(1, 20_000, 7):
        h, m, s = timestamp(frame, rate).split(":")
        at = int(h) * 3_600_000 + int(m) * 60_000 + round(float(s) * 1000)
        assert (frame - 1) * 1000 / rate.fps < at < frame * 1000 / rate.fps
