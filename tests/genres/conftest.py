"""The fixtures of this suite, by name; they are made in genre_files.py."""

from genre_files import folder

__all__ = ["folder"]
