"""An OpenAI-compatible transcription server on loopback: strict about what it gets, with faults on demand."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loopback import Handler, serving
from spoken_truth import RATE, Spoken, Truth, read_wav

MOST_UPLOAD = 25 * 1024 * 1024
_WAV_HEAD = 44
_FIELDS = {
    "model",
    "language",
    "prompt",
    "temperature",
    "response_format",
    "timestamp_granularities[]",
    "include[]",
}
_NAMES = {"en": "english", "de": "german", "fr": "french", "zh": "chinese"}


@dataclass(frozen=True)
class Fault:
    """What happens instead of the normal answer to one request."""

    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """The connection ends in the middle of the answer."""
    hang_up: bool = False
    """The connection ends before any answer, when the upload is half read."""
    silence: float = 0.0
    """Seconds before the answer."""
    drip: float = 0.0
    """Seconds between single bytes of the answer."""
    change: Callable[[dict[str, Any]], Any] | None = None


def refusal(status: int, message: str = "no", code: str = "", **headers: str) -> Fault:
    """An error as OpenAI words it."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}})
    return Fault(status, body.encode(), {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Seen:
    """One request as the server understood it."""

    fields: dict[str, list[str]]
    authorization: str
    seconds: float
    status: int


class TranscriptionServer:
    """State of the server: the truth, the key it wants, the faults to come and the requests so far."""

    def __init__(self, truth: Truth, key: str = "", style: str = "openai") -> None:
        self.truth, self.key, self.style = truth, key, style
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.seen: list[Seen] = []
        self.most_at_once = 0
        self.latency = 0.0
        self._now = 0
        self.lock = threading.Lock()
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[TranscriptionServer]:
        """The server on a free port of 127.0.0.1, in threads."""
        with serving(_Handler, self) as address:
            self.url = f"{address}/v1"
            yield self

    @contextmanager
    def place(self) -> Iterator[bool]:
        """A place among those that are served at once; False where there is none left."""
        with self.lock:
            free = not self.most_at_once or self._now < self.most_at_once
            self._now += free
        try:
            yield free
        finally:
            with self.lock:
                self._now -= free

    def answer(self, words: tuple[Spoken, ...], seconds: float, form: dict[str, list[str]]) -> dict[str, Any]:
        """The JSON body in the server's own style: `openai`, `whisper.cpp`, `speaches` or `vllm`."""
        text = " ".join(word.text for word in words)
        usage = {"type": "duration", "seconds": -(-int(seconds * 1000) // 1000)}
        if form["response_format"] == ["json"]:
            probs = [{"token": w.text, "logprob": -0.1, "bytes": []} for w in words]
            asked = "logprobs" in form.get("include[]", [])
            return {"text": text, "usage": usage} | ({"logprobs": probs} if asked else {})
        inside = self.style == "whisper.cpp"
        bare = [
            {
                "word": f" {w.text}" if inside else w.text.strip(".,!?\"'"),
                "start": w.start,
                "end": w.end,
                **({"probability": 0.8} if inside else {}),
            }
            for w in words
        ]
        segments = [
            _segment(i, words[i : i + 5], bare[i : i + 5] if inside else None)
            for i in range(0, len(words), 5)
        ]
        full: dict[str, Any] = {
            "task": "transcribe",
            "language": _NAMES.get(form.get("language", ["en"])[0], "english"),
            "duration": seconds,
            "text": text,
            "segments": [] if self.style == "speaches" else segments,
        }
        asked_words = "word" in form.get("timestamp_granularities[]", [])
        if asked_words and self.style in ("openai", "speaches"):
            full |= {"words": bare}
        return full | ({"usage": usage} if self.style == "openai" else {})


def _segment(number: int, words: tuple[Spoken, ...], inside: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {
        "id": number,
        "seek": 0,
        "start": words[0].start,
        "end": words[-1].end,
        "text": "".join(f" {word.text}" for word in words),
        "tokens": [1],
        "temperature": 0.0,
        "avg_logprob": -0.2,
        "compression_ratio": 1.1,
        "no_speech_prob": 0.01,
    } | ({"words": inside} if inside is not None else {})


class _Handler(Handler):
    server_state: TranscriptionServer

    def do_POST(self) -> None:
        state = self.server_state
        with state.lock:
            fault = state.faults.popleft() if state.faults else state.always
        length = int(self.headers.get("Content-Length") or 0)
        self.close_connection = True
        if fault and fault.hang_up:
            self.rfile.read(length // 2)
            self._note({}, 0.0, 0)
            return
        if length > MOST_UPLOAD + 4096:
            self._note({}, 0.0, 413)
            self._send(refusal(413, "Maximum content size limit exceeded"))
            return
        form, sound = self._form(length)
        with state.place() as free:
            if not free:
                fault = refusal(429, "Rate limit reached", "rate_limit_exceeded", Retry_After="1")
            elif fault is None or fault.body is None:
                fault = self._normal(form, sound, fault)
            self._note(form, (len(sound) - _WAV_HEAD) / (2 * RATE), fault.status)
            time.sleep(state.latency + fault.silence)
            self._send(fault)

    def _form(self, length: int) -> tuple[dict[str, list[str]], bytes]:
        from werkzeug.formparser import parse_form_data

        environ = {
            "wsgi.input": self.rfile,
            "CONTENT_LENGTH": str(length),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "REQUEST_METHOD": "POST",
        }
        _, fields, files = parse_form_data(environ)
        return {k: fields.getlist(k) for k in fields}, files["file"].read() if "file" in files else b""

    def _normal(self, form: dict[str, list[str]], sound: bytes, fault: Fault | None) -> Fault:
        state = self.server_state
        if state.key and self.headers.get("Authorization") != f"Bearer {state.key}":
            given = self.headers.get("Authorization", "")
            return refusal(401, f"Incorrect API key provided: {given}", "invalid_api_key")
        if self.path != "/v1/audio/transcriptions":
            return refusal(404, f"Invalid URL (POST {self.path})")
        if unknown := set(form) - _FIELDS:
            return refusal(400, f"Unrecognized request arguments: {unknown}")
        if form.get("model", [""])[0].startswith("gpt-") and form["response_format"] != ["json"]:
            return refusal(400, "response_format 'verbose_json' is not compatible with this model")
        try:
            pcm = read_wav(sound)
        except ValueError as error:
            return refusal(400, f"Audio file might be corrupted or unsupported: {error}")
        body: Any = state.answer(state.truth.hear(pcm), len(pcm) / RATE, form)
        if fault and fault.change:
            body = fault.change(body)
        kept = fault or Fault()
        return Fault(
            200, json.dumps(body).encode(), kept.headers, kept.cut, silence=kept.silence, drip=kept.drip
        )

    def _note(self, form: dict[str, list[str]], seconds: float, status: int) -> None:
        with self.server_state.lock:
            self.server_state.seen.append(Seen(form, self.headers.get("Authorization", ""), seconds, status))

    def _send(self, fault: Fault) -> None:
        body = fault.body or b""
        try:
            self.send_response(fault.status)
            headers = {"Content-Type": "application/json"} | fault.headers
            for name, value in (headers | {"Content-Length": str(len(body)), "Connection": "close"}).items():
                self.send_header(name, value)
            self.end_headers()
            if fault.drip:
                for at in range(len(body)):
                    self.wfile.write(body[at : at + 1])
                    self.wfile.flush()
                    time.sleep(fault.drip)
            else:
                self.wfile.write(body[: len(body) // 2] if fault.cut else body)
        except OSError:
            # The client had enough.
            pass
