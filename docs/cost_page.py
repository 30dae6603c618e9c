"""Writes docs/cost.md from the shipped price list. Run it after a price or a measurement was changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from resources.shipped_prices import shipped_prices
from shortform_assets.contracts.price_list import PriceList
from shortform_assets.delivery import render_costs

PAGE = Path(__file__).with_name("cost.md")
_SECONDS = 45


def page(prices: PriceList) -> str:
    """The whole page."""
    return "\n".join(lines(prices)) + "\n"


def lines(prices: PriceList) -> Iterator[str]:
    aws, render = prices.aws, prices.render
    yield "# What renders cost"
    yield ""
    yield "Written by `docs/cost_page.py` from `resources/prices.yaml`. `shortform estimate FILE` says it for a file of yours."
    yield ""
    yield f"A clip of {_SECONDS} s, one output in 1080x1920, on AWS Lambda ({aws.region}, prices of {aws.as_of}):"
    yield ""
    yield "| memory | processors | seconds | dollars | 1,000 outputs |"
    yield "|---|---|---|---|---|"
    for cost in render_costs(prices, _SECONDS):
        yield (
            f"| {cost.memory_mb:,} MB | {cost.processors:.1f} | {cost.seconds:.0f} | {cost.dollars:.5f} "
            f"| {1000 * cost.dollars:.2f} |"
        )
    yield ""
    yield (
        f"Measured {render.measured}: {render.cpu_seconds} CPU seconds for a second of output, the quality gate and storing "
        f"included (the dearest of three clips of the demo, whose source is 640x360: a larger one takes more to decode), and "
        f"{render.start_seconds} s of imports. **Derived, not measured:** the seconds. Two processors are {render.speedup_of_two} times "
        "as fast as one on an idle machine, and more follow from that by Amdahl's law; a processor of Lambda is taken for one of "
        "the machine that measured."
    )
    yield ""
    yield (
        "Counted: compute, `/tmp`, the invocation, requests to the store. Left out: how long Lambda takes to start the image, "
        "the transfer of media, storage by the month, traffic out of AWS, tax. Nothing of this was held against a bill."
    )
    yield ""
    yield "Prices: " + ", ".join(f"<{source}>" for source in aws.sources) + "."


if __name__ == "__main__":
    PAGE.write_text(page(shipped_prices()))
