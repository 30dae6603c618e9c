"""The source group: the probed original and the mezzanine."""

import dagster as dg

from resources.artifacts import Ref
from resources.bench import StoreBench
from resources.sources import fetch
from shortform_assets.contracts.slices import IngestSlice
from shortform_assets.contracts.source import SourceRecord, SourceVideo
from shortform_assets.graph.assets.asset_options import stage
from shortform_assets.graph.reuse import once
from shortform_assets.media import make_mezzanine, read_source


@dg.asset(**stage("source", {"video"}, read_source))
def source_video(context: dg.AssetExecutionContext, source_record: SourceRecord) -> dg.MaterializeResult[Ref]:
    """The original bytes, hashed, and a full stream probe."""

    def read(bench: StoreBench, uri: str, etag: str) -> SourceVideo:
        return read_source(bench, fetch(uri, etag, bench.scratch), source_record.name)

    return once(context, read, source_record.uri, source_record.etag, made_by=read_source)


@dg.asset(**stage("source", {"ffmpeg"}, make_mezzanine), ins={"ingest": dg.AssetIn(["genre", "ingest"])})
def mezzanine(
    context: dg.AssetExecutionContext, source_video: SourceVideo, ingest: IngestSlice
) -> dg.MaterializeResult[Ref]:
    """Trusted media: constant frame rate, upright, square pixels, SDR, 48 kHz stereo; 16 kHz speech."""
    return once(context, make_mezzanine, source_video, ingest)
