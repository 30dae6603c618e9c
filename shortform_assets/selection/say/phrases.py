"""Clauses that could stand as a title or a hook line, and how telling each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shortform_assets.selection.read.features import NUMBER, Measures
from shortform_assets.selection.read.lexicon import CLAIM, EMOTION, FILLER, STOP, words
from shortform_assets.selection.read.script import is_content, plain_text, stem, tokenize
from shortform_assets.text.graphemes import grapheme_count, start_of
from shortform_assets.text.visible import one_line

SHORTEST = 8
"""Characters of a title or a hook line: fewer say nothing. Our choice."""
MOST_CLAUSES = 6
"""Neighbouring clauses that are tried as one phrase: more never fit. Our choice."""

PAUSE = re.compile(r"[,;:.!?…—–-][\"'”’)\]]*$")
BREAK = re.compile(r"[;:.!?…—–][\"'”’)\]]*$")
"""Marks after which a clause can begin anew; after a comma it seldom can."""

HANGING = words(
    "a an the and or but of to in on at by for with from as that which who if than so because is are was were be "
    "been i'm you're it's we're they're my your his her their our its this these those not very more most i we he "
    "she they when where while until into about like just also can could will would should has have had"
)
"""A line that ends on one of these sounds cut off."""
LEADING = words(
    "outside of in for with without from on at by as before after during since until about like if unless because "
    "which who whose whom whether when while where than to that though although not nor especially including"
)
"""A clause that begins with one of these needs the rest of its sentence."""
POINTING = words(
    "it he she they him them this that these those it's he's she's they're that's they've he'd she'd it'd there "
    "his her their its there's here's same both one ones"
)
"""Words that, at the start of a title, point at something nobody has read."""
SPARE = words("and so but because well then now look listen honestly actually basically yeah yes no sure okay right "
              "oh see anyway or plus also")  # fmt: skip
"""Words that a title begins better without."""
SPARE_PAIRS = (
    ("i", "think"),
    ("i", "mean"),
    ("you", "know"),
    ("i", "guess"),
    ("you", "see"),
    ("of", "course"),
)
VERBS = words(
    "is are was were be been am do does did has have had can could will would should must may might go goes went "
    "get gets got make makes made take takes took give gives gave keep keeps kept know knows knew think thinks "
    "thought say says said tell tells told find finds found come comes came become becomes became need needs want "
    "wants let means mean meant work works live lives die dies win wins won lose loses lost cost costs matter "
    "matters fail fails break breaks broke grow grows grew turn turns stop stops start starts quit quits quitting "
    "threw sold built bought beat beats drink drinks rise rises look looks feel feels felt ask asks call calls run "
    "runs ran put puts set sets sit sits stand stands stood hide hides hid hire teach teaches taught learn fits"
)
QUESTION_WORDS = words("what why how who when where which is are do does did can should would will")


HESITATION = words("um uh erm er hmm mm mmm mm-hmm huh")
STAGE = re.compile(
    r"^(?:let's|let me|take me|tell me|walk me|push back|give me|say more|here's the|i want to|i'll give|thanks?|thank you|hold on|"
    r"you said|we said|i'd say|it comes down)\b|\byou first$|\b(?:i don't know|i guess|sort of|kind of|as far as i'm concerned|if you ask me|just saying)\b"
)
"""What is said to steer the talk, not to say something."""


@dataclass(frozen=True)
class Phrase:
    text: str
    value: float
    question: bool


def find_phrases(measures: Measures, texts: Sequence[tuple[int, str]], length: int) -> Iterator[Phrase]:
    """Clauses and runs of clauses within one sentence, cleaned, of at most `length` characters."""
    whole = "\n".join(line.plain for line in measures.lines)
    for i, text in texts:
        line = text.split()
        cuts = [0, *(n + 1 for n, word in enumerate(line[:-1]) if PAUSE.search(word)), len(line)]
        for x, low in enumerate(cuts[:-1]):
            for high in cuts[x + 1 : x + 1 + MOST_CLAUSES]:
                phrase = clean(line[low:high])
                if not SHORTEST <= grapheme_count(phrase) <= length:
                    continue
                tokens = tokenize(plain_text(phrase))
                stems = {stem(t) for t in tokens if is_content(t)}
                if len(tokens) < 3 or not stems or (tokens[-1] in HANGING and phrase[-1] != "?"):
                    continue
                starts = low == 0 or bool(BREAK.search(line[low - 1]))
                ends = high == len(line) or bool(BREAK.search(line[high - 1]))
                # What is said again and again tells nothing.
                value = _telling(measures, i, phrase, tokens, stems)
                value -= 0.7 * min(3, max(0, whole.count(plain_text(phrase)) - 1))
                value += _whole(tokens, starts, ends, low == 0 and high == len(line))
                asks = phrase.endswith("?") and tokens[0] in QUESTION_WORDS
                yield Phrase(phrase, value - 0.6 * (phrase.endswith("?") and not asks), asks)


def clean(line: Sequence[str]) -> str:
    """Without words of hesitation in front, and with no mark at the ends but a question or exclamation mark."""
    kept = list(line)
    while len(kept) > 1:
        first, second = _bare(kept[0]), _bare(kept[1])
        if (first, second) in SPARE_PAIRS and len(kept) > 2:
            kept = kept[2:]
        elif first == "no" and kept[0][-1:].isalpha():
            # "No battle was won" is no "No, the battle was won".
            break
        elif first in FILLER or first in SPARE or not first:
            kept = kept[1:]
        else:
            break
    text = one_line(" ".join(kept)).strip(' ,;:.—–-…"“”()[]')
    return text[:1].upper() + text[1:]


def shorten(text: str, length: int) -> str:
    """The first words of `text` that fit, not ending on a word that hangs."""
    kept: list[str] = []
    for word in clean(text.split()).split():
        if grapheme_count(" ".join([*kept, word])) > length - 1:
            break
        kept.append(word)
    while len(kept) > 1 and _bare(kept[-1]) in HANGING:
        kept.pop()
    short = " ".join(kept).rstrip(" ,;:.—–-")
    return short or start_of(text, length - 1).strip() or "Clip"


def _telling(measures: Measures, i: int, phrase: str, tokens: Sequence[str], stems: set[str]) -> float:
    """Rare words, claims, numbers and feeling speak for it."""
    plain = plain_text(phrase)
    value = sum(sorted(min(3.5, measures.idf.get(s, 1.0)) for s in stems)) / (2 + len(tokens)) ** 0.6
    value += 0.8 * bool(CLAIM.search(plain)) + 0.4 * any(t in EMOTION for t in tokens)
    value += 0.4 * any(NUMBER.search(t) for t in tokens)
    return value + measures.interest(i) * min(1.0, len(tokens) / measures.lines[i].words)


def _whole(tokens: Sequence[str], starts: bool, ends: bool, sentence: bool) -> float:
    """How far it stands on its own: a whole sentence or clause, with a verb, and nothing that points outside."""
    value = 0.8 * starts + 0.7 * ends + 0.6 * sentence
    value -= 1.2 * (not starts and tokens[0] in LEADING)
    value -= 0.9 * (tokens[0] in LEADING and not ends)
    value -= 0.5 * (tokens[0] in LEADING and not sentence)
    value -= 0.9 * (tokens[0] in POINTING)
    value -= 0.35 * any(t in POINTING for t in tokens[1:] if t not in ("that", "there", "one"))
    value -= (1.6 if tokens[0] in LEADING else 1.2) * (not has_verb(tokens))
    value -= 1.0 * bool(STAGE.search(" ".join(tokens))) + 0.8 * any(t in HESITATION for t in tokens)
    value -= 1.0 * any(a == b for a, b in pairwise(tokens))
    value -= 0.4 * (len(tokens) < 4) + 0.4 * (sum(t in STOP for t in tokens) > 0.75 * len(tokens))
    return value


def has_verb(tokens: Sequence[str]) -> bool:
    """Any finite verb, as far as a list and endings tell."""
    return any(
        t in VERBS
        or t.endswith(("n't", "'re", "'ve", "'ll", "'d", "'m"))
        or (len(t) > 4 and t.endswith("ed"))
        for t in tokens
    )


def _bare(word: str) -> str:
    return re.sub(r"[^\w']", "", word.lower())
