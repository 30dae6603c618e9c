from .enhance import EnhancementRequest, plan_enhancement
from .fixes.fix_places import ClipPlaces, FixScope, Places, make_fix
from .styles.style_registry import (
    UnknownStyle,
    ensure_shipped_styles,
    publish_style,
    published_style,
    resolve_style,
    shipped_styles,
    style_versions,
)

__all__ = [
    "ClipPlaces",
    "EnhancementRequest",
    "FixScope",
    "Places",
    "UnknownStyle",
    "ensure_shipped_styles",
    "make_fix",
    "plan_enhancement",
    "publish_style",
    "published_style",
    "resolve_style",
    "shipped_styles",
    "style_versions",
]
