"""The composition: one self-contained render job an output."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.contracts.base import Dropped, canonical_json
from shortform_assets.contracts.clips import ClipMedia, ClipMediaSet, CropPaths, CropPathsSet
from shortform_assets.contracts.creative import (
    ClipEnhancement,
    Composition,
    Encode,
    EnhancementPlan,
    RenderJob,
)
from shortform_assets.contracts.output_profiles import DRAFT, limits_for
from shortform_assets.contracts.slices.delivery_slice import DeliverySlice
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.errors import ClipFault, InputError
from shortform_assets.ports.workbench import Workbench
from shortform_assets.reframing.direct.path_guard import misfits
from shortform_assets.rendering.element_plan import elements, length_with_card
from shortform_assets.rendering.filtergraph import check

_STAGE = "composition"


def compose(
    bench: Workbench,
    plan: EnhancementPlan,
    crops: CropPathsSet,
    media: ClipMediaSet,
    style: StyleContract,
    delivery: DeliverySlice,
    draft: bool = False,
) -> Composition:
    """One job per clip and aspect ratio, in the order of `plan`, which is best first.

    Raises InputError where `plan` was made from another style. A clip whose camera does not fit its media
    is dropped with the reason. `dropped` of the composition are all clips given up on the way to it, by
    whichever stage. `draft` makes small, fast ones to decide by.
    """
    if plan.style_digest != style.digest():
        raise InputError(
            f"the enhancement plan was made from {plan.style} and the style is now {style.pin}",
            _STAGE,
            "run again from style_contract",
        )
    paths = {path.clip_id: path for path in crops.clips}
    clips = {clip.clip_id: clip for clip in media.clips}
    jobs: list[RenderJob] = []
    dropped: list[Dropped] = []
    for enhancement in plan.clips:
        name = enhancement.clip_id
        try:
            path, clip = paths.get(name), clips.get(name)
            if path is None or clip is None:
                raise ClipFault(f"it has no {'camera' if path is None else 'media'} any more")
            jobs += _jobs(bench, enhancement, path, clip, style, delivery, draft)
        except ClipFault as fault:
            dropped.append(Dropped(clip_id=name, stage=_STAGE, reason=str(fault)))
        bench.progress((len(jobs) + len(dropped)) / (len(plan.clips) * len(delivery.aspects)))
    # The stages of single clips hand on what was dropped before them; the first reason is the cause.
    lost = {drop.clip_id: drop for drop in (*dropped, *plan.dropped, *crops.dropped)}
    return Composition(
        style=style.pin,
        outputs=tuple(jobs),
        dropped=tuple(lost[clip] for clip in sorted(lost)),
        empty_reason="" if jobs else _why_empty(tuple(lost.values())),
    )


def _jobs(
    bench: Workbench,
    enhancement: ClipEnhancement,
    path: CropPaths,
    clip: ClipMedia,
    style: StyleContract,
    delivery: DeliverySlice,
    draft: bool,
) -> list[RenderJob]:
    if found := misfits(path, clip):
        raise ClipFault(found[0])
    framings = {framing.aspect: framing for framing in path.aspects}
    jobs = []
    for aspect in delivery.aspects:
        if aspect not in framings:
            raise ClipFault(f"the camera has no {aspect} framing")
        width, height = (side // DRAFT.shrink if draft else side for side in ASPECTS[aspect].size)
        job = RenderJob(
            output_id="",
            clip_id=enhancement.clip_id,
            aspect=aspect,
            width=width,
            height=height,
            rate=clip.rate,
            frames=length_with_card(enhancement, clip.frames),
            media=clip,
            framing=framings[aspect],
            enhancement=enhancement,
            style=style,
            encode=_drafted(delivery.encode) if draft else delivery.encode,
            # No platform is to have a draft.
            limits=limits_for(() if draft else delivery.profiles, aspect),
            draft=draft,
        )
        job = job.model_copy(update={"elements": elements(bench, job)})
        check(job)
        jobs.append(job.model_copy(update={"output_id": output_id(job)}))
    return jobs


def _drafted(encode: Encode) -> Encode:
    return encode.model_copy(update={"preset": DRAFT.preset, "crf": DRAFT.crf})


def output_id(job: RenderJob) -> str:
    """16 hex digits of the digest of everything in the job but the id itself."""
    content = job.model_dump(mode="json", exclude={"output_id"})
    return hashlib.sha256(canonical_json(content)).hexdigest()[:16]


def _why_empty(dropped: Sequence[Dropped]) -> str:
    if dropped:
        return f"every clip was dropped, the first because {dropped[0].reason}"
    return "the clip plan holds no clip"
