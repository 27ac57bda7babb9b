"""Who may see what, as far as people, roles and units go. Rights are the union of a person's roles of today."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from organisation import clock
from organisation.models import Committee, Employment, Person, Role, Unit, WorkEnvironmentGroup


def active_on_today(prefix: str = "") -> Q:
    """The condition that a dated row (role, employment, unit) counts today."""
    today = clock.today()
    return Q(**{f"{prefix}starts__lte": today}) & (
        Q(**{f"{prefix}ends__isnull": True}) | Q(**{f"{prefix}ends__gte": today})
    )


def roles_of(person: Any) -> list[Role]:
    """The roles that count today. Asked once per request: kept on the person object."""
    if not isinstance(person, Person) and not getattr(person, "is_authenticated", False):
        return []
    kept: tuple[Any, list[Role]] | None = getattr(person, "_roles_of_today", None)
    if kept is None or kept[0] != clock.today():
        roles = list(
            Role.objects.filter(active_on_today(), person=person)
            .select_related("unit__level", "committee__unit__level")
            .order_by("pk")
        )
        kept = (clock.today(), roles)
        person._roles_of_today = kept
    return kept[1]


def holds(person: Any, kinds: Collection[str]) -> bool:
    return any(role.kind in kinds for role in roles_of(person))


def is_hr(person: Any) -> bool:
    return holds(person, [Role.Kind.HR])


def is_property(person: Any) -> bool:
    return holds(person, [Role.Kind.PROPERTY])


def require_hr(person: Any) -> Person:
    """HR's own pages: 404 for a visitor and for everybody else, who need not know that they exist."""
    if not is_hr(person):
        raise Http404
    assert isinstance(person, Person)
    return person


def overseer(person: Any) -> Person:
    """HR and the data protection officer read the traces and what was deleted; 404 for everybody else."""
    if not holds(person, [Role.Kind.HR, Role.Kind.DPO]):
        raise Http404
    assert isinstance(person, Person)
    return person


def require(allowed: bool) -> None:
    """403: you may see this, but not do it."""
    if not allowed:
        raise PermissionDenied


def own_units(person: Person) -> QuerySet[Unit]:
    """The units where the person is employed today."""
    return Unit.objects.filter(pk__in=Employment.objects.filter(active_on_today(), person=person).values("unit_id"))


def facilitated_units(person: Any) -> list[int]:
    """Ids of the units whose meeting the person leads. Only in a role with a last day: it is one meeting's errand."""
    return [
        role.unit_id
        for role in roles_of(person)
        if role.kind == Role.Kind.FACILITATOR and role.unit_id and role.ends is not None
    ]


def groups_of(person: Any) -> QuerySet[WorkEnvironmentGroup]:
    """The trios that the person sits in: leader, AMR or TR of a unit that the trio covers."""
    unit_ids = [role.unit_id for role in roles_of(person) if role.kind in Role.TRIO_KINDS]
    return WorkEnvironmentGroup.objects.filter(units__in=unit_ids).distinct()


def group_for(person: Any, uuid: UUID) -> WorkEnvironmentGroup:
    """A trio the person sits in, or any trio for HR; 404 otherwise."""
    groups = WorkEnvironmentGroup.objects.all() if is_hr(person) else groups_of(person)
    return get_object_or_404(groups.select_related("workplace"), uuid=uuid)


def members_of(group: WorkEnvironmentGroup) -> QuerySet[Role]:
    """The trio's roles of today: leaders, AMR and TR of the units it covers."""
    return (
        Role.objects.filter(active_on_today(), kind__in=Role.TRIO_KINDS, unit__work_environment_group=group)
        .select_related("person", "unit")
        .order_by("kind", "pk")
    )


def trio_around(unit_id: int) -> QuerySet[Role]:
    """The same for the group that covers a unit; nobody where none does."""
    covering = Unit.objects.filter(pk=unit_id, work_environment_group__isnull=False).values("work_environment_group")
    return Role.objects.filter(
        active_on_today(), kind__in=Role.TRIO_KINDS, unit__work_environment_group__in=covering
    ).order_by("kind", "pk")


def is_member(person: Any, group: WorkEnvironmentGroup) -> bool:
    return groups_of(person).filter(pk=group.pk).exists()


def committees_of(person: Any) -> QuerySet[Committee]:
    """The committees the person sits in; a staff meeting has everybody employed there as its members."""
    own = [role.committee_id for role in roles_of(person) if role.committee_id]
    if not isinstance(person, Person):
        return Committee.objects.none()
    staff_meetings = Q(
        is_staff_meeting=True,
        unit__in=Employment.objects.filter(active_on_today(), person=person).values("unit_id"),
    )
    return Committee.objects.filter(Q(pk__in=own) | staff_meetings).select_related("unit__level")


def committee_for(person: Any, uuid: UUID) -> Committee:
    """A committee the person sits in, or any for HR; 404 otherwise."""
    committees = Committee.objects.select_related("unit__level") if is_hr(person) else committees_of(person)
    return get_object_or_404(committees, uuid=uuid)


def below(units: Collection[Unit]) -> Q:
    """The condition that a row with a `path` lies on or below one of the units."""
    return Q(path__overlap=[unit.pk for unit in units]) if units else Q(pk__in=[])
