"""The style registry against a real store, and the errors of faulty sources."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resources.media_store import MediaStore
from shortform_assets.creative.styles.style_registry import (
    ensure_shipped_styles,
    publish_style,
    resolve_style,
)
from shortform_assets.data import shipped
from shortform_assets.errors import InputError


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore.local(tmp_path / "store")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("style_contracts") / "acme", tmp_path / "acme"))


def edit(source: Path, old: str, new: str) -> None:
    path = source / "style.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_versions_never_change(store, source):
    first = publish_style(store, source)
    assert first.pin == "acme@1"
    assert publish_style(store, source) == first
    edit(source, "size: 0.046", "size: 0.05")
    second = publish_style(store, source)
    assert second.pin == "acme@2"
    assert resolve_style(store, "acme") == second
    assert resolve_style(store, "acme@1") == first
    edit(source, "name: acme", "name: acme\nversion: 1")
    with pytest.raises(InputError, match="acme@1 is published with other content"):
        publish_style(store, source)
    assert resolve_style(store, "acme@1") == first
    edit(source, "version: 1", "version: 7")
    assert publish_style(store, source).pin == "acme@7"
    assert publish_style(store, source).pin == "acme@7"


def test_a_changed_logo_is_another_version(store, source):
    publish_style(store, source)
    shutil.copy(shipped("style_contracts") / "shortform" / "logo.png", source / "logo.png")
    style = publish_style(store, source)
    assert style.pin == "acme@2"
    assert style.logo is not None
    assert store.open_local(style.logo.image).read_bytes() == (source / "logo.png").read_bytes()


def test_many_publishers_agree(store, source):
    with ThreadPoolExecutor(8) as pool:
        pins = set(pool.map(lambda _: publish_style(store, source).pin, range(8)))
    assert len(list(store.list("styles"))) == len(pins) == 1


def test_shipped_styles_are_published_once(store, source):
    edit(source, "size: 0.046", "size: 0.05")
    mine = publish_style(store, source)
    ensure_shipped_styles(store)
    before = list(store.list("styles"))
    ensure_shipped_styles(store)
    assert (
        list(store.list("styles"))
        == before
        == ["styles/acme/1/contract.json", "styles/shortform/1/contract.json"]
    )
    assert resolve_style(store, "acme") == mine


@pytest.mark.parametrize("pin", ["nobody", "acme@9", "acme@0", "Acme!", "../x", ""])
def test_unknown_pins_name_what_there_is(store, source, pin):
    publish_style(store, source)
    with pytest.raises(InputError, match="acme@1"):
        resolve_style(store, pin)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('colour: "#FFFFFF"', 'colour: "white"', r"style\.yaml, line 12, `captions\.colour`"),
        ("max_words: 3", "max_word: 3", r"captions\.max_word"),
        ("size: 0.046", "size: 4.6", r"line 11, `captions\.size`"),
        ("image: logo.png", "image: ../../etc/passwd", r"line 28, `logo\.image`.*no file"),
        ("image: logo.png", "image: style.yaml", "not a readable PNG"),
        ("file: Inter-ExtraBold.otf", "file: logo.png", "not a usable font"),
        ("family: Inter Extra Bold", "family: Papyrus", r"`fonts\.0\.family`.*Inter Extra Bold"),
        (
            "  font: Inter Extra Bold\n  size: 0.034",
            "  font: Arial\n  size: 0.034",
            r"`hook\.font`.*no font Arial",
        ),
        ("name: acme", "name: [acme", r"style\.yaml, line \d+: not YAML"),
        ("audio:", "audit:", "audi"),
        ("name: acme", "name: Acme Corp", "name"),
    ],
)
def test_faults_name_file_key_and_line(store, source, old, new, says):
    edit(source, old, new)
    with pytest.raises(InputError, match=says):
        publish_style(store, source)
    assert not list(store.list("styles"))


def test_a_folder_without_a_style(store, tmp_path):
    with pytest.raises(InputError, match=r"no readable style\.yaml"):
        publish_style(store, tmp_path)
