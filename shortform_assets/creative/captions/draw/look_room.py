"""What a caption look takes beside the words themselves: boxes, bars, and the growth of the word that is said."""

from __future__ import annotations

from typing import NamedTuple

from shortform_assets.contracts.style_contracts import CaptionLook

POP = 1.14
"""How much larger the word that is said gets in `pop`: seen as a beat, and still between its neighbours, for the
space beside it (a quarter of an em) takes half of what a word of 3.5 em gains. A matter of looks."""
BOX_ACROSS, BOX_DOWN = 0.16, 0.56
"""How far in em a word's box reaches beyond its sides, and from the middle of its capitals up and down: boxes of
two lines do not touch (`LINE_PITCH`)."""
BAR_ACROSS, BAR_DOWN = 0.42, 0.18
"""How far in em the bar reaches beyond the widest line, and beyond the lines' share above and below."""


class LookRoom(NamedTuple):
    """A block of lines takes `scale` times its own width and, at its edges, `across` and `down` em more a side."""

    scale: float = 1.0
    across: float = 0.0
    down: float = 0.0

    def narrowed(self, width: float) -> float:
        """Widest line in em that a block may hold which may take `width` em."""
        return (width - 2 * self.across) / self.scale


_ROOMS: dict[CaptionLook, LookRoom] = {
    # A line holds its longest word, which is no longer than the line; half an em above and below is half its gain.
    "pop": LookRoom(POP, 0.0, (POP - 1) / 2),
    "word_box": LookRoom(1.0, BOX_ACROSS, 0.0),
    "subtitle_bar": LookRoom(1.0, BAR_ACROSS, BAR_DOWN),
}


def look_room(look: CaptionLook) -> LookRoom:
    """The room of a look."""
    return _ROOMS.get(look, LookRoom())
