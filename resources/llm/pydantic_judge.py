"""One language model as a judge: its questions asked side by side, each answer typed, checked and kept."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from resources.llm.call_cache import Calls
from resources.llm.connection import address, connect
from resources.llm.first_token import ANSWER_TOKENS, TOP, leaning_of
from resources.llm.prices import NoPrice, Tariff, tokens_of
from resources.llm.time_budget import Clock, Gate, OutOfTime
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.errors import ShortformError
from shortform_assets.ports.judge import Leaning, MostCost, Question, Reply
from shortform_assets.ports.spending import Purse

if TYPE_CHECKING:
    from pydantic_ai.models import Model
    from pydantic_ai.models.openai import OpenAIChatModelSettings

    from resources.llm.metered import Meter, Metered

STRIKES = 3
"""So many questions in a row whose calls all failed, and the model is not asked again."""


class ModelJudge:
    """See `shortform_assets.ports.judge.Judge`. `panel` is the slice; `clock` is shared by all."""

    def __init__(self, model: str, panel: PanelSlice, purse: Purse, calls: Calls, clock: Clock) -> None:
        self.name, self.panel, self.purse, self.calls, self.clock = model, panel, purse, calls, clock
        self.stopped = ""
        """Why no further question is sent, once there is a reason."""
        self.strikes = 0

    def most_cost(self, questions: Sequence[Question]) -> MostCost:
        """By the same estimates that each request is set aside with."""
        new = [q for q in questions if self.calls.find(q) is None]
        sent = sum(
            tokens_of(f"{q.instructions}{q.data}".encode(), repr(q.answer.model_json_schema()).encode())
            for q in new
        )
        received = sum(self.answer_tokens(q) for q in new)
        try:
            found = address(self.name)
            usd: float | None = Tariff(self.name, found[0] if found else None, self.panel.prices).usd(
                sent, received
            )
        except (NoPrice, ShortformError):
            usd = None
        return MostCost(usd, sent + received)

    def answer_tokens(self, question: Question) -> int:
        """The longest answer: of a question with choices a letter."""
        return ANSWER_TOKENS if question.choices else self.panel.answer_tokens

    @contextmanager
    def ask(self, questions: Sequence[Question]) -> Iterator[Iterator[tuple[int, Reply]]]:
        """The replies in the order they come; leaving the context calls off the rest."""
        replies: SimpleQueue[tuple[int, Reply]] = SimpleQueue()
        asking = _Asking(self, questions, lambda number, reply: replies.put((number, reply)))
        thread = threading.Thread(target=asking.run, name=f"panel {self.name}", daemon=True)
        thread.start()
        try:
            yield (replies.get() for _ in questions)
        finally:
            asking.stop()
            thread.join()


class _Asking:
    """All questions to one model, in an event loop of their own thread."""

    def __init__(
        self, judge: ModelJudge, questions: Sequence[Question], tell: Callable[[int, Reply], None]
    ) -> None:
        self._judge, self._questions, self._tell = judge, questions, tell
        self._open = dict(enumerate(questions))
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None

    def run(self) -> None:
        """Tells one reply for each question, whatever happens."""
        why = "called off"
        try:
            asyncio.run(self._all())
        except asyncio.CancelledError:
            pass
        except ShortformError as error:
            why = str(error)
        except BaseException as error:
            why = f"unexpected {type(error).__name__}"
            raise
        finally:
            for number in sorted(self._open):
                self._tell(number, Reply(failure=why))

    def stop(self) -> None:
        """Call off what is under way; for any thread, at any time."""
        self._stopping = True
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _all(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        for number, question in enumerate(self._questions):
            found = self._judge.calls.find(question)
            if found is not None:
                self._done(number, found)
        # With every answer at hand nothing is imported, and no key or server is needed.
        if not self._open or self._stopping:
            return
        async with connect(self._judge.name, self._judge.panel.call_seconds) as model:
            gate, todo = Gate(), iter(sorted(self._open))
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._judge.panel.concurrency, len(self._open))):
                    group.create_task(self._work(model, gate, todo))

    async def _work(self, model: Model, gate: Gate, todo: Iterator[int]) -> None:
        for number in todo:
            if self._stopping:
                return
            question = self._questions[number]
            if self._judge.stopped:
                self._done(number, Reply(failure=self._judge.stopped))
            else:
                self._done(number, await _Conversation(self._judge, model, gate, question, number).hold())

    def _done(self, number: int, reply: Reply) -> None:
        del self._open[number]
        self._tell(number, reply)


class _Conversation:
    """One question and the answers to it until one can be used."""

    def __init__(self, judge: ModelJudge, model: Model, gate: Gate, question: Question, number: int) -> None:
        from resources.llm.metered import Meter

        self._judge, self._model, self._gate, self._question = judge, model, gate, question
        self._meter: Meter = Meter(f"{judge.name}, panel {question.kind} {number + 1}")
        self._sent_back: Counter[str] = Counter()
        self._objections = 0

    async def hold(self) -> Reply:
        """The reply, written down."""
        from resources.llm.failures import classify

        try:
            answer, failure = await self._ask(), None
            self._judge.strikes = 0
        except OutOfTime:
            self._judge.stopped = "the panel's time was over"
            return Reply(failure=self._judge.stopped)
        except Exception as error:
            answer, failure = None, classify(error, pairs=bool(self._question.choices))
            outage = failure.again and not failure.fault
            # A model that cannot name a letter is not asked hundreds of times.
            self._strike(failure.reason, failure.final, outage or bool(self._question.choices))
        faults = self._sent_back + self._meter.faults
        if failure is not None and failure.fault == "refused":
            faults["refused"] += 1
        used = answer is not None or faults["refused"] > 0
        faults["malformed"] += max(0, self._meter.responses - self._objections - used)
        reply = Reply(
            answer=answer,
            failure=failure.reason if failure else "",
            faults=dict(+faults),
            attempts=self._meter.responses,
            tokens=self._meter.tokens,
            usd=self._meter.usd,
        )
        return self._judge.calls.keep(self._question, reply, self._meter.answers)

    async def _ask(self) -> Any:
        from pydantic_ai import Agent, ModelRetry, NativeOutput, RunContext

        from resources.llm.metered import CallTerms, Metered

        panel, kind, choices = self._judge.panel, self._question.answer, self._question.choices
        native = self._model.profile.get("supports_json_schema_output", False)
        longest = self._judge.answer_tokens(self._question)
        terms = CallTerms(
            purse=self._judge.purse,
            tariff=Tariff(self._judge.name, self._model.base_url, panel.prices),
            gate=self._gate,
            clock=self._judge.clock,
            retries=panel.retries,
            seconds=panel.call_seconds,
            answer_tokens=longest,
        )
        metered = Metered(self._model, self._meter, terms)
        settings: OpenAIChatModelSettings = {
            "temperature": panel.temperature,
            "seed": panel.seed,
            "max_tokens": longest,
            "max_retries": 0,
        }
        if choices:
            return await self._lean(metered, settings)
        agent = Agent(
            metered,
            output_type=NativeOutput(kind) if native else kind,
            instructions=self._question.instructions,
            retries={"output": panel.retries},
            model_settings=settings,
        )

        @agent.output_validator
        def check(context: RunContext[object], answer: BaseModel) -> BaseModel:
            review = self._question.review(answer)
            if review.message and not context.last_attempt:
                self._sent_back.update(review.faults)
                self._objections += 1
                raise ModelRetry(review.message)
            return answer

        result = await agent.run(f"```json\n{self._question.data}\n```")
        return result.output

    async def _lean(self, metered: Metered, settings: OpenAIChatModelSettings) -> Leaning:
        """How likely the choices are as the first token of one answer; what is written is not read."""
        from pydantic_ai.messages import ModelRequest, UserPromptPart
        from pydantic_ai.models import ModelRequestParameters

        told = ModelRequest(
            parts=[UserPromptPart(f"```json\n{self._question.data}\n```")],
            instructions=self._question.instructions,
        )
        shown: OpenAIChatModelSettings = {**settings, "openai_logprobs": True, "openai_top_logprobs": TOP}
        response = await metered.request([told], shown, ModelRequestParameters())
        return leaning_of(response, self._question.choices)

    def _strike(self, reason: str, final: bool, counts: bool) -> None:
        self._judge.strikes += counts
        if final or self._judge.strikes >= STRIKES:
            self._judge.stopped = self._judge.stopped or reason
