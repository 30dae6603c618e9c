"""Who works on a partition: claims in the store, so that machines that share it agree.

A claim is `claims/<key>/<n>.json`, created once, so of many who want number n one gets it. Its owner alone
rewrites it, as its heartbeat and to end it. The highest number counts. A claim can be followed only when it
has ended or its owner is provably dead: the same machine says that the process is gone, or the heartbeat
is older than `DEAD_AFTER` seconds.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from resources.media_store import MediaStore
from resources.store_errors import Missing
from shortform_assets.errors import InputError, ShortformError

BEAT_SECONDS = 20.0
"""Between two heartbeats. Our choice."""
DEAD_AFTER = 900.0
"""Seconds: 45 missed heartbeats, and more than the clocks of two machines differ."""


class Owner(BaseModel):
    """A process, told apart from every other on any machine, also from a later one with its number."""

    model_config = ConfigDict(frozen=True)

    host: str
    machine: str
    """Boot and process namespace: within one of them a process number means one process."""
    pid: int
    started: str
    """When the process began, in the system's own units; empty where the system does not tell."""

    @staticmethod
    def me() -> Owner:
        """This process."""
        return Owner(
            host=socket.gethostname(), machine=_machine(), pid=os.getpid(), started=_started(os.getpid())
        )

    def is_gone(self) -> bool:
        """Whether this machine knows that the process has ended; False for processes of other machines."""
        if (self.host, self.machine) != (socket.gethostname(), _machine()):
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return _started(self.pid) != self.started


class Claim(BaseModel):
    """One claim as it stands in the store; `beat` is the owner's clock, seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    owner: Owner
    beat: float
    ended: bool = False
    run_id: str = ""
    """The one run that it is held for, where there is one."""

    def is_over(self) -> bool:
        """Whether another may follow."""
        return self.ended or self.owner.is_gone() or time.time() - self.beat > DEAD_AFTER


class Held(NamedTuple):
    """A claim that this process holds."""

    followed: Owner | None
    """Whose claim was over; what that process left undone may be tidied away."""
    followed_run: str = ""
    """The run that it was held for, if it was not ended by its owner."""


@contextmanager
def claimed(
    store: MediaStore,
    key: str,
    *,
    on_lost: Callable[[], None],
    beat: float = BEAT_SECONDS,
    run_id: str = "",
) -> Iterator[Held]:
    """Hold the partition `key` while the block runs; InputError, naming the owner, while another holds it.

    `on_lost` is called, from another thread, when this process was taken for dead and followed. `run_id` tells who
    follows which run was left open.
    """
    me = Owner.me()
    mine = Claim(owner=me, beat=time.time(), run_id=run_id)
    number, before = _follow(store, key, mine)
    ending = threading.Event()

    def keep_alive() -> None:
        while not ending.wait(beat):
            # A store that cannot be reached for a while is no reason to stop: the next beat may get through.
            with contextlib.suppress(ShortformError):
                if _latest(store, key) != number:
                    on_lost()
                    return
                _rewrite(store, key, number, mine)

    heart = threading.Thread(target=keep_alive, name=f"claim {key}", daemon=True)
    heart.start()
    try:
        left = before.run_id if before is not None and not before.ended else ""
        yield Held(before.owner if before else None, left)
    finally:
        ending.set()
        heart.join()
        # Where this fails, the process's end says the same.
        with contextlib.suppress(ShortformError):
            _rewrite(store, key, number, mine, ended=True)


def is_held(store: MediaStore, key: str) -> bool:
    """Whether somebody who may be alive holds the partition `key`."""
    number = _latest(store, key)
    claim = _read(store, key, number) if number else None
    return claim is not None and not claim.is_over()


def _follow(store: MediaStore, key: str, mine: Claim) -> tuple[int, Claim | None]:
    """The number of the new claim, and the one before it."""
    while True:
        number = _latest(store, key)
        claim = _read(store, key, number) if number else None
        if claim is not None and not claim.is_over():
            who = f"process {claim.owner.pid} on {claim.owner.host}"
            raise InputError(
                f"another run is still working on it ({who})", key, "wait for it or end it, then try again"
            )
        if not store.create(_path(key, number + 1), _body(mine)):
            continue
        # Whoever was slow between looking and creating may have got a number that was tidied away since.
        if _latest(store, key) == number + 1:
            for old in _numbers(store, key):
                if old <= number:
                    store.delete(_path(key, old))
            return number + 1, claim
        store.delete(_path(key, number + 1))


def _numbers(store: MediaStore, key: str) -> list[int]:
    names = (Path(path).stem for path in store.list(f"claims/{key}"))
    return [int(name) for name in names if name.isdecimal()]


def _latest(store: MediaStore, key: str) -> int:
    return max(_numbers(store, key), default=0)


def _read(store: MediaStore, key: str, number: int) -> Claim | None:
    """None for a claim that was tidied away, or that cannot be read: nobody writes it half."""
    try:
        return Claim.model_validate_json(store.read(_path(key, number)))
    except (Missing, ValidationError):
        return None


def _path(key: str, number: int) -> str:
    return f"claims/{key}/{number:06d}.json"


def _rewrite(store: MediaStore, key: str, number: int, claim: Claim, *, ended: bool = False) -> None:
    now = claim.model_copy(update={"beat": time.time(), "ended": ended})
    store.replace(_path(key, number), _body(now))


def _body(claim: Claim) -> bytes:
    return claim.model_dump_json().encode()


def _machine() -> str:
    boot, space = "", ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink("/proc/self/ns/pid")
    return f"{boot} {space}".strip()


def _started(pid: int) -> str:
    """The process's start in clock ticks since boot; empty for one that has ended but was not collected."""
    try:
        # Its name comes before and may hold anything, so what counts is what follows the last bracket.
        facts = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return "" if facts[0] == "Z" else facts[19]
    except (OSError, IndexError):
        return ""
