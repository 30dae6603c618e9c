"""Wiring only: `build_defs(overrides)` for tests and the CLI, `defs` for Dagster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from resources.fallback_fonts import FallbackFonts
from resources.home import store_url
from resources.media_store import MediaStore
from resources.minilm_embedder import TalkEmbeddings
from resources.ref_io import RefIOManager
from resources.render_choice import renders_from_environment
from resources.spacy_parser import EnglishGrammar
from resources.stt.recognizers import Recognizers
from resources.stt.sphinx import SphinxAligner
from resources.stt.voice_models import OnnxVoiceModel
from resources.vision import vision_from_environment
from resources.wordllama_embedder import SentenceEmbeddings
from shortform_assets.graph import checks
from shortform_assets.graph.assets import (
    analysis_assets,
    clip_assets,
    creative_assets,
    delivery_assets,
    input_assets,
    source_assets,
)
from shortform_assets.graph.jobs import deliver, restyle, shorten
from shortform_assets.graph.outcome_watch import gather_outcomes, sweep_deadlines
from shortform_assets.graph.run_claims import run_claim
from shortform_assets.graph.sensors import request_delivery
from shortform_assets.ports.progress import SilentProgress
from shortform_assets.ports.render_executor import RenderExecutor
from shortform_assets.speech import SileroVoice


def build_defs(overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """The whole graph; `overrides` replaces resources by key (store, recognizers, vision, ...)."""
    given = overrides or {}
    store = given["store"] if "store" in given else MediaStore.open(store_url())
    resources: dict[str, Any] = {
        "store": store,
        "run_claim": run_claim,
        "progress": SilentProgress(),
        "recognizers": Recognizers(SileroVoice()),
        "aligner": SphinxAligner(),
        "voices": OnnxVoiceModel(),
        "embeddings": SentenceEmbeddings(),
        "talk_embeddings": TalkEmbeddings(),
        "grammar": EnglishGrammar(),
        "vision": vision_from_environment(),
        "fonts": FallbackFonts(),
        "renderer": renders(),
        "io_manager": RefIOManager(store),
        **given,
    }
    return dg.Definitions(
        assets=dg.load_assets_from_modules(
            [input_assets, source_assets, analysis_assets, clip_assets, creative_assets, delivery_assets]
        ),
        asset_checks=dg.load_asset_checks_from_modules([checks]),
        jobs=[shorten, restyle, deliver],
        sensors=[request_delivery, gather_outcomes],
        schedules=[sweep_deadlines],
        resources=resources,
        executor=dg.in_process_executor,
    )


def renders(*, waits: bool = False) -> RenderExecutor:
    """The render executor of the environment. Nothing but `waits` makes a remote one return with all outcomes there: in
    Dagster sensors see to those that come later, a command has none."""
    return renders_from_environment(_render_here, waits=waits)


def _render_here(*job: Any) -> None:
    # Renders are loaded where the first one begins here, not where the graph is.
    from shortform_assets.workers.render import render_here

    render_here(*job)


defs = build_defs()
