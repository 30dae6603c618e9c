"""Renders of one source on many places: on paper, and with `--real` in MiniStack's Lambda with what goes wrong there.

On paper: 40 clips in 3 aspect ratios at 10, 100 and 1,000 at once, by the render times that docs/cost.md is made of, with
cold starts, throttles and deaths, 200 seeds each; and a day of 10,000 such sources. `--real` sends 120 small renders
(one to four minutes). `--json FILE` writes all; `--check` exits 1 and names every number that misses its goal.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fanout_simulation import FanoutRun, FanoutTerms, day, fan_out
from goals import Goals, conclude, misses, show
from rich.console import Console

from resources.shipped_prices import shipped_prices
from shortform_assets.delivery.render_cost import render_cost

CLIPS, ASPECTS, SEEDS = 40, 3, 200
OUTPUTS = CLIPS * ASPECTS
MEMORY_MB = 3538
"""Of the template in deploy/lambda."""
LENGTHS = (15, 75, 45)
"""Shortest, longest and most frequent clip of the podcast genre, seconds."""
SENSOR_SECONDS, GATHER_SECONDS = 30.0, 5.0
"""Ticks of the polling sensor, and a run that gathers what has ended; the second is assumed."""
SOURCES_A_DAY = 10_000
WITHIN = 180
GOALS: Goals = {"within 180 s at 100 at once": (">=", 0.95), "jobs without one end": ("<=", 0)}
"""The first is a share of the seeds; the slowest stands beside it."""


def render_seconds(seed: int) -> Sequence[float]:
    """Render time of each output of one source."""
    chance, prices = random.Random(seed), shipped_prices()
    lengths = [chance.triangular(*LENGTHS) for _ in range(CLIPS)]
    return [render_cost(prices, MEMORY_MB, length).seconds for length in lengths for _ in range(ASPECTS)]


def delivered_at(run: FanoutRun, seed: int) -> float:
    """Without a webhook: the sensor's next tick finds it, a run gathers it."""
    phase = random.Random(f"sensor {seed}").uniform(0, SENSOR_SECONDS)
    ticks = math.ceil((run.last - phase) / SENSOR_SECONDS)
    return phase + ticks * SENSOR_SECONDS + GATHER_SECONDS


def source_on_paper(at_once: int) -> dict[str, float]:
    runs = [fan_out(render_seconds(seed), FanoutTerms(at_once), seed) for seed in range(SEEDS)]
    delivered = [delivered_at(run, seed) for seed, run in enumerate(runs)]
    return {
        "delivered, s": statistics.median(delivered),
        f"within {WITHIN} s": statistics.mean(second <= WITHIN for second in delivered),
        "slowest, s": max(delivered),
        "rendered, s": statistics.median(run.last for run in runs),
        "invocations": statistics.mean(run.sent for run in runs),
        "cold": statistics.mean(run.cold for run in runs),
        "throttled": statistics.mean(run.throttled for run in runs),
        "failed": statistics.mean(sum(end == "failed" for end in run.ends.values()) for run in runs),
        "looks": statistics.mean(run.looks for run in runs),
        "without one end": sum(OUTPUTS - len(run.ends) for run in runs),
    }


def day_on_paper(at_once: int, source: Mapping[str, float]) -> dict[str, float]:
    """`source` is what one takes, whose dispatcher's looks are counted from."""
    prices = shipped_prices()
    per_day = SOURCES_A_DAY * OUTPUTS
    lengths = random.Random(0)
    costs = [render_cost(prices, MEMORY_MB, lengths.triangular(*LENGTHS)) for _ in range(1000)]
    seconds = statistics.mean(cost.seconds for cost in costs)
    tries = source["invocations"] / OUTPUTS
    beats = seconds / prices.render.beat_seconds
    # The dispatcher: a listing, two reads and a note for each output; a listing and up to eight reads for each look.
    writes = per_day * (tries * (prices.render.writes + beats) + 2) + SOURCES_A_DAY * source["looks"]
    reads = per_day * (tries * (prices.render.reads + beats) + 2) + SOURCES_A_DAY * source["looks"] * 8
    asked = SOURCES_A_DAY * (source["looks"] + 2 * OUTPUTS)
    dispatcher = asked * prices.aws.s3_write
    dispatcher += SOURCES_A_DAY * (8 * source["looks"] + 2 * OUTPUTS) * prices.aws.s3_read
    found = day(SOURCES_A_DAY, OUTPUTS, seconds * tries, at_once, seed=1)
    return {
        "outputs": per_day,
        "writes/s": writes / 86_400,
        "reads/s": reads / 86_400,
        "dollars": per_day * tries * statistics.mean(cost.dollars for cost in costs) + dispatcher,
        "most waiting": found.most_waiting,
        "longest wait, s": found.longest_wait,
        "left at midnight": found.left,
    }


def on_paper() -> dict[str, Any]:
    sources = {f"{at_once} at once": source_on_paper(at_once) for at_once in (10, 100, 1000)}
    days = {f"{n} at once": day_on_paper(n, sources["100 at once"]) for n in (100, 500, 1000)}
    return {
        "source": sources,
        "day": days,
        "numbers": {
            f"within {WITHIN} s at 100 at once": sources["100 at once"][f"within {WITHIN} s"],
            "jobs without one end": sum(row["without one end"] for row in sources.values()),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    console = Console(width=160)
    found = on_paper()
    title = f"{CLIPS} clips in {ASPECTS} aspect ratios, {MEMORY_MB:,} MB, {SEEDS} seeds: medians of times, means of numbers"
    show(console, title, found["source"])
    show(console, f"{SOURCES_A_DAY:,} such sources a day", found["day"])
    missed = misses(GOALS, found["numbers"])
    if options.real:
        from fanout_trial import TRIAL_GOALS, real_renders

        found["real"] = real_renders()
        for name, value in found["real"].items():
            console.print(f"  {name:36} {value:.4g}")
        missed += misses(TRIAL_GOALS, found["real"], " in MiniStack")
    conclude(found, missed, options.json, options.check)


if __name__ == "__main__":
    main()
