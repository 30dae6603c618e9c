"""`styles preview`: a style as it is rendered, before or after it is published."""

from __future__ import annotations

import tempfile
from pathlib import Path

from resources.artifacts import blobs_of
from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from resources.music_beds import BundledBeds
from shortform_assets.cli.project import Project
from shortform_assets.cli.styles_commands import is_folder
from shortform_assets.cli.terminal import Terminal
from shortform_assets.creative import ensure_shipped_styles, read_style, resolve_style, style_faults
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.rendering import StyleStudio, draw_style_sheet

_GENRE = "podcast"
"""Safe boxes and encoding of the one that a run has without another."""


def preview_style(terminal: Terminal, project: Project, style: str, out: Path | None) -> None:
    """Write the picture of a style's folder or pin to `out`, a PNG.

    Raises InputError where the style has a fault, or where `out` cannot be written.
    """
    ensure_shipped_styles(project.store)
    if is_folder(style):
        draft = read_style(project.store, Path(style).expanduser(), BundledBeds())
        if faults := style_faults(draft):
            raise faults[0]
        contract, files = draft.contract, tuple(draft.files.values())
        title = contract.name
    else:
        contract = resolve_style(project.store, style, held=True)
        files = tuple(project.store.open_local(blob) for blob in blobs_of(contract))
        title = contract.pin
    target = out or Path(f"{title}.png")
    if target.is_dir():
        raise InputError("this is a folder", str(target), "name the picture to write")
    genre = load_genre(_GENRE)
    # A store of its own: what is made up for the picture has no place among what is real.
    with tempfile.TemporaryDirectory() as folder:
        store = MediaStore.local(Path(folder))
        for path in files:
            store.add_file(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with StoreBench.over(store) as bench:
            studio = StyleStudio(bench, FallbackFonts().load(), genre.enhancement, genre.delivery)
            draw_style_sheet(studio, contract, title, target)
            for reason in bench.degraded:
                terminal.say(reason, style="yellow")
    terminal.say(f"{title}: {target}")
