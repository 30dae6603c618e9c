"""Language models as judges of clips."""

from resources.llm.panel import Panel, panel_for

__all__ = ["Panel", "panel_for"]
