"""Titles, hook lines and hashtags by a model: used only where they are short, plain and about what is said."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

from shortform_assets.contracts.panel_verdicts import PanelWording
from shortform_assets.selection.panel.rubric import Written
from shortform_assets.selection.read.script import is_content, plain_text, stem, tokenize
from shortform_assets.selection.say.wording import DESCRIPTION_LENGTH, HASHTAGS, HOOK_LENGTH, TITLE_LENGTH
from shortform_assets.text.graphemes import grapheme_count
from shortform_assets.text.visible import is_unseen

# Set by hand; test_each_lie_is_counted_and_none_gets_in.
SAID = 85
"""Percent of like letters from which a word counts as said."""
GROUNDED = 0.5
"""Share of the content words of a title or description that must be said in the clip."""

_MARKUP = re.compile(r"[<>{}\[\]\\`*_|^~#]|&\w+;|&#\d+;")
_ADDRESS = re.compile(
    r"://|\bwww\.|@\w|\b[\w-]+\.(?:com|net|org|io|co|ai|tv|fm|app|dev|info|biz|gg|me|ly|xyz|shop)\b", re.I
)
_TAG = re.compile(r"[^\W_]{2,24}")


def check_wording(
    written: Written, model: str, said: Collection[str], in_source: Collection[str]
) -> tuple[PanelWording, Counter[str]]:
    """What of `written` may be used, and why the rest may not.

    `said` are the stems of the content words of the clip, `in_source` those of the whole source.
    """
    faults: Counter[str] = Counter()
    title = _line(written.title, TITLE_LENGTH)
    if written.title.strip() and not (title and grounded(title, said, GROUNDED) and _named(title, said)):
        faults["title_unfit"] += 1
        title = ""
    hook = _line(written.hook, HOOK_LENGTH)
    if written.hook.strip() and not hook:
        faults["hook_unfit"] += 1
    elif hook and not grounded(hook, said, 1.0):
        faults["hook_not_said"] += 1
        hook = ""
    description = _line(written.description, DESCRIPTION_LENGTH)
    if written.description.strip() and not (description and grounded(description, said, GROUNDED)):
        faults["description_unfit"] += 1
        description = ""
    tags: dict[str, None] = {}
    for tag in written.hashtags:
        word = unicodedata.normalize("NFKC", tag).strip().removeprefix("#").lower()
        if _TAG.fullmatch(word) and not word.isdigit() and _is_said(stem(word), in_source):
            tags[f"#{word}"] = None
        else:
            faults["hashtag_unfit"] += 1
    wording = PanelWording(
        title=title, hook=hook, description=description, hashtags=tuple(tags)[:HASHTAGS], model=model
    )
    return wording, faults


def _named(title: str, said: Collection[str]) -> bool:
    """Whether every number and every name of a title is said; in a title all in capitals everything is a name."""
    for n, word in enumerate(title.split()):
        token = "".join(tokenize(plain_text(word)))
        name = word[:1].isupper() and n > 0 and not title.istitle()
        if (
            (name or any(c.isdigit() for c in token))
            and is_content(token)
            and not _is_said(stem(token), said)
        ):
            return False
    return True


def grounded(text: str, said: Collection[str], share: float) -> bool:
    """Whether at least `share` of the content words of `text` are said, and one is; spelling may differ."""
    wanted = [stem(token) for token in tokenize(plain_text(text)) if is_content(token)]
    found = sum(_is_said(word, said) for word in wanted)
    return found > 0 and found >= share * len(wanted)


def _is_said(word: str, said: Collection[str]) -> bool:
    from rapidfuzz import fuzz, process

    if word in said:
        return True
    # A number that is nearly right is wrong.
    if any(c.isdigit() for c in word) or len(word) < 4:
        return False
    return process.extractOne(word, said, scorer=fuzz.ratio, score_cutoff=SAID) is not None


def _line(text: str, length: int) -> str:
    """`text` as one plain line, or empty where it is too long, or holds an address, markup or odd letters."""
    text = " ".join(unicodedata.normalize("NFKC", text).split()).strip(" \"'“”‘’«»")
    if (
        grapheme_count(text) > length
        or any(map(is_unseen, text))
        or _MARKUP.search(text)
        or _ADDRESS.search(text)
    ):
        return ""
    return text
