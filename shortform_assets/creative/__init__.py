"""What is laid over a clip: captions, hook, logo, by a versioned style.

Rooms: `styles/` (the registry of published versions), `captions/` (words to pages to ASS), `fixes/` (words
corrected by hand). `enhance.py` plans it all before anything is drawn; drawing is `rendering/`.
"""
