"""A style that was published before there were schema numbers renders as it did, under the same pin."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from render_studio import framing, job, media, panel, pictures, segment, silence

from shortform_assets.contracts.creative import CaptionPage, CaptionWord
from shortform_assets.creative.styles.style_registry import ensure_shipped_styles, resolve_style
from shortform_assets.data import shipped
from shortform_assets.rendering.render_output import render

OLD = Path(__file__).resolve().parents[1] / "contracts" / "samples" / "style" / "0-acme.json"
FRAMES = 4


def test_acme_3_of_an_old_store_resolves_and_renders(bench):
    third = json.dumps(
        json.loads(OLD.read_bytes()) | {"version": 3},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
    for version, data in ((1, OLD.read_bytes()), (3, third)):
        bench.store.create(f"styles/acme/{version}/contract.json", data)
    for file in ("Inter-ExtraBold.otf", "logo.png"):
        bench.store.add_file(shipped("style_contracts") / "acme" / file)
    # Version 3 is the user's own; what came along as version 1 has the same look.
    ensure_shipped_styles(bench.store)
    style = resolve_style(bench.store, "acme@3")
    assert style.pin == "acme@3"
    assert resolve_style(bench.store, "acme") == style

    word = CaptionWord(text="Hello", start_frame=0, end_frame=FRAMES)
    page = CaptionPage(
        start_frame=0, end_frame=FRAMES, lines=((word,),), anchor={"9:16": 0.5}, size={"9:16": (0.5, 0.06)}
    )
    black = np.zeros((360, 640, 3), np.uint8)
    clip = media([segment(bench, lambda n: black, silence(FRAMES), FRAMES)])
    made = job(bench, clip, framing(0, FRAMES, panel(202.5, 360, (0, 200, 0))), pages=(page,))
    drawn = render(bench, made.model_copy(update={"style": style}))
    assert made.style.name != "acme"
    red, green, blue = [int(style.captions.active_colour[n : n + 2], 16) for n in (1, 3, 5)]
    for _, picture in pictures(drawn.video):
        near = np.abs(picture.astype(int) - (red, green, blue)).max(axis=2) < 40
        assert near.sum() > 100, "the word is drawn in acme's colour"
