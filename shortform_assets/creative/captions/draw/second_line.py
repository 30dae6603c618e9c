"""A translation in its page: how it looks, and which part of the block it takes."""

from __future__ import annotations

from shortform_assets.contracts.aspects import Aspect
from shortform_assets.contracts.creative import CaptionPage
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.style_contracts import CaptionStyle, SecondLineStyle
from shortform_assets.contracts.translations import TranslationPlace
from shortform_assets.creative.captions.draw.look_room import look_room
from shortform_assets.creative.captions.text.typeset import line_share

SECOND_GAP = 0.12
"""Space above a second line in em of the captions, beside what its own pitch leaves. A matter of looks."""


def second_line_style(style: CaptionStyle) -> SecondLineStyle:
    """What the style says of a second line, or what holds without."""
    return style.second_line or SecondLineStyle(colour=style.colour)


def translation_box(
    page: CaptionPage, style: CaptionStyle, aspect: Aspect, show: TranslationPlace
) -> OutputBox | None:
    """Where a page's translation stands; None where it has none. KeyError as in `CaptionPage.box`."""
    if page.translation is None:
        return None
    box, lines, down = page.box(aspect), page.translation, look_room(style.look).down
    # What a look adds goes with the type of what is said, where that is there.
    bottom = box.bottom - line_share(style.size * (1.0 if show == "instead" else page.scale), aspect, down)
    high = line_share(style.size * lines.scale, aspect, lines.pitch) * len(lines.lines)
    return box._replace(top=bottom - high, bottom=bottom)
