"""How long stages take on this machine, learnt from finished work; the source of every ETA."""

from __future__ import annotations

import json
from collections.abc import Iterable

from resources.media_store import MediaStore
from resources.store_errors import Missing

_PATH = "rates.json"
_FIRST_GUESS = {
    "source_video": 0.01,
    "mezzanine": 0.15,
    "transcript": 0.12,
    "speaker_turns": 0.06,
    "shots": 0.05,
    "moments": 0.01,
    "clip_plan": 0.01,
    "clip_media": 0.02,
    "face_tracks": 0.3,
    "crop_paths": 0.03,
    "enhancement_plan": 0.005,
    "composition": 0.002,
    "rendered_outputs": 0.4,
}
"""Seconds of work a second of source, until this machine has measured its own."""


class Rates:
    """Seconds of work a second of source, a stage; the newest measurement counts half."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store
        try:
            self._learnt = {k: float(v) for k, v in json.loads(store.read(_PATH)).items()}
        except (Missing, ValueError, AttributeError):
            self._learnt = {}

    def learn(self, stage: str, seconds: float, media_seconds: float) -> None:
        """Take in one measurement and keep it."""
        if media_seconds <= 0:
            return
        rate = seconds / media_seconds
        self._learnt[stage] = (self._learnt.get(stage, rate) + rate) / 2
        self._store.replace(_PATH, json.dumps(self._learnt, sort_keys=True).encode())

    def known(self, stages: Iterable[str]) -> float:
        """Of these stages the share that this machine has measured, 0 to 1."""
        asked = list(stages)
        return sum(stage in self._learnt for stage in asked) / len(asked)

    def expect(self, stages: Iterable[str], media_seconds: float) -> float:
        """Seconds that `stages` will take for a source of this length."""
        return sum(self._learnt.get(s, _FIRST_GUESS.get(s, 0.01)) * media_seconds for s in stages)
