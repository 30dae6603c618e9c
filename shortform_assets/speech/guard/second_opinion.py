"""What another provider hears where the first one's words are in doubt, and what follows from it.

A model invents words of its own where nobody speaks; two models that were made apart hardly invent the same
ones. So agreement word by word is evidence of speech, and its absence settles what was doubtful already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shortform_assets.speech.guard.stock_phrases import plain
from shortform_assets.speech.words.word_assembly import UNSPACED, DraftWord

Ask = Callable[[int, int], str | None]
"""The text that the other provider hears in source milliseconds [start, end), its own voice gate off.
None where it has none to give."""

_PAD_MS, _LONGEST_MS = 400, 31_000
"""Room around what is asked about, so that no word is cut, and the most at once: a decoder's window."""
_LIKE = 70
"""Two words whose letters are alike by this many percent are the same word, heard or spelled otherwise."""
AGREED, APART = 0.6, 0.12
"""From the first on a stretch was spoken; up to the second it has nothing in common with what was heard.
Tried with Whisper base and Moonshine tiny: talk as loud as the crowd around it 0.63 and more, inventions over
babble and music 0 to 0.1, and 0.45 at worst, where both went in circles with everyday words."""


@dataclass(frozen=True)
class Doubt:
    """Words [first, last] that may not have been spoken. `removed` is the verdict without another opinion."""

    first: int
    last: int
    reason: str
    removed: bool = True
    sure: bool = False
    """Sound or decoder leave no doubt: nobody else is asked."""


def settle(
    words: Sequence[DraftWord], doubts: Sequence[Doubt], ask: Ask | None, language: str, budget_ms: int
) -> list[Doubt]:
    """The doubts with verdicts that take the other provider's opinion in; at most `budget_ms` of it.

    Removals that agree with it are undone, doubtful words that share nothing with it are removed. Longest
    removals are asked about first; what is beyond the budget, too long or of no provider keeps its verdict.
    """
    order = sorted(
        (k for k, doubt in enumerate(doubts) if not doubt.sure),
        key=lambda k: (not doubts[k].removed, doubts[k].first - doubts[k].last, k),
    )
    settled = list(doubts)
    if ask is None:
        return settled
    for k in order:
        doubt = doubts[k]
        low = max(0, words[doubt.first].start - _PAD_MS)
        high = words[doubt.last].end + _PAD_MS
        if high - low > min(_LONGEST_MS, budget_ms):
            continue
        budget_ms -= high - low
        opinion = ask(low, high)
        if opinion is None:
            continue
        shared = agreement([word.text for word in words[doubt.first : doubt.last + 1]], opinion, language)
        if doubt.removed and shared >= AGREED:
            settled[k] = replace(doubt, removed=False)
        elif not doubt.removed and shared <= APART:
            settled[k] = replace(
                doubt, removed=True, reason=f"{doubt.reason}, and a second provider disagrees"
            )
    return settled


def agreement(texts: Sequence[str], opinion: str, language: str) -> float:
    """The share, by letters, of the words `texts` that `opinion` has too, in the same order; 0 to 1.

    Words are matched by a longest common subsequence in which similar words (Indel similarity of 70 % or
    more) are the same; languages without spaces are compared letter by letter.
    """
    from rapidfuzz import fuzz

    said, heard = _units(" ".join(texts), language), _units(opinion, language)
    if not said or not heard:
        return 0.0
    row = [0.0] * (len(heard) + 1)
    for word in said:
        before, row = row, [0.0]
        for j, other in enumerate(heard, 1):
            like = fuzz.ratio(word, other)
            match = before[j - 1] + len(word) * like / 100 if like >= _LIKE else 0.0
            row.append(max(match, before[j], row[-1]))
    return row[-1] / sum(map(len, said))


def _units(text: str, language: str) -> list[str]:
    bare = plain(text)
    return list(bare.replace(" ", "")) if language in UNSPACED else bare.split()
