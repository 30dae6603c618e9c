"""Draws docs/captions-languages.jpg: one caption line in each of twelve languages, and three with a translation below,
planned and rendered as any clip.

Run `.venv/bin/python docs/caption_sheet.py`; it takes a minute.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    ClipMediaSet,
    CropPaths,
    CropPathsSet,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
)
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span, clip_id
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.contracts.translations import CaptionTranslation, TranslatedCue
from shortform_assets.creative import (
    EnhancementRequest,
    ensure_shipped_styles,
    plan_enhancement,
    resolve_style,
)
from shortform_assets.genres import load_genre
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.rendering import compose, render
from shortform_assets.rendering.opening import still
from shortform_assets.text.spacing import words_of

LINES = {
    "en": "It changed everything 🚀🇺🇳",
    "el": "Αυτή η ιδέα άλλαξε τα πάντα",
    "uk": "Ця думка змінила все життя",
    "ar": "YouTube هو الذي غيّر كل شيء",
    "he": "הרעיון הזה שינה לי הכול",
    "hi": "इस प्रश्न ने सब कुछ बदल दिया",
    "bn": "এই প্রশ্নটি সবকিছু বদলে দিয়েছে",
    "ta": "இந்த யோசனை எல்லாம் மாற்றியது",
    "th": "ความคิดนี้เปลี่ยนทุกอย่างที่นั่น",
    "zh": "这个想法改变了一切，真的。",
    "ja": "この考えがすべてを変えました。",
    "ko": "이 생각이 모든 것을 바꿨어요",
}
SECOND = {
    "en": ("ar", "هذه الفكرة غيّرت كل شيء"),
    "he": ("ja", "この考えが私のすべてを変えました"),
    "zh": ("es", "Esta idea lo cambió todo, de verdad"),
}
"""Language of what is said -> language and words of the second line."""
RATE, SIZE, STEP_MS = FrameRate(num=10), (540, 960), 300
TILE, COLUMNS, LABEL = (520, 250), 3, 26


def main(out: Path) -> None:
    tiles = []
    for language, line in LINES.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            StoreBench.over(MediaStore.local(Path(folder))) as bench,
        ):
            tiles.append((language, drawn(bench, language, line)))
            assert not bench.degraded, bench.degraded
    for language, (other, line) in SECOND.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            StoreBench.over(MediaStore.local(Path(folder))) as bench,
        ):
            cue = TranslatedCue(start_ms=0, end_ms=60_000, text=line)
            wanted = CaptionTranslation(language=other, show="second_line", cues=(cue,))
            tiles.append((f"{language} + {other}", drawn(bench, language, LINES[language], wanted)))
            assert not bench.degraded, bench.degraded
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE[0], rows * (TILE[1] + LABEL)), "#202226")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(18)
    for i, (language, tile) in enumerate(tiles):
        x, y = i % COLUMNS * TILE[0], i // COLUMNS * (TILE[1] + LABEL)
        pen.text((x + 8, y + 3), language, fill="#B0B4BA", font=font)
        sheet.paste(tile, (x, y + LABEL))
    sheet.save(out, quality=85)


def drawn(
    bench: StoreBench, language: str, line: str, wanted: CaptionTranslation | None = None
) -> Image.Image:
    """The band of one frame around the captions, in the middle of the line's first page; `wanted` is its translation."""
    ensure_shipped_styles(bench.store)
    style, genre = resolve_style(bench.store, "shortform"), load_genre("podcast")
    words = words_of(line)
    talk = tuple(
        Word(text=text, start_ms=i * STEP_MS, end_ms=(i + 1) * STEP_MS, confidence=1)
        for i, text in enumerate(words)
    )
    duration = len(words) * STEP_MS
    transcript = Transcript(
        language=language,
        language_confidence=1,
        provider="made up",
        duration_ms=duration,
        words=talk,
        sentences=(Sentence(first=0, last=len(words) - 1),),
    )
    turns = SpeakerTurns(
        speakers=("S1",),
        turns=(Turn(speaker="S1", start_ms=0, end_ms=duration),),
        voice_activity=(Interval(start_ms=0, end_ms=duration),),
        word_speakers=(0,) * len(words),
    )
    spans = (Span(start_frame=0, end_frame=RATE.nearest(duration)),)
    clip = PlannedClip(
        clip_id=clip_id(spans), spans=spans, word_ranges=((0, len(words) - 1),), title=line, hook="", quote=line,
        score=1, reason="to look at",
    )  # fmt: skip
    media = made_up(bench, clip)
    whole = Panel(slot=(0, 0, 1, 1), width=SIZE[0], height=SIZE[1], path=(Keyframe(frame=0, x=0, y=0),))
    still_camera = Framing(
        start_frame=0, end_frame=clip.frames, layout="single", reason="made up", panels=(whole,)
    )
    crops = CropPathsSet(
        clips=(
            CropPaths(
                clip_id=clip.clip_id, media=media.digest(), frames=clip.frames, rate=RATE, cuts=(), width=SIZE[0],
                height=SIZE[1], verdicts=(), aspects=(AspectFraming(aspect="9:16", framings=(still_camera,)),),
            ),
        )
    )  # fmt: skip
    rules = genre.enhancement.model_copy(update={"hook": False, "logo": False})
    plan = ClipPlan(editor="local", rate=RATE, clips=(clip,), target_count=1)
    request = EnhancementRequest(
        plan, transcript, turns, crops, style, rules, CreativeEdits(edits=()), (), wanted
    )
    enhanced = plan_enhancement(bench, FallbackFonts().load(), (), request)
    delivery = genre.delivery.model_copy(update={"aspects": ("9:16",)})
    (job,) = compose(bench, enhanced, crops, ClipMediaSet(clips=(media,)), style, delivery).outputs
    page = job.enhancement.pages[0]
    path = bench.scratch / "frame.png"
    still(render(bench, job).video, (page.start_frame + page.end_frame) // 2, path)
    with Image.open(path) as picture:
        middle, height = page.anchor["9:16"] * picture.height, picture.width * TILE[1] / TILE[0]
        band = (0, round(middle - height / 2), picture.width, round(middle + height / 2))
        return picture.crop(band).resize(TILE, Image.Resampling.LANCZOS)


def made_up(bench: StoreBench, clip: PlannedClip) -> ClipMedia:
    """A soft gradient, and silence."""
    video, sound = bench.scratch / "backdrop.mp4", bench.scratch / "silence.flac"
    ramp = np.linspace(70, 150, SIZE[0])[None, :, None] * np.array([1.0, 0.9, 0.8])
    picture = np.broadcast_to(ramp, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    encode = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p", "-c:v", "libx264"]
    encode += ["-preset", "ultrafast", "-crf", "12", "-colorspace", "bt709", str(video)]
    with pipe_frames(encode, *SIZE, RATE) as write:
        for _ in range(clip.frames):
            write(picture)
    seconds = RATE.ms(clip.frames) / 1000
    run_ffmpeg(["-f", "lavfi", "-i", f"anullsrc=r=48000:cl=stereo:d={seconds}", str(sound)])
    segment = MediaSegment(
        video=bench.keep(video), audio=bench.keep(sound), first_frame=0, frames=clip.frames
    )
    return ClipMedia(
        clip_id=clip.clip_id,
        width=SIZE[0],
        height=SIZE[1],
        rate=RATE,
        frames=clip.frames,
        segments=(segment,),
    )


if __name__ == "__main__":
    main(Path(__file__).parent / "captions-languages.jpg")
