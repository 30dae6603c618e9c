"""The user's own subtitles in another language, brought to caption pages: by time, through cuts.

A page belongs to the cue during which most of its words are said in the source, whatever became of their times in the
clip. A cue of which the clip keeps less than half says more than is heard, and is left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby

from shortform_assets.contracts.creative import TranslatedLines
from shortform_assets.contracts.speech import Transcript
from shortform_assets.contracts.translations import TranslatedCue
from shortform_assets.creative.captions.text.pages import Page
from shortform_assets.creative.captions.text.translated_lines import shared_out
from shortform_assets.text.spacing import joined

_KEPT = 0.5
"""Share of what is said during a cue that the clip must keep, and of a page's words that must be said during cues.
Our choice; test_own_subtitles_follow_cuts."""

Set = Callable[[str], TranslatedLines | None]


class CueMatcher:
    """The cues of one source against the words of its transcript."""

    def __init__(self, cues: Sequence[TranslatedCue], transcript: Transcript) -> None:
        self._cues = cues
        words = [(word.start_ms, max(word.end_ms, word.start_ms + 1)) for word in transcript.words]
        starts = [start for start, _ in words]
        longest = max((end - start for start, end in words), default=0)
        self._said = []
        """Milliseconds of words during each cue."""
        for cue in cues:
            low, high = bisect_left(starts, cue.start_ms - longest), bisect_left(starts, cue.end_ms)
            self._said.append(sum(_shared(cue, word) for word in words[low:high]))

    def texts(self, pages: Sequence[Page]) -> list[str]:
        """Of all cues that may stand on the pages."""
        heard = sorted({cue for page in pages for cue in self._heard(page)})
        return [self._cues[cue].text for cue in heard]

    def lines(self, pages: Sequence[Page], set_lines: Set) -> list[TranslatedLines | None]:
        """What stands on each of the pages of a clip; None where nothing does."""
        heard: list[dict[int, int]] = [self._heard(page) for page in pages]
        kept: dict[int, int] = defaultdict(int)
        for page in heard:
            for cue, ms in page.items():
                kept[cue] += ms
        whole = {cue for cue, ms in kept.items() if ms >= _KEPT * self._said[cue]}
        owners = [self._owner(page, found, whole) for page, found in zip(pages, heard, strict=True)]
        more = self._lone(heard, owners, whole)
        lines: list[TranslatedLines | None] = [None] * len(pages)
        told: set[int] = set()
        for cue, run in groupby(range(len(pages)), key=lambda at: owners[at]):
            numbers = list(run)
            # Overlapping cues take turns: each is said once.
            if cue is None or cue in told:
                continue
            told.add(cue)
            cues = sorted({cue, *(other for at in numbers for other in more[at])})
            text = joined(self._cues[number].text for number in cues)
            for at, part in zip(numbers, _placed(text, [pages[n] for n in numbers], set_lines), strict=True):
                lines[at] = part
        return lines

    def _heard(self, page: Page) -> dict[int, int]:
        """Cue -> milliseconds of the page's words that are said during it."""
        found: dict[int, int] = {}
        words = [word.source_ms for line in page.lines for word in line]
        first, last = min(low for low, _ in words), max(high for _, high in words)
        # Cues lie in order of their starts, and may overlap: how long one is nobody knows.
        for number, cue in enumerate(self._cues):
            if cue.start_ms >= last:
                break
            if cue.end_ms > first and (ms := sum(_shared(cue, word) for word in words)):
                found[number] = ms
        return found

    def _owner(self, page: Page, heard: dict[int, int], whole: set[int]) -> int | None:
        own = {cue: ms for cue, ms in heard.items() if cue in whole}
        said = sum(max(1, word.source_ms[1] - word.source_ms[0]) for line in page.lines for word in line)
        if not own or sum(own.values()) < _KEPT * said:
            return None
        return max(own, key=lambda cue: (own[cue], -cue))

    def _lone(
        self, heard: Sequence[dict[int, int]], owners: Sequence[int | None], whole: set[int]
    ) -> list[list[int]]:
        """For each page the cues that own no page and are heard most in this one."""
        more: list[list[int]] = [[] for _ in heard]
        for cue in sorted(whole - set(owners)):
            at = max(range(len(heard)), key=lambda page: (heard[page].get(cue, 0), -page))
            more[at].append(cue)
        return more


def _shared(cue: TranslatedCue, word: tuple[int, int]) -> int:
    return max(0, min(cue.end_ms, max(word[1], word[0] + 1)) - max(cue.start_ms, word[0]))


def _placed(text: str, pages: Sequence[Page], set_lines: Set) -> list[TranslatedLines | None]:
    """The text over pages that follow each other: whole on all of them where it fits, else in as few parts as fit."""
    best: list[TranslatedLines | None] = [None] * len(pages)
    for count in range(1, len(pages) + 1):
        parts = [set_lines(part) for part in shared_out(text, count)]
        start, time = pages[0].start_frame, pages[-1].end_frame - pages[0].start_frame
        middles = [(page.start_frame + page.end_frame) / 2 - start for page in pages]
        at = [min(count - 1, int(middle / time * count)) for middle in middles]
        if len(set(at)) < count:
            at = [number * count // len(pages) for number in range(len(pages))]
        found = [parts[number] for number in at]
        if sum(part is not None for part in found) > sum(part is not None for part in best):
            best = found
        if all(part is not None for part in parts):
            return found
    return best
