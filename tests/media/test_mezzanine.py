"""Whatever comes in: a verified mezzanine, or a refusal that names the file and what to do."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from present import present

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.slices import IngestSlice
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.errors import InputError
from shortform_assets.media import mezzanine as module
from shortform_assets.media.audio_arrays import read_speech, speech_envelope
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.mezzanine import make_mezzanine
from shortform_assets.media.probe import read_source
from shortform_assets.media.reader import read_frames

INGEST = IngestSlice(max_height=1080, max_rate=60, crf=18, preset="ultrafast", max_hours=6)
BEEPS = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t+0.5,1),0.1)':s=44100"
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
AAC = ["-c:a", "aac"]


def make(path: Path, picture: str, *args: str, sound: str = BEEPS, seconds: float = 4) -> Path:
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    run_ffmpeg([*inputs, *H264, *AAC, *args, "-t", str(seconds), str(path)])
    return path


def mezzanine(bench, path: Path, **ingest: object) -> Mezzanine:
    source = read_source(bench, path, path.name)
    return verified(bench, make_mezzanine(bench, source, INGEST.model_copy(update=ingest)))


def verified(bench, made: Mezzanine) -> Mezzanine:
    """Everything a mezzanine promises, measured on the decoded file."""
    with av.open(str(bench.open(made.video))) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        frames = list(container.decode(video))
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (audio.sample_rate, audio.layout.name) == (48000, "stereo")
        assert video.average_rate == made.rate.fraction
        assert [present(f.pts) * present(f.time_base) * made.rate.fraction for f in frames] == list(
            range(made.frames)
        )
        first = frames[0]
        assert (first.width, first.height) == (made.width, made.height)
        assert first.width % 2 == first.height % 2 == 0
        assert first.format.name == "yuv420p"
        assert video.sample_aspect_ratio in (None, 1)
        assert first.rotation == 0
        assert int(first.colorspace) == int(first.color_primaries) == int(first.color_trc) == 1
        assert not any(f.interlaced_frame for f in frames)
    with av.open(str(bench.open(made.video))) as container:
        sound = sum(frame.samples for frame in container.decode(audio=0))
    # AAC comes in frames of 1024; none more than the last may reach beyond the picture.
    assert 0 <= sound - made.rate.samples(made.frames, 48000) <= 1024
    with wave.open(str(bench.open(made.speech))) as speech:
        assert (speech.getframerate(), speech.getnchannels(), speech.getsampwidth()) == (16000, 1, 2)
        assert speech.getnframes() == made.speech_samples == made.rate.samples(made.frames, 16000)
    return made


NASTY_SLOW = {"edit_list_hevc10_phone.mp4", "hdr10_av1_portrait.mp4"}
NASTY = {
    "amr_8k.3gp": (176, 144),
    "audio_late_800ms.mkv": (480, 200),
    "edit_list_hevc10_phone.mp4": (1080, 1920),
    "empty_second_track.mp4": (1080, 720),
    "failing_audio.mp4": (640, 360),
    "flv_h264_aac.flv": (1080, 720),
    "gopro_telemetry.mp4": (854, 480),
    "hdr10_av1_portrait.mp4": (720, 1280),
    "hdr10_hevc10_vfr.mp4": (1920, 1080),
    "interlaced_tff_mpeg2.ts": (1272, 576),
    "iphone_sideways_face.mov": (480, 640),
    "moov_at_end.mp4": (480, 200),
    "mpeg4_mp3.avi": (960, 400),
    "multi_audio_noise_first.mkv": (480, 200),
    "no_duration_mediarecorder.webm": (1280, 720),
    "portrait_phone.MOV": (320, 568),
    "prores_pcm.mov": (480, 200),
    "rotated90_9fps.mp4": (480, 640),
    "sar_3_2.mp4": (1920, 1080),
    "silent_audio_25s.mp4": (320, 240),
    "surround_5p1_centre_dialogue.mkv": (480, 200),
    "truncated_faststart.mp4": (480, 200),
    "two_videos_two_audios_subs.mp4": (480, 270),
    "vfr_rotated_phone_like.mp4": (960, 540),
    "vp9_opus.webm": (640, 480),
    "wmv2_wma.wmv": (480, 200),
}
REFUSED = {
    "audio_only.mp4": "no picture",
    "avchd_720p60_lecturer.mts": "no sound",
    "broken_header.mp4": "cut off|not a video",
    "corrupted_h264.mp4": "no sound",
    "empty.flv": "not a video",
    "invalid_bitstream.webm": "decoded",
    "iphone_ios9_rot_datatracks.mov": "too short",
    "jpeg_named.mp4": "a picture, not a video",
    "malformed_box.mp4": "cut off|not a video",
    "no_streams.mp4": "no picture",
    "odd_161x121.webm": "no sound",
    "screen_vfr_3026x1386.mp4": "no sound",
    "text_named.mp4": "text file",
    "truncated_no_moov.mp4": "moov",
    "very_short_0p13s.mp4": "too short",
    "video_only.mp4": "no sound",
    "zero_byte.mp4": "empty",
}
ELSEWHERE = {"six_min_black_1080p.mp4"}


@pytest.mark.media
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in NASTY_SLOW else n for n in sorted(NASTY)]
)
def test_strange_files_become_mezzanines(bench, shared_media: Path, name: str):
    made = mezzanine(bench, shared_media / "nasty" / name)
    assert (made.width, made.height) == NASTY[name]
    assert 23 <= made.rate.fps <= 60


@pytest.mark.media
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_broken_files_are_refused_by_name(bench, shared_media: Path, name: str):
    with pytest.raises(InputError, match=REFUSED[name]) as caught:
        read_source(bench, shared_media / "nasty" / name, name)
    assert name in str(caught.value)
    assert caught.value.fix
    assert not list(bench.scratch.iterdir())


@pytest.mark.media
def test_every_strange_file_has_its_test(shared_media: Path):
    assert {p.name for p in (shared_media / "nasty").iterdir()} == NASTY.keys() | REFUSED.keys() | ELSEWHERE


@pytest.mark.media
@pytest.mark.slow
def test_a_compliant_source_is_copied_many_times_faster_than_it_plays(bench, shared_media: Path):
    import time

    source = read_source(bench, shared_media / "nasty" / "six_min_black_1080p.mp4", "x")
    began = time.monotonic()
    made = make_mezzanine(bench, source, INGEST)
    assert made.remuxed
    assert made.frames == 10883
    assert source.duration_ms / 1000 / (time.monotonic() - began) > 15


@pytest.mark.media
@pytest.mark.parametrize(("name", "index"), [("multi_audio_noise_first.mkv", 2), ("vp9_opus.webm", 1)])
def test_the_track_with_speech_is_chosen(bench, shared_media: Path, name: str, index: int):
    assert read_source(bench, shared_media / "nasty" / name, name).chosen_audio == index


def test_the_users_file_stays_and_a_folder_is_no_video(bench, tmp_path: Path):
    path = make(tmp_path / "a.mp4", "testsrc2=s=160x120:r=25", seconds=1.5)
    before = path.read_bytes()
    source = read_source(bench, path, "a.mp4")
    assert path.read_bytes() == before == bench.open(source.content).read_bytes()
    for odd in (tmp_path, tmp_path / "nothing.mp4"):
        with pytest.raises(InputError):
            read_source(bench, odd, odd.name)


@pytest.mark.parametrize(
    ("code", "suffix"), [("10:00:00:00", "mp4"), ("00:59:59;12", "mov"), ("01:00:00:00", "mkv"), ("", "mp4")]
)
def test_the_files_own_timecode_is_read(bench, tmp_path: Path, code: str, suffix: str):
    # Numbers are dropped at broadcast rates only.
    picture = f"testsrc2=s=160x120:r={'30000/1001' if ';' in code else 25}"
    told = {"": [], "mkv": ["-metadata", f"timecode={code}"]}.get(code and suffix, ["-timecode", code])
    path = make(tmp_path / f"a.{suffix}", picture, *told, seconds=1.5)
    assert read_source(bench, path, path.name).timecode == code


@pytest.mark.parametrize(
    "args",
    [("-bf", "3"), ("-bf", "0"), ("-bf", "3", "-x264-params", "open-gop=1:keyint=30")],
    ids=["B", "no B", "open"],
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_compliant_pictures_are_copied_bit_for_bit(bench, tmp_path: Path, args: tuple[str, ...], suffix: str):
    path = make(tmp_path / f"a.{suffix}", "testsrc2=s=160x120:r=30000/1001", "-g", "60", *args)
    made = mezzanine(bench, path)
    assert made.remuxed, bench.facts
    with av.open(str(path)) as container:
        truth = [f.to_ndarray(format="yuv420p") for f in container.decode(video=0)]
    with av.open(str(bench.open(made.video))) as container:
        copied = [f.to_ndarray(format="yuv420p") for f in container.decode(video=0)]
    assert np.array_equal(truth, copied)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("-pix_fmt", "yuv444p"), "pixels are yuv444p"),
        (("-vf", "setsar=2"), "not square"),
        (("-vf", "select='not(eq(mod(n,9),2))'", "-fps_mode", "vfr"), "not constant"),
        (("-flags", "+ildct+ilme", "-x264opts", "tff=1"), "interlaced"),
        (("-r", "12"), "frames a second"),
        (("-g", "999", "-x264-params", "keyint=infinite:scenecut=0"), "far apart"),
    ],
)
def test_what_does_not_comply_is_encoded(bench, tmp_path: Path, args: tuple[str, ...], why: str):
    seconds = 12 if "far" in why else 3
    made = mezzanine(bench, make(tmp_path / "a.mkv", "testsrc2=s=160x120:r=25", *args, seconds=seconds))
    assert not made.remuxed
    assert why in bench.facts["encoded_because"]


def test_limits_of_the_genre(bench, tmp_path: Path):
    path = make(tmp_path / "a.mp4", "testsrc2=s=240x426:r=100", seconds=2)
    made = mezzanine(bench, path, max_height=144, max_rate=30)
    assert (made.width, made.height, made.rate) == (144, 256, FrameRate(num=25))
    with pytest.raises(InputError, match="max_hours"):
        mezzanine(bench, path, max_hours=0.0001)


FLASHES = "color=black:s=160x120:r=50,geq=lum='255*lt(mod(T+0.5,1),0.1)':cb=128:cr=128"


@pytest.mark.parametrize(
    "args",
    [
        ("a.mkv", "-output_ts_offset", "7.3"),
        ("a.ts", "-c:v", "mpeg2video", "-q:v", "2"),
        ("a.mkv", "-vf", "select='not(eq(mod(n,5),2))'", "-fps_mode", "vfr"),
        ("a.mp4", "-vf", "setpts=PTS+0.36/TB"),
        ("a.mp4", "-af", "asetpts=PTS+0.74/TB"),
    ],
)
def test_sound_and_picture_stay_together(bench, tmp_path: Path, args: tuple[str, ...]):
    """Every flash is on the frame at which its beep starts, wherever the streams of the source begin."""
    name, *options = args
    made = mezzanine(bench, make(tmp_path / name, FLASHES, *options))
    light = np.array([picture.mean() for _, picture in read_frames(bench.open(made.video))]) > 100
    flashes = [made.rate.ms(int(n)) for n in np.flatnonzero(light[1:] & ~light[:-1]) + 1]
    loud = speech_envelope(read_speech(bench.open(made.speech)), 200) > 0.1
    beeps = [n * 5 for n in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1]
    delay = 740 if any("asetpts" in option for option in options) else 0
    delay -= 360 if any("setpts=PTS+0.36" in option for option in options) else 0
    heard = [flash + delay for flash in flashes if flash + delay < made.duration_ms - 200]
    assert len(heard) >= 2
    for expected in heard:
        assert min(abs(beep - expected) for beep in beeps) <= 1000 / made.rate.fps + 10


@pytest.mark.parametrize(
    ("frames", "why"), [(48, "its picture ends 4.1 s before"), (1, "its picture ends 6.0 s before")]
)
def test_sound_that_outlasts_the_picture_is_kept(bench, tmp_path: Path, frames: int, why: str):
    """A camera that was switched off, and a podcast whose cover is one picture."""
    path = tmp_path / "ends_early.mp4"
    picture, sound = tmp_path / "picture.mp4", tmp_path / "sound.m4a"
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc=r=25:s=320x180", *H264, "-frames:v", str(frames), str(picture)])
    run_ffmpeg(["-f", "lavfi", "-i", BEEPS, *AAC, "-t", "6", str(sound)])
    run_ffmpeg(["-i", str(picture), "-i", str(sound), "-c", "copy", str(path)])
    made = mezzanine(bench, path)
    assert made.held_frames == made.frames - frames
    assert made.duration_ms == pytest.approx(6000, abs=60)
    assert why in bench.facts["encoded_because"]
    shown = [picture.astype(int) for _, picture in read_frames(bench.open(made.video), frames - 1)]
    assert all(np.abs(picture - shown[0]).mean() < 2 for picture in shown)
    loud = speech_envelope(read_speech(bench.open(made.speech)), 200) > 0.1
    assert int(np.sum(loud[1:] & ~loud[:-1])) == 6, "all beeps are there"


def test_an_encrypted_file_is_called_so(bench, tmp_path: Path):
    key = "76a6c65c5ea762046bd749a2e632ccbb"
    path = tmp_path / "drm.mp4"
    make(
        path,
        "testsrc=r=25:s=320x180",
        "-encryption_scheme",
        "cenc-aes-ctr",
        "-encryption_key",
        key,
        "-encryption_kid",
        key,
    )
    with pytest.raises(InputError, match="encrypted"):
        mezzanine(bench, path)


def test_sound_that_changes_its_layout_midway_is_whole(bench, tmp_path: Path, monkeypatch):
    parts = []
    for channels in ("1", "2"):
        part = tmp_path / f"{channels}.ts"
        make(part, "testsrc2=s=160x120:r=25", "-ac", channels, "-muxdelay", "0", seconds=2)
        parts.append(part.read_bytes())
    both = tmp_path / "both.ts"
    both.write_bytes(b"".join(parts))
    logs: list[str] = []

    def run(*args: Any, **named: Any) -> str:
        logs.append(run_ffmpeg(*args, **named))
        return logs[-1]

    monkeypatch.setattr(module, "run_ffmpeg", run)
    made = mezzanine(bench, both)
    assert len(logs) == 3, "FFmpeg has no longer trouble with this: drop the second way"
    assert made.frames == pytest.approx(100, abs=3)
    loud = speech_envelope(read_speech(bench.open(made.speech)), 20) > 0.05
    assert len(np.flatnonzero(loud[1:] & ~loud[:-1])) == 4


def test_damage_is_noted_and_ruin_is_refused(bench, tmp_path: Path):
    path = make(tmp_path / "a.ts", "testsrc2=s=320x240:r=12", "-b:v", "2M", seconds=6)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(2)
    for at in rng.integers(len(data) // 3, len(data) // 2, 40):
        data[at] ^= 0x55
    path.write_bytes(data)
    made = mezzanine(bench, path)
    assert made.frames == pytest.approx(144, abs=6)
    assert bench.facts["damaged_pictures"] > 0
    # Headers whole, all coded pictures but the first few zeroed.
    ruin = make(tmp_path / "b.mp4", "testsrc2=s=320x240:r=12", "-bf", "0", seconds=6)
    with av.open(str(ruin)) as container:
        spots = [(present(p.pos), p.size) for p in container.demux(video=0) if p.size][10:]
    data = bytearray(ruin.read_bytes())
    for at, size in spots:
        data[at : at + size] = bytes(size)
    ruin.write_bytes(data)
    with pytest.raises(InputError, match="can be decoded"):
        mezzanine(bench, ruin)


def test_the_same_source_gives_the_same_bytes(bench, tmp_path: Path):
    path = make(tmp_path / "a.mkv", "testsrc2=s=320x180:r=20,noise=alls=30:all_seed=3")
    assert mezzanine(bench, path) == mezzanine(bench, path)


def test_the_envelope_has_the_level_and_the_place_of_a_burst():
    samples = np.zeros(16000, np.float32)
    samples[8000:12000] = 0.25
    envelope = speech_envelope(samples, 20)
    assert len(envelope) == 20
    assert envelope[11:15] == pytest.approx(0.25)
    assert not envelope[:9].any()
    assert Fraction(len(speech_envelope(samples[:8001], 20))) == 11
