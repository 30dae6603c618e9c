"""What embedders whose model travels in a package have in common, and how one is a tool of the graph."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from resources.models import Models
from shortform_assets.code_versions import code_of


class PackagedEmbedder(ABC):
    """An `Embedder`; safe to share between threads."""

    name: str
    """Its model's in the models registry."""

    def __init__(self, models: Models) -> None:
        self._models = models

    @cached_property
    def folder(self) -> Path:
        """Where its files are; InputError where the model is missing."""
        return self._models.resolve(self.name)

    @abstractmethod
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), dimensions) float32. InputError where the model is missing."""
        ...


class EmbeddingTool:
    """The tool: its fingerprint enters the recipe, the model is opened when a text is first embedded."""

    embedder: ClassVar[type[PackagedEmbedder]]

    def __init__(self, models: Models | None = None) -> None:
        self._models = models or Models()

    @property
    def fingerprint(self) -> str:
        name = self.embedder.name
        return f"{name}:{self._models.fingerprint(name)}:{code_of(self.embedder).version}"

    def load(self) -> PackagedEmbedder:
        """Never fails: a model that is missing is reported by `embed`, so that the stage can do without."""
        return self.embedder(self._models)
