"""Tells the webhook of outcomes: `shortform_assets.workers.lambda_teller.handler`, a function on AWS Lambda.

The event is what S3 says through EventBridge when an `outcome.json` was created. The message is signed with
SHORTFORM_WEBHOOK_RENDER_SECRET and posted to SHORTFORM_WEBHOOK_URL. Where the webhook does not take it the function fails, and
Lambda asks again later; what it never takes, polling finds.
"""

from __future__ import annotations

import os
from typing import Any

from resources.webhook_sender import post_signed
from shortform_assets.errors import InputError


def handler(event: Any, context: object) -> dict[str, str]:
    """Returns {"job": key}. Raises InputError for an event that names no outcome, and where a setting is missing."""
    try:
        key = str(event["detail"]["object"]["key"])
    except (KeyError, TypeError):
        raise InputError(
            "it names no object", "event", "send what S3 says when an object was created"
        ) from None
    folder, name, rest = key.rpartition("/outcome.json")
    start = folder.find("deliveries/")
    if not name or rest or start < 0:
        raise InputError("this object is no outcome", key, "let the rule ask for the suffix /outcome.json")
    body = {"type": "render.ended", "data": {"job": folder[start:]}}
    post_signed(_setting("SHORTFORM_WEBHOOK_URL"), _setting("SHORTFORM_WEBHOOK_RENDER_SECRET"), body)
    return {"job": folder[start:]}


def _setting(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise InputError("it is not set", name, "see docs/lambda.md")
    return value
