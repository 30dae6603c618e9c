"""Style sources: what they rest on, the names of colours, and everything that is refused before it is published."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from style_folder import edit, refused, write

from resources.music_beds import BundledBeds
from shortform_assets.creative.styles.contrast import contrast, worst_contrast
from shortform_assets.creative.styles.style_checks import style_faults
from shortform_assets.creative.styles.style_keys import style_keys
from shortform_assets.creative.styles.style_registry import (
    ensure_shipped_styles,
    publish_style,
    published_style,
    read_style,
    resolve_style,
    shipped_styles,
    withdraw_style,
)
from shortform_assets.data import shipped
from shortform_assets.errors import InputError


@pytest.mark.parametrize("folder", shipped_styles(), ids=lambda folder: folder.name)
def test_what_comes_along_passes_every_check(store, folder):
    assert style_faults(read_style(store, folder)) == []


def test_a_style_rests_on_a_published_one(store, source, tmp_path):
    publish_style(store, source)
    green = write(
        tmp_path / "green",
        'name: green\nextends: acme\npalette: {leaf: "#30D158"}\ncaptions: {active_colour: leaf}\nhook: null\n',
    )
    style, new = publish_style(store, green)
    assert (style.pin, new) == ("green@1", True)
    base = resolve_style(store, "acme@1")
    assert style.captions == base.captions.model_copy(update={"active_colour": "#30D158"})
    assert (style.hook, style.logo, style.fonts, style.audio) == (None, base.logo, base.fonts, base.audio)
    assert published_style(store, "green", 1).extends == "acme@1"
    # What it rests on goes on; it stays as it is until it is published anew, and then says so.
    edit(source, "max_words: 3", "max_words: 4")
    publish_style(store, source)
    assert resolve_style(store, "green").captions.max_words == 3
    again, new = publish_style(store, green)
    assert (again.pin, new, again.captions.max_words) == ("green@2", True, 4)
    assert published_style(store, "green", 2).extends == "acme@2"
    withdraw_style(store, "acme@1", "old")
    edit(green, "extends: acme", "extends: acme@1")
    with pytest.raises(InputError, match=r"green/style\.yaml:2: extends: acme@1 was withdrawn \(old\)"):
        publish_style(store, green)


def test_the_example_of_the_documentation_can_be_published(store):
    ensure_shipped_styles(store)
    folder = Path(__file__).parents[2] / "docs" / "styles" / "example"
    style, new = publish_style(store, folder)
    house = resolve_style(store, "shortform")
    assert new
    assert published_style(store, "weekly", 1).extends == house.pin
    assert (style.hook, style.captions.look, style.accent) == (None, "word_box", "#FCA311")
    assert (
        style.captions.model_copy(
            update={
                "look": house.captions.look,
                "active_colour": house.captions.active_colour,
                "emphasis_colour": None,
            }
        )
        == house.captions
    )


def test_a_style_rests_on_a_folder_whose_files_are_its_own(store, source, tmp_path):
    child = write(
        tmp_path / "child",
        "name: child\nextends: ../acme\nfonts: [{family: Montserrat ExtraBold, file: M.ttf}]\n"
        "hook: {font: Montserrat ExtraBold}\n",
    )
    shutil.copy(shipped("style_contracts") / "shortform" / "Montserrat-ExtraBold.ttf", child / "M.ttf")
    style, _ = publish_style(store, child)
    assert [font.family for font in style.fonts] == ["Montserrat ExtraBold", "Inter Extra Bold"]
    assert style.logo is not None
    assert store.open_local(style.logo.image).read_bytes() == (source / "logo.png").read_bytes()
    # A fault of what lies below is told where it stands.
    edit(source, "size: 0.046", "size: 4.6")
    with pytest.raises(InputError, match=r"acme/style\.yaml:11: captions\.size"):
        read_style(store, child)


def test_styles_in_a_circle_are_named_in_their_order(store, source, tmp_path):
    for name, below in (("a", "../b"), ("b", "../c"), ("c", "../a")):
        write(tmp_path / name, f"name: {name}\nextends: {below}\n")
    with pytest.raises(InputError, match=r"c/style\.yaml:2: extends: .* in a circle, a -> b -> c -> a"):
        read_style(store, tmp_path / "a")
    edit(tmp_path / "c", "../a", ".")
    with pytest.raises(InputError, match="in a circle, c -> c"):
        read_style(store, tmp_path / "a")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name: acme", "name: acme\nextends: nobody@3", r":3: extends: there is no style 'nobody@3'"),
        ("name: acme", "name: acme\nextends: ../nowhere", r":3: extends: there is no style\.yaml in "),
        ("name: acme", "name: acme\nextends: [a]", r":3: extends: should be one style or folder"),
        ("name: acme", "extends: .", r":2: extends: .*circle, acme -> acme"),
        ('colour: "#FFFFFF"', "colour: #FFFFFF", r":12: captions\.colour: it is empty .* in quotes"),
        ('accent: "#00E0A4"', 'palette: {mint: "#00E0A4"}\naccent: mnt', r":4: accent: 'mnt' is neither .* did you mean mint\?"),
        ('colour: "#FFFFFF"', 'colour: "#06283E"', r":12: captions\.colour: its contrast against captions\.outline_colour is 1\.0 to 1 .* at least 3 to 1"),
        ('box_colour: "#06283D"', 'box_colour: "#DDDDDD"', r":23: hook\.colour: its contrast against hook\.box_colour is 1\.4 to 1"),
        ('accent: "#00E0A4"', 'accent: "#0EA"', r":3: accent: '#0EA' is no colour - write it as \"#RRGGBB\""),
        ("accent:", 'palette: {mint: white}\naccent:', r":3: palette\.mint: 'white' is no colour"),
        ("outline: 0.004", "outline: 0", r":15: captions\.outline: .*cannot be read over a bright picture"),
        ("size: 0.046", "size: 0.14", r":11: captions\.size: "),
        ("  size: 0.034", "  size: 0.13", r":22: hook\.size: 'Responsibility' does not fit"),
        ("height: 0.03", "height: 0.2", r":28: logo\.image: .*would be blurred - export it at least \d+ pixels high"),
        ("height: 0.03", "height: 0.006", r":29: logo\.height: .*at least 16 high"),
        ("accent:", "scripts: [Latn, Deva]\naccent:", r":3: scripts\.1: Inter Extra Bold \(captions\.font\) lacks \d+ letters of Deva"),
        ("accent:", "scripts: [Klingon]\naccent:", r":3: scripts\.0: it cannot be 'Klingon'"),
        ("accent:", "safe_box: {vine: {left: 0}}\naccent:", r":3: safe_box\.vine: there is no platform 'vine'"),
        (
            "accent:",
            "safe_box:\n  tiktok: {left: 0.1, top: 0.1, right: 0.9, bottom: 0.4}\n"
            "  reels: {left: 0.1, top: 0.45, right: 0.9, bottom: 0.8}\naccent:",
            r":3: safe_box: the boxes of reels, tiktok leave no room for text in 9:16",
        ),
        ("fonts:", "call_to_action: {text: 日本, font: Inter Extra Bold, size: 0.03, colour: '#FFFFFF', box_colour: '#000000', seconds: 2}\nfonts:", r":5: call_to_action\.text: Inter Extra Bold has no "),
    ],
)  # fmt: skip
def test_faults_of_the_whole_name_file_key_and_line(store, source, old, new, says):
    edit(source, old, new)
    found = refused(store, source)
    assert any(re.search(r"style\.yaml" + says, fault) for fault in found), found


@pytest.mark.parametrize(
    ("captions", "says"),
    [
        ("look: plain, active_colour: '#06283E'", []),
        ("look: karaoke_fill, active_colour: '#06283E'", ["active_colour: its contrast against captions.outline_colour"]),
        ("look: two_tone, speaker_colours: ['#FFFFFF', '#101010']", ["speaker_colours.1: its contrast"]),
        ("emphasis_colour: '#06283E'", ["emphasis_colour: its contrast"]),
        ("second_line: {colour: '#06283E'}", ["second_line.colour: its contrast"]),
        ("look: subtitle_bar, outline: 0, backing: {colour: '#000000', opacity: 0.9}", []),
        (
            "look: subtitle_bar, outline: 0, backing: {colour: '#000000', opacity: 0.5}",
            ["active_colour: its contrast against captions.backing is 2.3 to 1"],
        ),
        ("look: word_box, outline: 0", ["outline: captions without outline or bar"]),
    ],
)  # fmt: skip
def test_contrast_is_asked_of_the_colours_that_a_look_has(store, source, tmp_path, captions, says):
    child = write(tmp_path / "child", f"name: child\nextends: ../acme\ncaptions: {{{captions}}}\n")
    found = [str(fault) for fault in style_faults(read_style(store, child))]
    assert len(found) == len(says), found
    assert all(f"captions.{say}" in fault for say, fault in zip(says, found, strict=True)), found


def test_every_fault_is_told_at_once(store, source):
    edit(source, 'colour: "#FFFFFF"', 'colour: "#06283E"')
    edit(source, "height: 0.03", "height: 0.2")
    found = refused(store, source)
    assert len(found) == 2
    with pytest.raises(InputError, match=r"captions\.colour: .*\(and 1 more\)"):
        publish_style(store, source)


def test_contrast_is_that_of_wcag():
    """Figures of the WCAG working group's own tool and of WebAIM's."""
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21
    assert round(contrast("#777777", "#FFFFFF"), 2) == 4.48
    assert round(contrast("#FF0000", "#FFFFFF"), 2) == 4.0
    assert contrast("#123456", "#123456") == 1
    assert worst_contrast("#FFFFFF", "#000000", 1) == contrast("#FFFFFF", "#000000")
    assert worst_contrast("#FFFFFF", "#000000", 0) == 1
    # Over white a black veil of 40 % is a grey of 153, over black it stays black: text must stand out from both.
    assert worst_contrast("#FFFFFF", "#000000", 0.4) == pytest.approx(
        contrast("#FFFFFF", "#999999"), rel=0.01
    )
    assert worst_contrast("#808080", "#000000", 0.4) == 1


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "#FFFFFF", "mint", "acme@1", "../acme", "..", "/", "logo.png", "x" * 300, "no", "\x85", "日本", "~"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["font", "file", "family", "colour", "a"]), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
PLACES = [key.path.replace("[]", ".0").split(".") for key in style_keys()] + [
    ["extends"],
    ["palette", "mint"],
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), ODD)
def test_whatever_stands_at_a_key_is_a_style_or_one_clear_error(store, source, place, odd):
    tree = YAML(typ="safe").load((shipped("style_contracts") / "acme" / "style.yaml").read_text())
    at = tree
    for key in place[:-1]:
        known = at[int(key)] if isinstance(at, list) else at.setdefault(key, {})
        at = known
    at[int(place[-1]) if isinstance(at, list) else place[-1]] = odd
    (source / "style.yaml").write_text(json.dumps(tree))
    try:
        faults = style_faults(read_style(store, source, BundledBeds()))
    except InputError as error:
        faults = [error]
    for fault in faults:
        assert re.search(r"style\.yaml(:\d+)?: ", str(fault)), fault
