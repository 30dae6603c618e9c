"""Exact times for known words: text normalised as it is spoken, aligned, and put where the sound is."""
