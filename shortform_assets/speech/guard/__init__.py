"""Words that nobody said: found by several kinds of evidence, checked by a second opinion, listed."""
