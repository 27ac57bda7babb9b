"""Report groups: HR puts a unit under five together with a named neighbour, before opening and from head-counts only.

A group is a level in the campaign's tree between its units and the unit above them. Its units have no report of their
own, so nothing can be had by subtracting one from the other. Never afterwards, and never from answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.models import Campaign, Person, ReportGroup, ReportGroupUnit, Unit
from organisation.sorting import danish_key

LEAST = 5


@dataclass(frozen=True)
class SmallUnit:
    """A unit with one to four invited, and the neighbours it may share a report with."""

    unit: Unit
    invited: int
    parent: Unit | None
    neighbours: tuple[tuple[Unit, int], ...]
    group: ReportGroup | None


def invited_below(units: Mapping[int, Unit], placed: Counter[int]) -> Counter[int]:
    """How many are invited in each unit and below it."""
    invited: Counter[int] = Counter()
    for pk, count in placed.items():
        for above in units[pk].path:
            invited[above] += count
    return invited


def small_units(campaign: Campaign, units: Mapping[int, Unit], placed: Counter[int]) -> list[SmallUnit]:
    """Units under five, in the order of the tree's names, with the group HR has put them in."""
    invited = invited_below(units, placed)
    group_of = {
        member.unit_id: member.group
        for member in ReportGroupUnit.objects.filter(campaign=campaign).select_related("group")
    }
    children: dict[int | None, list[Unit]] = {}
    for unit in units.values():
        children.setdefault(unit.parent_id, []).append(unit)
    found = []
    for unit in units.values():
        parent = units.get(unit.parent_id or 0)
        if not 0 < invited[unit.pk] < LEAST or parent is None:
            continue
        neighbours = sorted(
            (other for other in children[unit.parent_id] if other.pk != unit.pk and invited[other.pk]),
            key=lambda other: danish_key(other.name),
        )
        found.append(
            SmallUnit(
                unit=unit,
                invited=invited[unit.pk],
                parent=parent,
                neighbours=tuple((other, invited[other.pk]) for other in neighbours),
                group=group_of.get(unit.pk),
            )
        )
    return sorted(
        found, key=lambda small: (danish_key(small.parent.name if small.parent else ""), danish_key(small.unit.name))
    )


@transaction.atomic
def report_group_make(*, campaign: Campaign, units: Collection[Unit], by: Person, name: str = "") -> ReportGroup:
    """Let units beside each other share one report. A unit whose neighbour is in a group already joins that group.

    ValidationError: frozen, fewer than two units, or units that do not lie beside each other.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _require_open(campaign)
    chosen = {unit.pk: unit for unit in units}
    groups = list(ReportGroup.objects.filter(campaign=campaign, members__unit__in=chosen).distinct())
    if len(groups) > 1:
        raise ValidationError(_("Enhederne er i hver sin samlerapport. Opløs den ene først."))
    if groups:
        members = Unit.objects.filter(pk__in=groups[0].members.values("unit_id"))
        chosen.update({unit.pk: unit for unit in members})
    if len(chosen) < 2:
        raise ValidationError(_("En samlerapport har mindst to enheder."))
    if len({unit.parent_id for unit in chosen.values()}) != 1:
        raise ValidationError(_("Kun enheder, der ligger ved siden af hinanden, kan dele en rapport."))
    for unit in chosen.values():
        if unit.parent_id is None:
            raise ValidationError(_("Hele kommunen kan ikke indgå i en samlerapport."))
    group = groups[0] if groups else ReportGroup(campaign=campaign)
    group.name = name.strip() or group_name(chosen.values())
    group.full_clean()
    group.save()
    ReportGroupUnit.objects.bulk_create(
        [ReportGroupUnit(campaign=campaign, group=group, unit=unit) for unit in chosen.values()], ignore_conflicts=True
    )
    audit("report_group_made", group, actor=by, units=sorted(chosen))
    return group


def group_name(units: Collection[Unit]) -> str:
    names = sorted((unit.name for unit in units), key=danish_key)
    return (_(" og ").join([", ".join(names[:-1]), names[-1]]))[:160]


@transaction.atomic
def report_group_dissolve(*, group: ReportGroup, by: Person) -> None:
    """Take a group away again, before freezing."""
    _require_open(Campaign.objects.select_for_update().get(pk=group.campaign_id))
    audit("report_group_dissolved", group, actor=by, units=sorted(group.members.values_list("unit_id", flat=True)))
    group.delete()


def _require_open(campaign: Campaign) -> None:
    if campaign.frozen_at is not None:
        raise ValidationError(_("Organisationen er frosset. Samlerapporter vælges kun før åbningen, aldrig bagefter."))


@dataclass(frozen=True)
class Level:
    """A group as freezing needs it: the unit behind the level, the unit above, and the units below."""

    unit: Unit
    parent: int
    members: frozenset[int]


def levels_planned(campaign: Campaign, units: Mapping[int, Unit]) -> list[Level]:
    """The campaign's groups as levels of its tree. A group whose units no longer lie beside each other is left out.

    Before freezing the unit behind a level is not saved; its id is the group's, below zero.
    """
    found = []
    groups = ReportGroup.objects.filter(campaign=campaign).prefetch_related("members").select_related("unit__level")
    for group in groups.order_by("pk"):
        members = frozenset(member.unit_id for member in group.members.all() if member.unit_id in units)
        parents = {units[pk].parent_id for pk in members}
        parent = parents.pop() if len(parents) == 1 else None
        if len(members) < 2 or parent is None or parent not in units:
            continue
        # It begins and ends yesterday: no list of living units has it, on this day or any later one.
        yesterday = clock.today() - timedelta(days=1)
        unit = group.unit or Unit(
            pk=-group.pk,
            number=f"samlerapport-{group.uuid}",
            name=group.name,
            level=units[min(members)].level,
            parent_id=parent,
            starts=yesterday,
            ends=yesterday,
        )
        found.append(Level(unit=unit, parent=parent, members=members))
    return found


def levels_make(campaign: Campaign, units: Mapping[int, Unit]) -> list[Level]:
    """The same, with the units behind the levels saved: part of freezing."""
    made = []
    for level in levels_planned(campaign, units):
        unit = level.unit
        if unit.pk < 0:
            group = -unit.pk
            unit.pk = None
            unit.save(force_insert=True)
            ReportGroup.objects.filter(pk=group).update(unit=unit)
        made.append(Level(unit=unit, parent=level.parent, members=level.members))
    return made


def groups_behind(unit_ids: Collection[int]) -> dict[int, set[int]]:
    """unit -> the units behind the levels that it is grouped under, in any campaign."""
    behind: dict[int, set[int]] = {}
    rows = ReportGroupUnit.objects.filter(unit__in=unit_ids, group__unit__isnull=False)
    for unit, level in rows.values_list("unit_id", "group__unit_id"):
        behind.setdefault(unit, set()).add(level)
    return behind
