"""`styles preview`: a style as it is rendered, before or after it is published."""

from __future__ import annotations

import tempfile
from pathlib import Path

from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from shortform_assets.cli.project import Project
from shortform_assets.cli.styles_commands import is_folder
from shortform_assets.cli.terminal import Terminal
from shortform_assets.creative import ensure_shipped_styles, read_style, resolve_style, style_faults
from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre
from shortform_assets.rendering import draw_style_sheet

_GENRE = "podcast"
"""Safe boxes and encoding of the one that a run has without another."""


def preview_style(terminal: Terminal, project: Project, style: str, out: Path | None) -> None:
    """Write the picture of a style's folder or pin to `out`, a PNG.

    Raises InputError where the style has a fault, or where `out` cannot be written.
    """
    ensure_shipped_styles(project.store)
    if is_folder(style):
        draft = read_style(project.store, Path(style).expanduser())
        if faults := style_faults(draft):
            raise faults[0]
        contract, files = draft.contract, tuple(draft.files.values())
        target = out or Path(f"{contract.name}.png")
    else:
        contract = resolve_style(project.store, style, held=True)
        blobs = [font.file for font in contract.fonts]
        blobs += [contract.logo.image] if contract.logo else []
        blobs += [contract.audio.music.file] if contract.audio.music else []
        files = tuple(project.store.open_local(blob) for blob in blobs)
        target = out or Path(f"{contract.pin}.png")
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
            shelf = FallbackFonts().load()
            for lost in draw_style_sheet(bench, shelf, contract, genre.enhancement, genre.delivery, target):
                terminal.say(lost, style="yellow")
            for reason in bench.degraded:
                terminal.say(reason, style="yellow")
    terminal.say(f"{contract.name}: {target}")
