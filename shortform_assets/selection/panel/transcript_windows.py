"""The transcript in overlapping windows, as data that a model reads and cannot mistake for orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shortform_assets.selection.read.script import Line
from shortform_assets.text.clock import clock


@dataclass(frozen=True)
class TranscriptWindow:
    """Lines a..b, both included."""

    a: int
    b: int


def cut_windows(lines: Sequence[Line], words: int, longest_ms: int) -> tuple[TranscriptWindow, ...]:
    """Windows of about `words` words. Every run of lines of up to `longest_ms` lies whole in one of them.

    A window is at least twice `longest_ms` long, so that the overlap stays the smaller part.
    """
    windows: list[TranscriptWindow] = []
    a = 0
    while a < len(lines):
        b, count = a, lines[a].words
        while b + 1 < len(lines) and (count < words or lines[b].end_ms - lines[a].start_ms < 2 * longest_ms):
            b += 1
            count += lines[b].words
        windows.append(TranscriptWindow(a, b))
        if b + 1 == len(lines):
            break
        following = next(i for i in range(a + 1, b + 2) if _fits(lines, i, b + 1, longest_ms) or i == b + 1)
        a = following
    return tuple(windows)


def _fits(lines: Sequence[Line], a: int, b: int, longest_ms: int) -> bool:
    return max(line.end_ms for line in lines[a : b + 1]) - lines[a].start_ms <= longest_ms


def shown(lines: Sequence[Line], speakers: Sequence[str], a: int, b: int) -> list[dict[str, Any]]:
    """Lines a..b as numbered sentences with time and speaker."""
    return [
        {
            "n": i,
            "time": clock(line.start_ms),
            "speaker": speakers[line.speaker] if 0 <= line.speaker < len(speakers) else "?",
            "text": line.text,
        }
        for i, line in enumerate(lines[a : b + 1], start=a)
    ]
