"""Sheets for posting tools: a row a finished output, in the columns of Publer's bulk import, one file a platform.

Columns: publer.com, "What CSV template should I use?" and its blank template (2026-11): twelve, all of which must stay,
in this order; a row without a date is put into the next free slot. A file is imported for the accounts that are selected
there, hence one a platform.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import regex

from shortform_assets.contracts.creative import ClipEnhancement, RenderJob
from shortform_assets.text.graphemes import graphemes
from shortform_assets.text.visible import one_line

COLUMNS = (
    "Date - Intl. format or prompt",
    "Text",
    "Link(s) - Separated by comma for FB carousels",
    "Media URL(s) - Separated by comma",
    "Title - For the video, pin, PDF ..",
    "Label(s) - Separated by comma",
    "Alt text(s) - Separated by ||",
    "Comment(s) - Separated by ||",
    "Pin board, FB album, or Google category",
    "Post subtype - I.e. story, reel, PDF ..",
    "CTA - For Facebook links or Google",
    "Reminder - For stories, reels, shorts, and TikToks",
)


@dataclass(frozen=True)
class PostingSheet:
    """What one platform takes. Lengths are in UTF-16 units, as their APIs count."""

    subtypes: Mapping[str, str]
    """Name of the limits that a file was made for (`contracts/output_profiles.py`) -> subtype of the post."""
    caption: int
    title: int = 0
    """Zero: it has no titles."""
    tags: int = 0
    """Hashtags at most; zero: as many as there is room for."""


SHEETS: dict[str, PostingSheet] = {
    # support.google.com/youtube/answer/57407: titles of 100 characters, descriptions of 5,000.
    "youtube": PostingSheet({"Shorts": "short", "YouTube": ""}, caption=5000, title=100),
    # developers.tiktok.com, Content Posting API: titles (captions) of 2,200 UTF-16 runes.
    "tiktok": PostingSheet({"TikTok": ""}, caption=2200),
    # developers.facebook.com, IG User Media: captions of 2,200 characters and 30 hashtags.
    "instagram": PostingSheet({"Reels": "reel", "Instagram feed": "reel"}, caption=2200, tags=30),
}

_NO_TAG = regex.compile(r"[^\p{L}\p{M}\p{N}_]")
"""What ends a hashtag."""
_FORMULA = regex.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""How text begins that a spreadsheet would compute (OWASP, CSV injection), full-width signs too."""


def posting_sheets(ready: Sequence[tuple[RenderJob, str]]) -> dict[str, str]:
    """Platform -> CSV of the outputs, given with the names of their videos, that were made for it; none where it has none.

    The media column holds the file name: importers fetch from an address, which only who uploads the files knows.
    """
    found = {}
    for name, sheet in SHEETS.items():
        rows = [row for job, video in ready if (row := _row(sheet, job, video))]
        if rows:
            found[name] = _written([COLUMNS, *rows])
    return found


def _row(sheet: PostingSheet, job: RenderJob, video: str) -> tuple[str, ...] | None:
    subtype = next((sheet.subtypes[x.name] for x in job.limits if x.name in sheet.subtypes), None)
    if subtype is None:
        return None
    made = job.enhancement
    title = ""
    if sheet.title:
        # YouTube refuses these two in titles and descriptions.
        title = _cut(one_line(made.title).translate({ord("<"): None, ord(">"): None}), sheet.title)
    texts = [made.description] if sheet.title else [made.title, made.description]
    return ("", _caption(sheet, texts, made), "", video, title, "", "", "", "", subtype, "", "")


def _caption(sheet: PostingSheet, texts: Sequence[str], made: ClipEnhancement) -> str:
    """The texts with hashtags behind them; where there is too little room, tags go before words do."""
    said = [one_line(text) for text in texts]
    if sheet.title:
        said = [text.replace("<", "").replace(">", "") for text in said]
    caption = _cut(" – ".join(text for text in dict.fromkeys(said) if text), sheet.caption)
    tags = [f"#{bare}" for tag in made.hashtags if (bare := _NO_TAG.sub("", one_line(tag)))]
    for tag in tags[: sheet.tags or None]:
        longer = f"{caption} {tag}".strip()
        if _units(longer) <= sheet.caption:
            caption = longer
    return caption


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, longest: int) -> str:
    """`text`, or its whole words that fit with an ellipsis; never half of a character."""
    if _units(text) <= longest:
        return text
    kept = ""
    for character in graphemes(text):
        if _units(kept + character) > longest - 1:
            break
        kept += character
    head, _, _ = kept.rpartition(" ")
    return f"{(head or kept).rstrip()}…"


def _written(rows: Sequence[Sequence[str]]) -> str:
    # Without a byte order mark: importers would take it for a part of the first heading.
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [[_harmless(cell) for cell in row] for row in rows]
    )
    return text.getvalue()


def _harmless(cell: str) -> str:
    """The cell, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
