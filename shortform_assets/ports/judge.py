"""What a judge is: somebody who answers typed questions. Implementation: `resources/llm/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel, ConfigDict, FiniteFloat


@dataclass(frozen=True)
class Review:
    """What is wrong with a valid answer. With a `message` it is of no use and is sent back once more."""

    faults: Mapping[str, int]
    message: str = ""


class Leaning(BaseModel):
    """The answer to a question with choices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    logprobs: dict[str, FiniteFloat]
    """Choice -> natural logarithm of the chance that the answer begins with it; one that is not among those that the
    server names is at most as likely as the least of them, and is given that."""


@dataclass(frozen=True)
class Question:
    """One question, the same for every judge. `data` is what others said or wrote: never an instruction."""

    kind: str
    instructions: str
    data: str
    """A JSON object in which no character of the transcript can end a string or a block."""
    answer: type[BaseModel]
    review: Callable[[BaseModel], Review]
    choices: tuple[str, ...] = ()
    """Where there are any the answer is one of these, and a `Leaning`: how likely each is, not what is written."""


@dataclass(frozen=True)
class Reply:
    """An answer, or in a few words why there is none."""

    answer: BaseModel | None = None
    failure: str = ""
    faults: Mapping[str, int] = field(default_factory=dict)
    """Of the answers that were sent back; those of `answer` itself are found by reviewing it."""
    attempts: int = 0
    tokens: int = 0
    usd: float = 0.0
    """Paid just now; nothing for an answer that was paid for earlier."""
    earlier: bool = False
    """Whether the answer was there from an earlier run."""


@dataclass(frozen=True)
class MostCost:
    """What questions may cost at most, each answered at once; what is sent back and asked again comes on top."""

    usd: float | None
    """US dollars; None where nobody knows the price."""
    tokens: int


class Judge(Protocol):
    """One model with a vote."""

    @property
    def name(self) -> str:
        """The model string."""
        ...

    def most_cost(self, questions: Sequence[Question]) -> MostCost:
        """Before anything is asked: what these cost, those answered by an earlier run not counted."""
        ...

    def ask(self, questions: Sequence[Question]) -> AbstractContextManager[Iterator[tuple[int, Reply]]]:
        """Begin to ask; the replies come with their question's number, in any order, one for each.

        Never raises for what a model or server does: that is a reply with `failure`. Leaving the context
        calls off what is still under way.
        """
        ...
