"""What Whisper learned from subtitles and writes over silence, noise and music, language by language.

People say some of these too: a stock phrase is a suspicion, and sound or decoder have to confirm it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from shortform_assets.speech.words.word_assembly import UNSPACED

_EVERYWHERE = (
    "* amara org *",
    "amara org *",
    "www * com",
    "www * org",
    "subtitles by *",
    "subtitled by *",
    "subs by *",
    "music",
    "applause",
    "laughter",
    "silence",
)
"""Written over any language. A `*` stands for any words, also none."""

_PHRASES: dict[str, tuple[str, ...]] = {
    "en": (
        *("you", "bye", "bye bye", "okay", "so", "oh", "hmm", "uh", "i m sorry", "the end", "to be continued"),
        *("thank you", "thank you very much", "thank you so much", "thanks", "thanks everyone"),
        *("thank you * for watching *", "thanks * for watching *", "thank you * for listening *"),
        *("thanks * for listening *", "thank you for viewing *", "like and subscribe *", "subscribe *"),
        *("please like *", "please subscribe *", "please don t forget to *", "don t forget to subscribe *"),
        *("don t forget to like *", "i ll see you * next *", "see you * next time", "see you * next video"),
        *("see you * next week", "see you * next one", "we ll be right back", "captions by *"),
        *("captioned by *", "captioning by *", "transcribed by *", "transcription by *", "translated by *"),
        *("transcript by *", "subtitles * by *", "* com", "* co uk"),
    ),
    "es": (
        *("subtítulos *", "subtitulado por *", "gracias por ver *", "gracias por mirar *", "gracias"),
        *("muchas gracias por ver *", "suscríbete *", "suscríbanse *", "no olvides suscribirte *"),
        *("no olviden suscribirse *", "hasta la próxima", "nos vemos en el próximo video", "continuará"),
    ),
    "fr": (
        *("sous titres *", "sous titrage *", "sous titre *", "merci d avoir regardé *", "merci"),
        *("abonnez vous *", "n oubliez pas de vous abonner *", "merci à tous", "à bientôt", "à suivre"),
        *("merci de votre attention", "merci pour votre écoute", "à la prochaine"),
    ),
    "de": (
        *("untertitel *", "untertitelung *", "vielen dank", "vielen dank fürs zuschauen *", "tschüss"),
        *("vielen dank für das zuschauen *", "vielen dank für ihre aufmerksamkeit", "danke fürs zuschauen *"),
        *("copyright wdr *", "swr *", "zdf *", "bis zum nächsten mal", "abonniert *", "vergesst nicht * abonnieren *"),
    ),
    "pt": (
        *("legendas *", "legenda *", "legendado por *", "obrigado por assistir *", "obrigada por assistir *"),
        *("obrigado", "inscreva se *", "se inscreva *", "não se esqueça de se inscrever *", "tchau"),
        *("até o próximo vídeo", "até a próxima"),
    ),
    "it": (
        *("sottotitoli *", "grazie per la visione *", "grazie per aver guardato *", "grazie a tutti", "grazie"),
        *("iscrivetevi *", "iscriviti *", "non dimenticate di iscrivervi *", "alla prossima"),
    ),
    "nl": (
        *("ondertitels *", "ondertiteling *", "ondertiteld door *", "bedankt voor het kijken *", "bedankt"),
        *("dank u wel", "tot de volgende keer", "vergeet niet te abonneren *", "tv gelderland *"),
    ),
    "pl": (
        *("napisy *", "dziękuję za uwagę", "dziękuję za obejrzenie *", "dzięki za oglądanie *", "dziękuję"),
        *("dziękuję za oglądanie *", "zdjęcia i montaż *", "wszelkie prawa zastrzeżone", "subskrybuj *"),
        *("zapraszam do subskrypcji *", "do zobaczenia w następnym filmie"),
    ),
    "ru": (
        *("субтитры *", "редактор субтитров *", "корректор *", "продолжение следует", "спасибо за просмотр *"),
        *("спасибо за внимание", "спасибо", "подписывайтесь на *", "подпишись *", "до новых встреч", "всем пока"),
        *("ставьте лайки *", "до свидания", "dimatorzok"),
    ),
    "uk": (
        *("субтитри *", "субтитрувальниця *", "редактор субтитрів *", "дякую за перегляд *", "дякую за увагу"),
        *("дякую", "підписуйтесь на *", "підписуйтеся на *", "далі буде", "до нових зустрічей", "до побачення"),
    ),
    "tr": (
        *("altyazı *", "izlediğiniz için teşekkür ederim", "izlediğiniz için teşekkürler *", "teşekkür ederim"),
        *("abone olmayı * unutmayın *", "kanalıma abone *", "kanala abone *", "bir sonraki videoda *"),
        *("beğenmeyi * abone olmayı unutmayın", "hoşça kalın", "devam edecek"),
    ),
    "ja": (
        *("ご視聴ありがとうございました", "ご視聴ありがとうございます", "ご清聴ありがとうございました", "字幕*"),
        *("最後までご視聴*", "最後まで見てくださって*", "チャンネル登録*", "高評価*チャンネル登録*"),
        *("次回予告", "次の動画でお会いしましょう", "おやすみなさい", "ありがとうございました", "つづく"),
    ),
    "ko": (
        *("시청해 주셔서 감사합니다", "시청해주셔서 감사합니다", "시청해주신 여러분 감사합니다", "감사합니다"),
        *("구독과 좋아요 *", "구독 좋아요 *", "한글자막 *", "한글 자막 *", "자막 제공 *", "자막 by *"),
        *("다음 영상에서 만나요", "mbc 뉴스 *", "kbs 뉴스 *", "다음 주에 만나요"),
    ),
    "zh": (
        *("谢谢观看*", "謝謝觀看*", "感谢观看*", "感謝觀看*", "谢谢大家", "謝謝大家", "字幕*", "中文字幕*"),
        *("请不吝点赞*", "請不吝點贊*", "*明镜与点点栏目", "*明鏡與點點欄目", "优优独播剧场*", "優優獨播劇場*"),
        *("请订阅*", "請訂閱*", "下期再见", "下期再見", "未完待续", "未完待續", "詞曲*", "词曲*", "*by索兰娅"),
    ),
    "ar": (
        *("ترجمة *", "شكرا للمشاهدة", "شكرا لكم على المشاهدة", "شكرا على المشاهدة", "شكرا", "اشتركوا في القناة *"),
        *("لا تنسوا الاشتراك *", "لا تنسى الاشتراك *", "إلى اللقاء", "نانسي قنقر"),
    ),
    "hi": (
        *("देखने के लिए धन्यवाद *", "* देखने के लिए धन्यवाद", "धन्यवाद", "* सब्सक्राइब करें *", "सब्सक्राइब *"),
        *("* सब्सक्राइब करना न भूलें", "अगले वीडियो में मिलते हैं"),
    ),
    "sv": ("undertexter *", "undertextning *", "svensktextning *", "textning *", "tack för att ni tittade *"),
    "da": ("danske tekster *", "undertekster *", "tekster af *", "tak fordi i så med *", "tak for i dag"),
    "no": ("undertekster *", "teksting av *", "norsk tekst *", "takk for at du så på *", "takk for oss"),
    "fi": ("tekstitys *", "suomennos *", "kiitos katsomisesta *", "kiitos kun katsoit *"),
    "cs": ("titulky *", "překlad *", "děkuji za pozornost", "děkuji za sledování *", "www hradeckesluzby cz"),
    "hu": ("feliratok *", "felirat *", "köszönöm a figyelmet", "köszönöm hogy megnézted *", "iratkozz fel *"),
    "ro": ("subtitrarea *", "subtitrare *", "vă mulțumim pentru vizionare *", "mulțumesc pentru vizionare *"),
    "el": ("υπότιτλοι *", "ευχαριστούμε που παρακολουθήσατε *", "ευχαριστώ που παρακολουθήσατε *"),
    "vi": ("phụ đề *", "cảm ơn các bạn đã theo dõi *", "hãy subscribe *", "hãy đăng ký kênh *", "hẹn gặp lại *"),
    "id": ("terima kasih telah menonton *", "terima kasih", "jangan lupa subscribe *", "sampai jumpa *"),
}  # fmt: skip


def is_stock(text: str, language: str) -> bool:
    """Whether a whole sentence in `language` (ISO 639-1) is a phrase of that language or of any."""
    said = plain(text)
    if language in UNSPACED:
        said = said.replace(" ", "")
    return bool(said) and _pattern(language).fullmatch(said) is not None


def plain(text: str) -> str:
    """Lower case without punctuation: runs of letters, digits and their marks, one space apart."""
    # Lower case of a Turkish dotted capital I keeps the dot as a mark of its own.
    folded = text.casefold().replace("i\u0307", "i")
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in folded)
    return " ".join("".join(kept).split())


@cache
def _pattern(language: str) -> re.Pattern[str]:
    unspaced = language in UNSPACED
    phrases = (*_PHRASES.get(language, ()), *_EVERYWHERE)
    return re.compile("|".join(_expression(phrase, unspaced) for phrase in phrases))


def _expression(phrase: str, unspaced: bool) -> str:
    if unspaced:
        return ".*".join(re.escape(plain(part).replace(" ", "")) for part in phrase.split("*"))
    # The space beside a star belongs to the words that it stands for.
    if phrase.endswith(" *"):
        return _expression(phrase[:-2], False) + r"(?: .*)?"
    if phrase.startswith("* "):
        return r"(?:.* )?" + _expression(phrase[2:], False)
    return r" (?:.* )?".join(re.escape(plain(part)) for part in phrase.split(" * "))
