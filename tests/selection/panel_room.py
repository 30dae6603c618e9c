"""What the tests of the panel share: a talk, a genre's limits, and a panel over a server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from lying_server import asked_by_the_panel
from planted_talk import SCRIPT
from selection_talk import talk

from resources.bench import StoreBench
from resources.ledger import Caps, Ledger
from resources.llm import panel_for
from shortform_assets.contracts.panel_verdicts import REJECTIONS, Verdicts
from shortform_assets.contracts.selection import Moment
from shortform_assets.contracts.slices.panel_slice import PanelSlice
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.selection.panel.verdicts import PanelRequest, hold_panel
from shortform_assets.selection.read.features import Limits
from shortform_assets.selection.read.script import read_script

LIMITS = Limits(6000, 20_000, 45_000)
TRANSCRIPT, TURNS = talk(SCRIPT)
LINES = read_script(TRANSCRIPT, TURNS, LIMITS.max_ms // 2)


def moments(lines: Sequence[Any] = LINES, step: int = 9, length: int = 5) -> tuple[Moment, ...]:
    """Moments of `length` lines all over the talk, as a local editor would hand them over."""
    found = []
    for a in range(0, len(lines) - length, step):
        first, last = lines[a].first, lines[a + length - 1].last
        found.append(
            Moment(
                moment_id=f"local{a:07d}",
                kind="monologue",
                first_word=first,
                last_word=last,
                start_ms=lines[a].start_ms,
                end_ms=lines[a + length - 1].end_ms,
                topic=0,
                features={},
            )
        )
    return tuple(found)


def slice_of(**changes: Any) -> PanelSlice:
    return PanelSlice(**{"models": ("openai:small",), "window_words": 300, "call_seconds": 20, **changes})


def hold(
    bench: StoreBench,
    *,
    caps: Caps | None = None,
    talk: tuple[Transcript, SpeakerTurns] = (TRANSCRIPT, TURNS),
    reroll: int = 0,
    local: Sequence[Moment] | None = None,
    about: Sequence[str] = (),
    **changes: Any,
) -> Verdicts:
    """The panel's whole path over the bench's store; the ledger's scope is `talk`."""
    panel = slice_of(**changes)
    ledger = Ledger(bench.store, "talk", caps or Caps())
    judges = panel_for(panel, ledger, bench.store, reroll).load()
    request = PanelRequest(moments() if local is None else local, *talk, panel, LIMITS, about)
    return hold_panel(bench, judges, request)


def check_valid(verdicts: Verdicts, talk: tuple[Transcript, SpeakerTurns] = (TRANSCRIPT, TURNS)) -> None:
    """What holds for every result, whatever a model sent."""
    lines = read_script(*talk, LIMITS.max_ms // 2)
    first, last = {line.first for line in lines}, {line.last for line in lines}
    words = talk[0].words
    for proposal in verdicts.proposals:
        assert proposal.first_word in first
        assert proposal.last_word in last
        assert proposal.first_word <= proposal.quote_first <= proposal.quote_last <= proposal.last_word
        outside = [
            proposal.first_word - 1,
            *(w for cut in proposal.cuts for w in cut),
            proposal.last_word + 1,
        ]
        assert outside == sorted(outside)
        assert all(a in first and b in last for a, b in proposal.cuts)
        assert all(not a <= proposal.quote_first <= b for a, b in proposal.cuts)
        length = words[proposal.last_word].end_ms - words[proposal.first_word].start_ms
        assert 0.5 * LIMITS.min_ms <= length <= 1.25 * LIMITS.max_ms
    ids = [verdict.moment_id for verdict in verdicts.judged]
    assert ids == sorted(set(ids))
    assert {p.moment_id for p in verdicts.proposals} <= set(ids)
    for verdict in verdicts.judged:
        text = verdict.wording.model_dump_json() if verdict.wording else ""
        assert not any(sign in text for sign in ("://", "<", "`", "SPAM"))
    assert set(verdicts.rejected) <= set(REJECTIONS)
    assert all(count > 0 for count in verdicts.rejected.values())


def everything_stored(bench: StoreBench, *folders: str) -> str:
    """All text under these folders of the store."""
    keys = [key for folder in folders for key in bench.store.list(folder)]
    return "\n".join(bench.store.read(key).decode() for key in keys)


def no_thread_is_left() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name.startswith("panel ")]


Mood = Callable[[Any], Any]


def ledger(bench: StoreBench) -> Ledger:
    return Ledger(bench.store, "talk")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    with asked_by_the_panel(monkeypatch) as liar:
        yield liar
    assert no_thread_is_left()
