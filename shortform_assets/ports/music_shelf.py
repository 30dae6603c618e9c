"""What styles ask of the music at hand; `resources/music_beds.py` has it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class MusicShelf(Protocol):
    """Beds of music that a style may name instead of bringing a file."""

    def open(self, name: str) -> Path:
        """The sound file of the bed `name`, verified. InputError where there is none of that name, or where it is not
        installed."""
        ...
