"""`run` and `rerun`: register, run both jobs, export, and show what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from resources.rates import Rates
from resources.sources import describe
from shortform_assets.cli.display import Display
from shortform_assets.cli.exit_codes import FAILED, NO_CLIPS, OK, OUTPUTS_FAILED
from shortform_assets.cli.project import Project
from shortform_assets.cli.status_commands import print_dropped
from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.delivery import Delivery
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.source import Brief, SourceRecord, SourceVideo
from shortform_assets.contracts.stages import CONTRACTS
from shortform_assets.creative import (
    ensure_shipped_styles,
    resolve_style,
    style_versions,
)
from shortform_assets.delivery import export
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.genres import check_style, load_genre
from shortform_assets.graph.partitions import partition_key, slug
from shortform_assets.graph.previews import clock
from shortform_assets.speech import parse_transcript


@dataclass(frozen=True)
class Order:
    """What is wanted of every file of one `run`."""

    genre: str
    brand: str | None = None
    style: str | None = None
    title: str | None = None
    glossary: tuple[str, ...] = ()
    transcript: Path | None = None
    brief: Brief = field(default_factory=Brief)


def run_sources(console: Console, files: list[str], order: Order, out: Path) -> int:
    """Every file to clips in `out` (a folder a source where there are several); the worst exit code."""
    project = Project()
    genre = load_genre(order.genre)
    ensure_shipped_styles(project.store)
    style = order.style
    if style is not None:
        resolve_style(project.store, style)
    elif order.brand is not None:
        style = _brand_style(project, order.brand)
    if style is None:
        check_style(genre, project.store)
    if order.transcript is not None and len(files) > 1:
        raise InputError(
            "one transcript cannot belong to several files", "--transcript", "run them one by one"
        )
    transcript = _own_transcript(project, order.transcript) if order.transcript else None
    worst = OK
    for file in files:
        try:
            source = describe(file)
            key = partition_key(source.name, source.uri, source.etag)
            record = SourceRecord(
                uri=source.uri,
                etag=source.etag,
                name=source.name,
                genre=order.genre,
                brand=order.brand,
                style=style,
                title=order.title,
                glossary=order.glossary,
                transcript=transcript,
                brief=order.brief,
            )
            project.registry.register(key, record)
            project.instance.add_dynamic_partitions("source_videos", [key])
            code = _run(console, project, key, out / key if len(files) > 1 else out)
        except ShortformError as error:
            if len(files) == 1:
                raise
            console.print(Text(f"error: {error}", style="red"))
            code = FAILED
        worst = max(worst, code)
    return worst


def _own_transcript(project: Project, path: Path) -> Blob:
    """The user's transcript in the store, read once to tell whether it is one."""
    try:
        data = path.expanduser().read_bytes()
    except OSError as error:
        raise InputError(
            f"it cannot be read ({error.strerror or error})", str(path), "name a transcript file"
        ) from None
    parse_transcript(data, path.name)
    return project.store.add_file(path.expanduser())


def _brand_style(project: Project, brand: str) -> str | None:
    """The style named like the brand, if there is one; else the genre's style is used."""
    name = slug(brand)
    return name if name in style_versions(project.store) else None


def rerun_source(console: Console, key: str, *, out: Path, failed: bool) -> int:
    """Run a registered source again; with `failed` its failed outputs get another generation."""
    project = Project()
    key = project.require(key)
    record = project.registry.record(key)
    genre = load_genre(record.genre)
    ensure_shipped_styles(project.store)
    if record.style is None:
        check_style(genre, project.store)
    return _run(console, project, key, out, {"shortform/retry": "failed"} if failed else None)


def _run(console: Console, project: Project, key: str, out: Path, tags: dict[str, str] | None = None) -> int:
    project.claim(key)
    record = project.registry.record(key)
    with Display(console, record.name, Rates(project.store), _length(project, key, record)) as display:
        for job in ("shorten", "deliver"):
            end = project.run(job, key, display, tags)
            if end.error:
                raise ShortformError(f"{end.error} (run {end.run_id[:8]})")
    if display.computed:
        console.print(f"computed: {', '.join(display.computed)}; {display.reused} reused", highlight=False)
    else:
        console.print("every stage reused", highlight=False)
    return _show(console, project, key, out)


def _length(project: Project, key: str, record: SourceRecord) -> float:
    """Seconds of the source for the ETA: from an earlier probe, else from the container's header."""
    ref = project.artifacts.current(key, "source_video")
    if ref is not None:
        known = project.artifacts.load(ref, SourceVideo)
        assert isinstance(known, SourceVideo)
        return known.duration_ms / 1000
    import av

    try:
        with av.open(record.uri.removeprefix("file://")) as container:
            return (container.duration or 0) / 1e6
    except (av.FFmpegError, OSError):
        return 0.0


def _show(console: Console, project: Project, key: str, out: Path) -> int:
    refs = {stage: project.artifacts.current(key, stage) for stage in ("clip_plan", "delivery")}
    assert refs["clip_plan"] is not None
    assert refs["delivery"] is not None
    plan = project.artifacts.load(refs["clip_plan"], ClipPlan)
    delivery = project.artifacts.load(refs["delivery"], Delivery)
    assert isinstance(plan, ClipPlan)
    assert isinstance(delivery, Delivery)
    files = export(project.store.open_local, delivery, out)
    for stage, reasons in project.artifacts.degraded(key, CONTRACTS).items():
        console.print(Text(f"{stage} is degraded: {'; '.join(reasons)}", style="yellow"))
    clips = {clip.clip_id: clip for clip in plan.clips}
    names = {file.blob: file.name for file in delivery.files}
    table = Table("#", "title", "from", "length", "score", box=None)
    table.add_column("file", overflow="fold")
    for number, output in enumerate(delivery.outputs, start=1):
        clip = clips[output.clip_id]
        done = output.outcome.video if output.outcome else None
        why = output.outcome.error if output.outcome else output.lost or output.state
        table.add_row(
            str(number),
            Text(output.title),
            clock(plan.rate.ms(clip.spans[0].start_frame)),
            clock(plan.rate.ms(clip.frames)),
            f"{clip.score:.2f}",
            Text(str(out / names[done]) if done else why),
        )
    if delivery.outputs:
        console.print(table)
    if delivery.dropped:
        print_dropped(console, delivery, plan)
    if plan.shortfall:
        what = "fewer clips than asked for" if delivery.outputs else "no clips"
        console.print(Text(f"{what}: {plan.shortfall}", style="yellow"))
    if not delivery.outputs:
        return NO_CLIPS
    console.print(f"{len(files)} files in {out}; open {out / 'index.html'} to review", highlight=False)
    failed = any(output.state != "completed" for output in delivery.outputs)
    return OUTPUTS_FAILED if failed else OK
