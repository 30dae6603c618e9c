"""The store decides every race, and a terminal state is terminal."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from delivery_samples import completed, composition, failed, keep_bytes, render_job, terms
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from present import present
from stepped import Actor

from resources.media_store import MediaStore
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.job_records import task_of
from shortform_assets.delivery.outcomes import (
    CLOCK_SKEW_MS,
    begin_attempt,
    dispatch,
    finish,
    open_generation,
    states,
    sweep,
)
from shortform_assets.delivery.render_reuse import earlier_render, remember_render
from shortform_assets.errors import InputError
from shortform_assets.workers.render import OTHER_CODE, render_one

MINUTE = 60_000
DUE = MINUTE + CLOCK_SKEW_MS
"""From the last sign of a job to the sweeper."""
JUNK = b'{"output_id": "half a'
ORDER = {"pending": 0, "in_progress": 1, "completed": 2, "failed": 2}


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore.local(tmp_path / "store")


@pytest.fixture
def blob(store: MediaStore, tmp_path: Path):
    return keep_bytes(store, tmp_path, b"a picture")


class Outcomes(RuleBasedStateMachine):
    """Workers, webhooks, pollers, sweepers and users in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.store = MediaStore.local(self.root / "store")
        self.blob = keep_bytes(self.store, self.root, b"a picture")
        self.composition = composition()
        self.now = 0
        self.seen: dict[str, tuple[int, int]] = {}
        self.terminal: dict[str, bytes] = {}
        self.keys: list[str] = []
        self.jobs_damaged: set[str] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule()
    def dispatch(self) -> None:
        self.keys += dispatch(self.store, "talk", self.composition, terms(self.now)).created

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    @precondition(lambda self: self.keys)
    @rule(data=st.data(), attempt=st.sampled_from([None, 1, 2, 3]))
    def begin(self, data: st.DataObject, attempt: int | None) -> None:
        key = data.draw(st.sampled_from(self.keys))
        number = begin_attempt(self.store, key, self.now, "remote", attempt)
        if key in self.terminal:
            assert number is None
        elif attempt is None:
            assert number is not None
        if number is not None:
            again = begin_attempt(self.store, key, self.now, "remote", number)
            assert again is None, "one attempt was given to two workers"

    @precondition(lambda self: self.keys)
    @rule(data=st.data(), attempt=st.integers(1, 4), good=st.booleans())
    def signal(self, data: st.DataObject, attempt: int, good: bool) -> None:
        """From a worker, twice by a webhook, early, late, or of an attempt nobody remembers."""
        key = data.draw(st.sampled_from(self.keys))
        self.report(key, good, attempt)

    def report(self, key: str, good: bool, attempt: int) -> None:
        output = key.rsplit("/", 1)[-1]
        if good:
            keep_bytes(self.store, self.root, b"a picture")
        outcome = completed(output, self.blob, self.blob, attempt) if good else failed(output, attempt)
        standing = finish(self.store, key, outcome)
        assert finish(self.store, key, outcome) == standing
        if good and self.terminal.get(key) != JUNK:
            assert standing is not None

    @rule()
    def lose(self) -> None:
        self.store.delete(f"blobs/{self.blob.sha256}")

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """Half a file after a power cut."""
        key = data.draw(st.sampled_from(self.keys))
        path = data.draw(st.sampled_from(list(self.store.list(key))))
        self.store.replace(path, JUNK)
        if path.endswith("/outcome.json"):
            self.terminal[key] = JUNK
        if path.endswith("/job.json"):
            self.jobs_damaged.add(key.rsplit("/", 1)[-1])

    @rule()
    def drain(self) -> None:
        """Whatever happened before, one delivery ends every output."""
        self.keys += dispatch(self.store, "talk", self.composition, terms(self.now)).created
        for key in dispatch(self.store, "talk", self.composition, terms(self.now)).unfinished:
            number = begin_attempt(self.store, key, self.now, "remote")
            assert number is not None
            self.report(key, True, number)
        for state in states(self.store, "talk", self.composition):
            assert (state.state in ("completed", "failed"), state.lost) == (True, "")

    @rule()
    def sweep(self) -> None:
        swept = sweep(self.store, self.now, "remote")
        assert all(key not in self.terminal and attempt <= 2 for key, attempt in swept.again)
        assert not set(swept.failed) & set(self.terminal)
        assert sweep(self.store, self.now, "remote").again == (), "the same job was sent twice"

    @rule()
    def rerun(self) -> None:
        before = {s.output_id: s.state for s in states(self.store, "talk", self.composition)}
        opened = open_generation(self.store, "talk", self.composition, terms(self.now))
        assert all(before[key.rsplit("/", 1)[-1]] == "failed" for key in opened.unfinished)
        self.keys += opened.created

    @invariant()
    def terminal_is_terminal(self) -> None:
        for key in self.keys:
            path = f"{key}/outcome.json"
            if self.store.head(path) is not None:
                body = self.store.read(path)
                assert self.terminal.setdefault(key, body) == body

    @invariant()
    def states_only_go_forward(self) -> None:
        for state in states(self.store, "talk", self.composition):
            place = (state.generation, ORDER[state.state])
            if state.lost:
                self.seen[state.output_id] = place
            assert place >= self.seen.get(state.output_id, place)
            self.seen[state.output_id] = place
            assert (state.outcome is not None) == (state.state in ("completed", "failed"))

    @invariant()
    def every_completed_render_can_be_found_again(self) -> None:
        done = {s.output_id for s in states(self.store, "talk", self.composition) if s.state == "completed"}
        for job in self.composition.outputs:
            if job.output_id in done - self.jobs_damaged:
                assert earlier_render(self.store, job, "")


TestOutcomes = Outcomes.TestCase
TestOutcomes.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def _at_once(count: int, act):
    gate = Barrier(count)

    def run(number: int):
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_40_signals_one_decides(store, blob) -> None:
    (key, *_) = dispatch(store, "talk", composition(), terms()).created
    output = key.rsplit("/", 1)[-1]

    def signal(number: int):
        good = number % 2
        return finish(
            store, key, completed(output, blob, blob, 1 + number) if good else failed(output, 1 + number)
        )

    standing = _at_once(40, signal)
    assert len({outcome.digest() for outcome in standing if outcome}) == 1
    assert states(store, "talk", composition())[0].outcome == next(filter(None, standing))


def test_of_40_workers_each_attempt_has_one(store) -> None:
    (key, *_) = dispatch(store, "talk", composition(), terms()).created
    assert sorted(_at_once(40, lambda n: begin_attempt(store, key, n, "local"))) == list(range(1, 41))
    second = dispatch(store, "talk", composition(), terms()).unfinished[1]
    claims = _at_once(40, lambda n: begin_attempt(store, second, n, "remote", attempt=1))
    assert sorted(claims, key=str) == [1] + [None] * 39


def test_of_40_dispatchers_and_sweepers_one_sends(store) -> None:
    sent = _at_once(40, lambda n: dispatch(store, "talk", composition(), terms()).created)
    assert sorted(key for keys in sent for key in keys) == sorted(set(sum(sent, ())))
    assert len(set(sum(sent, ()))) == 3
    swept = _at_once(40, lambda n: sweep(store, DUE, "remote").again)
    assert len(sum(swept, ())) == 3
    assert {attempt for _, attempt in sum(swept, ())} == {2}


def test_other_code_renders_again_and_what_one_code_drew_stands_for_no_other(store, blob) -> None:
    first, second = (replace(terms(), renderer=version) for version in ("aaaa.1", "bbbb.1"))
    keys = dispatch(store, "talk", composition(), first).created
    for key in keys[:2]:
        finish(store, key, completed(key.rsplit("/", 1)[-1], blob, blob))
    # The third is under way when the code is changed.
    begin_attempt(store, keys[2], 0, "remote")
    again = dispatch(store, "talk", composition(), second)
    assert again.created == tuple(key.replace("/g0/", "/g1/") for key in keys)
    assert again.reused == ()
    assert dispatch(store, "talk", composition(), second).created == ()
    finish(store, again.created[0], completed(again.created[0].rsplit("/", 1)[-1], blob, blob))
    assert [s.state for s in states(store, "talk", composition())] == ["completed", "pending", "pending"]
    # Another source finds what its own code drew.
    assert len(dispatch(store, "other-talk", composition(), first).reused) == 2
    assert len(dispatch(store, "third-talk", composition(), second).reused) == 1


def test_a_worker_with_other_code_draws_nothing(store) -> None:
    (key, *_) = dispatch(store, "talk", composition(), replace(terms(), renderer="aaaa.1")).created
    said: list[dict[str, object]] = []

    def draw(bench, job):
        pytest.fail("it was drawn")

    render_one(store, key, draw, "remote", said.append, "bbbb.1")
    assert present(states(store, "talk", composition())[0].outcome).error == OTHER_CODE
    assert said[-1]["state"] == "failed"


def test_a_lost_job_is_sent_again_and_then_failed_with_a_reason(store) -> None:
    keys = dispatch(store, "talk", composition(), terms(now_ms=0)).created
    assert sweep(store, DUE - 1, "remote").again == ()
    # The first worker began late, so its deadline runs from then.
    begin_attempt(store, keys[0], DUE - 1, "remote", attempt=1)
    assert [key for key, _ in sweep(store, DUE, "remote").again] == sorted(keys[1:])
    # Another executor's jobs are its own business.
    assert sweep(store, 9 * DUE, "local") == sweep(store, DUE, "remote")
    assert set(sweep(store, 2 * DUE - 1, "remote").failed) == set()
    assert set(sweep(store, 2 * DUE, "remote").failed) == {*keys[1:]}
    reasons = [s.outcome.error for s in states(store, "talk", composition()) if s.outcome]
    assert reasons == ["No answer within 60 s, 2 times."] * 2


def test_clocks_that_differ_by_two_minutes_cost_no_attempt(store, blob) -> None:
    (key, *_) = dispatch(store, "talk", composition(), terms(now_ms=0)).created
    # A worker whose clock is two minutes behind has begun just now, and uses its whole deadline.
    begin_attempt(store, key, 30_000 - CLOCK_SKEW_MS, "remote", attempt=1)
    assert sweep(store, 30_000 + MINUTE - 1, "remote").again == ()
    # A sweeper whose clock is two minutes ahead.
    assert sweep(store, MINUTE - 1 + CLOCK_SKEW_MS, "remote").again == ()
    # One that was in the future by a worker's clock is looked after two minutes later.
    (_, late, *_) = dispatch(store, "other", composition(), terms(now_ms=0)).created
    begin_attempt(store, late, CLOCK_SKEW_MS, "remote", attempt=1)
    assert late in {key for key, _ in sweep(store, DUE + CLOCK_SKEW_MS, "remote", "deliveries/other").again}


def test_a_render_whose_word_was_lost_is_found_by_the_sweeper(store, blob) -> None:
    index = composition()
    one, two, _ = dispatch(store, "talk", index, terms()).created
    # Its worker was killed between the two writes of a completed output, or was given up too early.
    begin_attempt(store, one, 0, "remote", attempt=1)
    remember_render(store, index.outputs[0], "", completed(index.outputs[0].output_id, blob, blob))
    # A render that came too late serves whoever tries again.
    finish(store, two, failed(index.outputs[1].output_id))
    finish(store, two, completed(index.outputs[1].output_id, blob, blob))
    assert sweep(store, DUE, "remote").completed == (one,)
    assert [s.state for s in states(store, "talk", index)] == ["completed", "failed", "pending"]
    again = open_generation(store, "talk", index, terms(DUE))
    assert (again.reused, again.unfinished) == ((two.replace("/g0/", "/g1/"),), ())


def test_what_is_given_up_stays_so_although_the_sweeper_sends_it_again(store) -> None:
    """Cancelled between two steps of a sweeper."""
    (key, *_) = dispatch(store, "talk", composition(), terms()).created
    begin_attempt(store, key, 0, "remote", attempt=1)
    canceller = Actor(store, lambda stepped: DispatchedJobs(stepped).give_up(key, "Cancelled."))
    for _ in range(3):
        canceller.step()
    assert key in dict(sweep(store, DUE, "remote").again)
    canceller.run()
    ended = present(states(store, "talk", composition())[0].outcome)
    assert (ended.state, ended.error) == ("failed", "Cancelled.")


def test_a_failure_of_an_attempt_that_was_replaced_is_not_final(store, blob) -> None:
    (key, *_) = dispatch(store, "talk", composition(), terms()).created
    output = key.rsplit("/", 1)[-1]
    begin_attempt(store, key, 0, "remote", attempt=1)
    sweep(store, DUE, "remote")
    assert finish(store, key, failed(output, attempt=1)) is None
    late = completed(output, blob, blob, attempt=1)
    assert finish(store, key, late) == late
    assert finish(store, key, completed(output, blob, blob, attempt=2)) == late


def test_rerun_keeps_the_completed_and_begins_the_failed_anew(store, blob) -> None:
    index = composition()
    one, two, three = dispatch(store, "talk", index, terms()).created
    finish(store, one, completed(index.outputs[0].output_id, blob, blob))
    finish(store, two, failed(index.outputs[1].output_id))
    opened = _at_once(8, lambda n: open_generation(store, "talk", index, terms()))
    assert sum((o.created for o in opened), ()) == (two.replace("/g0/", "/g1/"),)
    assert [(s.state, s.generation) for s in states(store, "talk", index)] == [
        ("completed", 0),
        ("pending", 1),
        ("pending", 0),
    ]
    assert dispatch(store, "talk", index, terms()).unfinished == (two.replace("/g0/", "/g1/"), three)


def test_an_identical_render_is_reused_by_another_source_and_title(store, blob) -> None:
    index = composition(render_job(0, title="One"), render_job(1))
    first, second = dispatch(store, "talk", index, terms()).created
    finish(store, first, completed(index.outputs[0].output_id, blob, blob))
    finish(store, second, completed(index.outputs[1].output_id, blob, blob, degraded=("no font",)))
    other = composition(render_job(0, title="Two"), render_job(1))
    again = dispatch(store, "other-talk", other, terms())
    # A degraded render is not worth keeping.
    assert [key.rsplit("/", 1)[-1] for key in again.reused] == [other.outputs[0].output_id]
    assert [(s.state, s.attempts) for s in states(store, "other-talk", other)] == [
        ("completed", 0),
        ("pending", 0),
    ]

    changed = other.outputs[0].model_copy(update={"frames": 49})
    assert dispatch(store, "third", composition(changed), terms()).reused == ()
    store.delete(f"blobs/{blob.sha256}")
    assert dispatch(store, "fourth", other, terms()).reused == ()


def test_signals_that_say_too_little_are_refused(store, blob) -> None:
    (key, *_) = dispatch(store, "talk", composition(), terms()).created
    output = key.rsplit("/", 1)[-1]
    bad = (
        failed("other"),
        failed(output, error=""),
        completed(output, blob, blob).model_copy(update={"video": None}),
    )
    for outcome in bad:
        with pytest.raises(ValueError, match=output):
            finish(store, key, outcome)
    assert states(store, "talk", composition())[0].state == "pending"
    with pytest.raises(InputError, match="source"):
        dispatch(store, "../talk", composition(), terms())
    with pytest.raises(InputError, match="dispatch"):
        task_of(store, key + "x")
