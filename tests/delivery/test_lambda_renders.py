"""Renders on Lambda: what goes wrong there, on MiniStack and against a client that throttles."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from delivery_samples import render_job, saying
from lambda_here import RenderFunction, deploy_function
from present import present
from render_rigs import RENDERER, RenderRig, now_ms, on_lambda

from resources import lambda_renders
from resources.lambda_calls import LambdaCalls, Throttled
from resources.lambda_renders import LambdaPace, LambdaRenders
from resources.media_store import MediaStore
from resources.render_choice import renders_from_environment
from resources.render_order import RenderOrder
from resources.retrying import Patience
from shortform_assets.errors import InputError
from shortform_assets.workers.lambda_handler import handler
from shortform_assets.workers.render import render_here


@pytest.fixture
def rig(render_function: RenderFunction, s3_store: MediaStore) -> RenderRig:
    return RenderRig(on_lambda(render_function), s3_store)


def test_a_death_is_told_by_the_failure_queue_and_given_up_in_the_end(rig: RenderRig) -> None:
    index, keys = rig.send(saying(render_job(11), "die"))
    begun = time.monotonic()
    rig.work(keys)
    (state,) = rig.states(index)
    assert (state.state, state.attempts) == ("failed", 2)
    assert present(state.outcome).error == "Given up after 2 attempts: Worker process died."
    # The queue, not silence (a minute) nor the deadline.
    assert time.monotonic() - begun < 30


def test_a_death_that_nobody_tells_is_heard_from_its_silence(
    render_function: RenderFunction, s3_store: MediaStore
) -> None:
    rig = RenderRig(on_lambda(render_function, failures="", silence=2), s3_store)
    index, keys = rig.send(saying(render_job(12), "die"), max_attempts=1)
    rig.work(keys)
    (state,) = rig.states(index)
    assert present(state.outcome).error.startswith("Given up after 1 attempt: nothing was heard of it for")


@pytest.mark.slow
def test_a_render_that_runs_out_of_time_says_so_before_lambda_ends_it(
    ministack_endpoint: str, s3_store: MediaStore, tmp_path: Path
) -> None:
    function = deploy_function(ministack_endpoint, tmp_path, timeout=6)
    rig = RenderRig(on_lambda(function, failures=""), s3_store)
    index, keys = rig.send(saying(render_job(13), "slow"))
    rig.work(keys)
    (state,) = rig.states(index)
    assert (state.state, state.attempts) == ("failed", 2)
    assert present(state.outcome).error == (
        "Given up after 2 attempts: it took longer than the 6 s that the function had."
    )
    # Said by the worker itself, which is warm, unharmed, and takes the next job.
    index, keys = rig.send(saying(render_job(14), "fine"))
    rig.work(keys)
    assert rig.states(index)[0].state == "completed"


def test_the_same_order_twice_is_rendered_once(rig: RenderRig, render_function: RenderFunction) -> None:
    index, (key,) = rig.send(saying(render_job(15), "fine"))
    order = RenderOrder(store=rig.store.url, job=key, attempt=1, renderer=RENDERER)
    answers = [_call(render_function, order.model_dump()) for _ in range(2)]
    assert [answer["state"] for answer in answers] == ["completed", "skipped"]
    assert rig.states(index)[0].attempts == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"store": "file:///etc"}, "store: String should match"),
        ({"attempt": 0}, "attempt: "),
        ({"extra": 1}, "extra: "),
        ({"store": "s3://somebody-elses/bucket"}, "renders for s3://.* only"),
        ({"store": "s3://shortform-test-two/x"}, "renders for s3://.* only"),
        ({"job": "deliveries/nothing"}, "nothing was dispatched under this key"),
    ],
)
def test_an_order_that_is_none_is_refused(
    s3_store: MediaStore, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], named: str
) -> None:
    # The store is a folder of this bucket.
    monkeypatch.setenv("SHORTFORM_STORE", "s3://shortform-test/")
    order = RenderOrder(store=s3_store.url, job="deliveries/x", attempt=1).model_dump()
    with pytest.raises(InputError, match=named):
        handler(order | change, _Minute())


class _Minute:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def test_events_that_lambda_took_and_never_ran_are_sent_again(
    rig: RenderRig, render_function: RenderFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is above the reserved concurrency MiniStack takes and drops: here all of it, for the first attempt."""
    rig = RenderRig(on_lambda(render_function, failures=""), rig.store)
    index, keys = rig.send(saying(render_job(16), "fine"), deadline_seconds=1)
    renders, sent, times = rig.executor, list[RenderOrder](), list[float]()
    assert isinstance(renders, LambdaRenders)
    invoke = renders.calls.invoke

    def clock() -> int:
        """Deadlines allow for clocks that differ by minutes: ten pass when the first attempt has been sent and noted."""
        late = len(sent) == 1 and time.monotonic() > times[0] + 0.5
        return now_ms() + 600_000 * late

    monkeypatch.setattr(lambda_renders, "_now_ms", clock)

    def watched(order: RenderOrder, *more: Any) -> None:
        if order.attempt > 1:
            render_function.set_free()
        invoke(order, *more)
        sent.append(order)
        times.append(time.monotonic())

    monkeypatch.setattr(renders.calls, "invoke", watched)
    render_function.reserve(0)
    try:
        rig.work(keys)
    finally:
        render_function.set_free()
    assert [order.attempt for order in sent] == [1, 2]
    (state,) = rig.states(index)
    assert (state.state, state.attempts, present(state.outcome).attempt) == ("completed", 1, 2)


def test_no_more_are_sent_than_may_run_at_once(rig: RenderRig, render_function: RenderFunction) -> None:
    """Eight jobs, two places: nothing is throttled, and nothing goes to the failure queue."""
    render_function.reserve(2)
    calls = LambdaCalls(render_function.name, render_function.queue)
    assert calls.most_at_once() == 2
    rig = RenderRig(LambdaRenders(calls, waits=True, renderer=RENDERER, pace=LambdaPace(0.2, 0.3)), rig.store)
    index, keys = rig.send(*(saying(render_job(n), "fault") for n in range(20, 28)))
    try:
        rig.work(keys)
    finally:
        render_function.set_free()
    assert {(state.state, state.attempts) for state in rig.states(index)} == {("failed", 1)}
    assert not list(calls.lost(lambda order: True))


class ThrottlingClient:
    """Refuses the calls of these numbers."""

    def __init__(self, refused: Collection[int]) -> None:
        self.asked, self.refused = 0, refused
        self.events: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> None:
        from botocore.exceptions import ClientError

        self.asked += 1
        assert call["InvocationType"] == "Event"
        if self.asked in self.refused:
            told = {
                "Error": {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."},
                "ResponseMetadata": {"HTTPStatusCode": 429, "HTTPHeaders": {"retry-after": "7"}},
            }
            raise ClientError(told, "Invoke")
        self.events.append(json.loads(call["Payload"]))

    def get_function_concurrency(self, **_: Any) -> dict[str, int]:
        return {}

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": 900}}


def test_a_throttled_call_is_repeated_as_late_as_lambda_asks_and_none_is_sent_meanwhile(
    s3_store: MediaStore,
) -> None:
    client, pauses = ThrottlingClient({1, 2, 4, 5, 7, 8}), list[float]()
    pace = LambdaPace(look=0.01, throttled=Patience(tries=5, wait=pauses.append))
    renders = LambdaRenders(LambdaCalls("render", client=client), waits=False, pace=pace)
    rig = RenderRig(renders, s3_store)
    _, keys = rig.send(saying(render_job(30), "fine"))
    rig.work(keys)
    assert (client.asked, pauses) == (3, [7.0, 7.0])
    assert [(event["job"], event["attempt"]) for event in client.events] == [(keys[0], 1)]
    # It returned without waiting; a sweeper who sends it again names the same attempt until one has begun.
    rig.work(keys)
    assert [event["attempt"] for event in client.events] == [1, 1]

    impatient = LambdaPace(throttled=Patience(tries=2, wait=pauses.append))
    renders = LambdaRenders(LambdaCalls("render", client=client), pace=impatient)
    with pytest.raises(Throttled, match="takes no more jobs: tried 2 times, at last TooManyRequests"):
        renders.dispatch(rig.jobs, keys)


def test_after_a_throttle_as_many_as_before_run_within_a_few_looks(
    s3_store: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 120 jobs at 100 at once every twentieth call refused took minutes, when each end allowed for one more only."""
    client, looks, pauses = ThrottlingClient({3}), list[float](), list[float]()

    def look(seconds: float) -> None:
        looks.append(seconds)
        assert len(looks) < 10, "it waits for renders to end"

    monkeypatch.setattr(lambda_renders.time, "sleep", look)
    pace = LambdaPace(throttled=Patience(tries=5, wait=pauses.append))
    rig = RenderRig(LambdaRenders(LambdaCalls("render", client=client), 8, pace=pace), s3_store)
    _, keys = rig.send(*(saying(render_job(n), "fine") for n in range(40, 48)))
    rig.work(keys)
    assert ([event["job"] for event in client.events], len(looks)) == (list(keys), 2)


def test_a_dispatcher_that_was_killed_is_followed_by_one_that_joins(rig: RenderRig) -> None:
    index, keys = rig.send(saying(render_job(31), "slow"), saying(render_job(32), "fine"))

    def leave(event: tuple[str, str, float]) -> None:
        if event[1] == "in_progress":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rig.work(keys[:1], leave)

    def cancel(event: tuple[str, str, float]) -> None:
        if event[2] == 1.0:
            rig.jobs.give_up(keys[0], "Cancelled.")

    # The first still runs there: it is waited for, not sent again; here it is called off to save time.
    rig.work(keys, cancel)
    assert [(state.state, state.attempts) for state in rig.states(index)] == [("failed", 1), ("completed", 1)]


def test_a_wrong_setting_of_lambda_is_named(rig: RenderRig, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SHORTFORM_RENDER_LAMBDA_FUNCTION"):
        renders_from_environment(render_here, {"SHORTFORM_RENDER": "lambda"})
    unknown = {"SHORTFORM_RENDER": "lambda", "SHORTFORM_RENDER_LAMBDA_FUNCTION": "nowhere"}
    renders = renders_from_environment(render_here, unknown | {"SHORTFORM_RENDER_LAMBDA_AT_ONCE": "2"})
    _, keys = rig.send(render_job(33))
    with pytest.raises(InputError, match=r"nowhere: Lambda refused.*ResourceNotFound"):
        renders.dispatch(rig.jobs, keys)
    elsewhere = RenderRig(renders, MediaStore.local(tmp_path))
    with pytest.raises(InputError, match=r"cannot read a folder of this machine.*SHORTFORM_STORE=s3"):
        elsewhere.work(elsewhere.send(render_job(34))[1])


def _call(function: RenderFunction, event: dict[str, Any]) -> dict[str, Any]:
    """The answer to an invocation that is waited for."""
    answer = function.clients["lambda"].invoke(FunctionName=function.name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())
