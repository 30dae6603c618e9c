"""What outlives a release: every schema number that was ever written is read, today's is pinned, later ones refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from freeze_samples import KINDS, PINNED, SAMPLES, folder_of, shape
from hypothesis import given
from hypothesis import strategies as st

from resources.artifacts import Artifacts
from resources.ledger import Caps, Ledger
from resources.media_store import MediaStore
from resources.registry import Registry
from resources.store_errors import StoreError
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.versioned import (
    OUTCOME,
    SOURCE_RECORD,
    STYLE,
    NewerSchema,
    Persisted,
    UnreadableRecord,
)
from shortform_assets.creative.styles.style_registry import resolve_style
from shortform_assets.delivery.job_records import outcome_of
from shortform_assets.errors import InputError
from shortform_assets.genres import check_genres

EVERY = [
    pytest.param(kind, path, id=str(path.relative_to(SAMPLES)))
    for kind in KINDS
    for path in sorted(folder_of(kind).glob("*.json"))
]


@pytest.mark.parametrize(("kind", "path"), EVERY)
def test_every_number_ever_written_is_read(kind: Persisted[Any], path: Path):
    record = kind.load(path.read_bytes(), "k")
    assert kind.load(kind.dump(record), "k") == record
    assert json.loads(kind.dump(record))["schema_version"] == kind.schema_version


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_number_has_a_sample_and_a_changed_schema_has_a_new_one(kind: Persisted[Any]):
    numbers = {int(path.stem.split("-")[0]) for path in folder_of(kind).glob("*.json")}
    assert numbers == set(range(kind.schema_version + 1))
    for path in folder_of(kind).glob("*.json"):
        assert json.loads(path.read_bytes()).get("schema_version", 0) == int(path.stem.split("-")[0])
    pinned = json.loads(PINNED.read_text())[folder_of(kind).name]
    assert pinned.get(str(kind.schema_version)) == shape(kind), (
        f"{kind.record.__name__} changed: add a step to the upgrades of this kind in contracts/versioned.py, "
        "then run `python -m tests.contracts.freeze_samples`"
    )


def test_a_frozen_outcome_reads_the_same_in_memory_as_before_there_were_numbers():
    """What is hashed downstream (pins, recipes, render keys) must not move with the number."""
    for name in ("0-completed", "0-failed"):
        data = (SAMPLES / "outcome" / f"{name}.json").read_bytes()
        assert OUTCOME.load(data, "k").canonical_json() == data


def beyond(said: Any, read: Any, key: str = "") -> dict[str, Any]:
    """What `read` says that `said` does not; fails where it says anything else than `said`."""
    if not isinstance(said, dict) or not isinstance(read, dict):
        assert read == said, key
        return {}
    assert not said.keys() - read.keys(), key
    found = {f"{key}{name}": read[name] for name in read.keys() - said.keys()}
    for name, value in said.items():
        found |= beyond(value, read[name], f"{key}{name}.")
    return found


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("name", ["acme", "shortform"])
def test_a_style_of_before_means_what_it_meant(tmp_path, name, number):
    """Its bytes stay, its pin is in force, every value is the one it says, and what it could not say yet is off."""
    data = (SAMPLES / "style" / f"{number}-{name}.json").read_bytes()
    store = MediaStore.local(tmp_path)
    store.create(f"styles/{name}/3/contract.json", data.replace(b'"version":1', b'"version":3'))
    style = resolve_style(store, name)
    assert style.pin == f"{name}@3"
    assert store.read(f"styles/{name}/3/contract.json") == data.replace(b'"version":1', b'"version":3')
    said = json.loads(data) if number == 0 else json.loads(data)["style"]
    unsaid = beyond(said | {"version": 3}, style.model_dump(mode="json"))
    assert unsaid.pop("captions.look") == "karaoke"
    assert (unsaid.pop("hook.entrance"), unsaid.pop("hook.exit")) == ("fade", "fade")
    assert not any(unsaid.values()), unsaid


def test_a_style_of_before_numbers_tells_whether_it_came_along():
    for name in ("acme", "shortform"):
        data = (SAMPLES / "style" / f"0-{name}.json").read_bytes()
        assert STYLE.load(data, "k").shipped
        own = json.loads(data) | {"accent": "#123456"}
        assert not STYLE.load(json.dumps(own).encode(), "k").shipped


class Cup(Contract):
    colour: str
    millilitres: int


CUP = Persisted(
    "cup",
    Cup,
    "wash it",
    (
        lambda old: {"color": old["color"], "litres": old["size"]},
        lambda old: {"colour": old["color"], "litres": old["litres"]},
        lambda old: {"colour": old["colour"], "millilitres": round(old["litres"] * 1000)},
    ),
)


@pytest.mark.parametrize(
    "old",
    [
        {"color": "red", "size": 0.25},
        {"schema_version": 1, "color": "red", "litres": 0.25},
        {"schema_version": 2, "colour": "red", "litres": 0.25},
        {"schema_version": 3, "colour": "red", "millilitres": 250},
    ],
)
def test_the_steps_are_taken_from_wherever_an_object_stands(old):
    assert CUP.load(json.dumps(old).encode(), "k") == Cup(colour="red", millilitres=250)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_newer_number_is_one_sentence_that_names_the_object(kind: Persisted[Any]):
    later = replace(kind, upgrades=(*kind.upgrades, lambda fields: fields))
    sample = kind.load(next(folder_of(kind).glob("0*.json")).read_bytes(), "k")
    with pytest.raises(NewerSchema) as caught:
        kind.load(later.dump(sample), "some/key.json")
    n = kind.schema_version
    assert str(caught.value) == (
        f"some/key.json: was written by a newer Shortform (schema {n + 1}, this one reads up to {n})"
        " - update Shortform"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mistyped_key_is_refused_under_every_number(kind: Persisted[Any]):
    for path in folder_of(kind).glob("*.json"):
        wrong = json.loads(path.read_bytes()) | {"colour_of_the_moon": 1}
        with pytest.raises(UnreadableRecord, match=r"a/key\.json: .*colour_of_the_moon"):
            kind.load(json.dumps(wrong).encode(), "a/key.json")


@given(
    st.binary(max_size=200) | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
)
def test_whatever_lies_there_is_one_clear_error(found):
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    for kind in KINDS:
        with pytest.raises(UnreadableRecord, match=r"a/key\.json: this .* cannot be read"):
            kind.load(data, "a/key.json")


@pytest.mark.parametrize("number", [-1, True, "1", 1.5, None, [1]])
def test_a_number_that_is_none_is_damage(number):
    fields = SOURCE_RECORD.stored(SOURCE_RECORD.load((SAMPLES / "source_record/0.json").read_bytes(), "k"))
    with pytest.raises(UnreadableRecord, match="no schema number"):
        SOURCE_RECORD.load(json.dumps(fields | {"schema_version": number}).encode(), "k")


def test_an_old_store_goes_on(tmp_path):
    """Record, edits and ledger of before: read, added to in today's form, and read again as one."""
    store = MediaStore.local(tmp_path)
    for kind, key in (
        ("source_record", "sources/talk/record/000001.json"),
        ("plan_edit", "sources/talk/edits/plan/000001.json"),
        ("framing_edit", "sources/talk/edits/framing/000001.json"),
        ("creative_edit", "sources/talk/edits/creative/000001.json"),
        ("reset", "sources/talk/resets/000001.json"),
    ):
        store.create(key, (SAMPLES / kind / "0.json").read_bytes())
    registry = Registry(store)
    record = registry.record("talk")
    registry.register("talk", record)
    assert list(store.list("sources/talk/record/")) == ["sources/talk/record/000001.json"]
    registry.register("talk", record.model_copy(update={"title": "Other"}))
    assert registry.record("talk").title == "Other"
    (edit,) = registry.plan_edits("talk").edits
    registry.add_edit("talk", edit)
    assert registry.plan_edits("talk").edits == (edit, edit)
    assert registry.framing_edits("talk").edits[0].verb == "keyframe"
    assert registry.creative_edits("talk").edits[0].right == "John"
    artifacts = Artifacts(store)
    artifacts.reset("talk", ["composition"])
    counts = {
        stage: artifacts.resets("talk", stage) for stage in ("composition", "enhancement_plan", "shots")
    }
    assert counts == {"composition": 2, "enhancement_plan": 1, "shots": 0}

    for number, name in ((1, "reserve"), (2, "settle")):
        store.create(f"ledger/talk/{number:06d}.json", (SAMPLES / f"ledger_entry/0-{name}.json").read_bytes())
    ledger = Ledger(store, "talk", Caps(0.04, 10_000))
    with ledger.reserve("one more", 0.008, 10) as charge:
        charge.settle(0.005, 10)
    assert Ledger(store, "talk", Caps(0.04, 10_000)).spent() == (0.036415, 4210)


def test_a_newer_object_stops_what_would_overrule_it(tmp_path):
    store = MediaStore.local(tmp_path)
    newer = b'{"schema_version": 99}'
    for key in (
        "sources/talk/record/000001.json",
        "sources/talk/resets/000001.json",
        "ledger/talk/000001.json",
        "d/outcome.json",
    ):
        store.create(key, newer)
    store.create("genres/podcast/published/1.json", newer)
    record = SourceRecord(uri="file:///talk.mp4", etag="e", name="talk.mp4", genre="podcast")
    with pytest.raises(InputError, match=r"sources/talk/record/000001\.json: was written by a newer"):
        Registry(store).register("talk", record)
    with pytest.raises(StoreError, match=r"ledger/talk/000001\.json: was written by a newer"):
        Ledger(store, "talk", Caps(1, 1)).spent()
    with pytest.raises(InputError, match=r"sources/talk/resets/000001\.json: was written by a newer"):
        Artifacts(store).resets("talk", "shots")
    with pytest.raises(InputError, match=r"d/outcome\.json: was written by a newer"):
        outcome_of(store, "d")
    with pytest.raises(InputError, match=r"genres/podcast/published/1\.json: was written by a newer"):
        check_genres(store)
