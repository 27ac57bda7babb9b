"""Freeze the organisation for a campaign: the tree as it stands, and where each person counts.

One envelope per person, at the primary employment (most hours, then longest there). Leaders count in the group
above the unit they lead, unless the campaign says otherwise: a leader placed in the unit they read about would be an
insider there, and a leader alone on a workplace would be a block of one (anonymity.md 3.4).
"""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import F, Q

from organisation import clock
from organisation.access import active_on_today
from organisation.audit import audit
from organisation.models import Campaign, CampaignUnit, Employment, Person, Placement, Role, Unit
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
    campaign.refresh_from_db(fields=["frozen_at"])
    units = {unit.pk: unit for unit in Unit.objects.filter(active_on_today()).select_related("level")}
    placed_in = _places(campaign, units)
    frozen = _freeze_units(campaign, units, Counter(unit_id for _, unit_id in placed_in.values()))
    Placement.objects.bulk_create(
        [
            Placement(campaign=campaign, person_id=person_id, employment_id=employment_id, unit=frozen[unit_id])
            for person_id, (employment_id, unit_id) in placed_in.items()
        ],
        batch_size=BATCH,
    )
    audit("campaign_frozen", campaign, actor=by, placed=len(placed_in), units=len(frozen))
    return len(placed_in)


def _places(campaign: Campaign, units: dict[int, Unit]) -> dict[int, tuple[int, int]]:
    """person id -> (employment id, unit id) for everybody who is invited."""
    employed = Employment.objects.filter(active_on_today(), leave="", unit__in=units, person__is_active=True)
    if campaign.employed_by:
        employed = employed.filter(starts__lte=campaign.employed_by)
    leads = defaultdict(set)
    for person_id, unit_id in Role.objects.filter(active_on_today(), kind=Role.Kind.LEADER).values_list(
        "person_id", "unit_id"
    ):
        leads[person_id].add(unit_id)
    places: dict[int, tuple[int, int]] = {}
    for employment_id, person_id, unit_id in employed.order_by("person_id", "-hours", "starts", "pk").values_list(
        "pk", "person_id", "unit_id"
    ):
        if person_id in places:
            continue
        if campaign.leaders_one_level_up:
            # Up past every unit that the person leads: the head of a workplace is not placed in it either.
            while unit_id in leads[person_id] and units[unit_id].parent_id in units:
                unit_id = units[unit_id].parent_id
        places[person_id] = (employment_id, unit_id)
    return places


def _freeze_units(campaign: Campaign, units: dict[int, Unit], placed: Counter[int]) -> dict[int, CampaignUnit]:
    """The tree, depth first in Danish order, with head-counts. Parents before children, level by level."""
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in units.values():
        children[unit.parent_id if unit.parent_id in units else None].append(unit)
    order: list[Unit] = []
    stack = sorted(children[None], key=lambda unit: danish_key(unit.name), reverse=True)
    while stack:
        unit = stack.pop()
        order.append(unit)
        stack.extend(sorted(children[unit.pk], key=lambda child: danish_key(child.name), reverse=True))
    invited = Counter(placed)
    for unit in reversed(order):
        if unit.parent_id in units:
            invited[unit.parent_id] += invited[unit.pk]
    rows = {
        unit.pk: CampaignUnit(
            campaign=campaign,
            unit=unit,
            name=unit.name,
            level_kind=unit.level.kind,
            path=unit.path,
            position=position,
            placed=placed[unit.pk],
            invited=invited[unit.pk],
        )
        for position, unit in enumerate(order)
    }
    depth = defaultdict(list)
    for unit in order:
        depth[len(unit.path)].append(unit)
    for level in sorted(depth):
        for unit in depth[level]:
            if unit.parent_id in rows:
                rows[unit.pk].parent = rows[unit.parent_id]
        CampaignUnit.objects.bulk_create([rows[unit.pk] for unit in depth[level]], batch_size=BATCH)
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
