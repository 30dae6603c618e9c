from .own.own_transcript import parse_transcript
from .transcribe import TranscriptRequest, transcribe
from .turns import find_turns
from .words.voice_activity import SileroVoice

__all__ = [
    "SileroVoice",
    "TranscriptRequest",
    "find_turns",
    "parse_transcript",
    "transcribe",
]
