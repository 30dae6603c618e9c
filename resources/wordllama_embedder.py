"""Sentence embeddings that travel inside a package: WordLlama, 256 dimensions, 16 MB, no network and no torch.

A text's vector is the mean of its tokens' vectors, which Lee Miller's WordLlama trained for likeness of
sentences. It takes a fifth of a second for two hours of talk on one core, and always gives the same bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from resources.packaged_embedder import EmbeddingTool, PackagedEmbedder

_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"


class WordLlama(PackagedEmbedder):
    """The mean of its tokens' vectors for every text."""

    name = "wordllama-256"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), 256) float32: the mean of the tokens' vectors. InputError where the model is missing."""
        table, tokenizer = self._table, self._tokenizer
        found = np.zeros((len(texts), table.shape[1]), np.float32)
        # One by one: a batch would start the tokenizer's own threads, on all cores.
        for row, text in zip(found, texts, strict=True):
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            if ids:
                row[:] = table[ids].astype(np.float32).mean(axis=0)
        return found

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / _TOKENIZER))

    @cached_property
    def _table(self) -> np.ndarray:
        return _read_tensor(self.folder / _WEIGHTS, "embedding.weight")


class SentenceEmbeddings(EmbeddingTool):
    """Meanings of sentences, for topics and wishes."""

    embedder = WordLlama


def _read_tensor(path: Path, name: str) -> np.ndarray:
    """A float16 tensor of a safetensors file, mapped and not copied: length, header in JSON, raw values."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        entry = json.loads(file.read(length))[name]
    begin, _ = entry["data_offsets"]
    return np.memmap(path, "<f2", "r", 8 + length + begin, tuple(entry["shape"]))
