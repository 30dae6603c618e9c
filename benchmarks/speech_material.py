"""What the speech benchmark listens to: recordings with a reference, the demo's episode, and noise."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from noises import RATE, Sound, crowd, looped, music, room, silence
from speech_scores import Stretch, Timed

from shortform_assets.media.audio_arrays import read_speech

SHARED = Path(__file__).resolve().parents[2] / "shared" / "media"
_SHORT_SECONDS = 60
_RADIO = "apollo15_hammer_feather.mkv"
_RADIO_WORDS = """
Well, in my left hand, I have a feather; in my right hand, a hammer. And I guess one of the reasons we got
here today was because of a gentleman named Galileo, a long time ago, who made a rather significant discovery
about falling objects in gravity fields. And we thought where would be a better place to confirm his findings
than on the Moon. And so we thought we'd try it here for you. The feather happens to be, appropriately, a
falcon feather for our Falcon. And I'll drop the two of them here and, hopefully, they'll hit the ground at
the same time. How about that! Mr. Galileo was correct in his findings.
"""
"""Apollo 15, third EVA, 1971 (NASA, public domain)."""


@dataclass(frozen=True)
class Recording:
    """Sound and what is known of it; empty where it is not known."""

    name: str
    samples: Sound
    text: str = ""
    language: str = "en"
    turns: list[Stretch] = field(default_factory=list)
    words: list[Timed] = field(default_factory=list)
    """A word without text is there, but its times are no truth to judge milliseconds by."""
    podcast: bool = False
    faint: bool = False
    """Speech that the voice detector hardly hears."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def recordings(quick: bool, report: Callable[[str], None]) -> Iterator[Recording]:
    """The episode, then every referenced file of `../shared/media`; `report` hears what is not there."""
    yield episode(quick)
    folder = SHARED / "wer"
    if not folder.is_dir():
        report(f"skipped: there are no recordings with a reference at {folder.name}/ in the shared media")
        return
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".wav", ".flac", ".mp3", ".mp4"):
            continue
        text, turns = _text(path), _turns(path)
        if not text and not turns:
            continue
        samples = read_speech(path)
        if quick and len(samples) > _SHORT_SECONDS * RATE:
            continue
        yield Recording(
            path.name,
            samples,
            text,
            "es" if path.stem.endswith("es-ES") else "en",
            turns,
            podcast=path.with_suffix(".txt").exists(),
        )
    found = sorted(SHARED.rglob(_RADIO))
    if found:
        yield Recording(_RADIO, read_speech(found[0]), _RADIO_WORDS, faint=True)
    else:
        report(f"skipped: {_RADIO} is not in the shared media")


def noise(quick: bool, report: Callable[[str], None]) -> Iterator[tuple[str, Sound]]:
    """Ten minutes (one in a quick run) of each kind of sound in which nobody says a word."""
    seconds = 60.0 if quick else 600.0
    yield "silence", silence(seconds)
    yield "room noise", room(seconds, 1)
    yield "music-like tones", music(seconds, 2)
    yield "crowd noise", crowd([sound for sound, _ in _sentences()], seconds, 3)
    real = sorted((SHARED / "music").iterdir()) if (SHARED / "music").is_dir() else []
    for path in real:
        yield f"music: {path.name}", looped(read_speech(path), seconds)
    if not real:
        report("skipped: there is no recorded music in the shared media")


@cache
def episode(quick: bool) -> Recording:
    """The demo's episode, sound only; its words are timed by Piper's phonemes."""
    from shortform_assets.demo import episode_sound
    from shortform_assets.demo.host_voices import RATE as SAID_RATE
    from shortform_assets.demo.host_voices import PiperVoice
    from shortform_assets.demo.scripts import EPISODE_SCRIPT, parse_script

    lines = parse_script(EPISODE_SCRIPT)
    lines = lines[:18] if quick else lines
    with tempfile.TemporaryDirectory() as folder:
        said, frames = episode_sound.place(lines, PiperVoice().speak(lines, Path(folder)))
        mix = Path(folder) / "mix.wav"
        episode_sound.write_mix(episode_sound.voice_tracks(said, frames), mix)
        samples = read_speech(mix)
    turns = []
    for (host, _), group in groupby(said, lambda one: (one.line.host, one.line.segment)):
        mine = list(group)
        turns.append((host, mine[0].start / SAID_RATE, mine[-1].end / SAID_RATE))
    words = [
        (
            word.text if word.exact and not _spoken_otherwise(one.line.text) else "",
            _ms(one.start + word.start),
            _ms(one.start + word.end),
        )
        for one in said
        for word in one.spoken.words
    ]
    text = " ".join(line.text for line in lines)
    return Recording("demo episode", samples, text, turns=turns, words=words, podcast=True)


def _spoken_otherwise(sentence: str) -> bool:
    """Whether the voice says more or fewer words than are written: its phonemes do not tell them apart then."""
    return any(char.isdigit() for char in sentence)


def _ms(samples: int) -> int:
    from shortform_assets.demo.host_voices import RATE as SAID_RATE

    return round(samples * 1000 / SAID_RATE)


@cache
def _sentences() -> tuple[tuple[Sound, str], ...]:
    from scipy.signal import resample_poly

    from shortform_assets.demo.host_voices import RATE as SAID_RATE
    from shortform_assets.demo.host_voices import PiperVoice
    from shortform_assets.demo.scripts import EPISODE_SCRIPT, parse_script

    lines = parse_script(EPISODE_SCRIPT)[:40]
    with tempfile.TemporaryDirectory() as folder:
        spoken = PiperVoice().speak(lines, Path(folder))
    step = np.gcd(RATE, SAID_RATE)
    return tuple(
        (resample_poly(one.sound, RATE // step, SAID_RATE // step).astype(np.float32), line.text)
        for one, line in zip(spoken, lines, strict=True)
    )


def _text(path: Path) -> str:
    """Words alone: `[spk1]` marks in a reference are taken out by the normaliser."""
    beside = path.with_suffix(".ref.txt")
    return beside.read_text() if beside.exists() else ""


def _turns(path: Path) -> list[Stretch]:
    rttm, segments = path.with_suffix(".rttm"), path.with_suffix(".segments")
    if rttm.exists():
        rows = [line.split() for line in rttm.read_text().splitlines() if line.strip()]
        return [(row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows]
    if segments.exists():
        rows = [line.split() for line in segments.read_text().splitlines() if line.strip()]
        return [(row[2], float(row[0]), float(row[1])) for row in rows]
    return []
