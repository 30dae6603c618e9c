"""What two styles say differently, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shortform_assets.contracts.style_contracts import StyleContract

_IDENTITY = {"name", "version"}


@dataclass(frozen=True)
class StyleChange:
    """A dotted key and what it is in either style, as text; empty where it is not there."""

    key: str
    old: str
    new: str


def style_values(style: StyleContract) -> dict[str, str]:
    """Dotted key -> value of everything that is set; files by size and how their hash begins."""
    return dict(_flat(style.model_dump(mode="json", exclude=_IDENTITY)))


def style_changes(old: StyleContract, new: StyleContract) -> list[StyleChange]:
    """Every key that is another in `new`, fonts by their family; none where both are drawn the same."""
    was, now = (
        dict(
            _flat(
                {
                    **style.model_dump(mode="json", exclude=_IDENTITY),
                    "fonts": {font.family: font.file.model_dump() for font in style.fonts},
                }
            )
        )
        for style in (old, new)
    )
    return [
        StyleChange(key, was.get(key, ""), now.get(key, ""))
        for key in dict.fromkeys([*was, *now])
        if was.get(key) != now.get(key)
    ]


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and set(value) == {"sha256", "size"}:
        yield key, f"{value['size']} bytes, {value['sha256'][:12]}"
    elif isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(item, f"{key}.{name}" if key else str(name))
    elif value is not None:
        yield key, value if isinstance(value, str) else json.dumps(value)
