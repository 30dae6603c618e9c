"""What people said or wrote, as data that a model reads and cannot mistake for orders."""

from __future__ import annotations

import json
from typing import Any


def as_data(value: Any) -> str:
    """JSON in which no text can close a fence, a tag or a model's control token."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for letter in "<>`&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    # Control, private and invisible letters may steer a model and are never needed to read speech.
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else " " for c in text)
