"""Which style and which languages a source gets, and where the reader is sent when it is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg

from shortform_assets.contracts.slices import SLICES
from shortform_assets.creative.styles.style_registry import (
    ensure_shipped_styles,
    publish_style,
    withdraw_style,
)
from shortform_assets.data import shipped
from shortform_assets.definitions import build_defs


def _resolve(graph, key: str, **tags: str):
    job = build_defs({"store": graph.store}).resolve_implicit_global_asset_job_def()
    names = ["source_record", "style_contract", *(f"genre/{name}" for name in SLICES)]
    wanted = [dg.AssetKey(name.split("/")) for name in names]
    result = job.execute_in_process(
        asset_selection=wanted, instance=graph.instance, partition_key=key, raise_on_error=False, tags=tags
    )
    failures = [
        event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure
    ]
    return [failure.description for failure in failures if failure]


def test_an_unknown_style_is_named_where_it_was_asked_for(graph, tmp_path):
    video = tmp_path / "any.mp4"
    video.write_bytes(b"never looked at")
    graph.genre(enhancement={"style": "nosuch"})
    key = graph.register(video)
    (said,) = _resolve(graph, key)
    place = f"{graph.genres / 'brief.yaml'}:1: enhancement.style: there is no style 'nosuch'"
    assert said.startswith(place), said
    assert "There are acme@1, shortform@1" in said
    (said,) = _resolve(graph, key, **{"shortform/style": "acmee"})
    assert "there is no style 'acmee'" in said
    assert "did you mean acme?" in said
    assert "brief.yaml" not in said
    assert _resolve(graph, key, **{"shortform/style": "acme@1"}) == []


def test_a_withdrawn_style_is_for_nobody_who_did_not_have_it(graph, tmp_path):
    video = tmp_path / "any.mp4"
    video.write_bytes(b"never looked at")
    key = graph.register(video)
    folder = Path(shutil.copytree(shipped("style_contracts") / "acme", tmp_path / "acme"))
    source = (folder / "style.yaml").read_text()
    ensure_shipped_styles(graph.store)
    (folder / "style.yaml").write_text(source.replace("max_words: 3", "max_words: 2"))
    publish_style(graph.store, folder)
    withdraw_style(graph.store, "acme@2", "the green is the old one")
    (said,) = _resolve(graph, key, **{"shortform/style": "acme@2"})
    assert said == "style pin: acme@2 was withdrawn (the green is the old one) - pin acme@1"
    graph.genre(enhancement={"style": "acme@2"})
    (said,) = _resolve(graph, key)
    assert said.startswith(f"{graph.genres / 'brief.yaml'}:1: enhancement.style: acme@2 was withdrawn")
    assert _resolve(graph, key, **{"shortform/style": "acme"}) == []
    assert graph.contract(key, "style_contract").pin == "acme@1"
    withdraw_style(graph.store, "acme@1", "so is this")
    assert _resolve(graph, key) == [], "the source has it"
    other = graph.register(Path(shutil.copy(video, tmp_path / "other.mp4")), style="acme")
    (said,) = _resolve(graph, other)
    assert "every version of acme was withdrawn" in said


def test_a_language_that_no_provider_can_do_is_said_before_anything_is_done(graph, tmp_path):
    video = tmp_path / "any.mp4"
    video.write_bytes(b"never looked at")
    graph.genre(speech={"providers": ["moonshine"], "language": "de"})
    (said,) = _resolve(graph, graph.register(video))
    place = f"{graph.genres / 'brief.yaml'}:1: speech.language: none of its speech providers (moonshine)"
    assert said.startswith(place), said
