"""`fix`: correct words wherever they are shown, and say beforehand what that changes."""

from __future__ import annotations

from typing import TypeVar

from rich.console import Console
from rich.text import Text

from shortform_assets.cli.project import Project
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative import ClipPlaces, Places, make_fix
from shortform_assets.errors import InputError

C = TypeVar("C", bound=Contract)


def fix(console: Console, key: str, wrong: str, right: str, clip: int | None) -> None:
    """Append the fix to the source's edits; in clip number `clip` only, or everywhere.

    Nothing is computed: the next run applies it. Raises InputError, before anything is written, where
    nothing would change.
    """
    project = Project()
    key = project.require(key)
    edit, places = make_fix(
        _current(project, key, "clip_plan", ClipPlan),
        _current(project, key, "transcript", Transcript),
        _current(project, key, "speaker_turns", SpeakerTurns),
        project.registry.creative_edits(key).edits,
        wrong,
        right,
        clip,
    )
    project.registry.add_edit(key, edit)
    console.print(Text(f"{edit.wrong!r} -> {edit.right!r}: {_count(places.total, 'place')}"))
    for place in places.clips:
        console.print(Text(f"  clip {place.number}, {place.title}: {_what(place)}"))
    if places.elsewhere:
        console.print(Text(f"  outside the clips: {places.elsewhere} in the transcript"))
    console.print(Text(f"`shortform rerun {key}` applies it{_renders(places)}"), soft_wrap=True)


def _current(project: Project, key: str, stage: str, contract: type[C]) -> C:
    ref = project.artifacts.current(key, stage)
    if ref is None:
        raise InputError("there are no clips yet", key, f"run `shortform rerun {key}` first")
    found = project.artifacts.load(ref, contract)
    assert isinstance(found, contract)
    return found


def _what(place: ClipPlaces) -> str:
    said = [f"{place.words} in the words"] if place.words else []
    return ", ".join([*said, *(f"the {name}" for name in place.texts)])


def _renders(places: Places) -> str:
    numbers = [str(place.number) for place in places.clips if place.redrawn]
    if not numbers:
        return "; no clip is rendered again"
    return f" and renders again only clip{'s' * (len(numbers) > 1)} {', '.join(numbers)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
