"""The filtergraph of one output: segments to framings to panels, joined, written over, encoded once.

It holds numbers and the names of our own files only; everything that was said is in the ASS script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from shortform_assets.contracts.clips import Framing, Panel
from shortform_assets.contracts.creative import RenderJob
from shortform_assets.contracts.geometry import PictureArea
from shortform_assets.contracts.overlays import ElementMedia
from shortform_assets.errors import ClipFault
from shortform_assets.rendering.crop_expressions import FramedSegment, PanelCrop, cut, moves, zoom_expressions
from shortform_assets.rendering.witness import Witness

_TAGS = "range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
_BLUR_SHARE, _BLUR_RADIUS, _BLUR_LUMA = 8, 5, 0.55
"""A fill is blurred at an eighth of the output's size, where it costs nothing, by 5 pixels there, and darkened to 55 %
of its luma, so that the picture in front stands out. A matter of looks."""
_SCALER = "flags=bicubic"
_INSTEAD = ("intro_card", "end_card", "b_roll")
"""Elements that take the picture's place, or a part of it: what is judged is whether they are there."""
_POSTER_AT = 0.2
"""Share of the clip that the poster is taken at: the opening is over, and in clips of 15 s and more the hook has
gone, too. Our choice."""


def build_graph(job: RenderJob, *, script: Path | None, fonts: Path, logo: bool, witness: Witness) -> str:
    """The graph with outputs [video], [poster] and those of `witness`.

    Inputs: the media segments' videos, then the logo where `logo`, then the elements. Raises ClipFault where framings and media do not fit each other.
    """
    check(job)
    chains: list[str] = []
    joined: list[str] = []
    offset = 0
    for index, segment in enumerate(job.media.segments):
        pieces = _pieces(job, offset, offset + segment.frames)
        tick = f"{job.rate.den}/{job.rate.num}"
        first = segment.first_frame
        # By number, not by time: copied media start at whatever time their key frame had.
        head = f"trim=start_frame={first}:end_frame={first + segment.frames},settb={tick},setpts=N"
        heads = [f"s{index}p{i}" for i in range(len(pieces))]
        chains.append(f"[{index}:v:0]{head},setparams={_TAGS}{_split(heads)}")
        for name, piece in zip(heads, pieces, strict=True):
            start, end = piece[0].start - offset, piece[-1].end - offset
            chains.append(f"[{name}]trim=start_frame={start}:end_frame={end},setpts=N[{name}t]")
            chains += _composed(job, piece, f"{name}t", f"{name}o")
            joined.append(f"[{name}o]")
        offset += segment.frames
    chains.append(f"{''.join(joined)}concat=n={len(joined)}:v=1:a=0,{_finish(job)}[joined]")
    first = len(job.media.segments) + logo
    chains += _with_elements(job, first, "joined", "closed", lambda element: element.kind in _INSTEAD)
    # All else is laid over a picture.
    chains.append("[closed]split=2[bare][under]")
    chains += witness.chains("bare")
    chains += _with_elements(job, first, "under", "laid", lambda element: element.kind not in _INSTEAD)
    chains.append(f"[laid]{_written(script, fonts)}[written]")
    chains += _with_logo(job) if logo else ["[written]null[branded]"]
    chains += _outputs(job)
    return ";\n".join(chains) + "\n"


def check(job: RenderJob) -> None:
    """ClipFault unless media, framings and job speak of the same frames."""
    frames = sum(segment.frames for segment in job.media.segments)
    card = job.enhancement.end_card
    if (
        frames != job.media.frames
        or job.media.rate != job.rate
        or (card.end_frame if card else frames) != job.frames
    ):
        raise ClipFault("the media of this clip do not have the frames that the render asks for")
    if not job.framing.tiles(frames):
        raise ClipFault("the framings of this clip do not cover it frame for frame")


def poster_frame(job: RenderJob) -> int:
    """The clip frame that the poster shows."""
    plan = job.enhancement
    at = max(round(job.media.frames * _POSTER_AT), plan.intro_card.end_frame if plan.intro_card else 0)
    # Who speaks, and not what is shown beside it.
    at = next((slot.end_frame for slot in plan.b_roll if slot.start_frame <= at < slot.end_frame), at)
    return min(job.media.frames - 1, at)


def quoted(path: Path) -> str:
    """A path as the value of a filter's option: escaped once for the option, once for the graph."""
    text = str(path)
    for special in ("\\", "'", ":"):
        text = text.replace(special, "\\" + special)
    for special in ("\\", "'", "[", "]", ",", ";"):
        text = text.replace(special, "\\" + special)
    return text


def _pieces(job: RenderJob, start: int, end: int) -> list[list[FramedSegment]]:
    """Framings within clip frames [start, end), those that one chain of filters can make taken together."""
    pieces: list[list[FramedSegment]] = []
    before = None
    for shot in (shot for framing in job.framing.framings for shot in _shots(job, framing, start, end)):
        framing = shot.framing
        sizes = tuple((p.slot, p.width, p.height) for p in framing.panels)
        geometry = (framing.fill, framing.area, moves(shot), sizes, shot.punch)
        if geometry != before:
            pieces.append([])
        pieces[-1].append(shot)
        before = geometry
    return pieces


def _shots(job: RenderJob, framing: Framing, start: int, end: int) -> Iterator[FramedSegment]:
    """The framing within clip frames [start, end), parted where a zoom begins and ends."""
    low, high = max(start, framing.start_frame), min(end, framing.end_frame)
    for punch in job.enhancement.punch_ins:
        if job.aspect in punch.focus and low < punch.end_frame and punch.start_frame < high:
            if low < punch.start_frame:
                yield FramedSegment(framing, low, punch.start_frame)
            yield FramedSegment(framing, max(low, punch.start_frame), min(high, punch.end_frame), punch)
            low = min(high, punch.end_frame)
    if low < high:
        yield FramedSegment(framing, low, high)


def _composed(job: RenderJob, shots: Sequence[FramedSegment], source: str, out: str) -> Iterator[str]:
    """Chains that make whole output pictures of the frames in [source]."""
    framing = shots[0].framing
    panels = framing.panels
    slots = [_slot(panel, job) for panel in panels]
    stack = _stack(framing, slots, job)
    parts = [f"{out}{i}" for i in range(len(panels))]
    end = f"format=yuv420p,setsar=1[{out}]"
    if len(panels) == 1 and stack:
        yield f"[{source}]{_panel(job, shots, 0, slots[0])},{end}"
        return
    fill = [f"{out}f"] if framing.fill == "blur" else []
    yield f"[{source}]split={len(panels) + len(fill)}" + "".join(f"[{p}i]" for p in (*parts, *fill))
    for i, part in enumerate(parts):
        yield f"[{part}i]{_panel(job, shots, i, slots[i])},setsar=1[{part}]"
    if stack and not fill:
        order = sorted(range(len(parts)), key=lambda i: slots[i][:2])
        inputs = "".join(f"[{parts[i]}]" for i in order)
        yield f"{inputs}{stack}=inputs={len(parts)}:shortest=1,{end}"
        return
    base = f"{out}b"
    if fill:
        yield f"[{fill[0]}i]{_blurred(job, framing.area)},setsar=1[{base}]"
    else:
        size = f"s={job.width}x{job.height}:r={job.rate.num}/{job.rate.den}"
        yield f"color=c=black:{size},format=yuv420p,setparams={_TAGS},setsar=1[{base}]"
    for i, part in enumerate(parts):
        x, y, _, _ = slots[i]
        over = f"{out}o{i}"
        yield f"[{base}][{part}]overlay=x={x}:y={y}:format=yuv420:shortest=1[{over}]"
        base = over
    yield f"[{base}]{end}"


def _slot(panel: Panel, job: RenderJob) -> tuple[int, int, int, int]:
    """x, y, width, height in whole even output pixels."""
    x, y, width, height = panel.slot
    left, top = 2 * round(x * job.width / 2), 2 * round(y * job.height / 2)
    right = min(job.width, 2 * round((x + width) * job.width / 2))
    bottom = min(job.height, 2 * round((y + height) * job.height / 2))
    if right - left < 2 or bottom - top < 2:
        raise ClipFault("a panel of this clip has no size")
    return left, top, right - left, bottom - top


def _stack(framing: Framing, slots: Sequence[tuple[int, int, int, int]], job: RenderJob) -> str:
    """`vstack` or `hstack` where the panels fill the output that way, else an empty string."""
    for axis, name in ((1, "vstack"), (0, "hstack")):
        across = 1 - axis
        size = (job.width, job.height)
        ordered = sorted(slots, key=lambda slot: slot[axis])
        edge = 0
        for slot in ordered:
            if slot[axis] != edge or slot[across] != 0 or slot[2 + across] != size[across]:
                break
            edge += slot[2 + axis]
        else:
            if edge == size[axis]:
                return name
    return ""


def _panel(
    job: RenderJob, shots: Sequence[FramedSegment], index: int, slot: tuple[int, int, int, int]
) -> str:
    size = (job.media.width, job.media.height)
    plan = cut(shots, index, (slot[2], slot[3]), size)
    if shots[0].punch:
        return _zooming(job, shots[0], plan, slot)
    coarse = f"crop=w={plan.region[0]}:h={plan.region[1]}:x='{plan.x}':y='{plan.y}'"
    scale = f"scale=w={plan.scaled[0]}:h={plan.scaled[1]}:{_SCALER}"
    chain = coarse if plan.scaled == plan.region else f"{coarse},{scale}"
    if plan.fine:
        # exact: without it FFmpeg moves a 4:2:0 picture by two pixels at a time.
        chain += f",crop=w={slot[2]}:h={slot[3]}:x='{plan.fine[0]}':y='{plan.fine[1]}':exact=1"
    return chain


def _zooming(job: RenderJob, shot: FramedSegment, plan: PanelCrop, slot: tuple[int, int, int, int]) -> str:
    """The panel of a shot with a punch-in: what it is scaled to changes from frame to frame, and it is scaled once."""
    assert shot.punch is not None
    zoom, x, y = zoom_expressions(shot, shot.punch.focus[job.aspect], (slot[2], slot[3]))
    width, height = (f"2*trunc({side}*{zoom}/2)" for side in plan.scaled)
    left, top = (
        f"({at}+{focus})*{zoom}-{focus}" for at, focus in zip(plan.fine or ("0", "0"), (x, y), strict=True)
    )
    return (
        f"crop=w={plan.region[0]}:h={plan.region[1]}:x='{plan.x}':y='{plan.y}',"
        f"scale=w='{width}':h='{height}':eval=frame:{_SCALER},"
        f"crop=w={slot[2]}:h={slot[3]}:x='{left}':y='{top}':exact=1"
    )


def _blurred(job: RenderJob, area: PictureArea | None) -> str:
    """The whole active picture, filling the output, blurred and darkened."""
    width, height = (2 * round(side / _BLUR_SHARE / 2) for side in job.canvas)
    cover = f"scale=w={width}:h={height}:force_original_aspect_ratio=increase:flags=bilinear"
    dark = f"lutyuv=y='16+(val-16)*{_BLUR_LUMA}'"
    up = f"scale=w={job.width}:h={job.height}:flags=bilinear"
    if area:
        x1, y1, x2, y2 = area
        cover = f"crop=w={x2 - x1}:h={y2 - y1}:x={x1}:y={y1},{cover}"
    return f"{cover},crop=w={width}:h={height},boxblur={_BLUR_RADIUS}:2,{dark},{up}"


def _finish(job: RenderJob) -> str:
    """The picture on its clock; under an end card the last one stands still."""
    more = job.frames - job.media.frames
    still = f"tpad=stop={more}:stop_mode=clone," if more else ""
    return f"settb={job.rate.den}/{job.rate.num},setpts=N,{still}setpts=N,setparams={_TAGS}"


def _with_elements(
    job: RenderJob, first: int, source: str, out: str, wanted: Callable[[ElementMedia], bool]
) -> Iterator[str]:
    """Chains from [source] to [out] that lay the wanted elements over; `first` is the input of the first of all."""
    base = source
    for number, element in enumerate(job.elements):
        if not wanted(element):
            continue
        clock = f"settb={job.rate.den}/{job.rate.num},setpts=N+{element.start_frame}"
        yield f"[{first + number}:v:0]{clock},setparams={_TAGS}[e{number}]"
        over = f"overlay=x={element.x}:y={element.y}:format=yuv420:eof_action=pass:repeatlast=0"
        yield f"[{base}][e{number}]{over}[l{number}]"
        base = f"l{number}"
    yield f"[{base}]null[{out}]"


def _written(script: Path | None, fonts: Path) -> str:
    return f"ass=filename={quoted(script)}:fontsdir={quoted(fonts)}" if script else "null"


def _with_logo(job: RenderJob) -> Iterator[str]:
    style, place = job.style.logo, job.enhancement.logo[job.aspect]
    if style is None:
        raise ClipFault("the style of this clip has no logo")
    width, height = (2 * round(s / 2) for s in (place.width * job.width, place.height * job.height))
    x, y = round(place.x * job.width), round(place.y * job.height)
    size = f"scale=w={max(2, width)}:h={max(2, height)}:flags=lanczos:out_color_matrix=bt709:out_range=tv"
    faded = f"format=rgba,colorchannelmixer=aa={style.opacity:.4f}"
    at = len(job.media.segments)
    yield f"[{at}:v:0]{faded},{size},format=yuva420p,setparams={_TAGS}[logo]"
    start = place.start_frame + place.sting_frames
    # Nothing of it stays on an end card, which has its own.
    when = (
        f":enable='between(n,{start},{job.media.frames - 1})'"
        if start or job.frames > job.media.frames
        else ""
    )
    yield f"[written][logo]overlay=x={x}:y={y}:format=yuv420:eof_action=repeat{when}[branded]"


def _outputs(job: RenderJob) -> Iterator[str]:
    yield f"[branded]format=yuv420p,setparams={_TAGS},split=2[video][still]"
    yield (
        f"[still]select='eq(n,{poster_frame(job)})',"
        "scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc,format=yuvj420p[poster]"
    )


def _split(names: Sequence[str]) -> str:
    return f",split={len(names)}" + "".join(f"[{name}]" for name in names)
