"""Candidates: runs of lines, joined pieces, and variants with other edges."""
