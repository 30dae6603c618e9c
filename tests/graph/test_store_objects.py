"""What lies in the store after a whole run: all that outlives a release is numbered, the rest can be made again."""

from __future__ import annotations

import json
import re

from resources.ledger import LEDGER_LINE, Ledger
from shortform_assets.contracts import versioned
from shortform_assets.contracts.edits import CreativeEdit, FramingEdit, PlanEdit
from shortform_assets.contracts.versioned import Persisted
from shortform_assets.genres import publish_genres

NUMBERED: dict[str, Persisted] = {
    r"sources/[^/]+/record/\d+\.json": versioned.SOURCE_RECORD,
    r"sources/[^/]+/edits/plan/\d+\.json": versioned.PLAN_EDIT,
    r"sources/[^/]+/edits/framing/\d+\.json": versioned.FRAMING_EDIT,
    r"sources/[^/]+/edits/creative/\d+\.json": versioned.CREATIVE_EDIT,
    r"styles/[^/]+/\d+/contract\.json": versioned.STYLE,
    r"genres/[^/]+/[0-9a-f]{64}\.json": versioned.GENRE,
    r"genres/[^/]+/published/\d+\.json": versioned.GENRE_PUBLICATION,
    r"deliveries/.+/job\.json": versioned.RENDER_TASK,
    r"deliveries/.+/attempts/\d+(\.sent)?\.json": versioned.ATTEMPT,
    r"deliveries/.+/outcome\.json": versioned.OUTCOME,
    r"renders/.+\.json": versioned.OUTCOME,
    r"ledger/[^/]+/\d+\.json": LEDGER_LINE,
}
MADE_AGAIN = (
    # Results and their bytes, what code made them, pointers to them, learnt speeds, who works at what now, and
    # messages between an executor and its workers, and how far a render is.
    r"artifacts/.+",
    r"blobs/.+",
    r"code/.+",
    r"claims/.+",
    r"sources/[^/]+/current/.+\.json",
    r"rates\.json",
    r"jobs/.+",
    r"deliveries/.+/progress\.json",
)
PLAIN_TEXT = (r"sources/[^/]+/style_pins/[^/]+",)
"""`name@version`: the pin's own grammar is its schema."""


def test_whatever_outlives_a_release_is_numbered(ran):
    graph, key = ran
    assert graph.run(key, "deliver").success
    stretch = {"start_ms": 0, "end_ms": 5000}
    graph.registry.add_edit(key, PlanEdit(verb="pin", **stretch))
    graph.registry.add_edit(key, FramingEdit(verb="auto", **stretch))
    graph.registry.add_edit(key, CreativeEdit(verb="fix", wrong="a", right="b"))
    publish_genres(graph.store)
    with Ledger(graph.store, key).reserve("a call", 0.01) as charge:
        charge.settle(0.01)
    seen = set()
    for name in graph.store.list(""):
        kinds = [(pattern, kind) for pattern, kind in NUMBERED.items() if re.fullmatch(pattern, name)]
        if not kinds:
            assert any(re.fullmatch(pattern, name) for pattern in (*MADE_AGAIN, *PLAIN_TEXT)), (
                f"{name}: number it in contracts/versioned.py, or say here why it can be made again"
            )
            continue
        ((pattern, kind),) = kinds
        seen.add(pattern)
        data = graph.store.read(name)
        assert json.loads(data)["schema_version"] == kind.schema_version, name
        kind.load(data, name)
    assert seen >= set(NUMBERED)
