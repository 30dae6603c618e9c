"""Title, hook line, quote, description and hashtags of a clip, all made of words that are said in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection.read.features import Measures
from shortform_assets.selection.read.lexicon import GENERIC, STOP, words
from shortform_assets.selection.read.script import plain_text, stem, tokenize
from shortform_assets.selection.read.topics import keywords
from shortform_assets.selection.say.parsed_clause import ParsedClause
from shortform_assets.selection.say.phrases import PAUSE, Phrase, find_phrases, shorten
from shortform_assets.selection.say.title_checks import TITLE_LENGTH, balanced, faults
from shortform_assets.selection.say.title_choice import ClipSaid, TitleChoice, choose_title
from shortform_assets.selection.say.title_judge import TitleJudge
from shortform_assets.text.graphemes import grapheme_count
from shortform_assets.text.spacing import respaced
from shortform_assets.text.visible import one_line

HOOK_LENGTH = 48
"""Characters: two lines of a hook card. Our choice."""
QUOTE_WORDS = 45
"""Of a quote: some fifteen seconds of talk. Our choice."""
DESCRIPTION_LENGTH = 280
"""Characters: what fits a post wherever it goes. Our choice."""
HASHTAGS = 5
"""At most: more look like spam. Our choice."""
DIFFERENT = 0.5
"""Title and hook share at most this much of the shorter one's content words."""

BEFORE_NOUNS = words(
    "a an the my your his her its our their this that these those no some any every each of in on at for with from "
    "about into more less than without another"
)
AFTER_VERBS = words("i you he she it we they to who don't didn't can't won't would could should will")


@dataclass(frozen=True)
class ClipWording:
    title: str
    hook: str
    """Never the words of the title; empty where nothing else is said that would do."""
    quote: str
    description: str
    hashtags: tuple[str, ...]
    needs_title: bool = False
    """Nothing that is said would stand as a title: a person should write one."""


@dataclass(frozen=True)
class TitleWriter:
    """What titles are written with where the language has a grammar."""

    parser: SentenceParser
    judge: TitleJudge


def word_clip(
    measures: Measures,
    texts: Sequence[tuple[int, str]],
    topic_keywords: Sequence[str],
    taken: Collection[str] = (),
    writer: TitleWriter | None = None,
) -> ClipWording:
    """Wording for the lines of a clip: their indices, each with the words of it that the clip keeps.

    The quote is verbatim. The title is a claim of the clip, compressed by grammar, the best by the `writer`'s
    judge; else a makeshift, and the clip `needs_title`: so it is always without a writer. The hook is another line that
    passes the checks of a title, or none. `taken` are the titles and hooks of other clips.
    """
    texts = [(i, text) for i, text in texts if text]
    strongest = max(
        texts, key=lambda t: (len(t[1].split()) <= QUOTE_WORDS, round(measures.interest(t[0]), 6), -t[0])
    )
    quote = _quote(strongest[1])
    phrases = list(find_phrases(measures, texts, TITLE_LENGTH))
    # Half a quotation is worse than another line.
    phrases = [p for p in phrases if balanced(p.text)] or phrases
    chosen = _choice(measures, texts, taken, writer) if writer else TitleChoice("", True, ())
    title = chosen.title or _best(phrases, TITLE_LENGTH, taken, question=0.5) or shorten(quote, TITLE_LENGTH)
    fitting = (t for t in chosen.others if grapheme_count(t) <= HOOK_LENGTH and t not in taken)
    sayable = _sound(writer.parser, phrases) if writer else phrases
    hook = next((t for t in fitting if not _alike(t, title)), "") or _hook(sayable, title, taken)
    return ClipWording(
        title=respaced(title),
        hook="" if same_words(hook, title) else respaced(hook),
        quote=respaced(quote),
        description=respaced(_description(texts[0][1], quote)),
        hashtags=_hashtags(measures, [i for i, _ in texts], topic_keywords),
        needs_title=chosen.makeshift,
    )


def _choice(
    measures: Measures, texts: Sequence[tuple[int, str]], taken: Collection[str], writer: TitleWriter
) -> TitleChoice:
    first = texts[0][0]
    said = ClipSaid(
        lines=[measures.lines[i] for i, _ in texts],
        texts=[text for _, text in texts],
        before=measures.lines[first - 1].text if first else "",
    )
    return choose_title(writer.parser, writer.judge, said, measures.idf, taken)


def _hook(phrases: Sequence[Phrase], title: str, taken: Collection[str]) -> str:
    """The most telling phrase beside the title, one that says something else where there is any."""
    others = [p for p in phrases if not same_words(p.text, title)]
    avoid = {*taken, title}
    apart = [p for p in others if not _alike(p.text, title)]
    return _best(apart, HOOK_LENGTH, avoid, question=-0.2) or _best(others, HOOK_LENGTH, avoid, question=-0.2)


def _sound(parser: SentenceParser, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Those that could stand as a title: a sentence of its own, nothing open, nothing broken."""
    fitting = [p for p in phrases if grapheme_count(p.text) <= HOOK_LENGTH]
    parsed = parser.parse([p.text for p in fitting])
    return [p for p, words in zip(fitting, parsed, strict=True) if not faults(p.text, ParsedClause(words))]


def _best(phrases: Sequence[Phrase], length: int, taken: Collection[str], question: float) -> str:
    """The most telling phrase that fits; what another clip is called already comes last."""
    fitting = [p for p in phrases if grapheme_count(p.text) <= length]
    if not fitting:
        return ""

    def rank(phrase: Phrase) -> float:
        return phrase.value + question * phrase.question - 2.0 * (phrase.text in taken)

    return max(fitting, key=lambda p: (round(rank(p), 6), p.text)).text


def same_words(a: str, b: str) -> bool:
    """Whether two lines are the same but for case and punctuation."""
    return tokenize(plain_text(a)) == tokenize(plain_text(b))


def _alike(a: str, b: str) -> bool:
    from rapidfuzz import fuzz

    return bool(fuzz.token_set_ratio(plain_text(a), plain_text(b)) > 100 * (1 - DIFFERENT / 2))


def _quote(text: str) -> str:
    """The line, or of a very long one the clauses that fit, word for word."""
    said = text.split(" ")
    if len(said) <= QUOTE_WORDS:
        return text
    ends = [n + 1 for n, word in enumerate(said[:QUOTE_WORDS]) if PAUSE.search(word)]
    return " ".join(said[: ends[-1] if ends else QUOTE_WORDS])


def _description(opening: str, quote: str) -> str:
    text = opening if quote in opening else f"{opening} {quote}"
    text = one_line(text)
    if grapheme_count(text) <= DESCRIPTION_LENGTH:
        return text
    return quote if grapheme_count(quote) <= DESCRIPTION_LENGTH else shorten(quote, DESCRIPTION_LENGTH) + "…"


def _hashtags(measures: Measures, indices: Sequence[int], topic_keywords: Sequence[str]) -> tuple[str, ...]:
    """Names and nouns: the topic's keywords that are said in the clip first, then the clip's own."""
    lines = [measures.lines[i] for i in indices]
    said = {s for line in lines for s in line.stems}
    wanted = [k for k in topic_keywords if stem(k) in said]
    wanted += keywords(lines, measures.idf, 16)
    before: dict[str, Counter[str]] = {}
    capitals: Counter[str] = Counter()
    for line in lines:
        for previous, token in zip(("", *line.tokens), line.tokens, strict=False):
            before.setdefault(token, Counter())[previous] += 1
        capitals.update(plain_text(w).removesuffix("'s") for w in line.text.split()[1:] if w[:1].isupper())

    def noun(word: str) -> bool:
        seen = before.get(word, Counter())
        like = sum(seen[w] for w in BEFORE_NOUNS) - 2 * sum(seen[w] for w in AFTER_VERBS)
        return capitals[word] > 0 or like > 0

    tags: list[str] = []
    stems: set[str] = set()
    counts = Counter(token for line in lines for token in line.tokens)
    for word in sorted(wanted, key=lambda w: (not noun(w), -min(2, counts[w]))):
        tag = re.sub(r"[^\w]", "", word.lower())
        if "-" in word or not 4 <= len(tag) <= 24 or tag in STOP | GENERIC or tag.isdigit():
            continue
        if stem(tag) in stems or (len(tags) >= 2 and not noun(word)):
            continue
        stems.add(stem(tag))
        tags.append(f"#{tag}")
    return tuple(tags[:HASHTAGS])
