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

from resources.models import Models
from shortform_assets.code_versions import code_of

_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_MODEL = "wordllama-256"


class SentenceEmbeddings:
    """The tool: its fingerprint enters the recipe, the model is opened when a text is first embedded."""

    def __init__(self, models: Models | None = None) -> None:
        self._models = models or Models()

    @property
    def fingerprint(self) -> str:
        return f"{_MODEL}:{self._models.fingerprint(_MODEL)}:{code_of(WordLlama).version}"

    def load(self) -> WordLlama:
        """Never fails: a model that is missing is reported by `embed`, so that the stage can do without."""
        return WordLlama(self._models)


class WordLlama:
    """An `Embedder`; safe to share between threads."""

    name = _MODEL

    def __init__(self, models: Models) -> None:
        self._models = models

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
    def _folder(self) -> Path:
        return self._models.resolve(_MODEL)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / _TOKENIZER))

    @cached_property
    def _table(self) -> np.ndarray:
        return _read_tensor(self._folder / _WEIGHTS, "embedding.weight")


def _read_tensor(path: Path, name: str) -> np.ndarray:
    """A float16 tensor of a safetensors file, mapped and not copied: length, header in JSON, raw values."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        entry = json.loads(file.read(length))[name]
    begin, _ = entry["data_offsets"]
    return np.memmap(path, "<f2", "r", 8 + length + begin, tuple(entry["shape"]))
