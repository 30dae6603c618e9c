"""Serves a review page on this machine only, to whoever has its address.

The address holds a random token, so that another user of the machine, or a page of another site that guesses the port, gets
nothing. A request must name this server as its host (a rebound DNS name does not), and one that has an origin must have
this server's. Only files of the delivery and of the page are served, by their names.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shortform_assets.errors import InputError, ShortformError
from shortform_assets.ports.review_desk import ReviewDesk

MOST_BYTES = 64 * 1024
"""Of a request: an edit is a few words. Our choice."""
_LOOK_SECONDS = 0.3
"""Between two looks at a run's progress. Our choice."""
_SIGN_SECONDS = 15.0
"""After so long without news a stream says that it is alive."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReviewAddress:
    """Where a page is served."""

    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost"))


def review_app(
    desk: ReviewDesk, address: ReviewAddress, policy: str, ending: Callable[[], bool] = lambda: False
) -> ASGIApp:
    """The application; `policy` is the page's Content-Security-Policy. Streams end once `ending` says so."""
    pages = _Pages(desk, ending)
    routes = [
        Route("/", pages.page),
        Route("/assets/{name}", pages.asset),
        Route("/api/clips/{number:int}", pages.clip),
        Route("/api/clips/{number:int}/camera-{aspect}.png", pages.camera),
        Route("/api/edits", pages.edit, methods=["POST"]),
        Route("/api/runs", pages.run, methods=["POST"]),
        Route("/api/progress", pages.progress),
        Route("/{name}", pages.file),
    ]
    return _Doorkeeper(Starlette(routes=routes), address, policy)


def serve_review(desk: ReviewDesk, *, port: int, policy: str, on_ready: Callable[[str], None]) -> None:
    """Serve until interrupted (Ctrl-C, SIGTERM); `on_ready` is told the address. InputError where the port is taken."""
    listening = _listen(port)
    address = ReviewAddress(listening.getsockname()[1], secrets.token_urlsafe(24))
    servers: list[uvicorn.Server] = []
    app = review_app(desk, address, policy, lambda: any(server.should_exit for server in servers))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Streams end by themselves within a look.
        timeout_graceful_shutdown=5,
        lifespan="off",
    )
    server = _QuietServer(config)
    servers.append(server)
    on_ready(address.url)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()


class _QuietServer(uvicorn.Server):
    """Ends on a signal and lets the caller go on, in place of raising the signal anew."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.should_exit = True


def _listen(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except OSError as error:
        found.close()
        raise InputError(
            f"it cannot be listened on ({error.strerror})",
            f"port {port}",
            "leave --port out, or name another",
        ) from error
    return found


class _Doorkeeper:
    """Lets in whoever has the token, names this host, and comes from nowhere else; bounds what they send."""

    def __init__(self, app: ASGIApp, address: ReviewAddress, policy: str) -> None:
        self.app, self.address = app, address
        self.headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cache-control": "no-store",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope, told)
        if refusal is not None:
            await refusal(scope, receive, self._with_headers(send))
            return
        rest = scope["path"].split("/", 2)[2]
        inner = {**scope, "path": f"/{rest}", "raw_path": None, "root_path": ""}
        await self.app(inner, receive, self._with_headers(send))

    def _refusal(self, scope: Scope, told: Mapping[str, str]) -> Response | None:
        parts = scope["path"].split("/", 2)
        token = parts[1] if len(parts) == 3 else ""
        if told.get("host", "") not in self.address.hosts:
            return _error("this server is asked for by another name", 421)
        # What has no token is told nothing, not even that there is something.
        if not hmac.compare_digest(token.encode(), self.address.token.encode()):
            return _error("there is nothing here - open the address that `shortform review` printed", 404)
        origin = told.get("origin")
        ours = {f"http://{host}" for host in self.address.hosts}
        changes = scope["method"] not in ("GET", "HEAD")
        if (origin is not None or changes) and origin not in ours:
            return _error("this request comes from another page", 403)
        if told.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _error("this request comes from another page", 403)
        if changes and told.get("content-type", "").split(";")[0].strip() != "application/json":
            return _error("only JSON is understood", 415)
        return None

    def _with_headers(self, send: Send) -> Send:
        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    *((name.encode(), value.encode()) for name, value in self.headers.items()),
                ]
            await send(message)

        return answer


class _Pages:
    """The answers; what takes time is done in threads."""

    def __init__(self, desk: ReviewDesk, ending: Callable[[], bool]) -> None:
        self.desk, self.ending = desk, ending

    async def page(self, _request: Request) -> Response:
        return await _answered(lambda: HTMLResponse(self.desk.page()))

    async def file(self, request: Request) -> Response:
        name = request.path_params["name"]

        def found() -> Response:
            path = self.desk.file(name)
            if path is None:
                return _error("there is no such file in the delivery", 404)
            kind = _KINDS.get(name.rsplit(".", 1)[-1], "application/octet-stream")
            # The store's names say nothing; those of the delivery are for the browser's own dialogue.
            return FileResponse(path, media_type=kind, filename=name, content_disposition_type="inline")

        return await _answered(found)

    async def asset(self, request: Request) -> Response:
        asset = self.desk.asset(request.path_params["name"])
        return Response(asset[0], media_type=asset[1]) if asset else _error("there is no such file", 404)

    async def clip(self, request: Request) -> Response:
        number = request.path_params["number"]
        return await _answered(lambda: JSONResponse(self.desk.clip(number)))

    async def camera(self, request: Request) -> Response:
        number, aspect = request.path_params["number"], request.path_params["aspect"]
        ratio = re.sub(r"^(\d+)x(\d+)$", r"\1:\2", aspect)
        return await _answered(lambda: Response(self.desk.camera(number, ratio), media_type="image/png"))

    async def edit(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _error(f"a request has at most {MOST_BYTES} bytes", 413)
        return await _answered(lambda: JSONResponse(self.desk.edit(body)))

    async def run(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _error(f"a request has at most {MOST_BYTES} bytes", 413)

        def begun() -> Response:
            self.desk.start(body)
            return JSONResponse({}, 202)

        return await _answered(begun)

    async def progress(self, request: Request) -> Response:
        return StreamingResponse(self._news(request), media_type="text/event-stream")

    async def _news(self, request: Request) -> AsyncIterator[str]:
        last, silent = None, 0.0
        while not self.ending() and not await request.is_disconnected():
            now = json.dumps(await anyio.to_thread.run_sync(self.desk.progress))
            if now != last:
                last, silent = now, 0.0
                yield f"data: {now}\n\n"
            elif silent > _SIGN_SECONDS:
                silent = 0.0
                yield ": here\n\n"
            await asyncio.sleep(_LOOK_SECONDS)
            silent += _LOOK_SECONDS


_KINDS = {
    "mp4": "video/mp4", "jpg": "image/jpeg", "vtt": "text/vtt; charset=utf-8", "json": "application/json",
    "srt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8",
}  # fmt: skip


async def _answered(answer: Callable[[], Response]) -> Response:
    try:
        return await anyio.to_thread.run_sync(answer)
    except ShortformError as error:
        return _error(str(error), 400)
    except Exception as error:
        _LOG.exception("a request failed")
        return _error(
            f"unexpected {type(error).__name__}: {error} - see what `shortform review` printed", 500
        )


async def _body(request: Request) -> bytes | None:
    """All that is sent; None where it is too much, which is told before it is read."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return body


def _error(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status)
