"""Voice activity, written words and sentences: what every other room of speech builds on."""
