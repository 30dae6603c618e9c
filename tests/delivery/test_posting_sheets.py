"""Sheets for posting tools: what importers and spreadsheets make of whatever people write."""

from __future__ import annotations

import csv
import io
import json

from delivery_samples import (
    clip_plan,
    completed,
    composition,
    failed,
    keep_bytes,
    render_job,
    source_video,
    terms,
    transcript,
    turns,
)
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.output_profiles import limits_for
from shortform_assets.delivery.deliver import DeliveryRequest, deliver
from shortform_assets.delivery.outcomes import dispatch, finish, states
from shortform_assets.delivery.posting_sheets import COLUMNS, SHEETS, posting_sheets

PLATFORMS = ("tiktok", "reels", "shorts")
TEXT = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        [
            '=HYPERLINK("http://x")',
            "+1",
            "-2",
            "@jane",
            "\t=1",
            "＝1+1",
            'a","b',
            "one\ntwo",
            "👩‍👩‍👧‍👦" * 900,
        ]
    ),
)


def job(title: str = "Sleep", description: str = "", hashtags=(), aspect: str = "9:16"):
    made = render_job(0, title, aspect)
    more = made.enhancement.model_copy(update={"description": description, "hashtags": tuple(hashtags)})
    return made.model_copy(update={"enhancement": more, "limits": limits_for(PLATFORMS, aspect)})


def rows(sheet: str) -> list[dict[str, str]]:
    found = list(csv.reader(io.StringIO(sheet, newline=""), strict=True))
    assert tuple(found[0]) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in found)
    return [dict(zip(("date", "text", "link", "media", "title"), row, strict=False)) for row in found[1:]]


@given(TEXT, TEXT, st.lists(TEXT, max_size=40))
def test_no_cell_is_a_formula_and_no_text_is_too_long(title, description, hashtags):
    sheets = posting_sheets([(job(title, description, hashtags), "01-a.mp4")])
    assert set(sheets) == set(SHEETS)
    for name, sheet in sheets.items():
        (row,) = rows(sheet)
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"))
            assert not set(cell) & set("\r\n\0")
            # Nothing is cut inside a character: a half family would be other people.
            assert not cell.endswith("\u200d")
        # An apostrophe in front is not the platform's.
        limit = SHEETS[name]
        assert len(row["text"].removeprefix("'").encode("utf-16-le")) <= 2 * limit.caption
        assert len(row["title"].removeprefix("'").encode("utf-16-le")) <= 2 * limit.title
        if limit.tags:
            assert row["text"].count(" #") <= limit.tags + (title + description).count(" #")
        if name == "youtube":
            assert not set(row["title"] + row["text"]) & set("<>")


def test_rows_say_what_an_importer_wants():
    made = job("Why we sleep", "It is <odd>.", ["#sleep", "two words", "sleep"])
    sheets = {name: rows(sheet)[0] for name, sheet in posting_sheets([(made, "01-why.mp4")]).items()}
    assert sheets["youtube"]["title"] == "Why we sleep"
    assert sheets["youtube"]["text"] == "It is odd. #sleep #twowords #sleep"
    assert sheets["tiktok"]["text"] == "Why we sleep – It is <odd>. #sleep #twowords #sleep"
    assert {row["media"] for row in sheets.values()} == {"01-why.mp4"}
    assert {row["title"] for name, row in sheets.items() if name != "youtube"} == {""}
    # Square ones were made for none of these three.
    assert posting_sheets([(job(aspect="1:1"), "a.mp4")]) == {}


def test_a_delivery_has_a_row_for_what_is_ready_and_none_for_the_rest(bench):
    jobs = [
        made.model_copy(update={"limits": limits_for(PLATFORMS, "9:16")})
        for made in (render_job(n, f"Clip {n}") for n in range(3))
    ]
    index = composition(*jobs)
    for key in dispatch(bench.store, "talk", index, terms()).unfinished[1:]:
        output = key.rsplit("/", 1)[-1]
        video, poster = (keep_bytes(bench.store, bench.scratch, data) for data in (b"v", b"p"))
        end = failed(output) if output == jobs[2].output_id else completed(output, video, poster)
        finish(bench.store, key, end)
    said = transcript()
    standing = states(bench.store, "talk", index)
    made = deliver(
        bench,
        DeliveryRequest(
            index, standing, clip_plan(*jobs), said, turns(said), CreativeEdits(), source_video(), "a.mp4"
        ),
    )
    files = {file.name: bench.open(file.blob).read_text() for file in made.files if file.name.endswith("csv")}
    assert set(files) == {"posts-youtube.csv", "posts-tiktok.csv", "posts-instagram.csv"}
    for sheet in files.values():
        assert [row["media"] for row in rows(sheet)] == ["02-clip-1-9x16.mp4"]
    told = json.loads(bench.open(made.manifest).read_bytes())
    assert {kind: file["name"] for kind, file in told["posts"].items()} == {
        platform: f"posts-{platform}.csv" for platform in SHEETS
    }
    page = bench.open(made.review).read_text()
    assert all(f'href="posts-{platform}.csv"' in page for platform in SHEETS)
    assert all(f'href="edit-list.{kind}"' in page for kind in ("fcpxml", "edl", "otio"))


def test_a_draft_is_called_one_everywhere_and_never_ready(bench):
    limits = limits_for(PLATFORMS, "9:16")
    jobs = [
        render_job(n, f"Clip {n}").model_copy(update={"limits": limits, "draft": n == 1}) for n in range(2)
    ]
    index = composition(*jobs)
    for key in dispatch(bench.store, "talk", index, terms()).unfinished:
        output = key.rsplit("/", 1)[-1]
        video, poster = (keep_bytes(bench.store, bench.scratch, data) for data in (b"v", b"p"))
        finish(bench.store, key, completed(output, video, poster))
    said = transcript()
    made = deliver(
        bench,
        DeliveryRequest(
            index,
            states(bench.store, "talk", index),
            clip_plan(*jobs),
            said,
            turns(said),
            CreativeEdits(),
            source_video(),
            "a.mp4",
        ),
    )
    told = json.loads(bench.open(made.manifest).read_bytes())
    assert [(out["draft"], out["ready"], out["files"]["video"]["name"]) for out in told["outputs"]] == [
        (False, True, "01-clip-0-9x16.mp4"),
        (True, False, "02-clip-1-9x16-draft.mp4"),
    ]
    assert told["draft"]
    page = bench.open(made.review).read_text()
    assert "1 draft, not for posting" in page
    assert "1 ready" in page
    for file in made.files:
        if file.name.endswith(".csv"):
            assert [row["media"] for row in rows(bench.open(file.blob).read_text())] == ["01-clip-0-9x16.mp4"]
