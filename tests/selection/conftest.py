"""A model's server on loopback for the tests of the panel."""

from __future__ import annotations

import pytest
from lying_server import LyingServer
from panel_room import no_thread_is_left


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    liar = LyingServer()
    monkeypatch.setenv("SHORTFORM_LLM_URL", liar.url)
    monkeypatch.setattr("resources.llm.metered.BACK_OFF_SECONDS", 0.01)
    with liar.running():
        yield liar
    assert no_thread_is_left()
