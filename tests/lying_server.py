"""An OpenAI-compatible chat server on loopback that keeps count, and lies as it is told to."""

from __future__ import annotations

import json
import math
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Json = dict[str, Any]
KINDS = {
    "sentences": "propose",
    "candidates": "judge",
    "finalists": "final",
    "A": "pair",
    "pages": "translate",
}
"""What a question holds -> what it is."""
CRITERIA = ("completeness", "energy", "engagement", "hook", "quotability", "speaker_changes", "tone")


@dataclass
class Asked:
    """One request as it arrived."""

    number: int
    """From 0, over all requests."""
    nth: int
    """From 0, of those with the same data: how often this was asked before."""
    kind: str
    data: Json
    body: Json
    headers: dict[str, str]


@dataclass
class Sent:
    """What goes back: a chat answer, unless `status` or `raw` say otherwise."""

    content: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None
    finish: str = "stop"
    wait: float = 0.0
    cut: int | None = None
    """Close the connection after this many bytes of the body that was announced."""
    error: str = ""
    usage: tuple[int, int] = (1000, 200)
    logprobs: list[Json] | None = None
    """Of the answer's tokens, in OpenAI's format; sent only to who asks for them."""


class LyingServer:
    """`mood(asked)` says what goes back; None is the honest answer."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.mood: Callable[[Asked], Sent | None] = lambda asked: None
        self.most_at_once = 0
        self._at_once = 0
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._over = threading.Event()
        """An answer that is waited for no more need not be waited with."""
        self._connections: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @contextmanager
    def running(self) -> Iterator[LyingServer]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for connection in tuple(self._connections):
                # A client may keep its connection for the next question, and a thread here with it.
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def count(self, kind: str = "") -> int:
        return sum(not kind or asked.kind == kind for asked in self.asked)

    def _take(self, body: Json, headers: dict[str, str]) -> Asked:
        told = json.dumps(body["messages"])
        block = next(
            m for m in (_block(message) for message in body["messages"] if message["role"] == "user") if m
        )
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            key = f"{body['model']} {json.dumps(block, sort_keys=True)}"
            asked = Asked(
                number=len(self.asked),
                nth=self._seen[key],
                kind=next(kind for key, kind in KINDS.items() if key in block),
                data=block,
                body={**body, "told": told},
                headers=headers,
            )
            self._seen[key] += 1
            self.asked.append(asked)
        return asked

    def _left(self) -> None:
        with self._lock:
            self._at_once -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                server._connections.add(self.connection)

            def finish(self) -> None:
                server._connections.discard(self.connection)
                super().finish()

            def do_POST(self) -> None:
                assert self.path == "/v1/chat/completions", self.path
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = server._take(body, {k.lower(): v for k, v in self.headers.items()})
                sent = server.mood(asked) or answered(asked)
                server._over.wait(sent.wait)
                server._left()
                self._send(sent, body)

            def _send(self, sent: Sent, body: Json) -> None:
                if sent.error or sent.status != 200:
                    reply: Json = {"error": {"message": sent.error or "no", "type": "error", "code": None}}
                else:
                    reply = {
                        "id": "x", "object": "chat.completion", "created": 1, "model": body["model"],
                        "choices": [{
                            "index": 0, "finish_reason": sent.finish,
                            "message": {"role": "assistant", "content": sent.content, "refusal": sent.refusal},
                        }],
                        "usage": {
                            "prompt_tokens": sent.usage[0], "completion_tokens": sent.usage[1],
                            "total_tokens": sum(sent.usage),
                        },
                    }  # fmt: skip
                    if body.get("logprobs"):
                        reply["choices"][0]["logprobs"] = sent.logprobs and {
                            "content": sent.logprobs,
                            "refusal": None,
                        }
                payload = json.dumps(reply).encode()
                try:
                    self.send_response(sent.status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(payload)))
                    for name, value in sent.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(payload[: sent.cut])
                    self.close_connection = sent.cut is not None
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def _block(message: Json) -> Json | None:
    """The data in a message: exactly one fenced block of JSON."""
    content = message["content"]
    text = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
    found = re.fullmatch(r"```json\n(.*)\n```", text, re.S)
    return json.loads(found[1]) if found else None


def answered(asked: Asked) -> Sent:
    """The honest answer, with log probabilities where two clips are compared."""
    if asked.kind != "pair":
        return Sent(json.dumps(honest(asked)))
    return leaning(0.2 * (richness(asked.data["A"]) - richness(asked.data["B"])))


def leaning(log_odds: float, top: int = 20) -> Sent:
    """A letter, and how likely each was: the log-odds of A over B, and other tokens that are possible."""
    a, b = -math.log1p(math.exp(-log_odds)) - 0.1, -math.log1p(math.exp(log_odds)) - 0.1
    tokens = sorted([("A", a), ("B", b), ("The", -4.0), (" I", -5.0)], key=lambda t: -t[1])
    shown = [{"token": t, "logprob": p, "bytes": list(t.encode())} for t, p in tokens]
    return Sent(tokens[0][0], usage=(800, 1), logprobs=[{**shown[0], "top_logprobs": shown[:top]}])


def honest(asked: Asked) -> Json:
    """An answer by somebody who reads: quotes that are said, scores that tell candidates apart."""
    if asked.kind == "final":
        return {
            "order": [
                c["id"] for c in sorted(asked.data["finalists"], key=lambda c: (-richness(c), text_of(c)))
            ]
        }
    if asked.kind == "judge":
        return {"candidates": [judged(c) for c in asked.data["candidates"]]}
    if asked.kind == "translate":
        return {"pages": [{"n": page["n"], "text": translated(page["text"])} for page in asked.data["pages"]]}
    sentences = asked.data["sentences"]
    strong = [i for i, s in enumerate(sentences) if s["text"].startswith(("In 2009", "You should never"))]
    return {"moments": [proposed(sentences[i : i + 4]) for i in strong[:2]]}


def translated(text: str) -> str:
    """A language that nobody speaks; capitals begin a name, and stay."""
    return " ".join(word if word[:1].isupper() else f"{word}o" for word in text.split())


def proposed(sentences: list[Json], **changes: Any) -> Json:
    """A proposal of these sentences, all of it said in them."""
    first, last = sentences[0]["text"], sentences[-1]["text"]
    return {
        "sentence": sentences[0]["n"],
        "last_sentence": sentences[-1]["n"],
        "first_words": " ".join(first.split()[:8]).lower(),
        "last_words": " ".join(last.split()[-8:]).strip("."),
        "key_quote": max((s["text"] for s in sentences), key=len),
        **wording(first),
        "scores": scores(8),
        **changes,
    }


def judged(candidate: Json, **changes: Any) -> Json:
    """Scores by how rich the words are, so that two candidates seldom get the same."""
    letters = richness(candidate)
    value = min(10, letters // 6)
    return {
        "candidate": candidate["id"],
        **wording(candidate["sentences"][0]["text"]),
        "scores": {**scores(value), "energy": letters % 11},
        **changes,
    }


def text_of(candidate: Json) -> str:
    return " ".join(s["text"] for s in candidate["sentences"])


def richness(candidate: Json) -> int:
    """How many different long words it has."""
    return len(set(re.findall(r"\w{5,}", text_of(candidate).lower())))


def wording(text: str) -> Json:
    words = text.split()
    return {
        "title": " ".join(words[:7]).strip(".,?!"),
        "hook": " ".join(words[:5]).strip(".,?!"),
        "description": " ".join(words[:20]),
        "hashtags": [f"#{word}" for word in re.findall(r"[a-z]{5,}", text.lower())[:2]],
    }


def scores(value: int) -> Json:
    return dict.fromkeys(CRITERIA, value)


def always(sent: Sent) -> Callable[[Asked], Sent]:
    return lambda asked: sent


def once(sent: Sent) -> Callable[[Asked], Sent | None]:
    """The first answer to every question is this one."""
    return lambda asked: sent if asked.nth == 0 else None


@contextmanager
def asked_by_the_panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[LyingServer]:
    """A server that models are asked at, soon again where it fails."""
    liar = LyingServer()
    monkeypatch.setenv("SHORTFORM_LLM_URL", liar.url)
    monkeypatch.setattr("resources.llm.metered.BACK_OFF_SECONDS", 0.01)
    with liar.running():
        yield liar
