"""What enters a recipe, and what does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.contracts.selection import Shot, Shots
from shortform_assets.contracts.speech import Transcript
from shortform_assets.graph.recipes import recipe

text = st.text(max_size=8)


@given(
    a=st.tuples(text, text, st.lists(text, max_size=3)), b=st.tuples(text, text, st.lists(text, max_size=3))
)
def test_different_ingredients_never_share_a_recipe(a, b):
    made = [recipe(stage, version, Shots, [*values]) for stage, version, values in (a, b)]
    assert (made[0] == made[1]) == (a == b)


def test_every_ingredient_counts():
    shots = Shots(shots=(Shot(start_frame=0, end_frame=5),))
    other = Shots(shots=(Shot(start_frame=0, end_frame=6),))
    base = recipe("shots", "1", Shots, [shots], ["model"])
    assert base == recipe("shots", "1", Shots, [shots.model_copy()], ["model"])
    changed = [
        recipe("moments", "1", Shots, [shots], ["model"]),
        recipe("shots", "2", Shots, [shots], ["model"]),
        recipe("shots", "1", Transcript, [shots], ["model"]),
        recipe("shots", "1", Shots, [other], ["model"]),
        recipe("shots", "1", Shots, [shots], ["another model"]),
        recipe("shots", "1", Shots, [shots, shots], ["model"]),
    ]
    assert len({base, *changed}) == len(changed) + 1
