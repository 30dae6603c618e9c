"""Whatever is in the file: values with their lines, or one error that names file and line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shortform_assets.contracts.base import canonical_json
from shortform_assets.errors import InputError
from shortform_assets.located_yaml import YamlNode, merge, read_yaml

PIECES = st.sampled_from(
    [
        "a", "b: ", "- ", "\n", "  ", ": ", "[", "]", "{", "}", ",", "&x ", "*x", "!t ", "!!int ", "!!set ", "!!binary ", "<<: ",
        "? ", "|\n", ">\n", "'", '"', "#", "%YAML 1.1\n", "%TAG ! x\n", "---\n", "...\n", "2026-01-01", "9:16", ".nan", "0x", "1e9",
        "\t", "\x00", "\x07", "\ufeff", "\u2028", "é", "😀", "!!omap ", "!!timestamp ", "!!python/name:os.system ", "=", "~", "`", "@",
    ]
)  # fmt: skip


def read(folder: Path, text: str | bytes) -> YamlNode:
    path = folder / "any.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return read_yaml(path, "a genre")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yaml")


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60) | st.binary(max_size=60))
@example("a: !!set {x}\n")
@example("a: !!timestamp x\n")
@example("a: !!int x\n")
@example("a: !!binary ^\n")
@example("? [a]\n: 1\n")
@example("? {a: 1}\n: 1\n")
@example("a: &x {b: *x}\n")
@example('a: "\\ud800"\n')
@example('"\\ud800": a\n')
def test_nothing_in_a_file_is_a_crash(folder, text):
    said = ""
    try:
        canonical_json(read(folder, text).plain())
    except InputError as error:
        said = str(error)
    assert said == "" or re.fullmatch(r"[^\n]*any\.yaml(:\d+)?: [^\n]+", said)


_CONTROL: list[Literal["C"]] = ["C"]
TEXT = st.text(st.characters(exclude_categories=_CONTROL))
"""Control characters are no YAML."""
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, max_size=4), st.dictionaries(TEXT, VALUES, max_size=4))
def test_values_are_read_as_they_are_meant_and_laid_over_each_other(folder, under, over):
    """JSON is YAML: what it says must come back, key by key where both have mappings, else the upper value."""

    def laid(a, b):
        if isinstance(a, dict) and isinstance(b, dict):
            return {
                key: laid(a[key], b[key]) if key in a and key in b else {**a, **b}[key] for key in {**a, **b}
            }
        return b

    low, high = (read(folder, json.dumps(values, ensure_ascii=False)) for values in (under, over))
    assert low.plain() == under
    assert merge(low, high).plain() == laid(under, over)


@given(st.lists(st.sampled_from(["key", "list", "text", "blank", "note"]), min_size=1, max_size=20))
def test_every_value_knows_its_line(folder, parts):
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    for number, part in enumerate(parts):
        at = len(lines) + 1
        if part == "key":
            lines.append(f"k{number}: {number}")
        elif part == "list":
            lines += [f"k{number}:", "- a", "# between", "- b: 1"]
            expected |= {
                (f"k{number}", "0"): at + 1,
                (f"k{number}", "1"): at + 3,
                (f"k{number}", "1", "b"): at + 3,
            }
        elif part == "text":
            lines += [f"k{number}: |", "  one", "  two"]
        else:
            lines.append("" if part == "blank" else "# a note")
            continue
        expected[(f"k{number}",)] = at
    root = read(folder, "\n".join(lines) + "\n")
    for keys, line in expected.items():
        node, depth = root.find(keys)
        assert (depth, node.place.line) == (len(keys), line)
