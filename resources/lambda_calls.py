"""How AWS Lambda is asked: invocations that queue, its limits, and what it says of invocations that failed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from pydantic import ValidationError

from resources.render_order import RenderOrder
from resources.retrying import GaveUp, Patience, Setback
from shortform_assets.errors import InputError, ShortformError

_PASSING = {"TooManyRequestsException", "EC2ThrottledException", "ServiceException", "ResourceConflictException",
    "ResourceNotReadyException", "ThrottlingException", "RequestLimitExceeded"}  # fmt: skip
"""What Lambda says when the same call may succeed later; each service error 5xx counts too."""


class Throttled(ShortformError):
    """Lambda took no more invocations for so long that waiting was given up."""


@dataclass(frozen=True)
class LostInvocation:
    """An invocation that ended without a result, as Lambda's failure destination tells it."""

    order: RenderOrder
    reason: str


class LambdaCalls:
    """One function, asked by one thread at a time."""

    def __init__(self, function: str, failures: str = "", client: Any = None, queue: Any = None) -> None:
        """`function` is a name, name:alias or ARN, `failures` the address of the queue that is its failure destination.
        The clients are boto3's, by default those of the environment."""
        self.function = function
        self._failures = failures
        self._given, self._given_queue = client, queue

    @cached_property
    def _client(self) -> Any:
        return self._given or _client("lambda")

    @cached_property
    def _queue(self) -> Any:
        return self._given_queue or _client("sqs")

    def invoke(
        self, order: RenderOrder, patience: Patience, on_throttle: Callable[[], None] = lambda: None
    ) -> None:
        """Hand one order to Lambda's queue. What may pass is tried again, after `on_throttle()`.

        Raises Throttled where that took too long, and InputError where the call itself is wrong.
        """

        def attempt() -> None:
            try:
                self._client.invoke(
                    FunctionName=self.function,
                    InvocationType="Event",
                    Payload=order.model_dump_json(exclude_none=True).encode(),
                )
            except Exception as error:
                setback = _setback(error)
                if setback is None:
                    self._refused(error)
                on_throttle()
                raise setback from error

        try:
            patience.start().insist(attempt)
        except GaveUp as error:
            raise Throttled(f"{self.function} on Lambda takes no more jobs: {error}") from error

    def most_at_once(self) -> int:
        """Invocations that may run at a time: what is reserved for the function, else what the account has left.

        Raises InputError where Lambda does not say.
        """
        try:
            reserved = self._client.get_function_concurrency(FunctionName=_unqualified(self.function))
            if (own := reserved.get("ReservedConcurrentExecutions")) is not None:
                return int(own)
            limit = self._client.get_account_settings()["AccountLimit"]
            return int(limit["UnreservedConcurrentExecutions"])
        except Exception as error:
            self._refused(error, "give it the right to, or set SHORTFORM_RENDER_LAMBDA_AT_ONCE")

    def lost(self, wanted: Callable[[RenderOrder], bool]) -> Iterator[LostInvocation]:
        """Invocations that failed, of which `wanted(order)` says that they are one's own; they leave the queue.

        Others stay for those who sent them. Nothing where no queue is set, or it does not answer.
        """
        if not self._failures:
            return
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._queue.receive_message(
                QueueUrl=self._failures, MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            for message in answer.get("Messages", ()):
                found = _lost_invocation(message["Body"])
                if found and wanted(found.order):
                    self._queue.delete_message(
                        QueueUrl=self._failures, ReceiptHandle=message["ReceiptHandle"]
                    )
                    yield found
        except ClientError as error:
            if _setback(error) is None:
                self._refused(
                    error, "check SHORTFORM_RENDER_LAMBDA_FAILURES and the right to sqs:ReceiveMessage"
                )
        except BotoCoreError:
            # Pulses and deadlines tell the same, only later.
            return

    def _refused(
        self, error: Exception, fix: str = "check the name, the region and lambda:InvokeFunction"
    ) -> NoReturn:
        raise InputError(
            f"Lambda refused: {' '.join(str(error).split())[:300]}", self.function, fix
        ) from error


def _unqualified(function: str) -> str:
    """The function without version or alias; name, ARN or part of one."""
    parts = function.split(":")
    return ":".join(parts[: {"arn": 7}.get(parts[0], 3 if "function" in parts else 1)])


def _lost_invocation(body: str) -> LostInvocation | None:
    """None where it is no failed render."""
    try:
        told = json.loads(body)
        told = told.get("detail", told)  # An event bus wraps it.
        order = RenderOrder.model_validate(told["requestPayload"])
        condition = told["requestContext"]["condition"]
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None
    answer = told.get("responsePayload")
    said = answer.get("errorMessage", "") if isinstance(answer, dict) else ""
    return LostInvocation(order, said or f"Lambda ended it ({condition})")


def _setback(error: Exception) -> Setback | None:
    """What may pass; None where the same call would fail again."""
    from botocore.exceptions import ClientError, HTTPClientError

    if isinstance(error, HTTPClientError):
        return Setback(f"it cannot be reached ({' '.join(str(error).split())[:200]})")
    if not isinstance(error, ClientError):
        return None
    told, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    if told.get("Code") not in _PASSING and status < 500 and status != 429:
        return None
    after = error.response.get("retryAfterSeconds") or meta.get("HTTPHeaders", {}).get("retry-after")
    what = f"{told.get('Code', status)}: {told.get('Message', '')}".rstrip(": ")
    return Setback(
        what, "raise its concurrency, or wait", float(after) if str(after or "").isdecimal() else None
    )


def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    # What botocore tried again by itself would be counted nowhere. A call is answered as soon as it is queued.
    config = Config(connect_timeout=10, read_timeout=60, retries={"max_attempts": 0}, tcp_keepalive=True)
    try:
        # boto3 itself knows only the second.
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return boto3.client(service, config=config, region_name=region)
    except BotoCoreError as error:
        raise InputError(
            str(error), f"render executor lambda ({service})", "set AWS_REGION, AWS_PROFILE"
        ) from error
