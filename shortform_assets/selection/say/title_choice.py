"""The title of a clip: its best claim that passes all checks, or a makeshift that says it is one (English)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection.read.lexicon import GENERIC
from shortform_assets.selection.read.meaning import word_vectors
from shortform_assets.selection.read.script import Line, is_content, plain_text, stem, tokenize
from shortform_assets.selection.say.open_pronouns import VAGUE
from shortform_assets.selection.say.parsed_clause import ParsedClause
from shortform_assets.selection.say.title_checks import TITLE_LENGTH
from shortform_assets.selection.say.title_judge import TitleJudge
from shortform_assets.selection.say.title_lines import ClipLine, title_lines
from shortform_assets.text.graphemes import grapheme_count

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
    """The best claim of `title_lines`, else the clip's question, else what it is about.

    The judge orders the claims; it keeps none back: among lines that pass the checks those it likes better are let stand
    no more often, see `docs/selection.md`.

    `weights` tell how telling a stem is in the source (`topics.idf`), `taken` are titles of other clips.
    """
    cues, points = judge.points(said.lines, word_vectors(said.lines, dict(weights)), weights)
    found = [line for line in title_lines(parser, said.kept, said.before) if line.text not in taken]
    liked = {line: judge.liking(line, cues, points) for line in found}
    ranked = sorted(found, key=lambda x: (-round(liked[x] + POINT * float(points[x.line]), 6), x.text))
    claims = [line for line in ranked if line.kind != "question"]
    others = tuple(line.text for line in claims if line.kind == "claim" and not line.renamed)
    if claims:
        return TitleChoice(claims[0].text, False, others)
    # A question that opens something tells more than a topic.
    asked = next((x.text for x in ranked if x.kind == "question" and x.clause.words[0].tag in _ASKING), "")
    return TitleChoice(asked or _topic(parser, said, weights), True, others)


def _topic(parser: SentenceParser, said: ClipSaid, weights: Mapping[str, float]) -> str:
    """What the clip is about: the one or two most telling nouns that it comes back to; empty where it has none."""
    seen: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for words in parser.parse(list(said.texts)):
        clause = ParsedClause(words)
        for i, word in enumerate(words):
            if word.tag not in _NOUNS or word.relation == "compound" or not is_content(word.text.lower()):
                continue
            if not word.text[0].isalpha() or word.lemma.lower() in VAGUE | GENERIC:
                continue
            key = stem(word.text.lower())
            seen[key] += 1
            named = clause.text({i, *clause.hanging(i, "compound")})
            shown[key] = max(shown.get(key, ""), named, key=len)
    again = [s for s in seen if seen[s] > 1]
    best = sorted(again, key=lambda s: (-(seen[s] ** 0.5) * weights.get(s, 1.0), s))[:2]
    # "AWS bill and AWS" is one topic.
    if len(best) > 1 and set(tokenize(plain_text(shown[best[0]]))) & set(
        tokenize(plain_text(shown[best[1]]))
    ):
        best = [max(best, key=lambda s: len(shown[s]))]
    line = " and ".join(shown[s] for s in best)
    line = line if grapheme_count(line) <= TITLE_LENGTH else shown[best[0]] if best else ""
    return line[:1].upper() + line[1:] if grapheme_count(line) <= TITLE_LENGTH else ""
