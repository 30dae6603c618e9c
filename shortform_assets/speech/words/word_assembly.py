"""From a provider's tokens to written words: joined, in order, apart in time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shortform_assets.ports.recognizer import RawSegment, RawWord
from shortform_assets.speech.words.voice_activity import VoiceActivity
from shortform_assets.text.spacing import runs_on

Timing = Literal["aligned", "recognized", "proportional"]

UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km", "bo", "yue"})
"""Languages written without spaces, where every token is a word of its own."""

MIN_MS = 40
"""One frame at 25 a second: what a caption can show."""
_LONGEST_MS, _PER_LETTER_MS = 700, 110
"""A word lasts no longer than that and this for each letter: slow, drawn-out talk."""
_OPENING = re.compile(r"^[\"'“‘«¿¡(\[{$€£#]+$")
_COUNTED = "$€£#"
"""Signs of amounts: " #" + " 1" stays apart as it is written."""
_MARK = re.compile(r"^[^\w]+$")
_CLOSING = re.compile(r"^[.,;:?!…\"'”’»›)\]}、。，．：；？！』」】》）]+$")
"""Marks that no script parts from the word before them, whatever the file says; French parts some."""
_FRENCH = re.compile(r"^[;:?!»]+$")


@dataclass(frozen=True)
class DraftWord:
    """A word on its way into the transcript; source milliseconds."""

    text: str
    start: int
    end: int
    confidence: float
    segment: int
    """Index of the raw segment it came from."""
    timing: Timing = "recognized"


def join_tokens(tokens: Iterable[RawWord], language: str) -> list[RawWord]:
    """Written words without surrounding spaces.

    A token without a leading space continues the word before it (" don" + "'t", " 50" + "%", "-year"; in
    languages without spaces only where neither runs on: " Py" + "thon"),
    opening marks belong to the next word, other marks to the one before. A sign that stands alone stays so
    (" 5" + " <" is "5 <"), at the end of the word that it follows; in front of all words it is dropped.
    """
    words: list[RawWord] = []
    opening: RawWord | None = None
    for token in tokens:
        text = token.text.strip()
        if not text:
            continue
        # The parts of a foreign name belong together in languages without spaces, too.
        whole = language not in UNSPACED or (bool(words) and _foreign(words[-1].text[-1], text[0]))
        glued = not token.text[:1].isspace() and whole
        if _OPENING.match(text) and not (glued and words):
            opening = _merge(opening, token) if opening else replace(token, text=text)
        elif words and opening is None and (glued or _MARK.match(text)):
            words[-1] = _merge(words[-1], token, " " if _alone(token.text, language) else "")
        elif opening is not None:
            apart = _COUNTED + ("«" if language == "fr" else "")
            alone = token.text[:1].isspace() and opening.text[-1] in apart
            words.append(_merge(opening, token, " " if alone else ""))
            opening = None
        elif not _MARK.match(text):
            words.append(replace(token, text=text))
    return words


def _foreign(*letters: str) -> bool:
    return all(letter.isalnum() and not runs_on(letter) for letter in letters)


def _alone(text: str, language: str) -> bool:
    """Whether a space stands before a sign as it is written."""
    sign = text.strip()
    if not text[:1].isspace() or not _MARK.match(sign) or language in UNSPACED:
        return False
    return not _CLOSING.match(sign) or (language == "fr" and bool(_FRENCH.match(sign)))


def _merge(left: RawWord, right: RawWord, space: str = "") -> RawWord:
    text = space + right.text.strip()
    total = max(1, len(left.text) + len(text))
    mean = (left.probability * len(left.text) + right.probability * len(text)) / total
    timed = left.timed and right.timed
    return RawWord(left.text + text, min(left.start, right.start), max(left.end, right.end), mean, timed)


def drafts(segments: Sequence[RawSegment], language: str, offset_ms: int) -> list[DraftWord]:
    """The words of all segments; `offset_ms` is where the samples began in the source."""
    found = []
    for number, segment in enumerate(segments):
        for word in join_tokens(segment.words, language):
            start, end = offset_ms + round(word.start * 1000), offset_ms + round(word.end * 1000)
            confidence = min(1.0, max(0.0, word.probability))
            timing: Timing = "recognized" if word.timed else "proportional"
            found.append(DraftWord(word.text, max(0, start), max(0, start, end), confidence, number, timing))
    return found


def trim(word: DraftWord, voice: VoiceActivity) -> DraftWord:
    """A word that a provider stretched over a pause, cut back to the voice in it and a plausible length."""
    start, end = word.start, word.end
    inside = [(max(a, start), min(b, end)) for a, b in voice.spans_near(start, end)]
    if inside and end - start > _LONGEST_MS:
        # A stretched word is spoken where most of the voice is.
        start, end = max(inside, key=lambda span: (span[1] - span[0], -span[0]))
    return replace(word, start=start, end=min(end, start + _LONGEST_MS + _PER_LETTER_MS * len(word.text)))


def in_order(words: Sequence[DraftWord], duration_ms: int) -> list[DraftWord]:
    """Words that never overlap, last at least 40 ms and end within `duration_ms`; reading order is kept.

    Words that do not fit (more of them than 40 ms slots) share what room there is.
    """
    starts = [min(max(0, word.start), duration_ms) for word in words]
    for i in range(1, len(starts)):
        starts[i] = max(starts[i], starts[i - 1] + MIN_MS)
    latest = duration_ms
    for i in reversed(range(len(starts))):
        latest = max(0, latest - MIN_MS)
        starts[i] = latest = min(starts[i], latest)
    fixed = []
    for i, word in enumerate(words):
        after = starts[i + 1] if i + 1 < len(starts) else duration_ms
        end = min(max(word.end, starts[i] + MIN_MS), max(after, starts[i]), duration_ms)
        fixed.append(replace(word, start=starts[i], end=end))
    return fixed
