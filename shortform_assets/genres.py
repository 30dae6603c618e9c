"""Genre configs: base.yaml, what a genre extends and its own YAML, merged into typed slices.

Adding a genre is adding a YAML. Whatever is wrong with one is an InputError that names file, line and key.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shortform_assets.config_errors import explained
from shortform_assets.contracts.known_names import AUTO
from shortform_assets.contracts.slices import GenreConfig, GenrePublication
from shortform_assets.contracts.versioned import GENRE, GENRE_PUBLICATION
from shortform_assets.data import shipped
from shortform_assets.errors import InputError
from shortform_assets.located_yaml import YamlNode, merge, read_yaml, suggestion
from shortform_assets.ports.store import ObjectStore

BASE = "base"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LOCAL = "SHORTFORM_GENRES"
"""Environment variable: a folder of genres of one's own, searched before the shipped ones."""


@dataclass(frozen=True)
class Drift:
    """A key of a published genre that means something else now; values as JSON, empty where absent."""

    name: str
    key: str
    was: str
    now: str


def load_genre(name: str, folder: Path | None = None) -> GenreConfig:
    """The resolved genre `name`, from `folder` or from $SHORTFORM_GENRES and the shipped configs.

    Raises InputError, naming file, line and dotted key, for anything unknown, impossible or malformed.
    """
    merged = _merged(name, folder)
    data = {**merged.plain(), "name": name}
    try:
        return GenreConfig.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as errors:
        raise explained(errors, merged, GenreConfig, "a genre") from None


def at_key(error: InputError, name: str, key: str, folder: Path | None = None) -> InputError:
    """The same error, said of the line where the genre `name` got the value of the dotted `key`."""
    node, _ = _merged(name, folder).find(key.split("."))
    return InputError(f"{key}: {error.what}", str(node.place), error.fix)


def check_language(genre: GenreConfig, heard: frozenset[str] | None, folder: Path | None = None) -> None:
    """InputError, at the line of its language, where none of the genre's providers can do it.

    `heard` are the languages that they can do together, None for any.
    """
    language = genre.speech.language
    if heard is None or language in heard or language == AUTO:
        return
    named = ", ".join(genre.speech.providers)
    error = InputError(
        f"none of its speech providers ({named}) can do the language {language!r}",
        "",
        "name one that can in speech.providers, whisper for one",
    )
    raise at_key(error, genre.name, "speech.language", folder)


def genre_names(folder: Path | None = None) -> list[str]:
    """Every genre there is, in alphabetical order."""
    names = {path.stem for place in _folders(folder) for path in place.glob("*.yaml")}
    return sorted(name for name in names if NAME.fullmatch(name) and name != BASE)


def digest(genre: GenreConfig) -> str:
    """SHA-256 of everything the genre resolves to, in hex."""
    return genre.digest()


def publish_genres(store: ObjectStore, folder: Path | None = None) -> list[tuple[str, str, bool]]:
    """Record what every genre means now: (name, digest, whether that was new).

    The config lies at `genres/<name>/<digest>.json` and never changes; `genres/<name>/published/<n>.json`
    says in which order they were published. Publishing the same again changes nothing.
    """
    done = []
    for genre in [load_genre(name, folder) for name in genre_names(folder)]:
        current = genre.digest()
        published = False
        number, last = _latest(store, genre.name)
        while last != current and not published:
            store.create(f"genres/{genre.name}/{current}.json", GENRE.dump(genre))
            # Two publishers race for the next number; who loses looks again at what is latest now.
            entry = GENRE_PUBLICATION.dump(GenrePublication(config=current))
            published = store.create(f"genres/{genre.name}/published/{number + 1}.json", entry)
            number, last = _latest(store, genre.name)
        done.append((genre.name, current, published))
    return done


def check_genres(store: ObjectStore, folder: Path | None = None) -> list[Drift]:
    """The keys that changed since each genre was last published; genres never published have none."""
    drifts: list[Drift] = []
    here = genre_names(folder)
    for name in sorted({*here, *_published(store)}):
        _, last = _latest(store, name)
        if not last:
            continue
        key = f"genres/{name}/{last}.json"
        # In today's terms, so that a key renamed by a release is no drift; values need not be allowed any more.
        was = _flat(GENRE.fields(store.read(key), key))
        now = _flat(load_genre(name, folder).model_dump(mode="json")) if name in here else {}
        drifts += [
            Drift(name, key, was.get(key, ""), now.get(key, ""))
            for key in sorted({*was, *now})
            if was.get(key) != now.get(key)
        ]
    return drifts


def _folders(folder: Path | None) -> list[Path]:
    if folder is not None:
        if not folder.is_dir():
            raise InputError("there is no such folder", str(folder), "name a folder of genre YAML files")
        return [folder]
    own = os.environ.get(LOCAL)
    if own and not Path(own).is_dir():
        raise InputError("there is no such folder", own, f"correct or unset {LOCAL}")
    return [*([Path(own)] if own else []), shipped("genre_configs")]


def _file(name: str, folder: Path | None) -> Path | None:
    """The first file of that name; base.yaml is always there, shipped if nowhere else."""
    places = [*_folders(folder), *([shipped("genre_configs")] if name == BASE else [])]
    if not NAME.fullmatch(name):
        return None
    return next((place / f"{name}.yaml" for place in places if (place / f"{name}.yaml").is_file()), None)


def _merged(name: str, folder: Path | None) -> YamlNode:
    base, *others = _chain(name, folder)
    for layer in others:
        base = merge(base, layer)
    return base


def _chain(name: str, folder: Path | None) -> list[YamlNode]:
    """base.yaml first, the genre itself last."""
    layers: list[YamlNode] = []
    seen: list[str] = []
    wanted: str | None = name
    asked_at = ""
    while wanted is not None and wanted != BASE:
        if wanted in seen:
            circle = " -> ".join([*seen[seen.index(wanted) :], wanted])
            raise InputError(
                f"extends: the genres extend each other in a circle, {circle}", asked_at, "break it"
            )
        path = _file(wanted, folder)
        if path is None:
            raise _unknown(wanted, asked_at, folder)
        seen.append(wanted)
        layer = read_yaml(path, "a genre")
        wanted, asked_at = _extends(layer)
        layers.append(layer)
    base = _file(BASE, folder)
    assert base is not None, "base.yaml is shipped"
    layers.append(read_yaml(base, "a genre"))
    for layer in layers:
        if "name" in layer.items:
            raise InputError(
                "name: a genre is named by its file", str(layer.items["name"].place), "remove this key"
            )
    return layers[::-1]


def _extends(layer: YamlNode) -> tuple[str | None, str]:
    node = layer.items.pop("extends", None)
    if node is None:
        return None, ""
    if not isinstance(node.value, str):
        raise InputError("extends: should be the name of one genre", str(node.place), "write extends: other")
    return node.value, str(node.place)


def _unknown(name: str, asked_at: str, folder: Path | None) -> InputError:
    what = f"extends: there is no genre '{name}'" if asked_at else f"there is no genre '{name}'"
    return InputError(what, asked_at, suggestion(name, genre_names(folder)))


def _latest(store: ObjectStore, name: str) -> tuple[int, str]:
    """Number and digest of the last publication; (0, "") before the first."""
    numbers = [
        int(match.group(1))
        for key in store.list(f"genres/{name}/published/")
        if (match := re.search(r"/published/(\d+)\.json$", key))
    ]
    if not numbers:
        return 0, ""
    last = max(numbers)
    key = f"genres/{name}/published/{last}.json"
    return last, GENRE_PUBLICATION.load(store.read(key), key).config


def _published(store: ObjectStore) -> set[str]:
    keys = (key.split("/") for key in store.list("genres/"))
    return {parts[1] for parts in keys if len(parts) == 4 and parts[2] == "published"}


def _flat(value: Any, prefix: str = "") -> dict[str, str]:
    """Dotted key -> JSON of the value; lists stay whole."""
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in _flat(item, f"{prefix}{key}.").items()}
    return {prefix.rstrip("."): json.dumps(value, ensure_ascii=False)}
