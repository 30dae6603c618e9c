"""The walls of the house: who may import what, who may start processes, what the graph looks like."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.media_store import MediaStore
from resources.ref_io import stage_of
from shortform_assets.contracts.stages import CONTRACTS, WORKFLOW
from shortform_assets.definitions import build_defs

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = (
    "media",
    "speech",
    "selection",
    "reframing",
    "creative",
    "rendering",
    "delivery",
    "demo",
    "contracts",
    "ports",
    "text",
)
OUTSIDE = ("dagster", "resources", "boto3", "obstore", "requests", "httpx", "socket", "multiprocessing")
PROCESSES = {"shortform_assets/media/ffmpeg.py"}


def _modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / "shortform_assets" / folder).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", _modules(*DOMAIN), ids=lambda p: str(p.relative_to(ROOT)))
def test_domain_code_stays_inside(path: Path):
    roots = {name.split(".")[0] for name in _imports(path)}
    assert not roots & set(OUTSIDE)
    if str(path.relative_to(ROOT)) not in PROCESSES:
        assert "subprocess" not in roots


def test_no_stage_asks_which_genre_it_has():
    for path in _modules(*DOMAIN, "graph/assets"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                asked = [n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)]
                assert "genre" not in asked, f"{path}:{node.lineno}"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory):
    store = MediaStore.local(tmp_path_factory.mktemp("store"))
    return build_defs({"store": store}).resolve_asset_graph()


def test_every_asset_of_the_design_is_there(graph):
    assert {stage_of(key) for key in graph.get_all_asset_keys()} == set(CONTRACTS)
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.partitions_def == dg.DynamicPartitionsDefinition(name="source_videos")
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


PARENTS = {
    "source_video": {"source_record"},
    "mezzanine": {"source_video", "genre/ingest"},
    # The glossary and the user's own transcript sit in the record.
    "transcript": {"mezzanine", "genre/speech", "source_record"},
    "speaker_turns": {"mezzanine", "transcript", "genre/speech"},
    "shots": {"mezzanine"},
    "moments": {"transcript", "speaker_turns", "shots", "mezzanine", "genre/selection"},
    # The brief (what to look for, what to leave out, how many) is the user's and sits in the record.
    "clip_plan": {
        "moments", "transcript", "speaker_turns", "genre/selection", "edits/plan", "source_record",
    },
    "clip_media": {"mezzanine", "clip_plan"},
    "face_tracks": {"clip_media", "genre/reframing"},
    "crop_paths": {
        "face_tracks", "clip_media", "clip_plan", "speaker_turns", "genre/reframing", "edits/framing",
    },
    "enhancement_plan": {
        "clip_plan", "transcript", "speaker_turns", "crop_paths", "style_contract",
        "genre/enhancement", "edits/creative",
    },
    "composition": {"enhancement_plan", "crop_paths", "clip_media", "style_contract", "genre/delivery"},
}  # fmt: skip


def test_the_stages_read_what_the_design_says(graph):
    assert set(PARENTS) == set(WORKFLOW)
    for stage, parents in PARENTS.items():
        node = graph.get(dg.AssetKey(stage.split("/")))
        assert {stage_of(key) for key in node.parent_keys} == parents, stage
