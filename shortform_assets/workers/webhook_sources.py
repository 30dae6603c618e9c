"""The registry of webhook sources: whose messages are understood. CONTRIBUTING.md says how to add one."""

from __future__ import annotations

import os
from collections.abc import Mapping

from resources.webhook_signatures import PREFIX, Signatures, signatures_from_environment
from shortform_assets.delivery import RenderMessages
from shortform_assets.errors import InputError
from shortform_assets.ports.webhook_source import WebhookSource

SOURCES: tuple[WebhookSource, ...] = (RenderMessages(),)


def served_sources(
    environment: Mapping[str, str] = os.environ, sources: tuple[WebhookSource, ...] = SOURCES
) -> dict[str, tuple[WebhookSource, Signatures]]:
    """Those that have a secret, by name. Raises InputError where none has, and where one is no secret."""
    served = {}
    for source in sources:
        if signatures := signatures_from_environment(source.name, environment):
            served[source.name] = (source, signatures)
    if not served:
        names = ", ".join(f"{PREFIX}_{source.name.upper()}_SECRET" for source in sources)
        raise InputError(
            "no source has a secret, and unsigned messages are never believed",
            names,
            "set one: see docs/webhook.md",
        )
    return served
