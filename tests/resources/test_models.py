"""Models are found where they should be, have the right bytes, and are joined once."""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from resources.model_files import Model, ModelFile
from resources.model_registry import REGISTRY
from resources.models import Models
from shortform_assets.errors import InputError, ShortformError

EMBEDDED = [name for name, model in REGISTRY.items() if not model.optional]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SHORTFORM_MODELS_DIR", "SHORTFORM_ALLOW_DOWNLOAD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def toy(*names: str, url: str = "http://127.0.0.1:9", package: str = "toy_carrier") -> Model:
    """A model of small files; every file `n` holds b"n"*3 in two parts of its carrier."""
    files = tuple(
        ModelFile(n, digest(n.encode() * 3), (f"{package}:d/{n}.1", f"{package}:d/{n}.2"), f"{url}/{n}")
        for n in names
    )
    return Model("toy", "tests", "MIT", url, "toy-carrier", files, main=names[0] if len(names) == 1 else "")


@pytest.fixture
def carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package `toy_carrier`, which fails when it is imported."""
    package = tmp_path / "site" / "toy_carrier"
    (package / "d").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    for name in "ab":
        (package / "d" / f"{name}.1").write_text(name)
        (package / "d" / f"{name}.2").write_text(name * 2)
    monkeypatch.syspath_prepend(tmp_path / "site")
    importlib.invalidate_caches()
    return package


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    (tmp_path / "www").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "www"))) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_embedded_models_resolve(name: str) -> None:
    model, path = REGISTRY[name], Models().resolve(name)
    folder = path if path.is_dir() else path.parent
    assert path.is_file() == bool(model.main)
    for file in model.files:
        assert digest((folder / file.name).read_bytes()) == file.sha256


def test_the_registry_is_whole() -> None:
    for model in REGISTRY.values():
        assert model.licence
        for file in model.files:
            assert len(file.sha256) == 64
            assert file.url.startswith("https://") or file.parts
            assert bool(file.parts) == bool(model.install)
        assert model.main in {"", *(file.name for file in model.files)}
    assert len({model.fingerprint for model in REGISTRY.values()}) == len(REGISTRY)
    assert Models().fingerprint("centerface") == REGISTRY["centerface"].files[0].sha256


def test_a_fingerprint_follows_every_file_and_opens_none() -> None:
    model = toy("a", "b")
    changed = replace(model, files=(model.files[0], replace(model.files[1], sha256="0" * 64)))
    assert Models({"toy": model}).fingerprint("toy") != Models({"toy": changed}).fingerprint("toy")
    swapped = replace(model, files=model.files[::-1])
    assert swapped.fingerprint == model.fingerprint


def test_parts_are_joined_once_without_importing_the_carrier(carrier: Path, cache: Path) -> None:
    models = Models({"toy": toy("a", "b")})
    folder = models.resolve("toy")
    assert folder.is_relative_to(cache)
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"a": "aaa", "b": "bbb"}
    shutil.rmtree(carrier)
    assert Models({"toy": toy("a", "b")}).resolve("toy") == folder


def test_a_damaged_joined_model_is_made_again(carrier: Path) -> None:
    folder = Models({"toy": toy("a", "b")}).resolve("toy")
    (folder / "b").write_text("bXb!")
    assert Models({"toy": toy("a", "b")}).resolve("toy") == folder
    assert (folder / "b").read_text() == "bbb"
    assert {p.name for p in folder.parent.iterdir()} == {folder.name, ".verified"}


RACE = "import sys; from resources.models import Models; print(Models().resolve('whisper-base'))"


def test_two_processes_make_whisper_at_once(cache: Path) -> None:
    racers = [subprocess.Popen([sys.executable, "-c", RACE], stdout=subprocess.PIPE) for _ in range(2)]
    answers = {racer.communicate(timeout=120)[0].decode().strip() for racer in racers}
    assert [racer.returncode for racer in racers] == [0, 0]
    assert len(answers) == 1
    folder = Path(answers.pop())
    assert {p.name for p in folder.iterdir()} == {
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
        "config.json",
    }
    assert digest((folder / "model.bin").read_bytes()) == REGISTRY["whisper-base"].files[0].sha256
    assert {p.name for p in folder.parent.iterdir()} == {folder.name, ".verified"}


@pytest.mark.parametrize("layout", ["centerface/centerface.onnx", "centerface.onnx"])
def test_wrong_bytes_in_the_users_folder_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    path = tmp_path / "mine" / layout
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another network")
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(tmp_path / "mine"))
    with pytest.raises(InputError, match=r"not the registered centerface.*SHA-256") as caught:
        Models().resolve("centerface")
    assert str(path) in str(caught.value)


def test_the_users_folder_comes_first(carrier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine" / "toy"
    mine.mkdir(parents=True)
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(tmp_path / "mine"))
    (mine / "a").write_text("aaa")
    models = Models({"toy": toy("a", "b")})
    with pytest.raises(InputError, match="missing"):
        models.resolve("toy")
    (mine / "b").write_text("bbb")
    assert models.resolve("toy") == mine
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no such folder"):
        models.resolve("toy")


def test_a_missing_carrier_says_what_to_install() -> None:
    with pytest.raises(InputError, match="pip install toy-carrier"):
        Models({"toy": toy("a", package="absent_package")}).resolve("toy")
    with pytest.raises(InputError, match="choose from"):
        Models().resolve("whisper-huge")


def test_a_carrier_of_another_version_is_refused(carrier: Path) -> None:
    (carrier / "d" / "b.2").write_text("B")
    with pytest.raises(InputError, match=r"b does not have the registered SHA-256"):
        Models({"toy": toy("a", "b")}).resolve("toy")


def test_the_network_is_used_only_when_allowed(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = Models({"toy": toy("a", url=server, package="absent_package")})
    (tmp_path / "www" / "a").write_text("aaa")
    with pytest.raises(InputError, match="SHORTFORM_ALLOW_DOWNLOAD"):
        models.resolve("toy")
    monkeypatch.setenv("SHORTFORM_ALLOW_DOWNLOAD", "1")
    assert models.resolve("toy").read_text() == "aaa"


def test_a_wrong_or_failed_download_leaves_nothing(
    server: str, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTFORM_ALLOW_DOWNLOAD", "1")
    models = Models({"toy": toy("a", url=server, package="absent_package")})
    with pytest.raises(InputError, match="cannot be downloaded"):
        models.resolve("toy")
    (tmp_path / "www" / "a").write_text("<html>captive portal</html>")
    with pytest.raises(InputError, match="SHA-256"):
        models.resolve("toy")
    assert [p for p in cache.rglob("*") if p.is_file()] == []


def buried(data: bytes) -> Model:
    file = ModelFile("net.ort", digest(data), ("toy_carrier:lib*.so",), "", len(data))
    return Model("toy", "tests", "MIT", "https://example.org", "toy-carrier", (file,), main="net.ort")


def test_a_file_inside_its_carriers_library_is_found_by_its_hash(carrier: Path, cache: Path) -> None:
    data = b"\x18\0\0\0ORTM" + bytes(range(256)) * 40
    decoy = data[:-1] + b"!"
    models = Models({"toy": buried(data)})
    assert not models.held("toy")
    with pytest.raises(
        InputError, match=r"not installed.*pip install toy-carrier, or put it in SHORTFORM_MODELS"
    ):
        models.resolve("toy")
    (carrier / "libtoy.2.so").write_bytes(b"ORTM code " * 50 + decoy + data + b"more code")
    assert models.held("toy")
    assert models.resolve("toy").read_bytes() == data
    shutil.rmtree(carrier)
    assert models.held("toy"), "it lies in the cache"
    shutil.rmtree(cache)
    assert not models.held("toy")


def test_a_library_of_another_release_is_refused(carrier: Path, cache: Path) -> None:
    (carrier / "libtoy.so").write_bytes(b"\x18\0\0\0ORTM another network")
    with pytest.raises(InputError, match="does not have the registered SHA-256"):
        Models({"toy": buried(b"\x18\0\0\0ORTM the network")}).resolve("toy")
    assert [p for p in cache.rglob("*") if p.is_file()] == []


def test_a_model_of_no_package_says_how_it_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as caught:
        Models().resolve("speaker-embedding")
    assert "pip" not in str(caught.value)
    assert "SHORTFORM_MODELS_DIR/speaker-embedding, or set SHORTFORM_ALLOW_DOWNLOAD=1" in str(caught.value)


def test_a_hash_is_taken_once_and_again_when_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a").write_text("aaa")
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(mine))
    Models({"toy": toy("a")}).resolve("toy")
    with monkeypatch.context() as once:
        once.setattr(hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
        Models({"toy": toy("a")}).resolve("toy")
    (mine / "a").write_text("AAA")
    os.utime(mine / "a", (1, 1))
    with pytest.raises(InputError, match="not the registered"):
        Models({"toy": toy("a")}).resolve("toy")


def test_a_cache_that_cannot_be_written(
    carrier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path / "file"))
    with pytest.raises(ShortformError, match="a file stands where a folder is needed"):
        Models({"toy": toy("a", "b")}).resolve("toy")
    assert Models().resolve("centerface").is_file(), "models that lie ready need no cache"


def test_the_report_names_every_model() -> None:
    absent = toy("a", package="absent_package")
    report = Models({"centerface": REGISTRY["centerface"], "toy": replace(absent, optional=True)}).report()
    assert [name for name, _ in report] == ["centerface", "toy (optional)"]
    assert report[0][1].endswith("centerface.onnx")
    assert "pip install toy-carrier" in report[1][1]
