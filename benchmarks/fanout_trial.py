"""120 small renders through MiniStack's Lambda, by the package's own dispatcher, function, teller and webhook, while one in twenty of
everything goes wrong and the dispatcher is killed half-way."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.extend(str(Path(__file__).resolve().parents[1] / part) for part in (".", "tests", "tests/delivery"))

from delivery_samples import (
    clip_plan,
    composition,
    render_job,
    saying,
    source_video,
    terms,
    transcript,
    turns,
)
from goals import Goals
from lambda_here import deploy_function
from s3_here import BUCKET, running_ministack
from webhook_rig import SECRET, listening

from resources.bench import StoreBench
from resources.lambda_calls import LambdaCalls, LostInvocation
from resources.lambda_renders import LambdaPace, LambdaRenders
from resources.media_store import MediaStore
from resources.render_order import RenderOrder
from resources.retrying import Patience
from resources.run_launcher import RunLauncher
from resources.webhook_sender import NotTaken
from resources.webhook_signatures import Signatures
from shortform_assets.contracts.creative import Composition
from shortform_assets.contracts.delivery import Outcome, OutputState
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.delivery.deliver import DeliveryRequest, deliver
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.outcomes import dispatch, states
from shortform_assets.delivery.render_messages import RenderMessages
from shortform_assets.workers import lambda_teller
from shortform_assets.workers.webhook_desk import WebhookDesk

JOBS, SHARE = 120, 0.05
SOURCE, AT_ONCE = "talk", 3
OUTAGE_SECONDS = 10.0
"""In which nobody polls."""
LONGEST = 220.0
"""After so long the trial ends with what it has."""
TRIAL_GOALS: Goals = {
    "terminal outcomes": (">=", JOBS),
    "lost": ("<=", 0),
    "delivered twice": ("<=", 0),
    "videos in the delivery": (">=", JOBS - 1),
    "crashes": (">=", JOBS * SHARE),
    "dispatchers killed": (">=", 1),
}
"""One job dies at each attempt, and so has no video. The last two: a trial in which nothing went wrong shows nothing."""


class _TroubledCalls(LambdaCalls):
    """Sends the orders of some jobs twice, and never hears of the death of others."""

    def __init__(
        self, function: str, failures: str, twice: Collection[str], unheard: Collection[str]
    ) -> None:
        super().__init__(function, failures)
        self._twice, self._unheard = twice, unheard

    def invoke(
        self, order: RenderOrder, patience: Patience, on_throttle: Callable[[], None] = lambda: None
    ) -> None:
        for _ in range(1 + (order.job in self._twice)):
            super().invoke(order, patience, on_throttle)

    def lost(self, wanted: Callable[[RenderOrder], bool]) -> Iterator[LostInvocation]:
        for found in super().lost(wanted):
            if found.order.job not in self._unheard:
                yield found


def _dispatcher(
    store: str,
    function: str,
    failures: str,
    keys: Sequence[str],
    twice: Collection[str],
    unheard: Collection[str],
) -> None:
    """In a process of its own, to be killed."""
    pace = LambdaPace(look=0.2, pulse=0.5, silence=15.0)
    calls = _TroubledCalls(function, failures, twice, unheard)
    renders = LambdaRenders(calls, AT_ONCE, waits=True, renderer="fanout_renderer:render", pace=pace)
    renders.dispatch(DispatchedJobs(MediaStore.open(store)), keys)


class _Launcher(RunLauncher):
    """Only notes that the webhook asked for a delivery."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.asked = 0

    def launch(self, partition: str) -> str:
        self.asked += 1
        return "noted"


class _Trial:
    def __init__(self, store: MediaStore, endpoint: str, folder: Path, seed: int) -> None:
        self.store, self.folder = store, folder
        chance = random.Random(seed)
        some = int(JOBS * SHARE)
        crash = chance.sample(range(JOBS), some)
        words = dict.fromkeys(crash, "crash") | {crash[0]: "doomed"}
        jobs = (saying(render_job(n), f"{words.get(n, 'plain')} {n}") for n in range(JOBS))
        self.index: Composition = composition(*jobs)
        now = time.time_ns() // 1_000_000
        self.keys = dispatch(store, SOURCE, self.index, terms(now, "lambda")).unfinished
        self.twice = {self.keys[n] for n in chance.sample(range(JOBS), some)}
        self.unheard = {self.keys[crash[1]]}
        self.lost_calls = set(chance.sample(self.keys, some))
        self.told_twice = set(chance.sample(self.keys, some))
        self.marks = folder / "mark"
        self.marks.mkdir()
        self.function = deploy_function(endpoint, folder, PYTHONPATH=os.pathsep.join(sys.path))
        self.launcher = _Launcher()
        source = RenderMessages()
        self.desk = WebhookDesk(store, {source.name: (source, Signatures([SECRET], "trial"))}, self.launcher)
        self.told: set[str] = set()
        self.seen: defaultdict[str, set[Outcome]] = defaultdict(set)
        self.deliveries = self.killed = self.outages = 0

    def start(self) -> Any:
        given = (self.function.name, self.function.queue, self.keys, self.twice, self.unheard)
        process = multiprocessing.get_context("spawn").Process(
            target=_dispatcher, args=(self.store.url, *given)
        )
        process.start()
        return process

    def run(self) -> dict[str, float]:
        begun, process, outage = time.monotonic(), self.start(), 0.0
        try:
            with listening(self.desk) as url, _teller_of(url):
                while self.deliveries == 0 and time.monotonic() - begun < LONGEST:
                    time.sleep(1)
                    ended = self.tell()
                    if ended >= JOBS // 2 and not self.killed:
                        process.kill()
                        process.join()
                        process, self.killed = self.start(), 1
                    if ended >= JOBS // 4 and not self.outages:
                        self.outages, outage = 1, time.monotonic() + OUTAGE_SECONDS
                    if time.monotonic() > outage:
                        self.poll()
                process.join(30)
        finally:
            process.kill()
            process.join()
        return self.numbers(time.monotonic() - begun)

    def tell(self) -> int:
        """Plays S3 and EventBridge, which start the teller once an outcome is created; how many there are."""
        keys = DispatchedJobs(self.store).ended(self.keys)
        for key in sorted(keys - self.told):
            self.told.add(key)
            event = {"detail": {"object": {"key": f"{key}/outcome.json"}}}
            for _ in range(0 if key in self.lost_calls else 1 + (key in self.told_twice)):
                with suppress(NotTaken):
                    lambda_teller.handler(event, None)
        return len(keys)

    def poll(self) -> None:
        """What a delivery reads; it is made when all have their end, however that was heard."""
        found = states(self.store, SOURCE, self.index)
        for state in found:
            if state.outcome:
                self.seen[state.output_id].add(state.outcome)
        if all(state.outcome for state in found):
            self.deliver(found)

    def deliver(self, found: tuple[OutputState, ...]) -> None:
        said = transcript()
        request = DeliveryRequest(
            self.index, found, clip_plan(*self.index.outputs), said, turns(said), CreativeEdits(), source_video(), "talk.mp4"
        )  # fmt: skip
        with StoreBench.over(MediaStore.local(self.folder / "delivered")) as bench:
            made = deliver(bench, request)
        self.deliveries += made.complete
        self.names = Counter(file.name for file in made.files if file.name.endswith(".mp4"))

    def numbers(self, seconds: float) -> dict[str, float]:
        found = states(self.store, SOURCE, self.index)
        ended = [state for state in found if state.outcome]
        for state in ended:
            assert state.outcome
            self.seen[state.output_id].add(state.outcome)
        names = self.names if self.deliveries else Counter[str]()
        starts = Counter(mark.name.partition(".")[0] for mark in self.marks.iterdir())
        results = {
            f"webhook: {sample.labels['result']}": sample.value
            for metric in self.desk.messages.collect()
            for sample in metric.samples
            if sample.name.endswith("_total")
        }
        return {
            "seconds": seconds,
            "terminal outcomes": len(ended),
            "completed": sum(state.state == "completed" for state in ended),
            "failed": sum(state.state == "failed" for state in ended),
            "lost": JOBS - len(ended),
            # Another outcome than before, seen by anybody at any time, is another video under the same name.
            "delivered twice": sum(len(ends) > 1 for ends in self.seen.values())
            + sum(count > 1 for count in names.values()),
            "videos in the delivery": len(names),
            "renders begun": sum(starts.values()),
            "attempts": sum(state.attempts for state in found),
            "crashes": starts.total() - sum(state.state == "completed" for state in ended),
            "orders sent twice": len(self.twice),
            "callbacks lost": len(self.lost_calls),
            "callbacks sent twice": len(self.told_twice - self.lost_calls),
            "deliveries asked for by the webhook": self.launcher.asked,
            "dispatchers killed": self.killed,
            "poll outages": self.outages,
            **results,
        }


@contextmanager
def _teller_of(url: str) -> Iterator[None]:
    settings = {"SHORTFORM_WEBHOOK_URL": f"{url}/webhooks/render", "SHORTFORM_WEBHOOK_RENDER_SECRET": SECRET}
    with patch.dict(os.environ, settings):
        yield


def real_renders(seed: int = 0) -> dict[str, float]:
    """Numbers of one trial; takes minutes. AssertionError where MiniStack is not installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ministack").mkdir()
        with running_ministack(folder / "ministack") as endpoint:
            user = {
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": "us-east-1",
                "SHORTFORM_CACHE": str(folder / "cache"),
            }
            with patch.dict(os.environ, user):
                store = MediaStore.open(f"s3://{BUCKET}/trial")
                return _Trial(store, endpoint, folder, seed).run()
