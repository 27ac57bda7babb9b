"""The committee's evaluation in August and September."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Evaluation(models.Model):
    """One committee's look back on the process and its own effort."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.PROTECT, related_name="evaluations")
    committee = models.ForeignKey("organisation.Committee", on_delete=models.PROTECT, related_name="evaluations")
    went_well = models.TextField(_("Hvad gik godt?"))
    do_differently = models.TextField(_("Hvad gør vi anderledes næste gang?"))
    own_effort = models.TextField(_("Hvordan vurderer udvalget sin egen indsats?"), blank=True)
    decisions = models.TextField(_("Hvad beslutter vi nu?"), blank=True)
    written_by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()

    class Meta:
        verbose_name = _("evaluering")
        verbose_name_plural = _("evalueringer")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "committee"], name="evaluation_one_per_committee_and_campaign")
        ]

    def __str__(self) -> str:
        return f"{self.committee}"
