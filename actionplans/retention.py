"""How long handleplaner and evaluations are kept: the current cycle and the one before."""

from django.utils.translation import gettext_lazy as _

from actionplans.models import ActionPlan, Evaluation
from organisation.retention import Rule, campaigns_past_keeping


def plans_sweep() -> int:
    """Plans with their activities and signatures, and evaluations, of cycles that are past keeping."""
    old = campaigns_past_keeping()
    plans = ActionPlan.objects.filter(campaign__in=old).delete()[0]
    return plans + Evaluation.objects.filter(campaign__in=old).delete()[0]


RULES = [
    Rule(
        "plans",
        _("Handleplaner, underskrifter og evalueringer"),
        _("Denne og forrige måling, mindst 6 år. Overfør dem til kommunens eget arkiv før den tid."),
        plans_sweep,
    ),
]
