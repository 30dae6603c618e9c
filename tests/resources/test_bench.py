"""The workbench keeps nothing, loses nothing, and hides no failure."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from resources.bench import StoreBench
from resources.cores import usable_cores
from resources.media_store import MediaStore


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore.local(tmp_path / "store")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, None])
def test_scratch_is_gone_whatever_happened(store: MediaStore, error: type[BaseException] | None) -> None:
    seen: list[Path] = []

    def work() -> None:
        with StoreBench.over(store) as bench:
            assert list(bench.scratch.iterdir()) == []
            (bench.scratch / "deep").mkdir()
            (bench.scratch / "deep" / "frame.png").write_bytes(b"x")
            seen.append(bench.scratch)
            if error:
                raise error

    if error:
        with pytest.raises(error):
            work()
    else:
        work()
    assert not seen[0].exists()
    assert list(seen[0].parent.iterdir()) == []
    assert list(store.list("")) == []


def test_what_a_killed_process_left_is_swept_and_what_is_used_is_not(
    store: MediaStore, tmp_path: Path
) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from resources.bench import StoreBench; from resources.media_store import MediaStore\n"
        "with StoreBench.over(MediaStore.open(sys.argv[1])) as b:\n"
        "    (b.scratch / 'x').write_bytes(b'x'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, store.url], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    left = [p for p in store.scratch_root.iterdir() if p.is_dir()]
    assert len(left) == 1
    with StoreBench.over(store) as outer:
        assert not left[0].exists()
        with StoreBench.over(store) as inner:
            assert outer.scratch.is_dir()
            assert inner.scratch != outer.scratch
        assert outer.scratch.is_dir()


def test_keep_and_open(store: MediaStore, tmp_path: Path) -> None:
    with StoreBench.over(store, scratch_root=tmp_path / "elsewhere") as bench:
        assert bench.scratch.is_relative_to(tmp_path / "elsewhere")
        path = bench.scratch / "made.mp4"
        path.write_bytes(b"made")
        blob = bench.keep(path)
        assert not path.exists()
    assert store.open_local(blob).read_bytes() == b"made"


def test_map_keeps_the_order_on_several_threads(store: MediaStore) -> None:
    names: set[str] = set()
    together = threading.Barrier(3, timeout=10)

    def slow_first(item: int) -> int:
        if item < 3:
            together.wait()
        names.add(threading.current_thread().name)
        time.sleep(0.002 * (20 - item))
        return item * item

    with StoreBench.over(store, threads=3) as bench:
        assert list(bench.map(slow_first, range(20))) == [n * n for n in range(20)]
        assert list(bench.map(slow_first, [])) == []
    assert len(names) == 3


def test_map_raises_at_its_place_and_stops_the_rest(store: MediaStore) -> None:
    begun: list[int] = []

    def fail_at_five(item: int) -> int:
        begun.append(item)
        time.sleep(0.2 if item > 5 else 0)
        if item == 5:
            raise ValueError("clip 5")
        return item

    results: list[int] = []
    with StoreBench.over(store, threads=2) as bench, pytest.raises(ValueError, match="clip 5"):
        results.extend(bench.map(fail_at_five, range(1000)))
    assert results == [0, 1, 2, 3, 4]
    assert not set(begun) - set(range(8)), "of the waiting items only those that two threads held may run"


def test_map_draws_its_items_lazily_and_can_be_left(store: MediaStore) -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            drawn.append(number)
            yield number

    with StoreBench.over(store, threads=2) as bench:
        results = bench.map(str, items())
        assert drawn == []
        assert next(results) == "0"
        # Whoever stops early calls off the rest.
        assert isinstance(results, Generator)
        results.close()
    assert len(drawn) <= 5


def test_no_thread_outlives_the_bench_of_a_map_that_was_left(store: MediaStore) -> None:
    written: list[bool] = []

    def work(number: int) -> int:
        time.sleep(0.3 if number else 0)
        written.append(bench.scratch.is_dir())
        return number

    def leave() -> None:
        results = bench.map(work, range(8))
        raise ValueError(f"after {next(results)}")

    # `caught` holds the traceback, and with it the frame that holds `results`.
    with pytest.raises(ValueError, match="after 0") as caught, StoreBench.over(store, threads=2) as bench:
        leave()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bench")]
    assert len(written) < 8
    assert all(written), "its scratch folder was gone before its threads"
    assert caught.value


def test_progress_is_told_in_the_thread_that_owns_the_bench(store: MediaStore) -> None:
    told: list[tuple[float, threading.Thread]] = []
    said = threading.Event()

    def work(number: int) -> None:
        bench.progress(number / 4)
        # The last one is still at work when its own progress is told.
        assert number < 4 or said.wait(20)

    def tell(fraction: float, _: str) -> None:
        told.append((fraction, threading.current_thread()))
        if fraction == 1.0:
            said.set()

    with StoreBench.over(store, on_progress=tell, threads=2) as bench:
        list(bench.map(work, (1, 2, 3, 4)))
    assert told[-1][0] == 1.0
    assert {thread for _, thread in told} == {threading.current_thread()}


def test_progress_is_clamped_and_never_goes_back(store: MediaStore) -> None:
    seen: list[tuple[float, str]] = []
    with StoreBench.over(store, on_progress=lambda fraction, note: seen.append((fraction, note))) as bench:
        for fraction in (-1.0, 0.2, 0.1, float("nan"), 0.5, 7.0, 0.9):
            bench.progress(fraction, "step")
    assert [fraction for fraction, _ in seen] == [0.0, 0.2, 0.2, 0.2, 0.5, 1.0, 1.0]
    assert {note for _, note in seen} == {"step"}
    with StoreBench.over(store) as silent:
        silent.progress(0.5)


def test_degraded_and_facts(store: MediaStore) -> None:
    with StoreBench.over(store) as bench:
        assert bench.threads == usable_cores()
        bench.degrade("no landmarks")
        bench.degrade("no landmarks")
        bench.degrade("short")
        bench.note(seconds=1.5)
        bench.note(seconds=2.0, clips=3)
    assert bench.degraded == ["no landmarks", "short"]
    assert bench.facts == {"seconds": 2.0, "clips": 3}
