"""Builders of small compositions, outcomes and plans for the delivery suite."""

from __future__ import annotations

from pathlib import Path

from resources.media_store import MediaStore
from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
)
from shortform_assets.contracts.creative import (
    AudioTreatment,
    CaptionPage,
    CaptionWord,
    ClipEnhancement,
    ClipWord,
    Composition,
    Encode,
    RenderJob,
)
from shortform_assets.contracts.delivery import Outcome, Quality
from shortform_assets.contracts.selection import ClipPlan, FellOut, PlannedClip, Span
from shortform_assets.contracts.source import AudioStream, SourceVideo, VideoStream
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.contracts.style_contracts import CaptionStyle, Font, StyleContract
from shortform_assets.contracts.style_sounds import AudioStyle
from shortform_assets.delivery.outcomes import Terms

RATE = FrameRate(num=25)
NOTHING = Blob(sha256="0" * 64, size=0)
QUALITY = Quality(
    width=180,
    height=320,
    frames=50,
    duration_ms=2000,
    video_codec="h264",
    audio_codec="aac",
    loudness_lufs=-14.1,
    true_peak_dbtp=-1.2,
    size=123456,
)


def terms(
    now_ms: int = 0, executor: str = "remote", deadline_seconds: int = 60, max_attempts: int = 2
) -> Terms:
    return Terms(
        executor=executor, now_ms=now_ms, deadline_seconds=deadline_seconds, max_attempts=max_attempts
    )


def render_job(clip: int = 0, title: str = "A title", aspect: str = "9:16", frames: int = 50) -> RenderJob:
    clip_id = f"{clip:012x}"
    words = (
        CaptionWord(text="Hello", start_frame=0, end_frame=10),
        CaptionWord(text="there", start_frame=10, end_frame=20),
    )
    page = CaptionPage(
        start_frame=0, end_frame=20, lines=(words,), anchor={"9:16": 0.6}, size={"9:16": (0.5, 0.08)}
    )
    panel = Panel(slot=(0, 0, 1, 1), width=90, height=160, path=(Keyframe(frame=0, x=0, y=0),))
    framing = Framing(start_frame=0, end_frame=frames, layout="single", reason="one face", panels=(panel,))
    caption = CaptionStyle(
        font="Sans",
        size=0.05,
        colour="#ffffff",
        active_colour="#ffff00",
        outline_colour="#000000",
        outline=0.003,
        max_lines=2,
        max_words=5,
    )
    return RenderJob(
        output_id=f"{clip_id}-{aspect.replace(':', 'x')}",
        clip_id=clip_id,
        aspect=aspect,
        width=320 if aspect == "16:9" else 180,
        height=180 if aspect == "16:9" else 320,
        rate=RATE,
        frames=frames,
        media=ClipMedia(
            clip_id=clip_id,
            width=320,
            height=180,
            rate=RATE,
            frames=frames,
            segments=(MediaSegment(video=NOTHING, audio=NOTHING, first_frame=0, frames=frames),),
        ),
        framing=AspectFraming(aspect=aspect, framings=(framing,)),
        enhancement=ClipEnhancement(
            clip_id=clip_id,
            title=title,
            words=tuple(
                ClipWord(text=w.text, start_frame=w.start_frame, end_frame=w.end_frame, speaker="S1")
                for w in words
            ),
            pages=(page,),
            audio=AudioTreatment(highpass_hz=80, compress=True, fade_in_ms=10, fade_out_ms=10),
        ),
        style=StyleContract(
            name="plain",
            version=1,
            captions=caption,
            audio=AudioStyle(highpass_hz=80, compress=True, fade_ms=10),
            fonts=(Font(family="Sans", file=NOTHING),),
            accent="#ff0000",
        ),
        encode=Encode(
            crf=23,
            preset="ultrafast",
            max_bitrate_kbps=5000,
            gop_seconds=1,
            audio_kbps=128,
            loudness_lufs=-14,
            true_peak_dbtp=-1,
        ),
    )


def saying(job: RenderJob, word: str) -> RenderJob:
    """The job with other words on its one caption page, and so another picture."""
    page = job.enhancement.pages[0]
    shown = page.model_copy(update={"lines": ((CaptionWord(text=word, start_frame=0, end_frame=9),),)})
    said = (ClipWord(text=word, start_frame=0, end_frame=9),)
    return job.model_copy(
        update={"enhancement": job.enhancement.model_copy(update={"pages": (shown,), "words": said})}
    )


def transcript(text: str = "Hello there, said the man.", language: str = "en") -> Transcript:
    words = tuple(
        Word(text=w, start_ms=4000 + 400 * i, end_ms=4350 + 400 * i, confidence=0.9)
        for i, w in enumerate(text.split())
    )
    sentences = (Sentence(first=0, last=len(words) - 1),) if words else ()
    return Transcript(
        language=language,
        language_confidence=1,
        provider="test",
        duration_ms=150_000,
        words=words,
        sentences=sentences,
    )


def turns(said: Transcript) -> SpeakerTurns:
    """The first half of the words is one person's, the rest another's."""
    half = len(said.words) // 2
    speakers = (0,) * half + (1,) * (len(said.words) - half)
    spoken = [(n, part) for n, part in enumerate((said.words[:half], said.words[half:])) if part]
    return SpeakerTurns(
        speakers=("S1", "S2"),
        turns=tuple(
            Turn(start_ms=w[0].start_ms, end_ms=w[-1].end_ms, speaker=f"S{n + 1}") for n, w in spoken
        ),
        voice_activity=tuple(Interval(start_ms=w[0].start_ms, end_ms=w[-1].end_ms) for _, w in spoken),
        word_speakers=speakers,
    )


def composition(*jobs: RenderJob) -> Composition:
    return Composition(style="plain@1", outputs=jobs or tuple(render_job(n) for n in range(3)))


def clip_plan(*jobs: RenderJob) -> ClipPlan:
    clips = {
        job.clip_id: PlannedClip(
            clip_id=job.clip_id,
            spans=(Span(start_frame=100, end_frame=100 + job.frames),),
            word_ranges=((0, 1),),
            title=job.enhancement.title,
            hook="Hello there",
            quote="Hello there,",
            score=0.8,
            reason="It says hello and means it.",
        )
        for job in jobs
    }
    passed = FellOut(
        moment_id="m1", start_ms=90000, end_ms=120000, score=0.2, reason="It overlaps a better one."
    )
    few = f"There are {len(clips)} clips of 4: nothing else was good enough." if len(clips) < 4 else ""
    return ClipPlan(
        editor="local",
        rate=RATE,
        clips=tuple(clips.values()),
        fell_out=(passed,),
        target_count=4,
        shortfall=few,
    )


def source_video(rate: FrameRate = RATE, timecode: str = "", seconds: int = 150) -> SourceVideo:
    """A file of one picture and one sound stream."""
    return SourceVideo(
        content=NOTHING,
        container="mov,mp4,m4a,3gp,3g2,mj2",
        duration_ms=seconds * 1000,
        video=(VideoStream(index=0, codec="h264", width=320, height=180, average_rate=rate),),
        audio=(AudioStream(index=1, codec="aac", sample_rate=48000, channels=2),),
        chosen_video=0,
        chosen_audio=1,
        timecode=timecode,
    )


def keep_bytes(store: MediaStore, folder: Path, data: bytes) -> Blob:
    path = folder / "sample.part"
    path.write_bytes(data)
    return store.adopt_file(path)


def completed(output_id: str, video: Blob, poster: Blob, attempt: int = 1, **more: object) -> Outcome:
    fields = {"quality": QUALITY, **more}
    return Outcome(
        output_id=output_id, attempt=attempt, state="completed", video=video, poster=poster, **fields
    )


def failed(output_id: str, attempt: int = 1, error: str = "The picture was lost.") -> Outcome:
    return Outcome(output_id=output_id, attempt=attempt, state="failed", error=error)
