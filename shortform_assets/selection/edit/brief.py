"""What the user asks for on the command line, as the brief of the source record."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shortform_assets.errors import InputError

TIME = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,6}):)?(\d{1,9}(?:\.\d{1,3})?)")
HOW = "write mm:ss, h:mm:ss or seconds, such as 12:30"


def parse_time(text: str, where: str = "") -> int:
    """`90`, `12:30`, `1:02:03` or `1:02:03.5` in milliseconds; InputError on anything else."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is no time", where, HOW)
    hours, minutes, seconds = match[1], match[2], float(match[3])
    if minutes is not None and (seconds >= 60 or (hours is not None and int(minutes) >= 60)):
        raise InputError(f"{text!r} has more than 59 minutes or seconds", where, HOW)
    return round(1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + seconds))


def parse_exclude(values: Sequence[str], duration_ms: int | None = None) -> tuple[tuple[int, int], ...]:
    """Ranges such as `10:00-12:30`, ordered and merged, in milliseconds.

    Raises InputError on nonsense and, where `duration_ms` is known, on a range that begins after the end.
    """
    where = "--exclude"
    ranges = []
    for value in values:
        start, dash, end = re.sub(r"\s*[–—]\s*", "-", value).partition("-")
        if not dash:
            raise InputError(f"{value!r} is no range", where, "write FROM-TO, such as 10:00-12:30")
        low, high = parse_time(start, where), parse_time(end, where)
        if low >= high:
            raise InputError(f"{value!r} ends before it begins", where, "write the earlier time first")
        if duration_ms is not None and low >= duration_ms:
            raise InputError(
                f"{value!r} begins after the end of the source",
                where,
                f"the source lasts {duration_ms / 1000:.0f} s",
            )
        ranges.append((low, high))
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def parse_about(values: Sequence[str]) -> tuple[str, ...]:
    """Topics to look for, in order and each once; InputError on an empty one."""
    topics: dict[str, None] = {}
    for value in values:
        topic = " ".join(value.split())
        if not any(c.isalnum() for c in topic):
            raise InputError("an empty topic was given", "--about", 'write words, such as --about "pricing"')
        topics.setdefault(topic)
    return tuple(topics)
