"""Outcomes of renders and the folder of finished clips: quality report, manifest, review page, exports.

States are decided by objects that the store creates once; see `outcomes.py`. Rendering itself belongs elsewhere.
"""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
