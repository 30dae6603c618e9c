"""Human edits of a plan, anchored by source time and quoted words."""
