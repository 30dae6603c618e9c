"""How likely each of a few answers is, from the log probabilities that a server gives of an answer's first token."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shortform_assets.ports.judge import Leaning

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

ANSWER_TOKENS = 16
"""The least that OpenAI's Responses API takes; a letter needs one or two."""
TOP = 20
"""The most alternatives that OpenAI's API names; others name as many."""


class NoLogprobs(Exception):
    """The server gives none, so there is nothing to read."""


class NoChoice(Exception):
    """None of the choices is among what the answer is likely to begin with."""


def leaning_of(response: ModelResponse, choices: Sequence[str]) -> Leaning:
    """The log probabilities of `choices`, letters, whatever case and spaces they are written in.

    NoLogprobs or NoChoice where there is nothing to tell them by.
    """
    shown = (token for token in _tokens(response) if token.get("top_logprobs"))
    named = next((token for token in shown if str(token["token"]).strip()), None)
    if named is None:
        raise NoLogprobs
    told = [named, *named["top_logprobs"]]
    seen: dict[str, dict[str, float]] = {choice: {} for choice in choices}
    least = 0.0
    for token in told:
        value = float(token["logprob"])
        if not math.isfinite(value):
            # llama.cpp and others write what cannot be said as minus infinity.
            continue
        least = min(least, value)
        letter = str(token["token"]).strip(" \t\n\"'*().:▁Ġ").upper()
        if letter in seen:
            # The token that was written stands among the alternatives once more.
            seen[letter][str(token["token"])] = value
    if not any(seen.values()):
        raise NoChoice
    return Leaning(
        logprobs={
            choice: math.log(sum(math.exp(v) for v in values.values())) if values else least
            for choice, values in seen.items()
        }
    )


def _tokens(response: ModelResponse) -> Iterator[Mapping[str, Any]]:
    """Of chat completions they belong to the response, of OpenAI's Responses API to its text."""
    for details in (
        response.provider_details,
        *(getattr(p, "provider_details", None) for p in response.parts),
    ):
        yield from (details or {}).get("logprobs") or ()
