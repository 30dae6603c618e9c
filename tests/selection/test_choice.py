"""The choice itself: the schedule is the best there is, asking for more keeps what was there, topics share."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.selection import Moment, Span
from shortform_assets.selection.choose.choice import WORTH_SHOWING, Rules, ScoredMoment, choose, schedule


def candidate(number, start, length, score, *, topic=0, speaker=0, flaws=(), fault="", stems=()):
    moment = Moment(
        moment_id=f"{number:012x}",
        kind="topic",
        first_word=start,
        last_word=start + length - 1,
        start_ms=40 * start,
        end_ms=40 * (start + length),
        topic=topic,
        features={},
    )
    spans = (Span(start_frame=start, end_frame=start + length),)
    words = ((start, start + length - 1),)
    return ScoredMoment(
        moment=moment, score=score, parts={}, pieces=words, spans=spans, word_ranges=words,
        stems=frozenset(stems), speaker=speaker, fault=fault, flaws=flaws,
    )  # fmt: skip


def rules(target, **more):
    facts = {"min_score": 0.4, "diversity": 0.1, "speakers": 2, "quotas": {}, "target_frames": 1, **more}
    return Rules(target, **facts)


some = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(40, 90), st.integers(0, 1)), max_size=11
).map(
    lambda rows: [
        candidate(n, start, length, score / 100, topic=start // 20, speaker=who)
        for n, (start, length, score, who) in enumerate(rows)
    ]
)


def worth(chosen):
    return sum((c.score - 0.4 + WORTH_SHOWING) ** 2 for c in chosen)


def apart(chosen):
    return all(a.frames[1] <= b.frames[0] or b.frames[1] <= a.frames[0] for a, b in combinations(chosen, 2))


@settings(max_examples=150, deadline=None)
@given(some)
def test_the_schedule_is_the_best_of_all_sets_without_overlap(candidates):
    found = schedule(candidates, 0.4, 1)
    assert apart(found)
    sets = (s for n in range(len(candidates) + 1) for s in combinations(candidates, n))
    best = max(worth(s) for s in sets if apart(s))
    assert abs(worth(found) - best) < 1e-6


@settings(max_examples=100, deadline=None)
@given(some)
def test_asking_for_more_keeps_what_was_there(candidates):
    before: set[str] = set()
    for target in range(1, 8):
        chosen = choose(candidates, rules(target)).chosen
        names = {c.moment.moment_id for c in chosen}
        assert before <= names
        assert apart(chosen)
        assert len(names) <= target
        before = names


def test_two_good_clips_are_not_lost_to_one_that_lies_across_them():
    across = candidate(0, 25, 50, 0.80)
    left, right = candidate(1, 0, 40, 0.79), candidate(2, 60, 40, 0.78)
    assert choose([across, left, right], rules(5)).chosen == [left, right]


def test_a_story_is_not_taken_apart_into_lesser_pieces():
    whole = candidate(0, 0, 100, 0.80)
    pieces = [candidate(1, 0, 50, 0.62), candidate(2, 50, 50, 0.60)]
    assert choose([whole, *pieces], rules(5)).chosen == [whole]


def test_topics_share_and_no_topic_passes_its_quota():
    rich = [candidate(n, 100 * n, 50, 0.8 - 0.01 * n, topic=0) for n in range(6)]
    poor = [candidate(10 + n, 1000 + 100 * n, 50, 0.6, topic=1) for n in range(2)]
    chosen = choose([*rich, *poor], rules(4, quotas={0: 2, 1: 2})).chosen
    assert sorted(c.moment.topic for c in chosen) == [0, 0, 1, 1]
    mixed = choose([*rich, *poor], rules(2, diversity=0.3)).chosen
    assert {c.moment.topic for c in mixed} == {0, 1}


def test_a_voice_that_is_seldom_heard_gets_its_turn():
    loud = [candidate(n, 100 * n, 50, 0.7, topic=n, speaker=0) for n in range(4)]
    quiet = candidate(9, 900, 50, 0.66, topic=9, speaker=1)
    assert quiet in choose([*loud, quiet], rules(3, diversity=0.2)).chosen


def test_flawed_moments_come_last_and_never_beside_a_clean_one():
    clean = candidate(0, 0, 50, 0.5)
    worse = candidate(1, 5, 50, 0.9, flaws=("weak_opener",))
    alone = candidate(2, 200, 50, 0.6, flaws=("unclosed",))
    advert = candidate(3, 300, 50, 0.9, fault="is advertising")
    assert choose([worse, clean, alone, advert], rules(5)).chosen == [alone, clean]
    assert choose([worse, clean, alone, advert], rules(1)).chosen == [clean]


def test_what_is_said_twice_is_shown_once_and_the_better_telling_wins():
    stems = [f"word{n}" for n in range(12)]
    first, second = candidate(0, 0, 50, 0.6, stems=stems), candidate(1, 500, 50, 0.7, stems=stems[2:])
    result = choose([first, second], rules(5))
    assert result.chosen == [second]
    assert result.same == {first.moment.moment_id: second}
