"""The fixtures of this suite, by name; they are made in graph_rig.py and review_rig.py."""

from graph_rig import episode, finished, graph, ran
from review_rig import delivered_store, desk, served, writable

__all__ = ["delivered_store", "desk", "episode", "finished", "graph", "ran", "served", "writable"]
