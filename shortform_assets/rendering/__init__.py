"""One output from one self-contained job: filtergraph, sound, encode. Nothing is decided here."""
