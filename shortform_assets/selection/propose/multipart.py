"""Clips of two pieces: a beginning that is interrupted, and the end that comes after the interruption.

Conservative on purpose: the interruption must be marked (advertising, an announced aside, or a phrase of
return after it), and the words and a speaker of the beginning must come back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shortform_assets.selection.cut.boundaries import Boundaries
from shortform_assets.selection.read.lexicon import words
from shortform_assets.selection.read.script import Line, tokenize
from shortform_assets.selection.read.topics import cohesion

# Set by hand; test_a_story_that_is_interrupted_is_joined_without_the_interruption, and against too much
# test_what_is_no_sure_interruption_is_not_joined.
MIN_PIECE_MS = 4_000
"""Of each piece: what is shorter is no part of a story."""
INTERRUPTION_MS, MAX_INTERRUPTION_LINES = (3_000, 240_000), 60
"""Of what is left out: at least, so that the jump is worth it, and at most as a break is long."""
LIKE = 0.06
"""Cosine of the two pieces under tf-idf that is needed."""
TELLING = 2
"""Telling words that must come back: those of which the source has at most half its uses elsewhere."""
MOST = 3
"""Joined candidates for one interruption."""
CUE_GAP_MS = 80
"""Silence after a phrase of return in which it can be cut off."""

RETURN = re.compile(
    r"^(?:(?:okay|all right|right|yeah|and|but|so|well|um|uh|sorry) )*"
    r"(?:(?:so )?anyways?|as i was saying|like i was saying|as we were saying|where (?:were we|was i)|"
    r"(?:back|getting back|going back|coming back|to come back|returning|let's (?:get|go) back) to|"
    r"you were (?:saying|telling)|we were (?:talking|saying)|i was (?:saying|telling)|to finish (?:the|that))\b"
)
"""How talk returns to what was interrupted."""
WELCOME = re.compile(r"^(?:and )?(?:welcome back|we're back|we are back)\b")
ASIDE = re.compile(
    r"^(?:(?:okay|oh|wait|and|but|so|yeah) )*"
    r"(?:quick (?:aside|break|question)|by the way|side note|on a side note|hold on|hang on|one (?:second|sec)|"
    r"sorry|excuse me|can (?:you|we) (?:hear|pause|stop)|is (?:that|this) (?:my|your|the|on)|give me a second|"
    r"we'll be right back|before i forget)\b"
)
NAMES_ITS_TOPIC = re.compile(r"\b(?:to|talking|telling|saying|we|i)$")
ACKNOWLEDGED = words("okay right yeah yes so sorry well anyway um uh oh")
CUT_OFF = re.compile(
    r"^(?:(?:okay|all right|right|yeah|so|well|um|uh) )*"
    r"(?:anyways?|as (?:i|we) (?:was|were) saying|like i was saying)(?= )"
)
"""Phrases of return that a sentence is whole without."""


@dataclass(frozen=True)
class Joined:
    """Lines a..b and, after an interruption, c..d; all included. `first_word` of the second piece leaves out
    a phrase of return that is cut off."""

    a: int
    b: int
    c: int
    d: int
    first_word: int


def find_joined(bounds: Boundaries, flags: Sequence[str], idf: dict[str, float]) -> list[Joined]:
    """Beginnings and ends that belong together, in order of time. `flags` mark advertising and ceremony."""
    found: list[Joined] = []
    everywhere = _stems(bounds.lines)
    for left, back, right, cued in _interruptions(bounds.lines, flags):
        # Either somebody says that they go back, or a question was left hanging.
        if not cued and not bounds.ending_flaws(left):
            continue
        pairs = sorted(
            _pairs(bounds, idf, everywhere, (left, back, right)), key=lambda p: (-p[0], p[1].a, p[1].d)
        )
        found += [joined for _, joined in pairs[:MOST]]
    return found


def _interruptions(lines: Sequence[Line], flags: Sequence[str]) -> Iterator[tuple[int, int, int, bool]]:
    """The last line before an interruption, the first after it, the first that goes on, and whether a phrase
    leads back."""
    seen: set[tuple[int, int]] = set()
    for back in range(2, len(lines)):
        first = max((k for k in _beginnings(lines, flags, back) if k >= 1), default=0)
        if not first:
            continue
        # The phrase of return may be a sentence of its own ("Where were we? Right.").
        after, cued = back, bool(RETURN.search(lines[back].plain))
        while after + 1 < len(lines) and _only_returns(lines[after], lines[after - 1]):
            after += 1
            cued = cued or bool(RETURN.search(lines[after].plain))
        length = lines[back].start_ms - lines[first].start_ms
        if INTERRUPTION_MS[0] <= length <= INTERRUPTION_MS[1] and (first, after) not in seen:
            seen.add((first, after))
            yield first - 1, back, after, cued


def _only_returns(line: Line, before: Line) -> bool:
    """Nothing else is said in it: "Anyway, back to the van", "Where were we?", and what is answered to that."""
    asked = before.question and bool(RETURN.search(before.plain)) and line.words <= 6 and not line.question
    if asked or WELCOME.search(line.plain):
        return True
    rest, led_back = line.plain, False
    while match := RETURN.search(rest):
        led_back = led_back or bool(NAMES_ITS_TOPIC.search(match[0]))
        rest = rest[match.end() :].strip()
    tokens = [t for t in tokenize(rest) if t not in ACKNOWLEDGED]
    return len(tokens) <= (6 if led_back else 0)


def _beginnings(lines: Sequence[Line], flags: Sequence[str], back: int) -> Iterator[int]:
    """First lines of interruptions that end just before line `back`."""
    marked = bool(flags[back - 1]) and not flags[back]
    returns = bool(RETURN.search(lines[back].plain))
    if not marked and not returns:
        return
    for k in range(back - 1, max(0, back - MAX_INTERRUPTION_LINES), -1):
        if marked and not flags[k]:
            yield k + 1
            return
        if not marked and returns and ASIDE.search(lines[k].plain):
            yield k
            return


def _pairs(
    bounds: Boundaries, idf: dict[str, float], everywhere: Counter[str], place: tuple[int, int, int]
) -> Iterator[tuple[float, Joined]]:
    """Good joins of lines up to `left` with lines from `right` on, and how good they are."""
    lines, measures, limit = bounds.lines, bounds.measures, bounds.limit
    left, back, right = place
    between = _stems(lines[left + 1 : back])
    first = _first_word(bounds, right)
    for a in range(left, -1, -1):
        if bounds.flags[a] or bounds.length_ms(a, left) > limit.max_ms:
            break
        begun = measures.opens_with_question(a) or bool(measures.total("story", a, left))
        length = bounds.length_ms(a, left)
        if not begun or length < MIN_PIECE_MS or bounds.opening_flaws(a) or measures.unclosed(left):
            continue
        setup, voices = _stems(lines[a : left + 1]), {line.speaker for line in lines[a : left + 1]}
        for d in range(right, len(lines)):
            if bounds.flags[d]:
                break
            rest = bounds.edges.length_ms(first, lines[d].last)
            if length + rest > limit.max_ms:
                break
            if rest < MIN_PIECE_MS or length + rest < limit.min_ms or bounds.ending_flaws(d):
                continue
            payoff = _stems(lines[right : d + 1])
            alike = cohesion(setup, payoff, idf)
            shared = [s for s in setup if s in payoff and s not in between]
            telling = [s for s in shared if everywhere[s] <= 2 * (setup[s] + payoff[s])]
            same_voice = voices & {line.speaker for line in lines[right : d + 1]}
            if (
                alike < LIKE
                or len(telling) < TELLING
                or not same_voice
                or alike <= cohesion(setup, between, idf)
            ):
                continue
            pieces = ((lines[a].first, lines[left].last), (first, lines[d].last))
            if bounds.edges.join(pieces)[0]:
                value = measures.openings[a] + measures.ending(d) + alike
                yield round(value, 6), Joined(a, left, right, d, first)


def _first_word(bounds: Boundaries, right: int) -> int:
    """The first word of the second piece: a phrase of return is cut off where silence follows it."""
    line = bounds.lines[right]
    match = CUT_OFF.search(line.plain)
    if match is None:
        return line.first
    word = line.first + len(tokenize(match[0]))
    if word > line.last or len(line.tokens) != line.words:
        return line.first
    low, high = bounds.edges.times.gap_ms(word)
    return word if high - low >= CUE_GAP_MS else line.first


def _stems(lines: Sequence[Line]) -> Counter[str]:
    return Counter(s for line in lines for s in line.stems)
