"""`overlay`: a video that shows what was found in a clip and why its camera does what it does."""

from __future__ import annotations

import shutil
from pathlib import Path

from resources.bench import StoreBench
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet, FaceTracksSet
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.speech import SpeakerTurns
from shortform_assets.errors import InputError
from shortform_assets.reframing import local_turns, render_overlay

_NOT_FRAMED = "there are no framed clips yet"


def overlay(terminal: Terminal, key: str, clip: int, out: Path) -> None:
    """Write the debug overlay of clip number `clip` (from 1, as in `shortform plan`) to `out`, an MP4.

    Raises InputError where there are no clips yet, no such clip, or it was dropped on the way.
    """
    project = Project()
    key = project.require(key)
    plan = project.current(key, "clip_plan", ClipPlan, _NOT_FRAMED)
    if not 1 <= clip <= len(plan.clips):
        raise InputError(f"there is no clip {clip}", key, f"choose one of 1 to {len(plan.clips)}")
    planned = plan.clips[clip - 1]
    media = {c.clip_id: c for c in project.current(key, "clip_media", ClipMediaSet, _NOT_FRAMED).clips}
    tracks = {c.clip_id: c for c in project.current(key, "face_tracks", FaceTracksSet, _NOT_FRAMED).clips}
    framed = project.current(key, "crop_paths", CropPathsSet, _NOT_FRAMED)
    crops = {c.clip_id: c for c in framed.clips}
    if planned.clip_id not in media or planned.clip_id not in tracks or planned.clip_id not in crops:
        gone = next(
            (d.reason for d in framed.dropped if d.clip_id == planned.clip_id), "it is newer than its camera"
        )
        raise InputError(f"clip {clip} was not framed: {gone}", key, f"run `shortform rerun {key}` first")
    spoken = project.current(key, "speaker_turns", SpeakerTurns, _NOT_FRAMED)
    turns = local_turns(spoken, planned.timeline, plan.rate)
    if out.is_dir():
        raise InputError("this is a folder", str(out), "name the video to write")
    with StoreBench.over(project.store) as bench:
        # Rendered under a plain name: what FFmpeg makes of a user's name is not to be foreseen.
        video = bench.scratch / "overlay.mp4"
        render_overlay(
            bench, media[planned.clip_id], tracks[planned.clip_id], crops[planned.clip_id], turns, video
        )
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(video, out)
    terminal.say(f"clip {clip}, {planned.frames / plan.rate.fps:.1f} s: {out}")
