"""What comes from outside is shown as it is: no markup, no escape sequence, no wrapping in a pipe."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.rates import Rates
from shortform_assets.cli import exit_codes
from shortform_assets.cli.display import Display
from shortform_assets.cli.exit_codes import worst
from shortform_assets.cli.terminal import Listing, Styled, Terminal, shown

CLI = Path(__file__).resolve().parents[2] / "shortform_assets" / "cli"
NASTY = "[/b] [red]x [out#0/mp4] :smile: \x1b]0;title\x07 \u202etxt"


class Screen(io.StringIO):
    """A terminal of 40 columns without colours."""

    def isatty(self) -> bool:
        return True


def test_only_one_module_prints():
    for path in CLI.glob("*.py"):
        tree = ast.parse(path.read_text())
        names = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        calls = {
            n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        if path.name != "terminal.py":
            assert not any(name.split(".")[0] == "rich" for name in names), path
            assert "print" not in calls, path


@pytest.mark.parametrize("screen", [io.StringIO, Screen])
def test_user_text_is_never_obeyed(screen, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    file = screen()
    terminal = Terminal(file=file)
    terminal.say(NASTY, style="red")
    listing = Listing("title", NASTY, title=NASTY)
    listing.row(NASTY, Styled(NASTY, "bold"), style="dim")
    terminal.show(listing)
    plain = r"[/b] [red]x [out#0/mp4] :smile: \x1b]0;title\x07 \u202etxt"
    assert file.getvalue().count(plain) == 5
    assert "\x1b]" not in file.getvalue()


@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_can_be_printed(text: str):
    for one_line in (False, True):
        said = shown(text, one_line=one_line)
        said.encode()
        assert not any(ord(sign) < 32 and sign != "\n" for sign in said)
        assert not (one_line and "\n" in said)
        assert shown(said, one_line=one_line) == said
    file = io.StringIO()
    Terminal(file=file).say(text)
    assert file.getvalue() == shown(text) + "\n"


def test_bytes_of_a_name_are_told_apart_from_letters():
    assert shown(b"caf\xe9.mp4".decode("utf-8", "surrogateescape")) == r"caf\xe9.mp4"
    assert shown("café.mp4") == "café.mp4"


def test_nothing_is_wrapped_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    file = io.StringIO()
    listing = Listing("key", "file", fold="file")
    listing.row("k" * 60, "f" * 120)
    Terminal(file=file).show(listing)
    Terminal(file=file).say("word " * 60)
    assert [len(line.split()) for line in file.getvalue().splitlines()] == [2, 2, 60]
    screen = Screen()
    Terminal(file=screen).show(listing)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert max(map(len, lines)) <= 40


class EverySecond(Rates):
    """Every stage takes as long as the source; nothing is learnt."""

    def __init__(self):
        pass

    def expect(self, stages, media_seconds):
        return len(list(stages)) * media_seconds

    def learn(self, *_):
        pass


@pytest.mark.parametrize("screen", [io.StringIO, Screen])
def test_progress_of_a_nasty_name_is_drawn(screen, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    file = screen()
    with Display(Terminal(file=file), NASTY, EverySecond(), 10.0) as display:
        display.update("mezzanine", 0.5, NASTY)
        display.output("o" + NASTY, "in_progress", 0.5)
        display._terminal.show(display._draw())
    assert r"[/b] [red]x [out#0/mp4] :smile: \x1b]0;title\x07" in file.getvalue()


def test_an_eta_is_honest_or_not_there():
    def eta(seconds):
        return Display(Terminal(file=io.StringIO()), "n", EverySecond(), seconds).eta_seconds()

    assert eta(10.0) == 130.0
    assert eta(None) is None


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], exit_codes.OK),
        ([exit_codes.OK, exit_codes.NO_CLIPS], exit_codes.NO_CLIPS),
        ([exit_codes.NO_CLIPS, exit_codes.FAILED], exit_codes.FAILED),
        ([exit_codes.NO_CLIPS, exit_codes.OUTPUTS_FAILED, exit_codes.OK], exit_codes.OUTPUTS_FAILED),
        ([exit_codes.OUTPUTS_FAILED, exit_codes.FAILED], exit_codes.FAILED),
        ([exit_codes.FAILED, exit_codes.INTERRUPTED, exit_codes.NO_CLIPS], exit_codes.INTERRUPTED),
    ],
)
def test_the_code_of_a_batch_is_what_needs_a_person_most(codes, code):
    assert worst(codes) == worst(reversed(codes)) == code
