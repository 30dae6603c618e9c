"""Amazon Transcribe on loopback: its JSON 1.1 protocol, its states and errors, over an S3 that is there."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from loopback import Handler, serving
from spoken_truth import Spoken, Truth, read_wav

_TARGET = "Transcribe."
_NAME = re.compile(r"^[0-9a-zA-Z._-]{1,200}$")
_PLACE = re.compile(r"^s3://([^/]+)/(.+)$")


class AwsError(Exception):
    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class TranscribeServer:
    """Jobs go on by one state each time they are looked at."""

    def __init__(self, truth: Truth, s3: Any, languages: frozenset[str]) -> None:
        self.truth, self.s3, self.languages = truth, s3, languages
        self.jobs: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.faults: dict[str, deque[AwsError | str]] = {}
        """By operation: an error to answer, or `lose` (carried out, but no answer comes) or `garbage`."""
        self.stuck = False
        """Jobs stay where they are."""
        self.failure = ""
        """Why jobs fail, where they do."""
        self.spoil: bytes | None = None
        """Written instead of the result file."""
        self.started = 0
        self.lock = threading.Lock()
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[TranscribeServer]:
        """The server on a free port of 127.0.0.1, in threads."""
        with serving(_Handler, self) as address:
            self.url = address
            yield self

    def fail_next(self, operation: str, *faults: AwsError | str) -> None:
        self.faults.setdefault(operation, deque()).extend(faults)

    def start(self, ask: dict[str, Any]) -> dict[str, Any]:
        name = ask.get("TranscriptionJobName", "")
        if not _NAME.match(name):
            raise AwsError("BadRequestException", "1 validation error detected: TranscriptionJobName")
        if ask.get("LanguageCode") not in self.languages:
            raise AwsError("BadRequestException", "1 validation error detected: LanguageCode")
        if not _PLACE.match(ask.get("Media", {}).get("MediaFileUri", "")):
            raise AwsError("BadRequestException", "1 validation error detected: MediaFileUri")
        if ask.get("Settings", {}).get("VocabularyName", "known") != "known":
            raise AwsError(
                "BadRequestException",
                "The requested vocabulary couldn't be found. Check the vocabulary name and try your request again.",
            )
        if name in self.jobs:
            raise AwsError("ConflictException", "The requested job name already exists.")
        now = time.time()
        self.started += 1
        self.jobs[name] = {"ask": ask, "state": "QUEUED", "made": now, "reason": ""}
        return self._shown(name)

    def get(self, ask: dict[str, Any]) -> dict[str, Any]:
        name = ask["TranscriptionJobName"]
        job = self._job(name)
        if not self.stuck and job["state"] == "IN_PROGRESS":
            job["reason"] = self.failure or self._work(job["ask"])
            job["state"] = "FAILED" if job["reason"] else "COMPLETED"
        elif not self.stuck and job["state"] == "QUEUED":
            job["state"] = "IN_PROGRESS"
        return self._shown(name)

    def delete(self, ask: dict[str, Any]) -> dict[str, Any]:
        self._job(ask["TranscriptionJobName"])
        del self.jobs[ask["TranscriptionJobName"]]
        return {}

    def _job(self, name: str) -> dict[str, Any]:
        if name not in self.jobs:
            raise AwsError(
                "BadRequestException",
                "The requested job couldn't be found. Check the job name and try your request again.",
            )
        return self.jobs[name]

    def _shown(self, name: str) -> dict[str, Any]:
        job = self.jobs[name]
        shown = {
            "TranscriptionJobName": name,
            "TranscriptionJobStatus": job["state"],
            "LanguageCode": job["ask"]["LanguageCode"],
            "Media": job["ask"]["Media"],
            "CreationTime": job["made"],
        }
        if job["reason"]:
            shown["FailureReason"] = job["reason"]
        return {"TranscriptionJob": shown}

    def _work(self, ask: dict[str, Any]) -> str:
        place = _PLACE.match(ask["Media"]["MediaFileUri"])
        assert place
        try:
            sound = self.s3.get_object(Bucket=place[1], Key=place[2])["Body"].read()
            pcm = read_wav(sound)
        except ClientError:
            return "The S3 URI that you provided can't be accessed."
        except ValueError:
            return "Unsupported audio format."
        result = document(ask["TranscriptionJobName"], self.truth.hear(pcm))
        body = self.spoil if self.spoil is not None else json.dumps(result).encode()
        self.s3.put_object(Bucket=ask["OutputBucketName"], Key=ask["OutputKey"], Body=body)
        return ""


def document(name: str, words: tuple[Spoken, ...]) -> dict[str, Any]:
    """A result file: words bare with times as strings, marks without times."""
    items: list[dict[str, Any]] = []
    for word in words:
        bare = word.text.rstrip(".,?!")
        items.append(
            {
                "id": len(items),
                "type": "pronunciation",
                "alternatives": [{"confidence": "0.93", "content": bare}],
                "start_time": f"{word.start:.3f}",
                "end_time": f"{word.end:.3f}",
            }
        )
        for mark in word.text[len(bare) :]:
            items.append(
                {
                    "id": len(items),
                    "type": "punctuation",
                    "alternatives": [{"confidence": "0.0", "content": mark}],
                }
            )
    results = {"transcripts": [{"transcript": " ".join(w.text for w in words)}], "items": items}
    return {"jobName": name, "accountId": "000000000000", "status": "COMPLETED", "results": results}


class _Handler(Handler):
    server_state: TranscribeServer

    def do_POST(self) -> None:
        state = self.server_state
        ask = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].removeprefix(_TARGET)
        self.close_connection = True
        with state.lock:
            state.calls.append(operation)
            faults = state.faults.get(operation)
            fault = faults.popleft() if faults else None
            try:
                if isinstance(fault, AwsError):
                    raise fault
                if not self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential="):
                    raise AwsError("AccessDeniedException")
                does = {
                    "StartTranscriptionJob": state.start,
                    "GetTranscriptionJob": state.get,
                    "DeleteTranscriptionJob": state.delete,
                }
                status, answer = 200, does[operation](ask)
            except AwsError as error:
                status, answer = error.status, {"__type": error.code, "Message": error.message}
        if fault == "lose":
            return
        body = b"<html>502</html>" if fault == "garbage" else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
