"""Which style a source gets, and where the reader is sent when it is none."""

from __future__ import annotations

import dagster as dg

from shortform_assets.contracts.slices import SLICES
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
