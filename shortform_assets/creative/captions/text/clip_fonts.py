"""The fonts of one clip: the style's, and what steps in where those lack a letter of what it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from shortform_assets.contracts.style_contracts import Font, StyleContract
from shortform_assets.creative.captions.text.clip_words import SpokenWord
from shortform_assets.creative.captions.text.font_cuts import stand_ins
from shortform_assets.creative.captions.text.font_stack import FontStack, stacks
from shortform_assets.creative.captions.text.typeset import Typeface, displayed
from shortform_assets.errors import InputError
from shortform_assets.ports.font_shelf import FontShelf
from shortform_assets.ports.workbench import Workbench
from shortform_assets.text.graphemes import grapheme_count, start_of
from shortform_assets.text.writing_systems import main_script, script_title

_NAMED_LETTERS = 12
"""So many letters that no font has are named."""


class ClipLetters:
    """Makes the fonts of every clip of a plan, and knows what none of them could draw."""

    def __init__(self, bench: Workbench, shelf: FontShelf, style: StyleContract, language: str) -> None:
        self._bench, self._shelf, self._style, self._language = bench, shelf, style, language
        self._faces = [(font.family, Typeface(bench.open(font.file))) for font in style.fonts]
        self._lost: dict[str, list[str]] = defaultdict(list)

    def fonts(self, texts: Iterable[str]) -> ClipFonts:
        """For a clip that shows `texts`, as they are or in capitals, with any font of the style."""
        forms = dict.fromkeys(
            form for text in texts for form in (displayed(text, False), displayed(text, True))
        )
        style = stacks(self._faces, len(self._faces))
        known = dict(self._faces)
        weight = known[self._style.captions.font].weight if self._style.captions.font in known else 400
        # Whatever one of the style's fonts lacks another one of them may have.
        own = next(iter(style.values()))
        wanted = dict.fromkeys(cluster for form in forms for cluster in own.lacking(form))
        added = stand_ins(self._bench, self._shelf.files(), wanted, self._language, weight) if wanted else ()
        faces = [(font.family, Typeface(self._bench.open(font.file))) for font in added]
        found = stacks([*self._faces, *faces], len(self._faces))
        return ClipFonts(self._style, found, added, self._lost)

    def undrawn(self) -> Iterator[str]:
        """A sentence for each script of which words were left out."""
        for script, words in self._lost.items():
            text = "".join(dict.fromkeys("".join(words)))
            some = start_of(text, _NAMED_LETTERS)
            more = f" and {grapheme_count(text) - grapheme_count(some)} more" if some != text else ""
            what = f"{script_title(script)} ({some}{more})" if script else f"{some}{more}"
            missing = self._shelf.absent().get(script)
            fix = f"{missing}, or put" if missing else "put"
            yield (
                f"no font here has {what}: {len(words)} word{'s' * (len(words) > 1)} or titles with it are not "
                f"drawn - {fix} a font that has it into the folder that SHORTFORM_FONTS names"
            )


class ClipFonts:
    """The stacks of one clip. `added` are the fonts beside the style's, as the plan keeps them."""

    def __init__(
        self,
        style: StyleContract,
        found: dict[str, FontStack],
        added: tuple[Font, ...],
        lost: dict[str, list[str]],
    ) -> None:
        self._style, self._stacks, self.added, self._lost = style, found, added, lost

    def stack(self, family: str) -> FontStack:
        """The fonts for type that the style sets in `family`; InputError where it has no such font."""
        try:
            return self._stacks[family]
        except KeyError:
            raise InputError(
                f"there is no font {family}", self._style.pin, "publish the style again"
            ) from None

    def draws(self, text: str) -> bool:
        """Whether some font has each letter of `text`."""
        return not self._lacking(text)

    def drawn(self, words: Sequence[SpokenWord]) -> list[SpokenWord]:
        """The words of which every letter has a font; the others are remembered as left out."""
        return [word for word in words if self._keep(word.text)]

    def draws_card(self, text: str) -> bool:
        """`draws`; a card's text that cannot be drawn is remembered as left out."""
        return self._keep(text)

    def _keep(self, text: str) -> bool:
        lacking = self._lacking(text)
        if lacking:
            self._lost[main_script("".join(lacking))].append("".join(lacking))
        return not lacking

    def _lacking(self, text: str) -> list[str]:
        stack = next(iter(self._stacks.values()))
        return list(
            dict.fromkeys(
                cluster
                for form in (displayed(text, False), displayed(text, True))
                for cluster in stack.lacking(form)
            )
        )
