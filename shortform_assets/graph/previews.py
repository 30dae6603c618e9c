"""Small tables and figures that a contract shows in the Dagster UI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

import dagster as dg

from shortform_assets.contracts.base import Contract, Dropped
from shortform_assets.contracts.clips import ClipMediaSet, CropPathsSet, FaceTracksSet
from shortform_assets.contracts.creative import Composition, EnhancementPlan
from shortform_assets.contracts.delivery import Delivery, RenderedOutputs
from shortform_assets.contracts.selection import ClipPlan, Moments, Shots
from shortform_assets.contracts.source import Mezzanine, SourceRecord, SourceVideo
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.contracts.style_contracts import StyleContract
from shortform_assets.text.clock import clock
from shortform_assets.text.spacing import joined

Metadata = dict[str, Any]
MOST_PLOTS = 8
"""Every run that shows a picture stores it in Dagster's event log anew."""


def table(rows: Iterable[Mapping[str, Any]], limit: int = 50) -> Any:
    """A metadata table of at most `limit` rows; cells are shown as text."""
    records = [dg.TableRecord({k: str(v) for k, v in row.items()}) for row in list(rows)[:limit]]
    if not records:
        return dg.MetadataValue.text("none")
    columns = [dg.TableColumn(name) for name in records[0].data]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))


@singledispatch
def preview(contract: Contract) -> Metadata:
    """What the UI shows of `contract`; every field of a small one."""
    shown = contract.model_dump(mode="json")
    return {"contract": dg.MetadataValue.json(shown)}


@preview.register
def _(contract: SourceRecord) -> Metadata:
    return {
        "genre": contract.genre,
        "name": contract.name,
        "record": dg.MetadataValue.json(contract.model_dump(mode="json")),
    }


@preview.register
def _(contract: SourceVideo) -> Metadata:
    streams = [{"stream": s.index, "codec": s.codec, "what": f"{s.width}x{s.height}"} for s in contract.video]
    streams += [
        {"stream": s.index, "codec": s.codec, "what": f"{s.sample_rate} Hz, {s.channels} channels"}
        for s in contract.audio
    ]
    return {
        "duration": clock(contract.duration_ms, 1),
        "container": contract.container,
        "streams": table(streams),
    }


@preview.register
def _(contract: Mezzanine) -> Metadata:
    return {
        "duration": clock(contract.duration_ms, 1),
        "picture": f"{contract.width}x{contract.height} at {contract.rate.fps:.3f} fps",
        "frames": contract.frames,
        "remuxed": contract.remuxed,
    }


@preview.register
def _(contract: Transcript) -> Metadata:
    text = joined(word.text for word in contract.words[:60])
    timing = Counter(word.timing for word in contract.words)
    return {
        "language": contract.language,
        "provider": contract.provider,
        **(
            {"passed_over": "; ".join(f"{p.provider}: {p.reason}" for p in contract.passed_over)}
            if contract.passed_over
            else {}
        ),
        "words": len(contract.words),
        "word_times": ", ".join(f"{count} {how}" for how, count in sorted(timing.items())),
        "opening": text,
        "guard": table(
            {"at": clock(a.start_ms, 1), "what": a.kind, "why": a.reason, "text": a.text}
            for a in contract.guard
        ),
    }


@preview.register
def _(contract: SpeakerTurns) -> Metadata:
    talk: Counter[str] = Counter()
    for turn in contract.turns:
        talk[turn.speaker] += turn.end_ms - turn.start_ms
    return {
        "turns": len(contract.turns),
        "talk_time": table({"speaker": s, "time": clock(talk[s], 1)} for s in contract.speakers),
    }


@preview.register
def _(contract: Shots) -> Metadata:
    return {"shots": len(contract.shots)}


@preview.register
def _(contract: Moments) -> Metadata:
    rows = (
        {"topic": i, "words": f"{t.first_word}-{t.last_word}", "keywords": ", ".join(t.keywords[:5])}
        for i, t in enumerate(contract.topics)
    )
    shown: Metadata = {"moments": len(contract.moments), "topics": table(rows)}
    if contract.empty_reason:
        shown["empty_reason"] = contract.empty_reason
    return shown


@preview.register
def _(contract: ClipPlan) -> Metadata:
    rate = contract.rate
    rows = (
        {
            "clip": c.clip_id,
            "title": c.title,
            "from": clock(rate.ms(c.spans[0].start_frame), 1),
            "length": clock(rate.ms(c.frames), 1),
            "score": f"{c.score:.2f}",
            "why": c.reason,
        }
        for c in contract.clips
    )
    shown: Metadata = {"clips": len(contract.clips), "target": contract.target_count, "plan": table(rows)}
    fell = Counter(f.reason for f in contract.fell_out)
    shown["fell_out"] = table({"why": why, "moments": n} for why, n in fell.most_common(20))
    if contract.shortfall:
        shown["shortfall"] = contract.shortfall
    return shown


def _dropped(dropped: Iterable[Dropped]) -> Metadata:
    rows = [{"clip": d.clip_id, "stage": d.stage, "why": d.reason} for d in dropped]
    return {"dropped": table(rows)} if rows else {}


@preview.register
def _(contract: ClipMediaSet) -> Metadata:
    return {
        "clips": len(contract.clips),
        "frames": sum(c.frames for c in contract.clips),
        **_dropped(contract.dropped),
    }


@preview.register
def _(contract: FaceTracksSet) -> Metadata:
    rows = (
        {
            "clip": c.clip_id,
            "cuts": len(c.cuts),
            "tracks": len(c.tracks),
            "widest face": max((t.width for t in c.tracks), default=0),
            "bars": ", ".join(sorted({f"{a[0]}-{a[2]} x {a[1]}-{a[3]}" for a in c.areas})),
            "text": ", ".join(f"{n} {kind}" for kind, n in Counter(t.kind for t in c.texts).items()),
        }
        for c in contract.clips
    )
    return {"clips": len(contract.clips), "faces": table(rows), **_dropped(contract.dropped)}


@preview.register
def _(contract: CropPathsSet) -> Metadata:
    from shortform_assets.reframing import plots_markdown

    rows = []
    for clip in contract.clips:
        layouts = Counter(f.layout for f in clip.aspects[0].framings)
        states = Counter(v.state for v in clip.verdicts)
        rows.append(
            {
                "clip": clip.clip_id,
                "layouts": ", ".join(f"{n} {name}" for name, n in layouts.items()),
                "faces": ", ".join(f"{n} {name}" for name, n in states.items()),
            }
        )
    return {
        "clips": len(contract.clips),
        "framing": table(rows),
        "camera": dg.MetadataValue.md(plots_markdown(contract.clips, MOST_PLOTS)),
        **_dropped(contract.dropped),
    }


@preview.register
def _(contract: StyleContract) -> Metadata:
    return {
        "style": contract.pin,
        "fonts": ", ".join(f.family for f in contract.fonts),
        "accent": contract.accent,
    }


@preview.register
def _(contract: EnhancementPlan) -> Metadata:
    rows = (
        {
            "clip": c.clip_id,
            "title": c.title,
            "pages": len(c.pages),
            "subtitles in the picture": c.burnt_in.note if c.burnt_in else "",
        }
        for c in contract.clips
    )
    return {"style": contract.style, "clips": table(rows), **_dropped(contract.dropped)}


@preview.register
def _(contract: Composition) -> Metadata:
    rows = (
        {
            "output": o.output_id,
            "title": o.enhancement.title,
            "aspect": o.aspect,
            "length": clock(o.rate.ms(o.frames), 1),
        }
        for o in contract.outputs
    )
    shown: Metadata = {"style": contract.style, "outputs": len(contract.outputs), "index": table(rows)}
    if contract.empty_reason:
        shown["empty_reason"] = contract.empty_reason
    return shown | _dropped(contract.dropped)


@preview.register
def _(contract: RenderedOutputs) -> Metadata:
    return {"outputs": len(contract.output_ids), "dispatched": len(contract.dispatched)}


@preview.register
def _(contract: Delivery) -> Metadata:
    rows = (
        {
            "title": o.title,
            "aspect": o.aspect,
            "state": o.state,
            "problems": "; ".join(o.outcome.quality.problems) if o.outcome and o.outcome.quality else "",
            "error": o.outcome.error if o.outcome else o.lost,
        }
        for o in contract.outputs
    )
    states = Counter(o.state for o in contract.outputs)
    return {
        "complete": contract.complete,
        **{f"outputs_{s}": n for s, n in states.items()},
        "outputs": table(rows),
        **_dropped(contract.dropped),
    }
