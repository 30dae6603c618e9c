"""A vision server: `python deploy/vision/server.py --data FOLDER` tracks faces for `SHORTFORM_VISION=http`.

It keeps the protocol of `resources.vision.http_protocol`: pictures come by hash, a job is one clip and named by its
content, its tracks are fetched as JSON and its series by hash. The work is done by the same worker program
as everywhere, in processes of their own; what a killed one was at is reported as failed and may be sent
again. It remembers jobs in memory only: after a restart clients send theirs again, and what was finished
is found in FOLDER.
"""

from __future__ import annotations

import argparse
import hmac
import os
import re
import shlex
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from vision_queue import Full, VisionQueue

from resources.directory_store import DirectoryStore
from resources.media_store import hash_file
from resources.models import Models
from resources.vision.executor_base import fingerprint
from resources.vision.http_protocol import BLOBS, HEALTH, JOBS, Lacking, job_id, media_of
from resources.vision.job_store import ROOT, VisionJob
from resources.vision.local_executor import PROGRAM

MOST_JOB_BYTES = 1 << 20
BUSY_SECONDS = 2
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class VisionServer:
    """The endpoints over a folder and a queue."""

    def __init__(
        self, store: DirectoryStore, jobs: VisionQueue, name: str, settings: argparse.Namespace
    ) -> None:
        self._store, self._jobs, self._name = store, jobs, name
        self._token = os.environ.get("SHORTFORM_VISION_TOKEN", "")
        self._most_blob, self._keep = int(settings.blob_gb * 1e9), int(settings.keep_gb * 1e9)

    def app(self) -> Starlette:
        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            yield
            await run_in_threadpool(self._jobs.close)

        routes = [
            Route(HEALTH, self.health),
            Route(f"{JOBS}/{{name}}", self.submit, methods=["PUT"]),
            Route(f"{JOBS}/{{name}}", self.look, methods=["GET"]),
            Route(f"{JOBS}/{{name}}", self.cancel, methods=["DELETE"]),
            Route(f"{BLOBS}/{{name}}", self.upload, methods=["PUT"]),
            Route(f"{BLOBS}/{{name}}", self.download, methods=["GET"]),
        ]
        app = Starlette(routes=routes, lifespan=life)
        app.add_middleware(BaseHTTPMiddleware, dispatch=self._admit)
        return app

    async def health(self, _: Request) -> Response:
        return JSONResponse({"fingerprint": self._name})

    async def submit(self, request: Request) -> Response:
        """200 or 202 with how it stands, 424 with the media that are lacking, 429 where the queue is full."""
        if int(request.headers.get("content-length") or MOST_JOB_BYTES + 1) > MOST_JOB_BYTES:
            return _fault(413, "a job is smaller")
        try:
            job = VisionJob.model_validate_json(await request.body())
        except ValidationError as error:
            return _fault(400, f"this is no job: {error.errors(include_url=False)[0]['msg']}")
        if len(job.clips) != 1 or job_id(job) != request.path_params["name"]:
            return _fault(400, "a job is one clip, under the digest of the job")
        if job.fingerprint != self._name:
            return _fault(409, f"this server has another version or other models: {self._name}")
        return await run_in_threadpool(self._submit, request.path_params["name"], job)

    def _submit(self, name: str, job: VisionJob) -> Response:
        (clip,) = job.clips
        blobs = {segment.video.sha256: segment.video for segment in clip.segments}
        missing = tuple(sha256 for sha256 in media_of(clip) if not self._touch(sha256, blobs[sha256].size))
        # A job that is there needs nothing more, whatever was cleared away meanwhile.
        if missing and self._jobs.status(name) is None:
            return Response(Lacking(missing=missing).model_dump_json(), 424, media_type="application/json")
        try:
            status = self._jobs.submit(name, job)
        except Full:
            return _fault(429, "the queue is full", {"Retry-After": str(BUSY_SECONDS)})
        code = 200 if status.state == "done" else 202
        return Response(status.model_dump_json(), code, media_type="application/json")

    async def look(self, request: Request) -> Response:
        status = self._jobs.status(request.path_params["name"])
        if status is None:
            return _fault(404, "no such job")
        return Response(status.model_dump_json(), media_type="application/json")

    async def cancel(self, request: Request) -> Response:
        self._jobs.cancel(request.path_params["name"])
        return Response(status_code=204)

    async def upload(self, request: Request) -> Response:
        """Bytes that have the hash they are sent under, or nothing is kept."""
        name = request.path_params["name"]
        if not _SHA256.fullmatch(name):
            return _fault(404, "a blob is named by its SHA-256")
        self._store.scratch_root.mkdir(parents=True, exist_ok=True)
        half = self._store.scratch_root / uuid.uuid4().hex
        try:
            size = 0
            with half.open("wb") as file:
                async for piece in request.stream():
                    size += len(piece)
                    if size > self._most_blob:
                        return _fault(413, f"blobs have at most {self._most_blob} bytes here")
                    file.write(piece)
            if (await run_in_threadpool(hash_file, half)).sha256 != name:
                return _fault(400, "the bytes do not have the hash that they are sent under")
            await run_in_threadpool(self._store.adopt_file, half)
            await run_in_threadpool(self._clear_away)
        except ClientDisconnect:
            return _fault(400, "cut short")
        finally:
            half.unlink(missing_ok=True)
        return Response(status_code=201)

    async def download(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = self._store.root / "blobs" / name
        if not _SHA256.fullmatch(name) or not path.is_file():
            return _fault(404, "no such blob")
        return FileResponse(path, media_type="application/octet-stream")

    async def _admit(self, request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        right = not self._token or hmac.compare_digest(shown.encode(), self._token.encode())
        if right or request.url.path == HEALTH:
            return await go_on(request)
        return _fault(401, "the token is missing or wrong", {"WWW-Authenticate": "Bearer"})

    def _touch(self, sha256: str, size: int) -> bool:
        """Whether the blob is there; if so it counts as just used."""
        path = self._store.root / "blobs" / sha256
        if not path.is_file() or path.stat().st_size != size:
            return False
        os.utime(path)
        return True

    def _clear_away(self) -> None:
        """Remove the blobs that were not used for longest, where there are too many bytes of them."""
        needed = self._jobs.needs()
        found = [(path.stat(), path) for path in (self._store.root / "blobs").iterdir()]
        excess = sum(stat.st_size for stat, _ in found) - self._keep
        for stat, path in sorted(found, key=lambda each: each[0].st_mtime):
            if excess <= 0:
                return
            if path.name not in needed:
                path.unlink(missing_ok=True)
                excess -= stat.st_size


def _fault(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": detail}, status, headers)


def _settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder for media and results")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", 8765)))
    parser.add_argument("--workers", type=int, default=1, help="worker processes at a time")
    parser.add_argument("--queue", type=int, default=64, help="jobs that may wait")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--blob-gb", type=float, default=4.0, help="largest file that is taken")
    parser.add_argument("--keep-gb", type=float, default=50.0, help="media kept in the folder")
    parser.add_argument("--worker", default=shlex.join(PROGRAM), help="the worker's command")
    settings = parser.parse_args()
    if settings.host not in LOOPBACK and not os.environ.get("SHORTFORM_VISION_TOKEN"):
        parser.error("set SHORTFORM_VISION_TOKEN before other machines are let in")
    return settings


def main() -> None:
    settings = _settings()
    store = DirectoryStore(settings.data)
    # Jobs of workers that died with an earlier server; finished clips stay.
    for key in [key for key in store.list(ROOT) if not key.startswith(f"{ROOT}/results/")]:
        store.delete(key)
    name = fingerprint(Models())
    jobs = VisionQueue(
        store,
        name,
        shlex.split(settings.worker),
        slots=settings.workers,
        most=settings.queue,
        device=settings.device,
    )
    app = VisionServer(store, jobs, name, settings).app()
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main()
