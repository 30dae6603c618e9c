"""One clip at a vision server: requests that are tried again, and the protocol of `resources.vision.http_protocol`."""

from __future__ import annotations

import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from resources.media_store import MediaStore, hash_file
from resources.retrying import GaveUp, Patience, Setback, retry_after
from resources.store_errors import Missing
from resources.vision.http_protocol import BLOBS, JOBS, JobStatus, Lacking, job_id, media_of
from resources.vision.job_store import Result, VisionJob
from resources.vision.worker_crew import ATTEMPTS, VisionFailed, dropped
from shortform_assets.contracts.base import Blob

if TYPE_CHECKING:
    import httpx2

POLL_SECONDS = 0.5
"""Between two looks at a job. Our choice."""
LONGEST_PAUSE = 15.0
"""Seconds between two tries, also where the server asks for more. Our choice."""
CONNECT_SECONDS, SILENCE_SECONDS = 10.0, 60.0
"""To connect, and between two bytes."""
FIRST_PAUSE = 0.25
"""Seconds before the second try. Our choice."""
_CHUNK = 1 << 20


class Stopped(Exception):
    """The clip is not wanted any more."""


class Server:
    """A vision server as one thread sees it. Lost connections and 5xx are tried again for a while."""

    def __init__(self, url: str, token: str, stop: threading.Event, patience: float) -> None:
        import httpx2

        self._url, self._stop = url.rstrip("/"), stop
        # As often as there is time for.
        self._patience = Patience(sys.maxsize, FIRST_PAUSE, LONGEST_PAUSE, deadline=patience, wait=self.pause)
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def ask(
        self, method: str, path: str, body: bytes | Path | None = None, *, whole: bool = True
    ) -> Iterator[httpx2.Response]:
        """The answer, whose status is below 500; its body is yet to be read where it is not asked for `whole`.

        Raises VisionFailed where for `patience` seconds there is none, and where the token is refused; Stopped.
        """
        try:
            answer = self._patience.start().insist(lambda: self._once(method, path, body, whole))
        except GaveUp as error:
            raise VisionFailed(
                f"the vision server {self._url} is in trouble or cannot be reached: {error}"
            ) from error
        try:
            yield answer
        finally:
            answer.close()

    def tell(self, method: str, path: str) -> None:
        """Once, and without an answer that matters."""
        with suppress(Exception):
            self._client.request(method, self._url + path, timeout=5)

    def pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped

    def _once(self, method: str, path: str, body: bytes | Path | None, whole: bool) -> httpx2.Response:
        import httpx2

        try:
            answer = self._send(method, path, body)
            if whole:
                with closing(answer):
                    answer.read()
        except (httpx2.NetworkError, httpx2.TimeoutException, httpx2.RemoteProtocolError) as error:
            raise Setback(type(error).__name__) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise VisionFailed(f"{self._url} is no vision server: {error}") from error
        if answer.status_code in (401, 403):
            answer.close()
            raise VisionFailed(f"{self._url} refuses the token: check SHORTFORM_VISION_TOKEN")
        if answer.status_code >= 500:
            answer.close()
            asked = retry_after(answer.headers.get("Retry-After", ""))
            raise Setback(f"it answers {answer.status_code}", after=asked)
        return answer

    def _send(self, method: str, path: str, body: bytes | Path | None) -> httpx2.Response:
        def send(content: bytes | BinaryIO | None) -> httpx2.Response:
            request = self._client.build_request(method, self._url + path, content=content)
            return self._client.send(request, stream=True)

        if not isinstance(body, Path):
            return send(body)
        with body.open("rb") as file:
            return send(file)


class ClipAtServer:
    """One clip's way through the server."""

    def __init__(
        self,
        server: Server,
        store: MediaStore,
        job: VisionJob,
        deadline: float,
        on_share: Callable[[float], None],
    ) -> None:
        self._server, self._store, self._on_share = server, store, on_share
        (self._clip,) = job.clips
        self._body, self._path = job.model_dump_json().encode(), f"{JOBS}/{job_id(job)}"
        self._deadline, self._until = deadline, time.monotonic() + deadline

    def run(self) -> Result:
        """The clip's tracks, or why there are none. Raises Stopped and VisionFailed."""
        try:
            return self._run()
        except TimeoutError:
            reason = f"the vision server did not finish it within {self._deadline:.0f} seconds"
            return dropped(self._clip.clip_id, reason)
        except Missing as error:
            return dropped(self._clip.clip_id, str(error))
        finally:
            # Collected or called off. A server that cannot be told forgets by itself.
            self._server.tell("DELETE", self._path)

    def _run(self) -> Result:
        deaths = 0
        while True:
            status: JobStatus | None = self._submit()
            while status and status.state in ("queued", "running"):
                self._on_share(status.fraction)
                self._wait(POLL_SECONDS)
                status = self._look()
            if status is None:
                continue  # It was restarted, or somebody else called the same job off.
            if status.state == "failed":
                deaths += 1
                if deaths >= ATTEMPTS and status.blameless:
                    raise VisionFailed(f"the vision server cannot work: {status.reason}")
                if deaths >= ATTEMPTS:
                    reason = f"the vision server failed {ATTEMPTS} times at this clip: {status.reason}"
                    return dropped(self._clip.clip_id, reason)
            elif status.result is not None and self._fetch(status):
                result = status.result.tracks or status.result.dropped
                assert result is not None
                return result

    def _submit(self) -> JobStatus:
        while True:
            with self._server.ask("PUT", self._path, self._body) as answer:
                code, text = answer.status_code, answer.text
                wait = answer.headers.get("Retry-After", "")
            if code in (200, 202):
                return JobStatus.model_validate_json(text)
            if code == 424:
                for sha256 in Lacking.model_validate_json(text).missing:
                    self._upload(sha256)
                self._wait(0)
            elif code == 429:
                asked = retry_after(wait)
                self._wait(min(1.0 if asked is None else asked, LONGEST_PAUSE))
            else:
                raise VisionFailed(f"the vision server does not take the job: {code} {text[:300]}")

    def _look(self) -> JobStatus | None:
        """None where the server does not know the job."""
        with self._server.ask("GET", self._path) as answer:
            return JobStatus.model_validate_json(answer.text) if answer.status_code == 200 else None

    def _upload(self, sha256: str) -> None:
        blobs = {segment.video.sha256: segment.video for segment in self._clip.segments}
        if sha256 not in media_of(self._clip):
            raise VisionFailed(f"the vision server asks for bytes that are not of this clip: {sha256}")
        path = self._store.open_local(blobs[sha256])
        with self._server.ask("PUT", f"{BLOBS}/{sha256}", path) as answer:
            if answer.status_code not in (200, 201):
                raise VisionFailed(
                    f"the vision server does not take media: {answer.status_code} {answer.text[:300]}"
                )

    def _fetch(self, status: JobStatus) -> bool:
        """Bring the series here; False where they do not arrive whole and the job had better be sent again."""
        tracks = status.result.tracks if status.result else None
        return tracks is None or self._store.has(tracks.series) or self._download(tracks.series)

    def _download(self, blob: Blob) -> bool:
        import httpx2

        self._store.scratch_root.mkdir(parents=True, exist_ok=True)
        half = self._store.scratch_root / f"{uuid.uuid4().hex}.safetensors"
        try:
            with (
                self._server.ask("GET", f"{BLOBS}/{blob.sha256}", whole=False) as answer,
                half.open("wb") as file,
            ):
                if answer.status_code != 200:
                    return False
                for piece in answer.iter_bytes(_CHUNK):
                    file.write(piece)
            if hash_file(half) != blob:
                return False
            self._store.adopt_file(half)
            return True
        except httpx2.HTTPError:
            return False
        finally:
            half.unlink(missing_ok=True)

    def _wait(self, seconds: float) -> None:
        """Raises TimeoutError past the deadline."""
        if time.monotonic() + seconds > self._until:
            raise TimeoutError
        self._server.pause(seconds)
