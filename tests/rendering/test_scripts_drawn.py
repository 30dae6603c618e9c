"""Captions in every script: each letter drawn by a font that has it, in the order in which it is read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_studio import framing, job, media, panel, pictures, segment, silence

from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from shortform_assets.contracts.creative import CaptionPage, CaptionWord
from shortform_assets.creative.captions.draw.ass_script import ass_script
from shortform_assets.creative.captions.draw.word_places import word_places
from shortform_assets.creative.captions.text.clip_fonts import ClipFonts, ClipLetters
from shortform_assets.creative.captions.text.font_stack import stacks
from shortform_assets.creative.captions.text.typeset import Typeface, displayed, type_px
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.rendering.render_output import render
from shortform_assets.text.writing_systems import direction_mark, reads_right_to_left

LINES = {
    "el": "Η αλήθεια είναι απλή",
    "uk": "Це змінило все життя",
    "ar": "هذا غيّر كل شيء",
    "he": "זה שינה את הכול",
    "fa": "می‌خواهم کتاب‌ها را",
    "hi": "क्षत्रिय ने प्रश्न पूछा",
    "bn": "এটি সবকিছু বদলে দিয়েছে",
    "ta": "கோழி முட்டை இட்டது",
    "th": "ปั๊มน้ำเปลี่ยนทุกอย่าง",
    "zh": "今天我们聊聊人工智能",
    "ja": "今日は人工知能の話です",
    "ko": "오늘은 인공지능 이야기",
}


def clip_fonts(bench, language: str, texts: list[str], style) -> ClipFonts:
    return ClipLetters(bench, FallbackFonts().load(), style, language).fonts(texts)


def drawing(bench, language: str, words: list[str], frames: int = 2):
    """A job that shows the words on one line, and the stack it is set with."""
    picture = np.zeros((360, 640, 3), np.uint8)
    clip = media([segment(bench, lambda n: picture, silence(frames), frames)])
    step = max(1, frames // len(words))
    row = tuple(
        CaptionWord(text=w, start_frame=i * step, end_frame=(i + 1) * step) for i, w in enumerate(words)
    )
    shown = CaptionPage(
        start_frame=0,
        end_frame=frames,
        lines=(row,),
        anchor={"9:16": 0.5},
        size={"9:16": (0.9, 0.05)},
        scale=0.8,
        right_to_left=reads_right_to_left(" ".join(words), language),
    )
    work = job(
        bench, clip, framing(0, frames, panel(202.5, 360, (0, 200, 0))), size=(1080, 1920), pages=(shown,)
    )
    fonts = clip_fonts(bench, language, words, work.style)
    enhancement = work.enhancement.model_copy(update={"fonts": fonts.added})
    return work.model_copy(update={"enhancement": enhancement}), fonts.stack(work.style.captions.font)


@pytest.mark.parametrize("language", LINES)
def test_a_line_is_drawn_as_it_was_measured(bench, language):
    words = LINES[language].split()
    work, stack = drawing(bench, language, words)
    ink = next(p.max(axis=2) > 60 for _, p in pictures(render(bench, work).video))
    across = np.flatnonzero(ink.any(axis=0))
    em = 0.8 * type_px(work.style.captions.size, "9:16")
    assert across[-1] - across[0] == pytest.approx(em * stack.width(" ".join(words)), rel=0.03)
    assert stack.lacking(LINES[language]) == []


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("he", "Python זה נהדר מאוד"),
        ("en", "They say שלום עולם here"),
        ("ar", "YouTube هو وقتي"),
        ("en", "one two three"),
        ("he", "שלום 3 חברים טובים"),
    ],
)
def test_words_are_lit_where_they_are_read(bench, language, line):
    """The word that is said is lit in its place, in lines that run either way and in both."""
    words = line.split()
    work, stack = drawing(bench, language, words, frames=2 * len(words))
    lit = []
    for picture in [p.astype(int) for _, p in pictures(render(bench, work).video)][::2]:
        yellow = (picture[:, :, 0] > 180) & (picture[:, :, 2] < 90)
        assert yellow.sum() > 100
        lit.append(float(np.flatnonzero(yellow.any(axis=0)).mean()))
    seen = sorted(range(len(words)), key=lambda i: lit[i])
    spaces = [*(" " for _ in words[1:]), ""]
    places = word_places(stack, words, spaces, direction_mark(line, reads_right_to_left(line, language)))
    assert seen == sorted(range(len(words)), key=lambda i: places[i])


def test_a_word_without_spaces_beside_it_never_grows_over_its_neighbours(bench):
    """In `pop` a Thai word is lit and stays as large as it is; a word with spaces beside it grows."""
    for words, grows in ((["ปั๊มน้ำ", "เปลี่ยน", "ทุกอย่าง"], False), (["one", "two", "six"], True)):
        inks = []
        for look in ("karaoke", "pop"):
            work, _ = drawing(bench, "th", words, frames=12)
            captions = work.style.captions.model_copy(update={"look": look})
            work = work.model_copy(update={"style": work.style.model_copy(update={"captions": captions})})
            inks.append([p.max(axis=2) > 90 for _, p in pictures(render(bench, work).video)][6])
        assert (inks[0] != inks[1]).any() == grows, words


EMOJI = ["👩‍👩‍👧", "👍🏽", "🇯🇵", "1️⃣", "❤️", "🏳️‍🌈", "🧑🏿‍🚀", "👨‍👩‍👧‍👦", "🐻‍❄️", "🇺🇳"]
EMOJI += ["🏴" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng") + "\U000e007f"]


@pytest.mark.parametrize("emoji", EMOJI)
def test_a_sequence_of_emoji_is_one_picture(bench, emoji):
    """Never its parts, never a box: a single glyph is measured and that one is drawn."""
    work, stack = drawing(bench, "en", [emoji])
    (run,) = stack.runs(emoji)
    assert len(run.face.spelled(emoji)) == 1
    ink = next(p.max(axis=2) > 60 for _, p in pictures(render(bench, work).video))
    across = np.flatnonzero(ink.any(axis=0))
    em = 0.8 * type_px(work.style.captions.size, "9:16")
    assert across[-1] - across[0] < 1.5 * em


ALL_SCRIPTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=8),
    st.sampled_from([word for line in LINES.values() for word in line.split()]),
    st.sampled_from(EMOJI),
)


@settings(max_examples=60, deadline=None)
@given(words=st.lists(ALL_SCRIPTS, min_size=1, max_size=6), language=st.sampled_from([*LINES, "en"]))
def test_whatever_is_drawn_has_a_glyph(tmp_path_factory, words, language):
    """No character that a stack draws is the box of its font, and the stack says which it cannot draw."""
    import uharfbuzz

    with StoreBench.over(MediaStore.local(tmp_path_factory.mktemp("store"))) as bench:
        from render_studio import style_of

        fonts = clip_fonts(bench, language, words, style_of(bench))
        stack = fonts.stack("Montserrat ExtraBold")
        for word in words:
            for text in (displayed(word, False), displayed(word, True)):
                runs = list(stack.runs(text))
                assert "".join(run.text for run in runs) == text
                if not fonts.draws(word):
                    continue
                for run in runs:
                    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(run.face.path)))
                    buffer = uharfbuzz.Buffer()
                    buffer.add_str(run.face.spelled(run.text))
                    buffer.guess_segment_properties()
                    uharfbuzz.shape(font, buffer)
                    assert 0 not in [info.codepoint for info in buffer.glyph_infos], (run.text, run.family)


def test_the_same_words_give_the_same_fonts(tmp_path):
    """Cut twice in two stores: the same bytes, so that a plan made again is the same plan."""
    made = []
    for name in ("a", "b"):
        with StoreBench.over(MediaStore.local(tmp_path / name)) as bench:
            from render_studio import style_of

            made.append(clip_fonts(bench, "ja", ["日本語", "مرحبا", "👍🏽"], style_of(bench)).added)
    assert made[0] == made[1]
    assert len(made[0]) == 3


def test_no_font_of_the_machine_is_asked(bench):
    """Every run names a font of the job: the script names no other, and each is in the job."""
    work, stack = drawing(bench, "en", ["Hi", "日本", "👍🏽", "שלום"])
    script = ass_script(work, {work.style.captions.font: stack})
    named = {part.split("\\")[0] for part in script.split("\\fn")[1:]}
    held = {font.family for font in (*work.style.fonts, *work.enhancement.fonts)}
    assert named <= held
    assert len(named) == 4
    assert all(Path(bench.open(font.file)).stat().st_size < 60_000 for font in work.enhancement.fonts)


HOSTILE = [
    r"{\an8}\N",
    "100%{x",
    "[out];,=",
    "a\nb",
    "\u202eevil",
    "\x00\x1b!",
    "}{",
    "\\",
    "שלום{",
    "👩‍👩‍👧\\N",
]


@pytest.mark.parametrize("language", [*LINES, "emoji", "hostile"])
def test_libass_finds_every_glyph_in_the_fonts_of_the_job(bench, tmp_path, language):
    """Its own log: no glyph is looked for anywhere else, and none is missing."""
    words = {"emoji": EMOJI, "hostile": HOSTILE}.get(language) or LINES[language].split()
    work, _ = drawing(bench, language, words)
    fonts = (*work.style.fonts, *work.enhancement.fonts)
    faces = [(font.family, Typeface(bench.open(font.file))) for font in fonts]
    (tmp_path / "fonts").mkdir()
    for i, font in enumerate(fonts):
        shutil.copy(bench.open(font.file), tmp_path / "fonts" / f"{i}.ttf")
    (tmp_path / "line.ass").write_text(ass_script(work, stacks(faces, 1)), "utf-8")
    log = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "verbose"),
            *("-f", "lavfi", "-i", "color=c=black:s=1080x1920:d=0.04"),
            *("-vf", "ass=line.ass:fontsdir=fonts", "-f", "null", "-"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    chosen = [line.split("->")[1] for line in log.splitlines() if "fontselect:" in line and "->" in line]
    assert chosen
    assert not [name for name in chosen if "/" in name], "a font of the machine was asked"
    assert "not found" not in log
    assert "failed to find" not in log


def test_a_font_without_names_is_one_clear_error(tmp_path):
    from fontTools.ttLib import TTFont

    font = TTFont(shipped("style_contracts") / "shortform" / "Montserrat-ExtraBold.ttf")
    del font["name"]
    font.save(tmp_path / "nameless.ttf")
    with pytest.raises(InputError, match=r"no table 'name'"):
        Typeface(tmp_path / "nameless.ttf")


def test_a_font_of_the_users_draws_first_even_without_names(bench, tmp_path, monkeypatch):
    """What steps in is named after its bytes: whatever names it had, or none, it is found."""
    from fontTools.ttLib import TTFont

    font = TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
    font["name"].names = []
    (tmp_path / "mine").mkdir()
    font.save(tmp_path / "mine" / "mine.ttf")
    monkeypatch.setenv("SHORTFORM_FONTS", str(tmp_path / "mine"))
    work, stack = drawing(bench, "ar", LINES["ar"].split())
    (added,) = work.enhancement.fonts
    assert added.family.startswith("mine ")
    ink = next(p.max(axis=2) > 60 for _, p in pictures(render(bench, work).video))
    across = np.flatnonzero(ink.any(axis=0))
    em = 0.8 * type_px(work.style.captions.size, "9:16")
    assert across[-1] - across[0] == pytest.approx(em * stack.width(LINES["ar"]), rel=0.03)
