"""Materialization caching: a stage is computed once for its recipe, whoever asks for it.

The recipe is the digest of stage, code version, output schema, the fingerprints of the models and
providers that are used, and exactly the values that the computation receives. The code version is that of the
function that computes (`shortform_assets.code_versions`). The store decides reuse, never the event log: so an
older config, another partition with the same content or a fresh Dagster instance all find what was computed
before. A reused stage is still materialized.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, Generic, TypeVar, cast

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.bench import StoreBench
from resources.ref_io import stage_of
from shortform_assets.code_versions import Code, code_of
from shortform_assets.code_versions.versions import Entry
from shortform_assets.contracts.base import Contract, Dropped
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.errors import ShortformError
from shortform_assets.graph.previews import preview
from shortform_assets.graph.recipes import (
    Asked,
    Chain,
    Ingredients,
    Probe,
    Tool,
    keep_code,
    named,
    record_of_clips,
)

C = TypeVar("C", bound=Contract)
Made = Entry | Sequence[Entry]
"""What computes, where it is not the function that `once` is given."""
NOBODY = Code("", {}, {})


def once(
    context: dg.AssetExecutionContext,
    compute: Callable[..., C],
    *values: Any,
    using: Sequence[Tool | Chain] = (),
    made_by: Made = (),
) -> dg.MaterializeResult[Ref]:
    """`compute(bench, *loaded tools, *values)` unless its result is already in the store."""
    with as_failure():
        stage = _Stage(context, made_by or compute)
        schema = CONTRACTS[stage.name]
        given = named(compute, len(using), values)
        ways = {
            turns: stage.ingredients(schema, given, tools, partial(_came_about, using, turns))
            for turns, tools in _ways(using)
        }
        if isinstance(context, Probe):
            raise Asked(tuple(ways.values()))
        for way in ways.values():
            found = stage.artifacts.find(stage.name, way.recipe, schema)
            if found is not None and way.would_make(found):
                return stage.reused(stage.ref(way.recipe, found), found)
        with stage.bench() as bench:
            result = compute(bench, *(tool.load() for tool in using), *values)
        made = ways[_turns(using, result)]
        return stage.computed(made.recipe, result, bench, made.record())


def _ways(using: Sequence[Tool | Chain]) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Every way in which the tools may share the work: who of each chain answers, and the fingerprints then."""
    prints = [tool.fingerprints if isinstance(tool, Chain) else (tool.fingerprint,) for tool in using]
    for turns in product(*(range(len(choices)) for choices in prints)):
        yield turns, tuple(choices[turn] for choices, turn in zip(prints, turns, strict=True))


def _came_about(using: Sequence[Tool | Chain], turns: tuple[int, ...], result: Contract) -> bool:
    return _turns(using, result) == turns


def _turns(using: Sequence[Tool | Chain], result: Contract) -> tuple[int, ...]:
    """The way in which this result came about."""
    return tuple(tool.answered(result) if isinstance(tool, Chain) else 0 for tool in using)


Report = Callable[[str, Any], None]
"""Takes a clip id and the clip's contract, or Dropped."""
Batch = Callable[[StoreBench, Mapping[str, tuple[Any, ...]], Report], None]
"""Computes many clips at once and reports each as soon as it is there. What it calls a fallback on the bench
holds for every clip reported after it."""


@dataclass(frozen=True)
class EachClip(Generic[C]):
    """What is done for every clip of a source by itself."""

    gather: Callable[..., Contract]
    """Makes the set of `clips` and `dropped`."""
    schema: type[C]
    """Of one clip's result."""
    items: Mapping[str, tuple[Any, ...]]
    """Clip id -> the values of that clip alone."""
    compute: Callable[..., C] | None = None
    """`compute(bench, *loaded tools, *values)` for one clip, where there is no `batch`."""
    batch: Batch | None = None
    using: Sequence[Tool] = ()
    dropped: tuple[Dropped, ...] = ()
    """Clips that earlier stages dropped."""
    fits: Callable[[str, Any], bool] | None = None
    """Takes a clip id and a stored result; one that does not fit is computed again."""
    made_by: Made = ()


def once_each(context: dg.AssetExecutionContext, work: EachClip[C]) -> dg.MaterializeResult[Ref]:
    """The rule of `once` for every clip. A fault in one clip drops that clip with its reason."""
    compute, schema, items, using = work.compute, work.schema, work.items, work.using
    with as_failure():
        stage = _Stage(context, work.made_by or compute or ())
        per_clip = f"{stage.name}.clip"
        prints = tuple(tool.fingerprint for tool in using)
        names = compute or (lambda bench, *values: None)
        ways = {
            clip: stage.ingredients(schema, named(names, len(using), values), prints)
            for clip, values in items.items()
        }
        if isinstance(context, Probe):
            raise Asked((), ways)
        keys = {clip: way.recipe for clip, way in ways.items()}
        done: dict[str, Any] = {}
        for clip, key in keys.items():
            found = stage.artifacts.find(per_clip, key, schema)
            if found is not None and (work.fits is None or work.fits(clip, found)):
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
            if todo and work.batch is not None:
                work.batch(bench, todo, report)
            elif todo and compute is not None:
                _clip_by_clip(stage, bench, compute, [tool.load() for tool in using], todo, report)
        for reason in degraded:
            bench.degrade(reason)
        lost.sort(key=lambda drop: drop.clip_id)
        kept = tuple(done[clip] for clip in items if clip in done)
        result = work.gather(clips=kept, dropped=(*work.dropped, *lost))
        bench.note(clips_reused=reused, clips_computed=len(done) - reused, clips_dropped=len(lost))
        # A set is no computation: whoever gathers the same clips has it.
        key = Ingredients(stage.name, NOBODY, type(result), (("clips", result),)).recipe
        record = record_of_clips(stage.code, schema, ways)
        if not todo:
            saved = stage.artifacts.save(stage.name, key, result, made_of=record)
            return stage.reused(saved, result, clips_reused=reused)
        return stage.computed(key, result, bench, record)


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
    if isinstance(context, Probe):
        return cast(Any, contract)
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

    def __init__(self, context: dg.AssetExecutionContext, made_by: Made) -> None:
        self.context = context
        entries = (made_by,) if isinstance(made_by, str) or callable(made_by) else tuple(made_by)
        self.code = code_of(*entries)
        self.name = stage_of(context.asset_key)
        self.key = context.partition_key
        self.store = context.resources.store
        self.artifacts = Artifacts(self.store)
        self.resets = self.artifacts.resets(self.key, self.name)
        self.started = time.monotonic()
        self._logged = self.started

    def ingredients(
        self,
        schema: type[Contract],
        values: tuple[tuple[str, Any], ...],
        tools: tuple[str, ...],
        would_make: Callable[[Contract], bool] = lambda result: True,
    ) -> Ingredients:
        return Ingredients(self.name, self.code, schema, values, tools, self.resets, would_make)

    def ref(self, recipe: str, contract: Contract) -> Ref:
        return Ref(stage=self.name, recipe=recipe, data_version=contract.digest())

    def place(self, key: str, degraded: Sequence[str]) -> str:
        """Degraded results stand beside the recipe's place, where no later run looks for them."""
        return f"{key}-degraded-{self.context.run_id[:8]}" if degraded else key

    @contextmanager
    def bench(self) -> Iterator[StoreBench]:
        def salt(compute: Callable[..., object]) -> str:
            return f"{code_of(compute).version or self.code.version}:{self.resets}"

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

    def computed(
        self, key: str, contract: Contract, bench: StoreBench, made_of: Mapping[str, Any]
    ) -> dg.MaterializeResult[Ref]:
        seconds = round(time.monotonic() - self.started, 3)
        run = {
            "run_id": self.context.run_id,
            "seconds": seconds,
            "degraded": list(dict.fromkeys(bench.degraded)),
            "facts": json.loads(json.dumps(bench.facts, default=str)),
        }
        keep_code(self.artifacts, self.code)
        ref = self.artifacts.save(self.name, self.place(key, bench.degraded), contract, run, made_of)
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
