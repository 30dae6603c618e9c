"""A talk, clips of it and cameras, made by hand."""

from __future__ import annotations

from itertools import pairwise

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    CropPaths,
    CropPathsSet,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
)
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span, clip_id
from shortform_assets.contracts.slices import EnhancementSlice
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement

RATE = FrameRate(num=25)
BOX = SafeBox(left=0.06, top=0.14, right=0.862, bottom=0.65)
RULES = EnhancementSlice(
    style="shortform",
    captions=True,
    hook=True,
    logo=True,
    safe_box={"9:16": BOX, "1:1": SafeBox(left=0.05, top=0.05, right=0.95, bottom=0.92)},
    caption_anchor={"9:16": 0.58, "1:1": 0.8},
    caption_gap_ms=700,
    caption_hold_ms=400,
    caption_min_ms=700,
)
TEXT = (
    "Everybody asks how we started. We met in a kitchen in Málaga and argued for hours. "
    "Then somebody said why not build it. That was the whole plan and it worked surprisingly well."
)


def transcript(text: str = TEXT, step: int = 320) -> Transcript:
    words = tuple(
        Word(text=w, start_ms=i * step, end_ms=i * step + step - 40, confidence=1)
        for i, w in enumerate(text.split())
    )
    lasts = [i for i, w in enumerate(words) if w.text[-1] in ".?!"] or [len(words) - 1]
    firsts = [0, *(i + 1 for i in lasts)]
    sentences = tuple(Sentence(first=a, last=b) for a, b in zip(firsts, lasts, strict=False))
    return Transcript(
        language="en",
        language_confidence=1,
        provider="test",
        duration_ms=len(words) * step,
        words=words,
        sentences=sentences,
    )


def turns(words: Transcript) -> SpeakerTurns:
    whole = {"start_ms": words.words[0].start_ms, "end_ms": words.words[-1].end_ms}
    return SpeakerTurns(
        speakers=("S1",),
        turns=(Turn(**whole, speaker="S1"),),
        voice_activity=(Interval(**whole),),
        word_speakers=(0,) * len(words.words),
    )


def planned(spans, ranges, hook="Why not build it?") -> PlannedClip:
    return PlannedClip(
        clip_id=clip_id(spans),
        spans=tuple(spans),
        word_ranges=tuple(ranges),
        title="How acme corp started",
        hook=hook,
        quote="q",
        score=0.9,
        reason="r",
    )


def camera(clip: PlannedClip, faces=(), cuts=(), media: ClipMedia | None = None) -> CropPaths:
    edges = [0, *cuts, clip.frames]

    def framed(a: int, b: int, wide: float) -> Framing:
        whole = Panel(slot=(0, 0, 1, 1), width=wide, height=1080, path=(Keyframe(frame=a, x=0, y=0),))
        return Framing(start_frame=a, end_frame=b, layout="single", reason="r", panels=(whole,))

    aspects = tuple(
        AspectFraming(
            aspect=aspect, framings=tuple(framed(a, b, wide) for a, b in pairwise(edges)), faces=tuple(faces)
        )
        for aspect, wide in (("9:16", 607.5), ("1:1", 1080))
    )
    return CropPaths(
        clip_id=clip.clip_id,
        media=media.digest() if media else "0" * 64,
        frames=clip.frames,
        rate=RATE,
        cuts=tuple(cuts),
        verdicts=(),
        aspects=aspects,
    )


def media_of(clip: PlannedClip) -> ClipMedia:
    blob = Blob(sha256="a" * 64, size=1)
    segments = tuple(MediaSegment(video=blob, audio=blob, first_frame=0, frames=s.frames) for s in clip.spans)
    return ClipMedia(
        clip_id=clip.clip_id, width=1920, height=1080, rate=RATE, frames=clip.frames, segments=segments
    )


def enhanced(bench, style, clips, crops, edits=(), rules=RULES, words=None):
    """The plan of these clips."""
    words = words or transcript()
    plan = ClipPlan(editor="local", rate=RATE, clips=tuple(clips), target_count=len(clips))
    sets, fixes = CropPathsSet(clips=tuple(crops)), CreativeEdits(edits=tuple(edits))
    request = EnhancementRequest(plan, words, turns(words), sets, style, rules, fixes)
    return plan_enhancement(bench, FallbackFonts().load(), (), request)


def whole(last: int | None = None) -> PlannedClip:
    """The talk as one clip, up to a word."""
    words = transcript()
    last = len(words.words) - 1 if last is None else last
    return planned([Span(start_frame=0, end_frame=RATE.nearest((last + 1) * 320))], [(0, last)])
