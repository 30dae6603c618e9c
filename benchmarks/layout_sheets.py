"""Draws docs/rendering/layouts.jpg and profiles.jpg: every layout in every aspect ratio, framed and rendered as clips are,
and every output profile with the box that it leaves to text. Run it after a layout or a profile was changed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, get_args

from framing_stage import Stage
from PIL import Image, ImageDraw
from scene_list import HALF, LEFT, RIGHT, SMALL
from scenes import Role, Said, Scene, Shot, make

from resources.bench import StoreBench
from resources.fallback_fonts import FallbackFonts
from resources.media_store import MediaStore
from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.clips import ClipMedia, CropPaths, FaceTracksSet, Layout
from shortform_assets.contracts.creative import AudioTreatment, ClipEnhancement, RenderJob
from shortform_assets.contracts.edits import FramingEdit, FramingEdits
from shortform_assets.contracts.output_profiles import DRAFT, PROFILES, OutputProfile
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.creative import ensure_shipped_styles, resolve_style
from shortform_assets.genres import load_genre
from shortform_assets.reframing.crop_paths import CameraRequest, frame_clip
from shortform_assets.reframing.who.voice_map import map_voices
from shortform_assets.rendering import StyleStudio, opening, render, sheet_of, still

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "rendering"
TILE = (360, 480)
AT = 40
"""Frame of the stills, at 25 a second."""
SPOKEN = 22
"""Frame of the sample talk at which a caption and the hook stand."""


def scene(name: str, *roles: Role, size: tuple[int, int] = HALF, backdrop: Any = "room") -> Scene:
    """Everybody says something for a second and a half, one after the other: whoever says nothing may be a print."""
    people = [role.person for role in roles]
    said = tuple(Said(k, 0.2 + 1.6 * n, 1.7 + 1.6 * n) for n, k in enumerate(people))
    seconds = max(3.0, 0.4 + 1.6 * len(people))
    return Scene(name, size, (Shot(seconds, roles, backdrop),), said, seed=1, shared=False)


TWO = scene("sheet two", LEFT, RIGHT)
FOUR = tuple(Role(k, 0.14 + 0.24 * k, 0.46 + 0.03 * (k % 2), 0.13) for k in range(4))
SHOWN: dict[Layout, Scene] = {
    "single": scene("sheet one", Role(0, 0.36, 0.4, 0.26)),
    "wide": scene("sheet close", Role(0, 0.42, 0.42, 0.2), Role(1, 0.58, 0.44, 0.2)),
    "stacked": TWO,
    "panels": scene("sheet four", *FOUR),
    "screen": scene("sheet slide", Role(0, 0.86, 0.76, 0.13), backdrop="slide"),
    "fit": TWO,
    "cutaway": TWO,
    "centre": TWO,
}
SOFT = scene("sheet small", Role(0, 0.36, 0.4, 0.26), size=SMALL)
"""Of 360 lines: no crop of it is enlarged so far as to fill a tall output."""


def framed(stage: Stage, cast: Scene, folder: Path, layout: str) -> tuple[ClipMedia, CropPaths]:
    """The scene's media and camera; `layout` as an editor asks for it, or the one that is chosen without."""
    made = make(cast, folder)
    media = stage.media(made.video, made.sound)
    tracks = stage.track(media)
    voices = map_voices(FaceTracksSet(clips=(tracks,)), {media.clip_id: made.truth.turns})
    asked = FramingEdit(verb="layout", start_ms=0, end_ms=10_000, layout=layout) if layout else None
    edits = FramingEdits(edits=(asked,) if asked else ())
    request = CameraRequest(tracks, made.truth.turns, voices, stage.reframing, edits)
    return media, frame_clip(stage.bench, media, request)


def layouts(stage: Stage, style: StyleContract, folder: Path) -> Any:
    """A row an aspect ratio; raises AssertionError where a layout that was asked for was not made."""
    rows: dict[str, list[tuple[str, Any]]] = {aspect: [] for aspect in ASPECTS}
    for layout in (*get_args(Layout), ""):
        media, camera = framed(stage, SHOWN.get(layout, SOFT), folder, layout)
        for aspect in ASPECTS:
            framing = next(found for found in camera.aspects if found.aspect == aspect)
            shown = framing.at(AT).layout
            assert not layout or shown == layout, f"{shown} in {aspect}, not {layout}"
            width, height = (side // DRAFT.shrink for side in ASPECTS[aspect].size)
            job = RenderJob(
                output_id="0" * 16,
                clip_id=media.clip_id,
                aspect=aspect,
                width=width,
                height=height,
                rate=media.rate,
                frames=media.frames,
                media=media,
                framing=framing,
                enhancement=ClipEnhancement(
                    clip_id=media.clip_id,
                    title="",
                    pages=(),
                    show_logo=False,
                    audio=AudioTreatment(highpass_hz=0, compress=False, fade_in_ms=0, fade_out_ms=0),
                ),
                style=style,
                encode=load_genre("base").delivery.encode,
                draft=True,
            )
            label = layout or "360 lines"
            rows[aspect].append((f"{aspect} {label}", picture(stage.bench, job)))
    return sheet_of("Every layout", list(rows.values()))


def picture(bench: StoreBench, job: RenderJob) -> Any:
    """Frame `AT` of the output, of the size of a tile."""
    path = bench.scratch / "still.png"
    still(render(bench, opening(job, AT + 1)).video, AT, path)
    with Image.open(path) as drawn:
        drawn.thumbnail(TILE, Image.Resampling.LANCZOS)
        return drawn.convert("RGB")


def profiles(bench: StoreBench, style: StyleContract) -> Any:
    """A row an aspect ratio of the profiles that take it, in yellow the box that is clear of a platform's buttons."""
    genre = load_genre("podcast")
    studio = StyleStudio(bench, FallbackFonts().load(), genre.enhancement, genre.delivery)
    rows = []
    for aspect, shape in ASPECTS.items():
        ((_, drawn),) = studio.stills(studio.job(style, aspect), (SPOKEN,))
        drawn.thumbnail(TILE, Image.Resampling.LANCZOS)
        row = [
            (f"{profile.limits.name}, {shape.width}x{shape.height}", boxed(drawn, profile))
            for profile in PROFILES.values()
            if aspect in profile.aspects
        ]
        ((_, small),) = studio.stills(studio.job(style, aspect, draft=True), (SPOKEN,))
        small.thumbnail((TILE[0] // DRAFT.shrink, TILE[1] // DRAFT.shrink), Image.Resampling.LANCZOS)
        rows.append([*row, (f"draft, {shape.width // DRAFT.shrink}x{shape.height // DRAFT.shrink}", small)])
    return sheet_of("Every output profile, in the style shortform", rows)


def boxed(drawn: Any, profile: OutputProfile) -> Any:
    shown, box = drawn.copy(), profile.limits.safe_box
    sides = (
        box.left * shown.width,
        box.top * shown.height,
        box.right * shown.width,
        box.bottom * shown.height,
    )
    ImageDraw.Draw(shown).rectangle(sides, outline="#FFD60A", width=3)
    return shown


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with StoreBench.over(MediaStore.local(folder / "styles")) as bench:
            ensure_shipped_styles(bench.store)
            style = resolve_style(bench.store, "shortform")
            profiles(bench, style).save(FOLDER / "profiles.jpg", quality=80)
        with Stage(folder / "store") as stage:
            ensure_shipped_styles(stage.bench.store)
            sheet = layouts(stage, style, folder)
        sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3)).save(FOLDER / "layouts.jpg", quality=82)


if __name__ == "__main__":
    main()
