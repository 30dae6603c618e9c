"""Speaker turns: who speaks when, and whose word is whose."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.ports.recognizer import SAMPLE_RATE
from shortform_assets.ports.voice_model import VoiceModel
from shortform_assets.ports.workbench import Workbench
from shortform_assets.speech.own.own_speakers import display_name
from shortform_assets.speech.who.diarize import FRAME, diarize
from shortform_assets.speech.words.voice_activity import Span, VoiceActivity, merge, sound_track

_JOIN_MS, _SHORTEST_MS, _OVERLAP_MS = 500, 150, 200
"""Pauses that do not part a turn, the least that is talk, and the least common talk that is told as
overlap. The diarization error rate of benchmarks/speech.py guards them."""
_MOST = 0.5
"""Share of the words of which a transcript has to tell who says them. Our choice."""
_NEAR_MS = 1500
"""A word this far from any turn still belongs to the nearest one."""
_ODD_WORDS, _ODD_MS, _EDGE_MS = 2, 700, 350
"""A run of words amid a sentence that is this short or shorter is no change of speaker; at its edges one
word no longer than `_EDGE_MS`."""

Activity = NDArray[np.bool_]


def find_turns(
    bench: Workbench,
    model: VoiceModel | None,
    mezzanine: Mezzanine,
    transcript: Transcript,
    max_speakers: int,
) -> SpeakerTurns:
    """Turns, voice activity and the speaker of every word; at most `max_speakers` people.

    Turns of two people overlap where both talk. Where nobody speaks there is no speaker and no turn.
    Where the transcript tells who says most of it, that is what holds, however many they are. Without a `model`
    everybody is taken for one speaker, and the result is marked as degraded.
    """
    sound = sound_track(bench, mezzanine)
    spans, duration_ms = sound.voice.spans, sound.duration_ms
    voice = VoiceActivity([*spans, *((word.start_ms, word.end_ms) for word in transcript.words)])
    called = told_speakers(transcript)
    if called:
        bench.note(speakers_told_by_the_transcript=len(called))
        heard = [_told_stretches(transcript, speaker) for speaker in called]
    elif model is None:
        bench.degrade("no speaker model is installed: everybody is taken for one speaker")
        heard = [list(merge(voice.spans, _JOIN_MS))] if voice.spans else []
    else:
        activity = diarize(
            sound.read,
            duration_ms,
            lambda start, end: voice.inside(start, end) > 0,
            model,
            max_speakers,
            lambda share: bench.progress(share, "telling voices apart"),
        )
        stretches = [_stretches(activity[:, k], voice, duration_ms) for k in range(activity.shape[1])]
        heard = sorted((spans for spans in stretches if spans), key=lambda spans: spans[0])
    names = tuple(f"S{k + 1}" for k in range(len(heard)))
    return SpeakerTurns(
        speakers=names,
        turns=turns(names, heard),
        voice_activity=tuple(Interval(start_ms=low, end_ms=high) for low, high in spans),
        word_speakers=_told_word_speakers(transcript, called, heard)
        if called
        else word_speakers(transcript.words, transcript.sentences, heard),
        names=tuple(map(display_name, called)),
    )


def told_speakers(transcript: Transcript) -> tuple[str, ...]:
    """Who speaks, as the transcript calls them, by order of first speech; nobody unless it tells of most words."""
    told = sum(part.last - part.first + 1 for part in transcript.told)
    if told <= _MOST * len(transcript.words):
        return ()
    return tuple(dict.fromkeys(part.speaker for part in transcript.told))


def _told_stretches(transcript: Transcript, speaker: str) -> list[Span]:
    """Where this speaker talks, joined over short pauses in which nobody else does."""
    return [
        span
        for part in transcript.told
        if part.speaker == speaker
        for span in merge(
            [(word.start_ms, word.end_ms) for word in transcript.words[part.first : part.last + 1]], _JOIN_MS
        )
    ]


def _told_word_speakers(
    transcript: Transcript, called: Sequence[str], heard: Sequence[Sequence[Span]]
) -> tuple[int, ...]:
    """As told; a word of which nothing is told is the nearest speaker's."""
    found: list[int] = [-2] * len(transcript.words)
    for part in transcript.told:
        found[part.first : part.last + 1] = [called.index(part.speaker)] * (part.last - part.first + 1)
    among = list(range(len(called)))
    return tuple(
        _nearest(word, heard, among) if who == -2 else who
        for word, who in zip(transcript.words, found, strict=True)
    )


def _stretches(active: Activity, voice: VoiceActivity, duration_ms: int) -> list[Span]:
    """Where one speaker talks: within voice, without blinks, joined over short pauses."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    found: list[Span] = []
    for first, stop in edges.reshape(-1, 2):
        low, high = _ms(int(first)), min(_ms(int(stop)), duration_ms)
        if high - low < _SHORTEST_MS or voice.cover(low, high, _SHORTEST_MS) < 0.3:
            continue
        if found and low - found[-1][1] < _JOIN_MS:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _ms(frame: int) -> int:
    return frame * FRAME * 1000 // SAMPLE_RATE


def turns(names: Sequence[str], heard: Sequence[Sequence[Span]]) -> tuple[Turn, ...]:
    """All stretches in order of start; `overlap` where others talk during 0.2 s or more of it."""
    found = []
    for k, spans in enumerate(heard):
        others = VoiceActivity([span for j, theirs in enumerate(heard) if j != k for span in theirs])
        for low, high in spans:
            overlap = others.inside(low, high) >= _OVERLAP_MS
            found.append(Turn(speaker=names[k], start_ms=low, end_ms=high, overlap=overlap))
    return tuple(sorted(found, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker)))


def word_speakers(
    words: Sequence[Word], sentences: Sequence[Sentence], heard: Sequence[Sequence[Span]]
) -> tuple[int, ...]:
    """For every word the index of who talks most during it, or of the nearest turn, or -1.

    Within a sentence a blink of one or two words between words of one other speaker is taken for theirs:
    people change at sentence edges or for longer.
    """
    voices = [VoiceActivity(spans) for spans in heard]
    found: list[int] = []
    for word in words:
        shares = [voice.inside(word.start_ms, word.end_ms) for voice in voices]
        best = int(np.argmax(shares)) if shares else -1
        if best >= 0 and (shares[best] == 0 or shares.count(shares[best]) > 1):
            # A tie goes to who was talking; silence to the nearest turn.
            tied = [k for k, share in enumerate(shares) if share == shares[best]]
            best = found[-1] if shares[best] and found and found[-1] in tied else _nearest(word, heard, tied)
        found.append(best)
    for sentence in sentences:
        _settle(found, words, sentence.first, sentence.last)
    return tuple(found)


def _nearest(word: Word, heard: Sequence[Sequence[Span]], among: Sequence[int]) -> int:
    far = [(min(max(low - word.end_ms, word.start_ms - high, 0) for low, high in heard[k]), k) for k in among]
    distance, speaker = min(far)
    return speaker if distance <= _NEAR_MS else -1


def _settle(found: list[int], words: Sequence[Word], first: int, last: int) -> None:
    """Overrule short odd runs within words [first, last], shortest first."""
    while True:
        edges = [first, *(i for i in range(first + 1, last + 1) if found[i] != found[i - 1]), last + 1]
        odd = []
        for n, (a, b) in enumerate(pairwise(edges)):
            length = words[b - 1].end_ms - words[a].start_ms
            sides = {found[edges[n] - 1]} if n > 0 else set()
            sides |= {found[b]} if b <= last else set()
            amid = a > first and b <= last
            words_at_most, ms_at_most = (_ODD_WORDS, _ODD_MS) if amid else (1, _EDGE_MS)
            short = b - a <= words_at_most and length <= ms_at_most
            if len(sides) == 1 and (short or found[a] < 0):
                odd.append((length, a, b, sides.pop()))
        if not odd:
            return
        _, a, b, speaker = min(odd)
        if found[a] == speaker or speaker < 0:
            return
        found[a:b] = [speaker] * (b - a)
