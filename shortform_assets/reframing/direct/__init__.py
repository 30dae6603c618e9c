"""Whom to show when, in which layout, and how the camera moves."""
