"""Freeze the organisation for a campaign: the tree as it stands, and where each person counts.

One envelope per person, at the primary employment (most hours, then longest there). Leaders count in the group
above the unit they lead, unless the campaign says otherwise: a leader placed in the unit they read about would be an
insider there, and a leader alone on a workplace would be a block of one (anonymity.md 3.4). The rules of who is
invited are `organisation.invitees`, the report groups of small units `organisation.report_groups`.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import F, Q

from organisation import clock, invitees, report_groups
from organisation.audit import audit
from organisation.models import Campaign, CampaignUnit, Person, Placement, Unit
from organisation.sorting import danish_key

BATCH = 5000


class AlreadyFrozen(Exception):
    """The campaign has its snapshot; it is not made twice."""


@transaction.atomic
def campaign_freeze(campaign: Campaign, *, by: Person | None = None) -> int:
    """Write the snapshot. Returns how many people are placed. Raises AlreadyFrozen the second time."""
    claimed = Campaign.objects.filter(pk=campaign.pk, frozen_at=None).update(frozen_at=clock.now())
    if not claimed:
        raise AlreadyFrozen
    campaign.refresh_from_db()
    units = invitees.active_units()
    found = invitees.invitees_of(campaign, units)
    levels = report_groups.levels_make(campaign, units)
    frozen = _freeze_units(campaign, units, found.placed(), levels)
    Placement.objects.bulk_create(
        [
            Placement(campaign=campaign, person_id=person_id, employment_id=employment_id, unit=frozen[unit_id])
            for person_id, (employment_id, unit_id) in found.places.items()
        ],
        batch_size=BATCH,
    )
    audit(
        "campaign_frozen",
        campaign,
        actor=by,
        placed=len(found.places),
        units=len(frozen),
        left_out=dict(found.left_out),
        report_groups=len(levels),
    )
    return len(found.places)


def _freeze_units(
    campaign: Campaign, units: dict[int, Unit], placed: Counter[int], levels: list[report_groups.Level]
) -> dict[int, CampaignUnit]:
    """The tree, depth first in Danish order, with head-counts. Parents before children, level by level."""
    rows = campaign_tree(campaign, units, placed, levels)
    depth = defaultdict(list)
    for pk, row in rows.items():
        depth[len(row.path)].append(pk)
    for level in sorted(depth):
        for pk in depth[level]:
            if len(rows[pk].path) > 1:
                rows[pk].parent = rows[rows[pk].path[-2]]
        CampaignUnit.objects.bulk_create([rows[pk] for pk in depth[level]], batch_size=BATCH)
    return rows


def campaign_tree(
    campaign: Campaign, units: dict[int, Unit], placed: Counter[int], levels: list[report_groups.Level]
) -> dict[int, CampaignUnit]:
    """The rows of the snapshot by unit id, unsaved and without `parent`, in the tree's own order.

    A report group stands as a level of its own between its units and the unit above them.
    """
    above = {unit.pk: unit.parent_id if unit.parent_id in units else None for unit in units.values()}
    everything = dict(units)
    merged: set[int] = set()
    for level in levels:
        everything[level.unit.pk] = level.unit
        above[level.unit.pk] = level.parent
        above.update(dict.fromkeys(level.members, level.unit.pk))
        merged |= level.members
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in everything.values():
        children[above[unit.pk]].append(unit)
    order: list[Unit] = []
    stack = sorted(children[None], key=lambda unit: danish_key(unit.name), reverse=True)
    while stack:
        unit = stack.pop()
        order.append(unit)
        stack.extend(sorted(children[unit.pk], key=lambda child: danish_key(child.name), reverse=True))
    invited = Counter(placed)
    for unit in reversed(order):
        if (parent := above[unit.pk]) is not None:
            invited[parent] += invited[unit.pk]
    rows: dict[int, CampaignUnit] = {}
    for position, unit in enumerate(order):
        parent = above[unit.pk]
        rows[unit.pk] = CampaignUnit(
            campaign=campaign,
            unit=unit,
            name=unit.name,
            level_kind=unit.level.kind,
            path=[*(rows[parent].path if parent is not None else []), unit.pk],
            position=position,
            placed=placed[unit.pk],
            invited=invited[unit.pk],
            own_report=unit.pk not in merged,
        )
    return rows


def campaigns_to_freeze() -> list[Campaign]:
    """Campaigns whose day of freezing (or opening) has come."""
    today = clock.today()
    return list(
        Campaign.objects.filter(
            Q(frozen_at=None), milestones__key__in=["freeze", "survey"], milestones__starts__lte=today
        )
        .distinct()
        .order_by(F("year").desc())
    )
