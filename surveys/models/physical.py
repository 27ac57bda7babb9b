"""The part that is not anonymous: physical reports, and the findings a trio works on."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    MINOR = "minor", _("Mindre problem")
    MAJOR = "major", _("Stort problem")
    DANGER = "danger", _("Farligt – bør stoppes nu")


class Finding(models.Model):
    """One problem on the trio's board, from one or more physical reports."""

    class State(models.TextChoices):
        NEW = "new", _("Ny")
        ASSESSED = "assessed", _("Vurderet")
        SOLVED = "solved", _("Løst straks")
        PLAN = "plan", _("Handleplan")
        MED = "med", _("Til MED")
        PROPERTY = "property", _("Sendt til Kommunale Ejendomme")
        DUPLICATE = "duplicate", _("Dublet")
        NOTHING = "nothing", _("Ingen handling")
        TOLD = "told", _("Tilbagemeldt")
        CLOSED = "closed", _("Lukket")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.PROTECT, related_name="findings")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.PROTECT, related_name="findings")
    item = models.ForeignKey("surveys.Item", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("overskrift"), max_length=160)
    severity = models.CharField(_("alvor"), max_length=8, choices=Severity.choices)
    state = models.CharField(_("status"), max_length=12, choices=State.choices, default=State.NEW)
    building = models.ForeignKey(
        "organisation.Building", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    room = models.ForeignKey("organisation.Room", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    reason = models.TextField(_("begrundelse"), blank=True)

    class Meta:
        verbose_name = _("fysisk forhold")
        verbose_name_plural = _("fysiske forhold")
        constraints = [
            models.CheckConstraint(
                name="finding_duplicate_names_the_other",
                condition=Q(state="duplicate", same_as__isnull=False)
                | (~Q(state="duplicate") & Q(same_as__isnull=True)),
                violation_error_message=_("Vælg den melding, som denne er en dublet af."),
            ),
            models.CheckConstraint(
                name="finding_without_action_has_a_reason",
                condition=~Q(state="nothing") | ~Q(reason=""),
                violation_error_message=_("Skriv, hvorfor der ikke gøres noget."),
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="finding_unit_state")]

    def __str__(self) -> str:
        return self.title


class FindingMove(models.Model):
    """Who moved a finding where, and what they said about it."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="moves")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=Finding.State.choices)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.finding_id} → {self.state}"


class PhysicalForm(models.Model):
    """A physical form that was sent: only its random key, so that sending it again does not double anything."""

    key = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.key)


class PhysicalReport(models.Model):
    """What one person wrote about one physical item. Without a name it carries nothing that leads to one."""

    class Affects(models.TextChoices):
        ME = "me", _("Kun mig")
        SOME = "some", _("Nogle af os")
        ALL = "all", _("Alle")

    class Known(models.TextChoices):
        SOLVED = "solved", _("Ja, og løst")
        UNSOLVED = "unsolved", _("Ja, ikke løst")
        NO = "no", _("Nej")
        UNSURE = "unsure", _("Ved ikke")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="reports")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    where = models.CharField(max_length=160, blank=True)
    description = models.TextField(max_length=1000, blank=True)
    affects = models.CharField(max_length=4, choices=Affects.choices, blank=True)
    known = models.CharField(max_length=8, choices=Known.choices, blank=True)
    idea = models.TextField(max_length=500, blank=True)
    photo = models.ForeignKey(
        "organisation.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reported_on = models.DateField()
    form_key = models.UUIDField(help_text="random per form, so that a repeated sending does not double")
    item_key = models.SlugField(max_length=48)
    follow_code_hash = models.BinaryField(max_length=32, help_text="of the receipt's code that shows the status")

    class Meta:
        verbose_name = _("fysisk melding")
        verbose_name_plural = _("fysiske meldinger")
        constraints = [models.UniqueConstraint(fields=["form_key", "item_key"], name="physical_report_sent_once")]
        indexes = [models.Index(fields=["follow_code_hash"], name="physical_report_follow_code")]

    def __str__(self) -> str:
        return str(self.id)


class PhysicalCount(models.Model):
    """«Ingen problemer» and «ikke relevant»: counts per unit, never with a person."""

    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.CASCADE, related_name="+")
    item_key = models.SlugField(max_length=48)
    answer = models.CharField(max_length=8, choices=[("none", _("Ingen problemer")), ("na", _("Ikke relevant"))])
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "item_key", "answer"], name="physical_count_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.item_key} {self.answer}"
