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

Who = tuple[str, int]
"""An actor, and a number that says which job, message or end it takes."""
WHO = st.tuples(
    st.sampled_from(["worker", "webhook", "poll", "sweeper", "canceller", "rerunner", "dispatcher"]),
    st.integers(0, 11),
)


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

    def worker(self, store: SteppedStore, good: bool = True, twice: bool = False) -> None:
        if not self.mail:
            return
        key, attempt = self.mail[0] if twice else self.mail.pop(0)
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
        finish(store, key, ended)

    def webhook(self, store: SteppedStore, which: int = 0) -> None:
        if self.calls:
            key, ended = self.calls[which % len(self.calls)]
            standing = finish(store, key, ended)
            assert standing or ended.state == "failed"

    def poll(self, store: SteppedStore) -> None:
        """Hands out what is there, as a delivery does."""
        for state in states(store, "talk", COMPOSITION):
            if state.outcome and state.outcome.video:
                self.delivered[state.output_id].add(state.outcome.video.sha256)

    def canceller(self, store: SteppedStore, which: int = 0) -> None:
        if keys := [path for path in self.objects if path.endswith("/job.json")]:
            key = keys[which % len(keys)].removesuffix("/job.json")
            assert DispatchedJobs(store).give_up(key, "Cancelled."), "a cancelled output goes on"

    # What happens

    def act(self, who: Who) -> Callable[[SteppedStore], None]:
        name, number = who
        acts: dict[str, Callable[[SteppedStore], None]] = {
            "dispatcher": self.dispatcher,
            "rerunner": self.rerunner,
            "sweeper": self.sweeper,
            "poll": self.poll,
            "worker": lambda store: self.worker(store, good=number % 2 == 0, twice=number % 3 == 0),
            "webhook": lambda store: self.webhook(store, number),
            "canceller": lambda store: self.canceller(store, number),
        }
        return acts[name]

    @initialize(dispatched=st.booleans())
    def begin(self, dispatched: bool) -> None:
        if dispatched:
            Actor(self.store, self.dispatcher).run()

    @rule(who=WHO)
    def start(self, who: Who) -> None:
        self.live = [actor for actor in self.live if not actor.over]
        if len(self.live) < AT_ONCE:
            self.live.append(Actor(self.store, self.act(who)))

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, AT_ONCE - 1), steps=st.integers(1, 6))
    def move(self, which: int, steps: int) -> None:
        actor = self.live[which % len(self.live)]
        for _ in range(steps):
            if not actor.over:
                actor.step()

    @rule(both=st.tuples(WHO, WHO), order=st.lists(st.booleans(), max_size=16))
    def race(self, both: tuple[Who, Who], order: list[bool]) -> None:
        """Two at the same time, to the end of both."""
        two = [Actor(self.store, self.act(who)) for who in both]
        self.live += two
        for second in order:
            if not two[second].over:
                two[second].step()
        for actor in two:
            actor.run()

    @rule(who=WHO, steps=st.integers(0, 12))
    def die(self, who: Who, steps: int) -> None:
        """Killed after so many operations."""
        actor = Actor(self.store, self.act(who))
        self.live.append(actor)
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

    @rule()
    def all_ends(self) -> None:
        """Whatever happened: once somebody dispatches and the sweeper goes round, every output has its end."""
        for actor in self.live:
            actor.kill()
        Actor(self.store, self.dispatcher).run()
        for _ in range(MOST_ATTEMPTS + 1):
            while self.mail:
                Actor(self.store, self.worker).run()
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
    check(MediaStore.local(tmp_path), examples=40, steps=20)


def test_whoever_is_killed_every_output_ends_once_on_s3(s3_store: MediaStore) -> None:
    check(s3_store, examples=4, steps=15)


@pytest.mark.slow
def test_whoever_is_killed_every_output_ends_once_in_depth(either_store: MediaStore) -> None:
    check(either_store, examples=60 if either_store.url.startswith("s3") else 400, steps=40)
