"""Contrast of two colours as WCAG 2 defines it (w3.org/TR/WCAG22, relative luminance and contrast ratio)."""

from __future__ import annotations

_LARGE = 24 / 1920
"""18 points, from where on WCAG calls text large, as a share of a 9:16 output's height."""
_LEAST_LARGE, _LEAST = 3.0, 4.5
"""Success criterion 1.4.3, level AA."""
_OVER_ANYTHING = ("#000000", "#FFFFFF")
"""The darkest and the brightest picture that may be behind."""


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white), for colours as #RRGGBB."""
    low, high = sorted((_luminance(_channels(one)), _luminance(_channels(other))))
    return (high + 0.05) / (low + 0.05)


def worst_contrast(ink: str, ground: str, opacity: float) -> float:
    """Of `ink` over a `ground` through which, below an opacity of 1, any picture may be seen."""
    grounds = [
        tuple(
            opacity * g + (1 - opacity) * p
            for g, p in zip(_channels(ground), _channels(picture), strict=True)
        )
        for picture in _OVER_ANYTHING
    ]
    own = _luminance(_channels(ink))
    levels = [_luminance(each) for each in grounds]
    if min(levels) <= own <= max(levels):
        return 1.0
    return min((max(own, level) + 0.05) / (min(own, level) + 0.05) for level in levels)


def least_contrast(size: float) -> float:
    """The least that is wanted of type of `size`, a share of a 9:16 output's height."""
    return _LEAST_LARGE if size >= _LARGE else _LEAST


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))


def _luminance(channels: tuple[float, ...]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
