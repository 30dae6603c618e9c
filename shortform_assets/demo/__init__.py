"""A podcast episode made from nothing but code, for the demo and as exact ground truth for tests."""
