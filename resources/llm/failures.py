"""What can go wrong with a call, in a few words, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from resources.llm.first_token import NoChoice, NoLogprobs
from resources.llm.prices import NoPrice
from shortform_assets.ports.spending import OverBudget


@dataclass(frozen=True)
class Failure:
    """`again`: worth another attempt. `final`: no later call can fare better. `billed`: it may have cost."""

    reason: str
    again: bool = False
    final: bool = False
    billed: bool = False
    fault: str = ""
    """Which of REJECTIONS it is, where the model is to blame and not its server."""


NO_LOGPROBS = (
    "it gives no log probabilities, which pairs are judged by: set selection.panel.judge_by to numbers"
)


def classify(error: Exception, pairs: bool = False) -> Failure:
    """Sort what PydanticAI, the budget or the network raised; `pairs`: log probabilities were asked for."""
    from pydantic_ai import exceptions as ai

    if isinstance(error, OverBudget):
        return Failure("over budget", final=True)
    if isinstance(error, NoPrice):
        return Failure("its price is not known: name it under selection.panel.prices", final=True)
    if isinstance(error, NoLogprobs):
        return Failure(NO_LOGPROBS, final=True, billed=True)
    if isinstance(error, NoChoice):
        return Failure("it answers with neither letter", billed=True, fault="malformed")
    if isinstance(error, ai.ContentFilterError):
        return Failure("refused", billed=True, fault="refused")
    if isinstance(error, ai.OutputTokenLimitExceeded):
        return Failure("the answer was cut off", billed=True, fault="malformed")
    if isinstance(error, ai.UnexpectedModelBehavior):
        return Failure("no valid answer", again=True, billed=True, fault="malformed")
    if isinstance(error, (ai.ModelRequestTimeout, ai.ModelTimeoutError, TimeoutError)):
        return Failure("timed out", again=True, billed=True)
    if isinstance(error, ai.ModelQuotaExceededError):
        return Failure("the account is out of credit", final=True)
    if isinstance(error, ai.ModelAuthenticationError):
        return Failure("the key is not accepted", final=True)
    if isinstance(error, ai.ModelNotFoundError):
        return Failure("there is no such model", final=True)
    if isinstance(error, ai.ModelRateLimitError):
        return Failure("rate limited", again=True)
    if isinstance(error, ai.ModelConnectionError):
        # Where the connection broke off while the answer came, the answer has been paid for.
        return Failure("cannot be reached", again=True, billed=error.phase not in ("pool", "connect"))
    if isinstance(error, ai.ModelHTTPError) and error.status_code in (408, 409, 425, 429):
        return Failure("rate limited" if error.status_code == 429 else "its server failed", again=True)
    if isinstance(error, (ai.ModelServerError, ai.ModelUnavailableError)) or (
        isinstance(error, ai.ModelHTTPError) and error.status_code >= 500
    ):
        return Failure("its server failed", again=True)
    if isinstance(error, ai.ModelAPIError):
        # The same was asked of others, with other words: it is the log probabilities that a server refuses.
        return Failure(
            f"the question was rejected: {NO_LOGPROBS}" if pairs else "the question was rejected", final=pairs
        )
    return Failure(f"unexpected {type(error).__name__}")
