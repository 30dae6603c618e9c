"""The HTTP executor against the reference server: joined jobs, restarts, a full queue, tokens, hashes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from vision_rig import SERVER, STAND_IN, TOKEN, Heard, Rig, VisionServer, until

from resources.directory_store import DirectoryStore
from resources.media_store import MediaStore
from resources.vision import VisionFailed
from resources.vision.executor_base import TRACKING
from resources.vision.http_executor import HttpVision, VisionService
from resources.vision.http_protocol import job_id
from resources.vision.job_store import VisionJob
from shortform_assets.contracts.base import Blob, Dropped
from shortform_assets.contracts.clips import ClipMedia, FaceTracks

KEY = {"Authorization": f"Bearer {TOKEN}"}


def rig_on(server: VisionServer, tmp_path: Path, faces, **options: object) -> Rig:
    settings: dict[str, Any] = {"token": TOKEN, "patience": 20.0, **options}
    vision = HttpVision(VisionService(server.url, **settings), device="cpu")
    return Rig("http", vision, MediaStore.local(tmp_path / "store"), DirectoryStore(server.data), faces)


@pytest.fixture
def rig(server: VisionServer, tmp_path: Path, faces) -> Rig:
    return rig_on(server, tmp_path, faces)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[VisionServer]:
    """A server in whose queue one job waits at most."""
    running = VisionServer(tmp_path / "server", STAND_IN, "--queue", "1").start()
    yield running
    running.stop()


def request_of(rig: Rig, clip: ClipMedia) -> tuple[str, str]:
    """URL and body of the clip's job, as the executor would send it."""
    job = VisionJob(fingerprint=rig.vision.fingerprint, faces=rig.faces, clips=(clip,), device="cpu")
    return f"/v1/jobs/{job_id(job)}", job.model_dump_json()


def send(server: VisionServer, method: str, path: str, **options) -> requests.Response:
    return requests.request(method, server.url + path, headers=KEY, timeout=20, **options)


def submit(server: VisionServer, rig: Rig, clip: ClipMedia) -> str:
    """The job's path, once it is taken."""
    path, body = request_of(rig, clip)
    answer = send(server, "PUT", path, data=body)
    if answer.status_code == 424:
        for sha256 in answer.json()["missing"]:
            media = rig.store.read(f"blobs/{sha256}")
            assert send(server, "PUT", f"/v1/blobs/{sha256}", data=media).status_code == 201
        answer = send(server, "PUT", path, data=body)
    assert answer.status_code in (200, 202), answer.text
    return path


def state(server: VisionServer, path: str) -> str:
    return str(send(server, "GET", path).json().get("state"))


def test_a_server_that_is_killed_and_comes_back(server: VisionServer, rig: Rig) -> None:
    def kill() -> None:
        assert until(lambda: rig.begun("slow once") == 1)
        server.stop(signal.SIGKILL)
        assert until(lambda: not rig.alive()), "workers outlive their server"
        server.start()

    trouble = threading.Thread(target=kill)
    trouble.start()
    heard = rig.track(rig.clips("a", "slow once", "b"))
    trouble.join()
    assert {n for n, r in heard.results.items() if isinstance(r, FaceTracks)} == {"a", "slow once", "b"}


def test_the_same_request_is_one_job(server: VisionServer, rig: Rig) -> None:
    (clip,) = rig.clips("a")
    path = submit(server, rig, clip)
    assert submit(server, rig, clip) == path
    assert until(lambda: state(server, path) == "done")
    # Who comes later, after a crash say, is given what is there.
    assert isinstance(rig.track([clip]).results["a"], FaceTracks)
    assert rig.begun("a") == 1
    assert send(server, "GET", path).status_code == 404, "collected jobs are forgotten"


def test_a_killed_worker_is_told_and_the_job_can_be_sent_again(server: VisionServer, rig: Rig) -> None:
    (clip,) = rig.clips("unlucky")
    path = submit(server, rig, clip)
    assert until(lambda: state(server, path) == "failed")
    assert "killed by signal 9" in send(server, "GET", path).json()["reason"]
    submit(server, rig, clip)
    assert until(lambda: state(server, path) == "done")


def test_a_job_can_be_called_off(server: VisionServer, rig: Rig) -> None:
    slow, after = rig.clips("slow", "after")
    path, other = submit(server, rig, slow), submit(server, rig, after)
    assert until(lambda: rig.begun("slow") == 1)
    assert send(server, "DELETE", path).status_code == 204
    assert until(lambda: state(server, other) == "done")
    assert send(server, "GET", path).status_code == 404
    assert send(server, "DELETE", path).status_code == 204


def test_a_full_queue_is_waited_for(small: VisionServer, tmp_path: Path, faces) -> None:
    rig = rig_on(small, tmp_path, faces)
    slow, waiting, third = rig.clips("slow", "waiting", "third")
    path = submit(small, rig, slow)
    assert until(lambda: rig.begun("slow") == 1)
    submit(small, rig, waiting)
    refused_path, body = request_of(rig, third)
    media = third.segments[0].video.sha256
    send(small, "PUT", f"/v1/blobs/{media}", data=rig.store.read(f"blobs/{media}"))
    refused = send(small, "PUT", refused_path, data=body)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")

    heard = Heard()
    client = threading.Thread(target=rig.track, args=([third], heard))
    client.start()
    time.sleep(0.5)
    send(small, "DELETE", path)
    client.join(30)
    assert isinstance(heard.results["third"], FaceTracks)


def test_a_deadline(server: VisionServer, tmp_path: Path, faces) -> None:
    rig = rig_on(server, tmp_path, faces, deadline=4.0)
    heard = rig.track(rig.clips("slow", "a"))
    assert isinstance(heard.results["slow"], Dropped)
    assert "within 4 seconds" in heard.results["slow"].reason
    assert until(lambda: not rig.alive())


def test_media_go_once_and_pictures_only(server: VisionServer, rig: Rig) -> None:
    (clip,) = rig.clips("a")
    rig.track([clip])
    sent = server.data / "blobs" / clip.segments[0].video.sha256
    before = sent.stat().st_ino
    again = clip.model_copy(update={"clip_id": "b"})
    assert isinstance(rig.track([again]).results["b"], FaceTracks)
    assert sent.stat().st_ino == before


def test_a_clip_whose_media_are_lost_is_dropped_alone(rig: Rig) -> None:
    lost, fine = rig.clips("lost", "fine")
    rig.store.delete(f"blobs/{lost.segments[0].video.sha256}")
    heard = rig.track([lost, fine])
    assert isinstance(heard.results["lost"], Dropped)
    assert isinstance(heard.results["fine"], FaceTracks)


def test_nobody_there(tmp_path: Path, faces) -> None:
    server = VisionServer(tmp_path / "never started")
    rig = rig_on(server, tmp_path, faces, patience=1.0)
    with pytest.raises(VisionFailed, match="cannot be reached"):
        rig.track(rig.clips("a"))


def test_a_wrong_token(server: VisionServer, tmp_path: Path, faces) -> None:
    rig = rig_on(server, tmp_path, faces, token="guess")
    with pytest.raises(VisionFailed, match="refuses the token"):
        rig.track(rig.clips("a"))
    for method, path in (("GET", "/v1/jobs/x"), ("PUT", f"/v1/blobs/{'0' * 64}"), ("GET", "/v1/nothing")):
        assert requests.request(method, server.url + path, timeout=5).status_code == 401


def test_a_server_of_another_release_is_refused(server: VisionServer, rig: Rig, monkeypatch) -> None:
    monkeypatch.setattr("resources.vision.executor_base.TRACKING", TRACKING[:1])
    with pytest.raises(VisionFailed, match="another version or other models"):
        rig.track(rig.clips("a"))


def test_what_does_not_have_its_hash_is_not_kept(server: VisionServer) -> None:
    lie = Blob(sha256="1" * 64, size=4)
    assert send(server, "PUT", f"/v1/blobs/{lie.sha256}", data=b"bits").status_code == 400
    assert send(server, "GET", f"/v1/blobs/{lie.sha256}").status_code == 404
    assert not list((server.data / ".scratch").iterdir())


@pytest.mark.parametrize("name", ["../jobs", "..%2f..%2fetc%2fpasswd", "ABC", "0" * 63])
def test_names_that_are_no_hash(server: VisionServer, name: str) -> None:
    for method in ("GET", "PUT"):
        assert send(server, method, f"/v1/blobs/{name}", data=b"x").status_code in (404, 405)


def test_requests_that_make_no_sense(server: VisionServer, rig: Rig) -> None:
    (clip,) = rig.clips("a")
    path, body = request_of(rig, clip)
    assert send(server, "PUT", path, data="{}").status_code == 400
    assert send(server, "PUT", "/v1/jobs/" + "0" * 64, data=body).status_code == 400
    assert send(server, "PUT", path, data=b"x" * (2 << 20)).status_code == 413


def test_other_machines_are_let_in_with_a_token_only(tmp_path: Path) -> None:
    command = [sys.executable, str(SERVER), "--data", str(tmp_path), "--host", "0.0.0.0", "--port", "0"]
    env = {k: v for k, v in os.environ.items() if k != "SHORTFORM_VISION_TOKEN"}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "SHORTFORM_VISION_TOKEN" in ended.stderr
