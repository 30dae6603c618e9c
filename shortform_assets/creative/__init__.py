"""What is laid over a clip: captions, hook, logo, by a versioned style.

Rooms in the order of the work: `captions/` (words to pages to ASS), `overlays/` (names, progress bar, zooms, what a
brand says at the end), `styles/` (the registry of published versions), `fixes/` (words corrected by hand). `enhance.py`
plans it all before anything is drawn; drawing is `rendering/`.
"""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
