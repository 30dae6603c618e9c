"""The fixtures of this suite, by name; they are made in panel_room.py."""

from panel_room import server

__all__ = ["server"]
