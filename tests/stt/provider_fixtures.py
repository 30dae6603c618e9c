"""Every provider under one contract, and the sounds it is tried with."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from provider_cases import ProviderCase, all_cases

from shortform_assets.media.audio_arrays import read_speech
from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats, Provider, Recognizer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = [pytest.param(case, id=case.name, marks=case.marks) for case in all_cases()]
        metafunc.parametrize("case", cases, indirect=True, scope="session")


@pytest.fixture(scope="session")
def case(request: pytest.FixtureRequest) -> ProviderCase:
    for package in request.param.needs:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    return request.param


@pytest.fixture(scope="session")
def provider(case: ProviderCase, request: pytest.FixtureRequest) -> Iterator[Provider]:
    with case.make(request) as ready:
        yield ready


@pytest.fixture(scope="session")
def recognizer(provider: Provider) -> Recognizer:
    return provider.load()


@pytest.fixture(scope="session")
def speech() -> Floats:
    """Twelve seconds of a man reading, from a package's own sample."""
    spec = importlib.util.find_spec("moonshine_voice")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        return read_speech(Path(folder) / "assets" / "two_cities.wav", 0, 12_000)
    pytest.skip("moonshine-voice, which carries a recording, is not installed")


@pytest.fixture(scope="session")
def silence() -> Floats:
    return np.zeros(4 * SAMPLE_RATE, np.float32)


@pytest.fixture(scope="session")
def noise() -> Floats:
    return np.random.default_rng(1).normal(0, 0.1, 5 * SAMPLE_RATE).astype(np.float32)
