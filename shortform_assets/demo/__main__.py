"""`python -m shortform_assets.demo OUT_DIR` makes the demo episode."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shortform_assets.demo.episode import make_episode
from shortform_assets.errors import ShortformError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shortform_assets.demo", description=__doc__)
    parser.add_argument("out_dir", type=Path, help="where episode.mp4 and truth.json go")
    parser.add_argument("--size", default="1920x1080", help="width x height, 16:9 (default: %(default)s)")
    parser.add_argument("--seconds", type=float, help="keep only the segments that begin before")
    given = parser.parse_args()
    try:
        width, height = (int(part) for part in given.size.split("x"))
    except ValueError:
        parser.error(f"--size {given.size!r} is not like 1920x1080")
    try:
        episode = make_episode(
            given.out_dir, size=(width, height), seconds=given.seconds, progress=_show_progress
        )
    except ShortformError as error:
        print(error, file=sys.stderr)
        return 1
    seconds = episode.truth.rate.ms(episode.truth.frames) / 1000
    print(f"{'made' if episode.made else 'up to date'}: {episode.video} ({seconds:.0f} s)")
    return 0


def _show_progress(fraction: float, note: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{note} {fraction:4.0%} ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
