from .compose_jobs import compose
from .opening import opening, still
from .render_output import render
from .style_sheet import draw_style_sheet
from .witness import Witness

__all__ = [
    "Witness",
    "compose",
    "draw_style_sheet",
    "opening",
    "render",
    "still",
]
