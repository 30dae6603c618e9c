"""Forced alignment with PocketSphinx; loaded when first needed, on all cores where there is much to do."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from threading import Lock

import numpy as np

from resources.cores import usable_cores
from shortform_assets.code_versions import code_of
from shortform_assets.ports.aligner import Aligner
from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats

_BEAMS = {"beam": 1e-100, "pbeam": 1e-100, "wbeam": 1e-80}
"""Wide: the words are known, so a lost path is an error and not a saving."""
_PAUSE = 0.05
"""How likely a pause between two words is; the default is that of dictation, where they are ten times rarer."""
_CREW_FROM = 24
"""Utterances; processes take about a second to start, which fewer do not repay."""


class SphinxAligner:
    """Forced alignment with PocketSphinx and the US English acoustic model in its wheel."""

    def __init__(self) -> None:
        self._loaded: Aligner | None = None

    @property
    def fingerprint(self) -> str:
        return f"pocketsphinx-{version('pocketsphinx')}:en-us:{code_of(type(self)).digest}"

    def load(self) -> Aligner:
        """The aligner; its dictionary takes half a second to read."""
        if self._loaded is None:
            self._loaded = _Sphinx()
        return self._loaded


class _Sphinx:
    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(
            lm=None,
            samprate=SAMPLE_RATE,
            loglevel="FATAL",
            bestpath=False,
            cmn="batch",
            silprob=_PAUSE,
            **_BEAMS,
        )
        self._frame = 1.0 / int(self._decoder.config["frate"])
        # A frame is known by where its window begins; what it hears is around the window's middle.
        self._late = float(self._decoder.config["wlen"]) / 2
        self._added: dict[str, str] = {}
        self._one_at_a_time = Lock()

    @contextmanager
    def crew(self, utterances: int) -> Iterator[Aligner]:
        workers = min(usable_cores(), utterances // _CREW_FROM + 1)
        if workers < 2:
            yield self
            return
        # Processes, as PocketSphinx holds the interpreter's lock; spawned, as there are threads here.
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin) as pool:
            try:
                yield _Crew(self, pool)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def knows(self, word: str) -> bool:
        with self._one_at_a_time:
            return word not in self._added and self._decoder.lookup_word(word) is not None

    def align(
        self, samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
    ) -> list[tuple[float, float]] | None:
        with self._one_at_a_time:
            return self._align(samples, words, pronunciations)

    def _align(
        self, samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
    ) -> list[tuple[float, float]] | None:
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        try:
            for word, phones in pronunciations.items():
                if self._added.get(word) is None and self._decoder.lookup_word(word) is None:
                    self._decoder.add_word(word, " ".join(phones), True)
                    self._added[word] = " ".join(phones)
            # The front end remembers earlier utterances, even with batch normalisation: times must not.
            self._decoder.reinit_feat()
            self._decoder.set_align_text(" ".join(words))
            self._decoder.start_utt()
            try:
                self._decoder.process_raw(pcm, full_utt=True)
            finally:
                self._decoder.end_utt()
            pieces = [s for s in self._decoder.seg() or () if not s.word.startswith(("<", "[", "("))]
        except RuntimeError:
            return None
        if [piece.word.split("(")[0] for piece in pieces] != list(words):
            return None
        end = len(samples) / SAMPLE_RATE
        frames = [(piece.start_frame, piece.end_frame + 1) for piece in pieces]
        return [(self._time(low, end), self._time(high, end)) for low, high in frames]

    def _time(self, frame: int, end: float) -> float:
        return min(frame * self._frame + self._late, end)


class _Crew:
    """The aligner's answers, computed by other processes."""

    def __init__(self, own: _Sphinx, pool: ProcessPoolExecutor) -> None:
        self._own, self._pool = own, pool

    def knows(self, word: str) -> bool:
        return self._own.knows(word)

    def align(
        self, samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
    ) -> list[tuple[float, float]] | None:
        return self._pool.submit(_aligned, samples, list(words), dict(pronunciations)).result()

    @contextmanager
    def crew(self, _: int) -> Iterator[Aligner]:
        yield self


_worker: list[_Sphinx] = []
"""The aligner of a worker process."""


def _begin() -> None:
    _worker.append(_Sphinx())


def _aligned(
    samples: Floats, words: Sequence[str], pronunciations: Mapping[str, Sequence[str]]
) -> list[tuple[float, float]] | None:
    return _worker[0].align(samples, words, pronunciations)
