"""Draws docs/styles/looks.jpg, as clips are rendered. Run it after a look was added or changed."""

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
from shortform_assets.rendering import StyleStudio, sheet_of

FOLDER = Path(__file__).parent / "styles"
MOMENTS = (4, 22, 50)
"""Frames at ten a second: a name, which is emphasised, other words, and the second speaker."""


def main() -> None:
    """Every look in the house style."""
    FOLDER.mkdir(exist_ok=True)
    genre = load_genre("podcast")
    with tempfile.TemporaryDirectory() as folder, StoreBench.over(MediaStore.local(Path(folder))) as bench:
        ensure_shipped_styles(bench.store)
        style = resolve_style(bench.store, "shortform")
        studio = StyleStudio(bench, FallbackFonts().load(), genre.enhancement, genre.delivery)
        looks = [
            (look, studio.stills(studio.job(_in(style, look), "9:16"), MOMENTS))
            for look in get_args(CaptionLook)
        ]
        cells = [[(look, still) for _, still in stills] for look, stills in looks]
        rows = [list(chain(*cells[n : n + 3])) for n in range(0, len(cells), 3)]
        _save(sheet_of("Every look, in the style shortform", rows), FOLDER / "looks.jpg")


def _in(style: StyleContract, look: CaptionLook) -> StyleContract:
    more = {"look": look, "emphasis_colour": "#30D158", "speaker_colours": ("#FFFFFF", "#7FDBFF")}
    return style.model_copy(update={"captions": style.captions.model_copy(update=more)})


def _save(sheet, path: Path) -> None:
    sheet.resize((sheet.width // 2, sheet.height // 2)).save(path, quality=82)


if __name__ == "__main__":
    main()
