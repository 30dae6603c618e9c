"""Secrets taken out of what is written down or shown: of models' answers and of servers' complaints."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

GONE = "[redacted]"

_NAMES = re.compile(r"(?:^|_)(?:API_?)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)", re.I)
_SHORTEST = 8
"""Characters: a shorter value of a variable may be an ordinary word and is left. Our choice."""
_SHAPES = (
    # With stars: servers that repeat a key half hidden show too much of it all the same.
    re.compile(r"\b(?:sk|pk|rk|gsk|xai|key)[-_][A-Za-z0-9_*-]{12,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b"),
    re.compile(r"\bAIza[A-Za-z0-9_-]{30,}"),
    re.compile(r"\b(?:ghp|gho|ghs|hf|xox[abprs])[-_][A-Za-z0-9-]{16,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?<=bearer )[A-Za-z0-9._~+/-]{6,}=*", re.I),
    re.compile(r"""(?<=authorization)["']?\s*[:=]\s*["']?[^\s"',}]+(?:\s+[A-Za-z0-9._~+/=-]{6,})?""", re.I),
    re.compile(r"""(?<=api[_-]key)["']?\s*[:=]\s*["']?[^\s"',}&]+""", re.I),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
)


def redact(value: Any, *secrets: str) -> Any:
    """`value` (JSON) with what is, or looks like, a secret replaced. Known are `secrets` and the environment's."""
    return _Redactor(secrets).walk(value)


class _Redactor:
    def __init__(self, secrets: Sequence[str]) -> None:
        # The longest first: one secret may begin with another.
        self._known = sorted(
            {
                value.strip()
                for name, value in os.environ.items()
                if _NAMES.search(name) and len(value.strip()) >= _SHORTEST
            }
            | set(filter(None, secrets)),
            key=lambda secret: (-len(secret), secret),
        )

    def walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {self._text(str(key)): self.walk(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.walk(item) for item in value]
        return value

    def _text(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, GONE)
        for shape in _SHAPES:
            text = shape.sub(GONE, text)
        return text
