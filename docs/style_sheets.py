"""Draws docs/styles/looks.jpg and overlays.jpg, as clips are rendered. Run it after a look or an overlay was added or
changed."""

from __future__ import annotations

import tempfile
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.style_b_roll import BRollShot, BRollStyle
from shortform_assets.contracts.style_contracts import (
    CallToActionStyle,
    CaptionLook,
    EndCardStyle,
    IntroCardStyle,
    LowerThirdStyle,
    ProgressBarStyle,
    PunchInStyle,
    StyleContract,
)
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
        overlaid = _overlaid(bench, style)
        shown = [_overlays(studio, aspect, studio.job(overlaid, aspect)) for aspect in ASPECTS]
        _save(sheet_of("Overlays, in the style shortform", shown), FOLDER / "overlays.jpg")
        _save(sheet_of("Every look, in the style shortform", rows), FOLDER / "looks.jpg")


def _in(style: StyleContract, look: CaptionLook) -> StyleContract:
    more = {"look": look, "emphasis_colour": "#30D158", "speaker_colours": ("#FFFFFF", "#7FDBFF")}
    return style.model_copy(update={"captions": style.captions.model_copy(update=more)})


def _overlaid(bench: StoreBench, style: StyleContract) -> StyleContract:
    """Every overlay there is, with a made-up picture for a word of the sample."""
    type_ = {"font": style.captions.font, "size": 0.03, "colour": "#FFFFFF"}
    shot = BRollShot(file=bench.keep(_sunset(bench.scratch / "sunset.png")), words=("three years",))
    more = {
        "logo": style.logo and style.logo.model_copy(update={"sting": True}),
        "intro_card": IntroCardStyle(**type_, background="#14213D", text="The practice hour", seconds=1),
        "lower_third": LowerThirdStyle(**type_, box_colour="#14213D", seconds=2),
        "progress_bar": ProgressBarStyle(colour="#FFD60A", height=0.006),
        "call_to_action": CallToActionStyle(
            **type_, box_colour="#14213D", text="Follow for part two", seconds=1
        ),
        "end_card": EndCardStyle(**type_, background="#14213D", text="shortform.example", seconds=1.5),
        "punch_in": PunchInStyle(zoom=1.15, seconds=1.2),
        "b_roll": BRollStyle(shots=(shot,), seconds=2),
    }
    return style.model_copy(update=more)


def _sunset(path: Path) -> Path:
    """A picture of a shore, drawn."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (1600, 1600))
    pen = ImageDraw.Draw(image)
    for y in range(1000):
        pen.line((0, y, 1600, y), fill=(255 - y // 9, 110 + y // 10, 60 + y // 9))
    pen.ellipse((650, 640, 950, 940), fill=(255, 236, 170))
    pen.rectangle((0, 1000, 1600, 1600), fill=(24, 62, 98))
    for n in range(40):
        pen.line((800 - 8 * n, 1010 + 14 * n, 800 + 8 * n, 1010 + 14 * n), fill=(255, 214, 140), width=3)
    image.save(path)
    return path


def _overlays(studio: StyleStudio, aspect: str, job: RenderJob) -> list[tuple[str, Any]]:
    """Every overlay at a moment at which it stands."""
    plan = job.enhancement
    wanted: dict[str, int] = {}
    if plan.intro_card:
        wanted["intro card"] = plan.intro_card.end_frame // 2
    if plan.hook:
        wanted["hook, name, progress bar"] = plan.hook.start_frame + 8
    if plan.b_roll:
        wanted["b-roll"] = plan.b_roll[0].start_frame + 5
    if plan.call_to_action:
        wanted["call to action"] = job.media.frames - 4
    wanted["end card"] = job.frames - 1
    stills = dict(studio.stills(job, [*wanted.values()]))
    return [(f"{aspect}, {name}", stills[frame]) for name, frame in wanted.items()]


def _save(sheet, path: Path) -> None:
    sheet.resize((sheet.width // 2, sheet.height // 2)).save(path, quality=82)


if __name__ == "__main__":
    main()
