"""One picture that shows a style: moments of a short made-up talk, in every aspect ratio, as they are rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from shortform_assets.contracts.aspects import ASPECTS, Aspect
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import (
    AspectFraming,
    ClipMedia,
    ClipMediaSet,
    CropPaths,
    CropPathsSet,
    FaceBox,
    Framing,
    Keyframe,
    MediaSegment,
    Panel,
)
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span, clip_id
from shortform_assets.contracts.slices.delivery_slice import DeliverySlice
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.speech import Interval, Sentence, SpeakerTurns, Transcript, Turn, Word
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative import EnhancementRequest, plan_enhancement
from shortform_assets.errors import ClipFault
from shortform_assets.media.ffmpeg import pipe_frames, run_ffmpeg
from shortform_assets.ports.font_shelf import FontShelf
from shortform_assets.ports.workbench import Workbench
from shortform_assets.rendering.compose_jobs import compose
from shortform_assets.rendering.opening import opening, still
from shortform_assets.rendering.render_output import count_frames, render

_RATE = FrameRate(num=10)
"""Enough to look at stills; every frame costs time."""
_WIDTH, _HEIGHT = 1920, 1080
"""Pixels of the made-up source."""
_WORD_MS, _SPOKEN_MS = 330, 300
"""From one word to the next, and how much of that it is spoken: three words a second."""
_FACE = (820, 250, 280, 360)
"""x, y, width, height in source pixels of what captions keep off."""
_TILE = (440, 640)
"""A tile is at most so many pixels wide and high."""
_GAP, _LABEL = 16, 28
"""Pixels between tiles, and for the line under each."""


@dataclass(frozen=True)
class SampleTalk:
    """What is said, a sentence a speaker, and the line that hooks."""

    sentences: tuple[str, ...]
    """A space parts words in every script here."""
    hook: str
    language: str = "en"
    names: tuple[str, ...] = ()
    """Of the glossary."""


SAMPLE = SampleTalk(
    (
        "I'm Jane Doe, and nobody tells you this: the first 100 are only practice.",
        "So why does it take three years to be good at it?",
    ),
    "The first 100 are only practice",
    names=("Jane Doe",),
)


def draw_style_sheet(studio: StyleStudio, style: StyleContract, title: str, out: Path) -> None:
    """Write a PNG that shows `style` in every aspect ratio: the hook, a number, the second speaker, the last words
    and what comes after them. ClipFault where it cannot be drawn."""
    rows = []
    for aspect in ASPECTS:
        job = studio.job(style, aspect)
        second = _RATE.nearest(_WORD_MS * len(SAMPLE.sentences[0].split())) + 4
        intro = job.enhancement.intro_card
        begins = [4, 8 + intro.end_frame] if intro else [8]
        stills = studio.stills(job, [*begins, 31, second, job.media.frames - 2, _LAST])
        rows.append([(f"{aspect}, {_RATE.ms(frame) / 1000:.1f} s", still) for frame, still in stills])
    sheet_of(title, rows).save(out, format="PNG")


_LAST = -1
"""The last frame, of what comes after the clip where something does."""


class StyleStudio:
    """A short made-up talk before a backdrop from dark to bright, in any style, as it is rendered.

    `rules` and `delivery` are those of a genre. The files of the styles are in the bench's store.
    """

    def __init__(
        self,
        bench: Workbench,
        shelf: FontShelf,
        rules: EnhancementSlice,
        delivery: DeliverySlice,
        talk: SampleTalk = SAMPLE,
    ) -> None:
        self._bench, self._shelf, self._rules, self._delivery = bench, shelf, rules, delivery
        self._transcript, self._turns, self._names = *_talk(talk), talk.names
        frames = _RATE.nearest(self._transcript.duration_ms)
        spans = (Span(start_frame=0, end_frame=frames),)
        clip = PlannedClip(
            clip_id=clip_id(spans),
            spans=spans,
            word_ranges=((0, len(self._transcript.words) - 1),),
            title="A made-up talk",
            hook=talk.hook,
            quote=talk.hook,
            score=1,
            reason="to look at a style",
        )
        self._plan = ClipPlan(editor="local", rate=_RATE, clips=(clip,), target_count=1)
        self._media = _media(bench, clip.clip_id, frames)
        self._camera = CropPaths(
            clip_id=clip.clip_id,
            media=self._media.digest(),
            frames=frames,
            rate=_RATE,
            cuts=(),
            width=_WIDTH,
            height=_HEIGHT,
            verdicts=(),
            aspects=tuple(_framing(aspect, frames) for aspect in ASPECTS),
        )

    def job(self, style: StyleContract, aspect: Aspect, *, draft: bool = False) -> RenderJob:
        """What would render the talk, or its draft; ClipFault where the style cannot be laid over it."""
        crops, media = CropPathsSet(clips=(self._camera,)), ClipMediaSet(clips=(self._media,))
        request = EnhancementRequest(
            self._plan,
            self._transcript,
            self._turns,
            crops,
            style,
            self._rules,
            CreativeEdits(edits=()),
            self._names,
        )
        plan = plan_enhancement(self._bench, self._shelf, (), request)
        only = self._delivery.model_copy(update={"aspects": (aspect,)})
        made = compose(self._bench, plan, crops, media, style, only, draft)
        if not made.outputs:
            raise ClipFault(made.empty_reason)
        return made.outputs[0]

    def stills(self, job: RenderJob, frames: Sequence[int]) -> list[tuple[int, Any]]:
        """(frame, picture of the size of a tile) of those of `frames` that the output has, each once."""
        from PIL import Image

        known = [frame for frame in frames if frame < job.frames]
        video = render(self._bench, opening(job, job.frames if _LAST in known else max(known) + 1)).video
        total = count_frames(video)
        found = []
        for frame in dict.fromkeys(total - 1 if frame == _LAST else frame for frame in known):
            path = self._bench.scratch / "moment.png"
            still(video, frame, path)
            with Image.open(path) as picture:
                picture.thumbnail(_TILE, Image.Resampling.LANCZOS)
                found.append((frame, picture.copy()))
        return found


def sheet_of(title: str, rows: Sequence[Sequence[tuple[str, Any]]]) -> Any:
    """One picture of rows of (label, picture)."""
    from PIL import Image, ImageDraw, ImageFont

    width = max(sum(picture.width + _GAP for _, picture in row) for row in rows) + _GAP
    height = sum(max(picture.height for _, picture in row) + _LABEL + _GAP for row in rows) + 3 * _GAP
    sheet = Image.new("RGB", (width, height), "#202226")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(16)
    pen.text((_GAP, _GAP), title, fill="#FFFFFF", font=font)
    y = 3 * _GAP
    for row in rows:
        x = _GAP
        for label, picture in row:
            pen.text((x, y), label, fill="#B0B4BA", font=font)
            sheet.paste(picture, (x, y + _LABEL))
            x += picture.width + _GAP
        y += max(picture.height for _, picture in row) + _LABEL + _GAP
    return sheet


def _talk(talk: SampleTalk) -> tuple[Transcript, SpeakerTurns]:
    said = [sentence.split() for sentence in talk.sentences]
    texts = [(text, speaker) for speaker, row in enumerate(said) for text in row]
    words = tuple(
        Word(text=text, start_ms=i * _WORD_MS, end_ms=i * _WORD_MS + _SPOKEN_MS, confidence=1)
        for i, (text, _) in enumerate(texts)
    )
    edges = [0, *accumulate(len(row) for row in said)]
    names = tuple(f"S{n + 1}" for n in range(len(said)))
    stretches = [(words[a].start_ms, words[b - 1].end_ms) for a, b in pairwise(edges)]
    turns = SpeakerTurns(
        speakers=names,
        turns=tuple(
            Turn(speaker=name, start_ms=low, end_ms=high)
            for name, (low, high) in zip(names, stretches, strict=True)
        ),
        voice_activity=tuple(Interval(start_ms=low, end_ms=high) for low, high in stretches),
        word_speakers=tuple(speaker for _, speaker in texts),
    )
    transcript = Transcript(
        language=talk.language,
        language_confidence=1,
        provider="made up",
        duration_ms=len(words) * _WORD_MS + 400,
        words=words,
        sentences=tuple(Sentence(first=a, last=b - 1) for a, b in pairwise(edges)),
    )
    return transcript, turns


def _framing(aspect: Aspect, frames: int) -> AspectFraming:
    """A camera that stands still in the middle."""
    ratio = ASPECTS[aspect].width / ASPECTS[aspect].height
    width = min(float(_WIDTH), _HEIGHT * ratio)
    height = width / ratio
    left, top = (_WIDTH - width) / 2, (_HEIGHT - height) / 2
    panel = Panel(slot=(0, 0, 1, 1), width=width, height=height, path=(Keyframe(frame=0, x=left, y=top),))
    x, y, across, down = _FACE
    faces = [
        FaceBox(
            frame=frame,
            x=(x - left) / width,
            y=(y - top) / height,
            width=across / width,
            height=down / height,
        )
        for frame in range(0, frames, 5)
    ]
    whole = Framing(start_frame=0, end_frame=frames, layout="single", reason="made up", panels=(panel,))
    return AspectFraming(aspect=aspect, framings=(whole,), faces=tuple(faces))


def _media(bench: Workbench, name: str, frames: int) -> ClipMedia:
    video, sound = bench.scratch / "backdrop.mp4", bench.scratch / "hum.flac"
    encode = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p", "-c:v", "libx264"]
    encode += ["-preset", "ultrafast", "-crf", "12", "-colorspace", "bt709", str(video)]
    backdrop = _backdrop()
    with pipe_frames(encode, _WIDTH, _HEIGHT, _RATE) as write:
        for _ in range(frames):
            write(backdrop)
    seconds = _RATE.ms(frames) / 1000
    run_ffmpeg(
        [
            "-f",
            "lavfi",
            "-i",
            f"sine=frequency=220:sample_rate=48000:duration={seconds}",
            "-ac",
            "2",
            str(sound),
        ]
    )
    segment = MediaSegment(video=bench.keep(video), audio=bench.keep(sound), first_frame=0, frames=frames)
    return ClipMedia(
        clip_id=name, width=_WIDTH, height=_HEIGHT, rate=_RATE, frames=frames, segments=(segment,)
    )


def _backdrop() -> np.ndarray:
    """(height, width, 3) BGR: from dark to bright, so that both show what can be read, and a head to keep off."""
    from PIL import Image, ImageDraw

    ramp = np.linspace(40, 225, _WIDTH, dtype=np.float32)[None, :] * np.ones((_HEIGHT, 1), np.float32)
    # Fine stripes: letters must hold their own against detail, too.
    ramp += np.where((np.arange(_HEIGHT)[:, None] + np.arange(_WIDTH)[None, :]) // 24 % 2, 10.0, -10.0)
    tint: Mapping[int, float] = {0: 1.0, 1: 0.92, 2: 0.84}
    picture = np.stack([np.clip(ramp * tint[c], 0, 255) for c in range(3)], axis=2).astype(np.uint8)
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    x, y, across, down = _FACE
    pen.ellipse((x - 160, y + down - 20, x + across + 160, y + down + 900), fill=(96, 74, 60))
    pen.ellipse((x, y, x + across, y + down), fill=(150, 180, 214))
    for eye in (0.32, 0.68):
        at = (x + eye * across, y + 0.42 * down)
        pen.ellipse((at[0] - 14, at[1] - 10, at[0] + 14, at[1] + 10), fill=(50, 40, 36))
    pen.rectangle(
        (x + 0.36 * across, y + 0.74 * down, x + 0.64 * across, y + 0.77 * down), fill=(90, 80, 150)
    )
    return np.asarray(image)
