"""How long people need to read a text, by its scripts."""

from __future__ import annotations

from shortform_assets.text.graphemes import graphemes
from shortform_assets.text.writing_systems import main_script, script_of

_LIMITS = {"Latn": 20, "Hira": 4, "Kana": 4, "Hani": 9, "Hang": 12}
"""By script; of all other scripts `_OTHERS`."""
_OTHERS = 17
"""Characters a second, spaces included, that adults can follow: Netflix, Timed Text Style Guides (English 20, Japanese
4, Chinese 9, Korean 12, other languages 17). BBC, Subtitle Guidelines: 160 to 180 words a minute, which is 16 to 18
characters of English."""


def reading_ms(text: str) -> int:
    """Milliseconds in which most adults have read `text`; Chinese characters among kana are read as Japanese."""
    japanese = any(script_of(character) in ("Hira", "Kana") for character in text)
    last, seconds = main_script(text), 0.0
    for cluster in graphemes(text):
        last = main_script(cluster) or last
        script = "Kana" if japanese and last == "Hani" else last
        seconds += 1 / _LIMITS.get(script, _OTHERS)
    return round(1000 * seconds)
