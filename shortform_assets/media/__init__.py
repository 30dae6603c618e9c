"""Files and streams: probing, normalising, copying, reading pictures and sound exactly.

`ffmpeg.py` alone starts FFmpeg. What is said, who is seen and what is drawn over it belongs elsewhere.
"""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
