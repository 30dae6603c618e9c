"""The analysis group: words, speakers, shots, moments and the clip plan."""

import dagster as dg

from resources.artifacts import Artifacts, Ref
from resources.ledger import Ledger
from resources.llm.judge_panel import panel_for
from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import Moments, Shots
from shortform_assets.contracts.slices import SelectionSlice, SpeechSlice
from shortform_assets.contracts.source import Mezzanine, SourceRecord
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.graph.assets.asset_options import stage
from shortform_assets.graph.reuse import as_failure, once

SPEECH = dg.AssetIn(["genre", "speech"])
SELECTION = dg.AssetIn(["genre", "selection"])


@dg.asset(
    **stage(
        "analysis",
        {"whisper"},
        "shortform_assets.speech.transcribe:transcribe",
        tools={"recognizers", "aligner"},
    ),
    ins={"speech": SPEECH},
)
def transcript(
    context: dg.AssetExecutionContext, mezzanine: Mezzanine, speech: SpeechSlice, source_record: SourceRecord
) -> dg.MaterializeResult[Ref]:
    """Words with times and confidence, and what the hallucination guard removed or repaired."""
    from shortform_assets.speech import TranscriptRequest, transcribe

    tools = context.resources
    with as_failure():
        ears = tools.recognizers.chain(speech, Ledger(tools.store, context.partition_key))
    told = (source_record.glossary, source_record.transcript)
    request = TranscriptRequest(mezzanine, speech.recognition, *told)
    return once(context, transcribe, request, using=(ears, tools.aligner))


@dg.asset(
    **stage("analysis", {"onnx"}, "shortform_assets.speech.turns:find_turns", tools={"voices"}),
    ins={"speech": SPEECH},
)
def speaker_turns(
    context: dg.AssetExecutionContext, mezzanine: Mezzanine, transcript: Transcript, speech: SpeechSlice
) -> dg.MaterializeResult[Ref]:
    """Who speaks when, and where there is voice at all."""
    from shortform_assets.speech import find_turns

    given = (mezzanine, transcript, speech.max_speakers)
    return once(context, find_turns, *given, using=(context.resources.voices,))


@dg.asset(**stage("analysis", {"opencv"}, "shortform_assets.media.shots:find_shots"))
def shots(context: dg.AssetExecutionContext, mezzanine: Mezzanine) -> dg.MaterializeResult[Ref]:
    """Shot boundaries of the whole source."""
    from shortform_assets.media import find_shots

    return once(context, find_shots, mezzanine)


@dg.asset(
    **stage(
        "analysis",
        {"python"},
        "shortform_assets.selection.decide:gather_moments",
        tools={"embeddings", "talk_embeddings"},
    ),
    ins={"selection": SELECTION},
)
def moments(
    context: dg.AssetExecutionContext,
    transcript: Transcript,
    speaker_turns: SpeakerTurns,
    shots: Shots,
    mezzanine: Mezzanine,
    selection: SelectionSlice,
) -> dg.MaterializeResult[Ref]:
    """Candidate segments of whole sentences, with measured features."""
    from shortform_assets.selection import MomentsRequest, gather_moments

    given = MomentsRequest(transcript, speaker_turns, shots, mezzanine, selection)
    return once(
        context,
        gather_moments,
        given,
        using=(context.resources.embeddings, context.resources.talk_embeddings),
    )


@dg.asset(
    **stage(
        "analysis",
        {"python"},
        "shortform_assets.selection.decide:decide_clips",
        tools={"embeddings", "grammar"},
    ),
    ins={"selection": SELECTION, "edits": dg.AssetIn(["edits", "plan"])},
)
def clip_plan(
    context: dg.AssetExecutionContext,
    moments: Moments,
    transcript: Transcript,
    speaker_turns: SpeakerTurns,
    selection: SelectionSlice,
    edits: PlanEdits,
    source_record: SourceRecord,
) -> dg.MaterializeResult[Ref]:
    """The chosen clips, scored and anchored to words, and why the rest fell out."""
    from shortform_assets.selection import PlanRequest, decide_clips

    store, key = context.resources.store, context.partition_key
    with as_failure():
        purse = Ledger(store, key)
        panel = panel_for(selection.panel, purse, store, Artifacts(store).resets(key, "clip_plan"))
    told = PlanRequest(moments, transcript, speaker_turns, selection, edits, source_record.brief)
    tools = context.resources
    return once(context, decide_clips, told, using=(panel, tools.embeddings, tools.grammar))
