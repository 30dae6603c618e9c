"""Captions as files beside the video: SubRip and WebVTT."""

from __future__ import annotations

from collections.abc import Iterator

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import CaptionPage


def srt(pages: tuple[CaptionPage, ...], rate: FrameRate) -> str:
    """SubRip; empty where there are no pages."""
    return "".join(
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{_plain(text)}\n\n"
        for number, (start, end, text) in enumerate(_cues(pages, rate), 1)
    )


def vtt(pages: tuple[CaptionPage, ...], rate: FrameRate) -> str:
    """WebVTT; only the header where there are no pages."""
    cues = (
        f"{_clock(start, '.')} --> {_clock(end, '.')}\n{_escaped(text)}\n\n"
        for start, end, text in _cues(pages, rate)
    )
    return "WEBVTT\n\n" + "".join(cues)


def _cues(pages: tuple[CaptionPage, ...], rate: FrameRate) -> Iterator[tuple[int, int, str]]:
    """Start and end in milliseconds, and the text; in order, never overlapping, never empty."""
    ordered = sorted(pages, key=lambda page: page.start_frame)
    for number, page in enumerate(ordered, 1):
        end = min([page.end_frame, *(following.start_frame for following in ordered[number : number + 1])])
        lines = [" ".join(" ".join(word.text for word in line).split()) for line in page.lines]
        if end > page.start_frame and (text := "\n".join(filter(None, lines))):
            yield rate.ms(page.start_frame), rate.ms(end), text


def _clock(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"


def _plain(text: str) -> str:
    # SubRip knows no escape: its arrow and its tags must not come from the words.
    return text.replace("-->", "→").replace("<", "‹").replace(">", "›")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
