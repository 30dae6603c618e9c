"""The title of a clip: the claim that an editor would let stand, or a makeshift that says it is one (English)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection.read.meaning import word_vectors
from shortform_assets.selection.read.script import Line, is_content, stem
from shortform_assets.selection.say.parsed_clause import ParsedClause
from shortform_assets.selection.say.title_checks import TITLE_LENGTH
from shortform_assets.selection.say.title_judge import TitleJudge
from shortform_assets.selection.say.title_lines import ClipLine, title_lines
from shortform_assets.text.graphemes import grapheme_count

LIKED = 0.5
"""Chance of being let stand from which a line is a title that nobody has to look at: see the curve in
`docs/selection.md`."""
_NOUNS = ("NN", "NNS", "NNP", "NNPS")
_ASKING = ("WP", "WRB", "WDT", "WP$")
POINT = 1.0
"""What it counts, beside that chance, how much of an editor's title the line says, as far as the judge can tell. Set by
hand, on 90 picks of the untouched episodes that were looked at."""


@dataclass(frozen=True)
class ClipSaid:
    """What a clip holds: its lines as they were said, and as the clip keeps them."""

    lines: Sequence[Line]
    texts: Sequence[str]
    before: str
    """The sentence before the clip; empty where it opens the source."""

    @property
    def kept(self) -> list[ClipLine]:
        return [ClipLine(text, line.speaker) for line, text in zip(self.lines, self.texts, strict=True)]


@dataclass(frozen=True)
class TitleChoice:
    """`title` is empty where not even a makeshift was found."""

    title: str
    makeshift: bool
    others: tuple[str, ...]
    """Claims made of words of the clip alone, best first."""


def choose_title(
    parser: SentenceParser,
    judge: TitleJudge,
    said: ClipSaid,
    weights: Mapping[str, float],
    taken: Collection[str] = (),
) -> TitleChoice:
    """The best of `title_lines` that is liked, else the clip's question, else what it is about.

    `weights` tell how telling a stem is in the source (`topics.idf`), `taken` are titles of other clips.
    """
    cues, points = judge.points(said.lines, word_vectors(said.lines, dict(weights)), weights)
    found = [line for line in title_lines(parser, said.kept, said.before) if line.text not in taken]
    liked = {line: judge.liking(line, cues, points) for line in found}
    ranked = sorted(found, key=lambda x: (-round(liked[x] + POINT * float(points[x.line]), 6), x.text))
    claims = [line for line in ranked if line.kind != "question"]
    others = tuple(line.text for line in claims if line.kind == "claim" and not line.renamed)
    good = next((line.text for line in claims if liked[line] >= LIKED), "")
    if good:
        return TitleChoice(good, False, others)
    # A question that opens something, or else a claim that is not liked, tells more than a topic.
    asked = next((x.text for x in ranked if x.kind == "question" and x.clause.words[0].tag in _ASKING), "")
    drafts = [asked, *(line.text for line in claims), _topic(parser, said, weights)]
    return TitleChoice(next((text for text in drafts if text), ""), True, others)


def _topic(parser: SentenceParser, said: ClipSaid, weights: Mapping[str, float]) -> str:
    """What the clip is about: the one or two most telling nouns that it comes back to; empty where it has none."""
    seen: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for words in parser.parse(list(said.texts)):
        clause = ParsedClause(words)
        for i, word in enumerate(words):
            if word.tag not in _NOUNS or word.relation == "compound" or not is_content(word.text.lower()):
                continue
            key = stem(word.text.lower())
            seen[key] += 1
            shown.setdefault(key, clause.text({i, *clause.hanging(i, "compound")}))
    again = [s for s in seen if seen[s] > 1 and shown[s][0].isalpha()]
    best = sorted(again, key=lambda s: (-(seen[s] ** 0.5) * weights.get(s, 1.0), s))[:2]
    line = " and ".join(shown[s] for s in best)
    line = line if grapheme_count(line) <= TITLE_LENGTH else shown[best[0]] if best else ""
    return line[:1].upper() + line[1:] if grapheme_count(line) <= TITLE_LENGTH else ""
