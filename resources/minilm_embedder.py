"""Sentence embeddings that tell talk apart by more than its words: MiniLM, 384 dimensions, 23 MB, no torch.

all-MiniLM-L6-v2 of the Sentence Transformers (Reimers and Gurevych 2019; Wang et al. 2020) with 8-bit weights, on
onnxruntime. Five milliseconds a sentence on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from resources.packaged_embedder import EmbeddingTool, PackagedEmbedder

_MOST_TOKENS = 128
"""The model was trained on texts up to this long; the rest of a longer one is not read."""


class MiniLM(PackagedEmbedder):
    """One sentence at a time on one core; vectors of length 1."""

    name = "minilm-l6-int8"

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
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
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
            str(self.folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )


class TalkEmbeddings(EmbeddingTool):
    """Meanings of talk, for the learned judgement."""

    embedder = MiniLM
