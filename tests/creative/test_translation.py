"""Captions in another language: from own subtitles, through cuts; from a model that may lie; never out of the box."""

from __future__ import annotations

import json

import pytest
from enhancement_talk import RATE, RULES, camera, media_of, planned, transcript, turns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lying_server import Sent, always, asked_by_the_panel, once, translated

from resources.fallback_fonts import FallbackFonts
from resources.ledger import Caps, Ledger
from resources.llm.caption_translator import CaptionTranslator
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet, FaceBox
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan, Span
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.contracts.style_contracts import SecondLineStyle
from shortform_assets.contracts.translations import CaptionTranslation, TranslatedCue
from shortform_assets.creative.captions.draw.ass_script import ass_script
from shortform_assets.creative.captions.draw.overlay_faults import overlay_faults
from shortform_assets.creative.captions.draw.placement import text_width
from shortform_assets.creative.captions.draw.second_line import translation_box
from shortform_assets.creative.captions.text.font_stack import stacks
from shortform_assets.creative.captions.text.own_translation import CueMatcher
from shortform_assets.creative.captions.text.typeset import Typeface, type_px
from shortform_assets.creative.enhance import EnhancementRequest, plan_enhancement
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.genres import load_genre
from shortform_assets.rendering import compose

LOOKS = ("plain", "karaoke", "pop", "word_box", "one_word", "subtitle_bar", "typewriter")
TALK = transcript()
END = TALK.words[-1].end_ms
SCRIPTS = {
    "es": "Todo el mundo pregunta cómo empezamos aquella tarde en Málaga, y nadie lo recuerda",
    "de": "Donaudampfschifffahrtsgesellschaftskapitän und Wettbewerbsfähigkeitsüberprüfung",
    "ar": "كل الناس يسألون كيف بدأنا YouTube في ذلك اليوم",
    "hi": "हर कोई पूछता है कि हमने कैसे शुरुआत की",
    "ja": "みんなが私たちがどうやって始めたのかと聞きます。キッチンで会いました。",
    "th": "ทุกคนถามว่าเราเริ่มต้นอย่างไรในห้องครัวเล็กๆแห่งนั้น",
}


def plan_of(bench, wanted, *, style=None, judges=(), clips=None, glossary=(), rules=RULES, faces=()):
    ensure_shipped_styles(bench.store)
    style = style or resolve_style(bench.store, "shortform")
    clips = clips or [planned([Span(start_frame=0, end_frame=RATE.nearest(END))], [(0, len(TALK.words) - 1)])]
    crops = CropPathsSet(clips=tuple(camera(clip, faces, media=media_of(clip)) for clip in clips))
    plan = ClipPlan(editor="local", rate=RATE, clips=tuple(clips), target_count=len(clips))
    request = EnhancementRequest(
        plan, TALK, turns(TALK), crops, style, rules, CreativeEdits(), glossary, wanted
    )
    return plan_enhancement(bench, FallbackFonts().load(), judges, request), crops, style


def faces_of(bench, style, clip):
    fonts = [(font.family, Typeface(bench.open(font.file))) for font in (*style.fonts, *clip.fonts)]
    return stacks(fonts, len(style.fonts))


@settings(max_examples=14, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(LOOKS),
    st.sampled_from(["second_line", "instead"]),
    st.sampled_from(sorted(SCRIPTS)),
    st.lists(st.integers(200, 6000), min_size=1, max_size=8),
    st.integers(1, 4),
    st.sampled_from([0.5, 0.68, 1.0]),
)
def test_two_languages_never_leave_the_safe_box(bench, look, show, language, lengths, times, scale):
    """Whatever the look, script, length and time of own cues: inside, whole, drawn by fonts at hand, off each other."""
    cues, at = [], 0
    for length in lengths:
        text = " ".join([SCRIPTS[language]] * times)
        cues.append(TranslatedCue(start_ms=at, end_ms=at + length, text=text))
        at += length
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "shortform")
    captions = style.captions.model_copy(
        update={"look": look, "second_line": SecondLineStyle(scale=scale, colour="#FFFFFF")}
    )
    style = style.model_copy(update={"captions": captions})
    wanted = CaptionTranslation(language=language, show=show, cues=tuple(cues))
    plan, crops, _ = plan_of(bench, wanted, style=style)
    (clip,) = plan.clips
    assert [*overlay_faults(clip, crops.clips[0], RULES)] == []
    face = faces_of(bench, style, clip)[captions.font]
    for page in clip.pages:
        lines = page.translation
        if lines is None:
            continue
        assert "".join(lines.lines).replace(" ", "") == lines.text.replace(" ", "")
        assert all(line.split(" ") == line.split() for line in lines.lines)
        assert all(face.draws(line) for line in lines.lines)
        for aspect in page.anchor:
            box = translation_box(page, captions, aspect, show)
            assert box is not None
            assert not box.leaves(page.box(aspect), 1e-3)
            em = type_px(captions.size * lines.scale, aspect)
            wide = max(map(face.width, lines.lines)) * em / ASPECTS[aspect].width
            assert wide <= text_width(RULES.safe_box[aspect]) + 1e-3
            if show == "second_line":
                said = len(page.lines) * page.pitch * type_px(captions.size * page.scale, aspect)
                assert (
                    box.top * ASPECTS[aspect].height
                    >= page.box(aspect).top * ASPECTS[aspect].height + said - 1
                )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0.3, 0.5), st.floats(0.02, 0.24))
def test_a_second_line_covers_no_face_that_captions_keep_off(bench, chin, gap):
    """Two faces above each other, more or less room between them: where it is too little, a page goes without."""
    faces = [
        FaceBox(frame=frame, x=0.3, y=y, width=0.4, height=0.3)
        for frame in range(0, RATE.nearest(END), 6)
        for y in (chin - 0.3, chin + gap)
    ]
    cues = (TranslatedCue(start_ms=0, end_ms=END, text=SCRIPTS["es"]),)
    plain, crops, _ = plan_of(bench, None, faces=faces)
    both, _, _ = plan_of(bench, CaptionTranslation(language="es", show="second_line", cues=cues), faces=faces)
    if not [*overlay_faults(plain.clips[0], crops.clips[0], RULES)]:
        assert [*overlay_faults(both.clips[0], crops.clips[0], RULES)] == []


def test_own_subtitles_follow_cuts(bench):
    """A clip of three stretches, the middle of a cue cut out: each page has the cue during which its words are said."""
    # A cue a sentence, in its own language; words are 320 ms apart.
    cues = tuple(
        TranslatedCue(
            start_ms=TALK.words[s.first].start_ms,
            end_ms=TALK.words[s.last].end_ms,
            text=f"frase {['uno', 'dos', 'tres', 'cuatro'][n]} de la charla",
        )
        for n, s in enumerate(TALK.sentences)
    )
    first, second, _, fourth = TALK.sentences

    def span(a: int, b: int) -> Span:
        return Span(
            start_frame=RATE.frame(TALK.words[a].start_ms), end_frame=RATE.nearest(TALK.words[b].end_ms)
        )

    # The last words of the second sentence alone: less than half of its cue is heard.
    ranges = [(second.last - 1, second.last), (fourth.first, fourth.last), (first.first, first.last)]
    clip = planned([span(a, b) for a, b in ranges], ranges)
    wanted = CaptionTranslation(language="es", show="second_line", cues=cues)
    plan, _, _ = plan_of(bench, wanted, clips=[clip])
    (made,) = plan.clips
    told = [(page.translation.text if page.translation else "", page) for page in made.pages]
    for text, page in told:
        said = {word.text for line in page.lines for word in line}
        whose = next(
            n for n, s in enumerate(TALK.sentences)
            if said <= {w.text for w in TALK.words[s.first : s.last + 1]}
        )  # fmt: skip
        assert text == ("" if whose == 1 else cues[whose].text)
    assert [text for text, _ in told if text][-1] == cues[0].text
    assert made.translation is not None
    assert made.translation.missing == sum(not text for text, _ in told) > 0
    assert "without" in made.translation.note
    assert bench.facts["untranslated_pages"] == made.translation.missing
    assert not bench.degraded


def test_subtitles_of_another_recording_are_said(bench):
    late = (TranslatedCue(start_ms=END + 60_000, end_ms=END + 65_000, text="otra cosa"),)
    plan, _, _ = plan_of(bench, CaptionTranslation(language="es", show="second_line", cues=late))
    assert plan.clips[0].translation is None
    assert all(page.translation is None for page in plan.clips[0].pages)
    assert any("give those of this very recording" in reason for reason in bench.degraded)


def test_a_short_cue_inside_another_ones_page_is_not_lost():
    """Overlapping and tiny cues: every cue of which most is heard stands somewhere, once."""
    from shortform_assets.creative.captions.text.clip_words import source_words
    from shortform_assets.creative.captions.text.pages import Page

    words = source_words(TALK, turns(TALK))[:6]
    pages = [Page(w[0].start_frame, w[-1].end_frame, (tuple(w),)) for w in (words[:3], words[3:])]
    cues = [
        TranslatedCue(start_ms=0, end_ms=900, text="uno"),
        TranslatedCue(start_ms=640, end_ms=960, text="sí"),
        TranslatedCue(start_ms=960, end_ms=2000, text="dos"),
    ]
    texts: list[str] = []

    def drawn(text: str) -> None:
        texts.append(text)

    CueMatcher(cues, TALK).lines(pages, drawn)
    shown = " ".join(dict.fromkeys(texts)).split()
    assert {"uno", "sí", "dos"} <= set(shown)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    with asked_by_the_panel(monkeypatch) as liar:
        yield liar


ASKED = CaptionTranslation(language="eo", show="second_line")


def translator(bench, caps=None, **changes):
    panel = PanelSlice(**{"models": ("openai:small", "openai:other"), "call_seconds": 20, **changes})
    return CaptionTranslator(panel, Ledger(bench.store, "talk", caps or Caps()), bench.store)


def said_of(page) -> str:
    return " ".join(word.text for line in page.lines for word in line)


def test_a_model_translates_every_page_once_and_is_paid_once(bench, server):
    plan, _, _ = plan_of(bench, ASKED, judges=translator(bench).load(), glossary=("Málaga",))
    (clip,) = plan.clips
    assert [page.translation.text for page in clip.pages] == [translated(said_of(p)) for p in clip.pages]
    assert clip.translation.source == "openai:small"
    assert clip.translation.missing == 0
    # One question a clip, to the first model alone; only the names that are said are sent.
    assert [(asked.kind, asked.data["names"]) for asked in server.asked] == [("translate", ["Málaga"])]
    assert bench.facts["translation_tokens"] == 1200
    again, _, _ = plan_of(bench, ASKED, judges=translator(bench).load(), glossary=("Málaga",))
    assert again == plan
    assert server.count() == 1
    assert not bench.degraded


def test_a_lost_name_is_asked_for_again(bench, server):
    server.mood = lambda asked: (
        Sent(json.dumps({"pages": [{"n": p["n"], "text": "nenio"} for p in asked.data["pages"]]}))
        if asked.nth == 0
        else None
    )
    plan, _, _ = plan_of(bench, ASKED, judges=translator(bench).load(), glossary=("Málaga",))
    assert server.count() == 2
    assert r"Write these as they stand: M\u00e1laga" in server.asked[1].body["told"]
    assert any("Málaga" in page.translation.text for page in plan.clips[0].pages)


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        (lambda asked: Sent(json.dumps({"pages": asked.data["pages"]})), "it sent the talk back as it was"),
        (always(Sent(status=500, error="down")), "clips without captions in eo"),
        (always(Sent("no JSON at all")), "clips without captions in eo"),
    ],
    ids=["echo", "server down", "nonsense"],
)
def test_a_model_that_does_not_translate_is_not_believed(bench, server, mood, why):
    """Captions are as they would have been, and the result says so."""
    server.mood = mood
    plan, _, _ = plan_of(bench, ASKED, judges=translator(bench, retries=1).load())
    plain, _, _ = plan_of(bench, None)
    assert plan == plain
    assert any(why in reason for reason in bench.degraded)


def test_nothing_is_sent_where_nobody_pays_or_nobody_is_named(bench, server):
    plain, _, _ = plan_of(bench, None)
    for judges, why in ((translator(bench, max_tokens=0).load(), "over budget"), ((), "no model is named")):
        plan, _, _ = plan_of(bench, ASKED, judges=judges)
        assert plan == plain
        assert any(why in reason for reason in bench.degraded), bench.degraded
    assert server.count() == 0


def test_what_a_model_sends_is_text_and_nothing_else(bench, server):
    r"""Tags, breaks and marks of direction in an answer are letters or nothing; far too long lines are left out."""
    nasty = r"{\pos(0,0)}\N<b>x</b> \h" + "\u202e\x1b\n%{}"

    def mood(asked):
        pages = [{"n": page["n"], "text": nasty} for page in asked.data["pages"]]
        pages[0]["text"] = "x" * 500
        return Sent(json.dumps({"pages": [*pages, {"n": 99, "text": "a page too many"}]}))

    server.mood = mood
    plan, crops, style = plan_of(bench, ASKED, judges=translator(bench).load())
    (clip,) = plan.clips
    assert clip.pages[0].translation is None
    assert clip.translation.missing == 1
    media = ClipMediaSet(clips=(media_of(planned_clip()),))
    delivery = load_genre("podcast").delivery.model_copy(update={"aspects": ("9:16",)})
    (job,) = compose(bench, plan, crops, media, style, delivery).outputs
    script = ass_script(job, faces_of(bench, style, clip))
    assert r"\{\⁠pos(0,0)\}" in script
    assert r"{\pos(0,0)}" not in script
    assert "\u202e" not in script
    assert [*overlay_faults(clip, crops.clips[0], RULES)] == []


def planned_clip():
    return planned([Span(start_frame=0, end_frame=RATE.nearest(END))], [(0, len(TALK.words) - 1)])


def test_a_page_that_a_model_forgot_is_sent_back_once(bench, server):
    server.mood = once(Sent(json.dumps({"pages": [{"n": 1, "text": "unu"}]})))
    plan, _, _ = plan_of(bench, ASKED, judges=translator(bench).load())
    assert server.count() == 2
    assert plan.clips[0].translation.missing == 0


def test_the_tool_of_nobody_is_the_same_for_all(bench):
    """A model's name, price or heat is no ingredient of captions that no model translates."""
    panels = (PanelSlice(), PanelSlice(models=("openai:small",), temperature=0.7))
    unasked = {
        CaptionTranslator(p, Ledger(bench.store, "t"), bench.store, 0, False).fingerprint for p in panels
    }
    assert len(unasked) == 1
    assert len({translator(bench, temperature=heat).fingerprint for heat in (0.0, 0.7)}) == 2
