"""The IO manager: assets hand over references, their consumers receive contracts."""

from __future__ import annotations

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.media_store import MediaStore
from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.errors import InputError


def stage_of(key: dg.AssetKey) -> str:
    """The stage name of an asset key: its parts joined by a slash."""
    return "/".join(key.path)


class RefIOManager(dg.IOManager):
    """Keeps `sources/<key>/current/<stage>.json` and loads the contract it points at."""

    def __init__(self, store: MediaStore) -> None:
        self._artifacts = Artifacts(store)

    def handle_output(self, context: dg.OutputContext, obj: Ref) -> None:
        self._artifacts.point(context.partition_key, obj)

    def load_input(self, context: dg.InputContext) -> Contract:
        stage = stage_of(context.asset_key)
        ref = self._artifacts.current(context.partition_key, stage)
        try:
            if ref is None:
                raise InputError(
                    "it has no result yet",
                    f"stage {stage} of {context.partition_key}",
                    "materialize it first",
                )
            return self._artifacts.load(ref, CONTRACTS[stage])
        except InputError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
