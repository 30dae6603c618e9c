"""One clock, one slug, one idea of what can be seen: for whatever text and time."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.text.clock import clock
from shortform_assets.text.slug import slug
from shortform_assets.text.visible import is_unseen, one_line, visible

FORMATS = [{}, {"decimals": 1}, {"decimals": 3, "hours": 2, "point": ","}, {"decimals": 2, "hours": 1}]


@given(st.integers(0, 400_000_000), st.sampled_from(FORMATS))
def test_a_time_reads_back_to_its_last_decimal(ms, how) -> None:
    shown = clock(ms, **how)
    *hours, minutes, seconds = shown.replace(",", ".").split(":")
    back = (60 * (60 * int(hours[0] if hours else 0) + int(minutes))) * 1000 + round(float(seconds) * 1000)
    step = 10 ** (3 - how.get("decimals", 0))
    assert back == ms - ms % step
    assert len(hours) == bool(how.get("hours") or ms >= 3_600_000)


@pytest.mark.parametrize(
    ("ms", "how", "shown"),
    [
        (0, {}, "0:00"),
        (59_999, {}, "0:59"),
        (3_723_456, {}, "1:02:03"),
        (123_456, {"decimals": 1}, "2:03.4"),
        (3_723_456, {"decimals": 3, "hours": 2, "point": ","}, "01:02:03,456"),
        (3_723_450, {"decimals": 2, "hours": 1}, "1:02:03.45"),
        (360_000_000, {"hours": 2}, "100:00:00"),
    ],
)
def test_times_in_every_format(ms, how, shown) -> None:
    assert clock(ms, **how) == shown


@given(st.text(max_size=80), st.integers(1, 60), st.booleans())
def test_a_slug_is_short_and_safe(text, longest, ascii_only) -> None:
    made = slug(text, longest, "none", ascii_only=ascii_only)
    assert len(made.encode()) <= max(longest, len("none"))
    assert made == made.strip("-")
    assert "--" not in made
    if ascii_only:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    else:
        assert all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in made)


def test_slugs_of_names() -> None:
    assert slug("Ça va? Что нового, 世界", 100, "clip") == "ça-va-что-нового-世界"
    assert slug("Ça va? Что нового, 世界", 40, "video", ascii_only=True) == "ca-va"
    assert slug("x" * 99, 40, "video", ascii_only=True) == "x" * 40
    assert slug("🎉", 40, "video", ascii_only=True) == "video"


@given(st.text(max_size=60))
def test_a_line_holds_what_can_be_seen_and_nothing_else(text) -> None:
    line = one_line(text)
    assert not any(map(is_unseen, line))
    assert line == " ".join(line.split()) == one_line(line)
    kept = [c for c in unicodedata.normalize("NFC", text) if not is_unseen(c) and not c.isspace()]
    assert [c for c in line if c != " "] == kept


def test_what_hides_is_gone_and_what_shapes_stays() -> None:
    assert one_line("a\n\t b\u202e\x00c\u00ad\ufeff") == "a b c"
    assert one_line("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"
    assert visible("one\n two\x1b") == "one\n two "
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert visible(f"a{england}b\U000e0061\U000e007f") == f"a{england}b"
