"""Prices and measured costs: what an estimate is made of. `resources/prices.yaml` holds those that ship."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shortform_assets.contracts.base import Contract


class AwsPrices(Contract):
    """US dollars, without tax and discounts."""

    region: str
    as_of: date
    sources: tuple[str, ...]
    lambda_gb_second: float = Field(gt=0)
    lambda_request: float = Field(ge=0)
    lambda_disk_gb_second: float = Field(ge=0)
    """Of `/tmp`, beyond the first half gigabyte."""
    s3_write: float = Field(ge=0)
    s3_read: float = Field(ge=0)


class LambdaSizes(Contract):
    """What a memory setting gives."""

    megabytes_a_processor: int = Field(gt=0)
    disk_gb: float = Field(ge=0.5)


class MeasuredRender(Contract):
    """What one output takes, its gate and storing included."""

    measured: date
    cpu_seconds: float = Field(gt=0)
    """For a second of output."""
    start_seconds: float = Field(ge=0)
    """For a fresh process."""
    speedup_of_two: float = Field(ge=1, le=2)
    """How much faster two processors are than one."""
    writes: int = Field(ge=0)
    reads: int = Field(ge=0)
    """Requests to the store of one output, without its pulse."""
    beat_seconds: float = Field(gt=0)


class PriceList(Contract):
    """Prices and measurements, each with its date."""

    aws: AwsPrices
    lambda_: LambdaSizes = Field(alias="lambda")
    render: MeasuredRender
