"""The nightly response rate: which groups have one, and when it is counted. Never live.

A change of a percentage between two nights tells how many answered in between, so no difference of two groups may
be about fewer than ten invited people: the same tree rule as for reports, with head-counts in place of answers.
"""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.utils import timezone

from organisation import clock
from organisation.models import CampaignUnit
from surveys import closing
from surveys.models import ResponseRate, Wave
from surveys.planner.tree import NOBODY, Tree, solve

LEAST_INVITED = 10


def rate_groups_choose(wave: Wave) -> int:
    """Choose once, at opening, the groups whose rate is shown. Returns how many; the second time none.

    Every block (a group's people outside the shown groups below it) has nobody or at least ten invited; within that
    as many people as possible see a rate of their own group.
    """
    if wave.rates.exists() or wave.kind == Wave.Kind.PULSE:
        return 0  # nothing of a short survey is told before its release
    units = list(CampaignUnit.objects.filter(campaign=wave.campaign_id).order_by("position"))
    if not units:
        return 0
    number = {unit.pk: place for place, unit in enumerate(units)}
    parent = [number[unit.parent_id] if unit.parent_id else NOBODY for unit in units]
    placed = [unit.placed for unit in units]
    tree = Tree.grow(parent, [float(unit.invited + unit.placed) for unit in units])
    plan = solve(
        tree,
        placed,
        [1 if count else 0 for count in placed],
        [True] * len(units),
        [0] * len(units),
        k=LEAST_INVITED,
        mixed=1,
    )
    rows = [
        ResponseRate(wave=wave, unit=unit, invited=unit.invited)
        for unit, shown in zip(units, plan.shown, strict=True)
        if shown
    ]
    ResponseRate.objects.bulk_create(rows, batch_size=5000)
    return len(rows)


def rates_count() -> int:
    """Count last night's envelopes for every open wave. Once a night, from the night after opening.

    Returns how many waves were counted; run again the same day it does nothing.
    """
    today = clock.today()
    counted = 0
    for wave in Wave.objects.filter(state=Wave.State.OPEN, opens_at__lt=clock.now()).exclude(kind=Wave.Kind.IMPORTED):
        if timezone.localdate(wave.opens_at) >= today:
            continue
        with transaction.atomic():
            rates = list(
                wave.rates.select_for_update(of=("self",)).select_related("unit").exclude(counted_on__gte=today)
            )
            if not rates:
                continue
            _count(wave, rates)
            ResponseRate.objects.bulk_update(rates, ["percent", "counted_on"], batch_size=5000)
        counted += 1
    return counted


def _count(wave: Wave, rates: list[ResponseRate]) -> None:
    """Whole percent of the invited under each group; a count of people never leaves this function."""
    handed_in: Counter[int] = Counter()
    of_unit = closing.envelopes_per_unit(wave)
    for pk, path in CampaignUnit.objects.filter(campaign=wave.campaign_id).values_list("pk", "path"):
        count = of_unit.get(pk, 0)
        if count:
            for unit_id in path:
                handed_in[unit_id] += count
    for rate in rates:
        rate.percent = min(100, round(100 * handed_in[rate.unit.unit_id] / rate.invited))
        rate.counted_on = clock.today()
