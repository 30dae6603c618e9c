"""What is taken out of a spoken English sentence before its grammar is read: openers, fillers, framings that assert.

Only words that change nothing about what is claimed. `I guess`, `maybe`, `kind of` and `probably` do, and stay.
"""

from __future__ import annotations

import re

_PAUSED = (
    "no|yes|right|now|then|look|listen|see|okay|ok|sure|exactly|absolutely|totally|plus|like|again|well|so|"
    "for example|for instance|by the way|of course|first of all|after all|trust me|here's the thing"
)
"""These open a sentence only where a mark parts them from it: "No ovens" and "So many" mean something."""
_PLAIN = (
    "and|but|because|um+|uh+|erm?|hmm+|yeah|yep|nope|oh|ah|also|anyways?|honestly|actually|basically|frankly|seriously|"
    r"i mean|you know what i mean|you know|in fact|in general|to be honest|at the end of the day|all of a sudden|"
    r"(?:so|then)(?=,? (?:yeah|what|how|why|who|when|where|do|does|did|is|are|can|could|would|should)\b)|"
    r"or(?= (?:what|how|why|do|does|did|is|are|can|could|would|should)\b)|"
    r"(?:so|well|then)(?= (?:i|you|we|he|she|it|they|the|a|an|my|your|our|if|when|there|this|that|people|most)\b)"
)
_OPENERS = re.compile(rf"^(?:(?:{_PLAIN})\b[,.:;—–-]*\s+|(?:{_PAUSED})\b[,.:;!—–-]+\s+|[(—–-]+\s*)+", re.I)
_FILLERS = re.compile(
    r"(?:,\s*)?\b(?:um+|uh+|erm?|hmm+)\b,?|"
    r",\s*(?:you know|i mean|you see|okay|like|of course|honestly|actually|basically|i think|i would say|i'd say|"
    r"as i said)\s*(?=,|[.!…]*$)|"
    r"\b(?:you know|i mean),\s*",
    re.I,
)
_HALTING = re.compile(r"\b((?:since|in|at|for|of|about|by|with|from|to) |\w+ (?=like \d))like (?=\w)", re.I)
""" "Since like high school", "change like 500 pages": after a preposition and before a number it means nothing."""
_NODS = re.compile(
    r",?\s*\b(?:right|correct|you know|you know what i mean|okay|huh|yeah|isn't it|don't you think)\?$", re.I
)
"""A question that only asks for a nod claims what stands before it."""
_TRAILS = re.compile(r",\s*(?:though|too|anyway|then|actually|as well|so|and|but)(?=[.!…]*$)", re.I)
_NAMED = re.compile(r",\s+[A-Z][\w'-]+(?=[.?!]$)")
"""Whom a sentence is said to, at its end."""
_SUBJECT = r"(?=[\"“]?(?:i|you|we|he|she|it|they|there|i'm|you're|we're|it's|they're|there's|nobody|everyone|everybody)\b)"
_ASSERTS = re.compile(
    r"^(?:(?:it )?turns out,?(?: that)?|(?:that's|that is|this is|which is) why|"
    r"i (?:really |truly |strongly |also |just )?(?:think|believe)(?: that)?|i'd say(?: that)?|i would say(?: that)?|"
    r"(?:i (?:know|learned|found|realized|found out|discovered)|i've (?:learned|found|realized)|i'm convinced|i'm sure|"
    r"the (?:\w+ )?(?:thing|point|truth|fact|problem|reality|trick|secret|lesson|idea|reason|part) (?:is|was)|"
    r"what (?:i|we) (?:learned|found|realized|discovered) (?:is|was))(?: that\b|[,:]|\s+"
    + _SUBJECT
    + r"))[,:]?\s+(?=\S)",
    re.I,
)
_KNOWING = re.compile(r"^i (?:know|found|learned|discovered) (?:i|you|we|he|she|it|they|there)\b", re.I)
"""Somebody may be known or found: only `that` tells."""


def bare_sentence(text: str) -> str:
    """The sentence without openers, fillers and the words that only announce its claim; nothing is added."""
    text = re.sub(r"\s+", " ", text).strip()
    while True:
        shorter = _NODS.sub(".", _OPENERS.sub("", text))
        shorter = _HALTING.sub(r"\1", _TRAILS.sub("", _FILLERS.sub(" ", shorter)))
        shorter = _NAMED.sub("", shorter) if shorter.endswith("?") else shorter
        shorter = re.sub(r"\s+([,.?!;:])", r"\1", re.sub(r"\s+", " ", shorter)).strip()
        if not _KNOWING.match(shorter):
            shorter = _ASSERTS.sub("", shorter)
        shorter = shorter.lstrip(" ,.;:—–-…")
        if shorter == text or not shorter:
            return text
        text = shorter
