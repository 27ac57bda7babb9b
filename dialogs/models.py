"""From a released report to an agreement."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Dialogue(models.Model):
    """One trio's trivselsdialog in one campaign: opened by a sweep when the report is out, planned, then held."""

    class State(models.TextChoices):
        OPEN = "open", _("Uden dato")
        PLANNED = "planned", _("Planlagt")
        HELD = "held", _("Holdt")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.PROTECT, related_name="dialogues")
    group = models.ForeignKey("organisation.WorkEnvironmentGroup", on_delete=models.PROTECT, related_name="dialogues")
    units = models.ManyToManyField("organisation.CampaignUnit", related_name="dialogues")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    planned_at = models.DateTimeField(_("tidspunkt"), null=True, blank=True)
    place = models.CharField(_("sted"), max_length=120, blank=True)
    held_on = models.DateField(_("holdt den"), null=True, blank=True)
    participants = models.PositiveSmallIntegerField(_("antal deltagere"), null=True, blank=True)
    facilitator = models.CharField(_("facilitator"), max_length=120, blank=True)
    topics = models.JSONField(_("valgte emner"), default=list, blank=True)

    class Meta:
        verbose_name = _("trivselsdialog")
        verbose_name_plural = _("trivselsdialoger")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "group"], name="dialogue_one_per_trio_and_campaign"),
            models.CheckConstraint(
                name="dialogue_state_has_its_date",
                condition=Q(state="open", planned_at__isnull=True, held_on__isnull=True)
                | Q(state="planned", planned_at__isnull=False, held_on__isnull=True)
                | Q(state="held", held_on__isnull=False),
                violation_error_message=_("En planlagt dialog har et tidspunkt, og en holdt dialog har en dato."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}"


class Agreement(models.Model):
    """What was agreed at the dialogue. Nothing is lost: an agreement ends in a plan or says why not."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="agreements")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("aftale"), max_length=300)
    topic = models.SlugField(_("emne"), max_length=20, blank=True)
    owner = models.CharField(_("tovholder"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("aftale")
        verbose_name_plural = _("aftaler")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "order"], name="agreement_has_its_place")]

    def __str__(self) -> str:
        return self.text
