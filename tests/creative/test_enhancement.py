"""From words and faces to an enhancement plan and a composition."""

from __future__ import annotations

import pytest
from enhancement_talk import BOX, RATE, RULES, TEXT, camera, media_of, planned, transcript, turns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.fallback_fonts import FallbackFonts
from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.clips import (
    ClipMediaSet,
    CropPathsSet,
    FaceBox,
)
from shortform_assets.contracts.edits import CreativeEdit, CreativeEdits
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span
from shortform_assets.contracts.speech import Sentence, Transcript, Word
from shortform_assets.creative.captions.draw.overlay_faults import SLACK, overlay_faults
from shortform_assets.creative.captions.draw.placement import FOREHEAD, Block, covered, place
from shortform_assets.creative.captions.text.clip_words import clip_words
from shortform_assets.creative.captions.text.typeset import Typeface, displayed, line_share
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.errors import InputError
from shortform_assets.text.graphemes import grapheme_count, graphemes


@pytest.fixture
def style(bench):
    ensure_shipped_styles(bench.store)
    return resolve_style(bench.store, "shortform")


def enhanced(bench, style, clips, crops, edits=(), rules=RULES, words=None):
    words = words or transcript()
    plan = ClipPlan(editor="local", rate=RATE, clips=tuple(clips), target_count=len(clips))
    sets, fixes = CropPathsSet(clips=tuple(crops)), CreativeEdits(edits=tuple(edits))
    request = EnhancementRequest(plan, words, turns(words), sets, style, rules, fixes)
    return plan_enhancement(bench, FallbackFonts().load(), request)


def whole(last: int | None = None) -> PlannedClip:
    words = transcript()
    last = len(words.words) - 1 if last is None else last
    return planned([Span(start_frame=0, end_frame=RATE.nearest((last + 1) * 320))], [(0, last)])


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


FACES = st.lists(
    st.tuples(st.integers(0, 240), st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.05, 0.3)), max_size=12
)


@settings(max_examples=120, deadline=None)
@given(FACES, st.lists(st.integers(1, 3), min_size=1, max_size=8))
def test_captions_stay_in_the_box_and_off_faces_where_they_can(faces, lines):
    clip = whole()
    boxes = [FaceBox(frame=f, x=x, y=y, width=s, height=s) for f, x, y, s in sorted(faces)]
    framing = camera(clip, boxes, cuts=(120,)).aspects[0]
    blocks = [Block(30 * i, 30 * i + 30, 0.7, 0.05 * n) for i, n in enumerate(lines)]
    anchors = place(blocks, framing, BOX, 0.58, RATE)
    for block, anchor in zip(blocks, anchors, strict=True):
        half = block.height / 2
        assert BOX.top - 1e-6 <= anchor - half
        assert anchor + half <= BOX.bottom + 1e-6
        seen = [b for b in boxes if block.start_frame <= b.frame < block.end_frame]
        hit = any(covered(b, OutputBox(0.15, anchor - half, 0.85, anchor + half)) for b in seen)
        around = [b for b in boxes if block.start_frame - 20 <= b.frame < block.end_frame + 20]
        free = [
            a / 100
            for a in range(18, 62)
            if BOX.top <= a / 100 - half - 0.03
            and a / 100 + half + 0.03 <= BOX.bottom
            and not any(
                b.y < a / 100 + half + 0.03 and b.y + b.height > a / 100 - half - 0.03 for b in around
            )
        ]
        assert not (hit and free)


def test_captions_hold_still_within_a_framing():
    """A face that drifts does not make captions jump; a new framing may move them."""
    clip = whole()
    faces = [FaceBox(frame=f, x=0.3, y=0.2 + 0.0006 * f, width=0.4, height=0.2) for f in range(0, 150, 12)]
    faces += [FaceBox(frame=f, x=0.3, y=0.45, width=0.4, height=0.2) for f in range(150, 270, 12)]
    framing = camera(clip, faces, cuts=(150,)).aspects[0]
    blocks = [Block(30 * i, 30 * i + 30, 0.7, 0.1) for i in range(9)]
    anchors = place(blocks, framing, BOX, 0.58, RATE)
    assert len(set(anchors[:5])) == 1
    assert anchors[0] == pytest.approx(0.58)
    assert len(set(anchors[5:])) == 1
    assert anchors[5] + 0.05 < 0.46


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


def test_text_stands_in_the_safe_box_of_every_platform_of_its_output(bench, style):
    """The genre's box and those of the style's platforms that take the aspect ratio, all at once."""
    clip = whole()
    boxes = {
        "tiktok": SafeBox(left=0.06, top=0.3, right=0.7, bottom=0.9),
        "reels": SafeBox(left=0.2, top=0.1, right=0.95, bottom=0.55),
        "feed": SafeBox(left=0.0, top=0.0, right=1.0, bottom=0.6),
    }
    narrow = style.model_copy(update={"safe_box": boxes})
    (made,) = enhanced(bench, narrow, [clip], [camera(clip)]).clips
    wanted = {"9:16": OutputBox(0.2, 0.3, 0.7, 0.55), "1:1": OutputBox(0.05, 0.05, 0.95, 0.6)}
    (free,) = enhanced(bench, style, [clip], [camera(clip)]).clips
    for aspect, box in wanted.items():
        assert made.pages
        for page in made.pages:
            assert not page.box(aspect).leaves(box, 0.001)
        assert any(page.box(aspect).leaves(box, 0.001) for page in free.pages)
        assert not made.logo[aspect].box.leaves(box, 0.001)
        assert made.hook is not None
        card = made.hook.box(aspect)
        assert card is None or not card.leaves(box, 0.001)
    moved = made.model_copy(update={"pages": free.pages})
    assert list(overlay_faults(made, camera(clip), RULES)) == []
    assert any(
        "caption" in fault and "leaves the safe box" in fault
        for fault in overlay_faults(moved, camera(clip), RULES)
    )
    apart = style.model_copy(
        update={"safe_box": {"tiktok": SafeBox(left=0.06, top=0.7, right=0.9, bottom=0.95)}}
    )
    with pytest.raises(InputError, match=r"its safe boxes and the genre's leave no room for text in 9:16"):
        enhanced(bench, apart, [clip], [camera(clip)])


def test_captions_of_a_close_up_stand_below_the_chin_and_the_hook_above_the_brows(bench, style):
    clip = whole()
    face = FaceBox(frame=0, x=0.15, y=0.17, width=0.7, height=0.38)
    faces = [face.model_copy(update={"frame": f}) for f in range(0, clip.frames, 12)]
    made = enhanced(bench, style, [clip], [camera(clip, faces)]).clips[0]
    share = line_share(style.captions.size, "9:16")
    for page in made.pages:
        assert page.anchor["9:16"] - share * len(page.lines) / 2 >= face.y + 0.95 * face.height
    assert len({page.anchor["9:16"] for page in made.pages}) == 1
    card = made.hook.box("9:16")
    assert BOX.top <= card.top
    assert card.bottom <= face.y + FOREHEAD * face.height
    # A logo beside the card would crowd it: it comes when the card has gone.
    assert made.logo["9:16"].start_frame == made.hook.end_frame


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FACES)
def test_neither_captions_nor_hook_ever_touch_the_logo(bench, style, faces):
    clip = whole()
    boxes = [FaceBox(frame=f, x=x, y=y, width=s, height=s) for f, x, y, s in sorted(faces)]
    made = enhanced(bench, style, [clip], [camera(clip, boxes, cuts=(120,))]).clips[0]
    for aspect, logo in made.logo.items():
        assert not any(page.box(aspect).meets(logo.box) for page in made.pages)
        card = made.hook.box(aspect) if made.hook else None
        assert not (card and card.meets(logo.box)) or logo.start_frame >= made.hook.end_frame


def test_captions_move_off_the_logo_when_a_face_drives_them_up():
    """A face from below the logo to the end of the safe box leaves only the logo's row: not beside it."""
    logo = OutputBox(0.06, 0.14, 0.26, 0.17)
    faces = [FaceBox(frame=f, x=0.2, y=0.26, width=0.6, height=0.4) for f in range(0, 120, 12)]
    framing = camera(whole(), faces).aspects[0]
    block = [Block(0, 60, 0.7, 0.08)]
    (free,) = place(block, framing, BOX, 0.58, RATE)
    (moved,) = place(block, framing, BOX, 0.58, RATE, [logo])
    assert free - 0.04 < logo.bottom <= moved - 0.04


def test_the_hook_gives_way(bench, style):
    """Where faces and captions leave no room there is no card over them."""
    clip = whole()
    faces = [FaceBox(frame=f, x=0.1, y=0.0, width=0.8, height=0.48) for f in range(0, clip.frames, 12)]
    made = enhanced(bench, style, [clip], [camera(clip, faces)]).clips[0]
    assert made.hook is not None
    assert set(made.hook.anchor) == {"1:1"}
    crowd = ((0.0, 0.25), (0.22, 0.25), (0.44, 0.25))
    faces = [f.model_copy(update={"y": y, "height": tall}) for f in faces for y, tall in crowd]
    assert enhanced(bench, style, [clip], [camera(clip, faces)]).clips[0].hook is None
    off = RULES.model_copy(update={"captions": False, "hook": False, "logo": False})
    bare = enhanced(bench, style, [clip], [camera(clip)], rules=off).clips[0]
    assert (bare.pages, bare.hook, bare.logo, bare.show_logo) == ((), None, {}, False)


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
