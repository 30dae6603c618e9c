"""The local pool and its workers, with real processes that really die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from delivery_samples import composition, render_job, saying, terms
from present import present

from resources.media_store import MediaStore
from resources.render_pool import LocalRenderPool
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.outcomes import dispatch, states

RENDERER = "fake_renderers:render"


@pytest.fixture(autouse=True)
def _workers_find_the_fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("FAKE_MARK", str(tmp_path / "mark"))


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore.local(tmp_path / "store")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_every_job_ends_with_an_outcome_whatever_happens_to_its_worker(store) -> None:
    words = ("fine", "fault", "bug", "die", "once", "poor")
    index = composition(*(saying(render_job(n), word) for n, word in enumerate(words)))
    jobs = dispatch(store, "talk", index, terms(executor="local")).unfinished
    events: list[tuple[str, str, float]] = []
    LocalRenderPool(workers=2, renderer=RENDERER).dispatch(
        DispatchedJobs(store), jobs, lambda *event: events.append(event)
    )

    fine, fault, bug, die, once, poor = states(store, "talk", index)
    assert present(present(fine.outcome).quality).problems == ()
    assert (present(present(fine.outcome).quality).frames, present(present(fine.outcome).quality).width) == (
        50,
        180,
    )
    assert all(store.has(blob) for blob in (present(fine.outcome).video, present(fine.outcome).poster))
    assert present(fault.outcome).error == "The clip has no picture."
    assert "RuntimeError: index out of range" in present(bug.outcome).error
    assert (die.state, die.attempts, present(die.outcome).attempt) == ("failed", 2, 2)
    assert present(die.outcome).error.startswith("Given up after 2 attempts: the worker process was killed")
    assert (once.state, once.attempts) == ("completed", 2)
    assert present(poor.outcome).degraded == ("The font is missing.",)
    # `fine` and `once`: neither failures nor what a fallback made.
    assert len(list(store.list("renders"))) == 2

    ended = {output: state for output, state, _ in events if state != "in_progress"}
    assert ended == {s.output_id: s.state for s in states(store, "talk", index)}
    assert any(state == "in_progress" and 0 < fraction < 1 for _, state, fraction in events)
    # Nothing is left to do, so nothing is done.
    assert dispatch(store, "talk", index, terms(executor="local")).unfinished == ()
    assert list(store.scratch_root.glob("*")) == []


def test_what_was_lost_is_rendered_again_by_the_next_delivery(store) -> None:
    index = composition(*(saying(render_job(n), "fine") for n in range(3)))
    pool = LocalRenderPool(workers=2, renderer=RENDERER)

    def deliver() -> list[tuple[str, int]]:
        sent = dispatch(store, "talk", index, terms(executor="local"))
        pool.dispatch(DispatchedJobs(store), sent.unfinished)
        return [(state.state, state.generation) for state in states(store, "talk", index)]

    assert deliver() == [("completed", 0)] * 3
    lost, broken, _ = states(store, "talk", index)
    store.delete(f"blobs/{present(present(lost.outcome).video).sha256}")
    (path,) = (p for p in store.list("deliveries") if broken.output_id in p and p.endswith("outcome.json"))
    store.replace(path, b'{"half a')
    # All three are the same picture, so that the lost file is one and the same.
    assert deliver() == [("completed", 1)] * 3
    assert all(store.has(present(state.outcome).video) for state in states(store, "talk", index))
    assert deliver() == [("completed", 1)] * 3


def test_a_job_past_its_deadline_is_killed(store) -> None:
    index = composition(saying(render_job(0), "slow"))
    jobs = dispatch(
        store, "talk", index, terms(executor="local", deadline_seconds=3, max_attempts=1)
    ).unfinished
    LocalRenderPool(workers=1, renderer=RENDERER).dispatch(DispatchedJobs(store), jobs)
    (state,) = states(store, "talk", index)
    assert present(state.outcome).error == "Given up after 1 attempt: it took longer than its deadline."


def test_a_dead_worker_is_dead_whoever_holds_its_pipes(store, tmp_path) -> None:
    index = composition(saying(render_job(0), "orphan"))
    jobs = dispatch(store, "talk", index, terms(executor="local", max_attempts=1)).unfinished
    begun, threads = time.monotonic(), threading.enumerate()
    try:
        LocalRenderPool(workers=1, renderer=RENDERER).dispatch(DispatchedJobs(store), jobs)
        assert alive(int((tmp_path / "mark").read_text()))
    finally:
        os.kill(int((tmp_path / "mark").read_text()), signal.SIGKILL)
    (state,) = states(store, "talk", index)
    assert present(state.outcome).error.startswith("Given up after 1 attempt: the worker process was killed")
    assert time.monotonic() - begun < terms().deadline_seconds
    assert threading.enumerate() == threads


def test_an_interrupt_ends_the_workers_and_leaves_the_job_to_be_resumed(store) -> None:
    index = composition(saying(render_job(0), "slow"), saying(render_job(1), "fine"))
    pids: list[int] = []
    threads, others = threading.enumerate(), children()

    def interrupt(output: str, state: str, fraction: float) -> None:
        if fraction > 0.01 and output == index.outputs[0].output_id:
            pids.extend(set(children()) - set(others))
            raise KeyboardInterrupt

    jobs = dispatch(store, "talk", index, terms(executor="local")).unfinished
    with pytest.raises(KeyboardInterrupt):
        LocalRenderPool(workers=1, renderer=RENDERER).dispatch(DispatchedJobs(store), jobs, interrupt)
    assert pids
    assert threading.enumerate() == threads
    assert not any(alive(pid) for pid in pids)
    assert [s.state for s in states(store, "talk", index)] == ["in_progress", "pending"]
    assert list(store.scratch_root.glob("*")) == []

    again = dispatch(store, "talk", index, terms(executor="local")).unfinished
    assert again == jobs
    LocalRenderPool(workers=1, renderer=RENDERER).dispatch(DispatchedJobs(store), again[1:])
    assert states(store, "talk", index)[1].state == "completed"


def children() -> list[int]:
    return [int(n) for n in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]


def test_the_worker_by_itself_stops_on_sigterm_and_says_what_it_does(store, tmp_path) -> None:
    index = composition(saying(render_job(0), "fine"), saying(render_job(1), "slow"))
    jobs = dispatch(store, "talk", index, terms()).created
    note = tmp_path / "JOB.json"
    note.write_text(json.dumps({"store": store.url, "jobs": jobs, "renderer": RENDERER}))
    worker = subprocess.Popen(
        [sys.executable, "-m", "shortform_assets.workers.render", str(note)],
        stdout=subprocess.PIPE,
        text=True,
    )
    said = []
    for line in present(worker.stdout):
        if line.startswith("{"):
            said.append(json.loads(line))
            if said[-1]["output"] == index.outputs[1].output_id and said[-1]["fraction"] > 0:
                worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 128 + signal.SIGTERM
    assert {"output": index.outputs[0].output_id, "job": jobs[0], "state": "completed"} in said
    assert [s.state for s in states(store, "talk", index)] == ["completed", "in_progress"]
    assert list(store.scratch_root.glob("*")) == []


def test_a_killed_pool_leaves_no_worker_behind(store, tmp_path) -> None:
    index = composition(saying(render_job(0), "slow"), saying(render_job(1), "fine"))
    jobs = dispatch(store, "talk", index, terms(executor="local")).unfinished
    code = (
        "import sys; from resources.render_pool import LocalRenderPool as P; "
        "from resources.media_store import MediaStore as M; "
        "from shortform_assets.delivery.dispatched_jobs import DispatchedJobs as J\n"
        f"P(1, {RENDERER!r}).dispatch(J(M.open(sys.argv[1])), sys.argv[2:], lambda *e: print(*e, flush=True))"
    )
    pool = subprocess.Popen([sys.executable, "-c", code, store.url, *jobs], stdout=subprocess.PIPE, text=True)
    assert "in_progress" in present(pool.stdout).readline()
    (worker,) = (int(n) for n in Path(f"/proc/{pool.pid}/task/{pool.pid}/children").read_text().split())
    pool.kill()
    pool.wait()
    until = time.monotonic() + 30
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(worker)
    # The worker had nobody to talk to any more: that is no fault of its output.
    assert [s.state for s in states(store, "talk", index)] == ["in_progress", "pending"]
