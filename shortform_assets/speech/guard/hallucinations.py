"""The hallucination guard: takes out words that nobody said, and lists every one of them.

No single sign suffices: real speech repeats itself, thanks its viewers and is sometimes recognised with
little confidence. So a suspicious text is removed only where sound or decoder give evidence against it, and
where that evidence leaves a doubt, another provider is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shortform_assets.contracts.slices.speech_slice import GuardSlice
from shortform_assets.contracts.speech import GuardAction
from shortform_assets.ports.recognizer import RawSegment
from shortform_assets.speech.guard.guard_rules import RULES, Evidence, runs
from shortform_assets.speech.guard.second_opinion import Ask, Doubt, settle
from shortform_assets.speech.words.voice_activity import Span, VoiceActivity
from shortform_assets.speech.words.word_assembly import DraftWord

_ASKED_MS, _ASKED_SHARE = 60_000, 0.05
"""So much may be asked of another provider: the larger of the two, the share being of the words' whole
time."""
_UNHEARD_MS, _EDGE_MS = 1_200, 250
"""Voice of that length has words in it (breaths and laughs are shorter), and providers' times are off by
that much. By trial; the word error rates of benchmarks/speech.py guard it."""


def guard(
    words: Sequence[DraftWord],
    segments: Sequence[RawSegment],
    voice: VoiceActivity,
    limits: GuardSlice,
    language: str = "en",
    ask: Ask | None = None,
) -> tuple[list[DraftWord], list[GuardAction]]:
    """The words that stay, and one action for every stretch that was removed.

    `words` point at `segments` by index and carry the provider's times; rules run from the surest to the
    least, and a word removed by one is not seen by the next. `ask` tells what another provider hears; what
    rests on a doubt is put to it, within bounds, and without it the rules decide alone.
    """
    doubts: list[Doubt] = []
    left = list(range(len(words)))
    for rule in RULES:
        gone: set[int] = set()
        for doubt in rule(Evidence([words[i] for i in left], segments, voice, limits, language)):
            numbers = left[doubt.first : doubt.last + 1]
            doubts += [replace(doubt, first=a, last=b) for a, b in _pieces(numbers)]
            gone.update(numbers if doubt.removed else ())
        left = [i for i in left if i not in gone]
    length = words[-1].end - words[0].start if words else 0
    doubts = settle(words, doubts, ask, language, max(_ASKED_MS, int(_ASKED_SHARE * length)))
    removed = {i for doubt in doubts if doubt.removed for i in range(doubt.first, doubt.last + 1)}
    actions = [_removal(words, doubt) for doubt in doubts if doubt.removed]
    kept = [word for i, word in enumerate(words) if i not in removed]
    return kept, sorted(actions, key=lambda action: (action.start_ms, action.end_ms))


def suspicious(segment: RawSegment, limits: GuardSlice) -> bool:
    """Whether the decoder itself was lost: text that repeats or that it did not believe."""
    return (
        segment.compression_ratio > limits.max_compression_ratio
        or segment.avg_logprob < limits.min_log_probability
    )


def missed(words: Sequence[DraftWord], voice: VoiceActivity, shortest_ms: int = _UNHEARD_MS) -> list[Span]:
    """Voiced stretches of `shortest_ms` or more without any word, which deserve to be heard again.

    Words reach 250 ms beyond their times, as providers are off by that much.
    """
    said = VoiceActivity([(word.start - _EDGE_MS, word.end + _EDGE_MS) for word in words])
    found = []
    for low, high in voice.spans:
        at = low
        for start, end in [*said.spans_near(low, high), (high, high)]:
            if start - at >= shortest_ms:
                found.append((at, start))
            at = max(at, end)
    return found


def _pieces(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Inclusive ranges of consecutive numbers; where a surer rule took words out between, there is a gap."""
    if not numbers:
        return []
    inside = set(numbers)
    first = numbers[0]
    return [(first + a, first + b) for a, b in runs([i in inside for i in range(first, numbers[-1] + 1)])]


def _removal(words: Sequence[DraftWord], doubt: Doubt) -> GuardAction:
    piece = words[doubt.first : doubt.last + 1]
    return GuardAction(
        kind="removed",
        reason=doubt.reason,
        text=" ".join(word.text for word in piece),
        start_ms=piece[0].start,
        end_ms=piece[-1].end,
    )
