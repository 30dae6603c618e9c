"""Time and money before a run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.shipped_prices import shipped_prices
from shortform_assets.cli.estimate_command import estimate
from shortform_assets.cli.terminal import Terminal
from shortform_assets.delivery.render_cost import render_cost
from shortform_assets.errors import InputError
from shortform_assets.media.ffmpeg import run_ffmpeg

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_made_of_the_price_list() -> None:
    made = runpy.run_path(str(ROOT / "docs/cost_page.py"))["page"](shipped_prices())
    assert (ROOT / "docs/cost.md").read_text() == made, "run `python docs/cost_page.py`"


@given(st.integers(128, 10_239), st.floats(0.5, 900))
def test_more_memory_is_never_slower_and_a_longer_clip_never_cheaper(memory: int, seconds: float) -> None:
    prices = shipped_prices()
    cost = render_cost(prices, memory, seconds)
    assert render_cost(prices, memory + 1, seconds).seconds < cost.seconds
    longer = render_cost(prices, memory, seconds + 1)
    assert longer.dollars > cost.dollars
    assert longer.seconds > cost.seconds
    # Less than one processor costs as much as one: only the time changes.
    compute = cost.seconds * memory / 1024 * prices.aws.lambda_gb_second
    assert compute <= cost.dollars
    assert cost.seconds * cost.processors >= prices.render.cpu_seconds * seconds * 0.999


def test_one_processor_takes_the_cpu_seconds_and_two_what_was_measured() -> None:
    prices = shipped_prices()
    one, two = (render_cost(prices, n * prices.lambda_.megabytes_a_processor, 60) for n in (1, 2))
    assert one.seconds == pytest.approx(prices.render.start_seconds + 60 * prices.render.cpu_seconds)
    assert one.seconds / two.seconds == pytest.approx(prices.render.speedup_of_two)


def test_a_file_is_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SHORTFORM_STORE", raising=False)
    source = tmp_path / "talk.m4a"
    run_ffmpeg(["-f", "lavfi", "-i", "sine=r=8000", "-t", "600", "-c:a", "aac", "-b:a", "8k", str(source)])
    with (tmp_path / "said").open("w+") as said:
        estimate(Terminal(file=said), str(source), "podcast", 7)
        said.seek(0)
        text = said.read()
    assert "10 min, about 7 clips of 45 s in 9:16: 7 outputs" in text
    assert "first guesses for 100% of the stages" in text
    prices = shipped_prices()
    assert f"{7 * render_cost(prices, 1769, 45).dollars:.3f}" in text
    assert str(prices.aws.as_of) in text
    for wrong, why in (("s3://bucket/talk.mp4", "local file"), (str(tmp_path / "none.mp4"), "no such file")):
        with pytest.raises(InputError, match=why):
            estimate(Terminal(file=None), wrong, "podcast", None)
