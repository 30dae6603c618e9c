"""What is wrong with what is laid over a clip: judged by the boxes of the plan and the planner's own geometry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from shortform_assets.contracts.aspects import SafeBox
from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.clips import Aspect, AspectFraming, CropPaths
from shortform_assets.contracts.creative import ClipEnhancement
from shortform_assets.contracts.geometry import OutputBox
from shortform_assets.contracts.overlays import FLICKER_MS, punched, zoomed
from shortform_assets.contracts.slices.enhancement_slice import EnhancementSlice
from shortform_assets.contracts.style_b_roll import B_ROLL_FROM_MS
from shortform_assets.creative.captions.draw.burnt_in import uncovered
from shortform_assets.creative.captions.draw.placement import covered, face_margin
from shortform_assets.creative.captions.draw.text_faults import Overlay, text_faults
from shortform_assets.creative.captions.text.typeset import displayed

SLACK = 0.005
"""Share of the output by which a box may leave the safe box: five pixels of a 9:16 output's width."""
SYNC_MS = 500
"""A word whose page comes this much after it, or is gone so long before it, is out of sync: our own bound, well
above what pages are moved by when words crowd (tests/creative/test_overlay_faults.py)."""

_WHOLE = OutputBox(0.0, 0.0, 1.0, 1.0)
"""The output itself."""
_FILLING = ("intro card", "end card")
"""Words on cards that fill the output: there is no face to cover."""


def overlay_faults(clip: ClipEnhancement, camera: CropPaths, rules: EnhancementSlice) -> Iterator[str]:
    """One sentence for everything in `clip` that hides, is hidden, is cut off, out of sync or missing.

    Raises KeyError where neither plan nor genre has a safe box for an aspect ratio of the camera.
    """
    for before, page in pairwise(clip.pages):
        if page.start_frame < before.end_frame:
            yield f"two caption pages at frame {page.start_frame}"
    if rules.captions and not (clip.burnt_in and clip.burnt_in.handled == "no_captions"):
        yield from _word_faults(clip, camera)
    frames = clip.end_card.end_frame if clip.end_card else camera.frames
    yield from _shot_faults(clip, camera)
    for camera_of in camera.aspects:
        yield from _zoom_faults(clip, camera_of, camera.frames)
        framing = punched(camera_of, clip.punch_ins, face_margin(camera.rate))
        overlays, absent = overlays_of(clip, framing.aspect, frames)
        yield from (f"{framing.aspect} has no place for {name}" for name in absent)
        for overlay in overlays:
            safe = clip.safe_box.get(framing.aspect) or rules.safe_box[framing.aspect]
            yield from box_faults(overlay, framing, safe, camera.rate, frames)
            if overlay.name in ("caption", "hook"):
                # What stands at an edge or in a corner has no other place.
                still = uncovered(framing, clip.burnt_in)
                yield from text_faults(overlay, still, safe, overlays, face_margin(camera.rate))
        for one, other in combinations(overlays, 2):
            since = max(one.start, other.start)
            # Two captions at once are told above, for all outputs together.
            apart = since >= min(one.end, other.end) or one.name == other.name
            if not apart and one.box.meets(other.box):
                yield f"the {framing.aspect} {other.name} stands over the {one.name} at frame {since}"


def overlays_of(clip: ClipEnhancement, aspect: Aspect, frames: int) -> tuple[list[Overlay], list[str]]:
    """All overlays of one output, and the names of those it lacks."""
    found, absent = [], []
    for page in clip.pages:
        if aspect in page.anchor and aspect in page.size:
            found.append(Overlay("caption", page.start_frame, page.end_frame, page.box(aspect)))
        else:
            absent.append(f"the caption at frame {page.start_frame}")
    if clip.intro_card and (card := clip.intro_card.box(aspect)):
        found.append(Overlay("intro card", 0, clip.intro_card.end_frame, card))
    elif clip.intro_card:
        absent.append("the words of the intro card")
    # An output without room for the hook goes without; that is no fault.
    if clip.hook and (card := clip.hook.box(aspect)):
        found.append(Overlay("hook", clip.hook.start_frame, clip.hook.end_frame, card))
    said = clip.end_card.start_frame if clip.end_card else frames
    if clip.show_logo and aspect in clip.logo:
        logo = clip.logo[aspect]
        found.append(Overlay("logo", logo.start_frame, said, logo.box))
    elif clip.show_logo:
        absent.append("the logo")
    for strip in clip.lower_thirds:
        if aspect in strip.place:
            found.append(Overlay("lower third", strip.start_frame, strip.end_frame, strip.place[aspect].box))
    if aspect in clip.progress_bar:
        found.append(Overlay("progress bar", 0, said, clip.progress_bar[aspect].box))
    if (call := clip.call_to_action) and (card := call.box(aspect)):
        found.append(Overlay("call to action", call.start_frame, call.end_frame, card))
    if clip.end_card and (card := clip.end_card.box(aspect)):
        found.append(Overlay("end card", clip.end_card.start_frame, clip.end_card.end_frame, card))
    elif clip.end_card:
        # The output is longer by it whether or not anything is written on it.
        absent.append("the words of the end card")
    return found, absent


def box_faults(
    overlay: Overlay, framing: AspectFraming, safe: SafeBox, rate: FrameRate, frames: int
) -> Iterator[str]:
    """What is wrong with where one overlay of a clip of so many frames stands."""
    what = f"the {framing.aspect} {overlay.name} at frame {overlay.start}"
    if not 0 <= overlay.start < overlay.end <= frames:
        yield f"{what} is cut off by the end of the clip"
    if overlay.box.leaves(safe.box, SLACK):
        yield f"{what} leaves the safe box"
    standing = overlay.name in ("logo", "progress bar")
    if not standing and overlay.name != "caption" and overlay.end - overlay.start < rate.nearest(FLICKER_MS):
        yield f"{what} flickers"
    margin = 0 if standing else face_margin(rate)
    filling = overlay.name in _FILLING
    faces = [] if filling else framing.faces_during(overlay.start, overlay.end, margin)
    if hidden := next((face for face in faces if covered(face, overlay.box)), None):
        yield f"{what} covers a face at frame {hidden.frame}"


def _zoom_faults(clip: ClipEnhancement, framing: AspectFraming, frames: int) -> Iterator[str]:
    """Zooms that are not gentle: over a cut, over each other, or so far that a face is cut."""
    zooms = [punch for punch in clip.punch_ins if framing.aspect in punch.focus]
    for before, punch in pairwise(zooms):
        if punch.start_frame < before.end_frame:
            yield f"two {framing.aspect} zooms at frame {punch.start_frame}"
    for punch in zooms:
        what = f"the {framing.aspect} zoom at frame {punch.start_frame}"
        if not 0 <= punch.start_frame < punch.end_frame <= frames:
            yield f"{what} is cut off by the end of the clip"
            continue
        if framing.at(punch.start_frame) != framing.at(punch.end_frame - 1):
            yield f"{what} goes over a cut"
        for face in framing.faces_during(punch.start_frame, punch.end_frame):
            if zoomed(face, punch.focus[framing.aspect]).box.leaves(_WHOLE, SLACK):
                yield f"{what} cuts a face at frame {face.frame}"
                break


def _shot_faults(clip: ClipEnhancement, camera: CropPaths) -> Iterator[str]:
    """B-roll at once with other B-roll, over the hook or the first moments, or longer than the clip."""
    early = camera.rate.nearest(B_ROLL_FROM_MS)
    for before, slot in pairwise(clip.b_roll):
        if slot.start_frame < before.end_frame:
            yield f"two b-roll shots at frame {slot.start_frame}"
    for slot in clip.b_roll:
        what = f"the b-roll shot at frame {slot.start_frame}"
        if slot.start_frame < early:
            yield f"{what} hides the first moments"
        if clip.hook and slot.start_frame < clip.hook.end_frame and clip.hook.start_frame < slot.end_frame:
            yield f"{what} stands under the hook"
        if not slot.start_frame < slot.end_frame <= camera.frames:
            yield f"{what} is cut off by the end of the clip"


def _word_faults(clip: ClipEnhancement, camera: CropPaths) -> Iterator[str]:
    """Words said without a caption, captions of words nobody says, and words whose page is not there in time."""
    # Words that no font has are said once for the whole plan.
    words = [word for word in clip.words if word.captioned]
    said = [(_letters(word.text + word.emoji), word.start_frame) for word in words]
    shown = [(_letters(word.text), page) for page in clip.pages for line in page.lines for word in line]
    spoken, written = "".join(text for text, _ in said), "".join(text for text, _ in shown)
    pages = [page for text, page in shown for _ in text]
    places = _aligned(spoken, written)
    missing, late, at = [], [], 0
    slack = camera.rate.nearest(SYNC_MS)
    for (text, start), word in zip(said, words, strict=True):
        letters = [places.get(i) for i in range(at, at + len(text))]
        at += len(text)
        if text and any(place is None for place in letters):
            missing.append((word.text, start))
        elif text and letters[0] is not None:
            page = pages[letters[0]]
            if not page.start_frame - slack <= start < page.end_frame + slack:
                late.append((word.text, start))
    for found, fault in ((missing, "no caption"), (late, "its caption at another time")):
        if found:
            more = f", {len(found)} such words in all" if len(found) > 1 else ""
            yield f"'{found[0][0]}' at frame {found[0][1]} has {fault}{more}"
    extra = len(written) - len(places)
    if extra:
        yield f"{extra} letters of its captions are not said"


def _letters(text: str) -> str:
    return displayed(text, False).replace(" ", "")


def _aligned(said: str, shown: str) -> Mapping[int, int]:
    """Offset of every letter of `said` that is shown -> its offset in `shown`."""
    if said == shown:
        return {i: i for i in range(len(said))}
    from rapidfuzz.distance import LCSseq

    return {
        block.src_start + i: block.dest_start + i
        for block in LCSseq.opcodes(said, shown)
        if block.tag == "equal"
        for i in range(block.src_end - block.src_start)
    }
