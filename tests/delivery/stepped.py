"""Actors that move one store operation at a time: a test decides how they interleave and where they die."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from resources.media_store import MediaStore
from shortform_assets.contracts.base import Blob


class Killed(BaseException):
    """The process of an actor is gone; nothing that it runs may catch this."""


class Actor:
    """Runs `act(store)` in a thread that stands still before every operation on the store."""

    def __init__(self, store: MediaStore, act: Callable[[SteppedStore], object]) -> None:
        self.over = False
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._killed = False
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(act, SteppedStore(store, self)), daemon=True)
        self._thread.start()
        self._back.acquire()

    def step(self) -> None:
        """Do the operation it stands before, and all up to the next one. Raises what the actor raised."""
        self._go.release()
        self._back.acquire()
        if self.over:
            self._thread.join()
        if self._fault:
            raise self._fault

    def run(self) -> None:
        """To its end."""
        while not self.over:
            self.step()

    def kill(self) -> None:
        """What it has done is done; it does no more."""
        if not self.over:
            self._killed = True
            self.step()

    def pause(self) -> None:
        """Called by the actor itself, before whatever others can see."""
        self._back.release()
        self._go.acquire()
        if self._killed:
            raise Killed

    def _run(self, act: Callable[[SteppedStore], object], store: SteppedStore) -> None:
        try:
            self.pause()
            act(store)
        except Killed:
            pass
        except BaseException as fault:
            self._fault = fault
        finally:
            self.over = True
            self._back.release()


class SteppedStore:
    """What delivery asks of a store, with a pause of the actor before each answer."""

    def __init__(self, store: MediaStore, actor: Actor) -> None:
        self._store, self.actor = store, actor
        self.url, self.scratch_root = store.url, store.scratch_root

    def create(self, key: str, data: bytes) -> bool:
        self.actor.pause()
        return self._store.create(key, data)

    def read(self, key: str) -> bytes:
        self.actor.pause()
        return self._store.read(key)

    def list(self, prefix: str) -> Iterator[str]:
        self.actor.pause()
        yield from [*self._store.list(prefix)]

    def has(self, blob: Blob) -> bool:
        self.actor.pause()
        return self._store.has(blob)

    def intact(self, blob: Blob) -> bool:
        self.actor.pause()
        return self._store.intact(blob)

    def add_file(self, path: Path) -> Blob:
        self.actor.pause()
        return self._store.add_file(path)

    def open_local(self, item: Blob) -> Path:
        self.actor.pause()
        return self._store.open_local(item)
