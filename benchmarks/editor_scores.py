"""How a set of clips compares with an editor's picks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from editor_labels import Talk

MATCH = 0.5
"""IoU by words from which a clip is an editor's pick."""
IN_NEVER = 0.5
"""Share of its words in a never-zone from which a clip lies there."""

Clip = tuple[tuple[int, int], ...]
"""First and last word of each piece."""


@dataclass
class Tally:
    """Sums over episodes; shares by `shares`."""

    clips: int = 0
    picks: int = 0
    best_picks: int = 0
    matched: int = 0
    best_matched: int = 0
    touched: int = 0
    in_never: int = 0
    starts: int = 0
    ends: int = 0
    own_starts: int = 0
    own_ends: int = 0

    def add(self, talk: Talk, clips: Sequence[Clip]) -> None:
        """One episode's clips. A pick is matched once, the closest pairs first."""
        self.clips += len(clips)
        self.picks += len(talk.picks)
        self.best_picks += sum(p.grade == 3 for p in talk.picks)
        if not clips:
            return
        never = talk.never_words()
        held = [_words(clip, len(never)) for clip in clips]
        self.in_never += sum(never[h].mean() >= IN_NEVER for h in held)
        if not talk.picks:
            return
        picks = [p.kept(len(never)) for p in talk.picks]
        overlap = np.array([[(h & p).sum() / (h | p).sum() for p in picks] for h in held])
        self.touched += int((overlap.max(1) > 0).sum())
        for c, p in pairs(overlap):
            pick = talk.picks[p]
            self.matched += 1
            self.best_matched += pick.grade == 3
            start = abs(_sentence(talk, clips[c][0][0]) - _sentence(talk, pick.first))
            end = abs(_sentence(talk, clips[c][-1][1]) - _sentence(talk, pick.last))
            self.starts += start <= 1
            self.ends += end <= 1
            self.own_starts += start == 0
            self.own_ends += end == 0

    def shares(self) -> dict[str, float]:
        """Shares from 0 to 1, and how many clips there are."""
        clips, matched = max(1, self.clips), max(1, self.matched)
        return {
            "clips": self.clips,
            "match a pick": self.matched / clips,
            "touch a pick": self.touched / clips,
            "recall of picks": self.matched / max(1, self.picks),
            "recall of grade-3 picks": self.best_matched / max(1, self.best_picks),
            "in never-zones": self.in_never / clips,
            "start within a sentence": self.starts / matched,
            "end within a sentence": self.ends / matched,
            "an editor's own start": self.own_starts / matched,
            "an editor's own end": self.own_ends / matched,
        }


def score(chosen: Mapping[str, Sequence[Clip]], talks: Sequence[Talk]) -> dict[str, float]:
    """Shares over the episodes that were chosen from."""
    tally = Tally()
    for talk in talks:
        if talk.name in chosen:
            tally.add(talk, chosen[talk.name])
    return tally.shares()


def pairs(overlap: np.ndarray) -> list[tuple[int, int]]:
    """(clip, pick) pairs that match, each clip and pick in one at most, greedily by overlap (clips, picks)."""
    found: list[tuple[int, int]] = []
    if not overlap.size:
        return found
    for at in np.argsort(-overlap, axis=None, kind="stable"):
        clip, pick = divmod(int(at), overlap.shape[1])
        if overlap[clip, pick] < MATCH:
            break
        if all(clip != c and pick != p for c, p in found):
            found.append((clip, pick))
    return found


def auc(truth: np.ndarray, value: np.ndarray) -> float:
    """Area under the ROC curve: how often a true one is ranked above a false one (Mann-Whitney), ties half."""
    from scipy.stats import rankdata

    truth = truth.astype(bool)
    positive, negative = int(truth.sum()), int((~truth).sum())
    if not positive or not negative:
        return 0.5
    return float((rankdata(value)[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _words(clip: Clip, words: int) -> np.ndarray:
    held = np.zeros(words, bool)
    for a, b in clip:
        held[a : b + 1] = True
    return held


def _sentence(talk: Talk, word: int) -> int:
    return int(np.searchsorted([b for _, b in talk.sentences], word))
