"""What must hold for every plan of every transcript, however strange."""

from __future__ import annotations

import re
import string
import time
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selection_talk import silent_media, talk

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.edits import PlanEdit, PlanEdits
from shortform_assets.contracts.selection import clip_id
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.genres import load_genre
from shortform_assets.selection.choose.clip_builder import ClipBuilder
from shortform_assets.selection.cut.boundaries import REACH
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.script import plain_text
from shortform_assets.selection.say.wording import same_words

SELECTION = load_genre("podcast").selection
VOCABULARY = str.split(
    "bread water never secret and so because i remember it was in 1999 you know um they said what the biggest mistake "
    "afraid mountain river engine money people sponsor welcome code why London Maria"
)
RATES = [FrameRate(num=25), FrameRate(num=30000, den=1001), FrameRate(num=60), FrameRate(num=24000, den=1001)]


@st.composite
def transcripts(draw):
    random = Random(draw(st.integers(0, 2**32)))
    talkative = draw(st.integers(1, 90))
    words: list[Any] = []
    sentences: list[Any] = []
    owners: list[int] = []
    voice: list[Any] = []
    spoken: list[Turn] = []
    now, speaker = random.randrange(0, 4000), 0
    for _ in range(talkative):
        first = len(words)
        for _ in range(random.choice([1, 3, 8, 15, 40])):
            length = random.choice([0, 40, 230, 610])
            # Now and then two speakers' words overlap.
            now = max(0, now - 90) if words and random.random() < 0.05 else now
            now = max(now, words[-1].start_ms if words else 0)
            words.append(
                Word(text=random.choice(VOCABULARY), start_ms=now, end_ms=now + length, confidence=0.8)
            )
            owners.append(speaker)
            now += length + random.choice([0, 0, 3, 17, 80, 260, 700, 4000 if random.random() < 0.1 else 50])
        closed = random.random() < 0.85
        mark = random.choice(".??!") if closed else ""
        words[-1] = words[-1].model_copy(update={"text": words[-1].text + mark})
        words[first] = words[first].model_copy(update={"text": words[first].text.capitalize()})
        sentences.append(Sentence(first=first, last=len(words) - 1, closed=closed))
        voice.append(Interval(start_ms=words[first].start_ms, end_ms=max(w.end_ms for w in words[first:])))
        if speaker >= 0:
            spoken.append(Turn(**voice[-1].model_dump(), speaker=f"S{speaker + 1}"))
        now += random.choice([0, 10, 40, 300, 1500, 6000])
        speaker = random.choice([speaker, speaker, -1, 0, 1])
    transcript = Transcript(
        language="en",
        language_confidence=1,
        provider="random",
        duration_ms=max(w.end_ms for w in words) + random.randrange(0, 2000),
        words=tuple(words),
        sentences=tuple(sentences),
    )
    turns = SpeakerTurns(
        speakers=("S1", "S2"), turns=tuple(spoken), voice_activity=tuple(voice), word_speakers=tuple(owners)
    )
    return transcript, turns


def holds(plan, transcript, rate, frames, *, by_hand=False):
    """Every promise a clip makes."""
    firsts = {s.first for s in transcript.sentences}
    lasts = {s.last for s in transcript.sentences}
    taken: set[int] = set()
    for clip in plan.clips:
        assert clip.clip_id == clip_id(clip.spans)
        assert clip.word_ranges[0][0] in firsts or clip.mid_sentence
        assert clip.word_ranges[-1][1] in lasts or clip.mid_sentence
        assert by_hand or not (clip.mid_sentence or clip.by_hand)
        assert len(clip.spans) == len(clip.word_ranges)
        for (_, b), (c, _) in pairwise(clip.word_ranges):
            lost = words_between(transcript, b, c)
            by_join = firsts & {c} and lasts & {b} and len(clip.spans) > 1
            assert by_join or superfluous(lost, transcript.words[c].text), lost
        for span, (low, high) in zip(clip.spans, clip.word_ranges, strict=True):
            assert 0 <= span.start_frame < span.end_frame <= frames
            inside = range(span.start_frame, span.end_frame)
            assert not taken & set(inside), "clips and spans overlap"
            taken |= set(inside)
            start = min(w.start_ms for w in transcript.words[low : high + 1])
            end = max(w.end_ms for w in transcript.words[low : high + 1])
            first = start * rate.num // (1000 * rate.den)
            after = -(-end * rate.num // (1000 * rate.den))
            assert span.start_frame <= first, "the first word is cut"
            assert span.end_frame >= min(after, frames), "the last word is cut"
            before = max((w.end_ms for w in transcript.words[:low]), default=0)
            assert span.start_frame >= min(first, -(-before * rate.num // (1000 * rate.den)))
            if high + 1 < len(transcript.words):
                next_start = transcript.words[high + 1].start_ms
                ends = max(w.end_ms for w in transcript.words[: high + 1])
                reach = max(
                    -(-ends * rate.num // (1000 * rate.den)), next_start * rate.num // (1000 * rate.den)
                )
                assert span.end_frame <= reach, "a part of the next word is heard"
        said = " ".join(w.text for a, b in clip.word_ranges for w in transcript.words[a : b + 1])
        assert clip.quote
        assert clip.quote in said
        assert 0 < len(clip.title) <= 60
        assert len(clip.hook) <= 60
        assert not same_words(clip.hook, clip.title)
        for text in (clip.title, clip.hook):
            assert set(re.findall(r"\w+", text.lower())) <= set(re.findall(r"\w+", said.lower()))
        seconds = rate.ms(clip.frames) / 1000
        assert by_hand or seconds <= SELECTION.max_seconds + 0.05
        assert by_hand or seconds >= SELECTION.min_seconds - 0.05 or "shorter" in clip.reason
        assert clip.reason.strip(string.punctuation)
    assert [c.score for c in plan.clips] == sorted((c.score for c in plan.clips), reverse=True)
    assert len(plan.fell_out) <= 500
    assert bool(plan.shortfall) == (len(plan.clips) < plan.target_count)


def words_between(transcript, b, c):
    return [plain_text(w.text) for w in transcript.words[b + 1 : c]]


def superfluous(lost, following):
    """Hesitation, or the beginning of what is then said again."""
    fillers = {"um", "uh", "you", "know", "i", "mean"}
    return set(lost) <= fillers or lost[0] == plain_text(following)


def keeps_out_of_other_shots(plan, moments, transcript):
    """No clip's edge reaches across a cut into the silence beside its first or last word."""
    rate = moments.rate
    for clip in plan.clips:
        first = rate.frame(transcript.words[clip.word_ranges[0][0]].start_ms)
        end = max(w.end_ms for w in transcript.words[: clip.word_ranges[-1][1] + 1])
        after = -(-end * rate.num // (1000 * rate.den))
        assert not [c for c in moments.cuts if clip.spans[0].start_frame < c <= first]
        assert not [c for c in moments.cuts if after <= c < clip.spans[-1].end_frame]


def opens_well_where_it_can(plan, moments, transcript, turns):
    """A clip that opens or ends badly has no clean run of lines beside it that is the same clip."""
    if not plan.clips:
        return
    desk = ClipBuilder(moments, transcript, turns, SELECTION)
    for clip in plan.clips:
        a, b = desk.lines_of(clip.word_ranges[0][0], clip.word_ranges[-1][1])
        if not desk.bounds.flaws(a, b):
            continue
        for start in range(max(0, a - REACH), min(b, a + REACH) + 1):
            for end in range(max(start, b - REACH), min(len(desk.lines), b + REACH + 1)):
                shared = min(b, end) - max(a, start) + 1
                same = shared >= 0.5 * min(b - a + 1, end - start + 1)
                clean = not desk.bounds.flaws(start, end) and desk.bounds.fits(start, end)
                assert not (same and clean), (desk.lines[start].text, desk.lines[end].text)


def accounts_for_every_moment(plan, moments):
    """Every moment is a clip or in one entry of what fell out; the editor may add moments of its own."""
    told = sum(1 + f.others for f in plan.fell_out)
    assert told >= len(moments.moments) - len(plan.clips)
    assert len({f.moment_id for f in plan.fell_out}) == len(plan.fell_out)


calm = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@calm
@given(
    made=transcripts(),
    rate=st.sampled_from(RATES),
    count=st.sampled_from([None, 1, 5, 30]),
    every=st.sampled_from([0, 1, 3, 7, 40]),
)
def test_every_plan_keeps_its_promises(bench, made, rate, count, every):
    transcript, turns = made
    cuts = range(0, rate.frame(transcript.duration_ms), every) if every else ()
    mezzanine, shots = silent_media(transcript.duration_ms, rate, cuts)
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, SELECTION))
    assert moments.moments or moments.empty_reason
    assert [t.first_word for t in moments.topics[1:]] == [t.last_word + 1 for t in moments.topics[:-1]]
    assert all(0 <= v <= 1 for m in moments.moments for v in m.features.values())
    brief = Brief(count=count)
    plan = plan_clips(bench, PlanRequest(moments, transcript, turns, SELECTION, PlanEdits(), brief))
    holds(plan, transcript, rate, mezzanine.frames)
    keeps_out_of_other_shots(plan, moments, transcript)
    opens_well_where_it_can(plan, moments, transcript, turns)
    accounts_for_every_moment(plan, moments)
    assert len(plan.clips) <= plan.target_count
    again = plan_clips(bench, PlanRequest(moments, transcript, turns, SELECTION, PlanEdits(), brief))
    assert again.canonical_json() == plan.canonical_json()


@calm
@given(
    made=transcripts(),
    verbs=st.lists(
        st.tuples(
            st.sampled_from(["pin", "drop", "trim", "add", "retitle"]), st.floats(0, 1), st.floats(0.01, 0.3)
        ),
        max_size=5,
    ),
)
def test_no_edit_breaks_a_promise(bench, made, verbs):
    transcript, turns = made
    rate = RATES[1]
    mezzanine, shots = silent_media(transcript.duration_ms, rate)
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, SELECTION))
    edits = []
    for verb, at, length in verbs:
        start = int(at * transcript.duration_ms)
        end = start + 1 + int(length * transcript.duration_ms)
        edits.append(
            PlanEdit(
                verb=verb, start_ms=start, end_ms=end, to_start_ms=start + 500, title="mistake", quote=""
            )
        )
    edits = [e if e.verb in ("trim", "retitle") else e.model_copy(update={"title": ""}) for e in edits]
    retitled = [e for e in edits if e.verb != "retitle"]
    plan = plan_clips(
        bench,
        PlanRequest(moments, transcript, turns, SELECTION, PlanEdits(edits=tuple(retitled)), Brief(count=4)),
    )
    holds(plan, transcript, rate, mezzanine.frames, by_hand=True)


def test_two_hours_of_talk_are_planned_in_seconds(bench):
    random = Random(7)
    rows = []
    for n in range(1300):
        said = " ".join(
            random.choice(VOCABULARY) + random.choice(["", "", "s", str(n // 40)]) for _ in range(15)
        )
        rows.append(f"{random.choice('AB')}: {said.capitalize()}{random.choice('...?')}")
    transcript, turns = talk("\n".join(rows))
    assert len(transcript.words) > 18_000
    mezzanine, shots = silent_media(transcript.duration_ms)
    before = time.process_time()
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, SELECTION))
    plan = plan_clips(bench, PlanRequest(moments, transcript, turns, SELECTION, PlanEdits(), Brief(count=40)))
    assert time.process_time() - before < 20
    assert len(moments.moments) <= 3300
    assert len(plan.clips) > 10
    holds(plan, transcript, RATES[0], mezzanine.frames)
