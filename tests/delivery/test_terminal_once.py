"""Terminal once, nothing lost: everybody at once, between any two operations of each other, and killed anywhere."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from delivery_samples import completed, composition, failed, render_job, saying, terms
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from stepped import Actor, SteppedStore

from resources.media_store import MediaStore
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.contracts.versioned import ATTEMPT, OUTCOME, RENDER_TASK, Persisted
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.job_records import survey
from shortform_assets.delivery.outcomes import (
    CLOCK_SKEW_MS,
    begin_attempt,
    dispatch,
    finish,
    open_generation,
    states,
    sweep,
)

COMPOSITION = composition(render_job(0), saying(render_job(1), "other"))
DEADLINE_MS = 60_000
MOST_ATTEMPTS = 2
ORDER = {"pending": 0, "in_progress": 1, "completed": 2, "failed": 2}
AT_ONCE = 5
MOST_OPERATIONS = 12
"""Of one actor, at least until it has decided something."""

NAMES = ["worker", "worker", "webhook", "poll", "sweeper", "canceller", "rerunner", "dispatcher"]
RIVALS = [
    ("worker", "worker"),
    ("worker", "worker"),
    ("worker", "canceller"),
    ("worker", "sweeper"),
    ("webhook", "webhook"),
    ("webhook", "canceller"),
    ("canceller", "sweeper"),
    ("rerunner", "rerunner"),
    ("rerunner", "worker"),
    ("dispatcher", "dispatcher"),
    ("sweeper", "sweeper"),
]
"""Those who may undo each other's work."""
ROUND = st.tuples(
    st.sampled_from(RIVALS),
    st.integers(0, 9),
    st.booleans(),
    st.lists(st.booleans(), min_size=8, max_size=24),
    st.sampled_from([0, 0, DEADLINE_MS + CLOCK_SKEW_MS]),
)
"""Rivals, what they take, how that ends, whose turn it is, and how long before that nothing happens."""


class TerminalOnce(RuleBasedStateMachine):
    """Two outputs of one source, rendered by a remote executor."""

    def __init__(self, store: MediaStore) -> None:
        super().__init__()
        self.store = store
        self.folder = tempfile.TemporaryDirectory()
        self.now = 0
        self.live: list[Actor] = []
        self.mail: list[tuple[str, int]] = []
        """Sent to workers and not taken yet, as a queue holds it."""
        self.calls: list[tuple[str, Outcome]] = []
        """What workers told, for a webhook that may hear it late, twice or never."""
        self.begun: set[tuple[str, int]] = set()
        self.objects: dict[str, bytes] = {}
        self.places: dict[str, tuple[int, int]] = {}
        self.delivered: dict[str, set[str]] = defaultdict(set)
        """Videos that were handed out, by output."""
        self.stood: dict[str, Outcome] = {}
        """What somebody was told to be the end, by job."""

    def teardown(self) -> None:
        try:
            self.all_ends()
        finally:
            for actor in self.live:
                actor.kill()
            self.folder.cleanup()

    # Who there is

    def dispatcher(self, store: SteppedStore) -> None:
        self.send(store, dispatch(store, "talk", COMPOSITION, terms(self.now)).created)

    def rerunner(self, store: SteppedStore) -> None:
        self.send(store, open_generation(store, "talk", COMPOSITION, terms(self.now)).created)

    def sweeper(self, store: SteppedStore) -> None:
        for key, attempt in sweep(store, self.now, "remote").again:
            store.actor.pause()
            self.mail.append((key, attempt))

    def send(self, store: SteppedStore, keys: tuple[str, ...]) -> None:
        for key in keys:
            store.actor.pause()
            self.mail.append((key, 1))

    def worker(self, store: SteppedStore, which: int, good: bool) -> None:
        """Takes a message, which is there twice at times, as queues have it."""
        if not self.mail:
            return
        place = which % len(self.mail)
        key, attempt = self.mail[place] if which % 2 else self.mail.pop(place)
        if begin_attempt(store, key, self.now, "remote", attempt) is None:
            return
        assert (key, attempt) not in self.begun, "one attempt was given to two workers"
        self.begun.add((key, attempt))
        output = key.rsplit("/", 1)[-1]
        # No two renders are the same bytes, so that one which is exchanged for another is seen.
        picture = Path(self.folder.name, f"{output}-{len(self.begun)}")
        picture.write_bytes(f"{key} {attempt}".encode())
        video = store.add_file(picture) if good else None
        ended = completed(output, video, video, attempt) if video else failed(output, attempt)
        store.actor.pause()
        self.calls.append((key, ended))
        self.told(key, finish(store, key, ended))

    def webhook(self, store: SteppedStore, which: int) -> None:
        if self.calls:
            key, ended = self.calls[which % len(self.calls)]
            standing = self.told(key, finish(store, key, ended))
            assert standing or ended.state == "failed"

    def canceller(self, store: SteppedStore, which: int) -> None:
        if keys := sorted(path for path in self.objects if path.endswith("/job.json")):
            key = keys[which % len(keys)].removesuffix("/job.json")
            assert self.told(key, DispatchedJobs(store).give_up(key, "Cancelled.")), "it goes on"

    def poll(self, store: SteppedStore) -> None:
        """Hands out what is there, as a delivery does."""
        for state in states(store, "talk", COMPOSITION):
            if state.outcome and state.outcome.video:
                self.delivered[state.output_id].add(state.outcome.video.sha256)

    def told(self, key: str, standing: Outcome | None) -> Outcome | None:
        if standing:
            assert self.stood.setdefault(key, standing) == standing, "an output has two ends"
        return standing

    # What happens

    def actor(self, name: str, which: int, good: bool) -> Actor:
        acts: dict[str, Callable[[SteppedStore], object]] = {
            "dispatcher": self.dispatcher,
            "rerunner": self.rerunner,
            "sweeper": self.sweeper,
            "poll": self.poll,
            "worker": lambda store: self.worker(store, which, good),
            "webhook": lambda store: self.webhook(store, which),
            "canceller": lambda store: self.canceller(store, which),
        }
        made = Actor(self.store, acts[name])
        self.live = [actor for actor in self.live if not actor.over] + [made]
        return made

    @initialize(dispatched=st.integers(0, 3))
    def begin(self, dispatched: int) -> None:
        if dispatched:
            Actor(self.store, self.dispatcher).run()

    @precondition(lambda self: sum(not actor.over for actor in self.live) < AT_ONCE)
    @rule(name=st.sampled_from(NAMES), which=st.integers(0, 9), good=st.booleans())
    def start(self, name: str, which: int, good: bool) -> None:
        self.actor(name, which, good)

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, AT_ONCE - 1), steps=st.integers(1, 6))
    def move(self, which: int, steps: int) -> None:
        actor = self.live[which % len(self.live)]
        for _ in range(steps):
            if not actor.over:
                actor.step()

    @rule(rounds=st.lists(ROUND, min_size=3, max_size=6))
    def race(self, rounds: list[tuple[tuple[str, str], int, bool, list[bool], int]]) -> None:
        """Two over the same thing at the same time, to the end of both; and the next two."""
        for names, which, good, order, quiet_ms in rounds:
            self.now += quiet_ms
            two = [self.actor(name, which, good) for name in names]
            for second in order:
                if not two[second].over:
                    two[second].step()
            for actor in two:
                actor.run()

    @rule(name=st.sampled_from(NAMES), which=st.integers(0, 9), steps=st.integers(0, 12))
    def die(self, name: str, which: int, steps: int) -> None:
        """Killed after so many operations."""
        actor = self.actor(name, which, True)
        for _ in range(steps):
            if not actor.over:
                actor.step()
        actor.kill()

    @precondition(lambda self: self.live)
    @rule()
    def run_to_the_end(self) -> None:
        for actor in self.live:
            actor.run()

    @precondition(lambda self: self.mail)
    @rule(which=st.integers(0, 9))
    def lose(self, which: int) -> None:
        self.mail.pop(which % len(self.mail))

    @rule(seconds=st.sampled_from([1, 59, 60, 180, 181, 400]))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    # What holds

    def all_ends(self) -> None:
        """Whatever happened: once somebody dispatches and the sweeper goes round, every output has its end."""
        for actor in self.live:
            actor.kill()
        Actor(self.store, self.dispatcher).run()
        for _ in range(MOST_ATTEMPTS + 1):
            while self.mail:
                Actor(self.store, lambda store: self.worker(store, 0, True)).run()
            self.now += DEADLINE_MS + CLOCK_SKEW_MS
            Actor(self.store, self.sweeper).run()
        assert {state.state for state in states(self.store, "talk", COMPOSITION)} <= {"completed", "failed"}
        self.look()

    @invariant()
    def look(self) -> None:
        """Every object can be read as JSON at any moment, and none that stands changes."""
        for path in itertools.chain(self.store.list("deliveries"), self.store.list("renders")):
            if path not in self.objects:
                self.objects[path] = self.store.read(path)
                kind: Persisted[Any] = (
                    RENDER_TASK
                    if path.endswith("/job.json")
                    else ATTEMPT
                    if "/attempts/" in path
                    else OUTCOME
                )
                assert kind.dump(kind.load(self.objects[path], path)) == self.objects[path]
                assert json.loads(self.objects[path])
        for state in states(self.store, "talk", COMPOSITION):
            place = (state.generation, ORDER[state.state])
            assert place >= self.places.get(state.output_id, place), "a state went back"
            assert not state.lost
            self.places[state.output_id] = place

    @invariant()
    def one_end_an_output(self) -> None:
        ends: dict[str, list[Outcome]] = defaultdict(list)
        for seen in sorted(survey(self.store, "deliveries").values(), key=lambda seen: seen.generation):
            path = f"{seen.key}/outcome.json"
            before = ends[seen.output_id]
            assert all(end.state == "failed" for end in before), "a completed output was begun again"
            assert len(before) == seen.generation, "a generation was opened before the last one failed"
            if seen.outcome:
                assert self.store.read(path) == self.objects[path], "a terminal outcome has changed"
                before.append(OUTCOME.load(self.objects[path], path))
        for output, videos in self.delivered.items():
            standing = {end.video.sha256 for end in ends[output] if end.video}
            assert videos == standing, "an output was delivered twice, in two versions"


def check(store: MediaStore, examples: int, steps: int) -> None:
    numbers = itertools.count()

    # Each example begins with an empty store.
    def made() -> TerminalOnce:
        return TerminalOnce(MediaStore.open(f"{store.url}/{next(numbers)}"))

    run_state_machine_as_test(
        # What it asks for is something to call.
        cast(type[TerminalOnce], made),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whoever_is_killed_every_output_ends_once(tmp_path: Path) -> None:
    check(MediaStore.local(tmp_path), examples=30, steps=15)


def test_whoever_is_killed_every_output_ends_once_on_s3(s3_store: MediaStore) -> None:
    check(s3_store, examples=4, steps=15)


@pytest.mark.parametrize(
    "names",
    [
        ("worker", "worker"),
        ("worker", "canceller"),
        ("worker", "sweeper"),
        ("canceller", "worker"),
        ("canceller", "sweeper"),
        ("sweeper", "sweeper"),
        ("rerunner", "rerunner"),
    ],
    ids="-".join,
)
def test_two_rivals_interrupt_each_other_anywhere(names: tuple[str, str], tmp_path: Path) -> None:
    """So far the one, so far the other; then the first goes on, or is dead."""
    for first, dies in itertools.product(range(MOST_OPERATIONS), (False, True)):
        for second in (0,) if dies else (3, 6, MOST_OPERATIONS):
            machine = TerminalOnce(MediaStore.local(tmp_path / f"{first}-{second}-{dies}"))
            machine.begin(dispatched=1)
            machine.look()
            if names[0] == "rerunner":
                machine.actor("worker", 0, good=False).run()
            if "sweeper" in names:
                machine.now += DEADLINE_MS + CLOCK_SKEW_MS
            # An odd number: the message stays in the queue for the other one too.
            one, other = (machine.actor(name, 1, good=True) for name in names)
            for actor, steps in ((one, first), (other, second)):
                for _ in range(steps):
                    if not actor.over:
                        actor.step()
            if dies:
                one.kill()
            one.run()
            other.run()
            machine.look()
            machine.one_end_an_output()
            machine.teardown()
            machine.one_end_an_output()


@pytest.mark.slow
def test_whoever_is_killed_every_output_ends_once_in_depth(either_store: MediaStore) -> None:
    check(either_store, examples=60 if either_store.url.startswith("s3") else 400, steps=40)
