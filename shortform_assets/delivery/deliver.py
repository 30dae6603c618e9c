"""The delivery: outcomes as they stand, with everything a folder of finished clips consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shortform_assets.contracts.base import Blob, Dropped
from shortform_assets.contracts.creative import ClipWord, Composition, RenderJob
from shortform_assets.contracts.delivery import Delivery, DeliveryFile, OutputState
from shortform_assets.contracts.edits import CreativeEdits
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.source import SourceVideo
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.creative.captions.text.clip_words import MILLISECONDS, source_words
from shortform_assets.creative.fixes.word_fixes import fix_plan, fix_words
from shortform_assets.delivery.captions_export import FORMATS, SUBTITLES, Captions
from shortform_assets.delivery.edit_lists.edit_list_files import EditLists, edit_lists
from shortform_assets.delivery.file_names import file_stems
from shortform_assets.delivery.manifest import DeliveryReport, Files, manifest, postable
from shortform_assets.delivery.posting_sheets import posting_sheets
from shortform_assets.delivery.review import review_page
from shortform_assets.delivery.translated_export import translated_words
from shortform_assets.ports.workbench import Workbench

MANIFEST_NAME, REVIEW_NAME, TRANSCRIPT_STEM = "manifest.json", "index.html", "transcript"
EDIT_LIST_STEM, POSTS_STEM = "edit-list", "posts"


@dataclass(frozen=True)
class DeliveryRequest:
    """What is delivered: outputs as they stand, and all that was said and decided about them."""

    composition: Composition
    states: Sequence[OutputState]
    plan: ClipPlan
    transcript: Transcript
    turns: SpeakerTurns
    edits: CreativeEdits
    source: SourceVideo
    source_name: str
    """File name of the original, for edit lists."""
    degraded: tuple[str, ...] = ()
    """Reasons of stages that fell back."""
    heading: str = "Clips for review"


def delivery_report(bench: Workbench, request: DeliveryRequest) -> DeliveryReport:
    """All that there is to tell of a composition's outputs as they stand, its files kept in the store.

    Words come from the composition for the clips, and with the edits applied from the transcript and turns
    for the whole source. Planned clips without output are listed with the reason that the composition knows.
    """
    composition, states, transcript = request.composition, request.states, request.transcript
    plan = fix_plan(request.plan, request.edits.edits)
    fallen = (
        *request.degraded,
        *(why for state in states if state.outcome for why in state.outcome.degraded),
    )
    lists = edit_lists(composition, plan, request.source, request.source_name, request.heading)
    files = _files(bench, composition, states, transcript.language)
    return DeliveryReport(
        states=states,
        composition=composition,
        plan=plan,
        files=files,
        transcript=_transcript(bench, transcript, request.turns, request.edits),
        edit_lists=_edit_list_files(bench, lists),
        edit_list_notes=lists.notes,
        posts=_posts(bench, composition, states, files),
        dropped=_left_out(composition, plan),
        language=transcript.language,
        degraded=tuple(dict.fromkeys(fallen)),
        heading=request.heading,
    )


def deliver(bench: Workbench, request: DeliveryRequest) -> Delivery:
    """Assemble the delivery of a composition: see `delivery_report`."""
    composition, states = request.composition, request.states
    report = delivery_report(bench, request)
    for_tools, for_people = manifest(report), review_page(report)
    for_tools_blob, for_people_blob = _keep(bench, for_tools), _keep(bench, for_people.encode())
    return Delivery(
        composition=composition.digest(),
        complete=all(state.state in ("completed", "failed") for state in states),
        outputs=tuple(states),
        dropped=tuple(report.dropped),
        manifest=for_tools_blob,
        review=for_people_blob,
        files=(
            *(
                DeliveryFile(name=name, blob=blob)
                for kinds in (*report.files.values(), report.transcript, report.edit_lists, report.posts)
                for name, blob in kinds.values()
            ),
            DeliveryFile(name=MANIFEST_NAME, blob=for_tools_blob),
            DeliveryFile(name=REVIEW_NAME, blob=for_people_blob),
        ),
    )


def _left_out(composition: Composition, plan: ClipPlan) -> tuple[Dropped, ...]:
    made = {job.clip_id for job in composition.outputs}
    known = {drop.clip_id for drop in composition.dropped}
    # The composition accounts for every clip of the plan it was made from.
    newer = (clip.clip_id for clip in plan.clips if clip.clip_id not in made | known)
    reason = "it was planned after these clips were composed - run `shortform rerun`"
    return (
        *composition.dropped,
        *(Dropped(clip_id=clip, stage="composition", reason=reason) for clip in newer),
    )


def _files(
    bench: Workbench, composition: Composition, states: Sequence[OutputState], language: str
) -> Mapping[str, Files]:
    """Output id -> its files, for the completed ones."""
    jobs: dict[str, RenderJob] = {job.output_id: job for job in composition.outputs}
    stems = file_stems(composition)
    found: dict[str, Files] = {}
    for state in states:
        outcome = state.outcome
        if not outcome or not outcome.video or not outcome.poster:
            continue
        stem, job = stems[state.output_id], jobs[state.output_id]
        captions = Captions.of(job.enhancement.words, job.rate, job.media.frames, language)
        found[state.output_id] = {
            "video": (f"{stem}.mp4", outcome.video),
            "poster": (f"{stem}.jpg", outcome.poster),
            **_written(bench, captions, stem),
            **_translated(bench, job, stem),
        }
    return found


def _translated(bench: Workbench, job: RenderJob, stem: str) -> Files:
    """Subtitles in the language that the captions are translated into, which their names end with."""
    made = job.enhancement.translation
    if made is None:
        return {}
    words = translated_words(job.enhancement.pages)
    captions = Captions.of(words, job.rate, job.media.frames, made.language)
    files = _written(bench, captions, f"{stem}.{made.language}", SUBTITLES)
    return {f"{kind} {made.language}": file for kind, file in files.items()}


def _transcript(bench: Workbench, transcript: Transcript, turns: SpeakerTurns, edits: CreativeEdits) -> Files:
    """What is said in the whole source, by whom, in source time."""
    words = [
        ClipWord(
            text=word.text,
            start_frame=word.start_frame,
            end_frame=word.end_frame,
            confidence=word.confidence,
            speaker=turns.speakers[word.speaker] if word.speaker >= 0 else "",
        )
        for word in fix_words(source_words(transcript, turns), edits.edits)
    ]
    duration = MILLISECONDS.frame(transcript.duration_ms)
    captions = Captions.of(words, MILLISECONDS, duration, transcript.language, named=True)
    return _written(bench, captions, TRANSCRIPT_STEM)


def _posts(
    bench: Workbench, composition: Composition, states: Sequence[OutputState], files: Mapping[str, Files]
) -> Files:
    outcomes = {state.output_id: state.outcome for state in states}
    outputs = [
        (job, files[job.output_id]["video"][0])
        for job in composition.outputs
        if (outcome := outcomes.get(job.output_id)) and postable(job, outcome)
    ]
    return {
        platform: (f"{POSTS_STEM}-{platform}.csv", _keep(bench, sheet.encode()))
        for platform, sheet in posting_sheets(outputs).items()
    }


def _edit_list_files(bench: Workbench, lists: EditLists) -> Files:
    return {
        kind: (f"{EDIT_LIST_STEM}.{kind}", _keep(bench, text.encode())) for kind, text in lists.files.items()
    }


def _written(bench: Workbench, captions: Captions, stem: str, kinds: Sequence[str] = tuple(FORMATS)) -> Files:
    """The words in these formats; nothing where nothing is said."""
    if not captions.cues:
        return {}
    return {kind: (f"{stem}.{kind}", _keep(bench, FORMATS[kind](captions).encode())) for kind in kinds}


def _keep(bench: Workbench, data: bytes) -> Blob:
    path = bench.scratch / "delivery.part"
    path.write_bytes(data)
    return bench.keep(path)
