"""Times as people and subtitle formats write them."""

from __future__ import annotations


def clock(ms: int, decimals: int = 0, *, hours: int = 0, point: str = ".") -> str:
    """`1:02:03` or `2:03` of milliseconds, with up to three decimals; what is less is cut off, as on any clock.

    `hours` is how many digits they take at least; with 0 they are left out where there are none.
    """
    seconds, rest = divmod(ms, 1000)
    fraction = f"{point}{rest:03}"[: len(point) + decimals] if decimals else ""
    whole, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours or whole:
        return f"{whole:0{max(1, hours)}}:{minutes:02}:{seconds:02}{fraction}"
    return f"{minutes}:{seconds:02}{fraction}"
