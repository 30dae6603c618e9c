"""The providers that the contract suite runs over."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shortform_assets.ports.recognizer import Provider
from shortform_assets.speech.words.voice_activity import SileroVoice

HEAVY = (
    "faster_whisper", "ctranslate2", "onnxruntime", "moonshine_voice", "torch", "whisperx", "av", "scipy",
    "boto3", "openai",
)  # fmt: skip
"""What nobody may have to import to read a provider's facts."""


@dataclass(frozen=True)
class ProviderCase:
    """One provider under the contract suite.

    `make(request)` is entered once for the whole suite and gives a provider that is ready to be loaded; it
    may start servers, set the environment and ask the request for fixtures. Calling it again gives the same.
    """

    name: str
    make: Callable[[pytest.FixtureRequest], AbstractContextManager[Provider]]
    hears: bool = True
    """It hears for itself; False for a server with scripted words."""
    times: bool = True
    """Its word times are those of the sound."""
    finds_voice: bool = False
    """It finds out itself where nobody speaks, and gives no words there."""
    facts: str = ""
    """Python that makes the provider as `provider`, for a fresh interpreter; empty to leave that test out."""
    needs: tuple[str, ...] = ()
    """Packages without which it is skipped."""
    marks: tuple[Any, ...] = ()


@contextmanager
def _whisper(request: pytest.FixtureRequest) -> Iterator[Provider]:
    from resources.stt.whisper import WhisperProvider

    yield WhisperProvider()


@contextmanager
def _moonshine(request: pytest.FixtureRequest) -> Iterator[Provider]:
    from resources.stt.moonshine import MoonshineProvider

    yield MoonshineProvider(voice=SileroVoice())


@contextmanager
def _whisperx(request: pytest.FixtureRequest) -> Iterator[Provider]:
    from resources.stt.whisperx import WhisperXProvider

    yield WhisperXProvider(voice=SileroVoice())


@contextmanager
def _whisperx_aligned(request: pytest.FixtureRequest) -> Iterator[Provider]:
    """With an alignment model of random weights: its times are wild, the way to them is the real one."""
    from resources.stt.whisperx import WhisperXProvider

    folder = request.getfixturevalue("tmp_path_factory").mktemp("align")
    with pytest.MonkeyPatch.context() as patch:
        import nltk

        patch.setattr(nltk.data, "path", [str(folder / "nltk"), *nltk.data.path])
        _sentence_splitter(folder / "nltk" / "tokenizers" / "punkt_tab" / "english")
        yield WhisperXProvider(voice=SileroVoice(), align_model=str(_random_wav2vec2(folder / "wav2vec2")))


def _sentence_splitter(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("collocations.tab", "sent_starters.txt", "abbrev_types.txt", "ortho_context.tab"):
        (folder / name).write_text("")


def _random_wav2vec2(folder: Path) -> Path:
    import json

    import torch
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    folder.mkdir()
    signs = ["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz'"]
    (folder / "vocab.json").write_text(json.dumps({sign: i for i, sign in enumerate(signs)}))
    torch.manual_seed(0)
    config = Wav2Vec2Config(
        vocab_size=len(signs), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, conv_dim=(8,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2,
    )  # fmt: skip
    Wav2Vec2ForCTC(config).eval().save_pretrained(folder)
    tokenizer = Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    Wav2Vec2Processor(Wav2Vec2FeatureExtractor(), tokenizer).save_pretrained(folder)
    return folder


_VOICE = "from shortform_assets.speech.words.voice_activity import SileroVoice"
_WHISPERX: dict[str, Any] = {"finds_voice": True, "needs": ("whisperx",), "marks": (pytest.mark.slow,)}
LOCAL = (
    ProviderCase(
        "whisper",
        _whisper,
        facts="from resources.stt.whisper import WhisperProvider; provider = WhisperProvider()",
    ),
    ProviderCase(
        "moonshine",
        _moonshine,
        finds_voice=True,
        facts=f"from resources.stt.moonshine import MoonshineProvider; {_VOICE}; provider = MoonshineProvider(voice=SileroVoice())",
        needs=("moonshine_voice",),
    ),
    ProviderCase(
        "whisperx",
        _whisperx,
        facts=f"from resources.stt.whisperx import WhisperXProvider; {_VOICE}; provider = WhisperXProvider(voice=SileroVoice())",
        **_WHISPERX,
    ),
    ProviderCase("whisperx-aligned", _whisperx_aligned, times=False, **_WHISPERX),
)


def all_cases() -> tuple[ProviderCase, ...]:
    """The local ones, and `CASES` of remote_cases.py where that is there."""
    if importlib.util.find_spec("remote_cases") is None:
        return LOCAL
    import remote_cases

    return (*LOCAL, *getattr(remote_cases, "CASES", ()))
