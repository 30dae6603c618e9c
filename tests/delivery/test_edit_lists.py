"""Edit lists, read back by OpenTimelineIO's adapters and frame by frame the plan."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import chain, pairwise
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from delivery_samples import clip_plan, composition, render_job, source_video
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from present import present
from test_deliver import HOSTILE

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import AspectFraming, Framing, Keyframe, Panel
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.selection import ClipPlan, PlannedClip, Span, clip_id
from shortform_assets.delivery.edit_lists.edit_list_files import edit_lists

WHOLE_RATES = [FrameRate(num=n) for n in (24, 25, 30, 50)]
BROADCAST = [FrameRate(num=n, den=1001) for n in (24000, 30000, 60000)]
WIDTH, HEIGHT = 320, 180


@st.composite
def talks(draw, rates=st.sampled_from([*WHOLE_RATES, *BROADCAST])):
    """A composition and its plan: clips of several spans in any order, cameras that move, hostile titles."""
    rate, jobs = draw(rates), list[RenderJob]()
    clips = list[PlannedClip]()
    for number in range(draw(st.integers(1, 3))):
        edges = draw(st.lists(st.integers(0, 3000), min_size=2, max_size=8, unique=True).map(sorted))
        spans = [Span(start_frame=a, end_frame=b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
        spans = draw(st.permutations(spans))
        frames = sum(span.frames for span in spans)
        job = render_job(number, draw(st.sampled_from(HOSTILE)), frames=frames)
        cuts = draw(st.lists(st.integers(1, max(1, frames - 1)), max_size=3))
        inner = sorted({0, frames, *(cut for cut in cuts if cut < frames)})
        framings = tuple(draw(framing_of(a, b)) for a, b in pairwise(inner))
        known = clip_id(spans)
        assume(known not in {clip.clip_id for clip in clips})
        planned = clip_plan(job).clips[0]
        jobs.append(
            job.model_copy(
                update={
                    "clip_id": known,
                    "output_id": f"{known}-9x16",
                    "rate": rate,
                    "media": job.media.model_copy(update={"clip_id": known, "rate": rate}),
                    "framing": AspectFraming(aspect="9:16", framings=framings),
                }
            )
        )
        ranges = ((0, 1),) * len(spans)
        reason = draw(st.sampled_from(["It is <good>.", "", "001  X V C 00:00:00:00\n002 y"]))
        facts = {"clip_id": known, "spans": tuple(spans), "word_ranges": ranges, "reason": reason}
        clips.append(planned.model_copy(update=facts))
    plan = ClipPlan(editor="local", rate=rate, clips=tuple(clips), target_count=len(clips))
    return composition(*jobs), plan


@st.composite
def framing_of(draw, start, end):
    height = draw(st.floats(40, HEIGHT))
    width = height * 9 / 16
    key = st.builds(
        Keyframe,
        frame=st.integers(start, end - 1),
        x=st.floats(0, WIDTH - width),
        y=st.floats(0, HEIGHT - height),
    )
    path = draw(st.lists(key, min_size=1, max_size=4, unique_by=lambda k: k.frame))
    path = tuple(sorted(path, key=lambda k: k.frame))
    panels = [Panel(slot=(0, 0, 1, 1), width=width, height=height, path=path)]
    if draw(st.booleans()):
        panels = [Panel(slot=(0, y, 1, 0.5), width=width, height=width * 8 / 9, path=path) for y in (0, 0.5)]
    layout = "single" if len(panels) == 1 else "stacked"
    return Framing(start_frame=start, end_frame=end, layout=layout, reason="a & b", panels=tuple(panels))


def shown(plan: ClipPlan) -> list[list[int]]:
    """The source frame of every frame of every clip."""
    return [[clip.timeline.to_source(n) for n in range(clip.frames)] for clip in plan.clips]


def read(track, first: int = 0) -> list[int]:
    """The source frame of every frame of a track."""
    found = list[int]()
    for clip in track.find_clips():
        start = clip.source_range.start_time.to_frames() - first
        found += range(start, start + clip.source_range.duration.to_frames())
    return found


def seconds(text: str) -> Fraction:
    return Fraction(text.removesuffix("s"))


@settings(max_examples=20)
@given(talks())
def test_fcpxml_is_the_plan_frame_by_frame(made):
    index, plan = made
    text = edit_lists(index, plan, source_video(plan.rate), "talk.mp4", "A <talk>").files["fcpxml"]
    root = ElementTree.fromstring(text)
    projects = root.findall("library/event/project")
    assert len(projects) == len(plan.clips)
    frame = plan.rate.fraction
    adapted = otio.adapters.read_from_string(text, "fcpx_xml")
    for project, timeline, frames, job in zip(projects, adapted, shown(plan), index.outputs, strict=True):
        found, at = list[int](), 0
        pieces = project.findall("sequence/spine/asset-clip")
        for clip in pieces:
            start, length, offset = (
                seconds(clip.get(name, "")) * frame for name in ("start", "duration", "offset")
            )
            assert start.denominator == length.denominator == offset.denominator == 1
            assert offset == at
            check_crop(clip, job, int(start), at, int(length), frame)
            found += range(int(start), int(start + length))
            at += int(length)
        assert found == frames
        assert seconds(present(project.find("sequence")).get("duration", "")) * frame == len(frames)
        # The adapter rounds every time down through a float, and knows whole rates only.
        if plan.rate.den == 1:
            ranges = [clip.source_range for clip in timeline.tracks[0].find_clips()]
            assert len(ranges) == len(pieces)
            for clip, told in zip(pieces, ranges, strict=True):
                for name, value in (("start", told.start_time), ("duration", told.duration)):
                    assert seconds(clip.get(name, "")) * frame - value.to_frames() in (0, 1)
        (marker, *_) = pieces[0].findall("marker")
        assert marker.get("value")
        assert timeline.tracks[0].find_clips()[0].markers[0].name == marker.get("value")


def check_crop(clip, job, start: int, at: int, length: int, frame: Fraction) -> None:
    """The transform shows the box of the plan, at every frame; of several pictures a marker says so."""
    framing = job.framing.at(at)
    transform = clip.find("adjust-transform")
    if len(framing.panels) > 1:
        assert transform is None
        assert any("2 pictures" in marker.get("value") for marker in clip.findall("marker"))
        return
    panel = framing.panels[0]
    scale = float(transform.get("scale").split()[0]) * min(job.width / WIDTH, job.height / HEIGHT)
    assert WIDTH * scale == pytest.approx(WIDTH * job.width / panel.width, rel=1e-4)
    for n in range(length):
        moved = []
        for axis, name in enumerate("XY"):
            keys = transform.findall(f"param/param[@name='{name}']/keyframeAnimation/keyframe")
            told = [(seconds(k.get("time")) * frame - start, float(k.get("value"))) for k in keys]
            moved.append(linear(told, n) if told else float(transform.get("position").split()[axis]))
        right, up = (share * job.height / 100 for share in moved)
        middle = WIDTH / 2 - right / scale, HEIGHT / 2 + up / scale
        x, y = panel.corner(at + n)
        assert middle == pytest.approx((x + panel.width / 2, y + panel.height / 2), abs=0.3)


def linear(keys, at: float) -> float:
    for (a, low), (b, high) in pairwise(keys):
        if a <= at <= b:
            return low + (high - low) * float((at - a) / (b - a))
    return keys[0][1] if at < keys[0][0] else keys[-1][1]


@settings(max_examples=40)
@given(talks(), st.sampled_from(["", "10:00:00:00", "00:59:59:12"]))
def test_edl_and_otio_are_the_plan_frame_by_frame(made, code):
    index, plan = made
    rate = plan.rate.num / plan.rate.den
    files = edit_lists(index, plan, source_video(plan.rate, code), "talk.mp4", "A\ntalk").files
    first = otio.opentime.from_timecode(code or "00:00:00:00", rate).to_frames()
    frames = [*chain(*shown(plan))]
    titles = ["".join(job.enhancement.title.split()) for job in index.outputs]
    for kind, timeline in (
        ("edl", otio.adapters.read_from_string(files["edl"], "cmx_3600", rate=rate)),
        ("otio", otio.adapters.read_from_string(files["otio"], "otio_json")),
    ):
        assert timeline.name == "A talk"
        video, sound = timeline.video_tracks()[0], timeline.audio_tracks()[0]
        assert read(video, first) == read(sound, first) == frames, kind
        assert video.duration().to_frames() == len(frames)
        markers = [marker for clip in video.find_clips() for marker in clip.markers]
        assert len(markers) == len(plan.clips)
        for marker, title in zip(markers, titles, strict=True):
            said = "".join(marker.name.split())
            assert said == "Clip" if not title else set(said) <= set(title)
    events = [line for line in files["edl"].splitlines() if re.match(r"\d", line)]
    assert len(events) == sum(len(clip.spans) for clip in plan.clips)
    # What OTIO has no schema for is in its metadata.
    clips = otio.adapters.read_from_string(files["otio"], "otio_json").video_tracks()[0].find_clips()
    camera = clips[0].metadata["shortform"]["camera"]
    told = index.outputs[0].framing.at(0).panels[0]
    assert camera[0]["panels"][0]["width"] == told.width
    assert [m.comment for m in clips[0].markers] == [" ".join(plan.clips[0].reason.split())]


def test_source_timecode_is_the_files_own_and_drops_where_it_does():
    plan = clip_plan(job := render_job(frames=50)).model_copy(update={"rate": BROADCAST[1]})
    index = composition(job)
    files = edit_lists(index, plan, source_video(BROADCAST[1], "00:00:59;28"), "a.mov", "T").files
    # Frame 100 after 00:00:59;28: two numbers are left out at the full minute.
    assert "00:01:03;10 00:01:05;00 01:00:00:00 01:00:01:20" in files["edl"]
    root = ElementTree.fromstring(files["fcpxml"])
    start = present(present(root.find(".//asset-clip")).get("start"))
    assert seconds(start) * BROADCAST[1].fraction == 59 * 30 + 28 + 100
    # A camera at 50 whose pictures were brought to 25: the moment stays.
    files = edit_lists(
        index, clip_plan(job), source_video(FrameRate(num=50), "01:00:00:10"), "a.mov", "T"
    ).files
    assert "01:00:04:05 01:00:06:05" in files["edl"]


def test_what_a_format_cannot_hold_is_said():
    job = render_job(frames=50)
    odd = clip_plan(job).model_copy(update={"rate": FrameRate(num=25, den=2)})
    made = edit_lists(composition(job), odd, source_video(FrameRate(num=25, den=2)), "a.mp4", "T")
    assert set(made.files) == {"fcpxml", "otio"}
    assert "there is no EDL: there is no timecode for 12.5 frames a second" in made.notes
    spans = tuple(Span(start_frame=2 * n, end_frame=2 * n + 1) for n in range(1000))
    clip = clip_plan(job).clips[0].model_copy(update={"spans": spans, "word_ranges": ((0, 1),) * 1000})
    many = clip_plan(job).model_copy(update={"clips": (clip,)})
    made = edit_lists(composition(job), many, source_video(), "a.mp4", "T")
    assert any("1000 events, and the format has 999" in note for note in made.notes)
    assert (
        edit_lists(composition(job), many.model_copy(update={"clips": ()}), source_video(), "a", "T").files
        == {}
    )
