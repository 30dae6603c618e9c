"""Settings of executors in the environment: `<PREFIX>` names the kind, `<PREFIX>_<NAME>` the rest."""

from __future__ import annotations

from collections.abc import Mapping

from shortform_assets.errors import InputError


class ExecutorSettings:
    """Variables that begin with a prefix; an empty one is as good as none."""

    def __init__(self, prefix: str, environment: Mapping[str, str]) -> None:
        self._prefix, self._environment = prefix, environment

    def kind(self, default: str) -> str:
        """What the prefix alone says."""
        return self._environment.get(self._prefix, "").strip() or default

    def text(self, name: str) -> str:
        return self._environment.get(f"{self._prefix}_{name}", "").strip()

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def needed(self, name: str) -> str:
        """Raises InputError where it is empty."""
        if not self.text(name):
            raise InputError(
                "this executor needs it", f"{self._prefix}_{name}", "set it: see docs/executors.md"
            )
        return self.text(name)

    def number(self, name: str) -> int | None:
        """Raises InputError unless it is a whole number above 0, or empty."""
        text = self.text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise InputError(f"{text!r} is no whole number above 0", f"{self._prefix}_{name}", "give one")
        return int(text)
