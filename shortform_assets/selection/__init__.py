"""From words to chosen clips.

Rooms in the order of the work: `read/` (lines and what is measured of them), `learned/` (what was learnt from
editors), `cut/` (where a clip may begin and end), `say/` (titles and hooks), `propose/` (candidates), `panel/`
(language models), `choose/` (the best set), `edit/` (the human hand on it). `plan.py` and `decide.py` lead through
them. Nothing here looks at pictures.
"""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
