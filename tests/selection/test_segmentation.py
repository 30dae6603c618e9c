"""The partition is the cheapest there is, and topics fall where the meaning changes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_talk import silent_media, talk

from resources.models import Models
from resources.wordllama_embedder import SentenceEmbeddings
from shortform_assets.genres import load_genre
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.meaning import line_vectors
from shortform_assets.selection.read.script import Line, read_script
from shortform_assets.selection.read.segmentation import MIN_WORDS, boundary_savings, partition
from shortform_assets.selection.read.topics import idf, segment


def spoken(words: int, start_ms: int, speaker: int = 0, text: str = "said") -> Line:
    tokens = tuple(text.split())
    return Line(
        first=start_ms // 400,
        last=start_ms // 400 + words - 1,
        start_ms=start_ms,
        end_ms=start_ms + 400 * words,
        text=text,
        plain=text,
        tokens=tokens,
        stems=("stem",) * (words // 3),
        speaker=speaker,
        question=False,
        closed=True,
        gap_before_ms=200,
        gap_after_ms=200,
    )


def cost(lines, vectors, starts, grain):
    """What a partition costs, written out anew."""
    weight = np.array([max(0.5, len(line.stems)) for line in lines])
    at = vectors - np.average(vectors, axis=0, weights=weight)
    at = at / (np.linalg.norm(at, axis=1, keepdims=True) + 1e-6)
    at = at - np.average(at, axis=0, weights=weight)
    at = at / np.sqrt((weight * (at**2).sum(axis=1)).sum() / weight.sum())
    unit = ((weight**2).sum() / weight.sum()) ** 0.5
    saved = boundary_savings(lines) * unit
    total = 0.0
    for a, b in zip(starts, [*starts[1:], len(lines)], strict=True):
        mean = np.average(at[a:b], axis=0, weights=weight[a:b])
        total += (weight[a:b] * ((at[a:b] - mean) ** 2).sum(axis=1)).sum()
        total += grain * unit - (saved[a] if a else 0.0)
    return total


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(60, 220), st.integers(0, 2), st.integers(0, 3)), min_size=5, max_size=9),
    st.integers(0, 2**31),
    st.floats(0.2, 8),
)
def test_no_allowed_partition_is_cheaper(spec, seed, grain):
    lines, now = [], 0
    for words, speaker, _ in spec:
        lines.append(spoken(words, now, speaker))
        now += 400 * words + 200
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((4, 6))
    vectors = np.array([centres[kind] for _, _, kind in spec]) + 0.4 * rng.standard_normal((len(spec), 6))
    found = partition(lines, vectors, grain)
    sizes = [line.words for line in lines]
    if sum(sizes) < 2 * MIN_WORDS:
        assert found == [0]
        return
    inner = range(1, len(lines))
    allowed = [
        [0, *cut]
        for n in range(len(lines))
        for cut in combinations(inner, n)
        if all(sum(sizes[a:b]) >= MIN_WORDS for a, b in zip((0, *cut), (*cut, len(lines)), strict=True))
    ]
    assert found in allowed
    assert cost(lines, vectors, found, grain) == pytest.approx(
        min(cost(lines, vectors, starts, grain) for starts in allowed), abs=1e-4
    )


# One subject in words that hardly repeat, so that only their meaning tells.
BAKING = """The dough went into the oven before sunrise. Yeast needs warmth more than patience. Rye flour makes a dense crumb.
He kneaded every loaf by hand. A crust crackles as it cools. Butter and sugar turn it into cake. The baker swept up the crumbs.
Sourdough starters live for decades in a jar. Pastry wants cold fingers. The rolls were sold out by eight. Salt slows the rise."""
SAILING = """The mast creaked in the wind. We reefed the mainsail near the harbour. Waves broke over the bow all night. A skipper
reads the tide at dawn. The anchor dragged across the seabed. Ropes were coiled on the deck. The yacht heeled until
water ran along the rail. Lighthouses blinked on the coast. Our compass was off by two degrees. The crew slept in wet oilskins."""
COURT = """The judge asked the jury to leave. Her lawyer objected twice. Witnesses were sworn in after lunch. The defendant never
looked up. A verdict was reached on Friday. The prosecutor called it murder. An appeal was filed within the hour. Bail had been
refused. The clerk read out the charges. Evidence was sealed in plastic bags. The sentence was eleven years in prison."""


def three_subjects():
    return talk(
        "\n".join("A: " + " ".join([part] * 8).replace("\n", " ") for part in (BAKING, SAILING, COURT))
    )


def test_topics_change_where_the_meaning_does():
    transcript, turns = three_subjects()
    lines = read_script(transcript, turns, 60_000)
    vectors = line_vectors(SentenceEmbeddings().load(), lines)
    topics = segment(lines, idf(lines), [""] * len(lines), vectors)
    starts = [transcript.words[t.first_word].start_ms for t in topics]
    # A boundary may be off by three short sentences.
    openings = ("The dough went", "The mast creaked", "The judge asked")
    true = [next(line.start_ms for line in lines if line.text.startswith(text)) for text in openings]
    assert len(starts) == 3
    assert all(abs(a - b) < 3 * 3000 for a, b in zip(starts, true, strict=True))


def test_a_larger_grain_never_gives_more_topics():
    transcript, turns = three_subjects()
    lines = read_script(transcript, turns, 60_000)
    counts = [len(segment(lines, idf(lines), [""] * len(lines), None, grain)) for grain in (4, 8, 16, 32, 60)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 1


class TestEmbeddings:
    embedder = SentenceEmbeddings().load()

    def test_likeness_of_meaning_without_a_common_word(self):
        one, other, stranger = self.embedder.embed(
            ["The puppy chased a ball", "Our dog was playing", "Quarterly tax invoice"]
        )

        def cosine(a, b):
            return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

        assert cosine(one, other) > cosine(one, stranger) + 0.1

    def test_same_bytes_alone_and_in_company_and_nothing_for_nothing(self):
        texts = ["A loaf of bread", "", "Ein Laib Brot", "一条面包"]
        together = self.embedder.embed(texts)
        assert np.array_equal(together[::-1], self.embedder.embed(texts[::-1]))
        assert np.array_equal(together[2], SentenceEmbeddings().load().embed(texts[2:3])[0])
        assert not together[1].any()
        assert together[[0, 2, 3]].any(axis=1).all()


def test_without_the_model_topics_are_found_by_words_and_the_result_says_so(bench):
    tool = SentenceEmbeddings(Models({}))
    with pytest.raises(Exception, match="wordllama"):
        tool.load().embed(["a"])
    transcript, turns = three_subjects()
    mezzanine, shots = silent_media(transcript.duration_ms)
    selection = load_genre("podcast").selection
    found = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, selection), tool.load())
    assert len(found.topics) > 1
    assert len(bench.degraded) == 1
    assert "by words alone" in bench.degraded[0]
