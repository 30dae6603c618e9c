"""Genres: merged in order, strict to the line, published once and watched for drift."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.media_store import MediaStore
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.known_names import LANGUAGES, LLM_PROVIDERS, X264_PRESETS
from shortform_assets.contracts.slices import SLICES
from shortform_assets.contracts.speech_providers import SPEECH_PROVIDERS
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.genres import at_key, check_genres, digest, genre_names, load_genre, publish_genres
from shortform_assets.media.ffmpeg import run_ffmpeg


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped base.yaml with nothing beside it."""
    made = tmp_path / "genres"
    made.mkdir()
    shutil.copy(shipped("genre_configs") / "base.yaml", made)
    return made


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_every_shipped_genre_loads_and_means_something_of_its_own():
    names = genre_names()
    assert {"podcast", "interview", "lecture", "news", "sports", "comedy"} <= set(names)
    assert "base" not in names
    genres = [load_genre(name) for name in names]
    assert len({digest(g) for g in genres}) == len(names)
    own = {(g.selection.digest(), g.reframing.digest()) for g in genres}
    assert len(own) == len(names), "each selects or frames in its own way"
    assert set(SLICES) <= set(type(genres[0]).model_fields)


def test_a_genre_overrides_single_keys_and_whole_lists(folder):
    write(
        folder,
        "talk",
        "description: Talk\nselection:\n  max_seconds: 80\n  hook_words: [one]\n  weights: {story: 3}\n",
    )
    write(folder, "small_talk", "extends: talk\nselection:\n  weights: {emotion: 2}\n")
    base, talk, small = (
        load_genre("base", folder),
        load_genre("talk", folder),
        load_genre("small_talk", folder),
    )
    assert (talk.selection.max_seconds, talk.selection.hook_words) == (80, ("one",))
    assert talk.selection.weights == {**base.selection.weights, "story": 3}
    assert small.selection.weights == {**base.selection.weights, "story": 3, "emotion": 2}
    assert small.description == "Talk"
    assert small.delivery == base.delivery


FAULTS = [
    ("selection:\n  min_secnds: 9\n", 2, "selection.min_secnds", "did you mean min_seconds"),
    ("selecton:\n  min_seconds: 9\n", 1, "selecton", "did you mean selection"),
    ("\nselection:\n  pad_ms: soon\n", 3, "selection.pad_ms", '"soon"'),
    ("selection:\n  pad_ms: true\n", 2, "selection.pad_ms", "true"),
    ("selection:\n  pad_ms: 12.5\n", 2, "selection.pad_ms", "12.5"),
    ("selection:\n  pad_ms: -1\n", 2, "selection.pad_ms", "greater than or equal to 0"),
    ("selection:\n  # long\n  min_seconds: 99\n", 3, "selection.min_seconds", "more than target_seconds"),
    ("selection:\n  min_clips: 90\n", 2, "selection.min_clips", "more than max_clips"),
    ("selection:\n  weights:\n    charm: 1\n", 3, "selection.weights.charm", "no feature 'charm'"),
    ("selection:\n  weights:\n    storry: 1\n", 3, "selection.weights.storry", "did you mean story?"),
    ("selection:\n  weights:\n    story: -1\n", 3, "selection.weights.story", "greater than or equal"),
    ("selection:\n  penalties: {thinn: 0.1}\n", 2, "selection.penalties.thinn", "did you mean thin?"),
    ("selection:\n  hook_words: [why, 1]\n", 2, "selection.hook_words.1", "string"),
    ("selection:\n  hook_words:\n  - why\n  - ' '\n", 4, "selection.hook_words.1", '" "'),
    ("selection:\n  min_score: .nan\n", 2, "selection.min_score", "nan"),
    ("selection:\n  pad_ms: 1\n  pad_ms: 2\n", 3, "pad_ms", "twice"),
    ("selection:\n  panel: {models: [gpt-5]}\n", 2, "selection.panel.models.0", "provider:model"),
    (
        "selection:\n  panel: {models: ['opnai:gpt-5']}\n",
        2,
        "selection.panel.models.0",
        "did you mean openai?",
    ),
    ("selection:\n  panel: {models: ['openai:a', 'openai:a']}\n", 2, "selection.panel.models", "twice"),
    ("selection:\n  panel: {rubric: {Hook: {description: x}}}\n", 2, "selection.panel.rubric.Hook", "match"),
    ("selection:\n  panel: {rubric: {hook: {description: x, weight: 0}}}\n", 2, "panel.rubric", "above 0"),
    (
        "selection:\n  panel: {rubric: {hook: {descrption: x}}}\n",
        2,
        "rubric.hook.descrption",
        "did you mean d",
    ),
    (
        "selection:\n  panel: {call_seconds: 3000}\n",
        2,
        "selection.panel.call_seconds",
        "more than total_seconds",
    ),
    ("selection:\n  panel: {max_tokens: 300}\n", 2, "selection.panel.max_tokens", "not one call"),
    ("speech: {language: klingon}\n", 1, "speech.language", "There are auto, af, am"),
    ("speech: {language: english}\n", 1, "speech.language", "en"),
    ("speech: {providers: [wisper]}\n", 1, "speech.providers.0", "did you mean whisper?"),
    ("speech: {providers: [whisper, moonshine:x]}\n", 1, "speech.providers.1", "takes no model"),
    ("speech: {providers: ['whisper:']}\n", 1, "speech.providers.0", "a model is missing"),
    ("speech: {providers: [whisper, whisper]}\n", 1, "speech.providers", "whisper is named twice"),
    ("speech: {providers: []}\n", 1, "speech.providers", "at least 1"),
    ("speech: {second_opinion: moonshin}\n", 1, "speech.second_opinion", "did you mean moonshine?"),
    ("speech: {guard: {max_repeats: 0}}\n", 1, "speech.guard.max_repeats", "greater than or equal to 1"),
    ("speech: {align: yes}\n", 1, "speech.align", "write true or false"),
    ("ingest: {preset: turbo}\n", 1, "ingest.preset", "There are ultrafast, superfast"),
    ("ingest: {max_height: 20}\n", 1, "ingest.max_height", "greater than or equal to 144"),
    ("reframing: {subject: face}\n", 1, "reframing.subject", "did you mean faces?"),
    (
        "reframing: {faces: {detection_rate: 20}}\n",
        1,
        "reframing.faces.detection_rate",
        "more than analysis_rate",
    ),
    ("reframing: {faces: {emotion_model: deepfac}}\n", 1, "faces.emotion_model", "did you mean deepface?"),
    ("reframing: {face_height: 0}\n", 1, "reframing.face_height", "greater than or equal to 0.02"),
    ("enhancement:\n  style: No Such\n", 2, "enhancement.style", '"No Such"'),
    (
        "enhancement:\n  safe_box:\n    9:17: {left: 0}\n",
        3,
        "enhancement.safe_box.9:17",
        "did you mean 9:16?",
    ),
    (
        "enhancement:\n  safe_box:\n    9:16: {lft: 0}\n",
        3,
        "enhancement.safe_box.9:16.lft",
        "did you mean left?",
    ),
    (
        "enhancement:\n  safe_box:\n    9:16: {top: 0.1,\n      left: 0.9, right: 0.2}\n",
        4,
        "enhancement.safe_box.9:16.left",
        "less than right (0.2)",
    ),
    (
        "enhancement:\n  safe_box:\n    '9:16': {left: 0.8}\n",
        3,
        "safe_box.9:16.left",
        "less than right (0.862)",
    ),
    (
        "enhancement:\n  caption_anchor: {9:16: 0.9}\n",
        2,
        "enhancement.caption_anchor.9:16",
        "outside safe_box.9:16",
    ),
    (
        "delivery: {aspects: ['9:61']}\n",
        1,
        "delivery.aspects.0",
        "did you mean 9:16? There are 9:16, 1:1, 16:9",
    ),
    ("delivery: {aspects: [1:1, 1:1]}\n", 1, "delivery.aspects", "1:1 is named twice"),
    ("delivery:\n  encode:\n    crf: 99\n", 3, "delivery.encode.crf", "less than or equal to 35"),
    ("delivery:\n  encode:\n    preset: turbo\n", 3, "delivery.encode.preset", "no x264 preset 'turbo'"),
    ("delivery:\n  encode:\n    preset: verifast\n", 3, "delivery.encode.preset", "did you mean veryfast?"),
    ("delivery: {deadline_seconds: 1}\n", 1, "delivery.deadline_seconds", "greater than or equal to 10"),
    ("speech: fast\n", 1, "speech", "fast"),
    ("name: other\n", 1, "name", "its file"),
    ("selection: [1, 2]\n", 1, "selection", "[1, 2]"),
    ("- selection\n", 1, "mapping", "key: value"),
    ("selection:\n  pad_ms: [1\n", 3, "YAML", "correct"),
    ("a: &x 1\nselection: *y\n", 2, "YAML", "y"),
    ("base: &b {pad_ms: 1}\nselection:\n  <<: *b\n", 2, "<<", "extends"),
    ("selection: !!python/object/apply:os.getcwd []\n", 1, "selection", "tag"),
    ("selection: !mine {pad_ms: 1}\n", 1, "selection", "tag !mine"),
    ("selection:\n  1: 2\n", 1, "selection", "quotes"),
    ("description: 2026-01-01\n", 1, "description", "quote"),
    ("description: ' '\n", 1, "description", '" "'),
    ("\n# old\n%YAML 1.1\n---\ndescription: x\n", 3, "directive", "YAML 1.2"),
    ("description: x\n---\ndescription: y\n", 2, "YAML", "document"),
    ("extends: [talk]\n", 1, "extends", "one genre"),
    ("description: x\nextends: podcst\n", 2, "extends", "no genre 'podcst'"),
]


@pytest.mark.parametrize(("text", "line", "key", "hint"), FAULTS)
def test_what_is_wrong_is_named_with_file_line_and_key(folder, text, line, key, hint):
    write(folder, "mine", text)
    with pytest.raises(InputError) as caught:
        load_genre("mine", folder)
    said = str(caught.value)
    assert f"{folder / 'mine.yaml'}:{line}: " in said
    assert key in said
    assert hint in said
    assert "\n" not in said


def test_every_key_refuses_what_no_stage_could_use(folder):
    """Of each key that is shipped: a list where a value belongs, a text in its place, a number far outside."""
    base = load_genre("base", folder).model_dump(mode="json")
    for section, values in base.items():
        if section in ("name", "description"):
            continue
        for key, value in values.items():
            for wrong in ([{"a": 1}], "nonsense of a value", -1e9):
                if isinstance(value, str) and isinstance(wrong, float):
                    continue
                write(folder, "mine", json.dumps({section: {key: wrong}}))
                with pytest.raises(InputError, match=rf"mine\.yaml:1: {section}\.{key}\b"):
                    load_genre("mine", folder)


def test_words_are_words_and_ratios_are_texts(folder):
    write(
        folder,
        "mine",
        "speech: {language: no}\nselection: {hook_words: [on, no, yes, why]}\ndelivery: {aspects: [9:16, 1:1]}\n",
    )
    genre = load_genre("mine", folder)
    assert genre.speech.language == "no"
    assert genre.selection.hook_words == ("on", "no", "yes", "why")
    assert genre.delivery.aspects == ("9:16", "1:1")


def test_aliases_are_followed_within_bounds(folder):
    write(
        folder,
        "mine",
        "selection:\n  hook_words: &w [why, how]\n  weak_openers: *w\n",
    )
    assert load_genre("mine", folder).selection.weak_openers == ("why", "how")
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 12))
    write(folder, "bomb", bomb)
    with pytest.raises(InputError, match=r"bomb\.yaml:\d+: .*more than 50000 values"):
        load_genre("bomb", folder)
    write(folder, "loop", "selection: &x\n  weights: *x\n")
    with pytest.raises(InputError, match=r"loop\.yaml:\d+: selection\.weights"):
        load_genre("loop", folder)


def test_a_moved_side_of_a_safe_box_keeps_the_others(folder):
    write(folder, "mine", 'enhancement:\n  safe_box: {"9:16": {left: 0.1}}\n  caption_anchor: {"1:1": 0.7}\n')
    base, mine = (load_genre(name, folder).enhancement for name in ("base", "mine"))
    assert set(base.safe_box) == set(base.caption_anchor) == set(ASPECTS)
    assert mine.safe_box["9:16"] == base.safe_box["9:16"].model_copy(update={"left": 0.1})
    assert mine.safe_box["1:1"] == base.safe_box["1:1"]
    assert mine.caption_anchor == {**base.caption_anchor, "1:1": 0.7}


def test_a_style_that_is_not_there_is_named_where_it_is_written(folder):
    write(folder, "parent", "description: P\nenhancement:\n  style: nosuch\n")
    write(folder, "child", "extends: parent\n")
    found = at_key(
        InputError("there is no style 'nosuch'", "style pin", "x"), "child", "enhancement.style", folder
    )
    assert str(found) == f"{folder / 'parent.yaml'}:3: enhancement.style: there is no style 'nosuch' - x"


def test_names_of_others_are_those_that_others_know():
    from faster_whisper.tokenizer import _LANGUAGE_CODES
    from pydantic_ai.models import KnownModelName
    from pydantic_ai.providers import infer_provider_class

    assert set(LANGUAGES) == set(_LANGUAGE_CODES)
    for name in LLM_PROVIDERS:
        with contextlib.suppress(ImportError):
            infer_provider_class(name)
    known = {name.partition(":")[0] for name in get_args(KnownModelName.__value__) if ":" in name}
    assert known <= set(LLM_PROVIDERS)
    for provider in SPEECH_PROVIDERS.values():
        module, _, name = provider.implementation.partition(":")
        assert hasattr(importlib.import_module(module), name)
    for preset in X264_PRESETS:
        run_ffmpeg(
            [
                "-f",
                "lavfi",
                "-i",
                "color=s=64x64:d=0.1",
                "-c:v",
                "libx264",
                "-preset",
                preset,
                "-f",
                "null",
                "-",
            ]
        )


def test_loading_a_genre_imports_nothing_heavy():
    code = (
        "import sys; from shortform_assets.genres import load_genre; load_genre('podcast');"
        "print(sorted(set(sys.modules) & {'numpy', 'dagster', 'av', 'cv2', 'scipy', 'pydantic_ai', 'boto3', 'PIL'}))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_an_error_inherited_is_named_where_it_is_written(folder):
    write(folder, "parent", "description: P\nselection:\n  max_clips: 0\n")
    write(folder, "child", "extends: parent\n")
    with pytest.raises(InputError, match=r"parent\.yaml:3: selection\.max_clips"):
        load_genre("child", folder)


def test_a_key_missing_from_base_is_named(folder):
    base = folder / "base.yaml"
    base.write_text(base.read_text().replace("  pad_ms: 180\n", ""))
    write(folder, "mine", "description: M\n")
    with pytest.raises(InputError, match=r"base\.yaml:\d+: selection\.pad_ms: is missing"):
        load_genre("mine", folder)


def test_circles_are_refused(folder):
    write(folder, "a", "extends: b\n")
    write(folder, "b", "extends: c\n")
    write(folder, "c", "description: C\nextends: a\n")
    with pytest.raises(InputError, match=r"c\.yaml:2: extends: .*a -> b -> c -> a"):
        load_genre("a", folder)
    write(folder, "me", "extends: me\n")
    with pytest.raises(InputError, match=r"me\.yaml:1"):
        load_genre("me", folder)


@pytest.mark.parametrize("name", ["podcats", "", "../base", "Podcast", "a/b", "podcast.yaml"])
def test_an_unknown_genre_lists_what_there_is(name):
    with pytest.raises(InputError, match="comedy, interview, lecture") as caught:
        load_genre(name)
    if name == "podcats":
        assert "did you mean podcast?" in str(caught.value)


def test_unreadable_bytes_are_no_crash(folder):
    (folder / "latin.yaml").write_bytes("description: caf\xe9\n".encode("latin-1"))
    (folder / "bell.yaml").write_bytes(b"description: x\nselection: \x07\n")
    (folder / "deep.yaml").write_text("[" * 5000)
    for name in ("latin", "bell", "deep"):
        with pytest.raises(InputError, match=f"{name}.yaml"):
            load_genre(name, folder)


def test_own_genres_come_first(folder, monkeypatch):
    write(folder, "podcast", "description: Mine\n")
    write(folder, "quiz", "extends: comedy\ndescription: Quiz\n")
    monkeypatch.setenv("SHORTFORM_GENRES", str(folder))
    assert load_genre("podcast").description == "Mine"
    assert load_genre("quiz").selection == load_genre("comedy").selection
    assert {"quiz", "comedy"} <= set(genre_names())
    monkeypatch.setenv("SHORTFORM_GENRES", str(folder / "gone"))
    with pytest.raises(InputError, match="SHORTFORM_GENRES"):
        load_genre("podcast")


def test_publish_once_then_drift_names_the_keys(folder, tmp_path):
    store = MediaStore.local(tmp_path / "store")
    write(folder, "mine", "description: M\n")
    assert check_genres(store, folder) == []
    (first,) = publish_genres(store, folder)
    assert first == ("mine", digest(load_genre("mine", folder)), True)
    assert publish_genres(store, folder) == [(*first[:2], False)]
    assert check_genres(store, folder) == []

    write(folder, "mine", "description: M\nselection:\n  pad_ms: 90\n  weights: {story: 2.5}\n")
    found = [(d.name, d.key, d.was, d.now) for d in check_genres(store, folder)]
    assert found == [
        ("mine", "selection.pad_ms", "180", "90"),
        ("mine", "selection.weights.story", "0.6", "2.5"),
    ]
    (second,) = publish_genres(store, folder)
    assert second[2]
    assert check_genres(store, folder) == []
    # Back to what it first was: the config is there already, the history still grows.
    write(folder, "mine", "description: M\n")
    assert publish_genres(store, folder) == [(*first[:2], True)]
    assert sorted(store.list("genres/mine/published")) == [
        f"genres/mine/published/{n}.json" for n in (1, 2, 3)
    ]


def test_many_publishers_leave_one_history(folder, tmp_path):
    store = MediaStore.local(tmp_path / "store")
    write(folder, "mine", "description: M\n")
    results: list[tuple[str, str, bool]] = []
    threads = [
        threading.Thread(target=lambda: results.extend(publish_genres(store, folder))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(published for _, _, published in results) == 1
    assert len(list(store.list("genres/mine/published"))) == 1


def test_a_genre_taken_away_is_drift(folder, tmp_path):
    store = MediaStore.local(tmp_path / "store")
    write(folder, "mine", "description: M\n")
    publish_genres(store, folder)
    (folder / "mine.yaml").unlink()
    drifts = check_genres(store, folder)
    assert drifts
    assert {d.now for d in drifts} == {""}


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", " ", "whisper:", ":", "a:b", "9:16", "4:5", "acme@0", "é", "openai:x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["9:16", "4:5", "", "left", "hook", "a.b", "[key]"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.data())
def test_no_value_of_any_key_is_a_crash(tmp_path_factory, data):
    """Either it is a genre, or one sentence that names the file."""
    values = load_genre("base").model_dump(mode="json")
    section = data.draw(st.sampled_from(SLICES))
    path = [section]
    found = values[section]
    while isinstance(found, dict) and found and (len(path) == 1 or data.draw(st.booleans())):
        path.append(data.draw(st.sampled_from(sorted(found))))
        found = found[path[-1]]
    wrong = data.draw(ODD)
    for key in reversed(path):
        wrong = {key: wrong}
    folder = tmp_path_factory.mktemp("odd")
    write(folder, "mine", json.dumps(wrong, ensure_ascii=False))
    said = ""
    try:
        load_genre("mine", folder)
    except InputError as error:
        said = str(error)
    assert said == "" or re.fullmatch(r"[^\n]*/(mine|base)\.yaml:\d+: [^\n]+", said)
