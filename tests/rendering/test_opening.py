"""The beginning of an output as a draft: its frames, drawn as they are in the whole."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.style_contracts import (
    CallToActionStyle,
    EndCardStyle,
    LowerThirdStyle,
    ProgressBarStyle,
    PunchInStyle,
    StyleContract,
)
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.delivery.gate.plan_lines import text_faults
from shortform_assets.delivery.quality import measure
from shortform_assets.genres import load_genre
from shortform_assets.rendering import StyleStudio, opening, render, still
from shortform_assets.rendering.render_output import count_frames


def with_everything(bench) -> tuple[StyleStudio, StyleContract]:
    """A studio, and a style that lays over a clip all that there is."""
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "acme")
    words = {"font": style.captions.font, "size": 0.03, "colour": "#FFFFFF"}
    style = style.model_copy(
        update={
            "lower_third": LowerThirdStyle(**words, box_colour="#101820", seconds=2),
            "call_to_action": CallToActionStyle(**words, box_colour="#101820", text="Follow", seconds=2),
            "end_card": EndCardStyle(**words, background="#101820", text="acme.com", seconds=1),
            "progress_bar": ProgressBarStyle(colour="#FF5A5F", height=0.006),
            "punch_in": PunchInStyle(zoom=1.1, seconds=1),
            "audio": style.audio.model_copy(update={"level_speakers": True, "bleep": True}),
        }
    )
    genre = load_genre("podcast")
    return StyleStudio(bench, FallbackFonts().load(), genre.enhancement, genre.delivery), style


def test_any_number_of_frames_is_drawn_as_in_the_whole(bench, tmp_path):
    """With everything that a style can lay over a clip, whatever of it begins later or lasts beyond."""
    studio, style = with_everything(bench)
    job = studio.job(style, "1:1")
    assert job.frames > job.media.frames, "it has an end card"

    def drawn(frames: int, at: int) -> np.ndarray:
        video = render(bench, opening(job, frames)).video
        assert count_frames(video) == (frames if frames < job.media.frames else job.frames)
        still(video, at, tmp_path / "still.png")
        with Image.open(tmp_path / "still.png") as picture:
            assert picture.size == (1080, 1080)
            return np.asarray(picture.convert("RGB")).astype(int)

    whole = drawn(job.frames, 12)
    for frames in (13, job.media.frames - 1):
        assert np.abs(drawn(frames, 12) - whole).mean() < 1.5
    assert np.abs(drawn(job.media.frames, job.frames - 1) - (0x10, 0x18, 0x20)).mean() < 12, "the end card"
    drawn(1, 0)
    assert np.abs(drawn(2, 1) - whole).mean() > 1.5, "another frame is another picture"


@pytest.mark.parametrize("aspect", ["9:16", "1:1"])
def test_a_draft_is_the_same_picture_at_half_of_its_size(bench, tmp_path, aspect):
    """Texts, cards, bars and logo, in their places; and the gate judges it as it does the whole."""
    studio, style = with_everything(bench)
    whole, draft = studio.job(style, aspect), studio.job(style, aspect, draft=True)
    assert (draft.width * 2, draft.height * 2) == (whole.width, whole.height)

    def drawn(job: RenderJob) -> list[np.ndarray]:
        made = render(bench, opening(job, 60))
        found = []
        for at in (20, 59):
            still(made.video, at, tmp_path / "still.png")
            with Image.open(tmp_path / "still.png") as picture:
                small = picture.convert("RGB").resize(
                    (draft.width // 2, draft.height // 2), Image.Resampling.BOX
                )
                found.append(np.asarray(small).astype(int))
        return found

    bare = style.model_copy(update={"captions": style.captions.model_copy(update={"size": 0.02})})
    smaller = drawn(studio.job(bare, aspect, draft=True))
    for one, other, less in zip(drawn(whole), drawn(draft), smaller, strict=True):
        apart = np.abs(one - other)
        assert (apart.max(axis=2) > 90).mean() < 0.002
        assert (np.abs(one - less).max(axis=2) > 90).mean() > 0.004, "captions of another size would be seen"
    made = render(bench, draft)
    # The talk is made up, its face too: what the plan does to it is no matter here.
    assert measure(made.video, draft, made.witness).problems == tuple(text_faults(draft))
