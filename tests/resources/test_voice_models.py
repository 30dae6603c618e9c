"""Speaker models wherever they come from: the package's own, or the official ONNX files with their interface."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from resources.model_files import Model
from resources.model_registry import REGISTRY
from resources.models import Models
from resources.stt.voice_models import OnnxVoiceModel

FRAMES = 589
LOGITS = np.full((1, FRAMES, 7), -9.0, np.float32)
LOGITS[0, np.arange(FRAMES), np.arange(FRAMES) % 7] = -0.1
TALKING = {0: (), 1: (0,), 2: (1,), 3: (2,), 4: (0, 1), 5: (0, 2), 6: (1, 2)}


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHORTFORM_MODELS_DIR", "SHORTFORM_ALLOW_DOWNLOAD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHORTFORM_CACHE", str(tmp_path / "cache"))


def saved(path: Path, nodes: list[onnx.NodeProto], given: onnx.ValueInfoProto, shape: list, *weights) -> str:
    """A network in a file; returns its hash."""
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "g", [given], [out], list(weights))
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.parent.mkdir(parents=True)
    path.write_bytes(network.SerializeToString())
    return hashlib.sha256(path.read_bytes()).hexdigest()


def segmentation(folder: Path) -> str:
    """Sound in as sherpa-onnx's export takes it, scores of seven classes out, whatever is heard."""
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[2], keepdims=1),
        helper.make_node("Mul", ["m", "zero"], ["n"]),
        helper.make_node("Add", ["n", "logits"], ["y"]),
    ]
    weights = [
        numpy_helper.from_array(LOGITS, "logits"),
        numpy_helper.from_array(np.array(0, np.float32), "zero"),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, "T"])
    return saved(folder / "speaker-segmentation/model.onnx", nodes, given, ["N", FRAMES, 7], *weights)


def embedding(folder: Path) -> str:
    """Filter banks in, as WeSpeaker's export takes them, their means out."""
    nodes = [helper.make_node("ReduceMean", ["feats"], ["y"], axes=[1], keepdims=0)]
    given = helper.make_tensor_value_info("feats", TensorProto.FLOAT, ["B", "T", 80])
    return saved(folder / "speaker-embedding/voxceleb_resnet34_LM.onnx", nodes, given, ["B", 80])


def registered(**hashes: str) -> dict[str, Model]:
    """The registry with other bytes for some of its models."""
    changed = dict(REGISTRY)
    for name, sha256 in hashes.items():
        name = name.replace("_", "-")
        changed[name] = replace(REGISTRY[name], files=(replace(REGISTRY[name].files[0], sha256=sha256),))
    return changed


def test_the_official_files_in_the_users_folder_tell_voices_apart(tmp_path, monkeypatch) -> None:
    mine = tmp_path / "mine"
    registry = registered(speaker_segmentation=segmentation(mine), speaker_embedding=embedding(mine))
    before = OnnxVoiceModel(Models(registry)).fingerprint
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(mine))
    speakers = OnnxVoiceModel(Models(registry))
    assert speakers.fingerprint != before
    model = speakers.load()
    assert model is not None
    active = model.activity(np.zeros((2, 160_000), np.float32))
    assert active.shape == (2, FRAMES, 3)
    for frame in range(14):
        assert tuple(np.flatnonzero(active[1, frame])) == TALKING[frame % 7]
    rows = np.random.default_rng(0).standard_normal((50, 80)).astype(np.float32)
    assert np.allclose(model.embed(rows), rows.mean(axis=0), atol=1e-5)


def test_another_network_in_the_users_folder_is_refused(tmp_path, monkeypatch) -> None:
    segmentation(tmp_path / "mine")
    monkeypatch.setenv("SHORTFORM_MODELS_DIR", str(tmp_path / "mine"))
    with pytest.raises(Exception, match="not the registered speaker-segmentation"):
        OnnxVoiceModel().load()


def test_where_there_are_none_nobody_is_told_apart_and_the_recipe_says_so(monkeypatch) -> None:
    absent = {
        name: replace(model, files=tuple(replace(f, parts=()) for f in model.files))
        for name, model in REGISTRY.items()
    }
    speakers = OnnxVoiceModel(Models(absent))
    assert speakers.load() is None
    assert speakers.fingerprint.startswith("missing:missing:")
    # With downloads allowed the official files would be had.
    monkeypatch.setenv("SHORTFORM_ALLOW_DOWNLOAD", "1")
    assert REGISTRY["speaker-segmentation"].fingerprint in OnnxVoiceModel(Models(absent)).fingerprint
