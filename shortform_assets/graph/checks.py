"""Asset checks: the detectors of the six failure modes. They warn, and block only when no clip is left."""

import warnings

import dagster as dg

from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet
from shortform_assets.contracts.creative import Composition, EnhancementPlan
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.slices import EnhancementSlice
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.graph.partitions import source_videos

# Partitioned checks are what this graph needs; the notice would greet every command.
warnings.filterwarnings("ignore", message=".*partitions_def", category=dg.PreviewWarning)


def _also(*stages: str) -> dict[str, dg.AssetIn]:
    """Other stages that a check reads, by the last part of their name."""
    return {stage.rsplit("/", 1)[-1]: dg.AssetIn(stage.split("/")) for stage in stages}


def _result(findings: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not findings,
        severity=dg.AssetCheckSeverity.WARN,
        description=findings[0] if findings else None,
        metadata={"findings": dg.MetadataValue.md("\n".join(f"- {f}" for f in findings[:50]) or "none")},
    )


@dg.asset_check(asset="crop_paths", partitions_def=source_videos, additional_ins=_also("clip_media"))
def framing_fits_its_clip(crop_paths: CropPathsSet, clip_media: ClipMediaSet) -> dg.AssetCheckResult:
    """Every crop path fits the media it was made for, cut for cut (failure mode 1)."""
    from shortform_assets import failure_modes

    return _result(failure_modes.framing_mismatch(crop_paths, clip_media))


@dg.asset_check(asset="crop_paths", partitions_def=source_videos)
def no_static_face_is_followed(crop_paths: CropPathsSet) -> dg.AssetCheckResult:
    """No poster, photo or screen is a subject (failure mode 2)."""
    from shortform_assets import failure_modes

    return _result(failure_modes.static_subjects(crop_paths))


@dg.asset_check(asset="speaker_turns", partitions_def=source_videos, additional_ins=_also("transcript"))
def no_word_is_invented(speaker_turns: SpeakerTurns, transcript: Transcript) -> dg.AssetCheckResult:
    """No word lies where nobody speaks (failure mode 3)."""
    from shortform_assets import failure_modes

    return _result(failure_modes.invented_words(transcript, speaker_turns))


@dg.asset_check(asset="source_record", partitions_def=source_videos, required_resource_keys={"store"})
def genre_has_not_drifted(
    context: dg.AssetCheckExecutionContext, source_record: SourceRecord
) -> dg.AssetCheckResult:
    """The genre means what it meant when it was last published (failure mode 4)."""
    from shortform_assets.genres import check_genres

    drifts = [d for d in check_genres(context.resources.store) if d.name == source_record.genre]
    return _result([f"{d.name}: {d.key} was {d.was} and is {d.now}" for d in drifts])


@dg.asset_check(asset="clip_plan", partitions_def=source_videos, additional_ins=_also("transcript"))
def clips_are_grounded(clip_plan: ClipPlan, transcript: Transcript) -> dg.AssetCheckResult:
    """Every quote was said; every clip opens and closes on a sentence (failure mode 5)."""
    from shortform_assets import failure_modes

    return _result(failure_modes.ungrounded_clips(clip_plan, transcript))


@dg.asset_check(
    asset="enhancement_plan",
    partitions_def=source_videos,
    additional_ins=_also("crop_paths", "genre/enhancement"),
)
def captions_are_clear(
    enhancement_plan: EnhancementPlan, crop_paths: CropPathsSet, enhancement: EnhancementSlice
) -> dg.AssetCheckResult:
    """Captions, hook and logo stay in the safe box, off live faces and each other; every word said is shown
    while it is said (failure mode 6)."""
    from shortform_assets import failure_modes

    return _result(failure_modes.overlay_collisions(enhancement_plan, crop_paths, enhancement))


@dg.asset_check(
    asset="composition",
    partitions_def=source_videos,
    blocking=True,
    additional_ins=_also("clip_plan"),
)
def a_clip_is_left(composition: Composition, clip_plan: ClipPlan) -> dg.AssetCheckResult:
    """Faults drop single clips; when they drop the last one, whichever stage did, the workflow fails."""
    lost_all = bool(clip_plan.clips) and not composition.outputs
    return dg.AssetCheckResult(
        passed=not lost_all,
        severity=dg.AssetCheckSeverity.ERROR,
        description=composition.empty_reason if lost_all else None,
        metadata={"outputs": len(composition.outputs), "dropped": len(composition.dropped)},
    )
