"""Manifest, review page, captions and export, fed with what people really type as titles."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from delivery_samples import (
    clip_plan,
    completed,
    composition,
    failed,
    keep_bytes,
    render_job,
    saying,
    source_video,
    terms,
    transcript,
    turns,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.bench import StoreBench
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.delivery.deliver import DeliveryRequest, deliver
from shortform_assets.delivery.export import LIST_NAME, export
from shortform_assets.delivery.file_names import file_stems
from shortform_assets.delivery.outcomes import dispatch, finish, states
from shortform_assets.errors import InputError
from shortform_assets.text.graphemes import grapheme_count, graphemes

HOSTILE = (
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "🎉🎉",
    "x" * 300,
    "CON",
    "",
    "Ça va? Что нового, 世界 \u202egnp.exe",
    '" onerror="alert(1)',
    "{{ 7 * 7 }} & {% raw %}",
)


LOST = render_job(254, "The one that nobody is seen in")
LATE = render_job(255, "The one that was planned later")


def delivered(
    bench: StoreBench,
    titles: tuple[str, ...] = HOSTILE,
    fail: int = -1,
    late: tuple[RenderJob, ...] = (),
    untitled: tuple[str, ...] = (),
    draft: bool = False,
) -> Delivery:
    """All outputs completed, each with bytes of its own, but for number `fail`; the clip of LOST was dropped
    on the way, those of `late` were planned after the composition, those called as `untitled` need a title."""
    jobs = [
        saying(render_job(n, title), title).model_copy(update={"draft": draft})
        for n, title in enumerate(titles)
    ]
    index = composition(*jobs).model_copy(
        update={
            "dropped": (Dropped(clip_id=LOST.clip_id, stage="crop_paths", reason="<b>Nobody</b> is seen."),)
        }
    )
    for key in dispatch(bench.store, "talk", index, terms()).unfinished:
        n = next(n for n, job in enumerate(jobs) if key.endswith(job.output_id))
        video = keep_bytes(bench.store, bench.scratch, f"video of {titles[n]}".encode())
        poster = keep_bytes(bench.store, bench.scratch, b"poster")
        output = jobs[n].output_id
        finish(bench.store, key, failed(output) if n == fail else completed(output, video, poster))
    standing = states(bench.store, "talk", index)
    said = transcript()
    plan = clip_plan(*jobs, LOST, *late)
    request = DeliveryRequest(
        index,
        standing,
        plan.model_copy(
            update={
                "clips": tuple(c.model_copy(update={"needs_title": c.title in untitled}) for c in plan.clips)
            }
        ),
        said,
        turns(said),
        CreativeEdits(),
        source_video(),
        "talk.mp4",
        ("The local editor chose.",),
    )
    return deliver(bench, request)


class Page(HTMLParser):
    """Elements and attributes, and what a browser would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("src", "href", "poster")]

    def handle_data(self, data) -> None:
        self.text += data


def test_the_page_escapes_everything_and_links_only_files_beside_it(bench) -> None:
    delivery = delivered(bench, fail=1)
    page = Page(bench.open(delivery.review).read_text())
    assert {"script", "b", "img", "iframe", "link"}.isdisjoint(page.tags)
    assert not any(name.startswith("on") for name in page.attributes)
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    names = {file.name for file in delivery.files}
    assert {unquote(link) for link in page.links} <= names
    assert page.tags.count("video") == len(HOSTILE) - 1
    for said in (
        "Made by a fallback",
        "The local editor chose.",
        "The picture was lost.",
        "Nobody",
        "overlaps",
    ):
        assert said in page.text


def test_a_clip_that_needs_a_title_says_so_on_the_page_and_to_tools(bench) -> None:
    titled = delivered(bench)
    assert "eeds a title" not in bench.open(titled.review).read_text()
    asked = delivered(bench, untitled=(HOSTILE[1],))
    page = Page(bench.open(asked.review).read_text()).text
    assert page.count("Needs a title") == 1
    assert "1 needs a title" in page
    told = json.loads(bench.open(asked.manifest).read_bytes())
    assert [output["needs_title"] for output in told["outputs"]] == [title == HOSTILE[1] for title in HOSTILE]


@pytest.mark.parametrize("fail", [-1, 0])
def test_the_manifest_tells_tools_the_same(bench, fail) -> None:
    delivery = delivered(bench, fail=fail)
    told = json.loads(bench.open(delivery.manifest).read_bytes())
    assert (delivery.complete, told["complete"]) == (True, True)
    assert [output["title"] for output in told["outputs"]] == list(HOSTILE)
    assert told["outputs"][1]["source_ms"] == [[4000, 6000]]
    files = {file.name: file.blob for file in delivery.files}
    for n, output in enumerate(told["outputs"]):
        assert output["ready"] is (n != fail)
        for file in output["files"].values():
            assert (files[file["name"]].sha256, files[file["name"]].size) == (file["sha256"], file["size"])
    assert [drop["reason"] for drop in told["dropped"]] == ["<b>Nobody</b> is seen."]
    assert delivered(bench, fail=fail) == delivery, "the same delivery must be the same bytes"


def test_every_planned_clip_without_output_is_listed_with_its_reason(bench) -> None:
    delivery = delivered(bench, ("One",), late=(LATE,))
    assert [(drop.clip_id, drop.stage) for drop in delivery.dropped] == [
        (LOST.clip_id, "crop_paths"),
        (LATE.clip_id, "composition"),
    ]
    told = json.loads(bench.open(delivery.manifest).read_bytes())
    assert told["dropped"] == [drop.model_dump(mode="json") for drop in delivery.dropped]
    page = Page(bench.open(delivery.review).read_text()).text
    for said in ("nobody is seen in", "<b>Nobody</b> is seen.", "was planned later", "shortform rerun"):
        assert said in page


@given(titles=st.lists(st.text(max_size=400), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_names_are_unique_and_safe(titles) -> None:
    jobs = [render_job(n, title, aspect) for n, title in enumerate(titles) for aspect in ("9:16", "16:9")]
    stems = list(file_stems(composition(*jobs)).values())
    assert len(set(stems)) == len(stems)
    for stem in stems:
        assert len(stem.encode()) < 200
        assert stem[:2].isdigit()
        assert stem.endswith(("-9x16", "-16x9"))
        assert not set(stem) & set('/\\:*?"<>|. \t\n\0\u202e')


def test_a_long_title_without_spaces_is_cut_between_characters() -> None:
    title = "ทำไมเรื่องนี้ถึงสำคัญมากสำหรับทุกคนที่ฟังอยู่ตอนนี้"
    (stem,) = file_stems(composition(render_job(0, title))).values()
    kept = stem[3:-5]
    assert title.startswith(kept)
    assert 90 < len(kept.encode()) <= 100
    assert graphemes(title)[: grapheme_count(kept)] == graphemes(kept)


def test_hostile_titles_make_plain_names() -> None:
    stems = file_stems(composition(*(render_job(n, title) for n, title in enumerate(HOSTILE))))
    assert [stem[3:-5] for stem in stems.values()] == [
        "script-alert-1-script",
        "etc-passwd",
        "clip",
        "x" * 100,
        "con",
        "clip",
        "ça-va-что-нового-世界-gnp-exe",
        "onerror-alert-1",
        "7-7-raw",
    ]


def test_export_twice_writes_once_and_follows_a_change(bench, tmp_path) -> None:
    out = tmp_path / "a" / "out"
    first = export(bench.open, delivered(bench, ("One", "Two")), out)
    assert {path.name for path in first} >= {
        "01-one-9x16.mp4",
        "01-one-9x16.srt",
        "manifest.json",
        "index.html",
    }
    (out / "notes.txt").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert export(bench.open, delivered(bench, ("One", "Two")), out) == first
    after = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert {p for p in before if before[p] != after[p]} <= {out / LIST_NAME}

    export(bench.open, delivered(bench, ("Uno", "Two")), out)
    names = {path.name for path in out.iterdir()}
    assert {n for n in names if n.endswith(".mp4")} == {"01-uno-9x16.mp4", "02-two-9x16.mp4"}
    assert (out / "notes.txt").read_text() == "mine"
    # Editing an exported file in place must not reach the store.
    blob = next(f.blob for f in delivered(bench, ("Uno", "Two")).files if f.name == "01-uno-9x16.mp4")
    (out / "01-uno-9x16.mp4").write_text("cut by hand")
    assert bench.open(blob).read_text() == "video of Uno"


def test_export_touches_nothing_it_did_not_write(bench, tmp_path) -> None:
    delivery = delivered(bench, ("One", "Two"))
    foreign, link, folder = tmp_path / "foreign", tmp_path / "link", tmp_path / "folder"
    for out in (foreign, link, folder):
        out.mkdir()
    (foreign / "02-two-9x16.mp4").write_text("a holiday")
    (link / "index.html").symlink_to(tmp_path / "elsewhere")
    (folder / "manifest.json").mkdir()
    for out in (foreign, link, folder):
        with pytest.raises(InputError, match="move it away"):
            export(bench.open, delivery, out)
        assert len(list(out.iterdir())) == 1
    assert (foreign / "02-two-9x16.mp4").read_text() == "a holiday"
    assert not (tmp_path / "elsewhere").exists()

    # One's own file, changed by hand, is not removed when it is no longer wanted, nor replaced when it is.
    out = tmp_path / "out"
    export(bench.open, delivery, out)
    (out / "01-one-9x16.mp4").write_text("cut by hand")
    export(bench.open, delivered(bench, ("Uno", "Two")), out)
    assert (out / "01-one-9x16.mp4").read_text() == "cut by hand"
    with pytest.raises(InputError, match="not what shortform wrote"):
        export(bench.open, delivery, out)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_an_export_that_was_cut_off_is_finished_by_the_next(bench, tmp_path, after) -> None:
    out = tmp_path / "out"
    export(bench.open, delivered(bench, ("One", "Two"), fail=1), out)
    delivery, opened = delivered(bench, ("Uno", "Dos")), []

    def full_disk(blob):
        opened.append(blob)
        if len(opened) > after:
            raise OSError(28, "No space left on device")
        return bench.open(blob)

    with pytest.raises(InputError, match="No space left"):
        export(full_disk, delivery, out)
    paths = export(bench.open, delivery, out)
    assert {p.name for p in out.iterdir()} == {p.name for p in paths} | {LIST_NAME}
    assert [p.read_bytes() for p in paths] == [bench.open(f.blob).read_bytes() for f in delivery.files]
