"""Trying again: bounded in tries and time, with jitter, as late as the server says, and called off at once."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.bench import StoreBench
from resources.media_store import MediaStore
from resources.retrying import GaveUp, Patience, Setback, insist_async, retry_after
from shortform_assets.ports.workbench import CalledOff


class Service:
    """Fails as told, with time of its own."""

    def __init__(self, setbacks: list[float | None]) -> None:
        self.setbacks, self.calls, self.now = list(setbacks), 0, 0.0
        self.waits: list[float] = []

    def __call__(self) -> str:
        self.calls += 1
        self.now += 1.0
        if not self.setbacks:
            return "done"
        raise Setback("it is busy", "wait", self.setbacks.pop(0))

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


asked = st.one_of(st.none(), st.floats(0, 200))


@given(st.lists(asked, max_size=12), st.integers(1, 8), st.floats(1, 100))
def test_tries_and_time_are_bounded_and_the_server_is_heard(
    setbacks: list[float | None], tries: int, deadline: float
) -> None:
    service = Service(setbacks)
    patience = Patience(tries, 1.0, 30.0, 5.0, deadline, wait=service.wait, clock=lambda: service.now)
    answer, gave_up = "", ""
    try:
        answer = patience.start().insist(service)
    except GaveUp as error:
        gave_up = str(error)
    if answer:
        assert service.calls == len(setbacks) + 1
    else:
        assert "it is busy" in gave_up
        assert ("no time left" in gave_up) == (service.calls < tries)
        assert (f"tried {service.calls} times" in gave_up) == (service.calls > 1)
    assert service.calls <= tries
    # Pauses never outlast the deadline: only the last call may.
    assert sum(service.waits) < deadline
    for number, (pause, wish) in enumerate(zip(service.waits, setbacks, strict=False)):
        low = min(2.0**number, 30.0) if wish is None else min(wish, 30.0)
        high = min(2.0**number + 1.0, 30.0) if wish is None else low
        assert low <= pause <= high


def test_what_is_no_setback_is_raised_at_once() -> None:
    def broken() -> None:
        raise ValueError("nonsense")

    with pytest.raises(ValueError, match="nonsense"):
        Patience().start().insist(broken)


def test_pauses_of_many_callers_differ() -> None:
    firsts = []
    for _ in range(20):
        service = Service([None])
        Patience(wait=service.wait).start().insist(service)
        firsts += service.waits
    assert len(set(firsts)) > 10


def test_an_answer_that_may_pass_is_waited_for_without_blocking_the_loop() -> None:
    told: list[tuple[str, float]] = []

    async def run() -> str:
        service = Service([0.02, None])

        async def attempt() -> str:
            return service()

        def before(error: BaseException, pause: float) -> None:
            told.append((str(error), pause))

        def passing(error: BaseException) -> bool:
            return isinstance(error, Setback)

        return await insist_async(attempt, passing, Patience(5, 0.01, 1.0), lambda: 10.0, before)

    assert asyncio.run(run()) == "done"
    assert [error for error, _ in told] == ["it is busy"] * 2
    assert told[0][1] == 0.02
    assert 0.02 <= told[1][1] <= 0.03


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("", None), ("soon", None)])
def test_retry_after_is_read(header: str, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_may_be_a_date() -> None:
    found = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))
    assert found is not None
    assert 27 < found <= 30


def test_a_long_pause_ends_when_a_sibling_fails(tmp_path) -> None:
    """What a bench's other thread waits for, minutes long, is called off within a second."""
    waiting, ended = threading.Event(), []

    def work(number: int) -> None:
        if number == 0:
            assert waiting.wait(5)
            raise RuntimeError("the other chunk failed")

        def busy() -> None:
            waiting.set()
            raise Setback("it is busy", "wait", 60.0)

        try:
            Patience().start(lambda: bench.progress(0.0)).insist(busy)
        except CalledOff:
            ended.append(number)
            raise

    start = time.monotonic()
    with StoreBench.over(MediaStore.local(tmp_path), threads=2) as bench:
        with pytest.raises(RuntimeError, match="the other chunk"):
            list(bench.map(work, range(2)))
        # The stage itself is not called off: it may go on without what failed.
        bench.progress(0.5)
        assert list(bench.map(lambda number: number, range(3))) == [0, 1, 2]
    assert ended == [1]
    assert time.monotonic() - start < 5
