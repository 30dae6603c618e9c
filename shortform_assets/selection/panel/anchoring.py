"""Quotes found again in the transcript. Models quote, code owns time.

A quote is first looked for by its letters (best partial match, RapidFuzz), then aligned word by word where it
was found (a fitting alignment: Needleman and Wunsch, 1970, with free ends on the transcript's side). Case,
punctuation, typing errors, left out fillers and split or joined words do not matter; words nobody said do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.speech import Word

# Set by hand on careless copies and on words that nobody said; test_a_careless_copy_is_found_where_it_was_said,
# test_what_nobody_said_is_found_nowhere, test_the_words_of_a_talk_in_another_order_are_not_a_quote, and "quotes not in
# the transcript" of benchmarks/selection.py.
LETTERS = 12
"""A shorter quote proves nothing. Letters of scripts without spaces count three."""
SURE_LETTERS = 24
"""A quote shorter than this must be said almost to the letter."""
PLACES = 5
"""At most this many places are considered for one quote."""
LOOSE = 60.0
"""Percent of like letters at which a place is looked at more closely."""
ALIKE = 0.74
"""Two words this alike are one word, mistyped."""
NEAR = 0.04
"""Places whose scores differ by less are equally good."""
SKIP_SAID, SKIP_WANTED = -0.2, -0.6
"""What a word costs that was said and not quoted, and one that was quoted and not said."""

_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff"
_SPACELESS = re.compile(rf"[{_CJK}]")
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")


@dataclass(frozen=True)
class QuoteMatch:
    """Words first..last, both included, and the share of the quote's letters that are said there."""

    first: int
    last: int
    score: float


class SearchableWords:
    """The words of a transcript, or words first..last of it, ready to be searched."""

    def __init__(self, words: Sequence[Word], first: int = 0, last: int | None = None) -> None:
        self.tokens: list[str] = []
        self.owners: list[int] = []
        """For every token the index of its word."""
        for index in range(first, len(words) if last is None else last + 1):
            found = tokens(words[index].text)
            self.tokens += found
            self.owners += [index] * len(found)
        self.text = " ".join(self.tokens)
        self._token_at: list[int] = []
        for number, token in enumerate(self.tokens):
            self._token_at += [number] * (len(token) + 1)

    def find(self, quote: str, threshold: float) -> tuple[QuoteMatch, ...]:
        """Where `quote` is said, best first, equally good ones in order of time; empty where nowhere."""
        wanted = tokens(quote)
        if not wanted or not self.tokens:
            return ()
        found: dict[tuple[int, int], QuoteMatch] = {}
        threshold += (1 - threshold) * max(0.0, 1 - _letters(wanted) / SURE_LETTERS)
        for low, high in self._regions(wanted):
            place = self._align(wanted, low, high)
            if place is not None and place.score >= threshold:
                found.setdefault((place.first, place.last), place)
        best = max((p.score for p in found.values()), default=0.0)
        equal = [p for p in found.values() if p.score >= best - NEAR]
        return tuple(sorted(equal, key=lambda p: p.first))

    def _regions(self, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Token ranges around the best partial matches, each hidden before the next is looked for."""
        from rapidfuzz import fuzz

        needle, text = " ".join(wanted), self.text
        slack = 2 + len(wanted) // 2
        for _ in range(PLACES):
            # A needle longer than the text would change places with it.
            found = fuzz.partial_ratio_alignment(needle, text, score_cutoff=LOOSE) if text else None
            if found is None or found.dest_start >= found.dest_end or len(needle) > len(text):
                return
            low, high = self._token_at[found.dest_start], self._token_at[found.dest_end - 1]
            yield max(0, low - slack), min(len(self.tokens) - 1, high + slack)
            hidden = "\0" * (found.dest_end - found.dest_start)
            text = text[: found.dest_start] + hidden + text[found.dest_end :]

    def _align(self, wanted: Sequence[str], low: int, high: int) -> QuoteMatch | None:
        matched = fit(wanted, self.tokens[low : high + 1])
        if not matched:
            return None
        letters = sum(len(token) for token in wanted)
        like = sum(len(wanted[i]) * alike for i, _, alike in matched)
        # Much said between the quoted words is another sentence, not a left out filler.
        between = matched[-1][1] - matched[0][1] + 1 - len(matched)
        stretch = max(0, between - len(wanted) // 2) / len(wanted)
        score = max(0.0, like / letters - stretch)
        return QuoteMatch(
            self.owners[low + matched[0][1]], self.owners[low + matched[-1][1]], round(score, 4)
        )


def tokens(text: str) -> list[str]:
    """Words as they are compared: lower case, without accents, apostrophes and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’‘`´ʼ")
    return _TOKEN.findall(unicodedata.normalize("NFKC", plain))


def long_enough(quote: str) -> bool:
    """Whether a quote is long enough to be found again with certainty: about three words."""
    return _letters(tokens(quote)) >= LETTERS


def _letters(found: Sequence[str]) -> int:
    return sum(3 if _SPACELESS.match(token) else len(token) for token in found)


def fit(wanted: Sequence[str], said: Sequence[str]) -> list[tuple[int, int, float]]:
    """The best alignment of all of `wanted` within `said`: (index in wanted, index in said, likeness 0 to 1).

    Words of `said` before the first and after the last match are free; those between cost a little.
    """
    alike = _likeness(wanted, said)
    n, m = len(wanted), len(said)
    best = [[0.0] * (m + 1)] + [[SKIP_WANTED * (i + 1)] + [0.0] * m for i in range(n)]
    for i in range(n):
        above, row, like, weight = best[i], best[i + 1], alike[i], _weight(wanted[i])
        skip = SKIP_SAID if i + 1 < n else 0.0
        for j in range(m):
            value = max(above[j + 1] + SKIP_WANTED, row[j] + skip)
            row[j + 1] = max(value, above[j] + weight * like[j]) if like[j] else value
    found: list[tuple[int, int, float]] = []
    i, j = n - 1, m - 1
    while i >= 0 and j >= 0:
        value, like_here = best[i + 1][j + 1], alike[i][j]
        # On a tie the later word is left out first, so that a match stays as tight as it can be.
        if value == best[i + 1][j] + (SKIP_SAID if i + 1 < n else 0.0):
            j -= 1
        elif like_here and value == best[i][j] + _weight(wanted[i]) * like_here:
            found.append((i, j, like_here))
            i, j = i - 1, j - 1
        else:
            i -= 1
    return found[::-1]


def _weight(token: str) -> float:
    return 0.5 + min(len(token), 8) / 8


def _likeness(wanted: Sequence[str], said: Sequence[str]) -> list[list[float]]:
    """For every pair of words how alike they are, 0 where they are two words."""
    from rapidfuzz import fuzz, process

    scores = process.cdist(wanted, said, scorer=fuzz.ratio, score_cutoff=100 * ALIKE, workers=1)
    return [[round(float(x) / 100, 4) for x in row] for row in scores]
