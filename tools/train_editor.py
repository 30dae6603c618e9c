"""Teaches the learned judgement and the judge of titles from the shared labels, and writes `weights/*.npz` and their digests.

    python tools/train_editor.py [--data ../shared/benchdata/editors] [--cache FOLDER] [--all]

The same labels, code and seed give the same bytes on the same machine. Ten episodes are kept out, so that what ships
can be measured on them (`benchmarks/editors.py`); `--all` takes them in. Needs LightGBM (the `dev` extra). No text of
the transcripts, and no list of their words, is in what is written: weights of hand-written cues and of meanings only.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from editor_labels import DATA, read_talks, untouched, vectors_of  # noqa: E402
from editor_training import key, train, write  # noqa: E402
from editors import CACHE  # noqa: E402
from title_training import read_points, read_titles, train_titles  # noqa: E402

from resources.minilm_embedder import TalkEmbeddings  # noqa: E402
from resources.spacy_parser import EnglishGrammar  # noqa: E402
from shortform_assets.selection.learned import weights  # noqa: E402


def _register(name: str, digest: str) -> None:
    """The digest into the code that loads the weights."""
    code = Path(weights.__file__)
    code.write_text(code.read_text().replace(f'"{weights.DIGESTS[name]}"', f'"{digest}"'))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="another number may change the last digits")
    parser.add_argument("--all", action="store_true", help="train on the ten episodes that are kept out too")
    options = parser.parse_args()
    talks = read_talks(options.data)
    out = set() if options.all else untouched(talks)
    talks = [talk for talk in talks if talk.name not in out]
    embedder = TalkEmbeddings().load()
    vectors = {key(talk): vectors_of(talk, embedder, options.cache) for talk in talks}
    for name, arrays in (
        (weights.EDITORS_EYE, train(talks, vectors, options.seed, options.threads)),
        (weights.TITLE_JUDGE, train_titles(read_titles(talks, EnglishGrammar().load()), read_points(talks))),
    ):
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, arrays)
        _register(name, hashlib.sha256(path.read_bytes()).hexdigest())
        print(f"{path}: {path.stat().st_size} bytes, taught on {len(talks)} episodes")


if __name__ == "__main__":
    main()
