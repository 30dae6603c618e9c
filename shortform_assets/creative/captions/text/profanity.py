"""Profanities by language, and words with them masked.

Lists are short and hold what is obscene wherever it stands. Lists that are published for many languages were tried:
most of their entries are ordinary words too (Spanish "mesa" and "martillo", Dutch "nicht", German "Deich").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

import regex

from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.text.spacing import space_between

MASK = "*"
_STEMS = {
    "en": "fuck* motherfuck* mothafuck* clusterfuck* mindfuck* shit shits shitty shitted shitting shithead* shithole* "
    "shitshow* bullshit* horseshit dipshit* batshit asshole* arsehole* dumbass* jackass* bitch* sonofabitch cunt* "
    "cocksuck* dickhead* prick pricks twat twats wank wanker* wanking bastard* goddamn* pussy pussies slut sluts slutty "
    "whore* nigger* nigga* faggot* douchebag* bollocks tits",
    "es": "joder jode joden jodes jodido* jodida* jodiendo jodete jódete mierda* puta putas puto putos putada* puton* "
    "hijoputa* hijueputa* coño* gilipolla* cabron* cabrón* cojon* cojón* pendej* chingar* chingad* chinga verga "
    "follar follad* polla pollas maricon* maricón* mamada* culero* boludo* pelotudo* carajo mecagoen*",
    "de": "fick ficken ficker* fickt gefickt* verfickt* fotze* arschloch* arschlöcher* arschficker* hurensohn* "
    "hurensöhn* hure huren scheiße* scheiß* scheisse* beschissen* wichser* wichse* schlampe* nutte* schwuchtel* "
    "drecksau* mistkerl* missgeburt*",
    "fr": "putain* merde* merdi* emmerd* con conne* connard* connass* connerie* enculé* enculer* encule* enfoiré* "
    "salope* salopard* bordel chiant* chier pute putes bite bites couille* foutre foutu* nique niquer* niqué* pédé* "
    "branleur* branler connasse*",
    "it": "cazzo cazzi cazzat* cazzon* incazz* merda* merde vaffanculo* fanculo stronz* puttan* coglion* "
    "minchia* figa fighe fottut* fotter* bastard* culo culi porcodio porca* frocio froci",
    "pt": "caralho* porra* foda* foder* fodid* foda-se puta putas puto putos putaria* merda* cu buceta* boceta* "
    "cacete* piroca* viado* arrombad* filhodaputa* cona conas punhet* cabrão cabrões",
    "nl": "kut kutten kutwijf* klootzak* klote kloten* lul lullen* neuken* geneukt* hoer hoeren* godverdomme* "
    "flikker* slet sletten schijt*",
    "pl": "kurw* chuj* huj* pierdol* pierdal* spierdal* wypierdal* zapierdal* jeb* zajeb* wyjeb* pojeb* popierdol* "
    "cipa cipy pizd* dziwk* skurwysyn* skurwiel* gówn* sukinsyn*",
    "ru": "хуй* хуя* хуё* хуе* хули охуе* охуи* похуй* нахуй* пизд* распизд* спизд* ебат* ебан* ёбан* ебал* ебну* "
    "еблан* заеб* наеб* отъеб* уёб* уеб* выеб* доеб* долбоеб* долбоёб* бля блять* блядь* бляд* мудак* мудил* "
    "сука суки сучка* гондон* пидор* пидар* залуп* манда мандавош*",
    "uk": "хуй* хуя* хує* похуй* нахуй* пізд* пизд* їбат* їбан* єбат* єбан* їбал* заїб* наїб* виїб* бля блять* блядь* "
    "сука суки мудак* гандон* підор* підар* довбойоб* курв*",
    "tr": "amk aq amına amına* amcık* sik sikt* sikey* sikiş* siker* orospu* piç piçler* göt götü götün götüne götünü yarrak* yarak* "
    "pezevenk* ibne* kahpe* siktir* gavat*",
    "ar": "كس كسك كسها كسم كسمك كسمكم كسختك كسخته زب طيز طيزي طيزك طيزها شرموط* الشرموط* شراميط عرص معرص المعرص قحبة قحبه القحبة "
    "قحاب القحاب انيك* أنيك* بنيك* ينيك* تنيك* منيوك* المنيوك* متناك* المتناك* خرا خراء الخرا",
    "hi": "चूतिया* चुतिया* चूतिये चूतियों चूत भोसड़ी* भोसडी* भोसड़ा* मादरचोद* मदरचोद* बहनचोद* बेहनचोद* भेनचोद* बहेनचोद* लौड़ा लौड़े लौड़ों लंड गांड गाँड "
    "गांडू गाँडू रंडी* रण्डी* हरामज़ाद* हरामजाद* चोदू* चोद चोदना चुदाई* चुदवा* झाटू* झांटू* झाँटू*",
    "ko": "씨발* 씨팔* 시발놈* 시발년* 시발새끼* 시팔* 좆* 존나* 개새끼* 개색기* 씹새* 씹할* 씹년* 씹창* 병신 병신이* 병신아 병신들* 병신같* 지랄* 미친놈* 미친년* 썅* "
    "쌍놈* 쌍년* 엿먹* 니미럴* 호로새끼*",
}
_RUN_ON = {
    "zh": "他妈的 他媽的 你妈的 你媽的 操你妈 操你媽 操他妈 操他媽 操蛋 我操 卧槽 臥槽 肏 傻逼 傻屄 傻屌 鸡巴 雞巴 婊子 狗娘养 狗娘養 狗日的 王八蛋 妈逼 媽逼 贱逼 賤逼 "
    "装逼 裝逼 牛逼 草泥马 草泥馬 滚你妈 滾你媽 日你妈 日你媽 干你娘 幹你娘 幹你媽 屌你",
    "ja": "おまんこ まんこ ちんこ ちんぽ オマンコ チンコ チンポ クソ クソゲー クソガキ クソヤロー クソババア クソジジイ くそったれ くそやろう 糞野郎 糞ったれ やりまん "
    "ヤリマン ビッチ ファック ファッキン きんたま キンタマ 金玉 肉便器 きちがい キチガイ 気違い",
    "th": "ควย เย็ด เหี้ย เชี่ย สัส ไอ้สัตว์ หน้าหี หีแตก ส้นตีน ระยำ ชาติหมา ชิงหมาเกิด",
}
"""Languages without spaces: what is obscene inside any text."""
_INNOCENT = {
    "zh": "妈妈的 媽媽的 姑妈的 大妈的 我操作 我操心 我操控 我操纵 我操縱 我操办 我操辦 我操练 我操練 我操持 我操劳 我操勞 我操场 我操場 卧槽马 臥槽馬",
    "ja": "ぱちんこ かちんこ こちんこちん こくそう たいくそう まんこう ちんこう",
    "th": "เชี่ยว เหี้ยม สัสดี",
}
"""What holds one of those and is none."""
_KATAKANA = r"\p{Katakana}ー"
LANGUAGES = frozenset(_STEMS) | frozenset(_RUN_ON)
"""BCP 47 codes of the languages that have a list."""
_WORD = regex.compile(r"[\p{L}\p{M}]+")


def masker(language: str, more: Sequence[str] = ()) -> Callable[[str], str]:
    """What puts stars in place of all letters but the first of every profanity in a text of `language`.

    `more` are words to mask beside those of the language; `*` at the end of one stands for any ending.
    """
    words, stems = _listed(language.split("-")[0], tuple(more))
    inside, innocent = _inside(language.split("-")[0])

    def masked(found: regex.Match[str]) -> str:
        text = found[0]
        plain = unicodedata.normalize("NFC", text.casefold())
        if plain not in words and not (stems and plain.startswith(stems)):
            return text if inside is None else inside.sub(starred, text)
        return _stars(text)

    def starred(found: regex.Match[str]) -> str:
        return found[0] if found[0] in innocent else _stars(found[0])

    return lambda text: _WORD.sub(masked, text)


def masked_words(
    words: Sequence[SpokenWord], mask: Callable[[str], str]
) -> tuple[list[SpokenWord], frozenset[int]]:
    """The words masked, and which of them are part of a profanity: one may be written across several words that run on
    without a space."""
    found: list[SpokenWord] = []
    rude: set[int] = set()
    at = 0
    for end in range(1, len(words) + 1):
        if end < len(words) and not space_between(words[end - 1].text, words[end].text):
            continue
        run = words[at:end]
        said = "".join(word.text for word in run)
        # A mask keeps the number of characters.
        text = mask(said)
        starred = {i for i, (old, new) in enumerate(zip(said, text, strict=True)) if old != new}
        # The letter before the first star is of the same word.
        starred |= {i - 1 for i in starred if i}
        edges = [0, *accumulate(len(word.text) for word in run)]
        for word, low, high in zip(run, edges, edges[1:], strict=False):
            if not starred.isdisjoint(range(low, high)):
                rude.add(len(found))
            found.append(replace(word, text=text[low:high]))
        at = end
    return found, frozenset(rude)


def _stars(text: str) -> str:
    return text[0] + regex.sub(r"[\p{L}\p{M}]", MASK, text[1:])


@lru_cache(maxsize=8)
def _inside(language: str) -> tuple[regex.Pattern[str] | None, frozenset[str]]:
    """What finds profanities, and words that only hold one, in text without spaces; the longest comes first."""
    rude, innocent = (table.get(language, "").split() for table in (_RUN_ON, _INNOCENT))
    if not rude:
        return None, frozenset()
    parts = [_bounded(entry) for entry in sorted((*rude, *innocent), key=len, reverse=True)]
    return regex.compile("|".join(parts)), frozenset(innocent)


def _bounded(entry: str) -> str:
    """The entry as a pattern; one in katakana is a word of its own, for foreign words are written in them."""
    if not regex.fullmatch(f"[{_KATAKANA}]+", entry):
        return regex.escape(entry)
    return f"(?<![{_KATAKANA}]){regex.escape(entry)}(?![{_KATAKANA}])"


@lru_cache(maxsize=32)
def _listed(language: str, more: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and what words begin with."""
    entries = [
        unicodedata.normalize("NFC", entry.casefold()) for entry in (*_STEMS.get(language, "").split(), *more)
    ]
    stems = tuple(entry[:-1] for entry in entries if entry.endswith(MASK) and len(entry) > 1)
    return frozenset(entry for entry in entries if not entry.endswith(MASK)), stems
