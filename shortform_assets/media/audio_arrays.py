"""Sound out of trusted media, as arrays."""

from __future__ import annotations

import wave
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shortform_assets.contracts.clips import ClipMedia
from shortform_assets.ports.workbench import Workbench

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler

SPEECH_RATE = 16_000
"""Samples a second that every speech model here is trained on."""


def read_speech(path: Path, start_ms: int = 0, end_ms: int | None = None) -> np.ndarray:
    """Mono 16 kHz sound of [start_ms, end_ms) as float32 in -1..1, shape (samples,).

    A 16 kHz mono 16-bit WAV (the mezzanine's speech) is read straight from its place; any other sound file
    is decoded and resampled. What lies beyond the end is not padded.
    """
    first = max(0, start_ms) * SPEECH_RATE // 1000
    last = None if end_ms is None else max(first, end_ms * SPEECH_RATE // 1000)
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SPEECH_RATE, 1, 2):
                file.setpos(min(first, file.getnframes()))
                raw = file.readframes((file.getnframes() if last is None else last) - file.tell())
                return np.frombuffer(raw, "<i2").astype(np.float32) / 32768.0
    except (wave.Error, EOFError):
        pass
    return _decode(path)[first:last]


def read_stereo(path: Path, sample_rate: int = SPEECH_RATE) -> np.ndarray:
    """The first sound stream of `path` as float32 in -1..1, shape (samples, 2), from the file's t = 0 on.

    A stream that begins later is preceded by silence; what FFmpeg cannot decode is left out.
    """
    import av
    from av.error import FFmpegError

    blocks: list[np.ndarray] = []
    with av.open(str(path), options={"protocol_whitelist": "file"}) as container, suppress(FFmpegError):
        resampled = _Resampled("stereo", sample_rate)
        for frame in container.decode(audio=0):
            if not blocks and frame.pts and frame.time_base and frame.pts > 0:
                blocks.append(np.zeros((round(frame.pts * frame.time_base * sample_rate), 2), np.float32))
            blocks += resampled(frame)
        blocks += resampled(None)
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


class _Resampled:
    """Frames to float32 blocks of (samples, channels), also where the sound changes its layout midway."""

    def __init__(self, layout: str, sample_rate: int) -> None:
        self._layout, self._rate = layout, sample_rate
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None

    def __call__(self, frame: AudioFrame | None) -> list[np.ndarray]:
        from av import AudioResampler

        blocks: list[np.ndarray] = []
        shape = (frame.format.name, frame.layout.name, frame.sample_rate) if frame else self._shape
        if self._resampler is not None and (frame is None or shape != self._shape):
            blocks += self._arrays(self._resampler.resample(None))
            self._resampler = None
        if frame is not None:
            if self._resampler is None:
                self._resampler = AudioResampler(format="flt", layout=self._layout, rate=self._rate)
                self._shape = shape
            blocks += self._arrays(self._resampler.resample(frame))
        return blocks

    def _arrays(self, frames: list[AudioFrame]) -> list[np.ndarray]:
        return [block.to_ndarray().reshape(-1, block.layout.nb_channels) for block in frames]


def decode_window(path: Path, stream: int, start: float, seconds: float, layout: str = "mono") -> np.ndarray:
    """About `seconds` of one sound stream from `start` seconds on, 16 kHz float32, shape (samples, channels).

    `stream` is the index among all streams of the container. Raises FFmpegError where it cannot be decoded.
    """
    import av

    blocks: list[np.ndarray] = []
    wanted, resampled = int(seconds * SPEECH_RATE), _Resampled(layout, SPEECH_RATE)
    with av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace") as container:
        number = [s.index for s in container.streams.audio].index(stream)
        if start > 0:
            container.seek(int(start * av.time_base), backward=True)
        for frame in container.decode(audio=number):
            blocks += resampled(frame)
            if sum(map(len, blocks)) >= wanted:
                break
        blocks += resampled(None)
    return np.concatenate(blocks)[:wanted] if blocks else np.zeros((0, 1), np.float32)


def read_clip_sound(bench: Workbench, media: ClipMedia) -> np.ndarray:
    """Mono 16 kHz sound of a clip as float32 in -1..1, shape (samples,).

    All segments one after the other, each exactly as long as its frames.
    """
    parts = []
    for segment in media.segments:
        samples = read_speech(bench.open(segment.audio))
        wanted = media.rate.samples(segment.frames, SPEECH_RATE)
        part = np.zeros(wanted, np.float32)
        part[: min(wanted, len(samples))] = samples[:wanted]
        parts.append(part)
    return np.concatenate(parts)


def speech_envelope(samples: np.ndarray, rate_hz: float, sample_rate: int = SPEECH_RATE) -> np.ndarray:
    """Root mean square of `samples` around each of the times n / rate_hz, float32 (values,).

    One value for every whole or begun 1 / rate_hz seconds; windows touch and do not overlap.
    """
    count = int(np.ceil(len(samples) * rate_hz / sample_rate))
    edges = np.rint((np.arange(count + 1) - 0.5) * sample_rate / rate_hz).astype(np.int64)
    edges = np.clip(edges, 0, len(samples))
    total = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    power = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(1, np.diff(edges))
    return np.sqrt(np.maximum(power, 0.0)).astype(np.float32)


def _decode(path: Path) -> np.ndarray:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=SPEECH_RATE)
    blocks: list[np.ndarray] = []
    with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
        for frame in [*container.decode(audio=0), None]:
            blocks += [block.to_ndarray()[0] for block in resampler.resample(frame)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
