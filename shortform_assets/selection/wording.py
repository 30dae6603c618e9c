"""Title, hook line, quote, description and hashtags of a clip, all made of words that are said in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shortform_assets.selection.features import Measures
from shortform_assets.selection.lexicon import CLAIM, EMOTION, FILLER, GENERIC, STOP, words
from shortform_assets.selection.script import Line, is_content, plain_text, stem, tokenize
from shortform_assets.selection.topics import keywords

TITLE_LENGTH = 60
HOOK_LENGTH = 48
QUOTE_WORDS = 45
DESCRIPTION_LENGTH = 280
HASHTAGS = 5

PAUSE = re.compile(r"[,;:.!?…—–-][\"'”’)\]]*$")
HANGING = words(
    "a an the and or but of to in on at by for with from as that which who if than so because is are was were be "
    "been i'm you're it's we're they're my your his her their our its this these those not very more most"
)
"""A line that ends on one of these sounds cut off."""
LEADING = words(
    "outside of in for with without from on at by as before after during since until about like if unless because"
)
"""A clause that begins with one of these needs the rest of its sentence."""


@dataclass(frozen=True)
class Wording:
    title: str
    hook: str
    quote: str
    description: str
    hashtags: tuple[str, ...]


def word_clip(measures: Measures, a: int, b: int, topic_keywords: Sequence[str]) -> Wording:
    """Wording for lines a..b, both included. The quote is verbatim; titles lose only their punctuation."""
    indices = range(a, b + 1)
    strongest = max(indices, key=lambda i: (measures.lines[i].words <= QUOTE_WORDS, measures.interest(i), -i))
    quote = _quote(measures, strongest)
    phrases = list(_phrases(measures, a, b))
    title = _best(phrases, TITLE_LENGTH, prefer_question=True) or _cut(quote, TITLE_LENGTH)
    hook = _best(phrases, HOOK_LENGTH, prefer_question=False) or _cut(title, HOOK_LENGTH)
    return Wording(
        title=title,
        hook=hook,
        quote=quote,
        description=_description(measures.lines[a].text, quote),
        hashtags=_hashtags(measures, a, b, topic_keywords),
    )


@dataclass(frozen=True)
class _Phrase:
    text: str
    value: float
    question: bool


def _phrases(measures: Measures, a: int, b: int) -> Iterator[_Phrase]:
    """Clauses and runs of clauses within one sentence, cleaned, with how telling they are."""
    for i in range(a, b + 1):
        line = measures.lines[i]
        words = line.text.split()
        cuts = [0, *(n + 1 for n, word in enumerate(words[:-1]) if PAUSE.search(word)), len(words)]
        for x, low in enumerate(cuts[:-1]):
            for high in cuts[x + 1 : x + 6]:
                text = _clean(words[low:high])
                if not 8 <= len(text) <= TITLE_LENGTH:
                    continue
                tokens = tokenize(plain_text(text))
                stems = [stem(t) for t in tokens if is_content(t)]
                if len(tokens) < 3 or not stems or tokens[-1] in HANGING:
                    continue
                value = sum(min(3.5, measures.idf.get(s, 1.0)) for s in set(stems)) / (2 + len(tokens)) ** 0.6
                value += 0.8 * bool(CLAIM.search(plain_text(text))) + 0.4 * any(t in EMOTION for t in tokens)
                value += 0.9 * (low == 0) + 0.7 * (high == len(words))
                value += measures.interest(i) - 0.6 * measures.weak[i] * (low == 0)
                value -= 0.8 * (
                    tokens[0] in HANGING or tokens[0] in ("which", "who", "whether", "when", "while")
                )
                value -= 0.5 * (tokens[0] in ("it", "he", "she", "they", "this", "that", "these", "those"))
                value += 0.6 * (low == 0 and high == len(words)) - 0.8 * (low > 0 and tokens[0] in LEADING)
                value -= 0.8 * (tokens[0] in LEADING and high < len(words)) + 0.3 * (len(tokens) < 5)
                yield _Phrase(text, value, line.question and high == len(words))


def _best(phrases: Sequence[_Phrase], length: int, prefer_question: bool) -> str:
    fitting = [p for p in phrases if len(p.text) <= length]
    if not fitting:
        return ""

    def rank(phrase: _Phrase) -> float:
        return phrase.value + (0.5 if phrase.question and prefer_question else 0.0)

    return max(fitting, key=lambda p: (round(rank(p), 6), p.text)).text


def _clean(words: Sequence[str]) -> str:
    """Without leading fillers, and with no punctuation at the ends but a question or exclamation mark."""
    words = list(words)
    while words and (_bare(words[0]) in FILLER or _bare(words[0]) in ("and", "so", "but", "well", "")):
        words.pop(0)
    text = "".join(c for c in " ".join(words) if c.isprintable())
    text = text.strip(' ,;:.—–-…"“”()[]')
    return text[:1].upper() + text[1:]


def _bare(word: str) -> str:
    return re.sub(r"[^\w']", "", word.lower())


def _cut(text: str, length: int) -> str:
    """The first words of `text` that fit, not ending on a word that hangs."""
    kept: list[str] = []
    for word in _clean(text.split()).split():
        if len(" ".join([*kept, word])) > length - 1:
            break
        kept.append(word)
    while len(kept) > 1 and _bare(kept[-1]) in HANGING:
        kept.pop()
    short = " ".join(kept).rstrip(" ,;:.—–-")
    return short or text[: length - 1].strip() or "Clip"


def _quote(measures: Measures, i: int) -> str:
    """The line, or of a very long one the clauses that fit, word for word."""
    words = measures.lines[i].text.split(" ")
    if len(words) <= QUOTE_WORDS:
        return " ".join(words)
    ends = [n + 1 for n, word in enumerate(words[:QUOTE_WORDS]) if PAUSE.search(word)]
    return " ".join(words[: ends[-1] if ends else QUOTE_WORDS])


def _description(opening: str, quote: str) -> str:
    text = opening if quote in opening else f"{opening} {quote}"
    text = "".join(c for c in text if c.isprintable())
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    return quote if len(quote) <= DESCRIPTION_LENGTH else _cut(quote, DESCRIPTION_LENGTH) + "…"


def _hashtags(measures: Measures, a: int, b: int, topic_keywords: Sequence[str]) -> tuple[str, ...]:
    """Topic keywords said in the clip first, then the clip's own."""
    lines: Sequence[Line] = measures.lines[a : b + 1]
    said = {s for line in lines for s in line.stems}
    wanted = [k for k in topic_keywords if stem(k) in said]
    wanted += keywords(lines, measures.idf, 8)
    tags: list[str] = []
    seen: set[str] = set()
    for word in wanted:
        if "-" in word:
            continue
        tag = re.sub(r"[^\w]", "", word.lower())
        if 4 <= len(tag) <= 24 and tag not in STOP | GENERIC and not tag.isdigit() and stem(tag) not in seen:
            seen.add(stem(tag))
            tags.append(f"#{tag}")
    return tuple(tags[:HASHTAGS])
