"""What speaks for a clip's edges, in words."""

from __future__ import annotations

from shortform_assets.selection.read.features import Measures

BREAK = 0.5
"""Strength of a break, 0 to 1, from which another topic begins. Our choice; test_edges_say_why."""


def edge_evidence(measures: Measures, a: int, b: int) -> str:
    """Why lines a..b begin and end there: "opens on the question; stops as the turn ends"."""
    return f"{_opening(measures, a)}; {_ending(measures, b)}"


def _opening(measures: Measures, a: int) -> str:
    if measures.opens_with_question(a):
        return "opens on the question"
    if a == 0 or measures.breaks[a] > BREAK or measures.topic_of[a] != measures.topic_of[a - 1]:
        return "opens where the topic does"
    if measures.lines[a].speaker != measures.lines[a - 1].speaker:
        return "opens as the speaker begins"
    return "opens inside the turn, on a whole sentence"


def _ending(measures: Measures, b: int) -> str:
    if b + 1 == len(measures.lines):
        return "stops with the source"
    after = measures.lines[b + 1]
    if after.question:
        return "stops before the next question"
    if measures.breaks[b + 1] > BREAK or measures.topic_of[b] != measures.topic_of[b + 1]:
        return "stops where another topic starts"
    if after.speaker != measures.lines[b].speaker:
        return "stops as the turn ends"
    return "stops inside the turn, on a whole sentence"
