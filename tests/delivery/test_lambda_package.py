"""The package for Lambda: what CloudFormation would say of it, Lambda's limits, rights, and that its parts are there."""

from __future__ import annotations

import base64
import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cfnlint.api import lint_all
from cfnlint.decode import cfn_yaml
from standardwebhooks.webhooks import Webhook

from resources.webhook_sender import NotTaken
from shortform_assets.code_versions import code_of
from shortform_assets.code_versions.libraries import DISTRIBUTIONS
from shortform_assets.delivery.quality import measure
from shortform_assets.delivery.render_reuse import RENDERER
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.workers.lambda_teller import handler

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "deploy/lambda/template.yaml"
RESOURCES = cfn_yaml.load(str(TEMPLATE))["Resources"]
FUNCTIONS = {n: r["Properties"] for n, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def test_cloudformation_would_take_the_template() -> None:
    found = [match for match in lint_all(TEMPLATE.read_text()) if match.rule.severity != "informational"]
    assert [str(match) for match in found] == []


def test_sam_would_take_the_template() -> None:
    sam = shutil.which("sam") or shutil.which("sam", path=str(Path(sys.executable).parent))
    if sam is None:
        pytest.skip("sam is not installed")
    command = [sam, "validate", "--lint", "--template", str(TEMPLATE), "--region", "us-east-1"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_it_keeps_to_the_limits_of_lambda() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; cfn-lint does not know them all."""
    sizes = cfn_yaml.load(str(TEMPLATE))["Parameters"]["MemorySize"]
    assert 128 <= sizes["MinValue"] <= sizes["Default"] <= sizes["MaxValue"] <= 10_240
    for function in FUNCTIONS.values():
        assert 1 <= function["Timeout"] <= 900
        events = function["EventInvokeConfig"]
        assert 60 <= events["MaximumEventAgeInSeconds"] <= 21_600
        assert 0 <= events["MaximumRetryAttempts"] <= 2
    render = FUNCTIONS["Render"]
    assert 512 <= render["EphemeralStorage"]["Size"] <= 10_240
    # An event that Lambda holds for longer than a job's deadline would come beside the next attempt.
    deadline = load_genre("podcast").delivery.deadline_seconds
    assert render["EventInvokeConfig"]["MaximumEventAgeInSeconds"] <= deadline
    # Lambda's own retries would name an attempt that was begun.
    assert render["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
    # The cache leaves room for the job at hand.
    held = re.search(r"SHORTFORM_CACHE_GB=(\d+)", (ROOT / "deploy/lambda/Dockerfile").read_text())
    assert held
    assert float(held[1]) * 1000 <= render["EphemeralStorage"]["Size"] / 2


def statements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        for part in value.values():
            yield from statements(part)
    elif isinstance(value, list):
        for part in value:
            yield from statements(part)


def test_rights_are_named_one_by_one() -> None:
    found = list(statements(RESOURCES))
    assert len(found) >= 6
    for statement in found:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not [action for action in actions if "*" in action]
        assert statement.get("Resource") != "*"
    own = FUNCTIONS["Render"]["Policies"][0]["Statement"]
    granted = {a for s in own for a in (s["Action"] if isinstance(s["Action"], list) else [s["Action"]])}
    # What was created once is never removed by a worker.
    assert granted == {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"}


def test_its_handlers_are_there() -> None:
    lines = (ROOT / "deploy/lambda/Dockerfile").read_text().splitlines()
    named = [re.findall(r'"(.+)"', line)[0] for line in lines if line.startswith("CMD ")]
    named += [f["ImageConfig"]["Command"][0] for f in FUNCTIONS.values() if "ImageConfig" in f]
    assert len(named) == 2
    for name in named:
        module, _, function = name.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))


def test_the_images_are_given_what_they_are_built_of() -> None:
    """No image is built here: a folder that one wants and lacks would be found by its users."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {
        "vision": {*wheel["packages"], *wheel["force-include"], "pyproject.toml"},
        "lambda": set(wheel["packages"]),
    }
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for kind, parts in wanted.items():
        text = (ROOT / f"deploy/{kind}/Dockerfile").read_text()
        copied = {
            name for line in text.splitlines() if line.startswith("COPY ") for name in line.split()[1:-1]
        }
        assert parts <= copied
        assert {name.split("/")[0] for name in copied} <= let_in
        assert all((ROOT / name).exists() for name in copied)


def test_the_image_has_what_the_worker_imports() -> None:
    code = (
        "import sys, json; from importlib.metadata import packages_distributions as all_of; "
        "import boto3, httpx2, resources.s3_store, resources.webhook_sender; "
        "import shortform_assets.workers.lambda_handler, shortform_assets.workers.lambda_teller; "
        "from shortform_assets.workers.render import load_renderer; load_renderer(None); "
        "names, found = {n.partition('.')[0] for n in sys.modules}, all_of(); "
        "print(json.dumps(sorted({d for n in names for d in found.get(n, ())})))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    given = {
        line for line in (ROOT / "deploy/lambda/requirements.txt").read_text().splitlines() if line[:1] != "#"
    }
    imported = {normal(name) for name in json.loads(ran.stdout)}
    # What renders and measures, loaded early or late; several distributions carry one cv2.
    drawn = {DISTRIBUTIONS.get(name, name) for name in code_of(RENDERER, measure).libraries}
    drawn = {
        "imageio-ffmpeg" if name == "ffmpeg" else f"{name}{'-headless' * name.startswith('opencv')}"
        for name in drawn
    }
    ours = {
        "opencv-python",
        "opencv-contrib-python",
        "shortform",
        "setuptools",
        "certifi",
        "charset-normalizer",
    }
    assert {"numpy", "fonttools"} <= drawn
    assert (imported | {normal(name) for name in drawn}) - closure(given) - ours == set()


def closure(names: set[str]) -> set[str]:
    """These distributions and what they require here."""
    found: set[str] = set()
    left = {normal(name) for name in names}
    while left:
        name = left.pop()
        found.add(name)
        wanted = [
            re.split(r"[^A-Za-z0-9._-]", text)[0] for text in requires(name) or () if "extra ==" not in text
        ]
        left |= {normal(each) for each in wanted} - found
        left = {each for each in left if installed(each)}
    return found


def installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture
def heard() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]], list[int]]]:
    """Address of a server, what it heard, and what it answers next."""
    messages: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            messages.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(answers.pop() if answers else 202)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hears) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/webhooks/render", messages, answers
        server.shutdown()
        thread.join()


def created(key: str) -> dict[str, Any]:
    """As S3 says it through EventBridge."""
    return {"detail-type": "Object Created", "detail": {"bucket": {"name": "clips"}, "object": {"key": key}}}


def test_the_teller_signs_what_the_bucket_says(heard, monkeypatch: pytest.MonkeyPatch) -> None:
    url, messages, answers = heard
    monkeypatch.setenv("SHORTFORM_WEBHOOK_URL", url)
    monkeypatch.setenv("SHORTFORM_WEBHOOK_RENDER_SECRET", SECRET)
    job = f"deliveries/talk/{'0' * 64}/g0/clip-9x16"
    assert handler(created(f"{job}/outcome.json"), None) == {"job": job}
    ((headers, body),) = messages
    assert Webhook(SECRET).verify(body, headers) == {"type": "render.ended", "data": {"job": job}}

    answers.append(503)
    with pytest.raises(NotTaken, match="answered 503"):
        handler(created(f"{job}/outcome.json"), None)
    for event in ({}, created(f"{job}/job.json"), created("elsewhere/outcome.json")):
        with pytest.raises(InputError):
            handler(event, None)
    monkeypatch.setenv("SHORTFORM_WEBHOOK_RENDER_SECRET", "whsec_%%")
    with pytest.raises(InputError) as told:
        handler(created(f"{job}/outcome.json"), None)
    assert "%%" not in str(told.value)
    assert len(messages) == 2
