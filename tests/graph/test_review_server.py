"""The review server over real HTTP: who is let in, what is served, and what its controls write."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time

import httpx2
import pytest
from present import present

from resources.claims import is_held
from resources.review_server import MOST_BYTES
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.selection import ClipPlan


def raw(served, request: str) -> str:
    """The status line and all else that the server answers to bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", served.address.port), timeout=10) as line:
        line.sendall(request.encode())
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer.decode("utf-8", "replace")


def posted(served, path: str, body: object) -> tuple[int, dict]:
    with served.client as client:
        answer = client.post(path, json=body)
    return answer.status_code, answer.json()


def test_only_who_has_the_address_is_let_in(served):
    base = f"http://127.0.0.1:{served.address.port}"
    for path in (
        "/",
        "/index.html",
        "/wrong-token/",
        f"/{served.address.token[:-1]}/",
        f"/{served.address.token}",
    ):
        answer = httpx2.get(base + path)
        assert answer.status_code == 404, path
        assert "clip" not in answer.text
    with served.client as client:
        page = client.get("")
        assert page.status_code == 200
        for name, value in (
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ):
            assert page.headers[name] == value
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert (
            "unsafe-inline"
            not in page.headers["content-security-policy"].split("script-src")[1].split(";")[0]
        )
        # A name that was rebound to this machine, and every other site.
        assert client.get("", headers={"Host": "evil.example"}).status_code == 421
        for origin in ("http://evil.example", "null", f"http://127.0.0.1:{served.address.port + 1}"):
            assert client.get("", headers={"Origin": origin}).status_code == 403
        assert client.get("", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", ["api/edits", "api/runs"])
def test_nothing_is_changed_from_elsewhere(served, path):
    before = edits(served)
    order = {"api/edits": {"verb": "drop", "number": 1}, "api/runs": {"what": "rerun"}}[path]
    with served.client as client:
        assert client.post(path, json=order, headers={"Origin": "http://evil.example"}).status_code == 403
        form = {"Content-Type": "text/plain"}
        assert client.post(path, content=json.dumps(order), headers=form).status_code == 415
        assert client.get(path).status_code == 405
    assert httpx2.post(served.address.url + path, json=order).status_code == 403
    assert httpx2.post(f"http://127.0.0.1:{served.address.port}/x/{path}", json=order).status_code == 404
    assert edits(served) == before
    assert served.desk.progress()["number"] == 0


def edits(served) -> list[str]:
    return sorted(served.project.store.list(f"sources/{served.key}/edits"))


def test_no_file_but_those_of_the_delivery_is_served(served, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    token, host = served.address.token, served.address.hosts[0]
    for path in (
        "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%252e%252e%252fsecret.txt", "assets/../../secret.txt",
        "assets/..%2freview.html.j2", "assets/review.html.j2", "..\\secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "store",
        ".shortform-files.json", "%00", "api/clips/1/camera-../../x.png", "con", "secret.txt",
    ):  # fmt: skip
        answer = raw(served, f"GET /{token}/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert answer.split(" ")[1] in ("400", "404"), (path, answer[:200])
        assert "secret\n" not in answer
        assert "root:" not in answer
    files = {file.name: file.blob for file in delivery(served).files}
    with served.client as client:
        for name, blob in files.items():
            answer = client.get(name)
            assert answer.status_code == 200, name
            assert len(answer.content) == blob.size, name


def delivery(served) -> Delivery:
    return served.project.current(served.key, "delivery", Delivery)


def test_a_video_is_served_in_ranges(served):
    name = next(file.name for file in delivery(served).files if file.name.endswith(".mp4"))
    with served.client as client:
        whole = client.get(name)
        assert (whole.headers["accept-ranges"], whole.headers["content-type"]) == ("bytes", "video/mp4")
        size = len(whole.content)
        part = client.get(name, headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 100-299/{size}")
        assert part.content == whole.content[100:300]
        assert client.get(name, headers={"Range": "bytes=-50"}).content == whole.content[-50:]
        assert client.get(name, headers={"Range": f"bytes={size}-"}).status_code == 416


def test_what_is_too_long_or_no_request_is_refused_in_one_sentence(served):
    before = edits(served)
    with served.client as client:
        for content in (b"x" * (MOST_BYTES + 1), (b"x" * 1000 for _ in range(100))):
            answer = client.post("api/edits", content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == 413
    for body, says in (
        ([], "cannot be understood"),
        ({"verb": "explode", "number": 1}, "verb"),
        ({"verb": "drop", "number": 1, "path": "/etc"}, "path"),
        ({"verb": "drop"}, "no clip was named"),
        ({"verb": "drop", "number": 99}, "there is no clip 99"),
        ({"verb": "retitle", "number": 1, "title": " "}, "the title is empty"),
        ({"verb": "trim", "number": 1, "first": 5, "last": 4}, "would end before it begins"),
        ({"verb": "trim", "number": 1, "last": 10**9}, "would end before it begins"),
        ({"verb": "fix", "wrong": "zebra", "right": "horse"}, "zebra"),
        ({"verb": "reframe", "number": 1}, "nothing was chosen"),
        ({"verb": "reframe", "number": 1, "layout": "cubist"}, "no layout"),
        ({"verb": "add", "start": "0:90", "end": "0:01"}, "--from"),
    ):
        status, told = posted(served, "api/edits", body)
        assert status == 400, body
        assert says in told["error"], told
        assert "Traceback" not in told["error"]
    assert posted(served, "api/runs", {"what": "restyle", "style": ""})[0] == 400
    with served.client as client:
        assert client.get("api/clips/99").status_code == 400
        assert client.get("api/clips/1/camera-4x5.png").status_code == 400
    assert edits(served) == before


def test_controls_write_what_the_commands_write(writable):
    plan = writable.project.current(writable.key, "clip_plan", ClipPlan)
    with writable.client as client:
        sheet = client.get("api/clips/2").json()
        plot = client.get("api/clips/2/camera-9x16.png")
        assert plot.content.startswith(b"\x89PNG")
    kept = [word for word in sheet["words"] if word["kept"]]
    ranges = plan.clips[1].word_ranges
    assert (kept[0]["first"], kept[-1]["last"]) == (ranges[0][0], ranges[-1][1])
    assert kept[0]["at_ms"] < 500
    assert sheet["framing"]["reasons"]
    assert sheet["framing"]["layouts"]
    for body, says in (
        ({"verb": "drop", "number": 1}, "is left out"),
        ({"verb": "retitle", "number": 3, "title": "<b>Hum</b>"}, "is called <b>Hum</b>"),
        ({"verb": "trim", "number": 2, "first": kept[2]["first"]}, "clip 2 changes"),
        ({"verb": "fix", "wrong": kept[4]["bare"], "right": "Zebra", "number": 2}, "-> 'Zebra'"),
        ({"verb": "reframe", "number": 2, "layout": sheet["framing"]["layouts"][0]}, "clip 2"),
    ):
        status, told = posted(writable, "api/edits", body)
        assert status == 200, told
        assert says in told["told"][0], told
        assert not any("shortform rerun" in line for line in told["told"])
    assert told["waiting"] == 5
    first, second, third = (clip.clip_id for clip in plan.clips)
    assert told["states"] == {first: "dropped", second: "trimmed", third: "retitled"}
    registry = writable.project.registry
    assert [edit.verb for edit in registry.plan_edits(writable.key).edits] == ["drop", "retitle", "trim"]
    assert (
        len(registry.creative_edits(writable.key).edits)
        == len(registry.framing_edits(writable.key).edits)
        == 1
    )
    with writable.client as client:
        page = client.get("").text
        assert "5 edits wait" in page
        assert "<b>" not in page
        words = [word for word in client.get("api/clips/2").json()["words"] if word["kept"]]
    assert words[0]["first"] == kept[2]["first"]
    assert "Zebra" in {word["bare"] for word in words}


@pytest.mark.slow
def test_one_run_at_a_time_in_the_background_and_its_end_is_told(writable):
    """A run that fails at once: what it says is the error on the page."""
    assert posted(writable, "api/runs", {"what": "restyle", "style": "nonesuch"})[0] == 202
    states = []
    with writable.client as client, client.stream("GET", "api/progress") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                states.append(json.loads(line.removeprefix("data: ")))
                if len(states) == 1:
                    assert posted(writable, "api/runs", {"what": "rerun"})[1]["error"].startswith(
                        "a run is going on"
                    )
            if states and not states[-1]["running"]:
                break
    assert states[0]["running"]
    assert "nonesuch" in states[-1]["error"]
    # Whoever ends the server ends the run as Ctrl-C does, and nothing is left behind.
    assert posted(writable, "api/runs", {"what": "rerun"})[0] == 202
    begun = time.monotonic()
    writable.desk.end()
    assert time.monotonic() - begun < 20


@pytest.mark.slow
def test_the_command_serves_until_it_is_interrupted_and_ends_its_run(writable, tmp_path):
    """Ctrl-C while a run from the page goes on: both end, and the run can be gone on with."""
    out = ["--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "shortform_assets.cli", "review", writable.key, *out]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        told = present(process.stdout)
        url = told.readline().removeprefix("review at ").strip()
        assert url.startswith("http://127.0.0.1:")
        headers = {"Origin": url.rsplit("/", 2)[0]}
        assert "Render again" in httpx2.get(url).text
        drop = {"verb": "drop", "number": 1}
        assert httpx2.post(url + "api/edits", json=drop, headers=headers, timeout=60).status_code == 200
        assert httpx2.post(url + "api/runs", json={"what": "rerun"}, headers=headers).status_code == 202
        with httpx2.stream("GET", url + "api/progress", timeout=60) as stream:
            # It works: the first stage was told.
            lines = stream.iter_lines()
            next(line for line in lines if '"running": true' in line and "Starting" not in line)
            process.send_signal(signal.SIGINT)
            # The stream ends with the server, and not a moment before.
            assert not [line for line in lines if '"running": false' in line]
        rest = told.read()
        assert process.wait(60) == 0, rest
        assert "ending the run that is going on" in rest
        assert "Cancel" not in rest
    assert not is_held(writable.project.store, writable.key)
    assert [edit.verb for edit in writable.project.registry.plan_edits(writable.key).edits] == ["drop"]
