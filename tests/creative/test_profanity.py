"""Profanities are masked where genre or style ask for it, everywhere they could be read; ordinary words never."""

from __future__ import annotations

import pytest
from enhancement_talk import RATE, RULES, camera, enhanced, planned, transcript

from shortform_assets.contracts.selection import Span
from shortform_assets.creative.captions.text.profanity import LANGUAGES, masker
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style

ORDINARY = {
    "en": "The shiitake mushrooms of Scunthorpe passed the assessment; a classic cocktail, Dick Cheney, Hitchcock.",
    "es": "La mesa y el martillo tienen espacio; la computadora, el reputado pollo, las campanas y disputas.",
    "de": "Der Deich ist nackt, die Schraube blutig, der Esel in der Hölle; Geschicke, Mischeier.",
    "fr": "Les mésanges espacent le contrat; la réputation, la dispute, l'habite, un constat, confiture.",
    "it": "La battaglia di Troia; il calcolo, un'articolo culinario, cazzuola, la merenda.",
    "pt": "A mesa, o espaço, a reputação, o computador, o cuidado, o acumulado, cacetinho não.",
    "nl": "Hij heeft kanker; de eikel viel, niet de kuteling; de lulofs, kuthen.",
    "pl": "Kurs, chmura, hutnik, piwo, gotowanie, dziwny, cipkowaty.",
    "ru": "Мандарин, мандат, страхуя, оскорблять, рубля, хутор, сучок.",
    "uk": "Мандарин, рубля, хутір, застрахувати, сукня.",
    "tr": "Götürdü, sikke, ama, klasik, piknik, müzik, piçete.",
    "ar": "كسر الكأس وكسب الكثير؛ زبدة وزبون، نيك كليج، خول، خراج.",
    "hi": "लंडन में गांडीव, चूना, चोट, बहन, मादरी ज़बान, लौटा।",
    "ko": "시발점에서 병신년까지, 보지 않고 자지 않는다; 씹는 새끼손가락, 지난 5개년.",
    "zh": "妈妈的操作：我操心，我操作，他操练；牛奶，装备，卧槽马，鸡肉。",
    "ja": "パチンコとサクソフォン、ファックスとロマンコメディ、イブラヒモビッチ、満腔、はやくそうして。",
    "th": "ผู้เชี่ยวชาญโหดเหี้ยม สัสดีกินกล้วย แม่งานเปิดหีบ",
}
RUDE = {"en": "fucking", "es": "mierda", "de": "Scheiße", "fr": "putain", "it": "cazzo", "pt": "caralho",
        "ar": "كسمك", "hi": "भोसड़ीके", "ko": "개새끼야", "zh": "他妈的", "ja": "クソ", "th": "เหี้ย"}  # fmt: skip


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_ordinary_words_are_never_masked(language):
    text = ORDINARY[language]
    assert masker(language)(text) == text


@pytest.mark.parametrize("language", sorted(RUDE))
def test_a_profanity_keeps_its_first_letter(language):
    word = RUDE[language]
    assert masker(language)(f"“{word}!”") == f"“{word[0]}{'*' * (len(word) - 1)}!”"
    assert set(masker(language)(word.upper())[1:]) == {"*"}
    assert masker("")(word) == word


def test_words_of_the_genre_are_masked_too():
    mask = masker("en", ("acme*", "Bob"))
    assert mask("Acmecorp and BOB's shit-show, bobby") == "A******* and B**'s s***-show, bobby"


def test_what_is_written_across_words_is_masked_and_covered(bench):
    """Recognizers give Chinese by characters: all of them are masked and bleeped, and what only looks alike is not."""
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "shortform")
    style = style.model_copy(update={"audio": style.audio.model_copy(update={"bleep": True})})
    words = transcript(" ".join("我妈妈的车他妈的好")).model_copy(update={"language": "zh"})
    clip = planned([Span(start_frame=0, end_frame=RATE.nearest(9 * 320))], [(0, 8)], hook="他妈的好")
    (found,) = enhanced(bench, style, [clip], [camera(clip)], words=words).clips
    assert "".join(word.text for word in found.words) == "我妈妈的车他**好"
    assert [word.masked for word in found.words] == [False] * 5 + [True, True, True, False]
    assert len(found.audio.bleeps) == 3
    assert found.hook is not None
    assert "".join(found.hook.lines) == "他**好"
    assert not bench.degraded


def test_captions_title_hook_and_sound_agree(bench):
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "shortform")
    style = style.model_copy(update={"audio": style.audio.model_copy(update={"bleep": True})})
    words = transcript("That was a fucking good day for us.")
    clip = planned(
        [Span(start_frame=0, end_frame=RATE.nearest(8 * 320))], [(0, 7)], hook="A fucking good day"
    )
    clip = clip.model_copy(update={"title": "Fucking good"})
    found = enhanced(bench, style, [clip], [camera(clip)], words=words).clips[0]
    shown = " ".join(word.text for page in found.pages for line in page.lines for word in line)
    assert shown == "That was a f****** good day for us."
    assert found.hook is not None
    assert " ".join(found.hook.lines) == "A f****** good day"
    assert found.title == "F****** good"
    (word,) = [word for word in found.words if word.masked]
    assert word.text == "f******"
    (span,) = found.audio.bleeps
    assert (span.start_frame, span.end_frame) == (word.start_frame, word.end_frame)


def test_a_genre_masks_without_a_tone_and_no_list_is_said(bench):
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "shortform")
    words = transcript("Well shit happens every day.")
    clip = planned([Span(start_frame=0, end_frame=RATE.nearest(5 * 320))], [(0, 4)], hook="")
    rules = RULES.model_copy(update={"mask_profanity": True})
    found = enhanced(bench, style, [clip], [camera(clip)], words=words, rules=rules).clips[0]
    assert [word.text for word in found.words if word.masked] == ["s***"]
    assert found.audio.bleeps == ()
    assert not bench.degraded
    words = words.model_copy(update={"language": "sw"})
    enhanced(bench, style, [clip], [camera(clip)], words=words, rules=rules)
    assert "masked_words" in bench.degraded[0]
