"""Genres: merged in order, strict to the line, published once and watched for drift."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from resources.media_store import MediaStore
from shortform_assets.contracts.slices import SLICES
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.genres import check_genres, digest, genre_names, load_genre, publish_genres


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


@pytest.mark.parametrize(
    ("text", "line", "key", "hint"),
    [
        ("selection:\n  min_secnds: 9\n", 2, "selection.min_secnds", "did you mean min_seconds"),
        ("selecton:\n  min_seconds: 9\n", 1, "selecton", "did you mean selection"),
        ("\nselection:\n  pad_ms: soon\n", 3, "selection.pad_ms", '"soon"'),
        ("selection:\n  pad_ms: true\n", 2, "selection.pad_ms", "true"),
        ("selection:\n  pad_ms: 12.5\n", 2, "selection.pad_ms", "12.5"),
        ("selection:\n  pad_ms: -1\n", 2, "selection.pad_ms", "greater than or equal to 0"),
        ("selection:\n  # long\n  min_seconds: 99\n", 3, "selection.min_seconds", "more than target_seconds"),
        ("selection:\n  weights:\n    charm: 1\n", 3, "selection.weights.charm", "no feature"),
        ("selection:\n  weights:\n    story: -1\n", 3, "selection.weights.story", "greater than or equal"),
        ("selection:\n  hook_words: [why, no]\n", 2, "selection.hook_words", "string"),
        ("selection:\n  min_score: .nan\n", 2, "selection.min_score", ".nan"),
        ("selection:\n  pad_ms: 1\n  pad_ms: 2\n", 3, "selection.pad_ms", "twice"),
        ("enhancement:\n  safe_box:\n    9:16: {left: 0}\n", 3, "9:16", "quotes"),
        ("enhancement:\n  safe_box:\n    '9:16': {lft: 0}\n", 3, "enhancement.safe_box.9:16.lft", "no key"),
        ("delivery:\n  encode:\n    crf: 99\n", 3, "delivery.encode.crf", "less than or equal to 35"),
        ("speech: fast\n", 1, "speech", "fast"),
        ("name: other\n", 1, "name", "its file"),
        ("selection: [1, 2]\n", 1, "selection", "[1, 2]"),
        ("- selection\n", 1, "mapping", "selection"),
        ("selection:\n  pad_ms: [1\n", 3, "YAML", "correct"),
        ("a: &x 1\nselection: *y\n", 2, "YAML", "y"),
        ("selection: &x\n  weights: *x\n", 2, "selection.weights", "itself"),
        ("base: &b {pad_ms: 1}\nselection:\n  <<: *b\n", 3, "<<", "extends"),
        ("selection: !!python/object/apply:os.getcwd []\n", 1, "selection", ""),
        ("description: 2026-01-01\n", 1, "description", "quote"),
        ("extends: [talk]\n", 1, "extends", "one genre"),
        ("description: x\nextends: podcst\n", 2, "extends", "no genre 'podcst'"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(folder, text, line, key, hint):
    write(folder, "mine", text)
    with pytest.raises(InputError) as caught:
        load_genre("mine", folder)
    said = str(caught.value)
    assert f"{folder / 'mine.yaml'}:{line}: " in said
    assert key in said
    assert hint in said
    assert "\n" not in said


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
