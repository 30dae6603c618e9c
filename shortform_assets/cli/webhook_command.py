"""`webhook`: a server that hears from whoever renders, and has the delivery gathered when all is there."""

from __future__ import annotations

import logging
import os
import socket
from typing import Annotated

import typer

from shortform_assets.cli.command_line import Commands
from shortform_assets.errors import InputError

DAGSTER_URL = "SHORTFORM_DAGSTER_URL"


def register(app: Commands) -> None:
    """Add the command to `app`."""

    @app.command()
    def webhook(
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[
            int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
        ] = 8787,
    ) -> None:
        """Hear when renders have ended (Standard Webhooks); see docs/webhook.md. Ctrl-C ends it."""
        serve(host, port)


def serve(host: str, port: int) -> None:
    """Until SIGTERM or Ctrl-C. Raises InputError where no source has a secret, or the address is taken."""
    import uvicorn

    from resources.home import store_url
    from resources.media_store import MediaStore
    from resources.run_launcher import RunLauncher
    from shortform_assets.workers.webhook_desk import WebhookDesk
    from shortform_assets.workers.webhook_server import WebhookServer
    from shortform_assets.workers.webhook_sources import served_sources

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    url = os.environ.get(DAGSTER_URL, "").strip()
    sources = served_sources()
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise InputError(
            f"it cannot listen there ({os.strerror(error.errno or 0)})",
            f"{host}:{port}",
            "choose another --host or --port",
        ) from None
    desk = WebhookDesk(MediaStore.open(store_url()), sources, RunLauncher(url) if url else None)
    config = uvicorn.Config(
        WebhookServer(desk).app,
        # One line a message is written by the desk.
        access_log=False,
        log_config=None,
        server_header=False,
        limit_concurrency=512,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
    )
    with listening:
        at = listening.getsockname()
        logging.getLogger("shortform.webhook").info(
            "listening on %s:%d for %s", at[0], at[1], ", ".join(sources)
        )
        uvicorn.Server(config).run(sockets=[listening])
