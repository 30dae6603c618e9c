"""Voices find their persons across clips, and only where the mouths bear it out."""

from __future__ import annotations

import numpy as np

from shortform_assets.contracts.base import Blob, FrameRate
from shortform_assets.contracts.clips import FaceTrack, FaceTracks, FaceTracksSet
from shortform_assets.contracts.speech import Turn
from shortform_assets.reframing.who.voice_map import map_voices

ANNA, BEN, CLEO = np.eye(3)
TALKS, RESTS = 0.05, 0.002


def face(name: str, look: np.ndarray, x: float, talks: list[tuple[int, int]], shot: int = 0) -> FaceTrack:
    """A face over 10 s whose mouth moves in the given seconds."""
    bins = [TALKS if any(a <= n / 2 < b for a, b in talks) else RESTS for n in range(20)]
    return FaceTrack(
        track_id=name, shot=shot, first_frame=0, last_frame=249, samples=125, width=100, height=120,
        x=x, y=300, look=tuple(look), activity=tuple(bins),
    )  # fmt: skip


def clip(name: str, *faces: FaceTrack) -> FaceTracks:
    return FaceTracks(
        clip_id=name, media="m", width=1920, height=1080, rate=FrameRate(num=25), frames=250, cuts=(),
        step=2, tracks=faces, series=Blob(sha256="0" * 64, size=1),
    )  # fmt: skip


def turn(speaker: str, start: int, end: int) -> Turn:
    return Turn(speaker=speaker, start_ms=start * 1000, end_ms=end * 1000)


def test_voices_and_persons_over_two_clips() -> None:
    one = clip("one", face("t0", ANNA, 400, [(0, 5)]), face("t1", BEN, 1500, [(5, 10)]))
    # The other clip shows them the other way round in its list, and Anna says nothing.
    two = clip("two", face("t0", BEN, 1500, [(2, 9)]), face("t1", ANNA, 400, []))
    turns = {"one": (turn("S2", 0, 5), turn("S1", 5, 10)), "two": (turn("S1", 2, 9),)}
    found = map_voices(FaceTracksSet(clips=(one, two)), turns)
    assert {(f.clip_id, f.track_id): f.speaker for f in found.faces} == {
        ("one", "t0"): "S2",
        ("one", "t1"): "S1",
        ("two", "t0"): "S1",
        ("two", "t1"): "S2",
    }
    persons = {(f.clip_id, f.track_id): f.person for f in found.faces}
    assert persons["one", "t0"] == persons["two", "t1"] != persons["one", "t1"]
    assert {f.clip_id for f in found.of("two").faces} == {"two"}


def test_a_voice_off_screen_belongs_to_nobody() -> None:
    one = clip("one", face("t0", ANNA, 400, []), face("t1", BEN, 1500, []))
    found = map_voices(FaceTracksSet(clips=(one,)), {"one": (turn("S1", 0, 10),)})
    assert [f.speaker for f in found.faces] == ["", ""]


def test_someone_who_always_chews_owns_no_voice() -> None:
    one = clip("one", face("t0", CLEO, 400, [(0, 10)]), face("t1", BEN, 1500, [(5, 10)]))
    turns = {"one": (turn("S1", 0, 5), turn("S2", 5, 10))}
    found = map_voices(FaceTracksSet(clips=(one,)), turns)
    assert {f.track_id: f.speaker for f in found.faces} == {"t0": "", "t1": "S2"}


def test_a_voice_has_all_views_of_its_person_but_no_two_people_at_once() -> None:
    close = face("t1", CLEO, 960, [(0, 5)])
    turns = {"wide": (turn("S1", 0, 5), turn("S2", 5, 10)), "close": (turn("S1", 0, 5), turn("S2", 5, 10))}
    wide = face("t0", ANNA, 400, [(0, 5)])
    apart = map_voices(FaceTracksSet(clips=(clip("wide", wide), clip("close", close))), turns)
    assert [f.speaker for f in apart.faces] == ["S1", "S1"]
    assert len({f.person for f in apart.faces}) == 2
    less = face("t1", CLEO, 960, [(0, 3)])
    at_once = map_voices(FaceTracksSet(clips=(clip("wide", wide, less),)), turns)
    assert {f.track_id: f.speaker for f in at_once.faces} == {"t0": "S1", "t1": ""}
    # Who was never seen at rest may be anyone in a film that the voice tells of.
    alone = {**turns, "close": (turn("S1", 0, 10),)}
    told = map_voices(FaceTracksSet(clips=(clip("wide", wide), clip("close", close))), alone)
    assert {f.clip_id: f.speaker for f in told.faces} == {"wide": "S1", "close": ""}


def test_of_two_at_once_who_fit_as_well_neither_owns_the_voice() -> None:
    """A muted television beside who speaks: only the sound tells, and that is not heard here."""
    ours, others = (turn("S1", 0, 5),), (turn("S1", 0, 5), turn("S2", 5, 10))
    for talks, turns in (([(0, 10)], ours), ([(0, 5)], others)):
        pair = (face("t0", ANNA, 400, talks), face("t1", CLEO, 1500, [(0, 5)]))
        found = map_voices(FaceTracksSet(clips=(clip("one", *pair),)), {"one": turns})
        assert [f.speaker for f in found.faces] == ["", ""]
    # Who has a voice of their own is no rival.
    apart = (face("t0", ANNA, 400, [(0, 5)]), face("t1", BEN, 1500, [(1, 10)]))
    found = map_voices(FaceTracksSet(clips=(clip("one", *apart),)), {"one": others})
    assert [f.speaker for f in found.faces] == ["S1", "S2"]


def test_two_who_are_seen_at_once_are_two_persons() -> None:
    one = clip("one", face("t0", ANNA, 400, []), face("t1", ANNA, 440, []))
    found = map_voices(FaceTracksSet(clips=(one,)), {})
    assert len({f.person for f in found.faces}) == 2


def test_nothing_in_nothing_out() -> None:
    assert map_voices(FaceTracksSet(clips=()), {}).faces == ()
