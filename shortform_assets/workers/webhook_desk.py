"""What becomes of messages to the webhook: accepted into the store first, done after the answer, told to Dagster last."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry, Counter, Gauge

from resources.claims import is_held
from resources.media_store import MediaStore
from resources.run_launcher import RunLauncher
from resources.store_errors import StoreError
from resources.webhook_inbox import InboxMessage, WebhookInbox
from resources.webhook_signatures import Signatures
from shortform_assets.errors import ShortformError
from shortform_assets.ports.webhook_source import MessageRefused, MessageTaken, WebhookSource

log = logging.getLogger("shortform.webhook")

_HANDS = 4
"""Messages that are worked on at a time. Our choice."""
_PAUSE_SECONDS, _LONGEST_PAUSE = 0.5, 30.0
"""Between two tries while the store does not answer: doubled each time. Our choice."""
_TIDY_SECONDS = 3600.0
_LEAVE_SECONDS = 20.0
"""How long a stop waits for what is in hand; what waits stays in the inbox. Our choice."""
_REMEMBERED = 10_000
"""Deliveries that were asked for, so as to ask for none twice. Our choice."""


def plain(said: object) -> str:
    """For one line of a log: no line breaks, nothing that a terminal obeys."""
    text = " ".join(str(said).split())[:500]
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class WebhookDesk:
    """Accepts messages and works them off in threads of its own. `start` and `stop` once each."""

    def __init__(
        self,
        store: MediaStore,
        sources: Mapping[str, tuple[WebhookSource, Signatures]],
        launcher: RunLauncher | None = None,
        room: int = 1000,
    ) -> None:
        """`room`: messages that may wait; more are refused with 503. Without `launcher` Dagster's sensor finds
        by itself what has ended, at its next tick."""
        self.store, self.sources, self.room = store, sources, room
        self._inbox, self._launcher = WebhookInbox(store), launcher
        self._queue: queue.SimpleQueue[InboxMessage | None] = queue.SimpleQueue()
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._pending, self._left = 0, 0
        self._own: set[str] | None = set()
        """Accepted here before what others left was looked for."""
        self._asked: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._hands = [threading.Thread(target=self._work, name=f"webhook {n}") for n in range(_HANDS)]
        self._keeper = threading.Thread(target=self._keep, name="webhook inbox")
        self.intake = ThreadPoolExecutor(8, "webhook intake")
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "shortform_webhook_requests", "Requests by answer.", ["source", "result"], registry=self.registry
        )
        self.messages = Counter(
            "shortform_webhook_messages",
            "Messages by what became of them.",
            ["source", "result"],
            registry=self.registry,
        )
        self.runs = Counter("shortform_webhook_runs", "Runs asked for.", ["result"], registry=self.registry)
        waiting = Gauge("shortform_webhook_waiting", "Accepted and not yet handled.", registry=self.registry)
        waiting.set_function(lambda: self._pending)

    @property
    def pending(self) -> int:
        return self._pending

    def start(self) -> None:
        """Begin with what was accepted before and not handled; in the background, for the store may be slow."""
        for thread in (*self._hands, self._keeper):
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand. Nothing that was accepted is lost: the rest stays in the inbox."""
        until = time.monotonic() + _LEAVE_SECONDS
        while self._pending and time.monotonic() < until and not self._stopping.is_set():
            time.sleep(0.02)
        self._stopping.set()
        self.intake.shutdown(cancel_futures=True)
        for _ in self._hands:
            self._queue.put(None)
        for thread in (*self._hands, self._keeper):
            thread.join()
        if self._left:
            log.warning("stopped with %d messages in the inbox; the next start goes on with them", self._left)

    def accept(self, source: str, message_id: str, body: bytes) -> bool:
        """Check a signed message and keep it; False where it was accepted before. Blocks on the store.

        Raises MessageRefused (also 503 where there is no room), StoreError.
        """
        with self._lock:
            if self._pending >= self.room:
                raise MessageRefused(503, "full", f"{self._pending} messages are waiting")
            self._pending += 1
        kept = None
        try:
            self.sources[source][0].check(self.store, body)
            kept = self._inbox.accept(source, message_id, body, time.time())
        finally:
            if kept is None:
                self._done()
        if kept is not None:
            with self._lock:
                if self._own is not None:
                    self._own.add(kept.folder)
            self._queue.put(kept)
        return kept is not None

    def _done(self) -> None:
        with self._lock:
            self._pending -= 1

    def _keep(self) -> None:
        """Take up what an earlier process left, and tidy the inbox every hour."""
        pause = _PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                if self._own is not None:
                    self._take_up(list(self._inbox.waiting()))
                self._inbox.tidy(time.time())
                pause = _TIDY_SECONDS
            except StoreError as error:
                log.warning("the inbox cannot be read, it is tried again: %s", error)
                pause = min(_LONGEST_PAUSE, pause * 2)
            self._stopping.wait(pause)

    def _take_up(self, found: list[InboxMessage]) -> None:
        with self._lock:
            left = [message for message in found if message.folder not in (self._own or ())]
            self._own = None
            self._pending += len(left)
        for message in left:
            self._queue.put(message)

    def _work(self) -> None:
        while (message := self._queue.get()) is not None:
            try:
                if self._stopping.is_set() or not self._handle(message):
                    with self._lock:
                        self._left += 1
            finally:
                self._done()

    def _handle(self, message: InboxMessage) -> bool:
        """Whether it is done with; False where a stop came while the store did not answer."""
        pause = _PAUSE_SECONDS
        while True:
            try:
                result = self._take(message)
                self._inbox.handled(message, result, time.time())
            except StoreError as error:
                if self._stopping.is_set():
                    return False
                log.warning("%s %s waits for the store: %s", message.source, message.folder, error)
                self._stopping.wait(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
                continue
            self.messages.labels(message.source, result).inc()
            return True

    def _take(self, message: InboxMessage) -> str:
        if message.source not in self.sources:
            log.warning("%s %s: this source is not served any more", message.source, message.folder)
            return "unserved"
        try:
            taken = self.sources[message.source][0].take(self.store, message.body)
        except StoreError:
            raise
        except MessageRefused as refused:
            log.warning("%s %s %s", message.source, refused.reason, plain(refused))
            return refused.reason
        except Exception as error:
            # The message has done nothing; polling and deadlines see to the job.
            log.error(
                "%s error in %s: %s: %s", message.source, message.folder, type(error).__name__, plain(error)
            )
            return "error"
        log.info("%s %s %s", message.source, taken.result, taken.about)
        if taken.deliver:
            self._wake(taken)
        return taken.result

    def _wake(self, taken: MessageTaken) -> None:
        """Have the delivery gathered; where that fails the sensor does it at its next tick."""
        what = (taken.deliver, taken.version)
        with self._lock:
            if self._launcher is None or what in self._asked:
                return
            self._asked[what] = None
            if len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        try:
            if is_held(self.store, taken.deliver):
                result, said = "held", "a run works on it; that one gathers what is there, or the sensor"
            else:
                result, said = "begun", f"run {self._launcher.launch(taken.deliver)}"
        except ShortformError as error:
            result, said = "failed", f"the sensor's next tick does it: {error}"
            with self._lock:
                self._asked.pop(what, None)
        self.runs.labels(result).inc()
        (log.warning if result == "failed" else log.info)("deliver %s %s: %s", taken.deliver, result, said)
