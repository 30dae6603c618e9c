"""The price list that ships."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from shortform_assets.contracts.price_list import PriceList


@cache
def shipped_prices() -> PriceList:
    """As `prices.yaml` beside this file says."""
    from ruamel.yaml import YAML

    return PriceList.model_validate(YAML(typ="safe").load(Path(__file__).with_name("prices.yaml")))
