"""What a render worker says of itself in the store, and what it hears there: whether its work is still wanted."""

from __future__ import annotations

import contextlib
import threading
from types import TracebackType
from typing import Self

from resources.media_store import MediaStore
from resources.store_errors import StoreError
from shortform_assets.contracts.base import canonical_json
from shortform_assets.contracts.delivery import RenderProgress
from shortform_assets.delivery import outcome_path, progress_path
from shortform_assets.ports.workbench import CalledOff


def pulse_seconds(store: MediaStore) -> float:
    """Between two beats: what a request costs decides. Our choice."""
    return 5.0 if store.url.startswith("s3:") else 0.5


class RenderPulse:
    """Renews `progress.json` of one attempt and looks for an outcome, in a thread of its own, while the block runs.

    An outcome that somebody else brought about, or a cancelled output, ends the render at its next word of
    progress. Where the block is left by an exception, the last beat says why the attempt is lost.
    """

    def __init__(self, store: MediaStore, key: str, attempt: int, seconds: float | None = None) -> None:
        self._store, self._key, self._seconds = store, key, seconds or pulse_seconds(store)
        self._progress = RenderProgress(attempt=attempt)
        self._lock = threading.Lock()
        self._over, self._unwanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="render pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if error is not None and not isinstance(error, CalledOff):
            told = isinstance(error, SystemExit | KeyboardInterrupt)
            reason = "The worker was told to stop." if told else " ".join(str(error).split())[:500]
            self._say(lost=reason or type(error).__name__)

    def tell(self, fraction: float) -> None:
        """How much is done, 0 to 1; cheap. Raises CalledOff where the output has come to its end meanwhile."""
        if self._unwanted.is_set():
            raise CalledOff
        with self._lock:
            self._progress = self._progress.model_copy(update={"fraction": round(fraction, 3)})

    def _beat(self) -> None:
        while True:
            self._say()
            if self._over.wait(self._seconds):
                return
            # A store that does not answer for a while says nothing about the render.
            with contextlib.suppress(StoreError):
                if self._store.head(outcome_path(self._key)) is not None:
                    self._unwanted.set()

    def _say(self, lost: str = "") -> None:
        with self._lock:
            news = {"beat": self._progress.beat + 1, "lost": lost}
            self._progress = self._progress.model_copy(update=news)
            data = canonical_json(self._progress.model_dump(mode="json"))
        with contextlib.suppress(StoreError):
            self._store.replace(progress_path(self._key), data)
