"""`shortform estimate`: time and money before a run."""

from __future__ import annotations

import math

from resources.rates import Rates
from resources.shipped_prices import shipped_prices
from resources.sources import describe, local_path
from shortform_assets.cli.project import Project
from shortform_assets.cli.terminal import Listing, Terminal
from shortform_assets.contracts.slices import GenreConfig
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.stages import WORKFLOW
from shortform_assets.delivery import render_costs
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.media import container_seconds
from shortform_assets.selection import target_count

_AT_ONCE = 100
"""Renders on Lambda at a time, as deploy/lambda/template.yaml reserves."""


def estimate(terminal: Terminal, file: str, genre_name: str, count: int | None) -> None:
    """Print it. Raises InputError where the file or the genre is not there, or the file does not tell its length."""
    genre, length = load_genre(genre_name), _seconds(file)
    clips = target_count(genre.selection, Brief(count=count), round(length * 1000))
    outputs = clips * len(genre.delivery.aspects)
    terminal.say(
        f"{file}: {_clock(length)}, about {clips} clips of {genre.selection.target_seconds:.0f} s in "
        f"{', '.join(genre.delivery.aspects)}: {outputs} outputs"
    )
    terminal.show(_times(length))
    terminal.show(_renders(genre, outputs))
    terminal.say(_panel(genre))


def _times(length: float) -> Listing:
    rates = Rates(Project().store)
    listing = Listing("on this machine", "time", "from")
    for what, stages in (("all stages", WORKFLOW), ("renders here", ("rendered_outputs",))):
        known = rates.known(stages)
        origin = "earlier runs" if known == 1 else f"first guesses for {1 - known:.0%} of the stages"
        listing.row(what, _clock(rates.expect(stages, length)), origin)
    return listing


def _renders(genre: GenreConfig, outputs: int) -> Listing:
    prices = shipped_prices()
    listing = Listing("renders on Lambda", "processors", "s an output", "all, 100 at once", "$ in all")
    for cost in render_costs(prices, genre.selection.target_seconds):
        rounds = math.ceil(outputs / _AT_ONCE)
        listing.row(
            f"{cost.memory_mb} MB",
            f"{cost.processors:.1f}",
            f"{cost.seconds:.0f}",
            _clock(rounds * cost.seconds),
            f"{outputs * cost.dollars:.3f}",
        )
    return listing


def _panel(genre: GenreConfig) -> str:
    prices = shipped_prices()
    panel = genre.selection.panel
    models = f"models of the panel: at most ${panel.max_usd:.2f}; " if panel.models else ""
    return (
        f"{models}prices of {prices.aws.as_of}, {prices.aws.region}; renders measured {prices.render.measured}; "
        "docs/cost.md says what is left out"
    )


def _seconds(file: str) -> float:
    path = local_path(file)
    if path is None:
        raise InputError("its length is known only when it is here", file, "give a local file")
    describe(file)
    found = container_seconds(path)
    if not found:
        raise InputError("it does not tell its length", file, "run it: the probe measures it")
    return found


def _clock(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
