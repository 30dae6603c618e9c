"""Which faces are alive, who speaks in which frame, and which voice belongs to whom."""
