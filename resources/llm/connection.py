"""From a PydanticAI model string to a model that can be asked, at the address the user gave."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from resources.llm.prices import is_loopback
from shortform_assets.errors import InputError

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model

URL_VARIABLE, KEY_VARIABLE = "SHORTFORM_LLM_URL", "SHORTFORM_LLM_KEY"
MAX_ANSWER_BYTES = 1_000_000
"""Our choice: an answer of thousands of tokens has some ten thousand."""
_OPENAI = ("openai", "openai-chat")


def address(model: str) -> tuple[str, str] | None:
    """(base URL, API key) of the OpenAI-compatible server that `model` is asked at, None for its own API.

    `SHORTFORM_LLM_URL` with `SHORTFORM_LLM_KEY`, else `OPENAI_BASE_URL` with `OPENAI_API_KEY`. A key is
    never sent to an address it was not given for.
    """
    if model.partition(":")[0] not in _OPENAI:
        return None
    for url, key in ((URL_VARIABLE, KEY_VARIABLE), ("OPENAI_BASE_URL", "OPENAI_API_KEY")):
        named = os.environ.get(url, "").strip()
        if named:
            if not named.startswith(("http://", "https://")):
                raise InputError("this is no http address", url, "write it as https://host/v1")
            return named.rstrip("/"), os.environ.get(key, "").strip()
    return None


def fingerprint(model: str) -> str:
    """The model and, where it is not its maker's, the address, without giving the address away."""
    found = address(model)
    return f"{model}@{hashlib.sha256(found[0].encode()).hexdigest()[:8]}" if found else model


@asynccontextmanager
async def connect(model: str, seconds: float) -> AsyncIterator[Model]:
    """The model, closed afterwards. What is missing (a key, a package) is an InputError.

    At an OpenAI-compatible address an answer of more than 1 MB is not read to its end.
    """
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import infer_model

    found = address(model)
    if found is not None:
        async with _client(found[0], seconds) as client:
            yield _compatible(model.partition(":")[2], *found, client)
        return
    try:
        ready = infer_model(model)
    except (UserError, ImportError, ValueError) as error:
        raise InputError(str(error).splitlines()[0], model, "see docs/panel.md") from error
    async with ready:
        yield ready


def _compatible(name: str, url: str, key: str, client: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    provider = OpenAICompatibleProvider(
        "openai-compatible", base_url=url, api_key=key or "none", http_client=client
    )
    return OpenAIChatModel(name, provider=provider)


def _client(url: str, seconds: float) -> httpx2.AsyncClient:
    import httpx2
    from pydantic_ai.models import create_async_httpx2_client

    class Cut(httpx2.AsyncByteStream):
        """A body that ends in an error where it grows too long."""

        def __init__(self, inner: Any) -> None:
            self._inner = inner

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for part in self._inner:
                size += len(part)
                if size > MAX_ANSWER_BYTES:
                    raise httpx2.ReadError(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
                yield part

        async def aclose(self) -> None:
            await self._inner.aclose()

    async def bound(response: httpx2.Response) -> None:
        # A packed body could be of any length once it is unpacked, and none was asked for.
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.ReadError("the answer is packed")
        response.stream = Cut(response.stream)

    # What runs on this machine is never asked through a proxy.
    direct = httpx2.AsyncHTTPTransport() if is_loopback(url) else None
    client = create_async_httpx2_client(timeout=seconds, transport=direct)
    client.headers["Accept-Encoding"] = "identity"
    client.event_hooks = {"response": [bound]}
    return client
