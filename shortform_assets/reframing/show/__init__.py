"""Debug pictures: what was found and decided, drawn over the source."""
