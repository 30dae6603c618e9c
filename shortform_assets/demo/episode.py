"""A two-host podcast episode, synthesised: sound, picture and the truth about both."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shortform_assets.contracts.base import Blob, FrameRate, canonical_json
from shortform_assets.demo import acting, episode_sound
from shortform_assets.demo.episode_picture import Acting, draw_frames
from shortform_assets.demo.episode_sound import FPS, HOSTS, PlacedLine
from shortform_assets.demo.episode_truth import (
    CameraShot,
    EpisodeTruth,
    HostTruth,
    TrueSegment,
    TrueSentence,
    TrueTurn,
    TrueWord,
)
from shortform_assets.demo.host_voices import RATE, HostVoice, PiperVoice
from shortform_assets.demo.scripts import EPISODE_SCRIPT, NAMES, Host, ScriptLine, parse_script
from shortform_assets.errors import InputError

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Episode:
    """A made episode. `made` is False where an up-to-date one was found."""

    video: Path
    truth_file: Path
    truth: EpisodeTruth
    made: bool


def make_episode(
    out_dir: Path,
    *,
    script: str = EPISODE_SCRIPT,
    size: tuple[int, int] = (1920, 1080),
    voice: HostVoice | None = None,
    seconds: float | None = None,
    progress: Progress | None = None,
) -> Episode:
    """Make `episode.mp4` (H.264, AAC, 25 frames a second) and `truth.json` in `out_dir`.

    `seconds` keeps only the segments that begin before; `voice` is Piper unless given. An episode that was
    made from the same script, size, voice and code is kept as it is; both files are replaced at once, the
    truth last. Tests use `make_episode(path, script=SHORT_SCRIPT, size=(640, 360), voice=ToneVoice())`.

    Raises InputError where the voice is not installed, the script cannot be read or the size is not 16:9.
    """
    width, height = size
    if width * 9 != height * 16 or width % 32 or width < 320:
        raise InputError(f"{width}x{height} is not a 16:9 size in steps of 32", "demo", "use 1920x1080")
    lines = parse_script(script)
    voice_name = voice.name if voice is not None else PiperVoice.name
    video, truth_file = out_dir / "episode.mp4", out_dir / "truth.json"
    recipe = _recipe(lines, size, voice_name, seconds)
    if (kept := _up_to_date(video, truth_file, recipe)) is not None:
        return Episode(video, truth_file, kept, made=False)
    talker = voice if voice is not None else PiperVoice()
    report = progress or (lambda fraction, note: None)
    out_dir.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=out_dir))
    try:
        report(0.0, "speaking")
        spoken = talker.speak(lines, scratch)
        said, frames = episode_sound.place(lines, spoken)
        if seconds is not None:
            said, frames = _first(said, seconds)
        tracks = episode_sound.voice_tracks(said, frames)
        episode_sound.write_mix(tracks, scratch / "mix.wav")
        shots = acting.direct(said, frames)
        acts = {
            host: Acting(
                episode_sound.mouth_levels(tracks[host], said, host, frames),
                acting.blink(host, frames),
                acting.move_head(said, host, frames),
            )
            for host in HOSTS
        }
        _film(shots, acts, size, frames, scratch, report)
        truth = EpisodeTruth(
            recipe=recipe,
            video=_blob(scratch / "episode.mp4"),
            voice=voice_name,
            width=width,
            height=height,
            rate=FrameRate(num=FPS),
            frames=frames,
            sentences=tuple(_true_sentence(one) for one in said),
            turns=_turns(said),
            segments=_segments(said),
            shots=shots,
            hosts={
                host: HostTruth(
                    name=NAMES[host],
                    mouth=tuple(act.mouth.tolist()),
                    motion=tuple((r, d, t) for r, d, t in act.motion.tolist()),
                )
                for host, act in acts.items()
            },
        )
        (scratch / "truth.json").write_bytes(truth.canonical_json())
        os.replace(scratch / "episode.mp4", video)
        os.replace(scratch / "truth.json", truth_file)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report(1.0, "done")
    return Episode(video, truth_file, truth, made=True)


def _film(
    shots: tuple[CameraShot, ...],
    acts: dict[Host, Acting],
    size: tuple[int, int],
    frames: int,
    scratch: Path,
    report: Progress,
) -> None:
    from shortform_assets.media.ffmpeg import pipe_frames

    # x264's bytes depend on its thread count, so it is fixed.
    args = [
        *("-i", str(scratch / "mix.wav"), "-map", "0:v", "-map", "1:a"),
        *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2"),
        *("-g", str(2 * FPS), "-flags:v", "+bitexact+cgop", "-colorspace", "bt709"),
        *("-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
        *("-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2", "-flags:a", "+bitexact"),
        *("-fflags", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart"),
        str(scratch / "episode.mp4"),
    ]
    with pipe_frames(args, *size, FrameRate(num=FPS)) as write:
        for frame, picture in enumerate(draw_frames(shots, acts, size)):
            write(picture)
            if frame % (2 * FPS) == 0:
                report(0.05 + 0.95 * frame / frames, "filming")


def _recipe(lines: Sequence[ScriptLine], size: tuple[int, int], voice: str, seconds: float | None) -> str:
    """Digest of all that makes the episode, the demo's code included."""
    code = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        code.update(source.read_bytes())
    told = [[line.host, line.text, line.kind, line.segment] for line in lines]
    return hashlib.sha256(canonical_json([code.hexdigest(), told, size, voice, seconds])).hexdigest()


def _up_to_date(video: Path, truth_file: Path, recipe: str) -> EpisodeTruth | None:
    try:
        truth = EpisodeTruth.model_validate_json(truth_file.read_bytes())
        return truth if truth.recipe == recipe and _blob(video) == truth.video else None
    except (FileNotFoundError, ValidationError):
        return None


def _blob(path: Path) -> Blob:
    with path.open("rb") as file:
        return Blob(sha256=hashlib.file_digest(file, "sha256").hexdigest(), size=path.stat().st_size)


def _first(said: tuple[PlacedLine, ...], seconds: float) -> tuple[tuple[PlacedLine, ...], int]:
    """The segments that begin in the first `seconds`; at least one."""
    names = {one.line.segment for one in said if one.start < seconds * RATE} or {said[0].line.segment}
    kept = tuple(one for one in said if one.line.segment in names)
    return kept, -(-(kept[-1].end + RATE) // episode_sound.SAMPLES)


def _ms(samples: int) -> int:
    return round(samples * 1000 / RATE)


def _true_sentence(one: PlacedLine) -> TrueSentence:
    words = tuple(
        TrueWord(text=w.text, start_ms=_ms(one.start + w.start), end_ms=_ms(one.start + w.end), exact=w.exact)
        for w in one.spoken.words
    )
    line = one.line
    return TrueSentence(
        speaker=line.host,
        text=line.text,
        start_ms=_ms(one.start),
        end_ms=_ms(one.end),
        kind=line.kind,
        segment=line.segment,
        turn=line.turn,
        words=words,
    )


def _turns(said: Sequence[PlacedLine]) -> tuple[TrueTurn, ...]:
    """Neighbouring turns of one host count as one, unless a new segment lies between."""
    turns: list[TrueTurn] = []
    for before, one in zip((None, *said), said, strict=False):
        start = _ms(one.start)
        if before and (before.line.host, before.line.segment) == (one.line.host, one.line.segment):
            start = turns.pop().start_ms
        turns.append(TrueTurn(speaker=one.line.host, start_ms=start, end_ms=_ms(one.end)))
    return tuple(turns)


def _segments(said: Sequence[PlacedLine]) -> tuple[TrueSegment, ...]:
    order = list(dict.fromkeys((one.line.segment, one.line.kind) for one in said))
    found = []
    for name, kind in order:
        mine = [one for one in said if one.line.segment == name]
        found.append(TrueSegment(name=name, kind=kind, start_ms=_ms(mine[0].start), end_ms=_ms(mine[-1].end)))
    return tuple(found)
