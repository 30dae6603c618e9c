"""Materialization caching: a stage is computed once for its recipe, whoever asks for it.

The recipe is the digest of stage, code version, output schema, the fingerprints of the models and
providers that are used, and exactly the values that the computation receives. The store decides reuse,
never the event log: so an older config, another partition with the same content or a fresh Dagster
instance all find what was computed before. A reused stage is still materialized.
"""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol, TypeVar

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.bench import StoreBench
from resources.ref_io import stage_of
from shortform_assets.contracts.base import Contract, Dropped, canonical_json
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.errors import ShortformError
from shortform_assets.graph.previews import preview

C = TypeVar("C", bound=Contract)


class Tool(Protocol):
    """A model or provider: its fingerprint enters the recipe, it is loaded only when computing."""

    @property
    def fingerprint(self) -> str: ...

    def load(self) -> Any: ...


def recipe(
    stage: str, code_version: str, schema: type[Contract], values: Sequence[Any], using: Sequence[str] = ()
) -> str:
    """32 hex digits that stand for everything that decides a stage's result."""
    parts = [stage, code_version, _schema_digest(schema), list(using), [_digest(value) for value in values]]
    return hashlib.sha256(canonical_json(parts)).hexdigest()[:32]


@cache
def _schema_digest(schema: type[Contract]) -> str:
    return hashlib.sha256(canonical_json(schema.model_json_schema())).hexdigest()


def _digest(value: Any) -> Any:
    if isinstance(value, Contract):
        return value.digest()
    if isinstance(value, (tuple, list)):
        return [_digest(item) for item in value]
    return value


def once(
    context: dg.AssetExecutionContext, compute: Callable[..., C], *values: Any, using: Sequence[Tool] = ()
) -> dg.MaterializeResult[Ref]:
    """`compute(bench, *loaded tools, *values)` unless its result is already in the store."""
    stage = _Stage(context)
    schema = CONTRACTS[stage.name]
    key = stage.recipe(schema, values, using)
    with as_failure():
        found = stage.artifacts.find(stage.name, key, schema)
        if found is not None:
            return stage.reused(Ref(stage=stage.name, recipe=key, data_version=found.digest()), found)
        with stage.bench() as bench:
            result = compute(bench, *(tool.load() for tool in using), *values)
        return stage.computed(key, result, bench)


Report = Callable[[str, Any], None]
"""Takes a clip id and the clip's contract, or Dropped."""
Batch = Callable[[StoreBench, Mapping[str, tuple[Any, ...]], Report], None]
"""Computes many clips at once and reports each as soon as it is there. What it calls a fallback on the bench
holds for every clip reported after it."""


def once_each(
    context: dg.AssetExecutionContext,
    gather: Callable[..., Contract],
    schema: type[C],
    compute: Callable[..., C] | None,
    items: Mapping[str, tuple[Any, ...]],
    *,
    using: Sequence[Tool] = (),
    batch: Batch | None = None,
    dropped: tuple[Dropped, ...] = (),
    fits: Callable[[str, Any], bool] | None = None,
) -> dg.MaterializeResult[Ref]:
    """The rule of `once` for every clip: `items` maps clip ids to the values of that clip alone.

    Give `compute(bench, *loaded tools, *values)` for one clip or `batch` for many. A fault in one clip
    drops that clip with its reason; `dropped` are those that earlier stages dropped. A stored result that
    does not fit (asked by clip id and result) is computed again.
    """
    stage = _Stage(context)
    per_clip = f"{stage.name}.clip"
    with as_failure():
        keys = {clip: stage.recipe(schema, values, using) for clip, values in items.items()}
        done: dict[str, Any] = {}
        for clip, key in keys.items():
            found = stage.artifacts.find(per_clip, key, schema)
            if found is not None and (fits is None or fits(clip, found)):
                done[clip] = found
        todo = {clip: values for clip, values in items.items() if clip not in done}
        reused, lost = len(done), []
        degraded: list[str] = []

        def report(
            clip: str, result: Any, reasons: Sequence[str] = (), facts: Mapping[str, Any] | None = None
        ) -> None:
            if isinstance(result, Dropped):
                context.log.warning(f"clip {clip} dropped: {result.reason}")
                lost.append(result)
                return
            # A set that was made by a fallback is made of such clips: else the next run would find them all
            # good and call the set so.
            why = list(dict.fromkeys((*bench.degraded, *reasons)))
            where = stage.place(keys[clip], why)
            stage.artifacts.save(per_clip, where, result, {"degraded": why, **(facts or {})})
            degraded.extend(reasons)
            done[clip] = result

        with stage.bench() as bench:
            if todo and batch is not None:
                batch(bench, todo, report)
            elif todo and compute is not None:
                _clip_by_clip(stage, bench, compute, [tool.load() for tool in using], todo, report)
        for reason in degraded:
            bench.degrade(reason)
        lost.sort(key=lambda drop: drop.clip_id)
        result = gather(clips=tuple(done[clip] for clip in items if clip in done), dropped=(*dropped, *lost))
        bench.note(clips_reused=reused, clips_computed=len(done) - reused, clips_dropped=len(lost))
        key = stage.recipe(type(result), [result])
        if not todo:
            return stage.reused(stage.artifacts.save(stage.name, key, result), result, clips_reused=reused)
        return stage.computed(key, result, bench)


def _clip_by_clip(
    stage: _Stage,
    bench: StoreBench,
    compute: Callable[..., Any],
    tools: Sequence[Any],
    todo: Mapping[str, tuple[Any, ...]],
    report: Callable[..., None],
) -> None:
    def one(clip: str) -> tuple[str, Any, list[str], dict[str, Any]]:
        try:
            with StoreBench.over(bench.store) as own:
                return clip, compute(own, *tools, *todo[clip]), own.degraded, own.facts
        except ShortformError as error:
            return clip, Dropped(clip_id=clip, stage=stage.name, reason=str(error)), [], {}
        except Exception as error:
            # A defect met by one clip must not cost the others; the log keeps the traceback.
            stage.context.log.error(f"clip {clip}: {traceback.format_exc()}")
            reason = f"unexpected {type(error).__name__}: {error}"
            return clip, Dropped(clip_id=clip, stage=stage.name, reason=reason), [], {}

    for number, (clip, result, reasons, facts) in enumerate(bench.map(one, todo), start=1):
        report(clip, result, reasons, facts)
        bench.progress(number / len(todo), f"clip {number} of {len(todo)}")


def fresh(
    context: dg.AssetExecutionContext, contract: Contract, stage: str = ""
) -> dg.MaterializeResult[Ref]:
    """An input: read anew on every run, stored by its own content."""
    name = stage or stage_of(context.asset_key)
    artifacts = Artifacts(context.resources.store)
    with as_failure():
        ref = artifacts.save(name, contract.digest()[:32], contract)
    return dg.MaterializeResult(
        asset_key=name.split("/"),
        value=ref,
        data_version=dg.DataVersion(ref.data_version),
        metadata={"recipe": ref.recipe, **preview(contract)},
    )


class _Stage:
    """One asset's run on one partition: names, progress, and the two ways it can end."""

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self.context = context
        self.name = stage_of(context.asset_key)
        self.key = context.partition_key
        self.store = context.resources.store
        self.artifacts = Artifacts(self.store)
        self.resets = self.artifacts.resets(self.key, self.name)
        self.started = time.monotonic()
        self._logged = self.started

    def recipe(self, schema: type[Contract], values: Sequence[Any], using: Sequence[Tool] = ()) -> str:
        code_version = self.context.assets_def.code_versions_by_key[self.context.asset_key] or ""
        tools = [tool.fingerprint for tool in using] + ([f"reset {self.resets}"] if self.resets else [])
        return recipe(self.name, code_version, schema, values, tools)

    def place(self, key: str, degraded: Sequence[str]) -> str:
        """Degraded results stand beside the recipe's place, where no later run looks for them."""
        return f"{key}-degraded-{self.context.run_id[:8]}" if degraded else key

    @contextmanager
    def bench(self) -> Iterator[StoreBench]:
        code_version = self.context.assets_def.code_versions_by_key[self.context.asset_key] or ""
        salt = f"{code_version}:{self.resets}"
        with StoreBench.over(self.store, on_progress=self._progress, stage=self.name, salt=salt) as bench:
            self._progress(0.0, "")
            yield bench

    def _progress(self, fraction: float, note: str) -> None:
        self.context.resources.progress.update(self.name, fraction, note)
        if time.monotonic() - self._logged > 15:
            self._logged = time.monotonic()
            self.context.log.info(f"{self.name}: {fraction:.0%} {note}".rstrip())

    def reused(self, ref: Ref, contract: Contract, **facts: Any) -> dg.MaterializeResult[Ref]:
        self.context.resources.progress.finish(self.name, reused=True)
        return self._result(ref, contract, {"reused": True, **facts})

    def computed(self, key: str, contract: Contract, bench: StoreBench) -> dg.MaterializeResult[Ref]:
        seconds = round(time.monotonic() - self.started, 3)
        run = {
            "run_id": self.context.run_id,
            "seconds": seconds,
            "degraded": list(dict.fromkeys(bench.degraded)),
            "facts": json.loads(json.dumps(bench.facts, default=str)),
        }
        ref = self.artifacts.save(self.name, self.place(key, bench.degraded), contract, run)
        for reason in run["degraded"]:
            self.context.log.warning(f"{self.name} is degraded: {reason}")
        self.context.resources.progress.finish(self.name, reused=False)
        shown = {"reused": False, "seconds": seconds, **run["facts"]}
        if run["degraded"]:
            shown["degraded"] = "; ".join(run["degraded"])
        return self._result(ref, contract, shown)

    def _result(self, ref: Ref, contract: Contract, facts: Mapping[str, Any]) -> dg.MaterializeResult[Ref]:
        return dg.MaterializeResult(
            value=ref,
            data_version=dg.DataVersion(ref.data_version),
            metadata={"recipe": ref.recipe, **facts, **preview(contract)},
        )


@contextmanager
def as_failure() -> Iterator[None]:
    """Errors a user can act on become a failed step with that one sentence."""
    try:
        yield
    except ShortformError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
