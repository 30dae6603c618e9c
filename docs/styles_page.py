"""Writes the tables of keys in docs/styles.md from the style contract. Run it after a key was added or changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shortform_assets.creative.styles.style_keys import StyleKey, style_keys

PAGE = Path(__file__).with_name("styles.md")
BEGIN, END = "<!-- keys: written by docs/styles_page.py -->\n", "<!-- end of keys -->\n"


def with_tables(page: str) -> str:
    """The page with its tables as they must be."""
    head, rest = page.split(BEGIN)
    return head + BEGIN + "\n" + "\n".join(tables(style_keys())) + "\n\n" + END + rest.split(END)[1]


def tables(keys: list[StyleKey]) -> Iterator[str]:
    """A table of the keys that stand alone, then one for each section."""
    alone = [key for key in keys if not key.is_section and "." not in key.path]
    yield from _table(alone)
    for section in [key for key in keys if key.is_section and "." not in key.path]:
        yield ""
        yield f"### {section.path}"
        yield ""
        yield f"{_cell(section.meaning)} {'Required.' if section.default == 'required' else 'Left out there is none.'}"
        yield ""
        inside = (f"{section.path}.", f"{section.path}[].")
        yield from _table([key for key in keys if key.path.startswith(inside)])


def _table(keys: list[StyleKey]) -> Iterator[str]:
    yield "| key | what may stand there | default | meaning |"
    yield "|---|---|---|---|"
    for key in keys:
        default = key.default if key.default in ("required", "left out") else f"`{key.default}`"
        yield f"| `{key.path}` | {_cell(key.allowed or 'a section')} | {default} | {_cell(key.meaning)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
