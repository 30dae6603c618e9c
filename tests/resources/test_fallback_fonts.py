"""Fonts that step in: the user's first, then the registered ones, each with its bytes; what is not here is named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest

from resources.fallback_fonts import FallbackFonts
from resources.font_registry import FALLBACK_FONTS
from shortform_assets.errors import InputError

DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


@pytest.fixture(autouse=True)
def no_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SHORTFORM_FONTS", raising=False)
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path / "cache"))


def test_every_registered_font_is_here_and_draws_its_scripts():
    from fontTools.unicodedata import script
    from uharfbuzz import Blob, Face

    shelf = FallbackFonts().load()
    found = {font.family: font for font in shelf.files()}
    assert list(found) == [font.family for font in FALLBACK_FONTS]
    assert not shelf.absent()
    for font in found.values():
        letters = {
            script(chr(code)) for code in Face(Blob.from_file_path(font.path), font.face_index).unicodes
        }
        assert font.scripts <= letters, font.family


def test_the_users_fonts_come_first_and_enter_the_fingerprint(tmp_path, monkeypatch):
    before = FallbackFonts().fingerprint
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(DEJAVU, folder / "Mine.TTF")
    (folder / "notes.txt").write_text("no font")
    monkeypatch.setenv("SHORTFORM_FONTS", str(folder))
    first, second = FallbackFonts().load().files()[:2]
    assert (first.family, first.own, second.own) == ("Mine", True, False)
    assert FallbackFonts().fingerprint != before


@pytest.mark.parametrize("content", [b"", b"no font at all", DEJAVU.read_bytes()[:3000]])
def test_a_damaged_font_of_the_users_is_named(tmp_path, monkeypatch, content):
    (tmp_path / "broken.ttf").write_bytes(content)
    monkeypatch.setenv("SHORTFORM_FONTS", str(tmp_path))
    with pytest.raises(InputError, match=r"broken\.ttf.*not a usable font"):
        FallbackFonts().load().files()


def test_a_folder_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("SHORTFORM_FONTS", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="SHORTFORM_FONTS"):
        FallbackFonts().load().files()


def test_what_is_not_installed_is_named_with_its_package():
    thai = next(font for font in FALLBACK_FONTS if "Thai" in font.scripts)
    file = replace(thai.model.files[0], parts=("no_such_package:x.ttf",))
    missing = replace(thai, model=replace(thai.model, files=(file,)))
    shelf = FallbackFonts((missing,)).load()
    assert not shelf.files()
    assert "pip install manimgx-fonts" in shelf.absent()["Thai"]


def test_wrong_bytes_are_no_registered_font(tmp_path, monkeypatch):
    hebrew = next(font for font in FALLBACK_FONTS if "Hebr" in font.scripts)
    file = replace(hebrew.model.files[0], sha256="0" * 64)
    assert not FallbackFonts((replace(hebrew, model=replace(hebrew.model, files=(file,))),)).load().files()
