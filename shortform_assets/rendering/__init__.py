"""One output from one self-contained job: filtergraph, sound, encode. Nothing is decided here."""

import lazy_loader

# What is offered stands in `__init__.pyi`, where type checkers look; each is loaded on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
