"""`run` and `rerun`: register, run both jobs, export, and show what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from resources.rates import Rates
from resources.sources import describe, local_path
from shortform_assets.cli.display import Display
from shortform_assets.cli.error_handler import report
from shortform_assets.cli.exit_codes import FAILED, worst
from shortform_assets.cli.genre_checks import checked_genre
from shortform_assets.cli.job_run import run_job, working_on
from shortform_assets.cli.project import Project
from shortform_assets.cli.run_report import show_outputs
from shortform_assets.cli.terminal import Terminal
from shortform_assets.contracts.base import Blob
from shortform_assets.contracts.clips import CropPathsSet
from shortform_assets.contracts.source import Brief, SourceRecord, SourceVideo
from shortform_assets.contracts.translations import WantedTranslation
from shortform_assets.creative import (
    ensure_shipped_styles,
    resolve_style,
    style_versions,
)
from shortform_assets.delivery import check_folder
from shortform_assets.errors import InputError, ShortformError
from shortform_assets.graph.partitions import partition_key
from shortform_assets.media import container_seconds
from shortform_assets.speech import parse_transcript
from shortform_assets.text.slug import slug


@dataclass(frozen=True)
class RunRequest:
    """What is wanted of every file of one `run`."""

    genre: str
    brand: str | None = None
    style: str | None = None
    title: str | None = None
    glossary: tuple[str, ...] = ()
    transcript: Path | None = None
    translation: str | None = None
    """`LANGUAGE` or `LANGUAGE=FILE`."""
    brief: Brief = field(default_factory=Brief)
    draft: bool = False


def run_sources(terminal: Terminal, files: Sequence[str], request: RunRequest, out: Path) -> int:
    """Every file to clips in `out` (a folder a source where there are several); the worst exit code.

    A file that fails does not stop the others. Raises ShortformError where there is only one.
    """
    check_folder(out)
    project = Project()
    facts = _facts(project, request, len(files))
    tags = _tags(draft=request.draft)
    if len(files) == 1:
        return _run_file(terminal, project, files[0], facts, out, tags)
    codes = []
    for file in files:
        try:
            codes.append(_run_file(terminal, project, file, facts, out, tags, apart=True))
        except Exception as error:
            report(error)
            codes.append(FAILED)
    return worst(codes)


def rerun_source(terminal: Terminal, key: str, *, out: Path, failed: bool, draft: bool = False) -> int:
    """Run a registered source again; with `failed` its failed outputs get another generation."""
    check_folder(out)
    project = Project()
    key = project.require(key)
    record = project.registry.record(key)
    checked_genre(
        record.genre, project.store, record.style, rerun=True, transcribed=record.transcript is not None
    )
    with working_on(project, key):
        tags = {"shortform/retry": "failed"} if failed else {}
        return _run(terminal, project, key, out, tags | _tags(draft=draft))


def restyle_source(terminal: Terminal, key: str, *, style: str, out: Path, draft: bool = False) -> int:
    """The clips of a source in another style, which its record then names; nothing before the style is looked at."""
    check_folder(out)
    project = Project()
    key = project.require(key)
    project.current(key, "crop_paths", CropPathsSet, "there are no framed clips yet")
    ensure_shipped_styles(project.store)
    held = project.registry.holds_style(key, style)
    pin = resolve_style(project.store, style, held=held).pin
    with working_on(project, key):
        tags = {"shortform/style": pin, **_tags(draft=draft)}
        return _run(terminal, project, key, out, tags, ("restyle", "deliver"))


def _tags(*, draft: bool) -> dict[str, str]:
    return {"shortform/profile": "draft"} if draft else {}


def _facts(project: Project, request: RunRequest, files: int) -> dict[str, Any]:
    """What the records of all files share; InputError before anything is registered."""
    style = request.style
    if style is None and request.brand is not None:
        style = _brand_style(project, request.brand)
    checked_genre(request.genre, project.store, style, transcribed=request.transcript is not None)
    if request.transcript is not None and files > 1:
        raise InputError(
            "one transcript cannot belong to several files", "--transcript", "run them one by one"
        )
    translation = _translation(project, request.translation) if request.translation else None
    if translation is not None and translation.file is not None and files > 1:
        raise InputError(
            "one file of subtitles cannot belong to several files", "--translation", "run them one by one"
        )
    return {
        "genre": request.genre,
        "brand": request.brand,
        "style": style,
        "title": request.title,
        "glossary": request.glossary,
        "transcript": _own_transcript(project, request.transcript) if request.transcript else None,
        "translation": translation,
        "brief": request.brief,
    }


def _own_transcript(project: Project, path: Path) -> Blob:
    """The user's transcript in the store, read once to tell whether it is one."""
    try:
        data = path.expanduser().read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"it cannot be read ({why})", str(path), "name a transcript file") from None
    parse_transcript(data, path.name)
    return project.store.add_file(path.expanduser())


def _translation(project: Project, wanted: str) -> WantedTranslation:
    """The language, and the user's own subtitles in it where a file is named."""
    language, named, file = wanted.partition("=")
    try:
        found = WantedTranslation(language=language)
    except ValidationError:
        raise InputError(
            f"{language!r} is no language",
            "--translation",
            "write its BCP 47 code, as in es or es=talk.es.srt",
        ) from None
    if named and not file:
        raise InputError("it names no file", "--translation", f"write {language}=FILE, or {language} alone")
    return found.model_copy(update={"file": _own_transcript(project, Path(file)) if named else None})


def _brand_style(project: Project, brand: str) -> str | None:
    """The style named like the brand, if there is one; else the genre's style is used."""
    name = slug(brand, 40, "video", ascii_only=True)
    ensure_shipped_styles(project.store)
    return name if name in style_versions(project.store) else None


def _run_file(
    terminal: Terminal,
    project: Project,
    file: str,
    facts: dict[str, Any],
    out: Path,
    tags: dict[str, str],
    *,
    apart: bool = False,
) -> int:
    source = describe(file)
    key = partition_key(source.name, source.uri, source.etag)
    with working_on(project, key):
        record = SourceRecord(uri=source.uri, etag=source.etag, name=source.name, **facts)
        project.registry.register(key, record)
        project.instance.add_dynamic_partitions("source_videos", [key])
        return _run(terminal, project, key, out / key if apart else out, tags)


def _run(
    terminal: Terminal,
    project: Project,
    key: str,
    out: Path,
    tags: dict[str, str] | None = None,
    jobs: Sequence[str] = ("shorten", "deliver"),
) -> int:
    record = project.registry.record(key)
    with Display(terminal, record.name, Rates(project.store), _length(project, key, record)) as display:
        for job in jobs:
            end = run_job(project, job, key, display, tags)
            if end.error:
                raise ShortformError(f"{end.error} (run {end.run_id[:8]})")
    if display.computed:
        terminal.say(f"computed: {', '.join(display.computed)}; {display.reused} reused")
    else:
        terminal.say("every stage reused")
    return show_outputs(terminal, project, key, out)


def _length(project: Project, key: str, record: SourceRecord) -> float | None:
    """Seconds of the source for the ETA: from an earlier probe, else from a local container's header."""
    known = project.known(key, "source_video", SourceVideo)
    if known is not None:
        return known.duration_ms / 1000
    path = local_path(record.uri)
    return None if path is None else container_seconds(path)
