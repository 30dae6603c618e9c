"""The shape of a contract counts in a recipe; what it is called and told does not."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shortform_assets.contracts.base import Contract
from shortform_assets.contracts.schema_digest import schema_digest
from shortform_assets.contracts.stages import CONTRACTS


def made(
    text: str, *, name: str = "Clip", least: int = 0, kind: str = "a", extra: bool = False
) -> type[Contract]:
    """A contract with another one in it, whose prose is `text`."""
    inner = type(
        f"{name}Part",
        (Contract,),
        {
            "__doc__": text,
            "__annotations__": {"title": str, "kind": Literal["x", kind]},
            "title": Field(default="", description=text, examples=[text]),
        },
    )
    fields = {
        "count": int,
        "parts": tuple.__class_getitem__((inner, ...)),
        **({"more": int} if extra else {}),
    }
    return type(
        name,
        (Contract,),
        {"__doc__": text, "__annotations__": fields, "count": Field(ge=least, title=text)},
    )


def test_prose_and_class_names_do_not_count() -> None:
    base = schema_digest(made("One sentence."))
    assert schema_digest(made("One sentence, and another.")) == base
    assert schema_digest(made("One sentence.", name="Piece")) == base


def test_what_may_be_in_it_counts() -> None:
    others = [made("x", least=1), made("x", kind="b"), made("x", extra=True)]
    digests = {schema_digest(schema) for schema in (made("x"), *others)}
    assert len(digests) == 4


def test_fields_that_are_called_like_prose_count() -> None:
    class Told(Contract):
        title: str
        description: str

    class Silent(Contract):
        title: str

    assert schema_digest(Told) != schema_digest(Silent)


def test_a_contract_of_itself_has_a_digest() -> None:
    assert schema_digest(Tree) == schema_digest(Tree)
    assert schema_digest(Tree) != schema_digest(made("x"))


def test_the_stages_write_different_shapes() -> None:
    shapes = {schema: schema_digest(schema) for schema in CONTRACTS.values()}
    # The three kinds of edits hold different records.
    assert len(set(shapes.values())) == len(shapes)


class Tree(Contract):
    children: tuple[Tree, ...] = ()
