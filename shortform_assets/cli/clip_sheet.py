"""What a person needs to see of one clip to edit it: its words and those around it, its people, its camera and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shortform_assets.cli.plan_commands import open_draft
from shortform_assets.cli.project import Project
from shortform_assets.cli.reframe_command import framed_clip
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.selection import ClipPlan, PlannedClip
from shortform_assets.contracts.slices import DeliverySlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative import fixed_words
from shortform_assets.errors import InputError
from shortform_assets.reframing import FramedClip, path_plot
from shortform_assets.text.clock import clock
from shortform_assets.text.spacing import space_between

_AROUND = 60
"""Words before and after a clip that are shown: twenty seconds of talk, to widen it by. Our choice."""
_EDGES = " .,;:!?…\"'“”‘’«»()[]¿¡"


def clip_sheet(project: Project, key: str, number: int) -> dict[str, Any]:
    """Clip `number` as plain data, with the edits that wait: words (where they are in the clip in force), people,
    layouts, cameras. InputError where there is no such clip."""
    draft = open_draft(project, key)
    clip = draft.clip(number)
    plan = project.current(key, "clip_plan", ClipPlan)
    made = plan.clips[number - 1] if number <= len(plan.clips) else None
    transcript = project.current(key, "transcript", Transcript)
    try:
        delivered = project.current(key, "genre/delivery", DeliverySlice).aspects
        framing = _framing(framed_clip(project, key, number), delivered)
    except InputError:
        # It waits to be added, or was lost on the way; its words can be edited all the same.
        framing = None
    return {
        "number": number,
        "title": clip.title,
        "language": transcript.language,
        "words": _words(project, key, transcript, clip, made, plan.rate),
        "framing": framing,
    }


def camera_plot(project: Project, key: str, number: int, aspect: str) -> bytes:
    """PNG of the clip's camera over time; InputError where it is not framed so."""
    path = framed_clip(project, key, number).path
    if aspect not in {camera.aspect for camera in path.aspects}:
        raise InputError(f"clip {number} is not framed in {aspect}", key)
    return path_plot(path, aspect)


def _words(
    project: Project,
    key: str,
    transcript: Transcript,
    clip: PlannedClip,
    made: PlannedClip | None,
    rate: FrameRate,
) -> list[dict[str, Any]]:
    """Words as they are shown now. `first, last` are the words of the transcript that one stands for; `at_ms, until_ms`
    when it is heard in the clip that was made, or null."""
    low, high = clip.word_ranges[0][0], clip.word_ranges[-1][1]
    span = range(max(0, low - _AROUND), min(len(transcript.words), high + _AROUND + 1))
    turns = project.current(key, "speaker_turns", SpeakerTurns)
    starts = {transcript.words[n].start_ms: n for n in reversed(span)}
    ends = {transcript.words[n].end_ms: n for n in span}
    found: list[dict[str, Any]] = []
    for word in fixed_words(transcript, turns, project.registry.creative_edits(key).edits):
        first, last = (known.get(ms) for known, ms in zip((starts, ends), word.source_ms, strict=True))
        if first is None or last is None or last < first:
            continue
        begin = made.timeline.to_clip(rate.frame(word.source_ms[0])) if made else None
        length = word.source_ms[1] - word.source_ms[0]
        if found:
            found[-1]["space"] = bool(space_between(found[-1]["text"], word.text))
        found.append(
            {
                "text": word.text,
                "bare": word.text.strip(_EDGES),
                "space": True,
                "first": first,
                "last": last,
                "kept": any(a <= last and first <= b for a, b in clip.word_ranges),
                "at_ms": None if begin is None else rate.ms(begin),
                "until_ms": None if begin is None else rate.ms(begin) + length,
            }
        )
    return found


def _framing(framed: FramedClip, aspects: Sequence[str]) -> dict[str, Any]:
    """Whom and how it can show, and in the first of `aspects` why it shows what it does."""
    path = framed.path
    # A camera is planned for every aspect ratio, whether or not it is delivered.
    cameras = [camera for camera in path.aspects if camera.aspect in aspects] or list(path.aspects)
    people = {}
    for verdict in path.verdicts:
        name = verdict.person or verdict.speaker
        if name:
            label = f"{verdict.person} ({verdict.speaker})" if verdict.person and verdict.speaker else name
            people[name] = label
    return {
        "people": [{"id": name, "label": people[name]} for name in sorted(people)],
        "layouts": list(path.choices),
        "aspects": [camera.aspect for camera in cameras],
        "reasons": [
            {
                "from": clock(path.rate.ms(framing.start_frame), 1),
                "to": clock(path.rate.ms(framing.end_frame), 1),
                "layout": framing.layout,
                "reason": framing.reason,
            }
            for framing in cameras[0].framings
        ],
    }
