from .enhance import EnhancementRequest, plan_enhancement
from .fixes.fix_places import ClipPlaces, FixScope, Places, make_fix
from .fixes.word_fixes import fixed_words
from .styles.style_checks import style_faults
from .styles.style_diff import StyleChange, style_changes, style_values
from .styles.style_registry import (
    UnknownStyle,
    WithdrawnStyle,
    ensure_shipped_styles,
    publish_style,
    published_style,
    read_style,
    resolve_style,
    shipped_styles,
    style_versions,
    withdraw_style,
    withdrawn,
)
from .styles.style_template import new_style

__all__ = [
    "ClipPlaces",
    "EnhancementRequest",
    "FixScope",
    "Places",
    "StyleChange",
    "UnknownStyle",
    "WithdrawnStyle",
    "ensure_shipped_styles",
    "fixed_words",
    "make_fix",
    "new_style",
    "plan_enhancement",
    "publish_style",
    "published_style",
    "read_style",
    "resolve_style",
    "shipped_styles",
    "style_changes",
    "style_faults",
    "style_values",
    "style_versions",
    "withdraw_style",
    "withdrawn",
]
