"""Before opening: report groups for units that are too small. After it: the named exceptions to the frozen roll."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReportGroup(models.Model):
    """Units that share one report (samlerapport), chosen by HR from head-counts before the organisation is frozen.

    Freezing makes it a level in the campaign's tree: `unit` is the unit behind that level. It never counts in the
    organisation of any day, so nobody is employed in it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.CASCADE, related_name="report_groups")
    name = models.CharField(_("samlerapportens navn"), max_length=160)
    unit = models.OneToOneField(
        "organisation.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="report_group"
    )

    class Meta:
        verbose_name = _("samlerapport")
        verbose_name_plural = _("samlerapporter")

    def __str__(self) -> str:
        return self.name


class ReportGroupUnit(models.Model):
    """One unit of a report group. A unit is in one group of a campaign at most, or its figures would overlap."""

    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(ReportGroup, on_delete=models.CASCADE, related_name="members")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="report_group_unit_in_one_group_only",
                violation_error_message=_("Enheden er allerede med i en samlerapport."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.unit_id}"


class PlacementException(models.Model):
    """One person who is not placed as freezing would have it, with the reason. Nobody is moved without one."""

    class Kind(models.TextChoices):
        LATE = "late", _("Kom med efter frysningen")
        MOVED = "moved", _("Tæller et andet sted")

    class State(models.TextChoices):
        ASKED = "asked", _("Venter på HR")
        DONE = "done", _("Gennemført")
        REFUSED = "refused", _("Afvist")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.CASCADE, related_name="exceptions")
    kind = models.CharField(_("undtagelse"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("status"), max_length=8, choices=State.choices)
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    stood_in = models.ForeignKey(
        "organisation.CampaignUnit", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey(
        "organisation.CampaignUnit", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    wish = models.CharField(_("hvor skulle du have været?"), max_length=200, blank=True)
    reason = models.CharField(_("begrundelse"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("bedt om"))
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("afgjort"), null=True, blank=True)

    class Meta:
        verbose_name = _("undtagelse")
        verbose_name_plural = _("undtagelser")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person"],
                condition=Q(state="asked"),
                name="placement_exception_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                name="placement_exception_is_decided_by_somebody_with_a_reason",
                condition=Q(state="asked") | (Q(by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
                violation_error_message=_("Skriv, hvorfor der gøres en undtagelse."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
