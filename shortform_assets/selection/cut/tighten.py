"""What tightening takes out of a clip: long pauses, fillers that stand in silence, and false starts.

A cut lies at frame edges inside silence on both sides, so that no word that stays loses any of its sound,
and only where the times of the words around it were measured, not guessed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.selection.cut.word_times import WordTimes
from shortform_assets.selection.read.lexicon import words
from shortform_assets.selection.read.script import plain_text

# A cut jumps in the picture, so each must be worth it. Set by hand;
# test_spans_and_length_agree_and_edges_are_never_left_in_splinters and the tests beside it.
MIN_PAUSE_CUT_MS = 300
"""A pause is left alone where shortening it would win less than this."""
MIN_FILLER_CUT_MS = 200
"""A filler is left in where taking it out would win less than this."""
LEFT_MS = 90
"""Silence that stays on each side of a filler that is taken out; test_no_cut_touches_a_word_that_stays."""
MIN_SPAN_MS = 800
"""Nothing shorter than this is left standing between a filler's cut and another cut, or a clip's edge."""
MAX_JUMPS = 8
"""Fillers taken out of any one minute: each is a jump in the picture."""

SOUNDS = {
    "en": words("um umm uh uhh uhm erm er hmm mm"),
    "de": words("äh ähm öh öhm hm hmm"),
    "fr": words("euh heu hum"),
    "es": words("eh em ehm"),
    "it": words("eh ehm uhm"),
    "pt": words("hum hã éé"),
}
PHRASES = {"en": (("you", "know"), ("i", "mean"))}
STUMBLED = words(
    "i i'm i've we we're you he she it it's they they're the a an and to of in on at for with that's this my our "
    "your his her is was are were if when what because so but there there's"
)
"""A false start begins with one of these; said twice, content words are emphasis."""
GAP_MS, PHRASE_GAP_MS = 60, 120
"""Silence needed on both sides of a sound or a false start, and of a phrase: three and six times what
benchmarks/speech.py allows as the median error of a word's edges.
test_nothing_is_cut_without_silence_without_measured_times_or_in_another_language."""
LONGEST_START = 3
"""Words of a false start: `and then we, and then we were`. Set by hand; test_hesitation_goes_and_emphasis_stays."""
MARKS = ",.;:!?…—–-"


@dataclass(frozen=True)
class Removal:
    """Source frames [start_frame, end_frame) that are taken out between the words `after` and `before`."""

    after: int
    before: int
    start_frame: int
    end_frame: int
    least: int = 1
    """Frames that must be left between it and the edge of a clip."""

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame


def find_cuts(
    transcript: Transcript, turns: SpeakerTurns, times: WordTimes, max_pause_ms: int, cut_fillers: bool
) -> list[Removal]:
    """All cuts of the source in order, none touching another. 0 for `max_pause_ms` leaves pauses alone."""
    pauses = _pauses(turns, times, max_pause_ms) if max_pause_ms else []
    if not cut_fillers:
        return pauses
    fillers = _thin_out(list(_fillers(transcript, turns, times)), times)
    # Where a filler goes, the pause beside it goes with it.
    taken = {word for f in fillers for word in (f.after, f.before - 1)}
    pauses = [p for p in pauses if p.after not in taken]
    least = times.frame_after(MIN_SPAN_MS)
    kept = [f for f in fillers if all(_apart(f, p) >= least for p in pauses)]
    return sorted([*pauses, *kept], key=lambda c: c.after)


def _pauses(turns: SpeakerTurns, times: WordTimes, max_pause_ms: int) -> list[Removal]:
    """Pauses over `max_pause_ms` in which nobody's voice is active, shortened to it from the middle.

    Without voice activity there is no proof of silence, so nothing is cut.
    """
    voice = sorted((v.start_ms, v.end_ms) for v in turns.voice_activity)
    if not voice:
        return []
    starts = [v[0] for v in voice]
    latest = [0]
    for _, end in voice:
        latest.append(max(latest[-1], end))
    cuts = []
    for word in range(1, len(times.starts)):
        low, high = times.gap_ms(word)
        if high - low < max_pause_ms + MIN_PAUSE_CUT_MS:
            continue
        # The silence between the last voice before the gap's middle and the first after it.
        at = bisect_right(starts, (low + high) // 2)
        low = max(low, latest[at])
        high = min(high, starts[at]) if at < len(starts) else high
        if high - low < max_pause_ms + MIN_PAUSE_CUT_MS:
            continue
        start = times.frame_after(low + max_pause_ms // 2)
        end = times.rate.frame(high - max_pause_ms // 2)
        if start < end:
            cuts.append(Removal(after=word - 1, before=word, start_frame=start, end_frame=end))
    return cuts


def _fillers(transcript: Transcript, turns: SpeakerTurns, times: WordTimes) -> Iterator[Removal]:
    """A cut for every run of fillers and every false start that stands in silence on both sides."""
    for first, last, silence in _superfluous(transcript, turns):
        if first == 0 or last + 1 >= len(transcript.words):
            continue
        if not all(w.aligned for w in transcript.words[first - 1 : last + 2]):
            continue
        (low, start), (end, high) = times.gap_ms(first), times.gap_ms(last + 1)
        if min(start - low, high - end) < silence:
            continue
        begin = times.frame_after(low + min(LEFT_MS, (start - low) // 2))
        stop = times.rate.frame(high - min(LEFT_MS, (high - end) // 2))
        inside = begin <= times.rate.frame(start) and stop >= times.frame_after(end)
        if inside and times.rate.ms(stop - begin) >= MIN_FILLER_CUT_MS:
            least = times.frame_after(MIN_SPAN_MS)
            yield Removal(after=first - 1, before=last + 1, start_frame=begin, end_frame=stop, least=least)


def _superfluous(transcript: Transcript, turns: SpeakerTurns) -> Iterator[tuple[int, int, int]]:
    """First word, last word and the silence needed beside it, of whatever the sentence loses nothing by."""
    language = transcript.language[:2].lower()
    sounds, phrases = SOUNDS.get(language, frozenset()), PHRASES.get(language, ())
    said = [plain_text(w.text) for w in transcript.words]
    texts = [w.text for w in transcript.words]
    firsts = {s.first for s in transcript.sentences}
    n = 0
    while n < len(said):
        end, silence = n, 0
        while end < len(said):
            phrase = next((p for p in phrases if _aside(p, end, said, texts, firsts)), None)
            if said[end] in sounds:
                end, silence = end + 1, max(silence, GAP_MS)
            elif phrase:
                end, silence = end + len(phrase), max(silence, PHRASE_GAP_MS)
            else:
                break
        if end == n and language == "en":
            end = n + _false_start(n, said, texts, firsts, turns.word_speakers)
            silence = GAP_MS
        if end > n:
            yield n, end - 1, silence
        n = max(end, n + 1)


def _aside(
    phrase: tuple[str, ...], n: int, said: Sequence[str], texts: Sequence[str], firsts: set[int]
) -> bool:
    """`, you know,` set off on both sides; "you know what" is none."""
    last = n + len(phrase) - 1
    return (
        tuple(said[n : last + 1]) == phrase
        and texts[last][-1:] == ","
        and (n in firsts or texts[n - 1][-1:] in MARKS)
    )


def _false_start(
    n: int, said: Sequence[str], texts: Sequence[str], firsts: set[int], speakers: Sequence[int]
) -> int:
    """How many words from `n` on are said again at once: `we were, we were going`; 0 where none is."""
    if texts[n][-1:] in "-—–" and n + 1 < len(said) and 0 < len(said[n]) < len(said[n + 1]):
        broken = said[n + 1].startswith(said[n]) and n + 1 not in firsts
        return int(broken and speakers[n] == speakers[n + 1])
    if said[n] not in STUMBLED:
        return 0
    for size in range(LONGEST_START, 0, -1):
        again = n + size
        end = again + size
        if end >= len(said) or said[n:again] != said[again:end]:
            continue
        # "I know, I know." is emphasis: what is begun again goes on without a stop.
        goes_on = texts[end - 1][-1:] not in MARKS and not firsts & set(range(n + 1, end + 1))
        if goes_on and len(set(speakers[n : end + 1])) == 1:
            return size
    return 0


def _thin_out(cuts: Sequence[Removal], times: WordTimes) -> list[Removal]:
    """The cuts that win most, far enough apart and few enough a minute."""
    least, minute = times.frame_after(MIN_SPAN_MS), times.frame_after(60_000)
    kept: list[Removal] = []
    for cut in sorted(cuts, key=lambda c: (-c.frames, c.start_frame)):
        near = [k for k in kept if abs(k.start_frame - cut.start_frame) < minute]
        if len(near) < MAX_JUMPS and all(_apart(cut, k) >= least for k in near):
            kept.append(cut)
    return sorted(kept, key=lambda c: c.after)


def _apart(a: Removal, b: Removal) -> int:
    """Frames between two cuts; negative where they overlap."""
    return max(b.start_frame - a.end_frame, a.start_frame - b.end_frame)
