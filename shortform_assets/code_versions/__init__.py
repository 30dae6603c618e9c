"""What code a result comes from, told by the code itself: nobody has to keep a version by hand.

`code_of(function)` is a digest of the function's closure inside the project (`closures.py`), in which prose
does not count (`readings.py`), and the versions of the libraries it imports (`libraries.py`). It belongs to no
room: the graph, the render and vision workers and the command line ask it. Neither Dagster nor any room of
the domain is imported for it.
"""

from shortform_assets.code_versions.versions import Code, code_of, codes_of

__all__ = ["Code", "code_of", "codes_of"]
