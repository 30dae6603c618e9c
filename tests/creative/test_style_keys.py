"""What is told about the keys of a style is what the contract has: in the documentation, and beside every key."""

from __future__ import annotations

import runpy
from pathlib import Path

from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative.styles.style_keys import style_keys

PAGE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "docs" / "styles_page.py"))


def test_the_documentation_has_every_key_as_it_is():
    page = PAGE["PAGE"].read_text("utf-8")
    assert PAGE["with_tables"](page) == page, "run `python docs/styles_page.py`"


def test_every_key_says_what_it_means():
    keys = {key.path: key for key in style_keys()}
    assert set(StyleContract.model_fields) <= set(keys)
    assert not [path for path, key in keys.items() if not key.meaning]
    assert keys["captions.size"].allowed == "a number, above 0.01, below 0.15"
    assert keys["fonts[].file"].allowed == "a file beside style.yaml"
    assert (keys["hook"].default, keys["logo.corner"].default) == ("left out", '"top_left"')
