"""The fixtures of this suite, by name; they are made in graph_rig.py."""

from graph_rig import episode, finished, graph, ran

__all__ = ["episode", "finished", "graph", "ran"]
