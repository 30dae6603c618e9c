"""The gate before real renders: what the renderer makes passes, and every line stops a file that is broken that way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from present import present
from render_studio import HEIGHT, WIDTH, framing, job, media, panel, segment

from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.clips import FaceBox
from shortform_assets.contracts.creative import CaptionPage, CaptionWord, RenderJob, TextOverlay
from shortform_assets.contracts.existing_text import SeenText
from shortform_assets.contracts.output_profiles import PROFILES, PlatformLimits, limits_for
from shortform_assets.delivery.quality import measure
from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.rendering import render_output
from shortform_assets.rendering.render_output import RenderedFiles, render

FRAMES = 96
SAFE = SafeBox(left=0.05, top=0.1, right=0.95, bottom=0.9)
KEEP = ("-c:a", "copy", "-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0")
COLOURS = "range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


def scene(n: int) -> np.ndarray:
    """A room that is brighter on the left, and somebody in it who moves."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:] = np.linspace(150, 40, WIDTH)[None, :, None]
    picture[::40] = 90
    x = 150 + 3 * n
    picture[120:330, x : x + 70] = (20, 30, 180)
    return picture


def voice(frames: int) -> np.ndarray:
    """Noise in syllables, another one on either side of the middle that both sides share."""
    random = np.random.default_rng(9)
    n = np.arange(frames * 1600)
    syllables = np.maximum(np.sin(2 * np.pi * 3 * n / 48000), 0.03)
    noise = np.convolve(random.normal(size=n.size), np.ones(10) / 10, "same") * syllables
    sides = random.normal(size=(n.size, 2)) * 0.02 * syllables[:, None]
    return 0.12 * (noise[:, None] + sides)


def caption(anchor: float = 0.7) -> CaptionPage:
    words = (
        CaptionWord(text="Hello", start_frame=30, end_frame=45),
        CaptionWord(text="there", start_frame=45, end_frame=60),
    )
    size = {"9:16": (0.62, 0.06)}
    return CaptionPage(start_frame=30, end_frame=70, lines=(words,), anchor={"9:16": anchor}, size=size)


def work(bench, *, pages=(), faces=(), limits=limits_for(("tiktok", "reels", "shorts"), "9:16")) -> RenderJob:
    clip = media([segment(bench, scene, voice(FRAMES), FRAMES)])
    card = TextOverlay(
        lines=("Why",), start_frame=0, end_frame=28, anchor={"9:16": 0.25}, size={"9:16": (0.2, 0.05)}
    )
    made = job(bench, clip, framing(0, FRAMES, panel(202.5, 360, (0, 150, 0))), pages=pages, hook=card)
    plan = made.enhancement.model_copy(update={"safe_box": {"9:16": SAFE}, "show_logo": False})
    plan = plan.model_copy(update={"audio": plan.audio.model_copy(update={"spoken": True})})
    camera = made.framing.model_copy(update={"faces": faces})
    return made.model_copy(update={"enhancement": plan, "limits": limits, "framing": camera})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    from resources.bench import StoreBench
    from resources.media_store import MediaStore

    store = MediaStore.local(tmp_path_factory.mktemp("store"))
    with StoreBench.over(store) as bench:
        asked = work(bench, pages=(caption(),))
        yield asked, render(bench, asked)


def judged(path: Path, asked: RenderJob, files: RenderedFiles) -> tuple[str, ...]:
    return measure(path, asked, files.witness).problems


def test_what_is_rendered_passes_and_all_of_it_was_judged(made):
    asked, files = made
    found = measure(files.video, asked, files.witness)
    assert (found.problems, found.not_checked) == ((), ())
    assert abs(present(found.av_offset_ms)) < 5
    assert found.upscale == pytest.approx(480 / 360, abs=0.01)
    assert measure(files.video, asked).not_checked, "without a witness nobody knows whether captions are seen"


PICTURES = {
    "black for 0.7 s from 1.0 s": "drawbox=t=fill:color=black:enable='between(n,30,50)'",
    "frozen for 1.": "loop=loop=40:size=1:start=30,select='not(between(n,71,110))',setpts=N/30/TB",
    "2 frames late": "tpad=start=2:start_mode=clone,trim=end_frame=96",
    "1 frame early": "trim=start_frame=1,setpts=PTS-STARTPTS,tpad=stop=1:stop_mode=clone",
    "not the planned one": "hflip",
}


@pytest.mark.parametrize("telling", PICTURES)
def test_a_broken_picture_is_told(made, tmp_path, telling):
    asked, files = made
    bad = tmp_path / "bad.mp4"
    filters = f"{PICTURES[telling]},format=yuv420p,setparams={COLOURS}"
    run_ffmpeg(["-i", str(files.video), *KEEP, "-c:v", "libx264", "-g", "30", "-vf", filters, str(bad)])
    problems = judged(bad, asked, files)
    assert any(telling in problem for problem in problems), problems
    assert len(problems) <= 2, problems


SOUNDS = {
    "100 ms late": "adelay=100|100,atrim=end_sample={end}",
    "50 ms early": "atrim=start=0.05,asetpts=PTS-STARTPTS,apad=whole_len={end}",
    "silent for 0.8 s from 1.1": "volume=0:enable='between(t,1,1.8)'",
    "nothing on the right": "pan=stereo|c0=c0|c1=0*c0",
    "nothing on the left": "pan=stereo|c0=0*c0|c1=c1",
    "cancel each other": "pan=stereo|c0=c0|c1=-1*c0",
    "not that of the clip": "aeval='0.25*sin(2*PI*440*t)|0.25*sin(2*PI*440*t)':c=same",
    "LUFS, not -14": "volume=-1dB",
    "true peak": "volume=6dB",
}


@pytest.mark.parametrize("telling", SOUNDS)
def test_a_broken_sound_is_told(made, tmp_path, telling):
    asked, files = made
    bad = tmp_path / "bad.mp4"
    # As the renderer does: what the encoder puts before the sound is cut off, so that it stays in time.
    chain = SOUNDS[telling].format(end=FRAMES * 1600) + ",atrim=start_sample=1024,asetpts=PTS-STARTPTS"
    run_ffmpeg(["-i", str(files.video), *KEEP, "-c:v", "copy", "-c:a", "aac", "-af", chain, str(bad)])
    problems = judged(bad, asked, files)
    assert any(telling in problem for problem in problems), problems
    assert len(problems) <= 2, problems


def test_streams_that_say_or_start_otherwise_are_told(made, tmp_path):
    asked, files = made
    copied = ["-c", "copy", *KEEP]
    told = {
        "colours are BT.709": ["-bsf:v", "h264_metadata=colour_primaries=9"],
        "It has 95 frames, not 96": ["-bsf:v", "noise=drop='eq(n,20)'"],
    }
    for telling, how in told.items():
        bad = tmp_path / "bad.mp4"
        run_ffmpeg(["-i", str(files.video), *copied, *how, str(bad)])
        problems = judged(bad, asked, files)
        assert any(telling in problem for problem in problems), problems
    late = tmp_path / "late.mp4"
    source = ["-i", str(files.video), "-itsoffset", "0.2", "-i", str(files.video)]
    # Only an edit list can say so in an MP4.
    run_ffmpeg([*source, "-map", "0:v", "-map", "1:a", "-c", "copy", str(late)])
    assert any("ms after the picture" in problem for problem in judged(late, asked, files))


def test_captions_that_the_renderer_loses_or_misplaces_are_told(made, bench, monkeypatch):
    asked, _ = made
    asked = work(bench, pages=(caption(),))
    with monkeypatch.context() as patched:
        patched.setattr(render_output, "_script", lambda bench, job: (None, bench.scratch))
        lost = render(bench, asked)
    problems = measure(lost.video, asked, lost.witness).problems
    assert problems == ("A caption is not seen at 1.7 s.", "The hook is not seen.")
    elsewhere = work(bench, pages=(caption(anchor=0.5),))
    moved = render(bench, elsewhere)
    assert measure(moved.video, asked, moved.witness).problems == ("A caption is not seen at 1.7 s.",)


LIMITS: dict[str, dict[str, Any]] = {
    "at least 10 s": {"min_ms": 10_000},
    "at most 2 s": {"max_ms": 2_000},
    "at most 0.01 MB": {"max_bytes": 10_000},
    "not 50 to 60": {"min_rate": 50, "max_rate": 60},
    "above 20": {"max_kbps": 20},
    "key frames are": {"max_key_seconds": 0.5},
}


@pytest.mark.parametrize("telling", LIMITS)
def test_a_platform_that_does_not_take_it_is_named(made, telling):
    asked, files = made
    strict = PlatformLimits(name="Elsewhere", safe_box=SAFE, **LIMITS[telling])
    problems = judged(files.video, asked.model_copy(update={"limits": (strict,)}), files)
    assert len(problems) == 1
    assert problems[0].startswith("Elsewhere does not take it: ")
    assert telling in problems[0]


def test_text_off_its_box_or_over_a_face_is_told(made):
    asked, files = made
    plan = asked.enhancement
    narrow = SafeBox(left=0.25, top=0.1, right=0.75, bottom=0.9)
    off = asked.model_copy(update={"enhancement": plan.model_copy(update={"safe_box": {"9:16": narrow}})})
    assert judged(files.video, off, files) == ("The 9:16 caption at frame 30 leaves the safe box.",)
    face = FaceBox(frame=45, x=0.3, y=0.6, width=0.3, height=0.2)
    over = asked.model_copy(update={"framing": asked.framing.model_copy(update={"faces": (face,)})})
    assert judged(files.video, over, files) == ("The 9:16 caption at frame 30 covers a face at frame 45.",)
    sign = SeenText(start_frame=0, end_frame=FRAMES, kind="still", x=0.2, y=0.68, width=0.5, height=0.04)
    signed = asked.model_copy(update={"framing": asked.framing.model_copy(update={"texts": (sign,)})})
    (problem,) = judged(files.video, signed, files)
    assert problem.startswith("The 9:16 caption at frame 30 stands over text of the picture")


def test_small_pictures_and_moved_captions_are_noted(made):
    asked, files = made
    large = asked.model_copy(update={"width": 1080, "height": 1920})
    found = measure(files.video, large, files.witness)
    assert found.upscale == pytest.approx(1920 / 360, abs=0.01)
    assert any("enlarged 5.3 times" in note for note in found.notes)
    low = asked.enhancement.model_copy(update={"pages": (caption(anchor=0.85),)})
    moved = measure(files.video, asked.model_copy(update={"enhancement": low}), files.witness)
    assert any("Reels has its buttons" in note for note in moved.notes)


def test_every_profile_says_where_its_limits_come_from():
    for name, profile in PROFILES.items():
        assert profile.source, name
        assert profile.limits.safe_box.box.left < 0.5 < profile.limits.safe_box.box.right
