"""What the servers of this folder have in common: a free port of 127.0.0.1, threads, and no log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Answers from what `server_state` knows."""

    protocol_version = "HTTP/1.1"
    server_state: Any

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(handler: type[Handler], state: object) -> Iterator[str]:
    """A server whose requests `handler` answers, with `state`; yields its address."""
    bound = type("Bound", (handler,), {"server_state": state})
    http = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
