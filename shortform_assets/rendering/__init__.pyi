from .compose_jobs import compose
from .render_output import render

__all__ = [
    "compose",
    "render",
]
