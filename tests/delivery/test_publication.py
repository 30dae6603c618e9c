"""Publication to a folder and to S3: whole files, the manifest last, nobody else's file touched, any end survived."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx2
import pytest
from botocore.awsrequest import AWSResponse
from test_deliver import delivered
from typer.testing import CliRunner

from resources.bench import StoreBench
from resources.bucket_destination import BucketDestination
from shortform_assets.cli import exit_codes, main
from shortform_assets.cli.project import Project
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.delivery.folder_destination import FolderDestination
from shortform_assets.delivery.publication import publish
from shortform_assets.errors import InputError
from shortform_assets.ports.destination import Destination

KEY = "talk ü-0123456789"


class Killed(BaseException):
    """The process ends here: nothing catches it."""


class FolderPlace:
    """A folder, seen as whoever fetches from it sees it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, source: str = KEY) -> Destination:
        return FolderDestination(self.path, source)

    def files(self) -> dict[str, bytes]:
        found = self.path.iterdir() if self.path.is_dir() else ()
        return {file.name: file.read_bytes() for file in found if not file.name.startswith(".")}

    def put(self, name: str, data: bytes) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_bytes(data)

    @contextmanager
    def killed(self, to: Destination, before: int) -> Iterator[None]:
        """Killed when file number `before` would get its name, the record not counted."""
        replace, left = os.replace, [before]

        def die(part: Any, target: Any) -> None:
            if not Path(target).name.startswith("."):
                if left[0] == 0:
                    raise Killed
                left[0] -= 1
            replace(part, target)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(os, "replace", die)
            yield


class BucketPlace:
    """A prefix of a bucket of MiniStack."""

    def __init__(self, address: str) -> None:
        self.address, (self.bucket, self.prefix) = address, address.removeprefix("s3://").split("/", 1)
        self.client = boto3.client("s3", region_name="us-east-1")

    def open(self, source: str = KEY) -> BucketDestination:
        return BucketDestination(self.address, source)

    def files(self) -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{self.prefix}/").get("Contents", [])
        return {
            item["Key"].removeprefix(f"{self.prefix}/"): self.client.get_object(
                Bucket=self.bucket, Key=item["Key"]
            )["Body"].read()
            for item in listed
        }

    def put(self, name: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}", Body=data)

    @contextmanager
    def killed(self, to: BucketDestination, before: int) -> Iterator[None]:
        left = [before]

        def die(**_: Any) -> None:
            if left[0] == 0:
                raise Killed
            left[0] -= 1

        to._client.meta.events.register("before-send.s3.PutObject", die)
        yield


Place = FolderPlace | BucketPlace


@pytest.fixture(params=["folder", "s3"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Place]:
    """Makes empty places of one kind."""
    if request.param == "folder":
        return lambda: FolderPlace(tmp_path / uuid.uuid4().hex / "päge")
    address = request.getfixturevalue("s3_env")
    return lambda: BucketPlace(f"{address}/{uuid.uuid4().hex}/a b")


def wanted(bench: StoreBench, delivery: Delivery) -> dict[str, bytes]:
    return {file.name: bench.open(file.blob).read_bytes() for file in delivery.files}


def test_a_publication_is_whole_and_repeated_it_writes_nothing(bench, new_place):
    place, delivery = new_place(), delivered(bench, ("One", "Two"))
    done = publish(bench.open, delivery, place.open())
    assert place.files() == wanted(bench, delivery)
    assert done.written[-1] == "manifest.json"
    assert sorted(done.written) == sorted(wanted(bench, delivery))
    again = publish(bench.open, delivery, place.open())
    assert (again.written, sorted(again.unchanged)) == ((), sorted(done.written))


def test_killed_before_any_write_the_next_publication_finishes(bench, new_place):
    old, new = delivered(bench, ("One", "Two"), fail=1), delivered(bench, ("One", "Dos"))
    before, after = wanted(bench, old), wanted(bench, new)
    count = len([name for name in after if before.get(name) != after[name]])
    assert count > 6
    place = new_place()
    publish(bench.open, old, place.open())
    # Each try gets one file further than the last: every point between two writes is met.
    for done in range(count):
        to = place.open()
        with place.killed(to, min(done, 1)), pytest.raises(Killed):
            publish(bench.open, new, to)
        found = place.files()
        assert all(data in (before.get(name), after.get(name)) for name, data in found.items())
        assert found["manifest.json"] == before["manifest.json"]
        assert sum(found.get(name) != data for name, data in after.items()) == count - done
    assert publish(bench.open, new, place.open()).written == ("manifest.json",)
    # Addresses that were given away still work.
    assert place.files() == before | after


def test_nobody_elses_file_is_touched(bench, new_place):
    delivery = delivered(bench, ("One", "Two"))
    place = new_place()
    place.put("02-two-9x16.mp4", b"a holiday")
    with pytest.raises(InputError, match="was not published by shortform"):
        publish(bench.open, delivery, place.open())
    assert place.files() == {"02-two-9x16.mp4": b"a holiday"}

    # Nor one's own that was changed since, nor those of another source.
    place = new_place()
    publish(bench.open, delivery, place.open())
    there = place.files()
    other = delivered(bench, ("Uno", "Dos"))
    with pytest.raises(InputError, match=f"another source.*{KEY}"):
        publish(bench.open, other, place.open("another-1"))
    assert place.files() == there
    place.put("manifest.json", b"{}")
    with pytest.raises(InputError, match="was not published by shortform"):
        publish(bench.open, other, place.open())
    assert place.files() == there | {"manifest.json": b"{}"}


def test_a_name_that_is_taken_meanwhile_is_left(bench, new_place):
    place, delivery = new_place(), delivered(bench, ("One", "Two"))

    def meanwhile(blob):
        if blob == delivery.review:
            place.put("index.html", b"another page")
        return bench.open(blob)

    with pytest.raises(InputError, match=r"2 of \d+ files are not published: index.html, manifest.json"):
        publish(meanwhile, delivery, place.open())
    assert place.files()["index.html"] == b"another page"
    assert "manifest.json" not in place.files()


def test_an_object_that_appears_while_ours_is_sent_is_left(bench, s3_env):
    place, delivery = BucketPlace(f"{s3_env}/{uuid.uuid4().hex}/x"), delivered(bench, ("One", "Two"))
    to, names = place.open(), sorted(wanted(bench, delivery))

    def faster(**_: Any) -> None:
        for name in names:
            place.put(name, b"theirs")

    to._client.meta.events.register("before-call.s3.PutObject", faster)
    with pytest.raises(
        InputError, match=f"was not published by shortform.*{len(names)} of {len(names)} files"
    ):
        publish(bench.open, delivery, to)
    assert place.files() == dict.fromkeys(names, b"theirs")


KILLED_HALF_WAY = """
import os, pathlib, sys
from shortform_assets.delivery.folder_destination import FolderDestination
to = FolderDestination(pathlib.Path(sys.argv[1]), "talk")
with to._whole("a.mp4") as part:
    part.write(bytes(9)); part.flush()
    print(flush=True); sys.stdin.read()
"""


def test_half_files_of_the_dead_are_taken_away_and_those_of_the_living_are_not(bench, tmp_path):
    to = FolderPlace(tmp_path / "out")
    to.path.mkdir()
    command = [sys.executable, "-c", KILLED_HALF_WAY, str(to.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        publish(bench.open, delivered(bench, ("One",)), to.open())
        assert len([path for path in to.path.iterdir() if "publishing" in path.name]) == 1
        other.kill()
    publish(bench.open, delivered(bench, ("Two",)), to.open())
    assert not [path for path in to.path.iterdir() if "publishing" in path.name]
    assert "a.mp4" not in to.files()


def test_unfinished_failed_and_draft_deliveries_are_refused(bench, tmp_path):
    to = FolderPlace(tmp_path / "out")
    draft = delivered(bench, ("One",), draft=True)
    failed = delivered(bench, ("Two",), fail=0)
    for delivery, why in ((draft, "drafts"), (failed, "no finished clip")):
        with pytest.raises(InputError, match=why):
            publish(bench.open, delivery, to.open())
        assert not to.path.exists()
    publish(bench.open, draft, to.open(), draft=True)
    assert to.files() == wanted(bench, draft)


def test_without_room_nothing_is_written_or_what_is_lacking_is_said(bench, tmp_path, monkeypatch):
    delivery, to = delivered(bench, ("One", "Two")), FolderPlace(tmp_path / "out")
    files = wanted(bench, delivery)
    usage = shutil.disk_usage(tmp_path)._replace(free=sum(map(len, files.values())) - 1)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(InputError, match=r"are needed and .* are free"):
            publish(bench.open, delivery, to.open())
    assert list(to.path.iterdir()) == []

    # What no look at the disk tells, as a quota: the system refuses the largest file half-way.
    largest = max(files, key=lambda name: len(files[name]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(files[largest]) - 1, hard))
    try:
        with pytest.raises(InputError, match=rf"File too large.* files are not published: {largest}"):
            publish(bench.open, delivery, to.open())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [path for path in to.path.iterdir() if "publishing" in path.name]
    assert "manifest.json" not in to.files()
    assert to.files().items() <= files.items()
    publish(bench.open, delivery, to.open())
    assert to.files() == files


def test_an_error_of_s3_shows_no_secret(bench, s3_env, monkeypatch):
    secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    to = BucketDestination(f"{s3_env}/{uuid.uuid4().hex}", KEY)
    to._client.meta.events.register("before-send.s3.PutObject", _answer("Weird", f"not with {secret}"))
    with pytest.raises(InputError, match=r"S3 answered Weird not with \[redacted\]") as told:
        publish(bench.open, delivered(bench, ("One",)), to)
    assert secret not in str(told.value)


def test_a_place_that_cannot_be_used_is_one_clear_error(bench, tmp_path, s3_env, monkeypatch):
    delivery = delivered(bench, ("One", "Two"))
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(InputError, match="cannot be written"):
        publish(bench.open, delivery, FolderDestination(tmp_path / "file" / "out", KEY))
    with pytest.raises(InputError, match="no such bucket"):
        publish(bench.open, delivery, BucketDestination("s3://nobody-has-this/x", KEY))

    place = BucketPlace(f"{s3_env}/{uuid.uuid4().hex}/x")
    to = place.open()
    to._client.meta.events.register("before-send.s3.PutObject", _answer("AccessDenied", "no"))
    with pytest.raises(InputError, match=r"access is denied - allow .*s3:PutObject"):
        publish(bench.open, delivery, to)
    assert place.files() == {}

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="S3 cannot be asked"):
        publish(bench.open, delivery, BucketDestination(f"{s3_env}/x", KEY))


def _answer(code: str, message: str) -> Callable[..., AWSResponse]:
    """What S3 says to a request that it refuses."""

    class Raw(io.BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    said = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    return lambda request, **_: AWSResponse(request.url, 403, {}, Raw(said))


def test_links_name_the_region_of_the_bucket(bench, s3_env):
    bucket = f"far-{uuid.uuid4().hex}"
    far = boto3.client("s3", region_name="eu-west-1")
    far.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    delivery = delivered(bench, ("One",))
    to = BucketDestination(f"s3://{bucket}", KEY)
    publish(bench.open, delivery, to)
    (url,) = to.links(["01-one-9x16.mp4"], 60).values()
    assert "%2Feu-west-1%2Fs3%2F" in url
    answer = httpx2.get(url)
    assert (answer.content, answer.headers["Content-Type"]) == (b"video of One", "video/mp4")


def test_links_fetch_the_files_until_they_end(bench, s3_env):
    delivery = delivered(bench, ("One", "Two"))
    to = BucketDestination(f"{s3_env}/{uuid.uuid4().hex}/a ü", KEY)
    publish(bench.open, delivery, to)
    files = wanted(bench, delivery)
    for name, url in to.links(list(files), 60).items():
        assert httpx2.get(url).content == files[name]
    (short,) = to.links(["01-one-9x16.mp4"], 1).values()
    longer = short.replace("X-Amz-Expires=1&", "X-Amz-Expires=600&")
    assert longer != short
    assert httpx2.get(longer).status_code == 403
    time.sleep(2.1)
    assert httpx2.get(short).status_code == 403


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    project = Project()
    project.registry.register(KEY, SourceRecord(uri="file:///t.mp4", etag="1", name="t.mp4", genre="podcast"))
    project.instance.add_dynamic_partitions("source_videos", [KEY])
    return project


def told(*args: str, code: int = exit_codes.OK) -> str:
    result = CliRunner().invoke(main.app, ["publish", KEY, *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_publishes_and_prints_links(project, tmp_path, s3_env):
    assert "it has no delivery yet" in told("--to", str(tmp_path / "out"), code=exit_codes.FAILED)
    with StoreBench.over(project.store) as own:
        delivery = delivered(own, ("One", "Two"), fail=1)
    project.artifacts.point(KEY, project.artifacts.save("delivery", "r", delivery, {}))
    said = told("--to", str(tmp_path / "out"))
    assert f"{len(delivery.files)} files published to" in said
    assert "1 of 2 outputs failed" in said
    assert "only files on S3 have links" in told(
        "--to", str(tmp_path / "out"), "--links", "2", code=exit_codes.FAILED
    )
    assert "no destination" in told("--to", "http://x", code=exit_codes.FAILED)

    args = ("--to", f"{s3_env}/{uuid.uuid4().hex}", "--links", "2")
    assert "01-one-9x16.mp4\n  http" in told(*args)
    answer = json.loads(told(*args, "--json"))
    assert (answer["written"], len(answer["unchanged"])) == ([], len(delivery.files))
    assert httpx2.get(answer["links"]["01-one-9x16.mp4"]).content == b"video of One"
