"""The served review page in a real browser: seen, heard, edited by mouse and by keyboard, on a desk and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from review_rig import ServedReview

from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.selection import ClipPlan

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--mute-audio",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed here")
    pytest.importorskip("playwright.sync_api", reason="Playwright is not installed here")
    return found


@contextmanager
def opened(chromium: str, review: ServedReview, size: ViewportSize) -> Iterator[tuple]:
    """A page of the size given, and what its console says of errors."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, headless=True, args=_FLAGS)
        page = browser.new_page(viewport=size)
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(30_000)
        page.goto(review.address.url)
        try:
            yield page, faults
        finally:
            browser.close()


UNNAMED = """() => [...document.querySelectorAll("button, a, input, select, video, img, progress, summary")]
  .filter((e) => e.offsetParent !== null && !(
    e.getAttribute("aria-label") || e.textContent.trim() || e.getAttribute("alt") || e.labels?.length))
  .map((e) => e.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  return ids.filter((id, n) => ids.indexOf(id) !== n); }"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_clip_is_seen_and_everything_can_be_reached(chromium, served, size):
    with opened(chromium, served, size) as (page, faults):
        video = page.locator("video").first
        video.evaluate("v => v.play()")
        page.wait_for_function("() => document.querySelector('video').currentTime > 0.3")
        video.evaluate("v => { v.pause(); v.currentTime = 2; }")
        page.wait_for_function("() => !document.querySelector('video').seeking")
        assert abs(video.evaluate("v => v.currentTime") - 2) < 0.1
        edit = page.get_by_role("button", name="Edit", exact=True).first
        edit.focus()
        page.keyboard.press("Enter")
        words = page.get_by_role("group", name="Words of the clip and around it")
        words.wait_for()
        assert edit.get_attribute("aria-expanded") == "true"
        # One stop for the tab key; arrows go on from there, and Enter is a click: it seeks.
        kept = words.locator("button.kept")
        assert words.locator("button[tabindex='0']").count() == 1
        kept.first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        third = page.evaluate("() => document.activeElement.textContent")
        assert third == kept.nth(2).text_content()
        page.wait_for_function("() => document.querySelector('.words .spoken') !== null")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.plots img')].every((i) => i.complete && i.naturalWidth)"
        )
        assert page.evaluate(UNNAMED) == []
        assert page.evaluate(TWICE) == []
        assert page.evaluate(WIDE) <= 0
        assert faults == []


def test_an_edit_is_told_where_it_is_made_and_a_refusal_too(chromium, writable):
    with opened(chromium, writable, DESK) as (page, faults):
        page.get_by_role("button", name="Drop").nth(1).click()
        told = page.locator(".told").nth(1)
        told.get_by_text("is left out").wait_for()
        assert page.locator("#waiting").text_content() == "1 edit waits to be rendered."
        assert page.locator("[data-state]").nth(1).text_content() == "dropped"
        page.get_by_role("button", name="Drop").nth(1).click()
        told.get_by_text("was dropped already").wait_for()
        assert "wrong" in (told.get_attribute("class") or "")
        page.reload()
        assert page.locator("[data-state]").nth(1).text_content() == "dropped"
        # A request that is refused is an error to the browser, and nothing else is.
        assert [fault for fault in faults if "400" not in fault] == []


@pytest.mark.slow
def test_a_clip_is_trimmed_by_clicking_words_and_the_new_one_is_seen(chromium, writable):
    plan = writable.project.current(writable.key, "clip_plan", ClipPlan)
    before = plan.clips[0]
    with opened(chromium, writable, DESK) as (page, faults):
        page.set_default_timeout(600_000)
        old = page.locator("video").first.get_attribute("src")
        old_length = length(page)
        page.get_by_role("button", name="Edit", exact=True).first.click()
        words = page.get_by_role("group", name="Words of the clip and around it")
        words.wait_for()
        kept = words.locator("button.kept")
        count = kept.count()
        page.get_by_role("button", name="Begin here").click()
        kept.nth(2).click()
        kept.nth(count - 2 - 2).click()
        assert kept.count() == count - 2 - 1
        page.get_by_role("button", name="Trim to the marked words").click()
        page.locator(".told").first.get_by_text("clip 1 changes").wait_for()
        page.get_by_role("button", name="Render again").click()
        page.locator("#run").wait_for()
        page.wait_for_function("() => document.querySelector('#waiting').dataset.count === '0'")
        page.wait_for_load_state()
        assert page.locator("#fault").is_hidden()
        assert length(page) < old_length
        assert old
        assert faults == []
    after = writable.project.current(writable.key, "clip_plan", ClipPlan).clips[0]
    assert after.word_ranges[0][0] == before.word_ranges[0][0] + 2
    assert after.word_ranges[-1][1] == before.word_ranges[-1][1] - 1
    states = writable.project.current(writable.key, "delivery", Delivery).outputs
    assert {state.state for state in states} == {"completed"}


def length(page) -> float:
    video = page.locator("video").first
    video.evaluate("v => { v.preload = 'metadata'; v.load(); }")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    return video.evaluate("v => v.duration")
