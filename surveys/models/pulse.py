"""A short survey's own facts: what it asks about, and whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pulse(models.Model):
    """Beside a wave of kind `pulse`: its occasion, and the units whose people (with everybody below) are asked."""

    class Occasion(models.TextChoices):
        DIALOGUE = "dialogue", _("Efter trivselsdialogen")
        WORKED = "worked", _("Virkede det?")
        HEARD = "heard", _("Blev du hørt?")
        OWN = "own", _("Egne spørgsmål")

    wave = models.OneToOneField("surveys.Wave", on_delete=models.CASCADE, related_name="pulse")
    occasion = models.CharField(_("anledning"), max_length=8, choices=Occasion.choices)
    units = models.ManyToManyField("organisation.CampaignUnit", related_name="+")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("kort måling")
        verbose_name_plural = _("korte målinger")

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.occasion}"
