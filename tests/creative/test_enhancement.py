"""From words and faces to an enhancement plan and a composition."""

from __future__ import annotations

import pytest
from enhancement_talk import (
    RATE,
    RULES,
    TEXT,
    camera,
    enhanced,
    media_of,
    planned,
    transcript,
    turns,
    whole,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.clips import (
    ClipMediaSet,
    CropPathsSet,
    FaceBox,
)
from shortform_assets.contracts.edits import CreativeEdit
from shortform_assets.contracts.selection import Span
from shortform_assets.contracts.speech import Sentence, Transcript, Word
from shortform_assets.creative.captions.draw.overlay_faults import SLACK
from shortform_assets.creative.captions.text.clip_words import clip_words
from shortform_assets.creative.captions.text.typeset import Typeface, displayed, line_share
from shortform_assets.creative.styles.style_registry import resolve_style
from shortform_assets.errors import InputError
from shortform_assets.text.graphemes import grapheme_count, graphemes


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_words_map_through_any_timeline(data):
    """Spans in any order with words cut at their joins: each word once, in order, within the clip."""
    words = transcript()
    spans, ranges = [], []
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(words.words) - 2))
        last = data.draw(st.integers(first, min(first + 8, len(words.words) - 1)))
        low = words.words[first].start_ms + data.draw(st.integers(-200, 260))
        high = words.words[last].end_ms + data.draw(st.integers(-260, 200))
        low_frame = max(0, RATE.nearest(max(0, low)))
        spans.append(Span(start_frame=low_frame, end_frame=max(low_frame + 1, RATE.nearest(max(1, high)))))
        ranges.append((first, last))
    clip = planned(spans, ranges)
    found = clip_words(clip, RATE, words, turns(words))
    expected: list[int] = []
    for first, last in ranges:
        expected += [i for i in range(first, last + 1) if not (expected and i == first == expected[-1])]
    assert [w.text for w in found] == [words.words[i].text for i in expected]
    starts = [w.start_frame for w in found]
    assert starts == sorted(starts)
    assert all(0 <= w.start_frame < w.end_frame for w in found)
    assert all(w.start_frame < clip.frames for w in found)
    offset, before = 0, -1
    for span, (first, last) in zip(spans, ranges, strict=True):
        # A word that the join cuts begins in the span before.
        for index in range(first + (first == before), last + 1):
            at = RATE.frame(words.words[index].start_ms)
            # Words wholly inside their span start in the very frame they are heard.
            if span.start_frame <= at < span.end_frame:
                assert any(w.start_frame == offset + at - span.start_frame for w in found)
        offset, before = offset + span.frames, last


def test_a_whole_plan(bench, style):
    clip = whole()
    faces = [FaceBox(frame=f, x=0.3, y=0.28, width=0.4, height=0.2) for f in range(0, clip.frames, 12)]
    edit = CreativeEdit(verb="fix", wrong="acme corp", right="ACME")
    plan = enhanced(
        bench,
        style,
        [clip, planned([Span(start_frame=0, end_frame=9)], [(0, 0)])],
        [camera(clip, faces)],
        [edit],
    )
    (made,) = plan.clips
    assert (plan.style, plan.style_digest) == ("shortform@1", style.digest())
    assert made.title == "How ACME started"
    shown = [w.text for page in made.pages for line in page.lines for w in line]
    assert shown == TEXT.split()
    assert made.hook is not None
    assert " ".join(made.hook.lines) == "Why not build it?"
    for aspect in ("9:16", "1:1"):
        box = RULES.safe_box[aspect]
        share = line_share(style.captions.size, aspect)
        for page in made.pages:
            half = share * len(page.lines) / 2
            assert box.top <= page.anchor[aspect] - half
            assert page.anchor[aspect] + half <= box.bottom + 1e-6
        logo = made.logo[aspect]
        assert box.left <= logo.x
        assert logo.x + logo.width <= box.right + 1e-6
    # The face leaves room above it for the hook and below it for captions.
    assert made.hook.anchor["9:16"] < 0.3
    assert {page.anchor["9:16"] for page in made.pages} == {0.58}


def test_composition_is_best_first_and_drops_what_does_not_fit(bench, style):
    from shortform_assets.contracts.creative import Encode
    from shortform_assets.contracts.slices import DeliverySlice
    from shortform_assets.rendering.compose_jobs import compose

    clips = [whole(), whole(20), whole(15), whole(10)]
    media = [media_of(c) for c in clips]
    crops = [camera(c, media=m) for c, m in zip(clips, media, strict=True)]
    crops[1] = crops[1].model_copy(update={"media": "f" * 64})
    plan = enhanced(bench, style, clips, crops)
    encode = Encode(
        crf=20,
        preset="veryfast",
        max_bitrate_kbps=9000,
        gop_seconds=2,
        audio_kbps=160,
        loudness_lufs=-14,
        true_peak_dbtp=-1,
    )
    rules = DeliverySlice(aspects=("9:16", "1:1"), encode=encode, deadline_seconds=60, max_attempts=1)
    made = compose(
        bench, plan, CropPathsSet(clips=tuple(crops)), ClipMediaSet(clips=tuple(media[:3])), style, rules
    )
    assert [(j.clip_id, j.aspect) for j in made.outputs] == [
        (clips[i].clip_id, aspect) for i in (0, 2) for aspect in ("9:16", "1:1")
    ]
    assert len({j.output_id for j in made.outputs}) == 4
    reasons = {d.clip_id: d.reason for d in made.dropped}
    assert "other media" in reasons[clips[1].clip_id]
    assert "no media" in reasons[clips[3].clip_id]
    again = compose(
        bench, plan, CropPathsSet(clips=tuple(crops)), ClipMediaSet(clips=tuple(media)), style, rules
    )
    assert again.outputs[0].output_id == made.outputs[0].output_id
    louder = rules.model_copy(update={"encode": encode.model_copy(update={"crf": 21})})
    other = compose(
        bench, plan, CropPathsSet(clips=tuple(crops)), ClipMediaSet(clips=tuple(media)), style, louder
    )
    assert other.outputs[0].output_id != made.outputs[0].output_id
    with pytest.raises(InputError, match="was made from shortform@1"):
        compose(
            bench,
            plan,
            CropPathsSet(clips=()),
            ClipMediaSet(clips=()),
            resolve_style(bench.store, "acme"),
            rules,
        )
    none = compose(bench, plan, CropPathsSet(clips=()), ClipMediaSet(clips=()), style, rules)
    assert none.outputs == ()
    assert "every clip was dropped" in none.empty_reason


def test_words_that_no_font_has_are_left_out_and_said(bench, style):
    """The rest of the line is captioned; nothing is drawn as a box, and one sentence names script and setting."""
    words = transcript("They said བོད་ཡིག་ and 日本語 to everybody here.")
    clip = planned([Span(start_frame=0, end_frame=RATE.nearest(8 * 320))], [(0, 7)], hook="What is བོད་?")
    found = enhanced(bench, style, [clip], [camera(clip)], words=words).clips[0]
    shown = [word.text for page in found.pages for line in page.lines for word in line]
    assert shown == ["They", "said", "and", "日本語", "to", "everybody", "here."]
    assert [word.text for word in found.words if not word.captioned] == ["བོད་ཡིག་"]
    assert found.hook is None
    assert len(found.fonts) == 1
    (reason,) = bench.degraded
    assert "Tibetan" in reason
    assert "SHORTFORM_FONTS" in reason


WRITTEN = (
    "Straße. किताबें प्रश्न สวัสดีครับ ปั๊มน้ำ 日本語です。 한국어로 مرحبا؟ שלום! ไม่ 👩‍👩‍👧 🇯🇵 1️⃣ "
    r"{\pos(1,2)} \N%d 5 < ₿ — ভাষা கோழி YouTube 今天 འདི ﷽ x̸̧̛"
)
ODD = ("a" * 2000, "漢" * 300, "\x00\x1b", "a\u202eb\u2028c", "\U000e0067", "e\u0301\u0302\u0303\u0304")
LETTERS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=14),
    st.sampled_from((*WRITTEN.split(), *ODD)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(LETTERS, min_size=1, max_size=16),
    language=st.sampled_from(["en", "ar", "he", "ja", "zh", "th", "hi"]),
)
def test_any_text_stays_in_the_safe_box_in_order_and_has_a_glyph(bench, style, said, language):
    """Whatever was said in whatever script: no caption leaves the safe box, words keep their order, and whatever is
    shown some font of the clip has."""
    texts = [text for text in said if text.strip()]
    words = tuple(
        Word(text=t, start_ms=i * 320, end_ms=i * 320 + 280, confidence=1) for i, t in enumerate(texts)
    )
    if not words:
        return
    talk = Transcript(
        language=language,
        language_confidence=1,
        provider="test",
        duration_ms=len(words) * 320,
        words=words,
        sentences=(Sentence(first=0, last=len(words) - 1),),
    )
    clip = planned(
        [Span(start_frame=0, end_frame=RATE.nearest(len(words) * 320))],
        [(0, len(words) - 1)],
        hook=" ".join(texts[:4]),
    )
    made = enhanced(bench, style, [clip], [camera(clip)], words=talk)
    if not made.clips:
        assert "caption pages do not fit" in made.dropped[0].reason
        return
    found = made.clips[0]
    fonts = [Typeface(bench.open(font.file)) for font in (*style.fonts, *found.fonts)]
    shown = [word.text for page in found.pages for line in page.lines for word in line]
    kept = [w.text for w in found.words if w.captioned and displayed(w.text, False)]
    assert "".join(shown) == "".join(kept)
    for text in shown:
        for cluster in graphemes(displayed(text, False)):
            assert any(font.draws(cluster) for font in fonts), ascii(cluster)
    for page in found.pages:
        for aspect, box in (("9:16", RULES.safe_box["9:16"].box), ("1:1", RULES.safe_box["1:1"].box)):
            own = page.box(aspect)
            # One character may be wider or higher than any line.
            if grapheme_count("".join(w.text for line in page.lines for w in line)) > 1:
                assert own.left >= box.left - SLACK, shown
                assert own.right <= box.right + SLACK, shown
            if len(page.lines) * page.pitch < 4:
                assert own.top >= box.top - SLACK, shown
                assert own.bottom <= box.bottom + SLACK, shown
