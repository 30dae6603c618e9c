"""Titles, hook lines, quotes and hashtags, made of words that are said."""
