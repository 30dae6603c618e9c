"""Face tracking behind HTTP: each clip is submitted, polled and fetched by itself.

A job is named by its content, so that one sent twice, after a lost answer or by a second run, is one job.
The pictures travel by hash, only where the server lacks them: it needs no access to the store.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from resources.media_store import MediaStore
from resources.models import Models
from resources.vision.executor_base import Executor
from resources.vision.http_client import CONNECT_SECONDS, SILENCE_SECONDS, ClipAtServer, Server, Stopped
from resources.vision.job_store import Device, Result, VisionJob
from resources.vision.user_weights import judge_prints
from resources.vision.worker_crew import Tally, VisionFailed
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.ports.vision_executor import TrackRequest

TICK_SECONDS = 0.2
"""How often progress is shown while no clip is finished. Our choice."""


@dataclass(frozen=True)
class VisionService:
    """A vision server and how it is asked; InputError where the address is none."""

    url: str
    token: str = ""
    at_once: int = 4
    """So many clips are there at a time."""
    deadline: float = 1800.0
    """Seconds that one clip may take, its wait in the queue included."""
    patience: float = 120.0
    """Seconds for which the server may be unreachable."""

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise InputError(
                "this is no http or https address", f"vision server {self.url!r}", "give its URL"
            )

    def server(self, stop: threading.Event) -> Server:
        """A connection, which `stop` ends."""
        return Server(self.url, self.token, stop, self.patience)


class HttpVision(Executor):
    """A vision server: `deploy/vision/server.py`, or any other that keeps to its protocol."""

    def __init__(
        self, service: VisionService, *, device: Device = "auto", models: Models | None = None
    ) -> None:
        super().__init__(models, device)
        self._service = service

    def track(self, store: MediaStore, request: TrackRequest) -> None:
        """As `Executor.track`. Raises InputError where the request asks for models of the user's
        own: a server is sent pictures, no sound, and answers for the bundled models."""
        clips, faces = request.clips, request.faces
        if judge_prints(faces):
            raise InputError(
                "a vision server has the bundled models only",
                "SHORTFORM_VISION=http",
                "take local or ecs, or leave emotion_model and speaker_model out of the genre",
            )
        tally, shares = (
            Tally(clips, request.on_progress),
            dict.fromkeys((clip.clip_id for clip in clips), 0.0),
        )
        name = self.fingerprint
        jobs = [VisionJob(fingerprint=name, faces=faces, clips=(c,), device=self._device) for c in clips]
        errands = _Errands(self._service, store, jobs, shares)
        try:
            for clip_id, result in errands.results():
                if result is not None:
                    shares[clip_id] = 1.0
                    request.on_result(clip_id, result)
                tally.tell(shares)
        finally:
            errands.call_off()


class _Errands:
    """Threads that each take one clip after the other to the server."""

    def __init__(
        self, service: VisionService, store: MediaStore, jobs: Sequence[VisionJob], shares: dict[str, float]
    ) -> None:
        self._service, self._store, self._shares, self._count = service, store, shares, len(jobs)
        self._todo: queue.SimpleQueue[VisionJob] = queue.SimpleQueue()
        for job in jobs:
            self._todo.put(job)
        self._done: queue.SimpleQueue[tuple[str, Result | Exception]] = queue.SimpleQueue()
        self._stop = threading.Event()
        # Daemons: one that hangs in a transfer must not keep the program from ending.
        self._threads = [
            threading.Thread(target=self._run, name="vision clip", daemon=True)
            for _ in range(min(service.at_once, len(jobs)))
        ]

    def results(self) -> Iterator[tuple[str, Result | None]]:
        """Each clip's result as it comes, and (anything, None) now and then. Raises what stops them all."""
        for thread in self._threads:
            thread.start()
        left = self._count
        while left:
            try:
                clip_id, result = self._done.get(timeout=TICK_SECONDS)
            except queue.Empty:
                yield "", None
                continue
            if isinstance(result, Exception):
                raise result
            left -= 1
            yield clip_id, result

    def call_off(self) -> None:
        """Have the server forget what is not finished. A thread is in one request at most."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(CONNECT_SECONDS + SILENCE_SECONDS)

    def _run(self) -> None:
        with closing(self._service.server(self._stop)) as server:
            self._serve(server)

    def _serve(self, server: Server) -> None:
        while not self._stop.is_set():
            try:
                job = self._todo.get_nowait()
            except queue.Empty:
                return
            clip_id = job.clips[0].clip_id

            def share(fraction: float, clip_id: str = clip_id) -> None:
                self._shares[clip_id] = min(fraction, 0.999)

            try:
                clip = ClipAtServer(server, self._store, job, self._service.deadline, share)
                self._done.put((clip_id, clip.run()))
            except Stopped:
                return
            except ShortformError as error:
                self._done.put((clip_id, error))
                return
            except Exception as error:
                self._done.put((clip_id, VisionFailed(f"the vision server answers nonsense: {error!r}")))
                return
