"""How people are reached in a survey: HR's rule for a unit, and the addresses that turned out not to work."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.person import Person


class ChannelRule(models.Model):
    """One unit, with everything below it, is reached this way («Hjemmeplejen: brev»). The nearest rule above counts."""

    unit = models.OneToOneField("organisation.Unit", on_delete=models.PROTECT, related_name="channel_rule")
    channel = models.CharField(_("vej ind"), max_length=8, choices=Person.Channel.choices)

    class Meta:
        verbose_name = _("regel for veje ind")
        verbose_name_plural = _("regler for veje ind")

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.channel}"


class ChannelFault(models.Model):
    """An address that failed. Never says which message: a reminder's would tell that the person had not answered."""

    person = models.ForeignKey("organisation.Person", on_delete=models.CASCADE, related_name="channel_faults")
    channel = models.CharField(max_length=8, choices=Person.Channel.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="channel_fault_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.channel}"
