"""Sending messages in the form of Standard Webhooks (https://www.standardwebhooks.com)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from shortform_assets.errors import InputError, ShortformError

_SECONDS = 20.0
"""For the answer. Our choice."""


class NotTaken(ShortformError):
    """The receiver did not take the message: it may be sent again."""


def post_signed(url: str, secrets: str, body: Mapping[str, object]) -> None:
    """Post `body`, signed with each of the secrets (`whsec_` and base64, spaces between them).

    Raises InputError, which shows no secret, where one is none, and NotTaken where the answer is no 2xx or none comes.
    """
    import httpx2

    text, named, now = json.dumps(body), f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
    try:
        signatures = [Webhook(secret).sign(named, now, text) for secret in secrets.split()]
    except Exception:
        raise InputError(
            "it is no secret of Standard Webhooks", "webhook secret", "give whsec_ and base64"
        ) from None
    headers = {
        "content-type": "application/json",
        "webhook-id": named,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    try:
        answer = httpx2.post(url, content=text, headers=headers, timeout=_SECONDS)
    except httpx2.HTTPError as error:
        raise NotTaken(f"{url} cannot be reached ({error})") from error
    if not answer.is_success:
        raise NotTaken(f"{url} answered {answer.status_code}: {answer.text[:200]}")
