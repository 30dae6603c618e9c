"""`overlay`: a video that shows what was found in a clip and why its camera does what it does."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from rich.console import Console

from resources.bench import StoreBench
from shortform_assets.cli.project import Project
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet, FaceTracksSet
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.speech import SpeakerTurns
from shortform_assets.errors import InputError
from shortform_assets.reframing import local_turns, render_overlay

C = TypeVar("C", bound=Contract)


def overlay(console: Console, key: str, clip: int, out: Path) -> None:
    """Write the debug overlay of clip number `clip` (from 1, as in `shortform plan`) to `out`, an MP4.

    Raises InputError where there are no clips yet, no such clip, or it was dropped on the way.
    """
    project = Project()
    key = project.require(key)
    plan = _current(project, key, "clip_plan", ClipPlan)
    if not 1 <= clip <= len(plan.clips):
        raise InputError(f"there is no clip {clip}", key, f"choose one of 1 to {len(plan.clips)}")
    planned = plan.clips[clip - 1]
    media = {c.clip_id: c for c in _current(project, key, "clip_media", ClipMediaSet).clips}
    tracks = {c.clip_id: c for c in _current(project, key, "face_tracks", FaceTracksSet).clips}
    framed = _current(project, key, "crop_paths", CropPathsSet)
    crops = {c.clip_id: c for c in framed.clips}
    if planned.clip_id not in media or planned.clip_id not in tracks or planned.clip_id not in crops:
        gone = next(
            (d.reason for d in framed.dropped if d.clip_id == planned.clip_id), "it is newer than its camera"
        )
        raise InputError(f"clip {clip} was not framed: {gone}", key, f"run `shortform rerun {key}` first")
    turns = local_turns(_current(project, key, "speaker_turns", SpeakerTurns), planned.timeline, plan.rate)
    out.parent.mkdir(parents=True, exist_ok=True)
    with StoreBench.over(project.store) as bench:
        render_overlay(
            bench, media[planned.clip_id], tracks[planned.clip_id], crops[planned.clip_id], turns, out
        )
    console.print(f"clip {clip}, {planned.frames / plan.rate.fps:.1f} s: {out}", markup=False, soft_wrap=True)


def _current(project: Project, key: str, stage: str, contract: type[C]) -> C:
    ref = project.artifacts.current(key, stage)
    if ref is None:
        raise InputError("there are no framed clips yet", key, f"run `shortform rerun {key}` first")
    found = project.artifacts.load(ref, contract)
    assert isinstance(found, contract)
    return found
