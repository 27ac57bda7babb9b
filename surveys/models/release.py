"""What was released: facts are the only lasting trace of the anonymous part."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """One frozen set of facts of one wave: counted, audited, approved by two people, shown from a set minute."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Afventer godkendelse")
        APPROVED = "approved", _("Godkendt")
        RELEASED = "released", _("Frigivet")
        WITHDRAWN = "withdrawn", _("Trukket tilbage")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wave = models.ForeignKey("surveys.Wave", on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(_("frigives"))
    released_at = models.DateTimeField(null=True, blank=True)
    audit_green = models.BooleanField(default=False)
    audit_report = models.TextField(blank=True)
    facts_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("frigivelse")
        verbose_name_plural = _("frigivelser")
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="release_number_is_unique_per_wave"),
            models.CheckConstraint(
                name="release_needs_a_green_audit",
                condition=Q(state__in=["waiting", "withdrawn"]) | Q(audit_green=True),
            ),
            models.CheckConstraint(
                name="release_knows_when_it_happened",
                condition=~Q(state="released") | Q(released_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave} · {self.number}"


class ReleaseApproval(models.Model):
    """One of the two approvals. Two different people, by the database's word."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="approvals")
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "person"], name="release_approved_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.release_id} by {self.person_id}"


class Fact(models.Model):
    """One released figure: a unit and everybody below it, one item. Append-only; all that is shown follows from these.

    `dist` are the counts per category in the order of the item's values; `mean` stands instead of it in imported
    facts. `n` null means the figure is not shown, and no reason is kept. `minus` names the parts left out:
    campaign unit ids, or "id#" for the people placed directly on a unit.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="facts")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.PROTECT, related_name="facts")
    item = models.SlugField(max_length=64, help_text="item key, key.option, or _answered for the section count")
    n = models.PositiveIntegerField(null=True)
    dist = ArrayField(models.PositiveIntegerField(), null=True)
    mean = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    minus = ArrayField(models.CharField(max_length=24), default=list)

    class Meta:
        verbose_name = _("tal")
        verbose_name_plural = _("tal")
        constraints = [
            models.UniqueConstraint(fields=["release", "unit", "item"], name="fact_once_per_release_unit_and_item"),
            models.CheckConstraint(
                name="fact_is_hidden_or_has_its_figure",
                condition=Q(n__isnull=True, dist__isnull=True, mean__isnull=True)
                | Q(n__isnull=False, dist__isnull=False, mean__isnull=True)
                | Q(n__isnull=False, dist__isnull=True, mean__isnull=False),
            ),
            models.CheckConstraint(
                name="fact_stands_on_five_answers_or_none", condition=Q(n__isnull=True) | Q(n=0) | Q(n__gte=5)
            ),
        ]
        indexes = [models.Index(fields=["unit", "release"], name="fact_unit_release")]
        triggers = [pgtrigger.Protect(name="fact_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.item}"


class ReportShare(models.Model):
    """The trio has shown its unit's report to the staff."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="shares")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "unit"], name="report_shared_once")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.unit_id}"
