"""Which traces somebody may read: all of them (HR, the data protection officer), or those of one's own trio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from organisation.models import AuditEntry, WorkEnvironmentGroup

# What concerns everybody: the survey, its reports and the dates.
FOR_ALL = (
    "campaign_begun",
    "campaign_frozen",
    "milestone_changed",
    "release_approved",
    "release_unapproved",
    "release_withdrawn",
    "released",
    "survey_settings_changed",
    "wave_closed",
    "wave_counted",
    "wave_opened",
    "wave_opened_and_destroyed",
)
READING = ("report_read", "named_reports_read", "organisation_exported", "person_data_read", "plan_draft_read")


@dataclass(frozen=True)
class Search:
    """What a reader looks for. Empty fields leave nothing out."""

    who: str = ""
    unit: str = ""
    reading: bool | None = None
    first: date | None = None
    last: date | None = None


def traces(search: Search) -> QuerySet[AuditEntry]:
    """Every trace that fits, newest first. For `access.overseer` only."""
    return _found(AuditEntry.objects.all(), search)


def traces_of(group: WorkEnvironmentGroup, search: Search) -> QuerySet[AuditEntry]:
    """What concerns one trio: its units, its dialogue and plans, and what concerns everybody."""
    own = AuditEntry.objects.filter(
        Q(group=group) | Q(unit__in=group.units.values("pk")) | Q(verb__in=FOR_ALL, unit=None, group=None)
    )
    return _found(own, search)


def _found(entries: QuerySet[AuditEntry], search: Search) -> QuerySet[AuditEntry]:
    if search.who:
        entries = entries.filter(actor__name__icontains=search.who)
    if search.unit:
        entries = entries.filter(Q(unit__name__icontains=search.unit) | Q(group__name__icontains=search.unit))
    if search.reading is not None:
        entries = entries.filter(verb__in=READING) if search.reading else entries.exclude(verb__in=READING)
    if search.first:
        entries = entries.filter(at__date__gte=search.first)
    if search.last:
        entries = entries.filter(at__date__lte=search.last)
    return entries.select_related("actor", "unit", "group")
