"""Style sources and their published, immutable versions."""
