"""How long dialogues are kept. Cards, notes and drafts of a meeting are not stored by the product."""

from django.utils.translation import gettext_lazy as _

from dialogs.models import Dialogue
from organisation.retention import Rule, campaigns_past_keeping


def dialogues_sweep() -> int:
    """Dialogues and agreements of cycles that are past keeping; those in a plan go after the plan."""
    return Dialogue.objects.filter(campaign__in=campaigns_past_keeping(), agreements__plans__isnull=True).delete()[0]


RULES = [
    Rule(
        "notes",
        _("Postkort, kladder og noter fra trivselsdialogen"),
        _("Gemmes ikke her. Kun det, I aftaler, bliver skrevet ned."),
    ),
    Rule("dialogues", _("Trivselsdialoger og aftaler"), _("Denne og forrige måling, mindst 6 år."), dialogues_sweep),
]
