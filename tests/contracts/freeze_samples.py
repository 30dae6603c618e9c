"""Freeze the schema numbers that are written now: `python -m tests.contracts.freeze_samples`.

For a number that has no sample yet one is made from those of the number before, through the upgrade; fill in by
hand what only the new schema can say. Samples of older numbers are the bytes that the code of their time wrote:
those without a number (0) come from the last commit before there were numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from resources.ledger import LEDGER_LINE
from shortform_assets.contracts import versioned
from shortform_assets.contracts.schema_digest import schema_digest
from shortform_assets.contracts.versioned import Persisted

SAMPLES = Path(__file__).parent / "samples"
PINNED = Path(__file__).parent / "schemas.json"
KINDS: list[Persisted[Any]] = [
    *(kind for kind in vars(versioned).values() if isinstance(kind, Persisted)),
    LEDGER_LINE,
]


def folder_of(kind: Persisted[Any]) -> Path:
    return SAMPLES / kind.name.replace(" ", "_")


def shape(kind: Persisted[Any]) -> str:
    """SHA-256 of what the record's schema allows, without a word of its prose."""
    record: type[BaseModel] = kind.record
    return schema_digest(record)


def freeze() -> None:
    pinned = json.loads(PINNED.read_text()) if PINNED.is_file() else {}
    for kind in KINDS:
        folder, number = folder_of(kind), kind.schema_version
        # Never over a pin: a number that was released stands for ever. Remove one that was not, by hand.
        pinned.setdefault(folder.name, {}).setdefault(str(number), shape(kind))
        if list(folder.glob(f"{number}[.-]*json")):
            continue
        for path in sorted(folder.glob(f"{number - 1}[.-]*json")):
            target = path.with_name(path.name.replace(str(number - 1), str(number), 1))
            target.write_bytes(kind.dump(kind.load(path.read_bytes(), str(path))))
            print(f"wrote {target}")
    PINNED.write_text(json.dumps(pinned, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    freeze()
