"""The base of every record handed from stage to stage.

Contracts are frozen facts: media by hash, times as integers, rounded floats. They hold no key, path,
host, duration of work or cost, so that the hash of a contract is a version of the data it describes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Contract(BaseModel):
    """Frozen, strict about unknown keys, and hashable by content."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def canonical_json(self) -> bytes:
        """The one byte string that stands for this contract: sorted keys, no spaces, UTF-8."""
        return canonical_json(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 of `canonical_json`, in hex."""
        return hashlib.sha256(self.canonical_json()).hexdigest()


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no spaces; raises ValueError on NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def rounded(digits: int) -> AfterValidator:
    """A float that is stored with `digits` decimals, so that noise below them never changes a hash."""
    return AfterValidator(lambda x: round(x, digits) + 0.0)


def one_of(what: str, known: Collection[str]) -> AfterValidator:
    """A text that is one of `known`, which may grow; the error carries what there is (see `genres.py`)."""

    def check(name: str) -> str:
        if name not in known:
            raise unknown_name(name, what, known)
        return name

    return AfterValidator(check)


def unknown_name(name: str, what: str, known: Iterable[str]) -> PydanticCustomError:
    """The error of `one_of`, for a check of one's own."""
    facts = {"name": name, "what": what, "known": list(known)}
    return PydanticCustomError(UNKNOWN_NAME, "{name} is no {what}", facts)


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names`, unless one of them is there twice."""
    for name in names:
        if names.count(name) > 1:
            raise PydanticCustomError("twice", "{name} is named twice", {"name": name})
    return names


UNKNOWN_NAME = "unknown_name"
"""Type of that error."""
Words = Annotated[str, Field(max_length=200, pattern=r"^\S(.*\S)?$")]
"""A word or more, without space around them."""
Ratio = Annotated[float, Field(ge=0, le=1), rounded(4)]
"""A share from 0 to 1."""
Measure = Annotated[float, rounded(4)]
"""Any measured number."""
Pixels = Annotated[float, rounded(2)]
"""A length or position in pixels, sub-pixel accurate."""


class Blob(Contract):
    """Content-addressed bytes in the store, at `blobs/<sha256>`."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class FrameRate(Contract):
    """Constant frames a second, as an exact fraction. Frame n is shown from n*den/num seconds on."""

    num: int = Field(gt=0)
    den: int = Field(default=1, gt=0)

    @property
    def fps(self) -> float:
        return self.num / self.den

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.num, self.den)

    def ms(self, frame: int) -> int:
        """Start time of `frame` in milliseconds, rounded to nearest."""
        return round(Fraction(frame * 1000 * self.den, self.num))

    def frame(self, ms: int) -> int:
        """The frame being shown at `ms`."""
        return (ms * self.num) // (1000 * self.den)

    def nearest(self, ms: int) -> int:
        """The frame whose start is nearest to `ms`."""
        return round(Fraction(ms * self.num, 1000 * self.den))

    def samples(self, frames: int, sample_rate: int) -> int:
        """Audio samples that last exactly as long as `frames`, rounded to nearest."""
        return round(Fraction(frames * sample_rate * self.den, self.num))


class Dropped(Contract):
    """A clip that a stage gave up on, and why, in one sentence for the user."""

    clip_id: str
    stage: str
    reason: str
