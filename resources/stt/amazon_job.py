"""One job of Amazon Transcribe, from the sound to the result file, paid once however often it is tried."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from resources.retrying import Setback, Timer
from resources.stt.amazon_calls import Gone, JobNameTaken, Lost, once
from resources.stt.remote_provider import insist, set_aside, told
from shortform_assets.ports.recognizer import SAMPLE_RATE, ProviderFailed
from shortform_assets.ports.spending import Purse

T = TypeVar("T")
_USD_PER_MINUTE, _LEAST_SECONDS = 0.024, 15
"""Amazon's first tier (2026), billed by the second."""
_LONGEST_POLL, _POLL_GROWTH = 15.0, 1.5
"""Seconds between two looks at a job, and the factor by which they grow up to that. Our choice."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class TransferBucket:
    """The place in a bucket through which sound and transcript pass."""

    s3: Any
    bucket: str
    prefix: str

    def put(self, key: str, data: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=data, ContentType="audio/wav")

    def get(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=self.bucket, Key=self.prefix + key)["Body"].read())

    def delete(self, key: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=self.prefix + key)


@dataclass(frozen=True)
class TranscribeAccount:
    """Whose service is asked, and how."""

    who: str
    """As it is named in errors."""
    service: Any
    """boto3's client."""
    passage: TransferBucket
    vocabulary: str
    """Of a vocabulary that was made there; empty for none."""


class Job:
    """A job named by its sound and settings, so that whoever wants the same finds it."""

    def __init__(self, account: TranscribeAccount, sound: bytes, language_code: str, timer: Timer) -> None:
        self._who, self._service, self._passage = account.who, account.service, account.passage
        self._sound, self._language, self._vocabulary = sound, language_code, account.vocabulary
        self._timer = timer
        digest, passage = hashlib.sha256(sound).hexdigest(), account.passage
        settings = f"{digest}:{language_code}:{account.vocabulary}:{passage.bucket}/{passage.prefix}"
        self.name = f"shortform-{hashlib.sha256(settings.encode()).hexdigest()[:40]}"
        self._wav, self._json = f"{self.name}.wav", f"{self.name}.json"
        self._over = self._lost = False

    def result(self, purse: Purse | None, seconds: float) -> bytes:
        """The result file. Gone where the job was found from before and cannot give one: ask again then.

        The price is set aside first. A job that was found costs nothing: it was counted when it was
        started. One that is still running at the deadline stays counted, and goes on.
        """
        self._over = self._lost = False
        price = max(_LEAST_SECONDS, math.ceil(seconds)) / 60 * _USD_PER_MINUTE
        with set_aside(purse, f"{self._who}, {seconds:.0f} s", price) as charge:
            try:
                self._ask(lambda: self._passage.put(self._wav, self._sound))
                own = self._start()
            except ProviderFailed:
                if not self._lost:
                    charge.settle(0)
                raise
            if not own:
                charge.settle(0)
            failure = self._wait()
            if failure is not None:
                self._over = True
                if not own:
                    raise Gone(failure)
                charge.settle(0)
                raise ProviderFailed(f"{self._who}: the job failed ({failure}) - use another provider")
            if own:
                charge.settle(price)
        self._over = True
        return self._ask(lambda: self._passage.get(self._json))

    def tidy(self) -> None:
        """Remove job, sound and result where the job is over; what is left costs money, not the transcript."""
        if not self._over:
            return
        for remove in (
            lambda: self._service.delete_transcription_job(TranscriptionJobName=self.name),
            lambda: self._passage.delete(self._wav),
            lambda: self._passage.delete(self._json),
        ):
            try:
                once(self._who, remove)
            except Gone:
                pass
            except (Setback, ProviderFailed) as error:
                _LOG.warning("%s: %s could not be removed from Amazon (%s)", self._who, self.name, error)

    def _start(self) -> bool:
        """Start the job; False where it was there already."""
        request: dict[str, Any] = {
            "TranscriptionJobName": self.name,
            "LanguageCode": self._language,
            "MediaFormat": "wav",
            "MediaSampleRateHertz": SAMPLE_RATE,
            "Media": {"MediaFileUri": f"s3://{self._passage.bucket}/{self._passage.prefix}{self._wav}"},
            "OutputBucketName": self._passage.bucket,
            "OutputKey": self._passage.prefix + self._json,
        }
        if self._vocabulary:
            request["Settings"] = {"VocabularyName": self._vocabulary}

        def attempt() -> None:
            try:
                once(self._who, lambda: self._service.start_transcription_job(**request))
            except Lost:
                self._lost = True
                raise

        try:
            insist(self._who, self._timer, attempt)
        except JobNameTaken:
            # Where an answer was lost, the job that is there is the one just started.
            return self._lost
        return True

    def _wait(self) -> str | None:
        """Until the job is done: None, or why it failed."""
        patience = self._timer.patience
        pause = patience.first_pause
        while True:
            answer = self._ask(lambda: self._service.get_transcription_job(TranscriptionJobName=self.name))
            job = answer.get("TranscriptionJob") or {}
            state = str(job.get("TranscriptionJobStatus"))
            if state == "COMPLETED":
                return None
            if state == "FAILED":
                return told(str(job.get("FailureReason", "no reason given")))
            if state not in ("QUEUED", "IN_PROGRESS"):
                raise ProviderFailed(
                    f"{self._who}: the job's state is {told(state)!r} - check AWS_ENDPOINT_URL"
                )
            if pause >= self._timer.left():
                raise ProviderFailed(
                    f"{self._who}: the job is still {state} after {patience.deadline:.0f} s - it goes on, "
                    "run again later and its result is taken"
                )
            self._timer.pause(pause)
            pause = min(pause * _POLL_GROWTH, _LONGEST_POLL)

    def _ask(self, call: Callable[[], T]) -> T:
        return insist(self._who, self._timer, lambda: once(self._who, call))
