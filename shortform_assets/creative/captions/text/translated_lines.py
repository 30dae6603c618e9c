"""A translation on lines: as wide as the page may be, as large as may be, and never higher than there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from shortform_assets.contracts.creative import TranslatedLines
from shortform_assets.creative.captions.text.even_lines import even_lines
from shortform_assets.creative.captions.text.font_stack import FontStack
from shortform_assets.creative.captions.text.typeset import displayed
from shortform_assets.text.graphemes import columns
from shortform_assets.text.line_breaks import pieces_within, wrapping
from shortform_assets.text.writing_systems import reads_right_to_left

_SHARES = (1.0, 0.9, 0.8)
"""Shares of its size at which each number of lines is tried. Of the house style the least is 42 of 1920 pixels. Our
choice; test_two_languages_never_leave_the_safe_box."""


@dataclass(frozen=True)
class TranslationSetter:
    """Sets lines no wider than `width` em of the style's captions, in type of `scale` times their size."""

    face: FontStack
    width: float
    height: float
    """What a page's translation may take, in em of the style's captions."""
    scale: float
    most_lines: int
    uppercase: bool
    language: str
    """BCP 47."""

    def columns(self) -> int:
        """About how many columns there is room for: what a translator is told."""
        return int(2 * self.width / self.scale / (self.face.width("nonresponse") / 11))

    def set(self, text: str) -> TranslatedLines | None:
        """`text` on as few lines as may be, then as large as may be; None where it is empty or does not fit however it is broken."""
        shown = displayed(text, self.uppercase)
        if not shown:
            return None
        pitch = self.face.pitch(shown.split())
        for count, share in product(range(1, self.most_lines + 1), _SHARES):
            scale = int(1000 * self.scale * share) / 1000
            lines = even_lines(self._parts(shown, scale), self.face, self.width / scale, count)
            if lines is not None and count * pitch * scale <= self.height:
                return TranslatedLines(
                    text=displayed(text, False),
                    lines=lines,
                    scale=scale,
                    pitch=pitch,
                    right_to_left=reads_right_to_left(shown, self.language),
                )
        return None

    def _parts(self, text: str, scale: float) -> list[str]:
        """What a line may end with; a part that is wider than a line is cut."""

        def fits(part: str) -> bool:
            return self.face.width(part) <= self.width / scale

        found = []
        for part in wrapping(text):
            bare = part.lstrip()
            pieces = [bare] if fits(bare) else pieces_within(bare, fits)
            found += [part[: len(part) - len(bare)] + pieces[0], *pieces[1:]]
        return found


def shared_out(text: str, count: int) -> list[str]:
    """`text` in `count` parts of about one length, each ending where a line may, at a mark where one is near."""
    parts = wrapping(text)
    if count >= len(parts):
        return [*(part.strip() for part in parts), *[""] * (count - len(parts))]
    ends, at = [], 0
    for part in parts:
        at += columns(part)
        ends.append(at)
    cuts: list[int] = []
    for number in range(1, count):
        low = cuts[-1] + 1 if cuts else 1
        options = range(low, len(parts) - (count - number) + 1)
        wanted = at * number / count
        cuts.append(min(options, key=lambda cut: _off(ends, parts, cut, wanted)))
    return ["".join(parts[low:high]).strip() for low, high in pairwise([0, *cuts, len(parts)])]


_MARK_COLUMNS = 8
"""So far from the even place a part may end for the sake of a punctuation mark. Our choice."""


def _off(ends: Sequence[int], parts: Sequence[str], cut: int, wanted: float) -> float:
    pausing = not parts[cut - 1].rstrip("\"'”’»)]")[-1:].isalnum()
    return abs(ends[cut - 1] - wanted) - _MARK_COLUMNS * pausing
