"""From an agreement to a finished step."""

from actionplans.models.evaluation import Evaluation
from actionplans.models.plan import ActionPlan, Activity, ActivityMove, SignOff

__all__ = ["ActionPlan", "Activity", "ActivityMove", "Evaluation", "SignOff"]
