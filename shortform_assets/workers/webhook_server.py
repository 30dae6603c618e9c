"""The webhook: `POST /webhooks/<source>`, `GET /metrics`, `GET /health`. It answers within a second, whatever the store does."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from resources.rate_limit import RateLimit
from resources.store_errors import StoreError
from shortform_assets.ports.webhook_source import MessageRefused
from shortform_assets.workers.webhook_desk import WebhookDesk, log, plain

_RETRY_SECONDS = 30
"""After which a sender is asked to try again. Our choice."""
_TAKING_IN = 64
"""Requests that wait for the store at a time; more are sent away at once. Our choice."""


@dataclass(frozen=True)
class WebhookLimits:
    """What one server bears. Our choices; test_webhook.py runs into each."""

    body_bytes: int = 256 * 1024
    body_seconds: float = 5.0
    """For a whole body to arrive."""
    answer_seconds: float = 0.8
    """For the store; the message may be accepted after that, and its repetition is a duplicate then."""
    per_second: float = 50.0
    burst: int = 1000
    """Requests of one address: all outputs of a source may end at the same time."""


class WebhookServer:
    """The web application over a desk."""

    def __init__(self, desk: WebhookDesk, limits: WebhookLimits | None = None) -> None:
        self._desk, self._limits = desk, limits or WebhookLimits()
        self._rate = RateLimit(self._limits.per_second, self._limits.burst)
        self._taking_in = 0
        self.app = Starlette(
            routes=[
                Route("/webhooks/{source}", self._receive, methods=["POST"]),
                Route("/metrics", self._metrics),
                Route("/health", self._health),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._desk.start()
        try:
            yield
        finally:
            await asyncio.to_thread(self._desk.stop)

    async def _receive(self, request: Request) -> Response:
        source = request.path_params["source"]
        client = request.client.host if request.client else "unknown"
        known = source if source in self._desk.sources else "unknown"
        headers, said = {}, ""
        try:
            status, result = await self._accepted(source, client, request)
        except MessageRefused as refused:
            status, result, said = refused.status, refused.reason, str(refused)
            if status in (429, 503):
                headers["Retry-After"] = str(_RETRY_SECONDS)
        except StoreError as error:
            status, result, said = 503, "store_down", str(error)
            headers["Retry-After"] = str(_RETRY_SECONDS)
        self._desk.requests.labels(known, result).inc()
        if said:
            log.warning("%s %d %s from %s: %s", known, status, result, client, plain(said))
        return JSONResponse({"result": result}, status, headers)

    async def _accepted(self, source: str, client: str, request: Request) -> tuple[int, str]:
        if wait := self._rate.wait(client):
            raise MessageRefused(
                429, "too_often", f"more than {self._limits.per_second:g} a second, {math.ceil(wait)} s early"
            )
        if source not in self._desk.sources:
            raise MessageRefused(404, "unknown_source", f"{source[:80]!r} is no source that is served here")
        body = await self._body(request)
        message_id = self._desk.sources[source][1].verify(request.headers, body)
        if self._taking_in >= _TAKING_IN:
            raise MessageRefused(503, "slow_store", f"{self._taking_in} messages wait for the store")
        self._taking_in += 1
        loop = asyncio.get_running_loop()
        taken_in = loop.run_in_executor(self._desk.intake, self._desk.accept, source, message_id, body)
        taken_in.add_done_callback(self._taken_in)
        done, _ = await asyncio.wait([taken_in], timeout=self._limits.answer_seconds)
        if not done:
            raise MessageRefused(503, "slow_store", "the store has not answered in time")
        return (202, "accepted") if taken_in.result() else (200, "duplicate")

    def _taken_in(self, future: asyncio.Future[bool]) -> None:
        self._taking_in -= 1
        if not future.cancelled():
            # Looked at, whether or not anybody waits for it any more.
            future.exception()

    async def _body(self, request: Request) -> bytes:
        most = self._limits.body_bytes
        too_long = MessageRefused(413, "oversized", f"the body is longer than {most} bytes")
        length = request.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > most:
            raise too_long
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for part in request.stream():
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        raise too_long
        except TimeoutError:
            raise MessageRefused(408, "slow_body", "its body did not arrive in time") from None
        except ClientDisconnect:
            raise MessageRefused(400, "malformed", "it went away in the middle of its body") from None
        return b"".join(parts)

    async def _metrics(self, request: Request) -> Response:
        return Response(generate_latest(self._desk.registry), media_type=CONTENT_TYPE_LATEST)

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"waiting": self._desk.pending})
