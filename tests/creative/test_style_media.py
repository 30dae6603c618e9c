"""Files that a style names: logos, fonts and sounds that anybody may have made, and beds that come along."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from present import present
from style_folder import edit, png, refused, tone, write

from resources.music_beds import MUSIC_BEDS, BundledBeds
from shortform_assets.creative.styles.style_checks import style_faults
from shortform_assets.creative.styles.style_registry import publish_style, read_style
from shortform_assets.creative.styles.style_template import new_style
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.media.ffmpeg import run_ffmpeg

SVG_BOMB = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (SVG_BOMB, "is an SVG - export the logo as PNG"),
        (b"  <svg onload='x'/>", "is an SVG"),
        (png(20_000, 8, b"\0" * 10), "has 20000 x 8 pixels - export it at most 4096"),
        (png(20_000, 20_000, b"\0" * 10), "pixels - export it at most 4096"),
        (png(80, 80)[:60], "is not a readable PNG"),
        (png(80, 80, b"\0" * 10), "is not a readable PNG"),
        (png(80, 80).replace(b"IDAT", b"JDAT"), "is not a readable PNG"),
        (b"GIF89a" + b"\0" * 40, "is not a readable PNG"),
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_001, "is larger than 2 MB"),
        (png(80, 20), "is 80 x 20 pixels and drawn 230 x 58: it would be blurred"),
        (png(4000, 60), "logo.height: logo.png would be drawn 432 x 6 pixels"),
    ],
    ids=range(12),
)
def test_a_logo_that_cannot_be_drawn_is_one_sentence(store, source, data, says):
    (source / "logo.png").write_bytes(data)
    (found,) = refused(store, source)
    assert says in found
    assert "style.yaml:2" in found


def test_a_transparent_logo_shows_nothing(store, source):
    from PIL import Image

    Image.new("RGBA", (200, 100), (255, 0, 0, 0)).save(source / "logo.png")
    (found,) = refused(store, source)
    assert "shows nothing" in found


def test_files_of_elsewhere_are_refused(store, source, tmp_path):
    outside = tmp_path / "secret.png"
    outside.write_bytes((source / "logo.png").read_bytes())
    (source / "logo.png").unlink()
    (source / "logo.png").symlink_to(outside)
    assert "logo.png lies outside this folder through a link" in refused(store, source)[0]
    edit(source, "image: logo.png", f"image: {outside}")
    assert "lies outside this folder" in refused(store, source)[0]
    (source / "loop").symlink_to("loop")
    edit(source, f"image: {outside}", "image: loop")
    assert "logo.image: " in refused(store, source)[0]
    os.mkfifo(source / "pipe")
    edit(source, "image: loop", "image: pipe")
    assert "there is no file pipe" in refused(store, source)[0]
    edit(source, "image: pipe", f"image: {'x' * 5000}")
    assert "no file" in refused(store, source)[0]


def test_fonts_that_no_renderer_can_use(store, source):
    font = source / "Inter-ExtraBold.otf"
    good = font.read_bytes()
    for data, says in (
        (b"wOF2" + good[4:], "is a web font"),
        (b"ttcf" + good[4:], "is a collection of fonts"),
        (good[:2000], "not a usable font"),
    ):
        font.write_bytes(data)
        assert any("fonts.0.file: Inter-ExtraBold.otf" in f and says in f for f in refused(store, source)), (
            says
        )
    font.write_bytes(good)
    nameless = TTFont(font)
    del nameless["name"]
    nameless.save(source / "nameless.otf")
    edit(source, "Inter-ExtraBold.otf", "nameless.otf")
    assert any("style.yaml:7: fonts.0.file: nameless.otf" in fault for fault in refused(store, source))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (tone(5), ""),
        (tone(1), "bed.wav lasts 1 s - give a bed of 3 to 1200 s"),
        (tone(5, 0), "bed.wav is silent"),
        (b"no music", "bed.wav is no sound that can be read"),
        (png(80, 80), "bed.wav is no sound that can be read"),
    ],
    ids=["good", "short", "silent", "text", "picture"],
)
def test_a_bed_of_music_is_listened_to(store, source, data, says):
    (source / "bed.wav").write_bytes(data)
    edit(source, "  fade_ms: 80", "  fade_ms: 80\n  music: {file: bed.wav, level_lu: -14, duck_db: 8}")
    if says:
        (found,) = refused(store, source)
        assert f"style.yaml:37: audio.music.file: {says}" in found
    else:
        style, _ = publish_style(store, source)
        assert style.audio.music is not None
        assert store.open_local(style.audio.music.file).read_bytes() == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (tone(0.4), ""),
        (tone(0.02), "swoosh.wav lasts 0.02 s - give a sound of 0.05 to 3 s"),
        (tone(5), "swoosh.wav lasts more than 3 s"),
        (tone(0.4, 0.001), "swoosh.wav is silent - give a sound that is heard"),
        (b"no sound", "swoosh.wav is no sound that can be read"),
    ],
    ids=["good", "short", "long", "silent", "text"],
)
def test_a_sound_effect_is_listened_to(store, source, data, says):
    (source / "swoosh.wav").write_bytes(data)
    effects = "effects:\n    join: {file: swoosh.wav, level_lu: -10}\n    punch_in: {file: swoosh.wav, level_lu: -14}"
    edit(source, "  fade_ms: 80", f"  fade_ms: 80\n  {effects}")
    if says:
        first, second = refused(store, source)
        assert f"style.yaml:38: audio.effects.join.file: {says}" in first
        assert f"style.yaml:39: audio.effects.punch_in.file: {says}" in second
    else:
        style, _ = publish_style(store, source)
        heard = present(style.audio.effects)
        assert present(heard.join).file == present(heard.punch_in).file
        assert store.open_local(present(heard.join).file).read_bytes() == data


def film(seconds: float, size: str = "640x640") -> bytes:
    """An MP4 without sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        look = f"testsrc=s={size}:r=10:d={seconds}"
        run_ffmpeg(["-f", "lavfi", "-i", look, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)])
        return path.read_bytes()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lambda: png(700, 600), ""),
        (lambda: film(2.5), ""),
        (lambda: film(1), "shot lasts 1.0 s - give a video of 2 s and more"),
        (
            lambda: film(2.5, "320x640"),
            "shot has 320 x 640 pixels: it would be blurred - give one of at least 540",
        ),
        (lambda: png(700, 500), "shot has 700 x 500 pixels: it would be blurred"),
        (lambda: png(20_000, 8, b"\0" * 10), "shot has 20000 x 8 pixels - export it at most 8192"),
        (lambda: png(80, 80)[:60], "shot is not a readable picture"),
        (lambda: film(2.5)[:900], "shot is neither a picture nor a video that can be read"),
        (lambda: b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", "shot is neither a picture nor a video"),
        (lambda: tone(5), "shot is neither a picture nor a video"),
        (lambda: SVG_BOMB, "shot is neither a picture nor a video"),
    ],
    ids=["picture", "film", "short", "narrow", "small", "huge", "damaged", "cut_off", "list", "sound", "svg"],
)
def test_b_roll_is_looked_at(store, source, tmp_path, data, says):
    (source / "city").mkdir()
    (source / "city" / "shot").write_bytes(data())
    edit(
        source,
        "accent:",
        "b_roll:\n  shots:\n    - file: city/shot\n      words: [Paris, Eiffel Tower]\naccent:",
    )
    if says:
        (found,) = refused(store, source)
        assert f"style.yaml:5: b_roll.shots.0.file: {says}" in found
    else:
        style, _ = publish_style(store, source)
        (shot,) = present(style.b_roll).shots
        assert store.open_local(shot.file).read_bytes() == data()
        new_style(tmp_path / "fresh", "fresh", style, store.open_local, extends=False)
        assert read_style(store, tmp_path / "fresh").contract.b_roll == style.b_roll


@pytest.mark.parametrize(
    ("shot", "says"),
    [
        ("{file: shot, words: []}", r":4: b_roll\.shots\.0\.words: "),
        ("{file: shot, words: ['?!']}", r":4: b_roll\.shots\.0\.words\.0: "),
        ("{file: none.jpg, words: [Paris]}", r":4: b_roll\.shots\.0\.file: there is no file none\.jpg"),
        ("{words: [Paris]}", r":4: b_roll\.shots\.0\.file: "),
        ("{file: shot, word: Paris, words: [Paris]}", r":4: b_roll\.shots\.0\.word: .*did you mean words"),
    ],
)
def test_a_fault_of_the_library_names_its_key_and_line(store, source, shot, says):
    (source / "shot").write_bytes(png(600, 600))
    edit(
        source,
        "accent:",
        f"b_roll: {{seconds: 3, shots: [{shot}]}}\naccent:".replace("b_roll: {", "# no\nb_roll: {"),
    )
    with pytest.raises(InputError, match=r"style\.yaml" + says):
        read_style(store, source)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 270_000), st.binary(min_size=1, max_size=64))
def test_a_damaged_font_is_a_font_or_one_error(store, source, at, noise):
    font = source / "Inter-ExtraBold.otf"
    good = (shipped("style_contracts") / "acme" / font.name).read_bytes()
    font.write_bytes(good[:at] + noise + good[at + len(noise) :])
    try:
        faults = style_faults(read_style(store, source))
    except InputError as error:
        faults = [error]
    assert all(isinstance(fault, InputError) for fault in faults)


@pytest.mark.parametrize("name", MUSIC_BEDS)
def test_a_bundled_bed_is_published_as_the_bytes_that_are_registered(store, source, name):
    edit(source, "  fade_ms: 80", f"  fade_ms: 80\n  music: {{bundled: {name}, level_lu: -14, duck_db: 8}}")
    assert style_faults(read_style(store, source, BundledBeds())) == []
    style, _ = publish_style(store, source, BundledBeds())
    music = present(style.audio.music)
    assert music.bundled == name
    data = store.open_local(music.file).read_bytes()
    assert hashlib.sha256(data).hexdigest() == MUSIC_BEDS[name].fingerprint


def test_a_bundled_bed_and_a_file_take_each_others_place(store, source, tmp_path):
    edit(source, "  fade_ms: 80", "  fade_ms: 80\n  music: {bundled: calm, level_lu: -14, duck_db: 8}")
    calm, _ = publish_style(store, source, BundledBeds())

    def child(music: str, below: str = "acme@1"):
        folder = write(tmp_path / "child", f"name: child\nextends: {below}\naudio: {{music: {music}}}\n")
        (folder / "own.wav").write_bytes(tone(5))
        return present(read_style(store, folder, BundledBeds()).contract.audio.music)

    quieter = child("{level_lu: -20}")
    assert (quieter.file, quieter.bundled) == (present(calm.audio.music).file, "calm")
    own = child("{file: own.wav}")
    assert (own.bundled, own.file.size) == (None, len(tone(5)))
    assert child("{bundled: happy}").file.sha256 == MUSIC_BEDS["happy"].fingerprint
    assert child("{file: own.wav}", "../acme").bundled is None
    # A style that is begun from one with a bundled bed names it, too.
    new_style(tmp_path / "fresh", "fresh", calm, store.open_local, extends=False)
    fresh = read_style(store, tmp_path / "fresh", BundledBeds()).contract
    assert fresh.audio == calm.audio
    assert not (tmp_path / "fresh" / "music").exists()


@pytest.mark.parametrize(
    ("music", "says"),
    [
        ("bundled: clam", "there is no bundled bed 'clam' - choose from calm, "),
        ("bundled: [calm]", "it cannot be"),
        ("bundled: calm, file: bed.wav", "a file and a bundled bed are named - name one of the two"),
    ],
)
def test_a_bed_that_is_not_one_is_told_at_its_line(store, source, music, says):
    (source / "bed.wav").write_bytes(tone(5))
    edit(source, "  fade_ms: 80", f"  fade_ms: 80\n  music: {{{music}, level_lu: -14, duck_db: 8}}")
    with pytest.raises(InputError, match=r"style\.yaml:37: audio\.music\.bundled: " + re.escape(says)):
        read_style(store, source, BundledBeds())


def test_a_bed_whose_package_is_not_here_says_what_to_install(store, source, monkeypatch, tmp_path):
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    edit(source, "  fade_ms: 80", "  fade_ms: 80\n  music: {bundled: calm, level_lu: -14, duck_db: 8}")
    with pytest.raises(InputError, match="not installed - pip install immich-memories-music"):
        read_style(store, source, BundledBeds())
