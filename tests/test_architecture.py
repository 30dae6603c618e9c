"""The walls of the house: who may import what, who may start processes, what the graph looks like."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
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
OUTSIDE = (
    "dagster",
    "resources",
    "boto3",
    "obstore",
    "requests",
    "httpx",
    "httpx2",
    "tenacity",
    "pooch",
    "socket",
    "multiprocessing",
)
PROCESSES = {"shortform_assets/media/ffmpeg.py"}


def _modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        inside = ROOT / "shortform_assets" / folder
        yield from [inside] if inside.suffix else sorted(inside.rglob("*.py"))


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


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch):
    from importlinter.cli import lint_imports

    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, "`lint-imports` says which"


WINGS = ("media", "speech", "selection", "reframing", "creative", "rendering", "delivery")


def test_wings_are_entered_by_their_doors():
    """What a wing offers stands in its `__init__.pyi`; who comes from outside the domain asks for nothing else."""
    inner = tuple(f"shortform_assets.{wing}." for wing in WINGS)
    doors = {
        f"shortform_assets.{wing}": set(import_module(f"shortform_assets.{wing}").__all__) for wing in WINGS
    }
    for path in _modules("graph", "cli", "workers", "definitions.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not [a.name for a in node.names if a.name.startswith(inner)], f"{path}:{node.lineno}"
            elif isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith(inner), f"{path}:{node.lineno}"
                asked = {alias.name for alias in node.names} if node.module in doors else set()
                assert asked <= doors.get(node.module, set()), f"{path}:{node.lineno}"


@pytest.mark.parametrize("wing", WINGS)
def test_what_a_wing_offers_is_there(wing: str):
    door = import_module(f"shortform_assets.{wing}")
    assert door.__all__
    assert all(callable(getattr(door, name)) for name in door.__all__)
    stub = ast.parse(Path(str(door.__file__)).with_suffix(".pyi").read_text())
    (declared,) = (node.value for node in stub.body if isinstance(node, ast.Assign))
    assert sorted(ast.literal_eval(declared)) == sorted(door.__all__)


def test_file_and_class_names_are_unique():
    files, classes = Counter[str](), Counter[str]()
    for folder in (ROOT / "shortform_assets", ROOT / "resources"):
        for path in folder.rglob("*.py"):
            files[path.name] += path.name not in ("__init__.py", "__main__.py")
            classes.update(n.name for n in ast.parse(path.read_text()).body if isinstance(n, ast.ClassDef))
    twice = {name for name, count in (files + classes).items() if count > 1}
    assert not twice


def test_what_is_said_to_guard_a_number_is_there():
    tests = [*(ROOT / "tests").rglob("*.py")]
    known = {path.stem for path in tests}
    known |= {name for path in tests for name in re.findall(r"def (test_\w+)", path.read_text())}
    named = {
        (name, str(path.relative_to(ROOT)))
        for folder in ("shortform_assets", "resources", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"\btest_[a-z0-9_]*[a-z0-9]\b", path.read_text())
    }
    assert len(named) > 100
    assert sorted((name, where) for name, where in named if name not in known) == []
    # A benchmark is named with its file.
    files = {
        (name, str(path.relative_to(ROOT)))
        for path in (ROOT / "shortform_assets").rglob("*.py")
        for name in re.findall(r"\b(?:benchmarks|tests|tools)/[\w/]+\.py\b", path.read_text())
    }
    assert sorted((name, where) for name, where in files if not (ROOT / name).is_file()) == []


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
    # Which model translates captions is the panel's to say.
    "enhancement_plan": {
        "clip_plan", "transcript", "speaker_turns", "crop_paths", "style_contract",
        "genre/enhancement", "genre/selection", "edits/creative", "source_record",
    },
    "composition": {"enhancement_plan", "crop_paths", "clip_media", "style_contract", "genre/delivery"},
}  # fmt: skip


def test_the_stages_read_what_the_design_says(graph):
    assert set(PARENTS) == set(WORKFLOW)
    for stage, parents in PARENTS.items():
        node = graph.get(dg.AssetKey(stage.split("/")))
        assert {stage_of(key) for key in node.parent_keys} == parents, stage
