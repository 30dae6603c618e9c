"""Speech to text with Amazon Transcribe: the sound and its transcript pass through a bucket of the user's.

Both objects and the job are removed once the transcript is read. A job that outlives the wait is left: its
name follows from the sound and the settings, so the next attempt finds it and does not pay again.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from resources.retrying import Patience
from resources.stt.amazon_answer import transcript
from resources.stt.amazon_calls import Gone, client
from resources.stt.amazon_job import Job, TranscribeAccount, TransferBucket
from resources.stt.loaded import LoadedOnce
from resources.stt.remote_provider import told, wav
from resources.stt.segments import Nonsense
from shortform_assets.code_versions import code_of
from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    ProviderFailed,
    RawTranscript,
    RecognitionRequest,
    Recognizer,
)
from shortform_assets.ports.spending import Purse

BUCKET_VARIABLE = "SHORTFORM_TRANSCRIBE_BUCKET"
VOCABULARY_VARIABLE = "SHORTFORM_TRANSCRIBE_VOCABULARY"
_NAME = "amazon-transcribe"
_SHORTEST = SAMPLE_RATE // 2
"""Samples: half a second is the least that Amazon Transcribe documents;
test_next_to_nothing_is_heard_without_a_fault."""
_ROUNDS = 3
"""How often a job is started that was gone. Our choice; test_a_job_that_somebody_removes_is_started_anew."""
_PATIENCE = Patience(tries=6, deadline=1800.0)
"""Half an hour for a job, which may queue. Our choice."""

_CODES = (
    "ab-GE af-ZA am-ET ar-SA az-AZ ba-RU be-BY bg-BG bn-IN bs-BA ca-ES cs-CZ cy-WL da-DK de-DE el-GR en-US es-US "
    "et-EE eu-ES fa-IR fi-FI fr-FR ga-IE gl-ES gu-IN ha-NG he-IL hi-IN hr-HR ht-HT hu-HU hy-AM id-ID is-IS it-IT "
    "ja-JP jv-ID ka-GE kk-KZ km-KH kn-IN ko-KR ky-KG lg-IN lt-LT lv-LV mi-NZ mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT "
    "my-MM ne-NP nl-NL no-NO or-IN pa-IN pl-PL ps-AF pt-BR ro-RO ru-RU rw-RW si-LK sk-SK sl-SI so-SO sq-AL sr-RS "
    "su-ID sv-SE sw-KE ta-IN te-IN th-TH tl-PH tr-TR tt-RU ug-CN uk-UA uz-UZ vi-VN wo-SN zh-CN zu-ZA"
)
LANGUAGE_CODES = {code.partition("-")[0]: code for code in _CODES.split()}
"""Amazon's code for an ISO 639-1 language, with the dialect that most people speak."""


class AmazonTranscribeProvider(LoadedOnce[Recognizer]):
    """Amazon Transcribe, with boto3's credentials and region and a bucket (SHORTFORM_TRANSCRIBE_BUCKET).

    Glossary terms are not sent: Amazon takes a vocabulary that was made before, whose name is in
    SHORTFORM_TRANSCRIBE_VOCABULARY.
    """

    name = _NAME
    languages: frozenset[str] | None = frozenset(LANGUAGE_CODES)
    parallel = 8

    def __init__(self, purse: Purse | None = None, patience: Patience | None = None) -> None:
        super().__init__()
        self._purse, self._patience = purse, patience or _PATIENCE
        self._bucket = os.environ.get(BUCKET_VARIABLE, "").strip()
        self._vocabulary = os.environ.get(VOCABULARY_VARIABLE, "").strip()
        self._endpoint = os.environ.get("AWS_ENDPOINT_URL_TRANSCRIBE") or os.environ.get(
            "AWS_ENDPOINT_URL", ""
        )

    @property
    def fingerprint(self) -> str:
        own = code_of(wav, Job, transcript).digest
        return f"{_NAME}:{urlsplit(self._endpoint).hostname or 'aws'}:{self._vocabulary}:{own}"

    def _load(self) -> Recognizer:
        """InputError where bucket or region are not set."""
        bucket, _, prefix = self._bucket.removeprefix("s3://").partition("/")
        if not bucket:
            raise InputError(
                "Amazon Transcribe reads from a bucket, and none is named",
                BUCKET_VARIABLE,
                "set it to a bucket of yours, such as my-bucket or my-bucket/folder",
            )
        passage = TransferBucket(client("s3"), bucket, f"{prefix.strip('/') or 'shortform-speech'}/")
        account = TranscribeAccount(_Transcribe.name, client("transcribe"), passage, self._vocabulary)
        return _Transcribe(account, self._purse, self._patience)


class _Transcribe:
    name = "Amazon Transcribe"

    def __init__(self, account: TranscribeAccount, purse: Purse | None, patience: Patience) -> None:
        self._account, self._purse, self._patience = account, purse, patience

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        samples, language = request.samples, request.language
        if language not in LANGUAGE_CODES:
            raise ProviderFailed(
                f"{self.name}: it cannot do the language {told(language)!r} - use another provider"
            )
        if len(samples) < _SHORTEST:
            return RawTranscript(language, 1.0, ())
        timer = self._patience.start(lambda: request.progress(0.0))
        job = Job(self._account, wav(samples), LANGUAGE_CODES[language], timer)
        for _ in range(_ROUNDS):
            try:
                heard = transcript(job.result(self._purse, len(samples) / SAMPLE_RATE), language)
            except Gone:
                # Found from an earlier attempt, it had failed or its result was tidied away: start it anew.
                continue
            except Nonsense as error:
                raise ProviderFailed(
                    f"{self.name}: the result {error} - try again, or use another provider"
                ) from error
            finally:
                job.tidy()
            request.progress(1.0)
            return heard
        raise ProviderFailed(
            f"{self.name}: its job disappears again and again - see that nothing else removes it"
        )
