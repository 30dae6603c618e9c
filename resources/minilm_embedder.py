"""Sentence embeddings that tell talk apart by more than its words: MiniLM, 384 dimensions, 23 MB, no torch.

all-MiniLM-L6-v2 of the Sentence Transformers (Reimers and Gurevych 2019; Wang et al. 2020) with 8-bit weights, on
onnxruntime. Five milliseconds a sentence on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from resources.models import Models
from shortform_assets.code_versions import code_of

_MODEL = "minilm-l6-int8"
_MOST_TOKENS = 128
"""The model was trained on texts up to this long; the rest of a longer one is not read."""


class TalkEmbeddings:
    """The tool: its fingerprint enters the recipe, the model is opened when a text is first embedded."""

    def __init__(self, models: Models | None = None) -> None:
        self._models = models or Models()

    @property
    def fingerprint(self) -> str:
        return f"{_MODEL}:{self._models.fingerprint(_MODEL)}:{code_of(MiniLM).version}"

    def load(self) -> MiniLM:
        """Never fails: a model that is missing is reported by `embed`, so that the stage can do without."""
        return MiniLM(self._models)


class MiniLM:
    """An `Embedder`; safe to share between threads."""

    name = _MODEL

    def __init__(self, models: Models) -> None:
        self._models = models

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), 384) float32 of length 1. InputError where the model is missing."""
        session, tokenizer = self._session, self._tokenizer
        found = np.zeros((len(texts), 384), np.float32)
        # One by one: activations are quantised a batch at a time, so a text's vector would hang on its neighbours'.
        for row, text in zip(found, texts, strict=True):
            if not text.strip():
                continue
            ids = np.array([tokenizer.encode(text).ids], np.int64)
            given = {
                "input_ids": ids,
                "attention_mask": np.ones_like(ids),
                "token_type_ids": np.zeros_like(ids),
            }
            mean = session.run(None, given)[0][0].mean(axis=0)
            row[:] = mean / max(1e-9, float(np.linalg.norm(mean)))
        return found

    @cached_property
    def _folder(self) -> Path:
        return self._models.resolve(_MODEL)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MOST_TOKENS)
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # So short a text gains nothing from threads, and they would take the cores from other stages.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
