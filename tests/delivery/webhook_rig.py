"""A webhook server on a free port, messages to it, and a store that can be down."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from delivery_samples import completed, composition, keep_bytes, terms
from standardwebhooks.webhooks import Webhook

from resources.directory_store import DirectoryStore
from resources.media_store import MediaStore
from resources.run_launcher import RunLauncher
from resources.store_errors import StoreError
from resources.webhook_signatures import Signatures
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.delivery.outcomes import dispatch, states
from shortform_assets.delivery.render_messages import RenderMessages
from shortform_assets.ports.webhook_source import WebhookSource
from shortform_assets.workers.webhook_desk import WebhookDesk
from shortform_assets.workers.webhook_server import WebhookLimits, WebhookServer

SECRET = "whsec_" + "c2hvcnRmb3JtIHNob3J0Zm9ybSBzaG9ydGZvcm0="


class Weak(DirectoryStore):
    """A directory that can be out of reach, or slow."""

    down = False
    slow = 0.0

    def _answer(self) -> None:
        time.sleep(self.slow)
        if self.down:
            raise StoreError("the media store failed, it cannot be reached")

    def create(self, key: str, data: bytes) -> bool:
        self._answer()
        return super().create(key, data)

    def read(self, key: str) -> bytes:
        self._answer()
        return super().read(key)

    def list(self, prefix: str, after: str | None = None) -> Iterator[str]:
        self._answer()
        return super().list(prefix, after)


class WebhookRig:
    """One source, three outputs that were sent to a remote executor, and a server that hears of them."""

    def __init__(self, store: MediaStore, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.index = composition()
        self.keys = dispatch(store, "talk", self.index, terms()).created
        self.url = ""

    @contextmanager
    def serving(
        self,
        limits: WebhookLimits | None = None,
        room: int = 100,
        launcher: RunLauncher | None = None,
        sources: Sequence[WebhookSource] = (RenderMessages(),),
    ) -> Iterator[WebhookDesk]:
        served = {source.name: (source, Signatures([SECRET], "test")) for source in sources}
        desk = WebhookDesk(self.store, served, launcher, room)
        with listening(desk, limits) as self.url:
            yield desk

    def done(self, number: int = 0, video: bytes = b"a video") -> Outcome:
        """A completed outcome whose files are in the store."""
        shown, poster = (keep_bytes(self.store, self.folder, data) for data in (video, b"a poster"))
        return completed(self.keys[number].rsplit("/", 1)[-1], shown, poster)

    def message(self, outcome: Outcome | None, number: int = 0) -> bytes:
        data: dict[str, Any] = {"job": self.keys[number]}
        if outcome:
            data["outcome"] = outcome.model_dump(mode="json")
        return json.dumps({"type": "render.ended", "data": data}).encode()

    def send(
        self, body: bytes, headers: Mapping[str, str] | None = None, source: str = "render"
    ) -> httpx2.Response:
        return httpx2.post(f"{self.url}/webhooks/{source}", content=body, headers=headers or signed(body))

    def state(self, number: int = 0) -> str:
        return states(self.store, "talk", self.index)[number].state

    def counters(self) -> dict[str, float]:
        """Of `/metrics`, without zeros: what, and how often."""
        found = {}
        for line in httpx2.get(f"{self.url}/metrics").text.splitlines():
            if line.startswith("shortform_webhook") and "_created" not in line and not line.endswith(" 0.0"):
                name, _, number = line.rpartition(" ")
                found[name.removeprefix("shortform_webhook_").replace(',source="render"', "")] = float(number)
        return found


@contextmanager
def listening(desk: WebhookDesk, limits: WebhookLimits | None = None) -> Iterator[str]:
    """A server on a free port, and its address."""
    config = uvicorn.Config(WebhookServer(desk, limits).app, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def signed(body: bytes, age: float = 0.0, message_id: str = "", secret: str = SECRET) -> dict[str, str]:
    """Headers of a message that was signed so many seconds ago."""
    named, at = message_id or f"msg_{uuid.uuid4().hex}", time.time() - age
    stamp = datetime.fromtimestamp(int(at), UTC)
    return {
        "webhook-id": named,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": Webhook(secret).sign(named, stamp, body.decode()),
    }


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for it; fails where it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)
