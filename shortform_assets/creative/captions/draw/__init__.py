"""How text is drawn: placement, hook, logo, the looks as ASS events, and what is wrong with overlays as planned."""
