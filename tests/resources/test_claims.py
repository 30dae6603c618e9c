"""Of many who want a source one gets it, and nobody loses one while alive."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from resources import claims
from resources.claims import Claim, Owner, claimed
from resources.media_store import MediaStore
from shortform_assets.errors import InputError

KEY = "talk-0123456789"

RACE = """
import sys, time
from pathlib import Path
from resources.claims import claimed
from resources.media_store import MediaStore
from shortform_assets.errors import InputError
store, gate = MediaStore.open(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
while not gate.exists():
    time.sleep(0.001)
try:
    with claimed(store, "talk-0123456789", on_lost=lambda: None):
        print("holds", flush=True)
        sys.stdin.readline()
except InputError as error:
    print("refused", error, flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore.local(tmp_path / "store")


def contenders(store: MediaStore, gate: Path, number: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-c", RACE, store.url, str(gate)]
    found = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(number)
    ]
    for process in found:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    return found


def end(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        process.kill()
        process.communicate()


def left_by(store: MediaStore, owner: Owner, beat: float, ended: bool = False) -> None:
    """A claim as its owner writes it."""
    body = Claim(owner=owner, beat=beat, ended=ended).model_dump_json().encode()
    assert store.create(f"claims/{KEY}/000001.json", body)


@pytest.mark.parametrize("before", ["nothing", "a dead process", "an ended claim"])
def test_of_processes_that_race_one_wins(store: MediaStore, tmp_path: Path, before: str):
    if before == "a dead process":
        (first,) = contenders(store, Path(tmp_path), 1)
        assert first.stdout is not None
        assert first.stdout.readline() == "holds\n"
        end([first])
    elif before == "an ended claim":
        left_by(store, Owner.me(), time.time(), ended=True)
    racers = contenders(store, tmp_path / "gate", 4)
    try:
        (tmp_path / "gate").touch()
        told = [racer.stdout.readline().split()[0] for racer in racers if racer.stdout]
        assert sorted(told) == ["holds", "refused", "refused", "refused"]
    finally:
        end(racers)


def test_one_after_the_other_is_fine_and_leaves_one_claim(store: MediaStore):
    for _ in range(3):
        with (
            claimed(store, KEY, on_lost=lambda: None),
            claimed(store, "other", on_lost=lambda: None),
            pytest.raises(InputError, match=f"process {os.getpid()} on"),
        ):
            claims._follow(store, KEY, Claim(owner=Owner.me(), beat=time.time()))
    assert list(store.list(f"claims/{KEY}")) == [f"claims/{KEY}/000003.json"]


@pytest.mark.parametrize(
    ("other", "age", "free"),
    [
        ({}, 0.0, False),
        # A number that is used again is another process, and so is one before the machine was started anew.
        ({"started": "1"}, 0.0, True),
        ({"pid": 2**22 + 1}, 0.0, True),
        # What another machine or container does cannot be seen: only its silence tells.
        ({"host": "studio-2", "pid": 2**22 + 1}, 0.0, False),
        ({"machine": "container", "pid": 2**22 + 1}, claims.DEAD_AFTER - 60, False),
        ({"host": "studio-2"}, claims.DEAD_AFTER + 60, True),
        # Its clock goes before ours.
        ({"host": "studio-2"}, -3600.0, False),
    ],
)
def test_only_the_provably_dead_are_followed(store: MediaStore, other: dict, age: float, free: bool):
    owner = Owner.me().model_copy(update=other)
    left_by(store, owner, time.time() - age)
    if free:
        with claimed(store, KEY, on_lost=lambda: None) as held:
            assert held.followed == owner
    else:
        with pytest.raises(InputError, match=f"process {owner.pid} on {owner.host}"):
            claims._follow(store, KEY, Claim(owner=Owner.me(), beat=time.time()))


def test_the_heart_beats_and_notices_that_it_was_followed(store: MediaStore):
    lost = threading.Event()
    with claimed(store, KEY, on_lost=lost.set, beat=0.02):
        first = claims._read(store, KEY, 1)
        assert first is not None
        deadline = time.monotonic() + 20
        while claims._read(store, KEY, 1).beat == first.beat:  # type: ignore[union-attr]
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert not lost.is_set()
        # As another machine does that heard nothing for long.
        left = first.model_copy(update={"owner": first.owner.model_copy(update={"host": "studio-2"})})
        store.create(f"claims/{KEY}/000002.json", left.model_dump_json().encode())
        assert lost.wait(20)
    assert claims._latest(store, KEY) == 2
    assert not any(thread.name.startswith("claim") for thread in threading.enumerate())


def test_who_looked_long_ago_gets_nothing(store: MediaStore, monkeypatch: pytest.MonkeyPatch):
    """Between its look and its creating, others came, went, and tidied the number away that it wants."""
    look = claims._latest
    looks = 0

    def first_long_ago(store: MediaStore, key: str) -> int:
        nonlocal looks
        looks += 1
        return 0 if looks == 1 else look(store, key)

    monkeypatch.setattr(claims, "_latest", first_long_ago)
    for _ in range(2):
        number, _followed = _quietly(store, look, monkeypatch)
    with pytest.raises(InputError, match="still working on it"):
        claims._follow(store, KEY, Claim(owner=Owner.me(), beat=time.time()))
    assert list(store.list(f"claims/{KEY}")) == [f"claims/{KEY}/{number:06d}.json"]


def _quietly(store: MediaStore, look, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Claim | None]:
    """A claim of this process beside the slow one; the first of them has ended."""
    with monkeypatch.context() as patch:
        patch.setattr(claims, "_latest", look)
        if (number := look(store, KEY)) and (claim := claims._read(store, KEY, number)):
            body = claim.model_copy(update={"ended": True}).model_dump_json().encode()
            store.replace(f"claims/{KEY}/{number:06d}.json", body)
        return claims._follow(store, KEY, Claim(owner=Owner.me(), beat=time.time()))
