"""`shortform styles`: published, listed and shown on the command line, in the words its errors use."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.cli.run_commands import RunRequest, _facts
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
