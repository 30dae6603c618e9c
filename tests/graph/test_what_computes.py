"""What is computed again when code, prose, a library or a configuration changed: exactly that, and why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from shortform_assets.code_versions import libraries, versions
from shortform_assets.code_versions.versions import CodeBase
from shortform_assets.contracts.stages import WORKFLOW
from shortform_assets.creative.captions.text import pages
from shortform_assets.definitions import build_defs
from shortform_assets.graph.explain import Explainer

PROJECT = Path(__file__).resolve().parents[2]
Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """Replaces text in a copy of the sources, which is then what code versions are told of."""
    copy = tmp_path / "sources"
    for package in versions.PACKAGES:
        shutil.copytree(PROJECT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))

    def replace(module: str, old: str, new: str) -> None:
        path = copy / f"{module.replace('.', '/')}.py"
        text = path.read_text()
        assert text.count(old) == 1, f"{module}: {old!r}"
        path.write_text(text.replace(old, new))
        base = CodeBase({package: copy / package for package in versions.PACKAGES})
        monkeypatch.setattr(versions, "project", lambda: base)

    return replace


def why(graph, key: str, stage: str) -> str:
    return Explainer(build_defs({"store": graph.store, **graph.overrides}), key).why(stage)


def unchanged(graph, key: str) -> bool:
    return all(why(graph, key, stage) == f"{stage} is up to date" for stage in WORKFLOW)


class Recorder:
    """A remote executor: it is given jobs, and renders none."""

    name, drains, renderer = "recorder", False, None

    def dispatch(self, store, jobs, on_event=lambda *_: None) -> None:
        self.jobs = list(jobs)


def renders(graph, key: str) -> set[str]:
    """The outputs that a delivery now hands to be rendered."""
    graph.overrides["renderer"] = Recorder()
    run = graph.run(key, "deliver")
    assert run.success, run.error
    return {job.rsplit("/", 1)[-1] for job in graph.overrides["renderer"].jobs}


def outputs(graph, key: str) -> set[str]:
    return {job.output_id for job in graph.contract(key, "composition").outputs}


CAPTIONS = "shortform_assets.creative.captions.text.pages"


def test_a_caption_constant_computes_captions_and_what_shows_them(ran, edit: Edit, monkeypatch) -> None:
    graph, key = ran
    assert renders(graph, key) == outputs(graph, key) != set()
    assert renders(graph, key) == set()
    edit(CAPTIONS, "_PAGE = 0.3", "_PAGE = -9.0")
    monkeypatch.setattr(pages, "_PAGE", -9.0)
    assert why(graph, key, "crop_paths") == "crop_paths is up to date"
    line = f"enhancement_plan is stale: the code of {CAPTIONS}:_PAGE changed"
    assert why(graph, key, "enhancement_plan") == line
    assert why(graph, key, "composition") == (
        "composition is stale: its input enhancement_plan is computed again, "
        f"for the code of {CAPTIONS}:_PAGE changed"
    )
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == {"enhancement_plan", "composition"}
    assert renders(graph, key) == outputs(graph, key)
    assert unchanged(graph, key)


def test_prose_computes_nothing(ran, edit: Edit) -> None:
    graph, key = ran
    assert unchanged(graph, key)
    renders(graph, key)
    edit(CAPTIONS, '"""Caption pages:', '"""Pages of captions:')
    edit(CAPTIONS, "# Costs, in units", "# What things cost, in units")
    edit(
        "shortform_assets.media.mezzanine", 'bench.progress(0.3, "mezzanine")', 'bench.progress(0.3, "media")'
    )
    edit("shortform_assets.speech.turns", "no speaker model is installed", "there is no speaker model")
    edit("shortform_assets.media.clip_media", "Cut `spans` of source frames", "Cut frames")
    edit("shortform_assets.reframing.direct.layout", "scene: Scene) -> set[Layout]:", "scene) -> 'set[str]':")
    edit("shortform_assets.selection.decide", "def decide_clips(", "def decided() -> int:\n    return 1\n\n\ndef decide_clips(")  # fmt: skip
    assert unchanged(graph, key)
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == set()
    assert renders(graph, key) == set()


def test_a_type_hint_computes_nothing(ran, edit: Edit) -> None:
    graph, key = ran
    edit("shortform_assets.media.shots", "mezzanine: Mezzanine) -> Shots:", "mezzanine: object) -> object:")
    assert unchanged(graph, key)


def test_another_renderer_renders_every_output_again(ran, edit: Edit) -> None:
    graph, key = ran
    everything = outputs(graph, key)
    assert renders(graph, key) == everything
    edit("shortform_assets.rendering.filtergraph", "from __future__", "UNUSED = 1\nfrom __future__")
    assert renders(graph, key) == set(), "nothing that the renderer reaches"
    edit("shortform_assets.rendering.output_sound", "pcm_f32le", "pcm_s16le")
    assert unchanged(graph, key), "no stage draws"
    assert renders(graph, key) == everything
    assert renders(graph, key) == set()


@pytest.mark.parametrize(
    ("name", "stages"), [("kaldi_native_fbank", {"speaker_turns"}), ("uharfbuzz", {"enhancement_plan"})]
)
def test_a_library_computes_the_stages_that_use_it(ran, monkeypatch, name: str, stages: set[str]) -> None:
    graph, key = ran
    version = libraries._version
    monkeypatch.setattr(libraries, "_version", lambda asked: "99.0" if asked == name else version(asked))
    first = next(stage for stage in WORKFLOW if stage in stages)
    assert why(graph, key, first) == f"{first} is stale: library {name} {version(name)} -> 99.0"
    run = graph.run(key)
    assert run.success, run.error
    # The library itself is the same, so its results are, and the ripple stops.
    assert run.computed == stages
    assert unchanged(graph, key)


def test_a_genre_key_computes_the_stages_that_read_it(ran) -> None:
    graph, key = ran
    graph.genre(speech={"max_speakers": 5})
    assert why(graph, key, "transcript") == "transcript is up to date"
    assert why(graph, key, "speaker_turns").startswith(
        "speaker_turns is stale: its input genre/speech changed: max_"
    )
    run = graph.run(key)
    assert run.success, run.error
    # The same two people speak as before, and the ripple stops.
    assert run.computed == {"speaker_turns"}
    assert unchanged(graph, key)
    graph.genre()
    assert why(graph, key, "speaker_turns") == "speaker_turns is up to date"
    assert graph.run(key).computed == set()


def test_another_fallback_transcribes_nothing_again(ran) -> None:
    graph, key = ran
    graph.genre(speech={"providers": ["whisper", "moonshine"]})
    run = graph.run(key)
    assert run.success, run.error
    assert run.computed == set()
    # One in front is asked first, so it would be another transcript.
    graph.genre(speech={"providers": ["moonshine", "whisper"]})
    line = why(graph, key, "transcript")
    assert line.startswith("transcript is stale: model or provider whisper-base -> moonshine"), line
    assert not unchanged(graph, key)


def test_a_reset_and_a_lost_blob_are_named(ran) -> None:
    graph, key = ran
    graph.artifacts.reset(key, ["shots"])
    assert why(graph, key, "shots") == "shots is stale: it was reset (1 times by now)"
    assert why(graph, key, "moments").startswith(
        "moments is stale: its input shots is computed again, for it was"
    )
    graph.store.delete(f"blobs/{graph.contract(key, 'mezzanine').speech.sha256}")
    assert why(graph, key, "mezzanine") == "mezzanine is stale: its result is gone or damaged"


def test_to_ask_writes_nothing(ran) -> None:
    graph, key = ran
    graph.genre(enhancement={"style": "acme"}, selection={"pad_ms": 60})
    before = list(graph.store.list(""))
    assert "pad_ms was" in why(graph, key, "composition")
    assert list(graph.store.list("")) == before


def test_dagster_is_told_the_version_that_is_in_the_recipes(ran) -> None:
    graph, key = ran
    for asset in build_defs({"store": graph.store}).assets or ():
        assert isinstance(asset, dg.AssetsDefinition)
        for name in asset.keys:
            version = asset.code_versions_by_key[name]
            stage = "/".join(name.path)
            if stage in WORKFLOW:
                made = graph.artifacts.made_of(graph.artifacts.current(key, stage))
                assert (version or "").startswith(made["code"]), stage
            else:
                assert version is None, stage
