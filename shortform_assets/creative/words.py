"""The words of a clip in clip time, with the human fixes applied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import CreativeEdit
from shortform_assets.contracts.selection import PlannedClip
from shortform_assets.contracts.speech import SpeakerTurns, Transcript

_EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


@dataclass(frozen=True)
class SpokenWord:
    """A written word in clip frames [start_frame, end_frame), at least one frame long."""

    text: str
    start_frame: int
    end_frame: int
    source_ms: tuple[int, int]
    speaker: int = -1
    """Index into the speakers of the turns, or -1."""
    ends_sentence: bool = False


def clip_words(
    clip: PlannedClip, rate: FrameRate, transcript: Transcript, turns: SpeakerTurns
) -> list[SpokenWord]:
    """Each word of the clip once, in playing order, starts never decreasing.

    A word that a join of spans cuts is shown for as long as any of it is heard.
    """
    lasts = {sentence.last for sentence in transcript.sentences}
    found: list[SpokenWord] = []
    offset, previous = 0, -1
    for span, (first, last) in zip(clip.spans, clip.word_ranges, strict=True):
        for index in range(first, last + 1):
            word = transcript.words[index]
            low = max(rate.frame(word.start_ms), span.start_frame) - span.start_frame + offset
            high = min(rate.nearest(word.end_ms), span.end_frame) - span.start_frame + offset
            low = min(low, offset + span.frames - 1)
            high = min(max(high, low + 1), offset + span.frames)
            if index == previous:
                found[-1] = replace(found[-1], end_frame=max(high, found[-1].end_frame))
                continue
            floor = found[-1].start_frame if found else 0
            low = max(low, floor)
            speaker = turns.word_speakers[index] if index < len(turns.word_speakers) else -1
            found.append(
                SpokenWord(
                    word.text,
                    low,
                    max(high, low + 1),
                    (word.start_ms, word.end_ms),
                    speaker,
                    index in lasts,
                )
            )
            previous = index
        offset += span.frames
    return [word for word in found if word.text.strip()]


def fix_words(words: Sequence[SpokenWord], edits: Sequence[CreativeEdit]) -> list[SpokenWord]:
    """Replace what each edit calls wrong, phrase by phrase, keeping punctuation and case around it.

    The replacement takes the time of the phrase; an empty one removes the words.
    """
    fixed = list(words)
    for edit in edits:
        wrong = [_core(token) for token in edit.wrong.split()]
        at = 0
        while wrong and at + len(wrong) <= len(fixed):
            phrase = fixed[at : at + len(wrong)]
            if [_core(w.text) for w in phrase] == wrong and all(_covers(edit, w.source_ms) for w in phrase):
                put = _retimed(phrase, edit.right)
                fixed[at : at + len(wrong)] = put
                at += len(put)
            else:
                at += 1
    return fixed


def fix_text(text: str, source_ms: Sequence[tuple[int, int]], edits: Sequence[CreativeEdit]) -> str:
    """The same fixes in a title or description of a clip made of the source times `source_ms`."""
    for edit in edits:
        if edit.wrong.split() and any(_covers(edit, span) for span in source_ms):
            inner = r"\W+".join(re.escape(token) for token in edit.wrong.split())
            pattern = re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
            right = edit.right

            def put(match: re.Match[str], right: str = right) -> str:
                return _in_case_of(match[0], right)

            text = pattern.sub(put, text)
    return " ".join(text.split())


def _retimed(phrase: Sequence[SpokenWord], right: str) -> list[SpokenWord]:
    before = _edges(phrase[0].text)[0]
    after = _edges(phrase[-1].text)[2]
    said = " ".join(w.text for w in phrase)
    tokens = _in_case_of(_edges(said)[1], right).split()
    if not tokens:
        return []
    tokens[0] = before + tokens[0]
    # Punctuation that the replacement brings itself wins.
    tokens[-1] += "" if _edges(tokens[-1])[2] else after
    if len(tokens) == len(phrase):
        return [replace(w, text=token) for w, token in zip(phrase, tokens, strict=True)]
    start, end = phrase[0].start_frame, phrase[-1].end_frame
    edges = [start + (end - start) * i // len(tokens) for i in range(len(tokens) + 1)]
    source = (phrase[0].source_ms[0], phrase[-1].source_ms[1])
    return [
        replace(
            phrase[0],
            text=token,
            start_frame=low,
            end_frame=max(high, low + 1),
            source_ms=source,
            ends_sentence=phrase[-1].ends_sentence and i == len(tokens) - 1,
        )
        for i, (token, low, high) in enumerate(zip(tokens, edges, edges[1:], strict=False))
    ]


def _in_case_of(said: str, right: str) -> str:
    """`right` in the case of `said`, unless it has capitals of its own (iPhone, NASA)."""
    if right != right.lower():
        return right
    letters = [c for c in said if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return right.upper()
    return right[:1].upper() + right[1:] if letters and letters[0].isupper() else right


def _covers(edit: CreativeEdit, source_ms: tuple[int, int]) -> bool:
    low = edit.start_ms if edit.start_ms is not None else 0
    return low < source_ms[1] and (edit.end_ms is None or source_ms[0] < edit.end_ms)


def _core(text: str) -> str:
    return _edges(text)[1].casefold()


def _edges(text: str) -> tuple[str, str, str]:
    match = _EDGES.match(text)
    return (match[1], match[2], match[3]) if match else ("", text, "")
