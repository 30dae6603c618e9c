"""`fix`: correct words wherever they are shown, and say beforehand what that changes."""

from __future__ import annotations

from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative import ClipPlaces, FixScope, Places, make_fix

_NO_CLIPS = "there are no clips yet"


def fix(terminal: Terminal, key: str, wrong: str, right: str, clip: int | None) -> None:
    """Append the fix to the source's edits; in clip number `clip` only, or everywhere.

    Nothing is computed: the next run applies it. Raises InputError, before anything is written, where
    nothing would change.
    """
    project = Project()
    key = project.require(key)
    scope = FixScope(
        project.current(key, "clip_plan", ClipPlan, _NO_CLIPS),
        project.current(key, "transcript", Transcript, _NO_CLIPS),
        project.current(key, "speaker_turns", SpeakerTurns, _NO_CLIPS),
        project.registry.creative_edits(key).edits,
    )
    edit, places = make_fix(scope, wrong, right, clip)
    project.registry.add_edit(key, edit)
    terminal.say(f"{edit.wrong!r} -> {edit.right!r}: {_count(places.total, 'place')}")
    for place in places.clips:
        terminal.say(f"  clip {place.number}, {place.title}: {_what(place)}")
    if places.elsewhere:
        terminal.say(f"  outside the clips: {places.elsewhere} in the transcript")
    terminal.say(f"`shortform rerun {key}` applies it{_renders(places)}")


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
