"""What renders take on Lambda, in seconds and dollars, by memory setting."""

from __future__ import annotations

from dataclasses import dataclass

from shortform_assets.contracts.price_list import PriceList

_MEMORY_MB = (1769, 3538, 5307, 7077, 10_240)
"""Settings that are compared: one to four processors, and the most there is."""
_FREE_DISK_GB = 0.5


@dataclass(frozen=True)
class RenderCost:
    """One output at one memory setting."""

    memory_mb: int
    processors: float
    seconds: float
    dollars: float


def render_costs(prices: PriceList, output_seconds: float) -> tuple[RenderCost, ...]:
    """`render_cost` at the settings that are worth comparing, the smallest first."""
    return tuple(render_cost(prices, memory, output_seconds) for memory in _MEMORY_MB)


def render_cost(prices: PriceList, memory_mb: int, output_seconds: float) -> RenderCost:
    """An output of so many seconds in a fresh process.

    What cannot be shared between processors is derived from how much faster two are than one (Amdahl 1967); a part of
    one processor is slower in proportion. Left out: Lambda's own start of an image, and the transfer of media.
    """
    aws, sizes, render = prices.aws, prices.lambda_, prices.render
    processors = memory_mb / sizes.megabytes_a_processor
    alone = render.start_seconds + render.cpu_seconds * output_seconds
    seconds = alone / min(processors, 1.0) / _speedup(max(1.0, processors), render.speedup_of_two)
    beats = seconds / render.beat_seconds
    dollars = (
        seconds * memory_mb / 1024 * aws.lambda_gb_second
        + seconds * max(0.0, sizes.disk_gb - _FREE_DISK_GB) * aws.lambda_disk_gb_second
        + aws.lambda_request
        + (render.writes + beats) * aws.s3_write
        + (render.reads + beats) * aws.s3_read
    )
    return RenderCost(memory_mb, processors, seconds, dollars)


def _speedup(processors: float, of_two: float) -> float:
    shared = 2 * (1 - 1 / of_two)
    return 1 / (1 - shared + shared / processors)
