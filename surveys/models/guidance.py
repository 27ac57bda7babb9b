"""What HR writes for the readers of reports: KommuneMED's guideline, and the strategic indicators."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Guideline(models.Model):
    """One part of what a trio is told about krænkende adfærd. A part that HR has not written shows our own words."""

    class Part(models.TextChoices):
        RULES = "rules", _("Hvad retningslinjen siger")
        CALL = "call", _("Hvem I ringer til")
        AVOID = "avoid", _("Hvad I ikke skal gøre")

    part = models.CharField(max_length=8, choices=Part.choices, unique=True)
    da = models.TextField(_("på dansk"), blank=True)
    en = models.TextField(_("på engelsk"), blank=True)

    class Meta:
        verbose_name = _("retningslinje")
        verbose_name_plural = _("retningslinjer")

    def __str__(self) -> str:
        return self.part


class Indicator(models.Model):
    """A strategic indicator of the municipality and the topics that are evidence for it. No figure of its own."""

    da = models.CharField(_("navn på dansk"), max_length=160)
    en = models.CharField(_("navn på engelsk"), max_length=160, blank=True)
    topics = ArrayField(models.SlugField(max_length=20), verbose_name=_("emner"))
    order = models.PositiveSmallIntegerField(_("rækkefølge"), default=1)

    class Meta:
        verbose_name = _("indikator")
        verbose_name_plural = _("indikatorer")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(name="indicator_rests_on_a_topic", condition=models.Q(topics__len__gte=1)),
        ]

    def __str__(self) -> str:
        return self.da

    @property
    def name(self) -> str:
        return self.en if (get_language() or "da").startswith("en") and self.en else self.da
