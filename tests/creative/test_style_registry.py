"""The style registry against a real store, and the errors of faulty sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resources.media_store import MediaStore
from shortform_assets.creative.styles.style_registry import (
    ensure_shipped_styles,
    publish_style,
    resolve_style,
    style_versions,
)
from shortform_assets.data import shipped
from shortform_assets.errors import InputError

SAMPLES = Path(__file__).resolve().parents[1] / "contracts" / "samples" / "style"


def edit(source: Path, old: str, new: str) -> None:
    path = source / "style.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_versions_never_change(store, source):
    first, new = publish_style(store, source)
    assert (first.pin, new) == ("acme@1", True)
    assert publish_style(store, source) == (first, False)
    edit(source, "size: 0.046", "size: 0.05")
    second, new = publish_style(store, source)
    assert (second.pin, new) == ("acme@2", True)
    assert resolve_style(store, "acme") == second
    assert resolve_style(store, "acme@1") == first
    edit(source, "name: acme", "name: acme\nversion: 1")
    with pytest.raises(InputError, match="acme@1 is published with other content"):
        publish_style(store, source)
    assert resolve_style(store, "acme@1") == first
    edit(source, "version: 1", "version: 7")
    assert publish_style(store, source)[0].pin == "acme@7"
    assert publish_style(store, source)[0].pin == "acme@7"


def test_a_style_put_back_is_the_latest_again(store, source):
    first, _ = publish_style(store, source)
    edit(source, "size: 0.046", "size: 0.05")
    publish_style(store, source)
    edit(source, "size: 0.05", "size: 0.046")
    again, new = publish_style(store, source)
    assert (again.pin, new) == ("acme@3", True)
    assert again.captions == first.captions


def test_a_changed_logo_is_another_version(store, source):
    publish_style(store, source)
    shutil.copy(shipped("style_contracts") / "shortform" / "logo.png", source / "logo.png")
    style, _ = publish_style(store, source)
    assert style.pin == "acme@2"
    assert style.logo is not None
    assert store.open_local(style.logo.image).read_bytes() == (source / "logo.png").read_bytes()


def test_many_publishers_agree(store, source):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: publish_style(store, source), range(8)))
    assert sum(new for _, new in done) == 1
    assert list(store.list("styles")) == ["styles/acme/1/contract.json"]


class Overtaken:
    """The store of somebody who always comes second: before the first write, `rival` publishes."""

    def __init__(self, store: MediaStore, rival) -> None:
        self.inner, self.rival = store, rival

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def create(self, key: str, data: bytes) -> bool:
        rival, self.rival = self.rival, lambda: None
        rival()
        return self.inner.create(key, data)


def test_two_publishers_race_for_one_number(store, source, tmp_path):
    publish_style(store, source)
    other = Path(shutil.copytree(source, tmp_path / "theirs"))
    edit(source, "size: 0.046", "size: 0.05")
    edit(other, "size: 0.046", "size: 0.06")
    mine, new = publish_style(Overtaken(store, lambda: publish_style(store, other)), source)
    assert (mine.pin, mine.captions.size, new) == ("acme@3", 0.05, True)
    assert resolve_style(store, "acme@2").captions.size == 0.06
    # The rival was quicker with the very same content: then it is there, and nothing is added.
    shutil.copy(other / "style.yaml", source / "style.yaml")
    edit(source, "size: 0.06", "size: 0.07")
    same, new = publish_style(Overtaken(store, lambda: publish_style(store, source)), source)
    assert (same.pin, new) == ("acme@4", False)
    assert style_versions(store) == {"acme": [1, 2, 3, 4]}


PUBLISHER = """
import sys, time
from pathlib import Path
from resources.media_store import MediaStore
from shortform_assets.creative.styles.style_registry import publish_style
from shortform_assets.errors import InputError
url, folder, ready, go = sys.argv[1:]
store = MediaStore.open(url)
Path(ready).touch()
while not Path(go).exists():
    time.sleep(0.002)
try:
    print(publish_style(store, Path(folder))[0].pin)
except InputError as error:
    print(error)
"""


def test_publishers_in_processes_of_their_own_share_the_numbers(either_store, source, tmp_path):
    """Two that take the next number get two; of two that ask for one number one is told what stands there."""
    sides = {}
    for words, version in ((4, ""), (5, ""), (6, "\nversion: 7"), (7, "\nversion: 7")):
        folder = Path(shutil.copytree(source, tmp_path / f"side{words}"))
        edit(folder, "max_words: 3", f"max_words: {words}")
        edit(folder, "name: acme", f"name: acme{version}")
        command = [sys.executable, "-c", PUBLISHER, either_store.url, str(folder)]
        command += [str(tmp_path / f"ready{words}"), str(tmp_path / "go")]
        sides[words] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 120
        while len(list(tmp_path.glob("ready*"))) < len(sides) and time.monotonic() < until:
            time.sleep(0.05)
        (tmp_path / "go").touch()
        said = {words: side.communicate(timeout=120)[0].strip() for words, side in sides.items()}
    finally:
        for side in sides.values():
            side.kill()
            side.wait()
    # Whoever takes the next number may do so before or after 7 is taken.
    published = {words: pin for words, pin in said.items() if pin.startswith("acme@")}
    assert len(set(published.values())) == len(published) >= 3, said
    assert list(published.values()).count("acme@7") == 1
    for words, pin in published.items():
        assert resolve_style(either_store, pin).captions.max_words == words
    (loser,) = said.keys() - published.keys()
    assert loser in (6, 7)
    assert "acme@7 is published with other content and never changes" in said[loser]


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The style folder of an installation that can be changed, as a new release or a checkout changes it."""
    folder = tmp_path / "release"
    shutil.copytree(shipped("style_contracts"), folder / "style_contracts")
    monkeypatch.setattr("shortform_assets.creative.styles.style_registry.shipped", lambda name: folder / name)
    return folder / "style_contracts" / "acme"


def test_a_new_release_brings_its_style_into_an_old_store(store, release):
    for name in ("acme", "shortform"):
        store.create(f"styles/{name}/1/contract.json", (SAMPLES / f"0-{name}.json").read_bytes())
    ensure_shipped_styles(store)
    assert style_versions(store) == {"acme": [1], "shortform": [1]}, "the same style is not published again"
    first = resolve_style(store, "acme")
    edit(release, "size: 0.046", "size: 0.05")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ensure_shipped_styles, [store] * 4))
    assert style_versions(store) == {"acme": [1, 2], "shortform": [1]}
    assert resolve_style(store, "acme").captions.size == 0.05
    assert resolve_style(store, "acme@1") == first
    edit(release, "size: 0.05", "size: 0.046")
    ensure_shipped_styles(store)
    assert resolve_style(store, "acme").pin == "acme@3", "an edit taken back has effect too"


def test_a_style_of_ones_own_is_never_overruled_by_a_release(store, source, release):
    ensure_shipped_styles(store)
    edit(source, "size: 0.046", "size: 0.06")
    mine, _ = publish_style(store, source)
    edit(release, "size: 0.046", "size: 0.05")
    ensure_shipped_styles(store)
    assert resolve_style(store, "acme") == mine
    # Until it is asked for; from then on releases are followed again.
    assert publish_style(store, release)[0].pin == "acme@3"
    edit(release, "size: 0.05", "size: 0.04")
    ensure_shipped_styles(store)
    assert resolve_style(store, "acme").pin == "acme@4"


def test_a_release_loses_against_a_style_published_that_moment(store, source, release):
    ensure_shipped_styles(store)
    edit(source, "size: 0.046", "size: 0.06")
    edit(release, "size: 0.046", "size: 0.05")
    ensure_shipped_styles(Overtaken(store, lambda: publish_style(store, source)))
    assert resolve_style(store, "acme").captions.size == 0.06


def test_an_older_release_leaves_what_a_newer_one_published(store):
    ensure_shipped_styles(store)
    store.create("styles/acme/2/contract.json", b'{"schema_version": 999, "look": "new"}')
    ensure_shipped_styles(store)
    assert resolve_style(store, "acme@1").pin == "acme@1"
    with pytest.raises(InputError, match=r"styles/acme/2/contract\.json: was written by a newer Shortform"):
        resolve_style(store, "acme")


@pytest.mark.parametrize("pin", ["nobody", "acme@9", "acme@0", "Acme!", "../x", ""])
def test_unknown_pins_name_what_there_is(store, source, pin):
    publish_style(store, source)
    with pytest.raises(InputError, match="acme@1"):
        resolve_style(store, pin)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'colour: "#FFFFFF"',
            'colour: "white"',
            r"style\.yaml:12: captions\.colour: 'white' is neither .* #RRGGBB",
        ),
        ("max_words: 3", "max_word: 3", r"style\.yaml:18: captions\.max_word: .*did you mean max_words\?"),
        ("size: 0.046", "size: 4.6", r"style\.yaml:11: captions\.size"),
        ("image: logo.png", "image: ../../etc/passwd", r"style\.yaml:28: logo\.image: .*lies outside"),
        ("image: logo.png", "image: style.yaml", r"style\.yaml:28: logo\.image: .*not a readable PNG"),
        (
            "file: Inter-ExtraBold.otf",
            "file: logo.png",
            r"style\.yaml:7: fonts\.0\.file: .*not a usable font",
        ),
        (
            "family: Inter Extra Bold",
            "family: Papyrus",
            r"style\.yaml:6: fonts\.0\.family: .*Inter Extra Bold",
        ),
        (
            "  font: Inter Extra Bold\n  size: 0.034",
            "  font: Arial\n  size: 0.034",
            r"style\.yaml:21: hook\.font: .*no font Arial",
        ),
        ("name: acme", "name: [acme", r"style\.yaml:\d+: is no valid YAML"),
        ("audio:", "audit:", r"style\.yaml:\d+: audi"),
        ("name: acme", "name: Acme Corp", r"style\.yaml:2: name: "),
        ("uppercase: true", "uppercase: yes", r"style\.yaml:16: captions\.uppercase: .*write true or false"),
        (
            "corner: top_right",
            "corner: topright",
            r"style\.yaml:30: logo\.corner: .*did you mean top_right\?",
        ),
        ("name: acme", "name: acme\nname: acme", r"style\.yaml:3: name: is there twice"),
        ("name: acme", "%YAML 1.1\n---\nname: acme", r"style\.yaml:2: a % directive"),
    ],
)
def test_faults_name_file_key_and_line(store, source, old, new, says):
    edit(source, old, new)
    with pytest.raises(InputError, match=says):
        publish_style(store, source)
    assert not list(store.list("styles"))


def test_a_folder_without_a_style(store, tmp_path):
    with pytest.raises(InputError, match=r"there is no style\.yaml"):
        publish_style(store, tmp_path)
