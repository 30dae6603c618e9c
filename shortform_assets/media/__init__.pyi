from .clip_media import cut_clip
from .mezzanine import make_mezzanine
from .probe import container_seconds, read_source
from .shots import find_shots

__all__ = [
    "container_seconds",
    "cut_clip",
    "find_shots",
    "make_mezzanine",
    "read_source",
]
