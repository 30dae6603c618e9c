"""A new aspect ratio is one entry in contracts/aspects.py: genre, camera, captions and render jobs follow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numbers_clip import FPS, always, check, direct, synthetic

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.aspects import ASPECTS, AspectRatio, SafeBox
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import (
    ClipMedia,
    ClipMediaSet,
    CropPathsSet,
    MediaSegment,
)
from shortform_assets.contracts.edits import CreativeEdits, FramingEdit, FramingEdits
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.genres import load_genre
from shortform_assets.reframing.direct.framing_request import _aspect
from shortform_assets.reframing.show.path_plot import path_plot
from shortform_assets.rendering.compose_jobs import compose

TEXT = "Why does bread come out different every day? Because flour remembers the weather."
SECONDS = 6


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> AspectRatio:
    box = SafeBox(left=0.05, top=0.06, right=0.95, bottom=0.9)
    ratio = AspectRatio(width=1080, height=1350, safe_box=box, caption_anchor=0.78)
    monkeypatch.setitem(ASPECTS, "4:5", ratio)
    return ratio


def test_one_entry_goes_from_the_plan_to_the_composition(entry, bench, tmp_path: Path, monkeypatch):
    (tmp_path / "portrait.yaml").write_text("extends: podcast\ndelivery: {aspects: [4:5, 9:16]}\n")
    monkeypatch.setenv("SHORTFORM_GENRES", str(tmp_path))
    genre = load_genre("portrait")
    assert genre.enhancement.safe_box["4:5"] == entry.safe_box

    blob = Blob(sha256="0" * 64, size=1)
    segment = MediaSegment(video=blob, audio=blob, first_frame=0, frames=SECONDS * FPS)
    media = ClipMedia(
        clip_id="c",
        width=1920,
        height=1080,
        rate=FrameRate(num=FPS),
        frames=SECONDS * FPS,
        segments=(segment,),
    )
    tracks, series = synthetic((1920, 1080), [(800, 400, 300, always)], seconds=SECONDS)
    tracks = tracks.model_copy(update={"media": media.digest()})
    pinned = FramingEdit(verb="keyframe", start_ms=0, end_ms=6000, aspect="4:5", at_ms=0, x=0.5, y=0.5)
    crops = direct((tracks, series), genre.reframing, edits=FramingEdits(edits=(pinned,)))
    camera = next(one for one in crops.aspects if one.aspect == "4:5")
    check(camera, tracks)
    assert path_plot(crops, "4:5").startswith(b"\x89PNG")
    assert _aspect("4x5") == "4:5"

    words = tuple(
        Word(text=text, start_ms=350 * n, end_ms=350 * n + 300, confidence=1)
        for n, text in enumerate(TEXT.split())
    )
    transcript = Transcript(
        language="en", language_confidence=1, provider="test", duration_ms=SECONDS * 1000, words=words,
        sentences=(Sentence(first=0, last=7), Sentence(first=8, last=len(words) - 1)),
    )  # fmt: skip
    whole = {"start_ms": words[0].start_ms, "end_ms": words[-1].end_ms}
    turns = SpeakerTurns(
        speakers=("S1",),
        turns=(Turn(**whole, speaker="S1"),),
        voice_activity=(Interval(**whole),),
        word_speakers=(0,) * len(words),
    )
    clip = PlannedClip(
        clip_id="c", spans=(Span(start_frame=0, end_frame=SECONDS * FPS),), word_ranges=((0, len(words) - 1),),
        title="Bread", hook="Why does bread differ?", quote="q", score=0.9, reason="r",
    )  # fmt: skip
    plan = ClipPlan(editor="local", rate=FrameRate(num=FPS), clips=(clip,), target_count=1)
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, genre.enhancement.style)
    paths = CropPathsSet(clips=(crops,))
    rules, edits = genre.enhancement, CreativeEdits()
    enhanced = plan_enhancement(
        bench,
        FallbackFonts().load(),
        (),
        EnhancementRequest(plan, transcript, turns, paths, style, rules, edits),
    )
    box = entry.safe_box
    pages = enhanced.clips[0].pages
    assert pages
    assert all(box.top < page.anchor["4:5"] < box.bottom for page in pages)
    assert enhanced.clips[0].hook is not None
    assert "4:5" in enhanced.clips[0].logo
    made = compose(bench, enhanced, paths, ClipMediaSet(clips=(media,)), style, genre.delivery)
    assert not made.dropped
    assert [(job.aspect, job.width, job.height) for job in made.outputs] == [
        ("4:5", 1080, 1350),
        ("9:16", 1080, 1920),
    ]
    faces = np.array([(face.x, face.x + face.width) for face in made.outputs[0].framing.faces])
    assert faces.size
    assert (faces >= 0).all()
    assert (faces <= 1.0002).all()
