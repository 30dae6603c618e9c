"""Candidate clips: runs of whole sentences of useful lengths, with what can be measured of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.selection import EDGE_RANK, FEATURES, LEARNED, Moment, Moments, Shots
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.errors import InputError
from shortform_assets.ports.embedder import Embedder
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.cut.frame_edges import CutRequest, Edges
from shortform_assets.selection.learned.editors_eye import (
    LANGUAGES,
    EditorsEye,
    JudgedTalk,
    shipped_eye,
)
from shortform_assets.selection.read.features import Limits, Measures, ReadTalk, limits, relaxed
from shortform_assets.selection.read.meaning import line_vectors
from shortform_assets.selection.read.promotion import ADVERT, flag_lines
from shortform_assets.selection.read.script import Line, read_script
from shortform_assets.selection.read.sound_events import SILENT, SoundMeasures, listen
from shortform_assets.selection.read.topics import idf, segment

Kind = Literal["topic", "question_answer", "monologue", "exchange"]

ENDS_PER_START = 6
"""Candidates that begin on one line: enough for each sixth of the allowed lengths to have one. Our choice."""
BREAK_COST = 0.6
"""What a run loses, where candidates are gathered, for the surest break inside it. Set by hand; "chosen time that is
filler" of benchmarks/selection.py."""
SHORT_SOURCE_MS = 120_000
"""Under this a source that has nothing of the genre's length is searched for anything shorter. Our choice;
test_a_short_source_still_yields_a_clip_and_says_so."""


@dataclass(frozen=True)
class Run:
    """Lines a..b, both included, that last `length_ms` in the clip."""

    a: int
    b: int
    length_ms: int


class MomentsRequest(NamedTuple):
    """What moments are looked for in, and by which rules."""

    # A tuple, so that reuse tells its parts apart by content.
    transcript: Transcript
    turns: SpeakerTurns
    shots: Shots
    """How much of the picture there is to cut from, and where a clip's edge must not cross a cut."""
    mezzanine: Mezzanine
    selection: SelectionSlice


def find_moments(
    bench: Workbench,
    request: MomentsRequest,
    embedder: Embedder | None = None,
    talk_embedder: Embedder | None = None,
) -> Moments:
    """Topics and candidates of the whole source; at most `max_moments` candidates, six to a first sentence.

    A moment may run over many shots. With a `talk_embedder`, the model that the learned judgement was taught
    with, candidates are the runs that it finds worth most, and carry that worth.
    Nothing raises on strange speech: with no candidate `empty_reason` says why in one sentence.
    """
    sound, transcript, mezzanine = SILENT, request.transcript, request.mezzanine
    if transcript.words and mezzanine.speech_samples:
        spoken = [(word.start_ms, word.end_ms) for word in transcript.words]
        sound = listen(bench, bench.open(mezzanine.speech), mezzanine.speech_samples // 16, spoken)
    return heard_moments(bench, request, sound, embedder, talk_embedder)


def heard_moments(
    bench: Workbench,
    request: MomentsRequest,
    sound: SoundMeasures,
    embedder: Embedder | None = None,
    talk_embedder: Embedder | None = None,
    eye: EditorsEye | None = None,
) -> Moments:
    """`find_moments` over sound that is measured already, and with another eye than the shipped one."""
    transcript, turns, shots, mezzanine, selection = request
    rate, frames = mezzanine.rate, shots.shots[-1].end_frame if shots.shots else mezzanine.frames
    frames = min(frames, mezzanine.frames)
    cuts = tuple(shot.start_frame for shot in shots.shots if 0 < shot.start_frame < frames)

    def empty(reason: str) -> Moments:
        return Moments(rate=rate, frames=frames, moments=(), topics=(), empty_reason=reason)

    if not transcript.words or not transcript.sentences:
        return empty("No voice was found in this source, so there is nothing to choose clips from.")
    lines = read_script(transcript, turns, round(500 * selection.max_seconds))
    weights = idf(lines)
    flags = flag_lines(lines)
    vectors = _vectors(bench, embedder, lines)
    topics = segment(lines, weights, flags, vectors, selection.topic_grain)
    topic_of = _topic_of(lines, [t.last_word for t in topics])
    cuts_ms = [rate.ms(cut) for cut in cuts]
    read = ReadTalk(lines, topic_of, weights, transcript.language, sound, vectors, cuts_ms)
    measures = Measures(read, selection)
    edges = Edges(
        CutRequest(
            transcript,
            turns,
            rate,
            frames,
            pad_ms=selection.pad_ms,
            max_pause_ms=selection.max_pause_ms,
            shot_cuts=cuts,
            cut_fillers=selection.cut_fillers,
        )
    )
    speech_ms = lines[-1].end_ms - lines[0].start_ms
    limit = limits(selection, speech_ms)
    look = _look(bench, talk_embedder, lines, transcript.language, eye)
    worth: dict[Run, dict[str, float]] = {}
    if look is not None:
        worth = _worthy_runs(look, flags, edges, limit, selection.max_moments)
    runs = list(worth) or _runs(measures, flags, edges, limit, selection.max_moments)
    if not runs and speech_ms < SHORT_SOURCE_MS:
        limit = relaxed(limit, speech_ms)
        most = selection.max_moments
        runs = _runs(measures, flags, edges, limit, most)
        runs = runs or _runs(measures, _adverts_only(flags), edges, limit, most)
    moments = [
        _moment(measures, flags, limit, run, worth.get(run, {}))
        for run in [*runs, *_flagged(measures, flags, edges)]
    ]
    bench.progress(1.0, "moments")
    bench.note(lines=len(lines), topics=len(topics), moments=len(moments))
    unmeasured = (*measures.unmeasured, *(LEARNED if talk_embedder is not None and not worth else ()))
    if unmeasured:
        bench.note(unmeasured=", ".join(unmeasured))
    return Moments(
        rate=rate,
        frames=frames,
        moments=tuple(moments),
        topics=topics,
        cuts=cuts,
        empty_reason="" if runs else _why_empty(lines, flags, limit),
        unmeasured=unmeasured,
    )


def _vectors(bench: Workbench, embedder: Embedder | None, lines: Sequence[Line]) -> np.ndarray | None:
    if embedder is None:
        return None
    try:
        return line_vectors(embedder, lines)
    except InputError as error:
        bench.degrade(f"Topics were found by words alone, without sentence embeddings: {error}")
        return None


def _look(
    bench: Workbench,
    talk_embedder: Embedder | None,
    lines: Sequence[Line],
    language: str,
    eye: EditorsEye | None,
) -> JudgedTalk | None:
    """The learned judgement of this talk, or None where it cannot be asked; then the features decide alone."""
    if talk_embedder is None or language not in LANGUAGES:
        return None
    eye = eye or shipped_eye()
    if len(lines) < eye.fewest_lines:
        return None
    try:
        vectors = talk_embedder.embed([line.text for line in lines])
    except InputError as error:
        bench.degrade(f"Clips were chosen without what was learnt from editors: {error}")
        return None
    return eye.look(lines, vectors)


def _worthy_runs(
    look: JudgedTalk, flags: Sequence[str], edges: Edges, limit: Limits, most: int
) -> dict[Run, dict[str, float]]:
    """The runs of a useful length without flagged lines that are worth most, a few ends for every start, with LEARNED
    and EDGE_RANK of each."""
    runs = []
    for a in range(len(look.lines)):
        for b in range(a, len(look.lines)):
            if flags[b]:
                break
            length = edges.length_ms(look.lines[a].first, look.lines[b].last)
            if length > limit.max_ms:
                break
            if length >= limit.min_ms and edges.spans(look.lines[a].first, look.lines[b].last)[0]:
                runs.append(Run(a, b, length))
    worth, cut = look.judge(np.array([r.a for r in runs], int), np.array([r.b for r in runs], int))
    rank, kept = dict.fromkeys(range(len(look.lines)), 0), list[int]()
    for n in np.lexsort((np.arange(len(runs)), -worth)).tolist():
        rank[runs[n].a] += 1
        if rank[runs[n].a] <= ENDS_PER_START and len(kept) < most:
            kept.append(n)
    return {
        runs[n]: {"editors_eye": round(float(worth[n]), 4), EDGE_RANK: round(float(cut[n]), 5)}
        for n in sorted(kept)
    }


def _runs(measures: Measures, flags: Sequence[str], edges: Edges, limit: Limits, most: int) -> list[Run]:
    """The best few ends for every start, without flagged lines; ranked ends first when there are too many."""
    by_rank: list[list[Run]] = [[] for _ in range(ENDS_PER_START)]
    for a in range(len(measures.lines)):
        ends = [] if flags[a] else list(_ends(measures, flags, edges, limit, a))
        for rank, run in enumerate(ends[:ENDS_PER_START]):
            by_rank[rank].append(run)
    kept: list[Run] = []
    for runs in by_rank:
        room = most - len(kept)
        best = sorted(runs, key=lambda r: (-_promise(measures, r), r.a))[:room]
        kept += best
    return sorted(kept, key=lambda r: (r.a, r.b))


def _ends(measures: Measures, flags: Sequence[str], edges: Edges, limit: Limits, a: int) -> Iterator[Run]:
    """Ends for a start at line `a`, one for each quarter of the allowed lengths, the best first."""
    buckets: dict[int, tuple[float, Run]] = {}
    broken = 0.0
    span = max(1, limit.max_ms - limit.min_ms)
    for b in range(a, len(measures.lines)):
        if flags[b]:
            break
        line = measures.lines[b]
        broken = max(broken, measures.breaks[b] if b > a else 0.0)
        length = edges.length_ms(measures.lines[a].first, line.last)
        if length > limit.max_ms:
            break
        if length < limit.min_ms or not edges.spans(measures.lines[a].first, line.last)[0]:
            continue
        run = Run(a, b, length)
        bucket = min(ENDS_PER_START - 1, ENDS_PER_START * (length - limit.min_ms) // span)
        value = measures.ending(b) + 0.2 * (1 - abs(length - limit.target_ms) / span) - BREAK_COST * broken
        if bucket not in buckets or value > buckets[bucket][0]:
            buckets[bucket] = (value, run)
    ranked = sorted(buckets.values(), key=lambda found: (-found[0], found[1].b))
    yield from (run for _, run in ranked)


def _promise(measures: Measures, run: Run) -> float:
    """A cheap guess at the score, to bound how many runs are measured."""
    length = run.b - run.a + 1
    interest = sum(measures.interest(i) for i in range(run.a, run.b + 1)) / length
    broken = max(measures.breaks[run.a + 1 : run.b + 1], default=0.0)
    flaws = measures.missing_question(run.a) + BREAK_COST * broken
    return measures.openings[run.a] + measures.ending(run.b) + interest - flaws


def _flagged(measures: Measures, flags: Sequence[str], edges: Edges) -> list[Run]:
    """Each passage of advertising or ceremony as one run, so that the plan can say why it fell out."""
    runs, a = [], 0
    while a < len(flags):
        b = a
        while b + 1 < len(flags) and flags[b + 1] == flags[a]:
            b += 1
        if flags[a]:
            runs.append(Run(a, b, edges.length_ms(measures.lines[a].first, measures.lines[b].last)))
        a = b + 1
    return runs


def _moment(
    measures: Measures, flags: Sequence[str], limit: Limits, run: Run, judged: Mapping[str, float]
) -> Moment:
    lines = measures.lines[run.a : run.b + 1]
    kinds = set(flags[run.a : run.b + 1])
    faults = {
        "promotion": ADVERT in kinds,
        "ceremony": bool(kinds - {"", ADVERT}),
        "weak_opener": measures.weak[run.a],
        "missing_question": measures.missing_question(run.a),
        "open_question": measures.open_question(run.b),
        "unclosed": measures.unclosed(run.b),
    }
    values = measures.features(run.a, run.b, limit, run.length_ms)
    features = {name: round(values[name], 4) for name in FEATURES}
    first, last = lines[0].first, lines[-1].last
    return Moment(
        moment_id=hashlib.sha256(canonical_json([first, last])).hexdigest()[:12],
        kind=_kind(measures, run),
        first_word=first,
        last_word=last,
        start_ms=lines[0].start_ms,
        end_ms=max(line.end_ms for line in lines),
        topic=measures.topic_of[run.a],
        features={**features, **judged, **{name: 1.0 for name, on in faults.items() if on}},
    )


def _kind(measures: Measures, run: Run) -> Kind:
    changes = measures.total("change", run.a + 1, run.b) if run.b > run.a else 0
    if measures.opens_with_question(run.a) and run.b > run.a:
        return "question_answer"
    if changes >= 3:
        return "exchange"
    topic = measures.topic_of[run.a]
    whole, inside = measures.topic_of.count(topic), measures.topic_of[run.a : run.b + 1].count(topic)
    return "topic" if inside >= 0.8 * whole and whole > 1 else "monologue"


def _topic_of(lines: Sequence[Line], last_words: Sequence[int]) -> list[int]:
    found, topic = [], 0
    for line in lines:
        while line.first > last_words[topic]:
            topic += 1
        found.append(topic)
    return found


def _adverts_only(flags: Sequence[str]) -> list[str]:
    """In a very short source a greeting may stay in; advertising never."""
    return [flag if flag == ADVERT else "" for flag in flags]


def _why_empty(lines: Sequence[Line], flags: Sequence[str], limit: Limits) -> str:
    spoken = (lines[-1].end_ms - lines[0].start_ms) / 1000
    if all(flags):
        return "All that is said is advertising, greetings or goodbyes."
    if spoken * 1000 < limit.min_ms:
        return f"Only {spoken:.1f} s of speech were found; a clip needs at least {limit.min_ms / 1000:g} s."
    if all(
        line.end_ms - line.start_ms > limit.max_ms
        for line, flag in zip(lines, flags, strict=True)
        if not flag
    ):
        return f"Every sentence runs longer than {limit.max_ms / 1000:g} s, and no sentence is ever cut."
    return (
        f"No run of whole sentences lasts {limit.min_ms / 1000:g} to {limit.max_ms / 1000:g} s"
        " without advertising or greetings."
    )
