"""The fixtures of this suite, by name; they are made in vision_fixtures.py."""

from vision_fixtures import encoded, expected, faces, real, rig, server

__all__ = ["encoded", "expected", "faces", "real", "rig", "server"]
