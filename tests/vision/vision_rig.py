"""Every executor behind one handle, on a stand-in worker or the real one."""

from __future__ import annotations

import atexit
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import requests
from fake_ecs import FakeEcs

from resources.directory_store import DirectoryStore
from resources.media_store import MediaStore
from resources.retrying import Patience
from resources.vision.ecs_executor import EcsAccess, EcsTask, EcsVision
from resources.vision.executor_base import Executor
from resources.vision.http_executor import HttpVision, VisionService
from resources.vision.job_store import Result
from resources.vision.local_executor import LocalVision
from resources.vision.pipes_session import PipesSession
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ClipMedia, MediaSegment
from shortform_assets.contracts.slices.reframing_slice import FaceSlice
from shortform_assets.ports.vision_executor import TrackRequest, VisionExecutor

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in_worker.py")))
SERVER = ROOT / "deploy" / "vision" / "server.py"
TOKEN = "correct horse"
FPS = 25


class Elsewhere(DirectoryStore):
    """A folder that passes for a store which other machines reach."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.url = str(self.root)


@dataclass
class Heard:
    """What one call of `track` said."""

    results: dict[str, Result] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


@dataclass
class Rig:
    """An executor, the store of the clips, and the store in which its workers work."""

    name: str
    vision: Executor
    store: MediaStore
    work: MediaStore
    faces: FaceSlice
    in_dagster: bool = False
    ecs: FakeEcs | None = None

    def clips(self, *names: str) -> list[ClipMedia]:
        """Clips that are there, if only a stand-in worker can do something with them."""
        found = []
        for number, name in enumerate(names):
            path = self.store.scratch_root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"media of {name}")
            blob = self.store.adopt_file(path)
            segment = MediaSegment(video=blob, audio=blob, first_frame=0, frames=20 - number)
            found.append(ClipMedia(clip_id=name, width=320, height=180, rate=FrameRate(num=FPS),
                frames=20 - number, segments=(segment,)))  # fmt: skip
        return found

    def track(
        self,
        clips: list[ClipMedia],
        heard: Heard | None = None,
        on_progress: Callable[[float], None] = lambda share: None,
        on_result: Callable[[str], None] = lambda name: None,
    ) -> Heard:
        heard = heard or Heard()

        def result(name: str, result: Result) -> None:
            assert name not in heard.results, "a clip must end once"
            heard.results[name] = result
            on_result(name)

        def progress(share: float, _: str) -> None:
            heard.shares.append(share)
            on_progress(share)

        def go(context: Any) -> None:
            session = PipesSession(context) if context is not None else None
            bound: VisionExecutor = self.vision.within(self.store, session)
            bound.track(TrackRequest(clips, self.faces, result, progress))

        if not self.in_dagster:
            go(None)
            return heard
        run_in_dagster(go, instance(), heard)
        return heard

    def begun(self, name: str) -> int:
        """How often a stand-in worker took up this clip."""
        return sum(key.startswith(f"begun/{name}.") for key in self.work.list("begun"))

    def alive(self) -> list[int]:
        """Stand-in workers that still run."""
        pids = [int(key.split("/")[1]) for key in self.work.list("pids")]
        return [pid for pid in pids if _runs(pid)]


@cache
def instance() -> dg.DagsterInstance:
    """One on disk, for all tests: Pipes writes to it from threads."""
    ready = dg.instance_for_test()
    atexit.register(ready.__exit__, None, None, None)
    return ready.__enter__()


def run_in_dagster(go: Callable[[Any], None], instance: dg.DagsterInstance, heard: Heard) -> None:
    raised: list[BaseException] = []

    @dg.asset
    def faces_asset(context) -> dg.MaterializeResult:
        try:
            go(context)
        except BaseException as error:
            raised.append(error)
        return dg.MaterializeResult()

    outcome = dg.materialize([faces_asset], instance=instance)
    heard.log += [r.user_message for r in instance.all_logs(outcome.run_id) if not r.is_dagster_event]
    if raised:
        raise raised[0]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class VisionServer:
    """The reference server, on a free port of 127.0.0.1."""

    def __init__(self, data: Path, program: tuple[str, ...] = STAND_IN, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data, self.url = data, f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, str(SERVER), "--data", str(data), "--port", str(self.port),
            "--worker", shlex.join(program), *options]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> VisionServer:
        env = {**os.environ, "SHORTFORM_VISION_TOKEN": TOKEN}
        self._process = subprocess.Popen(self._command, env=env)
        assert until(self._answers, 30), "the server did not start"
        return self

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "the server ended"
        try:
            return requests.get(f"{self.url}/v1/health", timeout=2).ok
        except requests.ConnectionError:
            return False


def rig_of(name: str, tmp_path: Path, faces: FaceSlice, program: tuple[str, ...]) -> Iterator[Rig]:
    """The executor `name` with one worker at a time."""
    store: MediaStore = (
        Elsewhere(tmp_path / "store") if name == "ecs" else MediaStore.local(tmp_path / "store")
    )
    if name in ("process", "pipes"):
        vision: Executor = LocalVision(workers=1, device="cpu", program=program)
        yield Rig(name, vision, store, store, faces, in_dagster=name == "pipes")
    elif name == "ecs":
        ecs = FakeEcs(program)
        task = EcsTask("shortform-vision", cluster="clips", subnets=("subnet-1",))
        vision = EcsVision(task, device="cpu", access=EcsAccess(ecs.client, 1, Patience(3, 0.1, 0.1)))
        yield Rig(name, vision, store, store, faces, in_dagster=True, ecs=ecs)
        ecs.close()
    else:
        server = VisionServer(tmp_path / "server", program).start()
        service = VisionService(server.url, token=TOKEN, at_once=1, patience=20)
        vision = HttpVision(service, device="cpu")
        yield Rig(name, vision, store, DirectoryStore(server.data), faces)
        server.stop()


EXECUTORS = ("process", "pipes", "ecs", "http")
