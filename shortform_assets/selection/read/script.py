"""The transcript as lines: whole sentences with their speaker, pauses and normalised words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.selection.read.lexicon import STOP

JOIN_MS = 600
"""A sentence without a full stop runs on into the next one unless a pause this long parts them. Our choice;
test_every_plan_keeps_its_promises."""


@dataclass(frozen=True)
class Line:
    """One sentence, or several that run on without a full stop. Word indices inclusive, times in ms."""

    first: int
    last: int
    start_ms: int
    end_ms: int
    text: str
    plain: str
    """Lower case, straight apostrophes, single spaces: what the patterns are matched against."""
    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    """Content words only."""
    speaker: int
    question: bool
    closed: bool
    gap_before_ms: int
    gap_after_ms: int

    @property
    def words(self) -> int:
        return self.last - self.first + 1

    @property
    def content(self) -> tuple[str, ...]:
        """The tokens that carry meaning of their own; `stems` are theirs."""
        return tuple(t for t in self.tokens if is_content(t))


def read_script(transcript: Transcript, turns: SpeakerTurns, longest_ms: int) -> tuple[Line, ...]:
    """Lines in order, covering every word. A run-on line never grows past `longest_ms`."""
    groups = _join_unclosed(transcript, longest_ms)
    lines: list[Line] = []
    # Words of two speakers may overlap, so "the end so far" is a running maximum.
    ends = _running_ends(transcript)
    for n, (first, last, closed) in enumerate(groups):
        text = " ".join(w.text for w in transcript.words[first : last + 1])
        plain = plain_text(text)
        tokens = tuple(tokenize(plain))
        after = transcript.words[groups[n + 1][0]].start_ms if n + 1 < len(groups) else transcript.duration_ms
        before = ends[first - 1] if first else 0
        start, end = (
            transcript.words[first].start_ms,
            max(w.end_ms for w in transcript.words[first : last + 1]),
        )
        lines.append(
            Line(
                first=first,
                last=last,
                start_ms=start,
                end_ms=max(end, start + 1),
                text=text,
                plain=plain,
                tokens=tokens,
                stems=tuple(stem(t) for t in tokens if is_content(t)),
                speaker=_speaker(turns.word_speakers[first : last + 1]),
                question=text.rstrip("\"'”’)] ").endswith(("?", "？", "؟")),
                closed=closed,
                gap_before_ms=max(0, start - before),
                gap_after_ms=max(0, after - end),
            )
        )
    return tuple(lines)


def plain_text(text: str) -> str:
    """Lower case, straight apostrophes, no dashes or brackets, single spaces; full stops inside stay."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s'./%&-]|(?<!\w)[-.'/]|[-.'/](?!\w)", " ", text)).strip()


def tokenize(plain: str) -> list[str]:
    return re.findall(r"[^\W_][\w'-]*", plain)


def is_content(token: str) -> bool:
    """Whether a word carries meaning of its own; numbers do, function words and fillers do not."""
    return token not in STOP and (len(token) > 2 or token.isdigit())


@lru_cache(maxsize=100_000)
def stem(token: str) -> str:
    """What counts as the same word: Porter's English stemmer, second edition, after the possessive.

    On the meetings that `benchmarks/selection.py` holds back topics are found as with the suffix list that stood here
    (F1 0.34; 0.46 instead of 0.45 without embeddings), and the planted moments are the same.
    """
    import snowballstemmer

    # It keeps state while it works, and several threads ask: each word has its own.
    return str(snowballstemmer.stemmer("english").stemWord(token.removesuffix("'s")))


def _join_unclosed(transcript: Transcript, longest_ms: int) -> list[tuple[int, int, bool]]:
    words, groups = transcript.words, list[tuple[int, int, bool]]()
    for sentence in transcript.sentences:
        if groups and not groups[-1][2]:
            first, last, _ = groups[-1]
            gap = words[sentence.first].start_ms - words[last].end_ms
            if gap < JOIN_MS and words[sentence.last].end_ms - words[first].start_ms <= longest_ms:
                groups[-1] = (first, sentence.last, sentence.closed)
                continue
        groups.append((sentence.first, sentence.last, sentence.closed))
    return groups


def _running_ends(transcript: Transcript) -> list[int]:
    ends, latest = [], 0
    for word in transcript.words:
        latest = max(latest, word.end_ms)
        ends.append(latest)
    return ends


def _speaker(indices: Sequence[int]) -> int:
    known = [i for i in indices if i >= 0]
    return max(sorted(set(known)), key=known.count) if known else -1
