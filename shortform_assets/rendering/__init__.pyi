from .compose_jobs import compose
from .opening import opening, still
from .render_output import render
from .style_sheet import SampleTalk, StyleStudio, draw_style_sheet, sheet_of
from .witness import Witness

__all__ = [
    "SampleTalk",
    "StyleStudio",
    "Witness",
    "compose",
    "draw_style_sheet",
    "opening",
    "render",
    "sheet_of",
    "still",
]
