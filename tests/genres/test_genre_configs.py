"""Genres: merged in order, strict to the line, published once and watched for drift."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import subprocess
import sys
import threading
from typing import get_args

import pytest
from genre_files import write
from hypothesis import given
from hypothesis import strategies as st

from resources.media_store import MediaStore
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.known_names import LANGUAGES, LLM_PROVIDERS, X264_PRESETS
from shortform_assets.contracts.slices import SLICES
from shortform_assets.contracts.speech_providers import SPEECH_PROVIDERS
from shortform_assets.errors import InputError
from shortform_assets.genres import at_key, check_genres, digest, genre_names, load_genre, publish_genres
from shortform_assets.media.ffmpeg import run_ffmpeg


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
