"""Draws docs/contact-sheet.jpg: five frames of every clip of the demo. Run it after `make demo`."""

from __future__ import annotations

import sys
from pathlib import Path

import av
from PIL import Image

COLUMNS, HEIGHT = 5, 270


def main(clips: Path, sheet: Path) -> None:
    rows = [_frames(path) for path in sorted(clips.glob("*.mp4"))[:4]]
    width = HEIGHT * 9 // 16
    page = Image.new("RGB", (COLUMNS * width, len(rows) * HEIGHT))
    for y, row in enumerate(rows):
        for x, frame in enumerate(row):
            page.paste(frame.resize((width, HEIGHT), Image.Resampling.LANCZOS), (x * width, y * HEIGHT))
    page.save(sheet, quality=82)


def _frames(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        wanted = {round((i + 0.25) * stream.frames / COLUMNS) for i in range(COLUMNS)}
        return [f.to_image() for n, f in enumerate(container.decode(stream)) if n in wanted]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
