"""Whether a line can stand as a title at all: a statement or a question of its own, nothing open, nothing broken."""

from __future__ import annotations

import re
from itertools import pairwise

from shortform_assets.selection.read.lexicon import words
from shortform_assets.selection.read.script import is_content, plain_text, stem, tokenize
from shortform_assets.selection.say.open_pronouns import open_words
from shortform_assets.selection.say.parsed_clause import FINITE, ParsedClause, is_mark
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
    r"\b(?:maybe|perhaps|i'm sure|i believe|i think|i mean|i don't remember|i'm not sure|as (?:you|i|we)(?:'ve)? (?:said|mentioned))\b"
)
_ADDRESSED = re.compile(
    r", (?:man|dude|guys|bro|buddy|mate|folks|friends|everybody|everyone|i'll tell you|i tell you|i guess|i mean)$"
)
_HOUSE = re.compile(
    r"\b(?:(?:you're|are) welcome|welcome (?:back|to)|thanks for|(?:with|joining) (?:me|us)|on (?:the|this|our) (?:show|podcast)|"
    r"(?:this|last|next|previous) (?:episode|podcast|show)|show notes|hear from you|(?:excited|here) for (?:the show|today|monday)|"
    r"also mentions|(?:as|like) (?:i|we|you) (?:said|mentioned)|subscribe|newsletter)\b|"
    r"^today (?:i|we) (?:have|are|talk|speak|want)\b|^you(?:'ll| will) (?:understand|notice|hear|remember)\b|"
    r"^(?:i|we) (?:(?:was|were) (?:just )?(?:talking|saying|chatting)|talked)\b|"
    r"^i(?:'ll| will| wanna| want to|'d like to) (?:just )?(?:say|mention|add|ask)\b"
)
"""Talk about the recording itself: of such lines editors let none stand."""
_TURNED = re.compile(
    r"^(?:we|i) \w+ (?:to |with |at )?you\b|^you(?:'re| are) (?:\w+ )?(?:welcome|in the|at least|one of)\b|"
    r"^your (?:first|last|initial|latest|recent|previous|early|original|other)\b|"
    r"^you(?:'d| would| could| might) have\b(?!.* if )"
)
""" "We talked to you in 2013", "You're in the minority": said to the guest about himself."""
_RUN_ON = re.compile(r"\b(?:just )?not (?:i|we|he|she|they)\b(?! (?:alone|but))")
""" "10% is just not I wonder why": a sentence given up for another."""
_COUNTED = re.compile(r"^number (?:one|two|three|four|five|six|seven|\d+) (?:is|was)\b")
_SAID = re.compile(r"\b(?:said|aforementioned|adjacent|latter|former) [a-z]+s?\b$")
_BARE_WISH = frozenset(
    ["wonder", "guess", "suppose", "hope", "thank", "bet", "sound", "look", "seem", "love", "wish", "feel"]
)
"""Of these a form without a subject has lost its "I" or its "it", and commands nothing."""
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
    if _joins_nothing(clause):
        found.append("cut off")
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
    if _ADDRESSED.search(title.lower().rstrip(".!")) or _names_the_other(title, clause):
        found.append("speaks to somebody")
    if "?" not in title and _TURNED.search(plain):
        found.append("tells the other of himself")
    if _HOUSE.search(plain):
        found.append("is about the recording")
    if _COUNTED.search(plain) or _SAID.search(plain):
        found.append("points at what nobody has read")
    if _RUN_ON.search(plain):
        found.append("two sentences in one")
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
    # "Unless you have data", "because it rained": half a sentence.
    if any(c < root for c in clause.hanging(root, "mark")) or said[0].text.lower() in (
        "unless",
        "although",
        "whereas",
    ):
        return _main_after_comma(clause, root)
    if clause.subject(root) is not None and clause.finite(root):
        return True
    # "Is rye dead?": a small parser does not always see the subject behind its verb.
    commands = clause.commands(root) and said[root].lemma.lower() not in _BARE_WISH
    return commands or (asks and said[0].tag in FINITE)


def _main_after_comma(clause: ParsedClause, root: int) -> bool:
    """Whether what opens with a subordinator has its main clause behind a comma: "Unless it rains, we bake"."""
    comma = next((i for i, w in enumerate(clause.words) if w.text == ","), None)
    return comma is not None and root > comma and clause.subject(root) is not None and clause.finite(root)


def _names_the_other(title: str, clause: ParsedClause) -> bool:
    """ "I'm working on a post, Jerod": one comma, and behind it nothing but a name that is no part of a list."""
    words = [w for w in clause.words if w.text not in ".!?"]
    if len(words) < 4 or title.count(",") != 1 or words[-2].text != ",":
        return False
    return words[-1].tag == "NNP" and words[-1].relation in ("npadvmod", "dep", "intj", "vocative")


def _joins_nothing(clause: ParsedClause) -> bool:
    """ "You have a tool, and frankly": a conjunction, and after it nothing that could be joined."""
    words = clause.words
    return any(
        word.relation == "cc" and all(is_mark(w) or w.tag in ("RB", "UH") for w in words[i + 1 :])
        for i, word in enumerate(words)
    )
