"""The names of speakers, as the user's transcript or they themselves in the talk give them. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.text.term_finds import LetterTrail, finds, letter_trail, plain_letters

_NAMING = (
    "my name is",
    "my name's",
    "ich heiße",
    "mein Name ist",
    "je m'appelle",
    "mon nom est",
    "me llamo",
    "mi nombre es",
    "me chamo",
    "meu nome é",
    "mi chiamo",
    "il mio nome è",
    "mijn naam is",
    "ik heet",
    "jag heter",
    "jeg heter",
    "jeg hedder",
    "nazywam się",
    "benim adım",
    "меня зовут",
    "мене звати",
    "मेरा नाम",
    "اسمي",
    "我叫",
    "我的名字是",
    "私の名前は",
    "제 이름은",
)
"""Only a name follows."""
_BEING = (
    "I'm",
    "I am",
    "ich bin",
    "je suis",
    "soy",
    "yo soy",
    "sono",
    "eu sou",
    "ik ben",
    "jag är",
    "jeg er",
    "jestem",
    "я",
    "أنا",
    "我是",
    "私は",
    "저는",
)
"""A name may follow, or anything else that one is: only names of two words are believed here."""


def speaker_names(transcript: Transcript, turns: SpeakerTurns, glossary: Sequence[str]) -> dict[int, str]:
    """Index into the speakers of `turns` -> the name that the transcript tells, or else the term of the glossary that
    this speaker says to be.

    A speaker who gives two names has none, and so have two speakers who give the same.
    """
    if told := {speaker: name for speaker, name in enumerate(turns.names) if name}:
        return told
    texts = [word.text for word in transcript.words]
    trail = letter_trail(texts)
    claims: dict[int, set[str]] = {}
    for term in glossary:
        for first, last in finds(trail, term):
            speakers = {_speaker(turns, word) for word in range(first, last + 1)}
            opening = _opening(trail, first, len(term.split()) > 1)
            if opening is not None:
                speakers |= {_speaker(turns, word) for word in range(opening, first)}
                if len(speakers) == 1 and -1 not in speakers:
                    claims.setdefault(speakers.pop(), set()).add(term)
    given = [name for names in claims.values() for name in names]
    return {
        speaker: next(iter(names))
        for speaker, names in sorted(claims.items())
        if len(names) == 1 and given.count(next(iter(names))) == 1
    }


def _speaker(turns: SpeakerTurns, word: int) -> int:
    return turns.word_speakers[word] if word < len(turns.word_speakers) else -1


def _opening(trail: LetterTrail, first: int, whole: bool) -> int | None:
    """The first word of what introduces a name that begins at word `first`; `whole` says that it is more than a
    first name."""
    end = trail.owners.index(first)
    for phrase in _openings(whole):
        start = end - len(phrase)
        if start >= 0 and start in trail.starts and trail.letters[start:end] == phrase:
            return trail.owners[start]
    return None


def _openings(whole: bool) -> Iterator[str]:
    for phrase in (*_NAMING, *(_BEING if whole else ())):
        yield plain_letters(phrase)
