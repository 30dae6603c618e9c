"""Scores and the choice of the best set, with the reason for everything that was rejected."""
