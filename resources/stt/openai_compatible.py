"""Speech to text on any server with OpenAI's `/audio/transcriptions`: OpenAI, Groq, or one of your own."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from resources.retrying import Patience, Setback, Timer, retry_after
from resources.stt.loaded import LoadedOnce
from resources.stt.openai_answer import OpenAIAnswer, read_answer, transcript
from resources.stt.openai_endpoint import KEY_VARIABLE, URL_VARIABLE, Endpoint
from resources.stt.remote_provider import insist, set_aside, told, wav
from resources.stt.segments import Nonsense
from shortform_assets.code_versions import code_of
from shortform_assets.ports.recognizer import (
    SAMPLE_RATE,
    ProviderFailed,
    RawTranscript,
    RecognitionRequest,
    Recognizer,
)
from shortform_assets.ports.spending import Purse

if TYPE_CHECKING:
    import httpx2

_MOST_UPLOAD = 25_000_000
"""Bytes: OpenAI documents 25 MB as the most, which is 13 minutes of such sound."""
_MOST_ANSWER = 32_000_000
"""Bytes. Our choice: the words of 13 minutes and their times have less than one million."""
_SHORTEST = SAMPLE_RATE // 10
"""Samples: OpenAI refuses less than 0.1 s; test_silence_has_no_words_and_a_moment_is_not_sent."""
_PROMPT_LETTERS = 600
"""Whisper reads the last 224 tokens of a prompt; names take about three letters each."""
_TRY_AGAIN = frozenset({408, 409, 425, 429})
"""Beside all from 500 on; 409 is tried again by OpenAI's own client too.
test_busy_servers_are_asked_again_as_late_as_they_say."""
_PERHAPS_BILLED = frozenset({408, 502, 504})
"""A proxy gave up, the server behind it may have worked."""
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class OpenAIProvider(LoadedOnce[Recognizer]):
    """An OpenAI-compatible server (SHORTFORM_STT_URL), paid from `purse` a call at a time."""

    languages: frozenset[str] | None = None

    def __init__(
        self, model: str = "whisper-1", purse: Purse | None = None, patience: Patience | None = None
    ) -> None:
        super().__init__()
        self.name = f"openai:{model}"
        self._endpoint = Endpoint.from_environment(model)
        self._purse, self._patience = purse, patience or Patience()
        # A server on this machine has no more cores than this machine.
        self.parallel = 1 if urlsplit(self._endpoint.url).hostname in _LOCAL else 4

    @property
    def fingerprint(self) -> str:
        # Of the code only what is sent and how the answer is read: how often is tried must cost nothing again.
        own = code_of(wav, _form, transcript).digest
        return f"{self.name}:{self._endpoint.place}:{_format(self._endpoint.model)}:{own}"

    def _load(self) -> Recognizer:
        """InputError where address, key or price are not set as they must be."""
        self._endpoint.check()
        import httpx2

        client = httpx2.Client(follow_redirects=False)
        return _Remote(self.name, client, self._endpoint, self._purse, self._patience)


class _Remote:
    def __init__(
        self, name: str, client: httpx2.Client, endpoint: Endpoint, purse: Purse | None, patience: Patience
    ) -> None:
        self.name = name
        self._client, self._endpoint, self._purse, self._patience = client, endpoint, purse, patience

    def recognize(self, request: RecognitionRequest) -> RawTranscript:
        samples, language = request.samples, request.language
        if len(samples) < _SHORTEST:
            return RawTranscript(language, 1.0, ())
        seconds = len(samples) / SAMPLE_RATE
        sound, form = wav(samples), _form(self._endpoint.model, language, request.terms)
        if len(sound) > _MOST_UPLOAD:
            raise ProviderFailed(
                f"{self.name}: {seconds:.0f} s are more than such a server takes at a time (25 MB) - "
                "use shorter stretches"
            )
        timer = self._patience.start(lambda: request.progress(0.0))
        try:
            answer = insist(self.name, timer, lambda: self._ask(sound, form, seconds, timer))
            heard = transcript(answer, language, seconds)
        except Nonsense as error:
            raise ProviderFailed(
                f"{self.name}: the answer {error} - check that {URL_VARIABLE} is a transcription server"
            ) from error
        request.progress(1.0)
        return heard

    def _ask(self, sound: bytes, form: Mapping[str, Any], seconds: float, timer: Timer) -> OpenAIAnswer:
        """One call. What may have been billed without an answer stays set aside in full."""
        import httpx2

        most = self._endpoint.cost(seconds)
        with set_aside(self._purse, f"{self.name}, {seconds:.0f} s", most) as charge:
            try:
                status, patience, body = self._post(sound, form, timer)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
                charge.settle(0)
                raise Setback(
                    "the server cannot be reached", f"check {URL_VARIABLE} and the network"
                ) from error
            except httpx2.TimeoutException as error:
                raise Setback("the server did not answer in time", "try later") from error
            except httpx2.HTTPError as error:
                raise Setback("the connection broke off before the answer was whole", "try later") from error
            if status != 200:
                if status not in _PERHAPS_BILLED:
                    charge.settle(0)
                raise self._refusal(status, patience, body)
            answer = read_answer(body)
            billed = answer.usage.seconds if answer.usage else None
            charge.settle(most if billed is None or billed < 0 else min(most, self._endpoint.cost(billed)))
            return answer

    def _post(self, sound: bytes, form: Mapping[str, Any], timer: Timer) -> tuple[int, str, bytes]:
        import httpx2

        left = max(0.01, timer.left())
        silence = min(self._patience.silence, left)
        headers = {"Authorization": f"Bearer {self._endpoint.key}"} if self._endpoint.key else {}
        with self._client.stream(
            "POST",
            f"{self._endpoint.url}/audio/transcriptions",
            data=dict(form),
            files={"file": ("speech.wav", _Upload(sound, timer), "audio/wav")},
            headers=headers,
            timeout=httpx2.Timeout(silence, connect=min(10.0, left)),
        ) as response:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                _in_time(timer)
                if len(body) > _MOST_ANSWER:
                    raise ProviderFailed(
                        f"{self.name}: the answer never ends - check that {URL_VARIABLE} is the right server"
                    )
            return response.status_code, response.headers.get("Retry-After", ""), bytes(body)

    def _refusal(self, status: int, patience: str, body: bytes) -> Exception:
        said, code = _said(body, self._endpoint.key)
        answered = f"the server answered {status}" + (f" ({said})" if said else "")
        if status == 429 and code == "insufficient_quota":
            return ProviderFailed(
                f"{self.name}: the account has no credit left - add some, or use another provider"
            )
        if status in _TRY_AGAIN or status >= 500:
            return Setback(answered, "try later, or use another provider", retry_after(patience))
        if status in (401, 403):
            # What it says here may quote the key.
            return ProviderFailed(
                f"{self.name}: the server answered {status}, the key is not accepted - check {KEY_VARIABLE}"
            )
        fix = {
            404: f"check {URL_VARIABLE} and the model's name",
            413: "use shorter stretches",
        }.get(status, f"check the model's name and {URL_VARIABLE}")
        return ProviderFailed(f"{self.name}: {answered} - {fix}")


class _Upload(io.BytesIO):
    """The sound on its way out; a line that crawls ends at the deadline too."""

    def __init__(self, data: bytes, timer: Timer) -> None:
        super().__init__(data)
        self._timer = timer

    def read(self, size: int | None = -1, /) -> bytes:
        _in_time(self._timer)
        return super().read(size)


def _in_time(timer: Timer) -> None:
    if timer.left() <= 0:
        import httpx2

        raise httpx2.ReadTimeout("the deadline has passed")


def _format(model: str) -> str:
    # OpenAI's newer models know no times.
    return "json" if model.startswith("gpt-") else "verbose_json"


def _form(model: str, language: str, terms: Sequence[str]) -> dict[str, Any]:
    form: dict[str, Any] = {
        "model": model,
        "language": language,
        "temperature": "0",
        "response_format": _format(model),
    }
    if form["response_format"] == "verbose_json":
        form["timestamp_granularities[]"] = ["word", "segment"]
    else:
        form["include[]"] = ["logprobs"]
    prompt = ""
    for term in terms:
        longer = f"{prompt}, {term}" if prompt else term
        if len(longer) > _PROMPT_LETTERS:
            break
        prompt = longer
    return form | ({"prompt": prompt} if prompt else {})


def _said(body: bytes, key: str) -> tuple[str, str]:
    """The message and code in an error's body, where it has them."""
    try:
        found = json.loads(body)
    except ValueError:
        return "", ""
    error = found.get("error", found.get("detail", "")) if isinstance(found, dict) else ""
    if isinstance(error, dict):
        return told(str(error.get("message", "")), key), str(error.get("code", ""))
    return told(error, key) if isinstance(error, str) else "", ""
