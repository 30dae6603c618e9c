from .own.own_transcript import parse_transcript
from .transcribe import transcribe
from .turns import find_turns

__all__ = [
    "find_turns",
    "parse_transcript",
    "transcribe",
]
