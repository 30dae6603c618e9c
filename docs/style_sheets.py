"""Draws docs/styles/looks.jpg and languages.jpg, as clips are rendered. Run it after a look or a font was changed."""

from __future__ import annotations

import tempfile
from itertools import chain
from pathlib import Path
from typing import get_args

from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from shortform_assets.contracts.style_contracts import CaptionLook, StyleContract
from shortform_assets.creative import ensure_shipped_styles, resolve_style
from shortform_assets.genres import load_genre
from shortform_assets.rendering import SampleTalk, StyleStudio, sheet_of

FOLDER = Path(__file__).parent / "styles"
MOMENTS = (4, 22, 50)
"""Frames at ten a second: the hook, a number in the first speaker's words, the second speaker."""
LANGUAGES = {
    "en": "Nobody tells you this: 100 times",
    "de": "Das sagt dir niemand: größer, schöner",
    "ru": "Об этом никто не говорит вслух",
    "el": "Κανείς δεν στο λέει αυτό ποτέ",
    "ar": "لا أحد يخبرك بهذا أبدا",
    "he": "אף אחד לא מספר לך את זה",
    "hi": "यह बात आपको कोई नहीं बताता",
    "ta": "இதை யாரும் உங்களிடம் சொல்வதில்லை",
    "th": "ไม่มี ใคร บอก คุณ เรื่อง นี้",
    "ja": "誰も これ を 教えて くれない",
    "zh": "没有 人 告诉 你 这件 事",
    "ko": "아무도 이것을 말해 주지 않아요",
    "vi": "Không ai nói với bạn điều này 🙂",
}


def main() -> None:
    """Both sheets, in the house style."""
    FOLDER.mkdir(exist_ok=True)
    genre = load_genre("podcast")
    with tempfile.TemporaryDirectory() as folder, StoreBench.over(MediaStore.local(Path(folder))) as bench:
        ensure_shipped_styles(bench.store)
        style = resolve_style(bench.store, "shortform")
        fonts = FallbackFonts().load()
        studio = StyleStudio(bench, fonts, genre.enhancement, genre.delivery)
        looks = [
            (look, studio.stills(studio.job(_in(style, look), "9:16"), MOMENTS))
            for look in get_args(CaptionLook)
        ]
        cells = [[(look, still) for _, still in stills] for look, stills in looks]
        rows = [list(chain(*cells[n : n + 3])) for n in range(0, len(cells), 3)]
        _save(sheet_of("Every look, in the style shortform", rows), FOLDER / "looks.jpg")
        spoken = []
        for language, line in LANGUAGES.items():
            talk = SampleTalk((line,), "", language)
            own = StyleStudio(bench, fonts, genre.enhancement, genre.delivery, talk)
            ((_, still),) = own.stills(own.job(style, "1:1"), [4])
            spoken.append((language, still))
        if bench.degraded:
            raise SystemExit("; ".join(bench.degraded))
        _save(
            sheet_of("One line of captions", [spoken[n : n + 5] for n in range(0, len(spoken), 5)]),
            FOLDER / "languages.jpg",
        )


def _in(style: StyleContract, look: CaptionLook) -> StyleContract:
    more = {"look": look, "emphasis_colour": "#30D158", "speaker_colours": ("#FFFFFF", "#7FDBFF")}
    return style.model_copy(update={"captions": style.captions.model_copy(update=more)})


def _save(sheet, path: Path) -> None:
    sheet.resize((sheet.width // 2, sheet.height // 2)).save(path, quality=82)


if __name__ == "__main__":
    main()
