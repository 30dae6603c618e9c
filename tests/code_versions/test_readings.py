"""Which edits of a function's source make it another function, and which are only other words."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.code_versions import code_of, codes_of
from shortform_assets.code_versions.versions import CodeBase

PROJECT = Path(__file__).resolve().parents[2]

TALK = '''
"""What it does."""

import math
from pack.words import LIMIT, shorten

GAP = 0.4
UNUSED = 7


def size(count: int, gap: float = GAP) -> float:
    """The size, in words."""
    # A comment.
    if count < 0:
        raise ValueError(f"there are {count} words, which is too few")
    assert count != 13, "not thirteen"
    log.info("sizing %d words", count)
    bench.progress(0.5, "half done")
    bench.note(words=count, about="sizes")
    total: float = math.floor(count * gap)
    return min(LIMIT, shorten(total))


def unrelated(count):
    return count + 1
'''
WORDS = """
LIMIT = 9


def shorten(value):
    return value - 1


def other(value):
    return value * 3
"""


def digest(folder: Path, talk: str = TALK, words: str = WORDS, entry: str = "pack.talk:size") -> str:
    root = folder / "pack"
    root.mkdir(exist_ok=True)
    (root / "__init__.py").write_text("")
    (root / "talk.py").write_text(talk)
    (root / "words.py").write_text(words)
    return codes_of(CodeBase({"pack": root}), entry).digest


SAME = {
    "a comment": ("# A comment.", "# Another one, longer."),
    "white space": (
        "    total: float = math.floor(count * gap)",
        "\n\n    total = math.floor(  count*gap )\n",
    ),
    "a docstring": ('"""The size, in words."""', '"""Something else."""'),
    "no docstring": ('    """The size, in words."""\n', ""),
    "the module's docstring": ('"""What it does."""', '"""What else it does."""'),
    "an annotation": ("total: float =", "total: 'int | None' ="),
    "no annotation": ("total: float =", "total ="),
    "annotations of a function": ("(count: int, gap: float = GAP) -> float:", "(count, gap=GAP) -> 'str':"),
    "an error's words": ("which is too few", "which is none"),
    "a log line's words": ("sizing %d words", "%d words are sized"),
    "a progress note": ('"half done"', '"halfway"'),
    "a fact's words": ('about="sizes"', 'about="the sizes"'),
    "an assertion's words": ('"not thirteen"', '"that brings bad luck"'),
    "an unused constant": ("UNUSED = 7", "UNUSED = 8"),
    "an unrelated function": ("return count + 1", "return count + 2"),
    "an unrelated import": ("import math", "import math\nimport json"),
}
OTHER = {
    "a constant": ("GAP = 0.4", "GAP = 0.5"),
    "a default": ("gap: float = GAP", "gap: float = 0.4"),
    "an operator": ("count * gap", "count / gap"),
    "a comparison": ("count < 0", "count <= 0"),
    "another function": ("math.floor", "math.ceil"),
    "what an error shows": ("{count} words", "{gap} words"),
    "the kind of an error": ("raise ValueError", "raise TypeError"),
    "an assertion": ("count != 13", "count != 14"),
    "how much is done": ("bench.progress(0.5", "bench.progress(0.6"),
    "a keyword": ("note(words=", "note(word="),
    "a decorator": ("def size(", "@cache\ndef size("),
    "async": ("def size(", "async def size("),
    "the order of parameters": ("count: int, gap: float = GAP", "gap: float, count: int = GAP"),
}


@pytest.mark.parametrize("edit", SAME.values(), ids=SAME)
def test_words_for_people_do_not_count(tmp_path: Path, edit: tuple[str, str]) -> None:
    assert edit[0] in TALK
    assert digest(tmp_path, TALK.replace(*edit)) == digest(tmp_path)


@pytest.mark.parametrize("edit", OTHER.values(), ids=OTHER)
def test_whatever_may_decide_counts(tmp_path: Path, edit: tuple[str, str]) -> None:
    assert edit[0] in TALK
    assert digest(tmp_path, TALK.replace(*edit)) != digest(tmp_path)


def test_only_what_is_reached_in_other_modules_counts(tmp_path: Path) -> None:
    base = digest(tmp_path)
    assert digest(tmp_path, words=WORDS.replace("value * 3", "value * 4")) == base
    assert digest(tmp_path, words=WORDS.replace("value - 1", "value - 2")) != base
    assert digest(tmp_path, words=WORDS.replace("LIMIT = 9", "LIMIT = 10")) != base


def test_where_a_definition_lies_does_not_count(tmp_path: Path) -> None:
    base = digest(tmp_path)
    moved = WORDS.replace("LIMIT = 9", "") + "\n\nfrom pack.limits import LIMIT\n"
    (tmp_path / "pack" / "limits.py").write_text("LIMIT = 9\n")
    assert digest(tmp_path, words=moved) == base


def test_two_functions_that_are_swapped_count(tmp_path: Path) -> None:
    """The same definitions are reached, by other names."""
    talk = "from pack.words import one, two\n\n\ndef size():\n    return one() - two()\n"
    words = "def _a():\n    return 1\n\n\ndef _b():\n    return 2\n\n\none = _a\ntwo = _b\n"
    swapped = words.replace("one = _a", "one = _b").replace("two = _b", "two = _a")
    assert digest(tmp_path, talk, words) != digest(tmp_path, talk, swapped)


REACHES = {
    "a method of a class that is made": (
        "from pack.words import Box\n\ndef size():\n    return Box().volume()\n",
        "class Box:\n    def volume(self):\n        return self._side()\n    def _side(self):\n        return 3\n",
        ("return 3", "return 4"),
    ),
    "a base class": (
        "from pack.words import Box\n\ndef size():\n    return Box\n",
        "class Thing:\n    edge = 3\n\nclass Box(Thing):\n    pass\n",
        ("edge = 3", "edge = 4"),
    ),
    "a field's type": (
        "from pack.words import Box\n\ndef size():\n    return Box()\n",
        "DIGITS = 3\n\nclass Box:\n    edge: rounded(DIGITS)\n",
        ("DIGITS = 3", "DIGITS = 4"),
    ),
    "an import in a function": (
        "def size():\n    from pack.words import edge\n    return edge()\n",
        "def edge():\n    return 3\n",
        ("return 3", "return 4"),
    ),
    "a module that is handed on": (
        "from pack import words\n\ndef size(name):\n    return getattr(words, name)\n",
        "def edge():\n    return 3\n",
        ("return 3", "return 4"),
    ),
    "a star": (
        "from pack.words import *\n\ndef size():\n    return edge()\n",
        "def edge():\n    return 3\n",
        ("return 3", "return 4"),
    ),
    "a name offered again": (
        "from pack.middle import edge\n\ndef size():\n    return edge()\n",
        "def edge():\n    return 3\n",
        ("return 3", "return 4"),
    ),
    "a class that is only in an annotation": (
        "from pack.words import Box\n\ndef size(box: Box):\n    return box.volume()\n",
        "class Box:\n    def volume(self):\n        return 3\n",
        ("return 3", "return 4"),
    ),
    "a constant that is filled later": (
        "from pack.words import TABLE\n\ndef size():\n    return TABLE\n",
        "TABLE = {}\nTABLE['a'] = 3\n",
        ("= 3", "= 4"),
    ),
    "what a module does when it is imported": (
        "from pack.words import edge\n\ndef size():\n    return edge()\n",
        "import numbers\n\ndef edge():\n    return 3\n\nnumbers.register(3)\n",
        ("register(3)", "register(4)"),
    ),
    "either branch": (
        "from pack.words import edge\n\ndef size():\n    return edge()\n",
        "try:\n    from fast import edge\nexcept ImportError:\n    def edge():\n        return 3\n",
        ("return 3", "return 4"),
    ),
    "a name that a package loads on first use": (
        "from pack.lazy import edge\n\ndef size():\n    return edge()\n",
        "def edge():\n    return 3\n",
        ("return 3", "return 4"),
    ),
    "a circle": (
        "from pack.words import down\n\ndef size(n):\n    return n and down(n)\n",
        "def down(n):\n    from pack.talk import size\n    return size(n - 1)\n",
        ("n - 1", "n - 2"),
    ),
}


@pytest.mark.parametrize(("talk", "words", "edit"), REACHES.values(), ids=REACHES)
def test_what_can_be_reached_counts(tmp_path: Path, talk: str, words: str, edit: tuple[str, str]) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "middle.py").write_text(
        "from pack.words import edge as edge\n" if "edge" in words else ""
    )
    lazy = tmp_path / "pack" / "lazy"
    lazy.mkdir()
    (lazy / "__init__.py").write_text("__getattr__ = attach_stub(__name__, __file__)\n")
    (lazy / "__init__.pyi").write_text("from ..words import edge as edge\n" if "edge" in words else "")
    before = digest(tmp_path, talk, words)
    assert edit[0] in words
    assert digest(tmp_path, talk, words.replace(*edit)) != before
    assert (
        digest(tmp_path, talk, words + "\n\ndef far_away():\n    return 1\n") == before or "getattr" in talk
    )


def test_of_a_record_only_methods_that_are_asked_for_count(tmp_path: Path) -> None:
    """Values of contracts enter the recipe by themselves; what is computed from them does not."""
    root = tmp_path / "shortform_assets"
    (root / "contracts").mkdir(parents=True)
    record = textwrap.dedent(
        """
        class Inner:
            length: int

            @property
            def seconds(self):
                return self._scaled() / 1000

            def _scaled(self):
                return self.length * 2

        class Outer:
            inner: Inner
            name: str = "x"

            @property
            def pin(self):
                return self.name + "@"
        """
    )
    talk = "from shortform_assets.contracts.record import Outer\n\ndef size(x: 'Outer'):\n    return x.inner.seconds\n"

    def version(text: str) -> str:
        (root / "contracts" / "record.py").write_text(text)
        (root / "talk.py").write_text(talk)
        return codes_of(CodeBase({"shortform_assets": root}), "shortform_assets.talk:size").digest

    base = version(record)
    assert version(record.replace("/ 1000", "/ 1001")) != base
    assert version(record.replace("length * 2", "length * 3")) != base, "what a method asks for itself"
    assert version(record.replace('+ "@"', '+ "%"')) == base
    assert version(record.replace('"x"', '"y"')) == base


def _prose(text: str) -> st.SearchStrategy[str]:
    """The module with blank lines and comments put between its lines."""
    lines = text.split("\n")
    breaks = [i for i, line in enumerate(lines) if line.strip()]
    extra = st.sampled_from(["", "# nothing", "    # deeper", "\t"])

    def put(where: list[tuple[int, str]]) -> str:
        new = list(lines)
        for at, what in sorted(where, reverse=True):
            new.insert(at, what)
        return "\n".join(new)

    return st.lists(st.tuples(st.sampled_from(breaks), extra), max_size=8).map(put)


@given(shuffled=st.permutations(range(len(ast.parse(TALK).body[3:]))), noise=_prose(WORDS))
def test_order_and_white_space_do_not_count(tmp_path_factory, shuffled: list[int], noise: str) -> None:
    tree = ast.parse(TALK)
    head, rest = tree.body[:3], tree.body[3:]
    tree.body = [*head, *(rest[i] for i in shuffled)]
    folder = tmp_path_factory.mktemp("pack")
    assert digest(folder, ast.unparse(tree), noise) == digest(folder)


def test_the_project_itself_is_read(tmp_path: Path) -> None:
    """Every stage's function is found, and one constant of captions changes captions and nothing before."""
    entries = {
        "captions": "shortform_assets.creative.enhance:plan_enhancement",
        "shots": "shortform_assets.media.shots:find_shots",
    }
    import shutil

    root = tmp_path / "shortform_assets"
    shutil.copytree(PROJECT / "shortform_assets", root, ignore=shutil.ignore_patterns("__pycache__"))
    before = {name: codes_of(CodeBase({"shortform_assets": root}), e) for name, e in entries.items()}
    assert set(before["shots"].libraries) >= {"av", "numpy"}
    # How long a film of a style is the plan asks PyAV; what finds shots it never meets.
    assert not {"cv2", "scipy"} & set(before["captions"].libraries)
    pages = root / "creative" / "captions" / "text" / "pages.py"
    text = pages.read_text()
    assert "COLUMNS_A_WORD = " in text
    pages.write_text(text.replace("COLUMNS_A_WORD = ", "COLUMNS_A_WORD = 1 + "))
    after = {name: codes_of(CodeBase({"shortform_assets": root}), e) for name, e in entries.items()}
    assert after["captions"].digest != before["captions"].digest
    assert after["shots"].digest == before["shots"].digest
    changed = {
        name
        for name, made in after["captions"].definitions.items()
        if made != before["captions"].definitions.get(name)
    }
    assert changed == {"shortform_assets.creative.captions.text.pages:COLUMNS_A_WORD"}


def test_how_versions_are_told_is_in_no_version() -> None:
    """A model's fingerprint asks for its code's version: that is no part of the model."""
    from resources.stt.moonshine import MoonshineProvider
    from resources.stt.whisper import WhisperProvider

    for provider in (WhisperProvider, MoonshineProvider):
        made = code_of(provider)
        assert not [
            name for name in made.definitions if ".code_versions." in name or "resources.models" in name
        ]
        assert "ffmpeg" not in made.libraries
    assert "faster_whisper" in code_of(WhisperProvider).libraries


def test_what_was_found_is_kept_until_a_byte_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest(tmp_path)
    folders, cache = {"pack": tmp_path / "pack"}, tmp_path / "cache"
    before = codes_of(CodeBase(folders, cache), "pack.talk:size")
    with monkeypatch.context() as patch:
        patch.setattr("shortform_assets.code_versions.versions.closure_of", None)
        assert codes_of(CodeBase(folders, cache), "pack.talk:size") == before
    (tmp_path / "pack" / "words.py").write_text(WORDS.replace("LIMIT = 9", "LIMIT = 8"))
    assert codes_of(CodeBase(folders, cache), "pack.talk:size").digest != before.digest
    for file in cache.iterdir():
        file.write_text("{half a")
    assert codes_of(CodeBase(folders, cache), "pack.talk:size").digest != before.digest


def test_a_file_that_changes_under_a_running_process_is_not_seen(tmp_path: Path) -> None:
    """The process has loaded the old one, and computes by it."""
    before = digest(tmp_path)
    base = CodeBase({"pack": tmp_path / "pack"})
    (tmp_path / "pack" / "talk.py").write_text(TALK.replace("GAP = 0.4", "GAP = 0.5"))
    assert codes_of(base, "pack.talk:size").digest == before
