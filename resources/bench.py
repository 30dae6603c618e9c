"""The workbench of a stage: a scratch folder, the blobs of a store, a few threads, and a voice."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from resources.artifacts import Artifacts
from resources.cores import usable_cores
from resources.media_store import MediaStore
from resources.store_errors import clear_errors
from shortform_assets.contracts.base import Blob, Contract, canonical_json
from shortform_assets.contracts.schema_digest import schema_digest
from shortform_assets.ports.workbench import CalledOff

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C", bound=Contract)

Salt = Callable[[Callable[..., object]], str]

_TELL_SECONDS = 0.5
"""How often a thread that waits for others passes on what they report. Our choice."""


class StoreBench:
    """A `Workbench` over a media store; see `shortform_assets.ports.workbench` for the verbs."""

    def __init__(
        self,
        store: MediaStore,
        scratch: Path,
        on_progress: Callable[[float, str], None] | None,
        threads: int,
        stage: str,
        salt: Salt,
    ) -> None:
        self.store, self.scratch, self.threads = store, scratch, max(1, threads)
        self.cores = usable_cores()
        self.degraded: list[str] = []
        """Reasons why the result was made by a fallback, each once, in the order they came."""
        self.stage, self.salt = stage, salt
        self.facts: dict[str, Any] = {}
        """What `note` was told."""
        self._on_progress = on_progress
        self._done = 0.0
        self._news: tuple[float, str] | None = None
        self._lock = threading.Lock()
        self._maps: dict[threading.Event, ThreadPoolExecutor] = {}
        self._owner = threading.get_ident()
        self._mine = threading.local()
        """Of a thread of `map`: whether the others have ended."""

    @staticmethod
    @contextmanager
    def over(
        store: MediaStore,
        *,
        scratch_root: Path | None = None,
        on_progress: Callable[[float, str], None] | None = None,
        threads: int | None = None,
        stage: str = "bench",
        salt: Salt = lambda compute: "",
    ) -> Iterator[StoreBench]:
        """A bench whose scratch folder is gone afterwards, whatever happened.

        `on_progress(fraction, note)` is called in this thread only: it may log to a run. `threads` is
        `usable_cores()` by default. `stage` says whose parts `part` keeps, `salt` what else decides what a
        function computes: its code.
        """
        with _scratch(scratch_root or store.scratch_root) as scratch:
            bench = StoreBench(store, scratch, on_progress, threads or usable_cores(), stage, salt)
            try:
                yield bench
            finally:
                bench._end_maps()

    def open(self, blob: Blob) -> Path:
        """A local, read-only path to the bytes of `blob`."""
        return self.store.open_local(blob)

    def keep(self, path: Path) -> Blob:
        """Move a finished local file into the store; the path is gone afterwards."""
        return self.store.adopt_file(path)

    def map(self, fn: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """`fn` over `items` on a few threads, results in order.

        Items are drawn a few ahead of the results. The first failure is raised at its place; what has not
        begun by then never does, and what has is called off at its next word of progress.
        """
        over = threading.Event()

        def begin() -> None:
            self._mine.over = over

        with ThreadPoolExecutor(self.threads, thread_name_prefix="bench", initializer=begin) as pool:
            waiting: deque[Future[B]] = deque()
            self._maps[over] = pool
            try:
                for item in items:
                    waiting.append(pool.submit(fn, item))
                    if len(waiting) >= 2 * self.threads:
                        yield self._result(waiting.popleft())
                while waiting:
                    yield self._result(waiting.popleft())
            finally:
                over.set()
                pool.shutdown(wait=True, cancel_futures=True)
                self._maps.pop(over, None)

    def _end_maps(self) -> None:
        # A generator that is left by an exception is alive as long as the traceback holds a frame that has it.
        while self._maps:
            over, pool = self._maps.popitem()
            over.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def part(self, name: str, values: Sequence[object], schema: type[C], compute: Callable[[], C]) -> C:
        """`compute()`, or what an earlier run of this stage kept for the same name and values."""
        stage = f"{self.stage}.{name}"
        parts = [self.salt(compute), schema_digest(schema), [_plain(value) for value in values]]
        key = hashlib.sha256(canonical_json(parts)).hexdigest()[:32]
        artifacts = Artifacts(self.store)
        found = artifacts.find(stage, key, schema)
        if found is None:
            found = compute()
            artifacts.save(stage, key, found, {})
            return found
        with self._lock:
            self.facts[f"{name}s_resumed"] = int(self.facts.get(f"{name}s_resumed", 0)) + 1
        return found

    def progress(self, fraction: float, note: str = "") -> None:
        """How much is done; what is out of range is clamped and what goes back is ignored."""
        over: threading.Event | None = getattr(self._mine, "over", None)
        if over is not None and over.is_set():
            raise CalledOff
        with self._lock:
            # A NaN compares false with everything and so counts as no progress.
            if fraction > self._done:
                self._done = min(fraction, 1.0)
            self._news = (self._done, note)
        self._tell()

    def _result(self, future: Future[B]) -> B:
        while not wait([future], timeout=_TELL_SECONDS).done:
            self._tell()
        self._tell()
        return future.result()

    def _tell(self) -> None:
        """Pass on the last progress; what other threads report waits for the one that owns the bench."""
        if threading.get_ident() != self._owner:
            return
        with self._lock:
            news, self._news = self._news, None
        if news and self._on_progress:
            self._on_progress(*news)

    def degrade(self, reason: str) -> None:
        """Mark the result as made by a fallback."""
        with self._lock:
            if reason not in self.degraded:
                self.degraded.append(reason)

    def note(self, **facts: object) -> None:
        """Facts about the work; a later one replaces an earlier one of the same name."""
        with self._lock:
            self.facts.update(facts)


def _plain(value: object) -> object:
    return value.digest() if isinstance(value, Contract) else value


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    with clear_errors(str(root), what="making a scratch folder"):
        root.mkdir(parents=True, exist_ok=True)
        sweep(root)
        lock = root / f"{uuid.uuid4().hex}.lock"
        held = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
        scratch = lock.with_suffix("")
        scratch.mkdir()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(held)


def sweep(root: Path) -> None:
    """Remove the scratch of processes that were killed: the system has dropped their locks."""
    for lock in root.glob("*.lock"):
        with contextlib.suppress(OSError):
            held = os.open(lock, os.O_RDWR)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink()
            finally:
                os.close(held)
