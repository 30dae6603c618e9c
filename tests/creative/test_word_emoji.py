"""Emoji after words: where the style lists them, in captions alone, few, and drawn by a font."""

from __future__ import annotations

from itertools import pairwise

import pytest
from enhancement_talk import RATE, RULES, camera, planned, transcript, turns
from pydantic import ValidationError

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.clips import CropPathsSet
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan, Span
from shortform_assets.contracts.style_contracts import CaptionStyle
from shortform_assets.creative.captions.draw.overlay_faults import overlay_faults
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style


def plan_of(bench, emoji, text, language="en"):
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "shortform")
    captions = CaptionStyle.model_validate({**style.captions.model_dump(), "emoji": emoji})
    style = style.model_copy(update={"captions": captions})
    words = transcript(text).model_copy(update={"language": language})
    end = words.words[-1].end_ms
    clip = planned([Span(start_frame=0, end_frame=RATE.nearest(end))], [(0, len(words.words) - 1)])
    crops = CropPathsSet(clips=(camera(clip),))
    plan = ClipPlan(editor="local", rate=RATE, clips=(clip,), target_count=1)
    request = EnhancementRequest(plan, words, turns(words), crops, style, RULES, CreativeEdits())
    (made,) = plan_enhancement(bench, FallbackFonts().load(), (), request).clips
    assert [*overlay_faults(made, crops.clips[0], RULES)] == []
    return made


def shown(made) -> list[str]:
    return [word.text for page in made.pages for line in page.lines for word in line]


def test_emoji_stand_after_their_words(bench):
    """Phrases before words, each emoji once, not close together, in captions and not in what is exported."""
    emoji = {
        "en": {"money": "💰", "New York": "🗽", "York": "🐖", "kitchen": "👩‍🍳", "time": "⏰"},
        "de": {"Money": "🇩🇪"},
    }
    text = "Money is time. In New York, a kitchen costs much more money than anybody had time for."
    made = plan_of(bench, emoji, text)
    found = shown(made)
    assert [word for word in found if not word.isascii()] == ["Money 💰", "York, 🗽", "time ⏰"]
    assert " ".join(word.text for word in made.words) == text
    at = [i for i, word in enumerate(made.words) if word.emoji]
    assert all(b - a >= 5 for a, b in pairwise(at))
    # Without a list of the talk's language there is nothing, and without any all is as it was.
    assert shown(plan_of(bench, {"fr": emoji["en"]}, text)) == text.split()
    assert plan_of(bench, {"fr": emoji["en"]}, text) == plan_of(bench, {}, text)
    assert not bench.degraded


def test_in_a_script_without_spaces_none_comes_between(bench):
    made = plan_of(bench, {"zh": {"想法": "💡"}}, " ".join("这个想法改变了一切"), "zh")
    assert "".join(shown(made)) == "这个想法💡改变了一切"


@pytest.mark.parametrize("sign", ["money", "💰💰", "", "é", "1"])
def test_what_is_no_emoji_is_refused(bench, sign):
    with pytest.raises(ValidationError, match="is not one emoji"):
        plan_of(bench, {"en": {"money": sign}}, "Money is time.")
