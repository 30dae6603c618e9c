"""The clips group: media, faces and camera of every clip, each clip by itself."""

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from resources.artifacts import Ref
from resources.bench import StoreBench
from resources.vision.executor_base import TRACKING
from resources.vision.pipes_session import PipesSession
from shortform_assets.contracts.base import Dropped
from shortform_assets.contracts.clips import (
    ClipMedia,
    ClipMediaSet,
    CropPaths,
    CropPathsSet,
    FaceTracks,
    FaceTracksSet,
)
from shortform_assets.contracts.edits import FramingEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import ReframingSlice
from shortform_assets.contracts.source import Mezzanine
from shortform_assets.contracts.speech import SpeakerTurns
from shortform_assets.graph.assets.asset_options import stage
from shortform_assets.graph.reuse import EachClip, once_each
from shortform_assets.ports.vision_executor import TrackRequest, VisionExecutor

REFRAMING = dg.AssetIn(["genre", "reframing"])


@dg.asset(**stage("clips", {"ffmpeg"}, "shortform_assets.media.clip_media:cut_clip"))
def clip_media(
    context: dg.AssetExecutionContext, mezzanine: Mezzanine, clip_plan: ClipPlan
) -> dg.MaterializeResult[Ref]:
    """Clip-local media: a lossless copy of the picture, the exact stretch of sound."""
    from shortform_assets.media import cut_clip

    items = {clip.clip_id: (mezzanine, clip.clip_id, clip.spans) for clip in clip_plan.clips}
    return once_each(context, EachClip(ClipMediaSet, ClipMedia, items, cut_clip))


@dg.asset(**stage("clips", {"onnx", "mediapipe"}, *TRACKING, tools={"vision"}), ins={"reframing": REFRAMING})
def face_tracks(
    context: dg.AssetExecutionContext, clip_media: ClipMediaSet, reframing: ReframingSlice
) -> dg.MaterializeResult[Ref]:
    """Faces of every clip: boxes, mouth, head pose, emotion and exact cuts, from one decode."""
    vision: VisionExecutor = context.resources.vision.within(context.resources.store, PipesSession(context))
    judging = vision.judging(reframing.faces)

    def track(
        bench: StoreBench,
        todo: Mapping[str, tuple[Any, ...]],
        report: Callable[[str, FaceTracks | Dropped], None],
    ) -> None:
        for reason in judging.lacking:
            bench.degrade(reason)
        clips = [media for media, *_ in todo.values()]
        vision.track(TrackRequest(clips, reframing.faces, report, bench.progress))

    items = {media.clip_id: (media, reframing.faces) for media in clip_media.clips}
    work = EachClip(
        FaceTracksSet,
        FaceTracks,
        items,
        batch=track,
        using=(judging,),
        dropped=clip_media.dropped,
        made_by=TRACKING,
    )
    return once_each(context, work)


@dg.asset(
    **stage("clips", {"scipy"}, "shortform_assets.reframing.crop_paths:frame_clip"),
    ins={"reframing": REFRAMING, "edits": dg.AssetIn(["edits", "framing"])},
)
def crop_paths(
    context: dg.AssetExecutionContext,
    face_tracks: FaceTracksSet,
    clip_media: ClipMediaSet,
    clip_plan: ClipPlan,
    speaker_turns: SpeakerTurns,
    reframing: ReframingSlice,
    edits: FramingEdits,
) -> dg.MaterializeResult[Ref]:
    """Live or static, who speaks, the layout of every shot and the camera for every aspect ratio."""
    from shortform_assets.reframing import (
        CameraRequest,
        frame_clip,
        local_edits,
        local_turns,
        map_voices,
        misfits,
    )

    rate = clip_plan.rate
    plans = {clip.clip_id: clip for clip in clip_plan.clips}
    media = {clip.clip_id: clip for clip in clip_media.clips}
    turns = {clip: local_turns(speaker_turns, plan.timeline, rate) for clip, plan in plans.items()}
    voices = map_voices(face_tracks, turns)
    items = {
        tracks.clip_id: (
            media[tracks.clip_id],
            CameraRequest(
                tracks,
                turns[tracks.clip_id],
                voices.of(tracks.clip_id),
                reframing,
                local_edits(edits, plans[tracks.clip_id], rate),
            ),
        )
        for tracks in face_tracks.clips
    }
    work = EachClip(
        CropPathsSet,
        CropPaths,
        items,
        frame_clip,
        dropped=face_tracks.dropped,
        fits=lambda clip, path: path.clip_id == clip and not misfits(path, media[clip]),
    )
    return once_each(context, work)
