"""Transcripts that the user brings, read strictly. How they are timed is `align/`'s work."""
