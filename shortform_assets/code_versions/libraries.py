"""Versions of the libraries that a closure imports: another version may give another result."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

CARRIERS = frozenset({"pydantic", "pydantic_core", "typing_extensions", "annotated_types", "platformdirs"})
"""They hold and check values, and decide none: what they let through enters recipes by itself."""
DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-contrib-python",
    "fontTools": "fonttools",
    "ruamel": "ruamel.yaml",
}
"""Where the name of the distribution is another one, so that nobody has to read every package's file list."""
FFMPEG = "imageio_ffmpeg"
_FFMPEG_VARIABLE = "IMAGEIO_FFMPEG_EXE"


def versions_of(imports: Iterable[str]) -> dict[str, str]:
    """Import name -> version, without the carriers and what is not installed; FFmpeg by its build."""
    found = {}
    for name in sorted(set(imports) - CARRIERS):
        made = _ffmpeg() if name == FFMPEG else _version(name)
        if made:
            found["ffmpeg" if name == FFMPEG else name] = made
    return found


@cache
def _version(name: str) -> str:
    for distribution in dict.fromkeys((DISTRIBUTIONS.get(name, name), name)):
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    if importlib.util.find_spec(name) is None:
        return ""
    made = sorted(f"{found} {version(found)}" for found in set(packages_distributions().get(name, ())))
    return ", ".join(made)


@cache
def _ffmpeg() -> str:
    """The name of the build that the package carries tells its version; another one is asked."""
    spec = importlib.util.find_spec(FFMPEG)
    folders = (spec.submodule_search_locations or []) if spec else []
    carried = [path.name for folder in folders for path in Path(folder, "binaries").glob("ffmpeg-*")]
    if len(carried) == 1 and not os.environ.get(_FFMPEG_VARIABLE):
        return carried[0].removesuffix(".exe")
    import imageio_ffmpeg

    return f"ffmpeg-{imageio_ffmpeg.get_ffmpeg_version()}"
