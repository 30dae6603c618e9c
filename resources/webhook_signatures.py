"""Standard Webhooks: who signed a message, and whether it is from now. Secrets come from the environment or a file."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from resources.executor_settings import ExecutorSettings
from shortform_assets.errors import InputError
from shortform_assets.ports.webhook_source import MessageRefused

PREFIX = "SHORTFORM_WEBHOOK"
TOLERANCE_SECONDS = 300
"""A message may be so much older or newer than this machine's clock. Of `standardwebhooks`."""
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_LONGEST_ID = 256
"""Characters. Our choice; test_what_is_no_message_is_refused."""
_SHORTEST_KEY = 24
"""Bytes, as Standard Webhooks asks for."""


class Signatures:
    """Verifies what is signed with one of these secrets (`whsec_` and base64); several while one is replaced."""

    def __init__(self, secrets: Sequence[str], where: str) -> None:
        """Raises InputError, which never shows a secret."""
        self._keys = []
        for secret in secrets:
            try:
                key = Webhook(secret)
            except Exception:
                raise InputError(
                    "it is no secret of Standard Webhooks", where, "give whsec_ and base64"
                ) from None
            if len(key._whsecret) < _SHORTEST_KEY:
                raise InputError(
                    f"the secret is shorter than {_SHORTEST_KEY} bytes", where, "make a longer one"
                )
            self._keys.append(key)

    def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of the message. Raises MessageRefused: 400 malformed, 401 late, early or forged."""
        named, stamp, _ = (headers.get(name, "") for name in HEADERS)
        if not all(headers.get(name) for name in HEADERS) or len(named) > _LONGEST_ID:
            raise MessageRefused(400, "malformed", f"it lacks one of {', '.join(HEADERS)}")
        try:
            age = time.time() - float(stamp)
            body.decode()
        except ValueError:
            raise MessageRefused(400, "malformed", "its time is no number, or its body no UTF-8") from None
        for key in self._keys:
            try:
                key.verify(body, dict(headers), json_parse=False)
                return named
            # A signature that is no base64 raises what it likes.
            except (WebhookVerificationError, ValueError):
                continue
        # Told apart only for the log: what is too old is not told from what is forged as well.
        if not abs(age) <= TOLERANCE_SECONDS:
            raise MessageRefused(401, "late", f"it was signed {age:.0f} s ago by its own time")
        raise MessageRefused(401, "forged", "its signature does not match")


def signatures_from_environment(
    source: str, environment: Mapping[str, str] = os.environ
) -> Signatures | None:
    """Of `SHORTFORM_WEBHOOK_<SOURCE>_SECRET`, or the file that `..._SECRET_FILE` names; None where neither is set."""
    settings = ExecutorSettings(PREFIX, environment)
    name = f"{source.upper()}_SECRET"
    text, where = settings.text(name), f"{PREFIX}_{name}"
    if file := settings.text(f"{name}_FILE"):
        where = f"{where}_FILE"
        try:
            text = Path(file).read_text()
        except (OSError, UnicodeDecodeError):
            raise InputError("the file cannot be read", where, "check its path and who may read it") from None
    return Signatures(text.split(), where) if text.split() else None
