"""The lines that could be the title of a clip: its complete claims, compressed, and questions with their answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.selection.read.script import plain_text, tokenize
from shortform_assets.selection.say.open_pronouns import open_words, resolve
from shortform_assets.selection.say.parsed_clause import ParsedClause
from shortform_assets.selection.say.phrases import SHORTEST
from shortform_assets.selection.say.spoken_claims import find_claims
from shortform_assets.selection.say.spoken_fillers import bare_sentence
from shortform_assets.selection.say.title_checks import TITLE_LENGTH, faults
from shortform_assets.text.graphemes import grapheme_count

_QUOTE = re.compile(r"[\"“”]")
_OWN = re.compile(r"\b(?:my|our|your)\b")
ANSWER_WORDS = 6
"""An answer of more words is no line to put beside its question. Set by hand; test_what_a_clip_says_of_its_own_lines."""

_DENIES = re.compile(
    r"^(?:no|nope|wrong|false|not true|not at all|of course not|absolutely not)\b(?! (?:one|matter|wonder))|"
    r"^(?:but |and |well |so )*(?:that's|that is|this is|it's|it is|which is)(?: just| simply| actually| totally)? "
    r"(?:not|wrong|false|a myth|a lie|nonsense|bullshit|ridiculous|untrue|never)\b|"
    r"^(?:but |and )*(?:that|it|this) (?:isn't|wasn't|doesn't|didn't|couldn't|never)\b|^i (?:was|am|'m) wrong\b|^i'm (?:kidding|joking)\b"
)
"""What takes back the sentence before it."""
_QUOTES_OTHERS = re.compile(
    r"\b(?:imagine|suppose|let's say|pretend|the myth is|(?:people|they|everyone|everybody|he|she|some) (?:will |would |'d )?"
    r"(?:say|says|said|think|thinks|thought|believe|believes|tell you|was like|were like))$|^(?:imagine|suppose|let's say|what if)\b"
)
"""After this the next sentence is somebody else's, or nobody's."""


@dataclass(frozen=True)
class ClipLine:
    """A line as the clip keeps it."""

    text: str
    speaker: int


@dataclass(frozen=True)
class TitleLine:
    """A line that passes all checks of a title."""

    text: str
    line: int
    """Which of the clip's lines says it; of a question with its answer the answer."""
    kind: Literal["claim", "answer", "question"]
    clause: ParsedClause
    """The title itself, parsed."""
    words: int
    """How many words the line has that it was made from."""
    renamed: bool = False
    """A pronoun gave way to its noun."""


def title_lines(parser: SentenceParser, lines: Sequence[ClipLine], before: str = "") -> list[TitleLine]:
    """All that could stand, each once, in order of time. `before` is the sentence before the clip, or nothing.

    Every content word of a line is said in the clip, or is the one noun in the sentence before a pronoun.
    """
    bare = [bare_sentence(line.text) for line in lines]
    earlier, *parsed = [ParsedClause(words) for words in parser.parse([bare_sentence(before), *bare])]
    drafts: dict[str, TitleLine] = {}
    found = [*_claims(lines, bare, parsed, earlier), *_questions(lines, bare)]
    fitting = [draft for draft in found if SHORTEST <= grapheme_count(draft[0]) <= TITLE_LENGTH]
    for (text, line, kind, renamed), words in zip(
        fitting, parser.parse([text for text, *_ in fitting]), strict=True
    ):
        clause = ParsedClause(words)
        if not faults(text, clause):
            drafts.setdefault(
                text,
                TitleLine(text, line, kind, clause, len(tokenize(plain_text(lines[line].text))), renamed),
            )
    return sorted(drafts.values(), key=lambda d: (d.line, d.text))


Draft = tuple[str, int, Literal["claim", "answer", "question"], bool]


def _claims(
    lines: Sequence[ClipLine], bare: Sequence[str], parsed: Sequence[ParsedClause], earlier: ParsedClause
) -> Iterator[Draft]:
    quoted = _in_quotations(lines)
    for i, clause in enumerate(parsed):
        if (
            "?" in bare[i]
            or i in quoted
            or _taken_back(lines, i)
            or (i and _quotes_others(lines[i - 1].text))
            or _quotes_others(bare[i])
        ):
            continue
        near = parsed[i - 1] if i else earlier
        for claim in find_claims(clause):
            yield _capital(claim.text), i, "claim", False
            if open_words(clause):
                instead = resolve(clause, claim.kept, [near])
                # "My" in somebody else's sentence is another's.
                other = i > 0 and lines[i - 1].speaker != lines[i].speaker
                if instead and not (other and _OWN.search(" ".join(instead.values()).lower())):
                    yield _capital(clause.text(claim.kept, instead)), i, "claim", True


def _questions(lines: Sequence[ClipLine], bare: Sequence[str]) -> Iterator[Draft]:
    for i, text in enumerate(bare):
        if not text.endswith("?"):
            continue
        asked = _capital(re.split(r"(?<=[.!?])\s+", text)[-1])
        yield asked, i, "question", False
        if i + 1 < len(lines):
            answer = bare[i + 1].rstrip(" .,;:—–-…")
            said = tokenize(plain_text(answer))
            # A bare answer is an opener by itself, and was left as it stands.
            if 1 <= len(said) <= ANSWER_WORDS and not answer.endswith("?"):
                yield f"{asked} {_capital(answer)}", i + 1, "answer", False


def _taken_back(lines: Sequence[ClipLine], i: int) -> bool:
    return i + 1 < len(lines) and bool(_DENIES.search(plain_text(lines[i + 1].text)))


def _quotes_others(text: str) -> bool:
    return text.rstrip().endswith(":") or bool(_QUOTES_OTHERS.search(plain_text(text)))


def _in_quotations(lines: Sequence[ClipLine]) -> set[int]:
    """Lines that stand inside a quotation over several of them: what they claim is somebody else's.

    A quotation ends with its speaker's turn. One that is closed without having been opened began before: with the turn.
    """
    found: set[int] = set()
    first, opened = 0, False
    for i, line in enumerate(lines):
        if i and lines[i - 1].speaker != line.speaker:
            first, opened = i, False
        if opened:
            found.add(i)
        for mark in _QUOTE.finditer(line.text):
            opening = mark[0] == "“" or (
                mark[0] == '"' and bool(re.match(r"\w", line.text[mark.end() : mark.end() + 1]))
            )
            if not opening and not opened:
                if line.text[: mark.start()][-1:].isdigit():
                    continue  # inches
                found |= set(range(first, i + 1))
            first, opened = i + 1, opening
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
