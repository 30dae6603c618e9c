from .compose_jobs import compose
from .render_output import render
from .witness import Witness

__all__ = [
    "Witness",
    "compose",
    "render",
]
