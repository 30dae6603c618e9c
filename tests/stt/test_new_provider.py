"""A new speech provider is one file and one line in contracts/speech_providers.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resources.stt.recognizers import Recognizers
from shortform_assets.contracts.speech_providers import SPEECH_PROVIDERS, SpeechProvider
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.speech.words.voice_activity import SileroVoice

TOY = """
class ToyProvider:
    languages, parallel = frozenset({"en"}), 1

    def __init__(self, model="small", purse=None):
        self.name, self.purse, self.fingerprint = f"toy:{model}", purse, f"toy-{model}"
"""


@pytest.fixture
def speech(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def written(providers: str):
        (tmp_path / "mine.yaml").write_text(f"speech: {{providers: {providers}, second_opinion: ''}}\n")
        return load_genre("mine").speech

    monkeypatch.setenv("SHORTFORM_GENRES", str(tmp_path))
    (tmp_path / "toy_provider.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    return written


@pytest.mark.parametrize("paid", [False, True])
def test_one_line_makes_it_known_to_genres_and_to_the_graph(speech, monkeypatch, paid):
    with pytest.raises(
        InputError, match=r"mine\.yaml:1: speech\.providers\.0: there is no speech provider 'toy'"
    ):
        speech("[toy]")
    monkeypatch.setitem(
        SPEECH_PROVIDERS, "toy", SpeechProvider("toy_provider:ToyProvider", models=True, paid=paid)
    )
    purse: Any = object()
    chosen = speech("['toy:big', toy, whisper]")
    recognizers = Recognizers(SileroVoice())
    providers: tuple[Any, ...] = recognizers.chain(chosen, purse).load().providers
    big, small, whisper = providers
    assert (big.name, small.name, whisper.name) == ("toy:big", "toy:small", "whisper")
    assert (big.purse, small.purse) == ((purse, purse) if paid else (None, None))
    other: Any = object()
    again = recognizers.chain(chosen, other).load().providers[0]
    assert (again is big) is not paid, "what spends is made anew for every source"
