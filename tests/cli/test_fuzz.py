"""Whatever is typed or lies in a file, the answer is one sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_plan_commands import KEY, project, replan
from typer.testing import CliRunner, Result

from shortform_assets.cli import exit_codes, main
from shortform_assets.media.ffmpeg import run_ffmpeg

__all__ = ["project"]

FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
RARE = settings(FEW, max_examples=15)
WORDS = ["[/b] [red]x", "-1", "0", "1", "2", "999999999999999999999", "nan", "1e309", "9" * 5000, "S1", "P2", "fit",
         "9:16", "0:01", "12:30", "99:99", "1:1,1", "1:50%,50%", "1:inf,-1", "flour remembers the weather", "x" * 3000,
         "@", "@/", "@nowhere", "~nobody/x", "file:///%ff", "s3://", "http://x", "../..", "/dev/null", "/proc/self/mem"]  # fmt: skip
# As the shell hands them over: no NUL, any bytes that are no UTF-8 as lone surrogates.
ARGUMENT = st.one_of(
    st.binary(max_size=30).map(lambda raw: os.fsdecode(raw.replace(b"\0", b""))),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from(WORDS),
)
OPTIONS = [
    "--from",
    "--to",
    "--quote",
    "--title",
    "--clip",
    "--follow",
    "--layout",
    "--keyframe",
    "--aspect",
    "--all",
]
COMMANDS = ["status", "list", "plan", "pin", "drop", "trim", "add", "retitle", "fix", "reframe", "reset", "overlay",
            "genres list", "genres check", "styles list", "styles show", "styles publish",
            "styles new", "styles check", "styles diff", "styles withdraw", "restyle", "preview", "rerun", "publish",
            "nonsense"]  # fmt: skip


TELLING = [["genres", "check"], ["styles", "check"], ["styles", "diff"]]
"""What they find is their answer and no error of theirs, and it fails a script all the same."""


def told(args: list[str], errors: int = 1) -> Result:
    """The command's answer, which must be one: raises whatever gets past the handler."""
    result = CliRunner().invoke(main.app, args, catch_exceptions=False)
    assert "Traceback" not in result.output
    assert "error: unexpected" not in result.output, result.output
    if result.exit_code == exit_codes.FAILED:
        assert result.output.count("error: ") >= 1 or args[:2] in TELLING, result.output
        assert len([line for line in result.output.splitlines() if line.startswith("error:")]) <= errors
    else:
        assert result.exit_code in (exit_codes.OK, exit_codes.USAGE), result.output
    return result


@pytest.fixture
def planned(project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A source with a plan, and nothing that an edit leaves behind."""
    replan(project)
    monkeypatch.chdir(tmp_path)
    # What a run would do is fuzzed below; here a key that is hit must not begin one.
    monkeypatch.setattr("shortform_assets.cli.run_commands._run", lambda *_: exit_codes.OK)
    return project


@FEW
@given(st.data())
def test_any_arguments(planned, data: st.DataObject):
    command = data.draw(st.sampled_from(COMMANDS)).split()
    word = st.one_of(ARGUMENT, st.just(KEY), st.sampled_from(OPTIONS))
    told([*command, *data.draw(st.lists(word, max_size=5))])


@FEW
@given(st.data())
def test_any_edit_of_a_plan(planned, data: st.DataObject):
    verb = data.draw(st.sampled_from(["pin", "drop", "trim", "add", "retitle", "fix", "plan"]))
    args = [verb, KEY]
    if verb in ("trim", "retitle", "fix") or data.draw(st.booleans()):
        args.append(data.draw(st.one_of(st.sampled_from(["1", "2", "3"]), ARGUMENT)))
    if verb in ("retitle", "fix"):
        args.append(data.draw(ARGUMENT))
    for option in data.draw(st.lists(st.sampled_from(OPTIONS[:4]), max_size=3, unique=True)):
        args += [option, data.draw(ARGUMENT)]
    told(args)


PLACES = [
    ["pin", KEY, "--quote", "WORD"], ["pin", KEY, "--from", "WORD", "--to", "12:30"], ["drop", KEY, "WORD"],
    ["pin", KEY, "--from", "0:01", "--to", "WORD"], ["trim", KEY, "1", "--to", "WORD"],
    ["trim", KEY, "1", "--from", "WORD"], ["add", KEY, "--quote", "WORD"], ["retitle", KEY, "1", "WORD"],
    ["add", KEY, "--from", "0:01", "--to", "0:09", "--title", "WORD"], ["fix", KEY, "WORD", "x"],
    ["fix", KEY, "flour", "WORD"], ["reframe", KEY, "--clip", "WORD"], ["status", "WORD"], ["overlay", KEY, "--clip", "WORD"],
    ["reframe", KEY, "--clip", "1", "--keyframe", "WORD"], ["reset", KEY, "--from", "WORD"], ["styles", "show", "WORD"],
    ["styles", "publish", "WORD"], ["run", "v.mp4", "--genre", "WORD"], ["run", "v.mp4", "--style", "WORD"],
    ["run", "v.mp4", "--brand", "WORD"], ["run", "v.mp4", "--title", "WORD"], ["run", "v.mp4", "--about", "WORD"],
    ["run", "v.mp4", "--exclude", "WORD"], ["run", "v.mp4", "--exclude", "WORD-WORD"], ["run", "v.mp4", "--count", "WORD"],
    ["run", "v.mp4", "--glossary", "WORD"], ["run", "v.mp4", "--transcript", "WORD"], ["run", "WORD"],
    ["run", "WORD", "WORD"], ["rerun", "WORD"],
    ["restyle", KEY, "--style", "WORD"], ["preview", KEY, "--clip", "1", "--style", "WORD"], ["styles", "check", "WORD"],
    ["styles", "new", "WORD"], ["styles", "new", "x", "--from", "WORD"], ["styles", "diff", "WORD", "acme"],
    ["styles", "withdraw", "WORD", "--why", "x"], ["styles", "withdraw", "acme@9", "--why", "WORD"],
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_every_odd_word_in_every_place(planned, place: list[str]):
    for word in WORDS:
        told([part.replace("WORD", word) for part in place], errors=max(1, place.count("WORD")))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of picture and sound."""
    file = tmp_path_factory.mktemp("video") / "v.mp4"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", "-f", "lavfi", "-i", "sine=440:d=1", str(file)]
    )
    return file.read_bytes()


NAME = st.binary(min_size=1, max_size=40).map(lambda raw: raw.replace(b"\0", b"_").replace(b"/", b"_"))


@RARE
@given(name=NAME, body=st.one_of(st.binary(max_size=300), st.just(b"video")), data=st.data())
def test_any_file_under_any_name(project, tmp_path: Path, video: bytes, name: bytes, body: bytes, data):
    """Damaged media are refused by name; hypothesis shortens a sound file, flips its bytes, or makes up its own."""
    if body == b"video":
        at = data.draw(st.integers(1, len(video) - 1))
        body = video[:at] + data.draw(st.binary(max_size=8)) + video[at + data.draw(st.integers(1, 5000)) :]
    path = os.path.join(os.fsencode(tmp_path), b"n-" + name)
    Path(os.fsdecode(path)).write_bytes(body)
    result = CliRunner().invoke(main.app, ["run", os.fsdecode(path)], catch_exceptions=False)
    Path(os.fsdecode(path)).unlink()
    assert "Traceback" not in result.output
    assert result.exit_code in (exit_codes.FAILED, exit_codes.NO_CLIPS), result.output
    if result.exit_code == exit_codes.FAILED:
        (line,) = [line for line in result.output.splitlines() if line.startswith("error:")]
        assert "unexpected" not in line


@FEW
@given(
    body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
)
@pytest.mark.parametrize("option", ["--transcript", "--glossary", "genre", "style"])
def test_any_file_beside_the_video(project, tmp_path: Path, monkeypatch, option: str, body: bytes):
    """A glossary, a transcript, a genre or a style of any bytes is understood or refused."""
    (tmp_path / "v.mp4").write_bytes(b"")
    for folder in ("genres", "mine"):
        (tmp_path / folder).mkdir(exist_ok=True)
    monkeypatch.setenv("SHORTFORM_GENRES", str(tmp_path / "genres"))
    file = {"genre": "genres/odd.yaml", "style": "mine/style.yaml"}.get(option, "file.srt")
    (tmp_path / file).write_bytes(body)
    args = {
        "genre": ["run", str(tmp_path / "v.mp4"), "--genre", "odd"],
        "style": ["styles", "publish", str(tmp_path / "mine")],
        "--glossary": ["run", str(tmp_path / "v.mp4"), "--glossary", f"@{tmp_path / file}"],
        "--transcript": ["run", str(tmp_path / "v.mp4"), "--transcript", str(tmp_path / file)],
    }[option]
    told(args)
