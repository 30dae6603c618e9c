"""The hook title: a card over the first seconds, off captions and faces; on a forehead rather than nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import ASPECT_SIZE, Aspect, AspectFraming, FaceBox
from shortform_assets.contracts.creative import CaptionPage, HookStyle, StyleContract, TextOverlay
from shortform_assets.contracts.slices.enhancement_slice import SafeBox
from shortform_assets.creative.captions.placement import FOREHEAD, Band, faces_during, text_width
from shortform_assets.creative.captions.typeset import LINE_PITCH, Typeface, displayed, type_px

PADDING = 0.45
"""Space between text and the edge of the card, in em."""
_MOST_LINES = 3
_SMALLEST = 0.7
_STEP = 0.01
_LOWEST = 0.6
_LONGEST_SHARE = 0.5
"""A hook is gone after this share of the clip, however short the clip."""


def hook_overlay(
    text: str,
    style: HookStyle,
    face: Typeface,
    framings: Mapping[Aspect, AspectFraming],
    boxes: Mapping[Aspect, SafeBox],
    taken: Mapping[Aspect, Sequence[Band]],
    rate: FrameRate,
    frames: int,
) -> TextOverlay | None:
    """The card for `text`, or None where no aspect ratio has room for it.

    `taken` holds what the captions cover while the hook is on screen.
    """
    limit = min(text_width(boxes[a]) * ASPECT_SIZE[a][0] / type_px(style.size, a) for a in framings)
    end = hook_end(style, rate, frames)
    best: TextOverlay | None = None
    laid = list(layouts(displayed(text, False), face, limit - 2 * PADDING)) if end else []
    faces = {aspect: faces_during(framing, 0, end, rate) for aspect, framing in framings.items()}
    for (lines, scale), spared in ((layout, spared) for spared in (0.0, FOREHEAD) for layout in laid):
        anchors: dict[Aspect, float] = {}
        for aspect in framings:
            size = card_size(lines, face, style.size * scale, aspect)
            busy = [*taken[aspect], *(_below(f, spared) for f in faces[aspect])]
            anchor = _free(size, boxes[aspect], busy)
            if anchor is not None:
                anchors[aspect] = anchor
        if len(anchors) > (len(best.anchor) if best else 0):
            best = TextOverlay(lines=lines, start_frame=0, end_frame=end, anchor=anchors, scale=scale)
        if len(anchors) == len(framings):
            break
    return best


def _below(face: FaceBox, share: float) -> Band:
    """A face without the upper `share` of it."""
    return Band(face.y + share * face.height, face.y + face.height, face.x, face.x + face.width)


def _free(size: tuple[float, float], box: SafeBox, busy: Sequence[Band]) -> float | None:
    """The first free place from the top for a card of `size`; the lower half belongs to the captions."""
    width, height = size
    left, right = 0.5 - width / 2, 0.5 + width / 2
    top = box.top
    while top + height <= min(box.bottom, _LOWEST):
        if not any(band.meets(top - _STEP, top + height + _STEP, left, right) for band in busy):
            return top + height / 2
        top += _STEP
    return None


def hook_end(style: HookStyle, rate: FrameRate, frames: int) -> int:
    """The clip frame at which the hook is gone."""
    return min(rate.nearest(round(style.seconds * 1000)), int(frames * _LONGEST_SHARE))


def card_size(lines: Sequence[str], face: Typeface, size: float, aspect: Aspect) -> tuple[float, float]:
    """Width and height of the card as shares of the output, for type of `size` (a share, scale included)."""
    em = type_px(size, aspect)
    width, height = ASPECT_SIZE[aspect]
    across = max(face.width(line) for line in lines) + 2 * PADDING
    return across * em / width, (len(lines) * LINE_PITCH + 2 * PADDING) * em / height


def card_band(hook: TextOverlay, style: HookStyle, face: Typeface, aspect: Aspect) -> Band | None:
    """Where the card is, or None in an aspect ratio that goes without."""
    if aspect not in hook.anchor:
        return None
    width, height = card_size(hook.lines, face, style.size * hook.scale, aspect)
    middle = hook.anchor[aspect]
    return Band(middle - height / 2, middle + height / 2, 0.5 - width / 2, 0.5 + width / 2)


def layouts(text: str, face: Typeface, width: float) -> Iterator[tuple[tuple[str, ...], float]]:
    """Lines no wider than `width` em and evenly filled, with the scale they need: best layout first."""
    words = text.split()
    for scale in (1.0, 0.85, _SMALLEST):
        for count in range(1, _MOST_LINES + 1):
            lines = _even(words, face, width / scale, count) if words and width > 0 else None
            if lines is not None:
                yield lines, scale


def _even(words: Sequence[str], face: Typeface, width: float, count: int) -> tuple[str, ...] | None:
    """The words on exactly `count` lines with the least widest line; None if that is too wide."""
    if count > len(words):
        return None
    whole = face.width(" ".join(words))
    # Narrow the measure until one more step would need another line.
    best = None
    for step in range(40):
        room = width - (width - whole / count * 0.9) * step / 40
        lines = _greedy(words, face, room)
        if lines is None or len(lines) > count:
            break
        best = lines
    return best if best is not None and len(best) == count else None


def _greedy(words: Sequence[str], face: Typeface, width: float) -> tuple[str, ...] | None:
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if face.width(longer) <= width:
            lines[-1] = longer
        elif face.width(word) <= width and lines[-1]:
            lines.append(word)
        else:
            return None
    return tuple(lines)


def caption_bands(
    pages: Sequence[CaptionPage],
    style: StyleContract,
    face: Typeface,
    aspect: Aspect,
    start: int,
    end: int,
) -> list[Band]:
    """What the captions cover in clip frames [start, end)."""
    caption = style.captions
    found = []
    for page in pages:
        if page.start_frame < end and start < page.end_frame:
            em = type_px(caption.size * page.scale, aspect)
            texts = [" ".join(displayed(w.text, caption.uppercase) for w in line) for line in page.lines]
            across = max(face.width(t) for t in texts) * em / ASPECT_SIZE[aspect][0]
            half = LINE_PITCH * em * len(texts) / ASPECT_SIZE[aspect][1] / 2
            anchor = page.anchor[aspect]
            found.append(Band(anchor - half, anchor + half, 0.5 - across / 2, 0.5 + across / 2))
    return found
