"""Language models as judges of clips."""

from resources.llm.judge_panel import JudgePanel, panel_for

__all__ = ["JudgePanel", "panel_for"]
