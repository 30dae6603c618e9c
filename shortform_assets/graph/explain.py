"""Why a stage would be computed again, in one line: which input, code, library, model, schema or reset."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import GeneratorType, SimpleNamespace
from typing import Any

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.ref_io import stage_of
from resources.unwritten_store import UnwrittenStore
from shortform_assets.contracts.base import Contract, Dropped
from shortform_assets.contracts.stages import CONTRACTS, WORKFLOW
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.graph.recipes import Asked, Ingredients, Probe, kept_code, record_of_clips

NEVER = "it was never computed"


@dataclass(frozen=True)
class Standing:
    """How a stage stands for the next run: `contract` is the result it will find, `reason` why it finds none."""

    contract: Contract | None = None
    reason: str = ""
    news: str = ""
    """Where it finds one that is not the one in force: what is different."""


class Explainer:
    """Asks the stages of one partition what they would be made of now. Computes and writes nothing."""

    def __init__(self, definitions: dg.Definitions, key: str) -> None:
        self._key = key
        resources = dict(definitions.resources or {})
        store = UnwrittenStore(resources["store"])
        self._artifacts = Artifacts(store)
        self._resources = SimpleNamespace(**{**resources, "store": store})
        self._assets: dict[str, dg.AssetsDefinition] = {}
        for asset in definitions.assets or ():
            if isinstance(asset, dg.AssetsDefinition):
                self._assets.update({stage_of(name): asset for name in asset.keys})
        self._known: dict[str, Standing] = {}

    def why(self, stage: str) -> str:
        """One line about a stage of the workflow. InputError where there is no such stage."""
        if stage not in WORKFLOW:
            raise InputError("there is no such stage", stage, f"the stages are {', '.join(WORKFLOW)}")
        standing = self._standing(stage)
        if standing.reason:
            return f"{stage} is stale: {standing.reason}"
        return f"{stage} is up to date" + (
            f", by an earlier result: {standing.news}" if standing.news else ""
        )

    def _standing(self, stage: str) -> Standing:
        if stage not in self._known:
            self._known[stage] = self._look(stage)
        return self._known[stage]

    def _look(self, stage: str) -> Standing:
        asset = self._assets[stage]
        names = {name: stage_of(key) for name, key in asset.keys_by_input_name.items()}
        parents = {name: (parent, self._standing(parent)) for name, parent in names.items()}
        ref = self._artifacts.current(self._key, stage)
        for parent, standing in parents.values():
            if standing.contract is None:
                because = f"its input {parent} is computed again, for {standing.reason}"
                return Standing(reason=because if ref else NEVER)
        try:
            found = self._ask(stage, asset, {name: s.contract for name, (_, s) in parents.items()})
        except Asked as asked:
            news = {parent: standing.news for parent, standing in parents.values() if standing.news}
            return self._of_computed(stage, ref, asked, news)
        except ShortformError as error:
            return Standing(reason=str(error))
        return self._of_input(stage, ref, found)

    def _ask(self, stage: str, asset: dg.AssetsDefinition, given: Mapping[str, Any]) -> Contract:
        """The contract of an input. Raises Asked where a stage computes."""
        body = asset.op.compute_fn.decorated_fn  # type: ignore[union-attr]
        wanted = inspect.signature(body).parameters
        probe = Probe(dg.AssetKey(stage.split("/")), self._key, self._resources, {})
        found = body(probe, **{name: value for name, value in given.items() if name in wanted})
        if isinstance(found, GeneratorType):
            # One asset of many keys gives one contract for each.
            return next(contract for contract in found if isinstance(contract, CONTRACTS[stage]))
        assert isinstance(found, Contract)
        return found

    def _of_input(self, stage: str, ref: Ref | None, now: Contract) -> Standing:
        if ref is None:
            return Standing(now, news="it was never read")
        if ref.data_version == now.digest():
            return Standing(now)
        try:
            before = self._artifacts.load(ref, CONTRACTS[stage]).model_dump(mode="json")
        except InputError:
            return Standing(now, news="it changed")
        return Standing(now, news=next(_differences(before, now.model_dump(mode="json")), "it changed"))

    def _of_computed(self, stage: str, ref: Ref | None, asked: Asked, news: Mapping[str, str]) -> Standing:
        if asked.clips is None:
            found, now = self._found(stage, asked.ways)
        else:
            found, now = self._gathered(stage, ref, asked.clips)
        if ref is None:
            return Standing(found, "" if found else NEVER, "nothing is in force yet" if found else "")
        if found is not None and found.digest() == ref.data_version:
            return Standing(found)
        because = self._compared(self._artifacts.made_of(ref), now, asked, news)
        if not because:
            fallbacks = self._artifacts.run(ref).get("degraded")
            because = f"a fallback made it ({fallbacks[0]})" if fallbacks else "its result is gone or damaged"
        return Standing(found, "" if found else because, because if found else "")

    def _found(self, stage: str, ways: Sequence[Ingredients]) -> tuple[Contract | None, dict[str, Any]]:
        for way in ways:
            found = self._artifacts.find(stage, way.recipe, CONTRACTS[stage])
            if found is not None and way.would_make(found):
                return found, way.record()
        return None, ways[0].record()

    def _gathered(
        self, stage: str, ref: Ref | None, clips: Mapping[str, Ingredients]
    ) -> tuple[Contract | None, dict[str, Any]]:
        """The set of all clips, where each of them is found."""
        standing: Any = self._artifacts.find(stage, ref.recipe, CONTRACTS[stage]) if ref else None
        dropped: tuple[Dropped, ...] = standing.dropped if standing else ()
        ways = tuple(clips.values())
        found = [self._artifacts.find(f"{stage}.clip", way.recipe, way.schema) for way in ways]
        record = record_of_clips(ways[0].code, ways[0].schema, clips) if ways else {}
        lost = {clip for clip, one in zip(clips, found, strict=True) if one is None}
        if standing is None or lost - {drop.clip_id for drop in dropped}:
            return None, record
        whole: Any = CONTRACTS[stage]
        return whole(clips=tuple(one for one in found if one is not None), dropped=dropped), record

    def _compared(
        self, before: Mapping[str, Any], now: Mapping[str, Any], asked: Asked, news: Mapping[str, str]
    ) -> str:
        """The first thing that is different, in one clause; empty where nothing is."""
        if not before:
            return "an older release made it"
        if not now:
            return ""
        if before["code"] != now["code"]:
            return self._changed_code(before["code"], asked)
        for name in sorted({*before["libraries"], *now["libraries"]}):
            old, new = before["libraries"].get(name, "none"), now["libraries"].get(name, "none")
            if old != new:
                return f"library {name} {old} -> {new}"
        for old, new in zip_longest(before["tools"], now["tools"], fillvalue=""):
            if old != new:
                return f"model or provider {_told_apart(old, new)}"
        if before["schema"] != now["schema"]:
            return "the schema of its result changed"
        if before["resets"] != now["resets"]:
            return f"it was reset ({now['resets']} times by now)"
        return _changed_value(before, now, news)

    def _changed_code(self, before: str, asked: Asked) -> str:
        ways = asked.ways or tuple((asked.clips or {}).values())
        old, new = kept_code(self._artifacts, before), ways[0].code.definitions
        names = [name for name in new if name in old and old[name] != new[name]]
        names += [name for name in (*new, *old) if (name in new) != (name in old)]
        if not old or not names:
            return "its code changed"
        return f"the code of {names[0]} changed" + (f", and {len(names) - 1} more" if names[1:] else "")


def _changed_value(before: Mapping[str, Any], now: Mapping[str, Any], news: Mapping[str, str]) -> str:
    clips, known = now.get("clips", {}), before.get("clips", {})
    changed = [name for name, digest in now["values"].items() if before["values"].get(name) != digest]
    touched = [clip for clip, values in clips.items() if values != known.get(clip)]
    where = f" ({len(touched)} of {len(clips)} clips)" if touched else ""
    for clip in touched[:1]:
        changed = [name for name, digest in clips[clip].items() if known.get(clip, {}).get(name) != digest]
    if not changed:
        return ""
    for parent, reason in news.items():
        return f"its input {parent} changed: {reason}{where}"
    return f"its input {changed[0]} changed{where}"


def _differences(before: Any, now: Any, path: str = "") -> Iterator[str]:
    """`path was this, is that`, one for every value that is different."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in sorted({*before, *now}):
            inner = f"{path}.{name}" if path else name
            yield from _differences(before.get(name), now.get(name), inner)
    elif before != now:
        yield f"{path} was {_short(before)}, is {_short(now)}"


def _short(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _told_apart(old: str, new: str, limit: int = 80) -> str:
    """Two fingerprints from the part on in which they differ; their first part is a name."""
    olds, news = old.split(":"), new.split(":")
    if olds[0] != news[0]:
        return f"{olds[0] or 'none'} -> {news[0] or 'none'}"
    a, b = next(((a, b) for a, b in zip_longest(olds, news, fillvalue="") if a != b), ("", ""))
    return f"{olds[0]}: {a[:limit]} -> {b[:limit]}"
