"""The list of reports in the organisation's order, and showing one to the staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from organisation import clock
from organisation.audit import audit
from organisation.models import CampaignUnit, Person
from surveys import access
from surveys.facts import ANSWERED
from surveys.models import Fact, Release, ReportShare


def place_in(visible: QuerySet[CampaignUnit], wanted: str | None) -> CampaignUnit | None:
    """Where the list stands: the unit asked for, else the highest one the reader may see."""
    if wanted:
        try:
            found = visible.filter(uuid=UUID(wanted)).first()
        except ValueError:
            found = None
        if found is not None:
            return found
    return visible.order_by("position").first()


@dataclass(frozen=True)
class ListRow:
    unit: CampaignUnit
    has_own: bool
    below: bool


def rows_of(visible: QuerySet[CampaignUnit], here: CampaignUnit | None, release: Release) -> list[ListRow]:
    """The place itself and what lies directly below it, with whether each has a report of its own."""
    if here is None:
        return []
    own = Fact.objects.filter(release=release, unit=OuterRef("pk"), item=ANSWERED, n__gt=0)
    deeper = visible.filter(parent=OuterRef("pk"))
    units = (
        (visible.filter(pk=here.pk) | visible.filter(parent=here))
        .annotate(has_own=Exists(own), has_below=Exists(deeper.values("pk")))
        .order_by("position")
    )
    return [ListRow(unit, unit.has_own, unit.has_below and unit.pk != here.pk) for unit in units]


def nearest_of(person: Person, visible: QuerySet[CampaignUnit], release: Release) -> list[ListRow]:
    """What the reader most likely came for: the units of their trio and committee, and where they work themselves."""
    scope = access.report_scope(person)
    wanted = scope.single | scope.whole | scope.aggregates | scope.guest | {path[-1] for path in scope.own if path}
    if not wanted:
        return []
    own = Fact.objects.filter(release=release, unit=OuterRef("pk"), item=ANSWERED, n__gt=0)
    units = visible.filter(unit_id__in=wanted).annotate(has_own=Exists(own)).order_by("position")
    return [ListRow(unit, unit.has_own, False) for unit in units]


def path_of(visible: QuerySet[CampaignUnit], here: CampaignUnit | None) -> list[CampaignUnit]:
    if here is None:
        return []
    return list(visible.filter(unit_id__in=here.path).exclude(pk=here.pk).order_by("position"))


@transaction.atomic
def report_share(unit: CampaignUnit, release: Release, *, by: Person) -> ReportShare:
    """Show the report to the staff. Twice is once."""
    share, made = ReportShare.objects.get_or_create(release=release, unit=unit, defaults={"by": by, "at": clock.now()})
    if made:
        audit("report_shared", unit, actor=by, unit=unit.unit_id, release=str(release.uuid))
    return share
