"""What is measured of the words: hanging pronouns, languages without lists, and faults that no merit outweighs."""

from __future__ import annotations

import pytest
import regex as re
from hypothesis import given
from hypothesis import strategies as st
from selection_talk import silent_media, talk

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import FEATURES
from shortform_assets.contracts.slices.selection_slice import PENALTIES
from shortform_assets.contracts.source import Brief
from shortform_assets.failure_modes import ungrounded_clips
from shortform_assets.genres import load_genre
from shortform_assets.selection.choose.local_editor import LIKED, score, weigh
from shortform_assets.selection.plan import PlanRequest, plan_clips
from shortform_assets.selection.propose.moments import MomentsRequest, find_moments
from shortform_assets.selection.read.features import Measures, ReadTalk
from shortform_assets.selection.read.promotion import flag_lines
from shortform_assets.selection.read.referents import leaning
from shortform_assets.selection.read.script import read_script, stem
from shortform_assets.selection.read.topics import idf
from shortform_assets.selection.read.vocabulary import NEEDS_WORDS, vocabulary

PODCAST = load_genre("podcast").selection


def measured(script: str, language: str = "en") -> Measures:
    transcript, turns = talk(script)
    lines = read_script(transcript, turns, 60_000)
    return Measures(ReadTalk(lines, [0] * len(lines), idf(lines), language), PODCAST)


@pytest.mark.parametrize(
    ("clear", "hanging"),
    [
        ("My aunt sold the boat.", "She sold the boat."),
        ("The inspector looked at the steel.", "They looked at it."),
        ("It was raining on the day of the trial.", "It had been put there by him."),
        ("When Marta opened the letter, she laughed.", "When I opened it, she laughed."),
        ("Why did the bridge fall down?", "Why did it fall down, and who told them?"),
    ],
)
def test_a_pronoun_hangs_where_nothing_was_named(clear, hanging):
    terms = vocabulary("en")
    assert terms is not None
    lines = [read_script(*talk(f"A: {text}"), 60_000) for text in (clear, hanging)]
    first, second = (leaning(line, 0, terms) for line in lines)
    assert first <= 0.2
    assert second > first
    assert measured(f"A: {hanging}").features(0, 0, LIMIT, 20_000)["self_contained"] < 1


LIMIT = __import__("shortform_assets.selection.read.features", fromlist=["limits"]).limits(PODCAST, 10**7)
STORY = (
    "A: My grandmother kept a ledger of favours. Forty years of bakers and drivers stood in green ink. "
    "When she died my cousins split the list. In Porto we found the lady with the umbrella, and she laughed."
)
VAGUE = (
    "A: It was sort of the same thing, I think, or the other one. There was a bit of that as well, more or less. "
    "It depends on the one you have, I suppose. Either way it was around there somewhere, or something like that."
)


def test_what_names_things_and_people_beats_what_keeps_it_vague():
    both = measured(f"{STORY}\n{VAGUE}")
    told, hedged = both.features(0, 3, LIMIT, 30_000), both.features(4, 7, LIMIT, 30_000)
    for name in ("substance", "self_contained", "people", "opening"):
        assert told[name] > hedged[name] + 0.2, name
    assert score(weigh(told, PODCAST.weights)) > score(weigh(hedged, PODCAST.weights)) + 0.2


SPANISH = (
    "A: Cuando era niño mi abuelo tenía un barco y nunca me dejó subir. Un día me dijo que el secreto era el miedo. "
    "Mi madre lloró de risa. Resulta que el barco no tenía motor y todo el mundo lo sabía menos yo, su único nieto.\n"
    "A: Creo que era más o menos lo mismo. No sé, depende un poco de la cosa esa. Quizás lo otro, en general, o algo así."
)


def test_another_language_is_measured_by_its_own_words():
    found = measured(SPANISH, "es-MX")
    told, hedged = found.features(0, 3, LIMIT, 30_000), found.features(4, 6, LIMIT, 30_000)
    assert not set(found.unmeasured) & set(NEEDS_WORDS)
    for name in ("story", "emotion", "people", "claims", "surprise"):
        assert told[name] > hedged[name], name


def test_a_language_without_lists_is_neutral_and_the_result_says_so(bench):
    script = "\n".join(
        "A: Isoäiti istui keittiössä ja nauroi. Karhu söi jauhoja lattialla. Kukaan ei uskonut meitä. "
        f"Numero {n} oli portaiden alla, ja Helsinki nukkui vielä. Aamulla satoi lunta kolme metriä."
        for n in range(30)
    )
    transcript, turns = talk(script)
    transcript = transcript.model_copy(update={"language": "fi"})
    mezzanine, shots = silent_media(transcript.duration_ms)
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, PODCAST))
    assert {*NEEDS_WORDS, "hook_words", "laughter"} <= set(moments.unmeasured)
    assert all(m.features[name] == 0.5 for m in moments.moments for name in moments.unmeasured)
    assert "story" in bench.facts["unmeasured"]
    assert not bench.degraded
    plan = plan_clips(bench, PlanRequest(moments, transcript, turns, PODCAST, PlanEdits(), Brief(count=2)))
    assert plan.clips


def test_titles_of_languages_without_spaces_have_none(bench):
    who, what, where = (
        "我你他她我们大家老师邻居孩子医生",
        "写书画画唱歌做饭种树修车学习旅行开店钓鱼",
        "厨房学校山上河边城里海边路口医院市场花园",
    )
    lines = [
        f"{who[i % 8]}{what[2 * (i % 10) : 2 * (i % 10) + 2]}在{where[2 * (i // 3 % 10) : 2 * (i // 3 % 10) + 2]}已经{n}年了，"
        f"没有人相信{what[2 * (n % 10) : 2 * (n % 10) + 2]}会这么难。"
        for i, n in enumerate(range(3, 120))
    ]
    script = "\n".join(f"A: {' '.join(line)} Ada Lovelace {n} 。" for n, line in enumerate(lines))
    transcript, turns = talk(script)
    transcript = transcript.model_copy(update={"language": "zh"})
    mezzanine, shots = silent_media(transcript.duration_ms)
    moments = find_moments(bench, MomentsRequest(transcript, turns, shots, mezzanine, PODCAST))
    plan = plan_clips(bench, PlanRequest(moments, transcript, turns, PODCAST, PlanEdits(), Brief(count=2)))
    assert plan.clips
    for clip in plan.clips:
        for text in (clip.title, clip.hook, clip.quote, clip.description):
            assert text
            assert not re.search(r"\p{Han} \p{Han}", text), text
    # What is shown is still found in what was said.
    assert not [fault for fault in ungrounded_clips(plan, transcript) if "quote" in fault]


@given(
    st.fixed_dictionaries(dict.fromkeys(FEATURES, st.floats(0, 1))),
    st.sampled_from(sorted(FEATURES)),
    st.floats(0, 1),
)
def test_a_better_feature_never_lowers_the_score_and_the_parts_add_up(features, name, more):
    parts = weigh(features, PODCAST.weights)
    assert score(parts) == pytest.approx(min(1, max(0, sum(parts.values()))), abs=1e-4)
    better = weigh({**features, name: max(features[name], more)}, PODCAST.weights)
    # Contributions are rounded one by one.
    assert score(better) >= score(parts) - 2e-4


@given(st.fixed_dictionaries(dict.fromkeys(FEATURES, st.floats(0, 1))), st.sampled_from(sorted(PENALTIES)))
def test_a_fault_never_raises_the_score_and_a_genre_can_forgive_it(features, fault):
    faulty = {**features, fault: 1.0}
    assert score(weigh(faulty, PODCAST.weights)) <= score(weigh(features, PODCAST.weights))
    forgiving = weigh(faulty, PODCAST.weights, {})
    assert min(forgiving.values()) >= 0


def test_every_feature_can_be_named_in_a_reason():
    assert set(FEATURES) <= set(LIKED)


def test_a_pitch_in_plain_words_is_advertising_to_its_last_offer():
    script = (
        f"{STORY}\n"
        "B: Quick word from our sponsor. If you run payroll you know the last Friday of the month. Tallymate does it "
        "while you sleep. It pays the people and keeps the receipts. Try it free for thirty days. Now, the lady in Porto.\n"
        f"{VAGUE}"
    )
    transcript, turns = talk(script)
    lines = read_script(transcript, turns, 60_000)
    flagged = [line.text for line, flag in zip(lines, flag_lines(lines), strict=True) if flag]
    assert flagged[0].startswith("Quick word")
    assert flagged[-1].startswith("Try it free")
    assert len(flagged) == 5


@pytest.mark.parametrize(
    "forms",
    ["run runs running", "city cities", "cat cats cat's", "argue argued arguing", "class classes"],
)
def test_forms_of_a_word_count_as_one(forms):
    assert len({stem(form) for form in forms.split()}) == 1
