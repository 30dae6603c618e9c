"""The inputs group: what people and configuration say about a source. Read afresh on every run."""

from collections.abc import Iterator

import dagster as dg

from resources.artifacts import Ref
from resources.registry import Registry
from shortform_assets.contracts.slices import SLICES, EnhancementSlice
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.graph.assets.asset_options import COMMON, OWNER, stage
from shortform_assets.graph.partitions import source_videos
from shortform_assets.graph.reuse import as_failure, fresh

STYLE_TAG = "shortform/style"


@dg.asset(**stage("inputs", {"yaml"}))
def source_record(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Ref]:
    """The registered source: address, genre, brand, rights, glossary and brief."""
    with as_failure():
        record = Registry(context.resources.store).record(context.partition_key)
    return fresh(context, record)


@dg.multi_asset(
    outs={
        f"genre_{name}": dg.AssetOut(
            key=["genre", name],
            dagster_type=dg.Any,
            group_name="inputs",
            kinds={"yaml"},
            owners=[OWNER],
            description=f"The {name} slice of the source's genre.",
        )
        for name in SLICES
    },
    deps=["source_record"],
    partitions_def=source_videos,
    required_resource_keys=set(COMMON),
)
def genre(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Ref]]:
    """One typed slice a consumer, so that a change names the stages it makes stale."""
    from resources.stt.recognizers import languages_heard
    from shortform_assets.genres import check_language, load_genre

    with as_failure():
        record = Registry(context.resources.store).record(context.partition_key)
        config = load_genre(record.genre)
        # Said here, before anything is done, and not when it is transcribed at last.
        if record.transcript is None:
            check_language(config, languages_heard(config.speech.providers))
    for name in SLICES:
        yield fresh(context, getattr(config, name), f"genre/{name}")


@dg.asset(**stage("inputs", {"yaml"}), ins={"enhancement": dg.AssetIn(["genre", "enhancement"])})
def style_contract(
    context: dg.AssetExecutionContext, source_record: SourceRecord, enhancement: EnhancementSlice
) -> dg.MaterializeResult[Ref]:
    """The pinned style version: the run's tag, else the record's, else the genre's. A tag goes into the record."""
    from shortform_assets.creative import UnknownStyle, ensure_shipped_styles, resolve_style
    from shortform_assets.genres import at_key

    store, key = context.resources.store, context.partition_key
    tag = context.run_tags.get(STYLE_TAG)
    own = tag or source_record.style
    wanted = own or enhancement.style
    with as_failure():
        ensure_shipped_styles(store)
        registry = Registry(store)
        pinned = registry.pinned_style(key, wanted)
        held = pinned is not None or registry.holds_style(key, wanted)
        try:
            style = resolve_style(store, pinned or wanted, held=held)
        except UnknownStyle as error:
            raise error if own else at_key(error, source_record.genre, "enhancement.style") from None
        registry.pin_style(key, wanted, style.pin)
        if tag:
            registry.restyle(key, style.pin)
    return fresh(context, style)


def _edits(name: str, description: str) -> dg.AssetsDefinition:
    @dg.asset(key=["edits", name], description=description, **stage("inputs", {"json"}))
    def edits(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Ref]:
        with as_failure():
            found = getattr(Registry(context.resources.store), f"{name}_edits")(context.partition_key)
        return fresh(context, found)

    return edits


plan_edits = _edits("plan", "Human edits of the clip plan: pin, drop, trim, add, retitle.")
framing_edits = _edits("framing", "Human edits of the framing: follow, layout, keyframe.")
creative_edits = _edits("creative", "Human edits of captions and titles.")
