"""Tiny networks with the inputs and outputs of DeepFace's and LR-ASD's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def save(
    path: Path, nodes: list, given: dict[str, list], out: list, constants: dict[str, np.ndarray]
) -> Path:
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in given.items()]
    graph = helper.make_graph(
        nodes, "tiny", inputs, [helper.make_tensor_value_info("out", TensorProto.FLOAT, out)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path


def expression_model(path: Path, seed: int = 0, labels: int = 7) -> Path:
    """(n, 48, 48, 1) to (n, 7), as DeepFace's: a linear map and softmax."""
    weights = np.random.default_rng(seed).normal(0, 0.05, (48 * 48, labels)).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["face"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["out"]),
    ]
    return save(path, nodes, {"face": ["n", 48, 48, 1]}, ["n", labels], {"weights": weights})


def speaker_model(path: Path, columns: int = 2, length: int | None = None, side: int = 112) -> Path:
    """Sound (1, 4t, 13) and faces (1, t, 112, 112) to scores: how much the brightness of a mouth changes around
    a face, the more the louder it is then; less a little, so that still lips do not speak."""
    t, rows = length or "t", 4 * length if length else "rows"
    nodes = [
        # The middle of the cut, where the lips are.
        helper.make_node("Slice", ["faces", "from", "to", "axes"], ["lips"]),
        helper.make_node("ReduceMean", ["lips", "axes"], ["bright"], keepdims=0),
        helper.make_node("Slice", ["bright", "zero", "before", "one"], ["early"]),
        helper.make_node("Slice", ["bright", "one", "end", "one"], ["late"]),
        helper.make_node("Sub", ["late", "early"], ["change"]),
        helper.make_node("Abs", ["change"], ["moved"]),
        helper.make_node("Pad", ["moved", "first"], ["padded"]),
        helper.make_node("Unsqueeze", ["padded", "one"], ["line"]),
        helper.make_node("AveragePool", ["line"], ["around"], kernel_shape=[9], pads=[4, 4]),
        helper.make_node("Squeeze", ["around", "one"], ["moving"]),
        helper.make_node("Slice", ["sound", "zero", "one", "last"], ["energy"]),
        helper.make_node("Reshape", ["energy", "by_four"], ["fours"]),
        helper.make_node("ReduceMean", ["fours", "last"], ["loud"], keepdims=0),
        helper.make_node("ReduceMean", ["loud", "one"], ["mean_loud"]),
        helper.make_node("Sub", ["loud", "mean_loud"], ["louder"]),
        helper.make_node("Sigmoid", ["louder"], ["weight"]),
        helper.make_node("Mul", ["moving", "weight"], ["both"]),
        helper.make_node("Sub", ["both", "little"], ["score"]),
        helper.make_node("Reshape", ["score", "column"], ["scores"]),
        helper.make_node("Neg", ["scores"], ["against"]),
        helper.make_node("Concat", ["against"] * (columns - 1) + ["scores"], ["out"], axis=1),
    ]
    longs = {
        "from": [40, 40], "to": [72, 72], "axes": [2, 3], "zero": [0], "one": [1], "last": [2], "before": [-1],
        "end": [1 << 30], "first": [0, 1, 0, 0], "by_four": [1, -1, 4], "column": [-1, 1],
    }  # fmt: skip
    constants: dict[str, np.ndarray] = {name: np.array(value, np.int64) for name, value in longs.items()}
    constants["little"] = np.array([2.0], np.float32)
    given = {"sound": [1, rows, 13], "faces": [1, t, side, side]}
    return save(path, nodes, given, [t, columns], constants)
