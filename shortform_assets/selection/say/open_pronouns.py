"""Pronouns that point outside a title, and what they stand for where that is certain (English).

Certain means one candidate: of the sentence before, or of what was said earlier in the same sentence, only one noun
agrees in number and in being a person or a thing. Where there are two, or none, the pronoun stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shortform_assets.selection.read.lexicon import words as listed
from shortform_assets.selection.say.parsed_clause import ParsedClause

_THING = frozenset(["it", "its", "itself"])
_MANY = frozenset(["they", "them", "their", "theirs", "themselves"])
_HE = frozenset(["he", "him", "his", "himself"])
_SHE = frozenset(["she", "her", "hers", "herself"])
_OWNED = frozenset(["its", "their", "his", "her"])
"""Of these a noun phrase would point elsewhere itself."""
_POINTERS = frozenset(["this", "that", "these", "those"])
_WEATHER = frozenset(["turn", "seem", "appear", "rain", "snow", "happen", "matter", "take"])
_OF_SOMEBODY = frozenset(
    [
        "able",
        "unable",
        "ready",
        "willing",
        "likely",
        "unlikely",
        "bound",
        "worth",
        "due",
        "happy",
        "eager",
        "free",
        "about",
    ]
)
"""What is said with an infinitive of somebody or something: "it is able to answer" has a real "it"."""
_CONTRAST = re.compile(r"^it(?:'s| is| was)(?: not|n't) .+[,;] (?:but )?it(?:'s| is| was) (?!not\b)")
"""An "it" that only weighs one thing against another."""
_MEN = listed("father dad grandfather husband brother son uncle boy man guy king grandpa boyfriend")
_WOMEN = listed("mother mom mum grandmother wife sister daughter aunt girl woman queen grandma girlfriend")
_PEOPLE = _MEN | _WOMEN | listed(
    "accountant adult analyst applicant apprentice artist assistant astronaut athlete attorney author "
    "baby baker banker barber boss butcher buyer candidate captain carpenter ceo chef chief child clerk "
    "client coach colleague comedian contributor cook cousin coworker critic cto customer dancer dealer "
    "dentist designer developer director doctor economist editor employee employer engineer "
    "entrepreneur expert farmer founder friend gardener grandparent guest hacker hero host inspector "
    "instructor intern interviewer inventor investor janitor journalist judge kid landlord lawyer "
    "leader listener lobbyist locksmith maintainer manager mayor mechanic mentor miller minister "
    "musician neighbor neighbour nurse officer owner painter parent partner patient performer person "
    "philosopher photographer physicist pilot plumber poet politician president priest prisoner "
    "producer professor programmer psychologist publisher recruiter refugee reporter researcher sailor "
    "salesman salesperson scientist secretary seller senator singer soldier speaker student surgeon "
    "tailor teacher teenager tenant therapist thief toddler trainer twin veteran victim visitor "
    "volunteer waiter waitress witness worker writer anybody anyone everybody everyone nobody somebody "
    "someone"
)  # fmt: skip
VAGUE = listed(
    "thing things way ways lot lots kind sort bit stuff reason point case idea end part one ones "
    "something anything everything nothing sense difference fun care place time times day days year years week month moment minute hour "
    "morning evening night afternoon spring summer autumn winter decade century monday tuesday "
    "wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
"""Nouns that nobody means by a pronoun, or that say too little in its place."""
_NOUNS = frozenset({"NN", "NNP", "NNS", "NNPS"})
_CARRIED = frozenset({"det", "amod", "compound", "nummod", "poss", "nmod"})
"""What a noun takes along where it stands for a pronoun."""
_TOPICS = frozenset({"nsubj", "nsubjpass", "attr", "dobj", "conj", "ROOT"})
"""What a sentence is about may be meant by the next one; what hangs on a preposition seldom is."""
_LONGEST = 5
"""Words of such a noun phrase: a longer one makes no title."""


def open_words(clause: ParsedClause) -> list[int]:
    """Words that point at something that the text does not name, in order."""
    return [i for i in range(len(clause.words)) if _open(clause, i)]


def _open(clause: ParsedClause, i: int) -> bool:
    word, said = clause.words[i], clause.words[i].text.lower()
    if word.tag in ("PRP", "PRP$") and said in _THING | _MANY | _HE | _SHE:
        return not _expletive(clause, i) and not any(
            _agrees(clause, j, said) and not _same_clause(clause, j, i) for j in range(i)
        )
    if said in _POINTERS and word.tag == "DT":
        return True
    if said in ("there", "here") and word.tag == "RB":
        return True
    if said in ("one", "ones") and word.relation not in ("nummod", "compound", "amod", "quantmod", "advmod"):
        return not any(clause.words[c].text.lower() in ("of", "no", "every") for c in clause.children[i])
    if said in ("both", "another", "others", "such", "either", "neither", "same"):
        return word.relation in ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "ROOT")
    return (said == "so" and word.relation in ("dobj", "ccomp", "acomp")) or (
        said in ("which", "who", "that")
        and word.tag in ("WDT", "WP")
        and i == 0
        and clause.words[-1].text != "?"
    )


def _expletive(clause: ParsedClause, i: int) -> bool:
    """An "it" that stands for what follows: "it is hard to stop", "it takes years to learn"."""
    word = clause.words[i]
    if word.text.lower() != "it" or word.relation not in ("nsubj", "expl"):
        return False
    verb = clause.words[word.head]
    clauses = [c for c in clause.hanging(word.head, "ccomp", "xcomp", "csubj", "advcl") if c > word.head]
    # "It's great if people ask" is about something that was said before.
    after = [c for c in clauses if not any(clause.words[m].text.lower() == "if" for m in clause.children[c])]
    inner = [
        c
        for a in clause.hanging(word.head, "acomp", "attr")
        for c in clause.hanging(a, "xcomp", "ccomp", "acl")
        if clause.words[a].lemma.lower() not in _OF_SOMEBODY or clause.words[c].relation == "ccomp"
    ]
    if verb.lemma == "be" and _CONTRAST.search(clause.text(range(len(clause.words))).lower()):
        return True
    if verb.lemma in ("take", "cost") and any(w.tag == "TO" for w in clause.words[word.head :]):
        return True
    if verb.lemma == "be":
        said = [clause.words[a].lemma.lower() for a in clause.hanging(word.head, "acomp", "attr", "prep")]
        able = bool(said) and said[0] in _OF_SOMEBODY
        return bool(said) and bool(inner or (after and not able))
    # "It seems that" says nothing of a thing, "it seems to work" does.
    whole = [c for c in clauses if clause.words[c].relation != "xcomp"]
    return verb.lemma in _WEATHER and (bool(whole) or verb.lemma in ("rain", "snow"))


def _agrees(clause: ParsedClause, i: int, pronoun: str) -> bool:
    """Whether word i names what the pronoun could stand for."""
    word, said, lemma = clause.words[i], clause.words[i].text.lower(), clause.words[i].lemma.lower()
    human = word.person or lemma in _PEOPLE
    if pronoun in _MANY and said in (
        "everybody",
        "everyone",
        "nobody",
        "people",
        "somebody",
        "someone",
        "anyone",
    ):
        return True
    if word.tag not in _NOUNS or word.relation in ("compound", "npadvmod", "nmod") or lemma in VAGUE:
        return False
    if pronoun in _MANY:
        return word.tag in ("NNS", "NNPS")
    if pronoun in _THING:
        return word.tag in ("NN", "NNP") and not human
    return word.tag in ("NN", "NNP") and human and lemma not in (_WOMEN if pronoun in _HE else _MEN)


def _same_clause(clause: ParsedClause, j: int, i: int) -> bool:
    """Whether word j cannot be what the pronoun i means, being the subject of the verb whose object it is: "My brain parsed
    it" is about something else.

    Principle B of binding theory (Chomsky, 1981); of possessives and of "itself" it does not hold.
    """
    word = clause.words[i]
    if word.tag != "PRP" or word.text.lower().endswith(("self", "selves")):
        return False
    verb = word.head
    if word.relation == "pobj" and clause.words[verb].relation == "prep":
        verb = clause.words[verb].head
        if verb == j:
            # "A specification of it" is not its own.
            return True
    elif word.relation not in ("dobj", "dative"):
        return False
    return clause.words[j].head == verb and clause.words[j].relation in ("nsubj", "nsubjpass")


def resolve(
    clause: ParsedClause, kept: frozenset[int], before: Sequence[ParsedClause]
) -> dict[int, str] | None:
    """For the open pronouns among the words `kept` what to say instead; None where one of them is not certain.

    `before` are the sentences that may name it, the nearest last; the rest of the same sentence counts too.
    """
    instead: dict[int, str] = {}
    named: frozenset[str] = frozenset()
    for i in sorted(kept):
        said = clause.words[i].text.lower()
        group = next((g for g in (_THING, _MANY, _HE, _SHE) if said in g), None)
        if group is None or clause.words[i].tag not in ("PRP", "PRP$") or said in named:
            continue
        if _expletive(clause, i) or any(
            _agrees(clause, j, said) and not _same_clause(clause, j, i) for j in kept if j < i
        ):
            continue
        noun = None if instead else _only_noun(clause, i, kept, said, before)
        if noun is None:
            return None
        instead[i] = f"{noun}'s" if clause.words[i].tag == "PRP$" else noun
        # Later ones of its kind stand for the same.
        named = group
    return instead


def _only_noun(
    clause: ParsedClause, i: int, kept: frozenset[int], said: str, before: Sequence[ParsedClause]
) -> str | None:
    found: dict[str, str | None] = {}
    named = {clause.words[k].lemma.lower() for k in kept}
    for other, indices in _places(clause, i, kept, before):
        for j in indices:
            if _agrees(other, j, said):
                role = other.words[j].relation
                found[other.words[j].lemma.lower()] = _phrase(other, j) if role in _TOPICS else None
    # A sentence in which the noun stands again is not about it.
    return next(iter(found.values())) if len(found) == 1 and not named & found.keys() else None


def _places(
    clause: ParsedClause, i: int, kept: frozenset[int], before: Sequence[ParsedClause]
) -> Iterator[tuple[ParsedClause, list[int]]]:
    for other in before:
        yield other, list(range(len(other.words)))
    yield clause, [j for j in range(i) if j not in kept]


def _phrase(clause: ParsedClause, i: int) -> str | None:
    """The noun with what describes it; None where that points elsewhere itself, or is too long."""
    kept = {i}
    for c in clause.hanging(i, *_CARRIED):
        kept |= clause.below(c)
    said = [clause.words[k] for k in sorted(kept)]
    if (
        max(kept) != i
        or len(kept) > _LONGEST
        or any(w.tag == "PRP$" and w.text.lower() in _OWNED for w in said)
    ):
        return None
    if any(w.text.lower() in _POINTERS | {"another", "such", "same", "no", "any", "every"} for w in said):
        return None
    instead = {k: "the" for k in kept if clause.words[k].text.lower() in ("a", "an")}
    return clause.text(kept, instead) or None
