"""Dated roles in HR's hands: give, end, hand over, let somebody stand in. The database says what cannot be."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from organisation import clock
from organisation.access import active_on_today
from organisation.audit import audit
from organisation.imports.corrections import correction_record
from organisation.models import Committee, Person, Role, Unit


@transaction.atomic
def role_give(
    *,
    person: Person,
    kind: str,
    unit: Unit | None = None,
    committee: Committee | None = None,
    starts: date,
    ends: date | None = None,
    is_deputy: bool = False,
    by: Person,
) -> Role:
    """Give a person a role for a period. ValidationError, in words, where it cannot be."""
    if not person.is_active:
        raise ValidationError({"person": _("%(name)s er ikke ansat længere.") % {"name": person.name}})
    if is_deputy and kind in Role.MUNICIPAL_KINDS:
        raise ValidationError({"is_deputy": _("Den rolle har ingen stedfortrædere. Giv rollen med en slutdato.")})
    if kind == Role.Kind.FACILITATOR and ends is None:
        raise ValidationError({"ends": _("En facilitator leder ét møde. Skriv den sidste dag.")})
    role = Role(person=person, kind=kind, unit=unit, committee=committee, starts=starts, ends=ends, is_deputy=is_deputy)
    overlapping = Role.objects.filter(person=person, kind=kind, unit=unit, committee=committee).exclude(ends__lt=starts)
    if ends is not None:
        overlapping = overlapping.filter(starts__lte=ends)
    if overlapping.exists():
        raise ValidationError({"person": _("%(name)s har allerede rollen i den periode.") % {"name": person.name}})
    _save(role)
    correction_record(subject=role, by=by)
    audit("role_given", role, actor=by, unit=unit or (committee.unit_id if committee else None), kind=kind,
          person=person.pk, starts=starts.isoformat(), ends=ends.isoformat() if ends else None,
          deputy=is_deputy)  # fmt: skip
    return role


@transaction.atomic
def role_end(*, role: Role, ends: date, by: Person) -> Role:
    """Set the last day of a role. Somebody must stay HR, or nobody could give the role again."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    if ends < clock.today() - timedelta(days=1):
        raise ValidationError({"ends": _("Rollen har gjaldt til i dag. Den kan tidligst slutte i går.")})
    if role.kind == Role.Kind.HR and not _hr_after(role, ends):
        raise ValidationError({"ends": _("Der skal altid være en i HR. Giv rollen til en anden først.")})
    before, role.ends = role.ends, ends
    _save(role)
    correction_record(subject=role, field="ends", by=by)
    audit("role_ended", role, actor=by, unit=_unit_of(role), kind=role.kind, person=role.person_id,
          ends=ends.isoformat(), before=before.isoformat() if before else None)  # fmt: skip
    return role


@transaction.atomic
def role_hand_over(*, role: Role, person: Person, starts: date, by: Person) -> Role:
    """End the role the day before `starts`, and give it to somebody else from then on, for what is left of it."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    if starts <= role.starts:
        raise ValidationError({"starts": _("Overdragelsen skal ske, efter at rollen er begyndt.")})
    if role.ends is not None and starts > role.ends:
        raise ValidationError({"starts": _("Rollen slutter før overdragelsen.")})
    if person.pk == role.person_id:
        raise ValidationError({"person": _("%(name)s har allerede rollen.") % {"name": person.name}})
    ends = role.ends
    role_end(role=role, ends=starts - timedelta(days=1), by=by)
    return role_give(
        person=person,
        kind=role.kind,
        unit=role.unit,
        committee=role.committee,
        starts=starts,
        ends=ends,
        is_deputy=role.is_deputy,
        by=by,
    )


def _save(role: Role) -> None:
    """Save with the constraints' own words; also for the one who was a moment too late."""
    role.full_clean()
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:
        role.validate_constraints()
        raise


def _hr_after(role: Role, ends: date) -> bool:
    day_after = max(ends, clock.today()) + timedelta(days=1)
    return (
        Role.objects.filter(kind=Role.Kind.HR, starts__lte=day_after, person__is_active=True)
        .exclude(pk=role.pk)
        .exclude(ends__lt=day_after)
        .exists()
    )


def _unit_of(role: Role) -> int | None:
    return role.committee.unit_id if role.committee is not None else role.unit_id


def municipal_roles() -> list[Role]:
    """Who holds a role for the whole municipality today or later."""
    return list(
        Role.objects.filter(kind__in=Role.MUNICIPAL_KINDS)
        .exclude(ends__lt=clock.today())
        .select_related("person")
        .order_by("kind", "starts", "pk")
    )


def trio_of(unit: Unit) -> list[Role]:
    """Leaders, AMR and TR of today on the units that the unit's trio covers."""
    if unit.work_environment_group_id is None:
        return []
    return list(
        Role.objects.filter(
            active_on_today(),
            kind__in=Role.TRIO_KINDS,
            unit__work_environment_group=unit.work_environment_group_id,
        )
        .select_related("person", "unit")
        .order_by("kind", "pk")
    )
