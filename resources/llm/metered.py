"""A model whose every request is paid for from a purse, waits its turn, and is tried again where that helps."""

from __future__ import annotations

import asyncio
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
from shortform_assets.ports.spending import Purse

BACK_OFF_SECONDS = 0.5


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

    def __init__(
        self,
        model: Model,
        meter: Meter,
        *,
        purse: Purse,
        tariff: Tariff,
        gate: Gate,
        clock: Clock,
        retries: int,
        seconds: float,
        answer_tokens: int,
    ) -> None:
        super().__init__(model)
        self._meter, self._purse, self._tariff, self._gate, self._clock = meter, purse, tariff, gate, clock
        self._retries, self._seconds, self._answer_tokens = retries, seconds, answer_tokens

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer. Failures that may pass are waited out as the server asks, at most `retries` times."""
        failed = 0
        while True:
            await self._gate.passed()
            try:
                return await self._once(messages, model_settings, model_request_parameters)
            except Exception as error:
                failure = classify(error)
                self._meter.answers.append({"error": f"{type(error).__name__}: {error}"[:2000]})
                if failure.fault == "malformed":
                    self._meter.faults["malformed"] += 1
                asked = getattr(error, "retry_after", None)
                wait = BACK_OFF_SECONDS * 2**failed if asked is None else max(0.0, float(asked))
                if not failure.again or failed == self._retries or wait >= self._clock.left():
                    raise
                failed += 1
                if asked is not None:
                    self._gate.close(wait)
                else:
                    await asyncio.sleep(wait)

    async def _once(
        self, messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> ModelResponse:
        left = self._clock.left()
        if left <= 0:
            raise OutOfTime
        asked = ModelMessagesTypeAdapter.dump_json(messages) + repr(parameters.output_object).encode()
        sent = tokens_of(asked, repr(parameters.output_tools).encode())
        price = self._tariff.usd(sent, self._answer_tokens)
        with self._purse.reserve(self._meter.what, price, sent + self._answer_tokens) as charge:
            try:
                async with asyncio.timeout(min(self._seconds, left)):
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
        return self._tariff.usd(sent, received), sent + received
