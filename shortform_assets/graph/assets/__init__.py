"""The assets, a module a group of the graph: inputs, source, analysis, clips, creative, delivery."""
