"""The webhook over real sockets: what is believed, what is refused and how, and that nothing accepted is lost."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from delivery_samples import failed, keep_bytes
from present import present
from webhook_rig import SECRET, Weak, WebhookRig, signed, until

from resources.claims import claimed
from resources.media_store import MediaStore, blob_key
from resources.run_launcher import LaunchFailed, RunLauncher
from resources.webhook_inbox import WebhookInbox
from resources.webhook_signatures import signatures_from_environment
from shortform_assets.contracts.base import Blob
from shortform_assets.delivery.outcomes import finish
from shortform_assets.errors import InputError
from shortform_assets.ports.store import ObjectStore
from shortform_assets.ports.webhook_source import MessageRefused, MessageTaken
from shortform_assets.workers.webhook_server import WebhookLimits
from shortform_assets.workers.webhook_sources import served_sources


@pytest.fixture
def anywhere(either_store: MediaStore, tmp_path: Path) -> WebhookRig:
    return WebhookRig(either_store, tmp_path)


@pytest.fixture
def rig(tmp_path: Path) -> WebhookRig:
    return WebhookRig(MediaStore.local(tmp_path / "store"), tmp_path)


@pytest.fixture
def weak(tmp_path: Path) -> WebhookRig:
    return WebhookRig(Weak(tmp_path / "store"), tmp_path)


def test_an_ended_render_is_terminal_once(anywhere) -> None:
    done, lost = (
        anywhere.message(anywhere.done(0)),
        anywhere.message(failed(anywhere.keys[1].rsplit("/", 1)[-1]), 1),
    )
    with anywhere.serving():
        first = signed(done)
        assert anywhere.send(done, first).status_code == 202
        until(lambda: anywhere.state(0) == "completed")
        # The very same again; the same said anew; another end; and one that the sender wrote itself.
        assert anywhere.send(done, first).json() == {"result": "duplicate"}
        assert anywhere.send(done).status_code == 202
        assert (
            anywhere.send(
                anywhere.message(failed(anywhere.keys[0].rsplit("/", 1)[-1], error="No."))
            ).status_code
            == 202
        )
        assert anywhere.send(lost).status_code == 202
        finish(anywhere.store, anywhere.keys[2], anywhere.done(2))
        assert anywhere.send(anywhere.message(None, 2)).status_code == 202
        until(lambda: anywhere.counters().get('requests_total{result="accepted"}') == 5)
        until(lambda: "waiting" not in anywhere.counters())
        assert anywhere.counters() == {
            'requests_total{result="accepted"}': 5,
            'requests_total{result="duplicate"}': 1,
            'messages_total{result="completed"}': 1,
            'messages_total{result="duplicate"}': 2,
            'messages_total{result="late"}': 1,
            'messages_total{result="failed"}': 1,
        }
    assert [anywhere.state(n) for n in range(3)] == ["completed", "failed", "completed"]


def test_what_is_no_message_is_refused(rig, caplog) -> None:
    good = rig.message(rig.done())
    unknown = good.replace(b"deliveries/talk/", b"deliveries/other/")
    outside = good.replace(rig.keys[0].rsplit("/", 1)[-1].encode(), b"../../x", 1)
    lines: dict[str, list[tuple[bytes, dict[str, str] | None]]] = {
        "malformed": [
            (good, {}),
            (b"{", None),
            (b'{"type":"render.ended","data":{}}', None),
            (outside, None),
        ],
        "forged": [
            (good, signed(good, secret="whsec_" + "QUFB" * 10)),
            (good, signed(good) | {"webhook-signature": "v1,%%% v1a v2,AA"}),
            (good, {**signed(unknown), "webhook-id": "x"}),
        ],
        "late": [(good, signed(good, age=301)), (good, signed(good, age=-330))],
        "unknown_job": [(unknown, None)],
        "contradictory": [(rig.message(rig.done(1)), None)],
        "missing_file": [
            (rig.message(rig.done().model_copy(update={"video": Blob(sha256="0" * 64, size=9)})), None)
        ],
        "oversized": [(b" " * 300_000, None)],
    }
    codes = {"malformed": 400, "forged": 401, "late": 401, "unknown_job": 404, "contradictory": 422}
    codes |= {"missing_file": 422, "oversized": 413}
    with caplog.at_level(logging.INFO, "shortform.webhook"), rig.serving():
        for result, messages in lines.items():
            for body, headers in messages:
                caplog.clear()
                answer = rig.send(body, headers if headers != {} else {"x": "y"})
                assert (answer.status_code, answer.json()) == (codes[result], {"result": result})
                (said,) = [r.getMessage() for r in caplog.records if r.name == "shortform.webhook"]
                assert f"render {codes[result]} {result} from 127.0.0.1" in said
                assert "\n" not in said
                assert SECRET[6:] not in said
        # Said in pieces, without its length.
        in_pieces = httpx2.post(f"{rig.url}/webhooks/render", content=(b" " * 1000 for _ in range(400)))
        assert in_pieces.status_code == 413
        assert rig.send(good, source="nobody").status_code == 404
        assert httpx2.get(f"{rig.url}/webhooks/render").status_code == 405
        counted = {name: n for name, n in rig.counters().items() if "accepted" not in name}
    assert counted == {
        'requests_total{result="malformed"}': 4,
        'requests_total{result="forged"}': 3,
        'requests_total{result="late"}': 2,
        'requests_total{result="unknown_job"}': 1,
        'requests_total{result="contradictory"}': 1,
        'requests_total{result="missing_file"}': 1,
        'requests_total{result="oversized"}': 2,
        'requests_total{result="unknown_source",source="unknown"}': 1,
    }
    assert not list(rig.store.list("inbox"))
    assert rig.state() == "pending"


def test_clocks_two_minutes_apart_are_believed(rig) -> None:
    for number, age in enumerate((120, -120)):
        body = rig.message(rig.done(number), number)
        with rig.serving():
            assert rig.send(body, signed(body, age)).status_code == 202
    assert [rig.state(n) for n in range(3)] == ["completed", "completed", "pending"]


def test_a_file_of_another_hash_ends_nothing(anywhere, tmp_path) -> None:
    done = anywhere.done(0, b"the video")
    body = anywhere.message(done)
    anywhere.store.replace(blob_key(done.video), b"no! video")
    with anywhere.serving():
        assert anywhere.send(body).status_code == 202
        until(lambda: anywhere.counters().get('messages_total{result="wrong_hash"}') == 1)
        assert anywhere.state() == "pending"
        # The next one puts it right.
        anywhere.store.delete(blob_key(done.video))
        keep_bytes(anywhere.store, tmp_path, b"the video")
        assert anywhere.send(body).status_code == 202
    assert anywhere.state() == "completed"


def test_of_twenty_at_once_one_ends_it_and_all_are_answered_in_a_second(rig) -> None:
    outcomes = [rig.done(0, f"video {n}".encode()) for n in range(4)]
    bodies = [rig.message(outcomes[n % 4]) for n in range(20)]

    def send(body: bytes) -> tuple[int, float]:
        begun = time.monotonic()
        return rig.send(body).status_code, time.monotonic() - begun

    with rig.serving(room=1000), ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, bodies))
    assert {code for code, _ in answers} == {202}
    # A second for the server; the senders share its processor here.
    assert sorted(seconds for _, seconds in answers)[17] < 2
    assert rig.state() == "completed"


def test_what_is_too_much_is_sent_away_for_a_while(weak) -> None:
    bodies = [weak.message(weak.done(n), n) for n in range(3)]
    with weak.serving(WebhookLimits(burst=3, per_second=0.001)):
        assert [weak.send(body).status_code for body in (*bodies, *bodies)] == [202] * 3 + [429] * 3
        assert weak.send(bodies[0]).headers["retry-after"] == "30"
    with weak.serving(room=0):
        refused = weak.send(bodies[0])
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")


def test_a_store_that_is_down_or_slow_costs_nothing_that_was_accepted(weak) -> None:
    bodies = [weak.message(weak.done(n), n) for n in range(3)]
    with weak.serving(WebhookLimits(answer_seconds=0.3)):
        weak.store.down = True
        assert weak.send(bodies[0]).json() == {"result": "store_down"}
        weak.store.down = False
        assert weak.send(bodies[0]).status_code == 202
        # Down after it was accepted: it waits.
        weak.store.slow = 0.05
        assert weak.send(bodies[1]).status_code == 202
        weak.store.down = True
        time.sleep(0.5)
        weak.store.down, weak.store.slow = False, 0.0
        until(lambda: weak.state(1) == "completed")
        # Too slow for an answer, but it was taken in: its repetition is a duplicate.
        weak.store.slow = 0.4
        again = signed(bodies[2])
        begun = time.monotonic()
        assert weak.send(bodies[2], again).json() == {"result": "slow_store"}
        assert time.monotonic() - begun < 1
        weak.store.slow = 0.0
        until(lambda: weak.state(2) == "completed")
        assert weak.send(bodies[2], again).json() == {"result": "duplicate"}


def test_what_is_stopped_in_the_middle_goes_on_at_the_next_start(weak) -> None:
    body = weak.message(weak.done())
    with weak.serving() as desk:
        weak.store.slow = 0.1
        assert weak.send(body).status_code == 202
        weak.store.down = True
        desk._stopping.set()
    weak.store.down, weak.store.slow = False, 0.0
    assert weak.state() == "pending"
    with weak.serving():
        until(lambda: weak.state() == "completed")
    assert not list(WebhookInbox(weak.store).waiting())


def test_the_inbox_forgets_what_was_handled_and_nothing_else(anywhere) -> None:
    inbox, day = WebhookInbox(anywhere.store), 86_400.0
    old = [present(inbox.accept("render", f"m{n}", b"{}", 10 * day)) for n in range(2)]
    inbox.handled(old[0], "completed", 10 * day)
    assert inbox.accept("render", "m0", b"{}", 11 * day) is None
    fresh = present(inbox.accept("render", "m9", b"{}", 13 * day))
    assert inbox.tidy(13 * day) == 1
    assert {message.folder for message in inbox.waiting()} == {old[1].folder, fresh.folder}


def test_secrets_are_named_and_never_shown(tmp_path) -> None:
    file = tmp_path / "secrets"
    file.write_text(f"{SECRET}\nwhsec_{'QUFB' * 10}\n")
    body = b"{}"
    both = signatures_from_environment("render", {"SHORTFORM_WEBHOOK_RENDER_SECRET_FILE": str(file)})
    assert both
    for secret in (SECRET, "whsec_" + "QUFB" * 10):
        assert both.verify(signed(body, message_id="m", secret=secret), body) == "m"
    assert signatures_from_environment("render", {}) is None
    for bad in ("whsec_AAAA", "whsec_ü!", "plain secret", "whsec_" + "A" * 31):
        with pytest.raises(InputError, match="SHORTFORM_WEBHOOK_RENDER_SECRET") as caught:
            signatures_from_environment("render", {"SHORTFORM_WEBHOOK_RENDER_SECRET": bad})
        assert bad not in str(caught.value)
    with pytest.raises(InputError, match="SHORTFORM_WEBHOOK_RENDER_SECRET"):
        served_sources({})


class Launches(RunLauncher):
    """Dagster, which is out at first (tests/graph/test_run_launcher.py asks a real one)."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.out, self.launched = True, list[str]()

    def launch(self, partition: str) -> str:
        if self.out:
            raise LaunchFailed("nobody answers")
        self.launched.append(partition)
        return "a run"


def test_a_delivery_is_asked_for_once_when_all_has_ended(rig) -> None:
    launcher = Launches()
    bodies = [rig.message(rig.done(n), n) for n in range(3)]
    with rig.serving(launcher=launcher):

        def send(body: bytes, **runs: int) -> None:
            assert rig.send(body).status_code == 202
            wanted = {f'runs_total{{result="{name}"}}': n for name, n in runs.items()}
            until(lambda: "waiting" not in rig.counters())
            assert {name: n for name, n in rig.counters().items() if "runs" in name} == wanted

        send(bodies[0])
        send(bodies[1])
        send(bodies[2], failed=1)
        launcher.out = False
        # A run that works on it gathers what is there.
        with claimed(rig.store, "talk", on_lost=lambda: None):
            send(bodies[2], failed=1, held=1)
    with rig.serving(launcher=launcher):
        for body in bodies:
            send(body, begun=1)
    assert launcher.launched == ["talk"]


class ShoutedMessages:
    """A source of one's own: bodies are a word each."""

    name = "shouted"

    def check(self, store: ObjectStore, body: bytes) -> None:
        if not body.isupper():
            raise MessageRefused(400, "malformed", "it is not shouted")

    def take(self, store: ObjectStore, body: bytes) -> MessageTaken:
        if body == b"BOOM":
            raise RuntimeError("it exploded\nin two lines")
        return MessageTaken("heard", body.decode())


def test_another_source_is_a_class_and_a_secret(weak, caplog) -> None:
    secrets = {"SHORTFORM_WEBHOOK_SHOUTED_SECRET": SECRET}
    assert list(served_sources(secrets, (ShoutedMessages(),))) == ["shouted"]
    with weak.serving(sources=(ShoutedMessages(),)):
        codes = [weak.send(body, source="shouted").status_code for body in (b"HI", b"hi", b"BOOM", b"HO")]
    assert codes == [202, 400, 202, 202]
    # A message that breaks its source stops nobody and does not come back.
    assert next(r.getMessage() for r in caplog.records if "exploded" in r.getMessage()).endswith(
        "it exploded in two lines"
    )
    assert not list(WebhookInbox(weak.store).waiting())


def test_killed_right_after_its_answer_the_command_loses_nothing(weak, tmp_path) -> None:
    env = os.environ | {"SHORTFORM_WEBHOOK_RENDER_SECRET": SECRET, "SHORTFORM_STORE": weak.store.url}
    body = weak.message(weak.done())
    command = [sys.executable, "-m", "shortform_assets.cli", "webhook", "--port", "0"]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:
        said = ""
        try:
            for line in server.stderr or ():
                said += line
                if "listening on " in line:
                    weak.url = "http://" + line.split("listening on ")[1].split()[0]
                    break
            port = weak.url.rsplit(":", 1)[-1]
            second = subprocess.run(
                [*command[:-1], port], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60
            )
            assert (second.returncode, second.stdout) == (1, "")
            assert f"127.0.0.1:{port}: it cannot listen there (Address already in use)" in second.stderr
            assert weak.send(body).status_code == 202, said
        finally:
            server.send_signal(signal.SIGKILL)
    with weak.serving():
        until(lambda: weak.state() == "completed")
    assert SECRET[6:] not in said
