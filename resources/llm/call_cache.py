"""Every call to a model, kept: its answer is found again by content and never paid for twice.

`artifacts/panel.call/<key>/contract.json` is the answer that was used, `run.json` beside it the prompt and
everything the model sent. What a call that failed sent is in `failed/<n>.json`. All of it without secrets.
"""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel, Field, JsonValue, ValidationError

from resources.artifacts import Artifacts
from resources.media_store import MediaStore
from resources.redaction import redact
from shortform_assets.contracts.base import Contract, canonical_json
from shortform_assets.ports.judge import Question, Reply

STAGE = "panel.call"


class PanelCall(Contract):
    """An answer that was used."""

    model: str
    kind: str
    answer: dict[str, JsonValue]
    faults: dict[str, int] = Field(default_factory=dict)
    """Of the answers that were sent back before it."""
    attempts: int
    tokens: int


class Calls:
    """The calls of one model with one set of settings."""

    def __init__(self, store: MediaStore, model: str, settings: Any) -> None:
        self._artifacts, self._model, self._settings = Artifacts(store), model, settings

    def key(self, question: Question) -> str:
        """32 hex digits that stand for all that decides the answer."""
        asked = [question.kind, question.instructions, question.data, question.answer.model_json_schema()]
        asked += [list(question.choices)] if question.choices else []
        return hashlib.sha256(canonical_json([self._model, self._settings, asked])).hexdigest()[:32]

    def find(self, question: Question) -> Reply | None:
        """The answer that an earlier run got."""
        found = self._artifacts.find(STAGE, self.key(question), PanelCall)
        if not isinstance(found, PanelCall):
            return None
        try:
            answer = question.answer.model_validate(found.answer)
        except ValidationError:
            return None
        return Reply(answer, "", found.faults, found.attempts, found.tokens, earlier=True)

    def keep(self, question: Question, reply: Reply, sent: list[Any], **facts: Any) -> Reply:
        """Write the call down; returns the reply as it stands there, without what looked like a secret."""
        record = {
            "model": self._model,
            "settings": self._settings,
            "instructions": question.instructions,
            "data": question.data,
            "answers": sent,
            "failure": reply.failure,
            "usd": round(reply.usd, 8),
            **facts,
        }
        if reply.answer is None:
            self._artifacts.append(f"artifacts/{STAGE}/{self.key(question)}/failed", redact(record))
            return reply
        answer = redact(reply.answer.model_dump(mode="json"))
        call = PanelCall(
            model=self._model,
            kind=question.kind,
            answer=answer,
            faults=dict(reply.faults),
            attempts=reply.attempts,
            tokens=reply.tokens,
        )
        self._artifacts.save(STAGE, self.key(question), call, redact(record))
        kept: BaseModel = question.answer.model_validate(answer)
        return Reply(kept, "", reply.faults, reply.attempts, reply.tokens, reply.usd)
