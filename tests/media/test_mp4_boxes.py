"""The walk over MP4 boxes: what a real file holds, and an end for whatever bytes there are."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.media.ffmpeg import run_ffmpeg
from shortform_assets.media.mp4_boxes import walk_boxes


def box(kind: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def test_a_real_file_tells_its_index_and_its_edit_list(tmp_path: Path) -> None:
    for listed in (0, 1):
        path = tmp_path / f"{listed}.mp4"
        source = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", "-c:v", "libx264", "-bf", "2"]
        run_ffmpeg([*source, "-use_editlist", str(listed), str(path)])
        boxes = list(walk_boxes(path))
        assert boxes[0] == "ftyp"
        assert boxes.index("mdat") < boxes.index("moov") < boxes.index("moov/trak")
        assert ("moov/trak/edts/elst" in boxes) == bool(listed)
        # Cut off within its last box, it has none.
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        assert "moov" not in list(walk_boxes(path))


def test_long_and_open_sizes(tmp_path: Path) -> None:
    path = tmp_path / "made.mp4"
    long = (1).to_bytes(4, "big") + b"free" + (24).to_bytes(8, "big") + b"12345678"
    path.write_bytes(long + box(b"moov", box(b"trak")) + (0).to_bytes(4, "big") + b"mdat" + b"x" * 99)
    assert list(walk_boxes(path)) == ["free", "moov", "moov/trak", "mdat"]


def test_any_bytes_come_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "any"

    @given(st.binary(max_size=200) | st.lists(st.sampled_from([b"moov", b"trak", b"mdat"])).map(nested))
    def ends(data: bytes) -> None:
        path.write_bytes(data)
        assert len(list(walk_boxes(path))) <= len(data) // 8

    ends()
    path.write_bytes(nested([b"moov"] * 5000))
    assert len(list(walk_boxes(path))) == 5000
    path.write_bytes(box(b"free") * 100_000)
    assert len(list(walk_boxes(path))) == 10_000


def nested(kinds: list[bytes]) -> bytes:
    data = b""
    for kind in kinds:
        data = box(kind, data)
    return data
