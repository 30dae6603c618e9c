"""From sound to words with times, and who says them.

Rooms in the order of the work: `words/` (voice, written words, sentences), `names/` (glossary), `guard/`
(what nobody said), `own/` (transcripts that the user brings), `hear/` (recognition in chunks, failover),
`align/` (exact word times), `who/` (speakers). `transcribe.py` and `turns.py` lead through them; models and
services come in through `ports/`.
"""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
