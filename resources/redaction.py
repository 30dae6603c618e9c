"""Secrets taken out of everything about the panel that is written down."""

from __future__ import annotations

import os
import re
from typing import Any

GONE = "[redacted]"

_NAMES = re.compile(r"(?:^|_)(?:API_?)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)", re.I)
_SHORTEST = 8
_SHAPES = (
    re.compile(r"\b(?:sk|pk|rk|gsk|xai|key)[-_][A-Za-z0-9_-]{12,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\bAIza[A-Za-z0-9_-]{30,}"),
    re.compile(r"\b(?:ghp|gho|ghs|hf|xox[abprs])[-_][A-Za-z0-9-]{16,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?<=bearer )[A-Za-z0-9._~+/-]{6,}=*", re.I),
    re.compile(r"""(?<=authorization)["']?\s*[:=]\s*["']?[^\s"',}]+(?:\s+[A-Za-z0-9._~+/=-]{6,})?""", re.I),
    re.compile(r"""(?<=api[_-]key)["']?\s*[:=]\s*["']?[^\s"',}&]+""", re.I),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
)


def redact(value: Any) -> Any:
    """`value` (JSON) with what is, or looks like, a secret replaced; the environment's secrets are known."""
    return _Redactor().walk(value)


class _Redactor:
    def __init__(self) -> None:
        # The longest first: one secret may begin with another.
        self._known = sorted(
            {
                value.strip()
                for name, value in os.environ.items()
                if _NAMES.search(name) and len(value.strip()) >= _SHORTEST
            },
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
