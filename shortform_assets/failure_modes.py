"""Detectors of the six failure modes: plain functions that return one sentence a finding.

An empty list means that the detector ran and found nothing. docs/failure-modes.md says what each one
means and what the pipeline does about it.
"""

from __future__ import annotations

from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet
from shortform_assets.contracts.creative import EnhancementPlan
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import EnhancementSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative.captions.draw.overlay_faults import overlay_faults
from shortform_assets.reframing.direct.path_guard import misfits
from shortform_assets.text.spacing import joined

_VOICE_SLACK_MS = 300
"""A voice detector opens late and closes early: a word this near to voice was spoken."""


def framing_mismatch(crops: CropPathsSet, media: ClipMediaSet) -> list[str]:
    """Failure mode 1: a crop path that does not fit the clip it was made for."""
    clips = {clip.clip_id: clip for clip in media.clips}
    found = []
    for path in crops.clips:
        clip = clips.get(path.clip_id)
        if clip is None:
            found.append(f"clip {path.clip_id}: there is a crop path but no media")
        else:
            found += [f"clip {path.clip_id}: {misfit}" for misfit in misfits(path, clip)]
    return found


def static_subjects(crops: CropPathsSet) -> list[str]:
    """Failure mode 2: a poster, photo or screen that the camera follows."""
    found = []
    for path in crops.clips:
        static = {verdict.track_id for verdict in path.verdicts if verdict.state == "static"}
        for aspect in path.aspects:
            for framing in aspect.framings:
                shown = [panel.subject for panel in framing.panels if panel.subject in static]
                if shown:
                    found.append(
                        f"clip {path.clip_id}: {aspect.aspect} follows the static face {shown[0]}"
                        f" from frame {framing.start_frame}"
                    )
    return found


def invented_words(transcript: Transcript, turns: SpeakerTurns) -> list[str]:
    """Failure mode 3: words of which no part lies within, or next to, voice activity."""
    voice = sorted((*turns.voice_activity, *transcript.faint), key=lambda span: span.start_ms)
    found, at = [], 0
    for word in transcript.words:
        while at < len(voice) and voice[at].end_ms + _VOICE_SLACK_MS <= word.start_ms:
            at += 1
        if at == len(voice) or voice[at].start_ms - _VOICE_SLACK_MS >= word.end_ms:
            found.append(f"'{word.text}' at {word.start_ms / 1000:.2f} s lies where nobody speaks")
    return found


def ungrounded_clips(plan: ClipPlan, transcript: Transcript) -> list[str]:
    """Failure mode 5: quotes nobody said, and clips that open or close inside a sentence."""
    firsts = {sentence.first for sentence in transcript.sentences}
    lasts = {sentence.last for sentence in transcript.sentences}
    found = []
    for clip in plan.clips:
        said = joined(
            word.text for low, high in clip.word_ranges for word in transcript.words[low : high + 1]
        )
        if clip.quote not in said:
            found.append(f"clip {clip.clip_id}: the quote is not in the transcript")
        if clip.mid_sentence:
            # Somebody trimmed it to these very words.
            continue
        if clip.word_ranges[0][0] not in firsts:
            found.append(f"clip {clip.clip_id}: it opens inside a sentence")
        if clip.word_ranges[-1][1] not in lasts:
            found.append(f"clip {clip.clip_id}: it closes inside a sentence")
    return found


def overlay_collisions(
    plan: EnhancementPlan, crops: CropPathsSet, enhancement: EnhancementSlice
) -> list[str]:
    """Failure mode 6: captions, hook and logo that hide, are hidden, leave the safe box, are cut off, out of
    sync or missing, in any aspect ratio."""
    cameras = {path.clip_id: path for path in crops.clips}
    return [
        f"clip {clip.clip_id}: {fault}"
        for clip in plan.clips
        if clip.clip_id in cameras
        for fault in overlay_faults(clip, cameras[clip.clip_id], enhancement)
    ]
