"""Whether a line can stand as a title at all: a statement or a question of its own, nothing open, nothing broken."""

from __future__ import annotations

import re
from itertools import pairwise

from shortform_assets.selection.read.lexicon import words
from shortform_assets.selection.read.script import is_content, plain_text, stem, tokenize
from shortform_assets.selection.say.open_pronouns import open_words
from shortform_assets.selection.say.parsed_clause import FINITE, ParsedClause
from shortform_assets.selection.say.phrases import HANGING, HESITATION, STAGE
from shortform_assets.text.graphemes import grapheme_count

TITLE_LENGTH = 60
"""Characters: what the platforms' lists of videos show whole. Our choice;
test_the_title_is_a_claim_that_is_said_and_the_hook_is_another_line."""
FEWEST_WORDS = 3
"""Subject, verb and what is said of it; test_what_a_line_becomes."""
FEWEST_CONTENT = 2
"""Different words with a meaning of their own. Set by hand: "I would say" has one; test_what_a_line_becomes."""
_QUOTED = ('"', "“", "”", "…")
_MAY_END = words(
    "in on at by for with from about to of is are was were be been can could will would should has have had that this "
    "those these"
)
"""Prepositions and auxiliaries at the end of a question, or stranded: "What are you afraid of?"."""
_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|i believe|i think|i mean|i don't remember|i'm not sure|as (?:you|i|we)(?:'ve)? (?:said|mentioned))\b"
)
_UNREAL = re.compile(r"^(?:imagine|suppose|let's say|say that|pretend|what if|if only|i wish|i hope|as if)\b")


def faults(title: str, clause: ParsedClause) -> list[str]:
    """Why `title`, parsed as `clause`, cannot stand; empty where it can."""
    plain = plain_text(title)
    tokens = tokenize(plain)
    asks = title.endswith("?")
    found = []
    if len(tokens) < FEWEST_WORDS:
        found.append("too short")
    if grapheme_count(title) > TITLE_LENGTH:
        found.append("too long")
    if len({stem(t) for t in tokens if is_content(t)}) < FEWEST_CONTENT:
        found.append("says next to nothing")
    if (
        clause.words
        and clause.words[0].tag in ("WP", "WRB", "WDT")
        and "?" not in title
        and not _cleft(clause)
    ):
        found.append("half a question")
    if title[:1] in _QUOTED and title[-1:] in _QUOTED:
        found.append("somebody's words, nobody knows whose")
    if not balanced(title):
        found.append("half a pair of quotation marks")
    if not _whole(clause):
        found.append("no subject and finite verb of its own")
    if open_words(clause):
        found.append("points at what nobody has read")
    last = tokens[-1] if tokens else ""
    if last.endswith("n't") or (last in HANGING and not (asks and last in _MAY_END)):
        found.append("cut off")
    if any(a == b for a, b in pairwise(tokens)) or any(t in HESITATION for t in tokens):
        found.append("stutters")
    if STAGE.search(plain):
        found.append("steers the talk")
    if _HEDGED.search(plain):
        found.append("takes itself back")
    if "?" not in title and _tells_the_other(clause):
        found.append("tells the other of himself")
    if _UNREAL.search(plain):
        found.append("claims nothing")
    return found


def balanced(title: str) -> bool:
    """Quotation marks and brackets come in pairs."""
    return (
        title.count('"') % 2 == 0
        and title.count("“") == title.count("”")
        and title.count("(") == title.count(")")
        and title.count("[") == title.count("]")
    )


def _cleft(clause: ParsedClause) -> bool:
    """ "What kills bakeries is debt": the question word opens the subject of a statement."""
    subject = next((s for r in clause.roots if (s := clause.subject(r)) is not None), None)
    return subject is not None and clause.words[subject].relation == "csubj"


def _tells_the_other(clause: ParsedClause) -> bool:
    """ "You were combing through the want ads": said to a guest about his own life, and to nobody who sees a clip."""
    for root in clause.roots:
        subject = clause.subject(root)
        if subject is None or clause.words[subject].text.lower() != "you":
            continue
        verbs = [root, *clause.hanging(root, "aux", "auxpass")]
        if any(clause.words[v].tag == "VBD" for v in verbs) or clause.words[root].tag in ("VBN", "VBG"):
            return not any(clause.words[v].tag == "MD" for v in verbs)
    return False


def _whole(clause: ParsedClause) -> bool:
    """A main clause with a subject and a tense, or a command; one only, or a question and its answer."""
    roots = clause.roots
    if not roots:
        return False
    root = roots[0]
    said = clause.words
    asks = any(w.text == "?" for w in said)
    if len(roots) > (2 if asks else 1):
        return False
    if any(
        said[c].text.lower() in ("if", "because", "that", "when", "while")
        for c in clause.hanging(root, "mark")
    ):
        return False
    if clause.subject(root) is not None and clause.finite(root):
        return True
    # "Is rye dead?": a small parser does not always see the subject behind its verb.
    return clause.commands(root) or (asks and said[0].tag in FINITE)
