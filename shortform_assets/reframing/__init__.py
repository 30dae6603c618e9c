"""Who is in the picture, who of them speaks, and where the camera goes.

Rooms in the order of the work: `see/` (one decode: faces, lips, cuts, motion), `who/` (alive or print, who
speaks), `where/` (slides, windows, places without faces), `direct/` (layout, panels, camera), `show/` (the
debug overlay and plots). `crop_paths.py` leads through them from face tracks on.
"""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
