"""A model whose every request is paid for from a purse, waits its turn, and is tried again where that helps."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from resources.llm.failures import classify
from resources.llm.prices import Tariff, tokens_of
from resources.llm.time_budget import Clock, Gate, OutOfTime
from resources.retrying import Patience, insist_async
from shortform_assets.ports.spending import Purse

BACK_OFF_SECONDS = 0.5
"""The first pause after a failure that may pass; providers' own clients begin with as much."""


@dataclass(frozen=True)
class CallTerms:
    """What a model may cost and how long it may take; shared by all calls to it."""

    purse: Purse
    tariff: Tariff
    gate: Gate
    clock: Clock
    retries: int
    """Tries after the first."""
    seconds: float
    """For one try."""
    answer_tokens: int


@dataclass
class Meter:
    """What one question has cost so far, and what came back."""

    what: str
    answers: list[Any] = field(default_factory=list)
    """What the model sent, as JSON; its errors as text."""
    faults: Counter[str] = field(default_factory=Counter)
    responses: int = 0
    tokens: int = 0
    usd: float = 0.0


class Metered(WrapperModel):
    """Of several requests for one question (an answer sent back is asked for again) each is metered."""

    def __init__(self, model: Model, meter: Meter, terms: CallTerms) -> None:
        super().__init__(model)
        self._meter, self._terms = meter, terms

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer. Failures that may pass are waited out as the server asks, at most `retries` times."""
        terms = self._terms

        async def attempt() -> ModelResponse:
            await terms.gate.passed()
            try:
                return await self._once(messages, model_settings, model_request_parameters)
            except Exception as error:
                self._meter.answers.append({"error": f"{type(error).__name__}: {error}"[:2000]})
                if classify(error).fault == "malformed":
                    self._meter.faults["malformed"] += 1
                raise

        def hold_others(error: BaseException, pause: float) -> None:
            # What one call is told holds for all calls to this server.
            if getattr(error, "retry_after", None) is not None:
                terms.gate.close(pause)

        patience = Patience(terms.retries + 1, BACK_OFF_SECONDS, longest_pause=math.inf)
        return await insist_async(attempt, _may_pass, patience, terms.clock.left, hold_others)

    async def _once(
        self, messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> ModelResponse:
        left = self._terms.clock.left()
        if left <= 0:
            raise OutOfTime
        asked = ModelMessagesTypeAdapter.dump_json(messages) + repr(parameters.output_object).encode()
        sent = tokens_of(asked, repr(parameters.output_tools).encode())
        price = self._terms.tariff.usd(sent, self._terms.answer_tokens)
        with self._terms.purse.reserve(self._meter.what, price, sent + self._terms.answer_tokens) as charge:
            try:
                async with asyncio.timeout(min(self._terms.seconds, left)):
                    response = await super().request(messages, settings, parameters)
            except Exception as error:
                # What may have been answered stays counted in full.
                if not classify(error).billed:
                    charge.settle(0.0, 0)
                raise
            usd, tokens = self._cost(response, sent)
            charge.settle(usd, tokens)
        self._meter.usd, self._meter.tokens = self._meter.usd + usd, self._meter.tokens + tokens
        self._meter.responses += 1
        self._meter.answers.append(ModelMessagesTypeAdapter.dump_python([response], mode="json")[0])
        return response

    def _cost(self, response: ModelResponse, estimate: int) -> tuple[float, int]:
        """Dollars and tokens by what the server reports, else by what went over the wire."""
        sent, received = max(0, response.usage.input_tokens), max(0, response.usage.output_tokens)
        if not sent + received:
            sent, received = estimate, tokens_of(ModelMessagesTypeAdapter.dump_json([response]))
        return self._terms.tariff.usd(sent, received), sent + received


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Exception) and classify(error).again
