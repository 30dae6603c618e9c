"""The fixtures of this suite, by name; they are made in provider_fixtures.py."""

from provider_fixtures import case, noise, provider, pytest_generate_tests, recognizer, silence, speech

__all__ = ["case", "noise", "provider", "pytest_generate_tests", "recognizer", "silence", "speech"]
