"""When words are said, in milliseconds and in frames, and the silence between them."""

from __future__ import annotations

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.speech import Transcript


class WordTimes:
    """Words of two speakers may overlap, so "the end so far" is a running maximum."""

    def __init__(self, transcript: Transcript, rate: FrameRate) -> None:
        self.rate = rate
        self.starts = [w.start_ms for w in transcript.words]
        self.ends: list[int] = []
        latest = 0
        for word in transcript.words:
            latest = max(latest, word.end_ms)
            self.ends.append(latest)

    def frame_after(self, ms: int) -> int:
        """The first frame that starts at or after `ms`."""
        return -((-ms * self.rate.num) // (1000 * self.rate.den))

    def gap_ms(self, word: int) -> tuple[int, int]:
        """Silence between word - 1 and `word`: [end of all before, start), empty where they touch."""
        return min(self.ends[word - 1], self.starts[word]), self.starts[word]
