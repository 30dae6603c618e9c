"""`shortform styles`: published, listed and shown on the command line, in the words its errors use."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.cli.run_commands import RunRequest, _facts
from shortform_assets.creative.styles.style_keys import style_keys
from shortform_assets.data import shipped


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHORTFORM_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args: object) -> Result:
        return CliRunner().invoke(main.app, [str(arg) for arg in args], catch_exceptions=False)

    return run


def test_publish_list_and_show(shell, tmp_path):
    listed = shell("styles", "list").output
    assert "acme@1" in listed
    assert "Shortform" in listed
    mine = tmp_path / "a [final] cut"
    shutil.copytree(shipped("style_contracts") / "acme", mine)
    source = mine / "style.yaml"
    source.write_text(source.read_text().replace("size: 0.046", "size: 0.05"))
    assert "acme@2: published" in shell("styles", "publish", mine).output
    assert "acme@2: unchanged" in shell("styles", "publish", mine).output
    rows = [line.split() for line in shell("styles", "list").output.splitlines()]
    assert ["acme", "acme@2", "2", "you"] in rows
    for pin, size in (("acme", "0.05"), ("acme@2", "0.05"), ("acme@1", "0.046")):
        shown = dict(line.split(maxsplit=1) for line in shell("styles", "show", pin).output.splitlines())
        assert shown["captions.size"].strip() == size
        assert shown["fonts.0.family"].strip() == "Inter Extra Bold"
    # A style that came along is published again by its name.
    assert "acme@3: published" in shell("styles", "publish", "acme").output


def rows(result: Result) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in result.output.splitlines()]


def test_a_style_from_its_first_day_to_its_last(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "leaf/style.yaml: edit it" in shell("styles", "new", "leaf", "--from", "acme").output
    source = tmp_path / "leaf" / "style.yaml"
    assert "extends: acme@1" in source.read_text()
    assert shell("styles", "check", "leaf").output == "leaf: nothing is wrong with it\n"
    assert shell("styles", "diff", "leaf", "acme").output == "they are the same\n"
    # What the comments offer is what the style below says: without the # it changes nothing.
    text = source.read_text()
    assert '\n# captions:\n#   font: "Inter Extra Bold"' in text
    source.write_text(
        text.replace("\n# captions:\n", "\ncaptions:\n").replace('\n#   font: "Inter', '\n  font: "Inter', 1)
    )
    assert shell("styles", "diff", "leaf", "acme").output == "they are the same\n"
    source.write_text(
        source.read_text().replace("\ncaptions:\n", '\ncaptions:\n  active_colour: "#0A2A3E"\n')
    )
    wrong = shell("styles", "check", "leaf")
    assert wrong.exit_code == exit_codes.FAILED
    assert re.match(r"leaf/style\.yaml:\d+: captions\.active_colour: its contrast against", wrong.output)
    source.write_text(source.read_text().replace('"#0A2A3E"', '"#FF5A5F"'))
    assert ["captions.active_colour", "#00E0A4", "#FF5A5F"] in rows(shell("styles", "diff", "acme", "leaf"))
    assert shell("styles", "publish", "leaf").output == "leaf@1: published\n"
    assert shell("styles", "withdraw", "leaf@1", "--why", "the red is not ours").output.startswith(
        "leaf@1 is withdrawn"
    )
    assert ["leaf", "none", "1", "you", "@1: the red is not ours"] in rows(shell("styles", "list"))
    shown = rows(shell("styles", "show", "leaf@1"))
    assert ["(extends)", "acme@1"] in shown
    assert ["(withdrawn)", "the red is not ours"] in shown
    for args, says in (
        (("withdraw", "leaf@1", "--why", "again"), "leaf@1 was withdrawn already (the red is not ours)"),
        (("withdraw", "acme", "--why", "x"), "acme does not say which version - name it, such as acme@1"),
        (("withdraw", "acme@1", "--why", " "), "the reason is empty"),
        (("show", "leaf"), "every version of leaf was withdrawn"),
        (("new", "leaf"), "leaf: something is there already"),
        (("new", "Leaf"), "'Leaf' is no name of a style"),
        (("new", "twig", "--from", "leaf@1"), "leaf@1 was withdrawn (the red is not ours)"),
    ):
        result = shell("styles", *args)
        assert result.exit_code == exit_codes.FAILED, args
        assert says in result.output
    # Published again it is the next version, of the same content or another.
    assert shell("styles", "publish", "leaf").output == "leaf@2: published\n"
    assert shell("styles", "show", "leaf").exit_code == exit_codes.OK


def test_a_new_style_begins_as_a_copy_of_the_house_style(shell, tmp_path):
    folder = tmp_path / "mine"
    shell("styles", "new", "mine", "--out", folder)
    assert shell("styles", "diff", folder, "shortform").output == "they are the same\n"
    assert {path.name for path in folder.iterdir()} == {"style.yaml", "logo.png", "Montserrat-ExtraBold.ttf"}
    # Every key that there is stands in it, with what it means.
    text = (folder / "style.yaml").read_text()
    for key in style_keys():
        assert (
            re.search(rf"(?m)^[# ]*(- )?{key.path.rsplit('.', 1)[-1].removesuffix('[]')}:", text)
            or key.path == "version"
        )
    assert shell("styles", "publish", folder).output == "mine@1: published\n"


def test_a_preview_is_drawn_as_it_is_rendered(shell, tmp_path):
    shell("styles", "new", "mine", "--out", tmp_path / "mine")
    out = tmp_path / "sheet.png"
    assert str(out) in shell("styles", "preview", tmp_path / "mine", "--out", out).output
    with Image.open(out) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    yellow = (np.abs(pixels - (255, 214, 10)).max(axis=2) < 24).sum()
    assert yellow > 5000, "hooks on yellow cards, and a word lit in every picture"
    assert not list(Project().store.list("blobs/"))[4:], "what is made up for it stays out of the store"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("show", "amce"), "did you mean acme?"),
        (("show", "acme@9"), "There are acme@1, shortform@1"),
        (("publish", "nowhere/[b]"), "nowhere/[b]: there is no such folder"),
    ],
)
def test_what_is_not_there_is_one_sentence(shell, args, says):
    result = shell("styles", *args)
    assert result.exit_code == exit_codes.FAILED
    assert says in result.output
    assert "Traceback" not in result.output


def test_the_brand_of_a_first_run_has_its_shipped_style(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHORTFORM_STORE", str(tmp_path / "store"))
    project = Project()
    request = RunRequest(genre="podcast", brand="Acme")
    assert _facts(project, request, 1)["style"] == "acme"
    assert _facts(project, replace(request, brand="Nobody"), 1)["style"] is None
