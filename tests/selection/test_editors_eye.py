"""The learned judgement: arithmetic against plain references, and what must hold of any talk."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.source import Brief
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.selection.choose.local_editor import score, weigh
from shortform_assets.selection.learned import editors_eye, weights
from shortform_assets.selection.learned.editors_eye import FEWEST_LINES, shipped_eye
from shortform_assets.selection.learned.line_cues import talk_cues, unit, word_cues
from shortform_assets.selection.learned.line_judge import (
    LABELS,
    mean_around,
    penalties,
    shifted,
    surroundings,
)
from shortform_assets.selection.learned.never_judge import CROWDED, show_talk
from shortform_assets.selection.learned.run_cues import highest, highest_around
from shortform_assets.selection.learned.trees import Trees
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, heard_moments
from shortform_assets.selection.read.script import read_script
from shortform_assets.selection.read.sound_events import SILENT

PODCAST = load_genre("podcast").selection
SAID = (
    "What made you sell the bakery in the end?",
    "I had worked every night for eleven years and one morning I could not lift the tray.",
    'My daughter said "You smell of bread and you are never here."',
    "So I sold it to the boy who swept the floor.",
    "He has four shops now and I sleep until seven.",
    "Yeah.",
    "Thanks for listening, and subscribe to the newsletter for the next episode.",
)


class Hashed:
    """An embedder without a model: the same text always points the same way."""

    name = "hashed"

    def embed(self, texts):
        return np.stack(
            [unit(np.random.RandomState(zlib.crc32(t.encode())).randn(384)) for t in texts]
        ).astype(np.float32)


class Missing:
    name = "missing"

    def embed(self, texts):
        raise InputError("the model is not installed")


def long_talk():
    return talk(
        "\n".join(
            f"{'ABA'[n % 3]}: {SAID[n % len(SAID)]} {SAID[(3 * n + 1) % len(SAID)]}" for n in range(120)
        )
    )


def lines_of(transcript, turns):
    return read_script(transcript, turns, 37_500)


def random_tree(random, columns, depth):
    """Nested tuples: (column, threshold, left, right) or a leaf's value."""
    if depth == 0 or random.rand() < 0.2:
        return float(np.float32(random.randn()))
    parts = (random_tree(random, columns, depth - 1) for _ in range(2))
    return (random.randint(columns), np.float32(random.randn()), *parts)


def walked(tree, row):
    while isinstance(tree, tuple):
        column, threshold, left, right = tree
        tree = left if row[column] <= threshold else right
    return tree


def as_arrays(trees, depth):
    nodes: list[list[float]] = []

    def add(tree):
        at = len(nodes)
        nodes.append([0, 0.0, at, at, 0.0])
        if isinstance(tree, tuple):
            nodes[at][:2] = tree[0], tree[1]
            nodes[at][2] = add(tree[2])
            nodes[at][3] = add(tree[3])
        else:
            nodes[at][4] = tree
        return at

    roots = [add(tree) for tree in trees]
    feature, threshold, left, right, value = (np.array(c) for c in zip(*nodes, strict=True))
    return Trees(np.array(roots), feature, threshold.astype(np.float32), left, right, value, depth)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(0, 5))
def test_trees_as_arrays_answer_like_walking_them(seed, count, depth):
    random = np.random.RandomState(seed)
    trees = [random_tree(random, 4, depth) for _ in range(count)]
    rows = random.randn(30, 4).astype(np.float32)
    expected = [sum(walked(t, row) for t in trees) for row in rows]
    assert np.allclose(as_arrays(trees, depth).predict(rows), expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40), st.data())
def test_the_sparse_table_finds_the_highest(values, data):
    values = np.array(values)
    pairs = data.draw(st.lists(st.tuples(*[st.integers(0, len(values) - 1)] * 2), min_size=1, max_size=20))
    a, b = np.array([sorted(p) for p in pairs]).T
    assert highest(values, a, b).tolist() == [values[x : y + 1].max() for x, y in zip(a, b, strict=True)]
    for reach in (1, 3):
        around = [values[max(0, i - reach) : i + reach + 1].max() for i in range(len(values))]
        assert highest_around(values, reach).tolist() == around


def test_means_and_shifts_stop_at_the_rim():
    table = np.arange(6, dtype=np.float32)[:, None]
    assert mean_around(table, 1)[:, 0].tolist() == [0.5, 1, 2, 3, 4, 4.5]
    assert shifted(table, 2)[:, 0].tolist() == [0, 0, 0, 1, 2, 3]
    assert shifted(table, -2)[:, 0].tolist() == [2, 3, 4, 5, 0, 0]
    assert shifted(table[:1], -2)[:, 0].tolist() == [0]


def test_every_column_of_the_surroundings_has_its_penalty():
    assert surroundings(np.zeros((3, 10)), np.zeros((3, 128))).shape[1] == len(penalties(10, 128))


def test_word_cues_see_what_editors_see():
    lines = lines_of(*talk("\n".join(f"A: {text}" for text in SAID)))
    asked, _, quoted, opened, pointed, nod, farewell = (word_cues(line) for line in lines)
    assert asked["question"]
    assert asked["asks"]
    assert quoted["speech"]
    assert quoted["quotes"] == 2
    assert opened["first_so"]
    assert opened["connectives"] >= 1
    assert pointed["open_subject"]
    assert nod["only_assent"]
    assert nod["upto3"]
    assert farewell["house"] >= 3
    assert not quoted["house"]


def test_the_shipped_weights_are_small_and_fit_the_cues():
    assert sum(shipped(name).stat().st_size for name in weights.DIGESTS) < 1_500_000
    lines = lines_of(*long_talk())
    vectors = Hashed().embed([line.text for line in lines])
    look = shipped_eye().look(lines, vectors)
    assert look.judged.shape == (len(lines), len(LABELS))
    assert np.isfinite(look.judged).all()
    a = np.arange(len(lines) - 4)
    for judged in look.judge(a, a + 4):
        assert ((judged >= 0) & (judged < 1)).all()


def test_other_weights_than_those_of_this_code_are_refused(monkeypatch):
    monkeypatch.setitem(weights.DIGESTS, weights.TITLE_JUDGE, 64 * "0")
    with pytest.raises(InputError, match="not the weights"):
        weights.load_weights(weights.TITLE_JUDGE)


def test_what_is_told_of_a_run_hangs_on_no_other_run():
    lines = lines_of(*long_talk())
    look = shipped_eye().look(lines, Hashed().embed([line.text for line in lines]))
    a, b = np.array([3, 10, 20]), np.array([8, 12, 31])
    together = look.run_cues(a, b)
    alone = np.vstack([look.run_cues(a[n : n + 1], b[n : n + 1]) for n in range(3)])
    assert np.allclose(together, alone, atol=1e-5)
    assert all(judged.size == 0 for judged in look.judge(a[:0], b[:0]))


def test_what_is_never_a_clip_is_worth_nothing_wherever_it_is_cut(monkeypatch):
    lines = lines_of(*long_talk())
    look = shipped_eye().look(lines, Hashed().embed([line.text for line in lines]))
    a = np.arange(len(lines) - 4)
    never = look.never(a, a + 4)
    words = np.array([line.words for line in lines])
    told = look.never_lines
    assert ((told > 0) & (told < 1)).all()
    assert np.allclose(never[:9], [np.average(told[i : i + 5], weights=words[i : i + 5]) for i in range(9)])
    # The talk is about a newsletter throughout: what is said of the show is another test's.
    monkeypatch.setattr(editors_eye, "CROWDED", 100)
    end = lines[-1].end_ms
    rim = np.array([lines[n].start_ms < 60_000 or end - lines[n + 4].end_ms < 60_000 for n in a])
    monkeypatch.setattr(editors_eye, "NEVER", float(np.sort(never)[-2]))
    monkeypatch.setattr(editors_eye, "NEVER_AT_RIM", float(np.median(never[rim])))
    out = never >= np.where(rim, editors_eye.NEVER_AT_RIM, editors_eye.NEVER)
    assert (out & rim & (never < editors_eye.NEVER)).any()
    for judged in look.judge(a, a + 4):
        assert (judged[out] == 0).all()
        assert (judged[~out] > 0).any()


def test_talk_of_the_show_is_never_a_clip():
    """However well it is told: by how often the show itself is named in a stretch, not by one word of it."""
    told = "We had argued about the price for a week. My brother said it would never sell, and then he bought ten."
    shop = [f"{'AB'[n % 2]}: {told}" for n in range(60)]
    plug = "Our members asked for it, so the membership has early access to every episode, and supporters get the merch."
    named = [*shop[:30], "A: One of the listeners wrote to us about it.", *shop[30:]]
    show = shop[:30] + [f"{'AB'[n % 2]}: {plug}" for n in range(12)] + shop[30:]

    def ruled_out(script):
        lines = lines_of(*talk("\n".join(script)))
        a = np.arange(len(lines) - 4)
        return show_talk(lines, a, a + 4) >= CROWDED, np.array(
            ["members" in line.plain for line in lines[:-4]]
        )

    assert not ruled_out(named)[0].any()
    out, plugs = ruled_out(show)
    assert out[plugs].all()
    assert not out[: 60 - 2 * 20].any()


def test_thanks_and_subscriptions_look_like_housekeeping():
    lines = lines_of(*long_talk())
    vectors = Hashed().embed([line.text for line in lines])
    cues, names = talk_cues(lines, vectors)
    assert len(names) == cues.shape[1] == len(set(names))
    never = shipped_eye().look(lines, vectors).never_lines
    house = np.array(["newsletter" in line.plain for line in lines])
    assert never[house].mean() > never[~house].mean()


class TestMoments:
    """Where the judgement enters the plan."""

    def moments(self, bench, embedder, transcript, turns):
        mezzanine, shots = silent_media(transcript.duration_ms)
        return heard_moments(
            bench, MomentsRequest(transcript, turns, shots, mezzanine, PODCAST), SILENT, None, embedder
        )

    def test_english_moments_carry_their_worth(self, bench):
        found = self.moments(bench, Hashed(), *long_talk())
        kept = [m for m in found.moments if not {"promotion", "ceremony"} & set(m.features)]
        assert kept
        assert all(0 <= m.features["editors_eye"] <= 1 for m in kept)
        assert "editors_eye" not in found.unmeasured

    def test_another_language_is_weighed_by_its_features_and_says_so(self, bench):
        transcript, turns = long_talk()
        found = self.moments(bench, Hashed(), transcript.model_copy(update={"language": "de"}), turns)
        assert found.moments
        assert all("editors_eye" not in m.features for m in found.moments)
        assert "editors_eye" in found.unmeasured

    def test_too_little_talk_is_not_judged(self, bench):
        transcript, turns = talk("\n".join(f"A: {text}" for text in SAID[:5] * 2))
        assert len(transcript.sentences) < FEWEST_LINES
        assert "editors_eye" in self.moments(bench, Hashed(), transcript, turns).unmeasured

    def test_a_missing_model_is_said(self, bench):
        found = self.moments(bench, Missing(), *long_talk())
        assert all("editors_eye" not in m.features for m in found.moments)
        assert any("learnt from editors" in reason for reason in bench.degraded)

    def test_where_nothing_reaches_the_bar_the_best_few_are_taken_and_say_so(self, bench):
        transcript, turns = long_talk()
        found = self.moments(bench, Hashed(), transcript, turns)

        def chosen(**changes):
            selection = PODCAST.model_copy(update=changes)
            return plan_clips(bench, PlanRequest(found, transcript, turns, selection, PlanEdits(), Brief()))

        # The talk repeats itself, so one of each kind is all there is; the genre asks for at least two.
        plan = chosen(min_score=0.99, min_clips=2)
        assert 1 <= len(plan.clips) <= 2
        assert all("under the genre's least score" in clip.reason for clip in plan.clips)
        assert "wanted clips were found" in plan.shortfall
        assert not any("least score" in clip.reason for clip in chosen(min_score=0.0).clips)


def test_a_genre_shifts_what_was_learnt():
    """The judgement is one weight among the others."""
    features = {"editors_eye": 0.2, "laughter": 1.0}
    assert score(weigh(features, {"editors_eye": 1, "laughter": 9})) == pytest.approx(0.92)
    assert score(weigh(features, {"editors_eye": 9, "laughter": 1})) == pytest.approx(0.28)
    assert score(weigh({"laughter": 1.0}, {"editors_eye": 9, "laughter": 1})) == 1.0


def test_hand_written_faults_take_only_from_what_the_features_give():
    """Where editors cut was learnt: an opening on "so" is no fault of a run that is worth much."""
    faulty = {"editors_eye": 0.8, "laughter": 1.0, "weak_opener": 1.0}
    weights = {"editors_eye": 3.0, "laughter": 1.0}
    assert weigh(faulty, weights, {"weak_opener": 0.2})["weak_opener"] == pytest.approx(-0.05)
    unjudged = {"laughter": 1.0, "weak_opener": 1.0}
    assert weigh(unjudged, weights, {"weak_opener": 0.2})["weak_opener"] == pytest.approx(-0.2)
