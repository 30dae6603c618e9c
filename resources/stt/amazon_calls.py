"""Calls to AWS, each failure either worth another try or one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from resources.retrying import Setback
from resources.stt.remote_provider import told
from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import ProviderFailed

T = TypeVar("T")
_BUSY = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalFailureException",
        "LimitExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_ABSENT = frozenset({"NoSuchKey", "NotFound", "NotFoundException"})
_ABSENT_JOB = "job couldn't be found"
"""What a BadRequestException says of a job that is not there."""
_RIGHTS = "check the AWS credentials, and that they may use the bucket and Transcribe"


class JobNameTaken(Exception):
    """A job of that name is there already."""


class Gone(Exception):
    """The job or object is not there."""


class Lost(Setback):
    """No answer came; the request may have been carried out all the same."""


def client(service: str) -> Any:
    """A boto3 client from the user's environment, which leaves trying again to its caller."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)
    try:
        made = boto3.client(service, config=config)
        if boto3.Session().get_credentials() is None:
            raise InputError("no AWS credentials were found", "Amazon Transcribe", "set AWS_PROFILE, or keys")
        return made
    except (BotoCoreError, ValueError) as error:
        raise InputError(told(str(error)), "Amazon Transcribe", "set AWS_REGION and credentials") from error


def once(who: str, call: Callable[[], T]) -> T:
    """`call()` with AWS's errors sorted: Setback, JobNameTaken, Gone, ProviderFailed."""
    from botocore import exceptions as aws
    from botocore.parsers import ResponseParserError

    try:
        return call()
    except aws.ClientError as error:
        # Not chained: AWS's own words may quote key ids and what was signed.
        raise _sorted(who, error.response) from None
    except (aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.ProxyConnectionError) as error:
        raise Setback(
            "AWS cannot be reached", "check the network, AWS_REGION and AWS_ENDPOINT_URL"
        ) from error
    except (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError) as error:
        raise ProviderFailed(f"{who}: no AWS credentials were found - set AWS_PROFILE, or keys") from error
    except (aws.HTTPClientError, aws.IncompleteReadError) as error:
        raise Lost("the connection to AWS broke off", "try later") from error
    except ResponseParserError as error:
        raise Lost("AWS answered something unreadable", "check AWS_ENDPOINT_URL") from error
    except aws.BotoCoreError as error:
        raise ProviderFailed(f"{who}: {told(str(error))} - check the AWS settings") from error


def _sorted(who: str, response: dict[str, Any]) -> Exception:
    found = response.get("Error", {})
    code, message = str(found.get("Code", "")), str(found.get("Message", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _BUSY or status >= 500:
        return Setback(f"AWS answered {code or status}", "try later, or ask AWS for a higher limit")
    if code == "ConflictException":
        return JobNameTaken(message)
    if code in _ABSENT or (code == "404") or (code == "BadRequestException" and _ABSENT_JOB in message):
        return Gone(message)
    if code == "NoSuchBucket":
        return ProviderFailed(f"{who}: there is no such bucket - check SHORTFORM_TRANSCRIBE_BUCKET")
    if code == "BadRequestException":
        return ProviderFailed(f"{who}: the request was refused ({told(message)}) - check its settings")
    return ProviderFailed(f"{who}: AWS answered {told(code) or status} - {_RIGHTS}")
