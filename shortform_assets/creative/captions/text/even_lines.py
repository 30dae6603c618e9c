"""Running text on lines of about one width: cards and translations."""

from __future__ import annotations

from collections.abc import Sequence

from shortform_assets.creative.captions.text.font_stack import FontStack

_NARROWINGS = 40
"""Steps of the search for even lines: finer than the width of a letter."""


def even_lines(parts: Sequence[str], face: FontStack, width: float, count: int) -> tuple[str, ...] | None:
    """The parts on exactly `count` lines with the least widest line; None if that is too wide."""
    if count > len(parts):
        return None
    whole = face.width("".join(parts))
    # Narrow the measure until one more step would need another line: to less than an even share of the text.
    best = None
    for step in range(_NARROWINGS):
        room = width - (width - whole / count * 0.9) * step / _NARROWINGS
        lines = _greedy(parts, face, room)
        if lines is None or len(lines) > count:
            break
        best = lines
    return best if best is not None and len(best) == count else None


def _greedy(parts: Sequence[str], face: FontStack, width: float) -> tuple[str, ...] | None:
    lines = [""]
    for part in parts:
        longer = (lines[-1] + part).strip()
        if face.width(longer) <= width:
            lines[-1] = longer
        elif face.width(part.strip()) <= width and lines[-1]:
            lines.append(part.strip())
        else:
            return None
    return tuple(lines)
