"""The hallucination guard: takes out words that nobody said, and lists every one of them.

No single sign suffices: real speech repeats itself, thanks its viewers and is sometimes recognised with
little confidence. So a suspicious text is removed only where sound or decoder give evidence against it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from shortform_assets.contracts.slices.speech import GuardSlice
from shortform_assets.contracts.speech import GuardAction
from shortform_assets.speech.recognizer import RawSegment
from shortform_assets.speech.voice_activity import Voice
from shortform_assets.speech.written import Draft

Removal = tuple[int, int, str]
"""First and last word index, inclusive, and the reason."""

_MARGIN_MS = 250
"""Provider word times are off by this much; a word farther from any voice was not spoken."""
_LONGEST_CYCLE = 12
_WEAK_COVER, _WEAK_CONFIDENCE = 0.5, 0.45
_FASTEST_MS, _FAST_RUN = 60, 4
_LONG_TOKEN = 24
_NOT_SPEECH = re.compile(r"^[\[(*♪♫].*[\])*♪♫][.!]?$|^[♪♫].*|.*[♪♫]$", re.DOTALL)
_STOCK = tuple(
    re.compile(rf"^(?:{pattern})$")
    for pattern in (
        r"(?:thank you|thanks)(?: (?:so|very) much)?(?: (?:all|everyone|guys))?(?: for (?:watching|listening|viewing)"
        r"(?: (?:this|the|my) (?:video|episode))?)?(?: and .*)?",
        r"(?:please )?(?:don t forget to )?(?:like|subscribe|share)(?: (?:and|like|subscribe|share|comment|to|my|our"
        r"|the|this|channel|video|for|more|videos))*",
        r"(?:i ll )?see you (?:in the )?next (?:time|video|one|week)",
        r"(?:subtitles?|captions?|captioned|transcribed|transcript(?:ion)?|translat(?:ed|ion))(?: \w+){0,3}? by .*",
        r".*\bamara org\b.*",
        r"subt[ií]tulos .*|sous titres? .*|sous titrage .*|untertitel(?:ung)? .*|ondertitels? .*|sottotitoli .*"
        r"|legendas? .*|napisy .*|субтитры .*|редактор субтитров .*|продолжение следует",
        r"(?:www )?\w+ (?:com|org|co uk)",
        r"you|bye|bye bye|okay|so|oh|hmm|uh|the end|to be continued|music|applause|laughter|silence",
        r"ご視聴ありがとうございました|시청해주셔서 감사합니다|谢谢观看|請不吝點贊.*|gracias por ver.*|merci d avoir regardé.*"
        r"|vielen dank (?:fürs|für das) zuschauen|obrigado por assistir.*",
    )
)


def guard(
    words: Sequence[Draft], segments: Sequence[RawSegment], voice: Voice, limits: GuardSlice
) -> tuple[list[Draft], list[GuardAction]]:
    """The words that stay, and one action for every stretch that was removed.

    `words` point at `segments` by index and carry the provider's times; rules run from the surest to the
    least, and a word removed by one is not seen by the next.
    """
    kept, actions = list(words), []
    for rule in (_unheard, _unvoiced, _no_speech_text, _stutters, _loops, _stock_phrases, _rushed):
        removed: set[int] = set()
        for first, last, reason in rule(kept, segments, voice, limits):
            removed.update(range(first, last + 1))
            actions.append(
                GuardAction(
                    kind="removed",
                    reason=reason,
                    text=" ".join(word.text for word in kept[first : last + 1]),
                    start_ms=kept[first].start,
                    end_ms=kept[last].end,
                )
            )
        kept = [word for i, word in enumerate(kept) if i not in removed]
    return kept, sorted(actions, key=lambda action: (action.start_ms, action.end_ms))


def suspicious(segment: RawSegment, limits: GuardSlice) -> bool:
    """Whether the decoder itself was lost: text that repeats or that it did not believe."""
    return (
        segment.compression_ratio > limits.max_compression_ratio
        or segment.avg_logprob < limits.min_log_probability
    )


def _unheard(
    words: Sequence[Draft], segments: Sequence[RawSegment], voice: Voice, limits: GuardSlice
) -> list[Removal]:
    """Segments that the decoder takes for silence and does not believe, or that it only half believes
    where there is little voice."""
    found = []
    for first, last in _by_segment(words):
        segment = segments[words[first].segment]
        if segment.avg_logprob >= limits.min_log_probability:
            continue
        cover = voice.cover(words[first].start, words[last].end)
        if segment.no_speech_prob > limits.max_no_speech or cover < _WEAK_COVER:
            found.append((first, last, "taken for silence by the recognizer, with little confidence"))
    return found


def _unvoiced(
    words: Sequence[Draft], _: Sequence[RawSegment], voice: Voice, limits: GuardSlice
) -> list[Removal]:
    outside = [voice.cover(word.start, word.end, _MARGIN_MS) < limits.min_voice_cover for word in words]
    return [(a, b, "outside any voice activity") for a, b in _runs(outside)]


def _no_speech_text(
    words: Sequence[Draft], _: Sequence[RawSegment], __: Voice, ___: GuardSlice
) -> list[Removal]:
    """Annotations such as [Music] or (applause), and lyrics marks."""
    found = []
    for first, last in _by_segment(words):
        if _NOT_SPEECH.match(" ".join(word.text for word in words[first : last + 1])):
            found.append((first, last, "an annotation, not speech"))
    return found


def _stutters(
    words: Sequence[Draft], _: Sequence[RawSegment], __: Voice, limits: GuardSlice
) -> list[Removal]:
    """A single token that repeats itself: "W-W-W-W-W-..."."""
    looped = []
    for word in words:
        body = word.text.casefold().encode()
        ratio = len(body) / len(zlib.compress(body))
        looped.append(len(word.text) >= _LONG_TOKEN and ratio > limits.max_compression_ratio / 2)
    return [(a, b, "one token repeated within a word") for a, b in _runs(looped)]


def _loops(
    words: Sequence[Draft], segments: Sequence[RawSegment], voice: Voice, limits: GuardSlice
) -> list[Removal]:
    """A phrase repeated over and over, where decoder or sound speak against it; its first time stays."""
    plain = [_plain(word.text) for word in words]
    found: list[Removal] = []
    at = 0
    while at < len(words):
        cycle, times = _cycle(plain, at, limits.max_repeats)
        if not times:
            at += 1
            continue
        first, last = at, at + cycle * times - 1
        pace = (words[last].end - words[first].start) / (last - first + 1)
        lost = any(
            segments[word.segment].compression_ratio > limits.max_compression_ratio
            for word in words[first : last + 1]
        )
        weak = voice.cover(words[first].start, words[last].end) < _WEAK_COVER
        if lost or weak or pace < 1.5 * _FASTEST_MS:
            found.append((first + cycle, last, f"the same {cycle} word(s) {times} times in a row"))
        at = last + 1
    return found


def _cycle(plain: Sequence[str], at: int, max_repeats: int) -> tuple[int, int]:
    """Length and number of repeats of the phrase that begins at `at`; (0, 0) where it is no loop."""
    for cycle in range(1, _LONGEST_CYCLE + 1):
        phrase = list(plain[at : at + cycle])
        times = 1
        while list(plain[at + cycle * times : at + cycle * (times + 1)]) == phrase:
            times += 1
        # People do say one word six times in a row.
        if times > (max_repeats if cycle > 1 else 2 * max_repeats):
            return cycle, times
    return 0, 0


def _stock_phrases(
    words: Sequence[Draft], segments: Sequence[RawSegment], voice: Voice, limits: GuardSlice
) -> list[Removal]:
    """What Whisper learned from subtitles and writes over silence, noise and music."""
    found = []
    for first, last in _by_sentence(words):
        text = " ".join(filter(None, (_plain(word.text) for word in words[first : last + 1])))
        if not any(pattern.match(text) for pattern in _STOCK):
            continue
        piece = words[first : last + 1]
        confidence = sum(word.confidence for word in piece) / len(piece)
        silent = max(segments[word.segment].no_speech_prob for word in piece) > limits.max_no_speech
        cover = voice.cover(piece[0].start, piece[-1].end)
        if silent or cover < _WEAK_COVER or confidence < _WEAK_CONFIDENCE:
            found.append((first, last, "a stock phrase with little voice behind it"))
    return found


def _rushed(words: Sequence[Draft], _: Sequence[RawSegment], __: Voice, ___: GuardSlice) -> list[Removal]:
    """Runs of words faster than anyone talks, that the decoder hardly believes."""
    fast = [word.end - word.start < _FASTEST_MS and word.confidence < 2 * _WEAK_CONFIDENCE for word in words]
    found = []
    for first, last in _runs(fast):
        piece = words[first : last + 1]
        confidence = sum(word.confidence for word in piece) / len(piece)
        if len(piece) >= _FAST_RUN and confidence < _WEAK_CONFIDENCE + 0.1:
            found.append((first, last, "faster than speech"))
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _by_segment(words: Sequence[Draft]) -> list[tuple[int, int]]:
    edges = [i for i in range(1, len(words)) if words[i].segment != words[i - 1].segment]
    return _ranges(len(words), edges)


def _by_sentence(words: Sequence[Draft]) -> list[tuple[int, int]]:
    edges = [
        i
        for i in range(1, len(words))
        if words[i].segment != words[i - 1].segment or words[i - 1].text[-1:] in ".?!…"
    ]
    return _ranges(len(words), edges)


def _ranges(count: int, edges: Sequence[int]) -> list[tuple[int, int]]:
    starts = [0, *edges] if count else []
    return [(a, b - 1) for a, b in zip(starts, [*edges, count], strict=False)]


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Inclusive ranges of consecutive True."""
    edges = [i for i in range(1, len(flags)) if flags[i] != flags[i - 1]]
    return [(a, b) for a, b in _ranges(len(flags), edges) if flags[a]]
