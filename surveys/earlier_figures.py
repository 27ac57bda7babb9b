"""Figures of an imported measurement that may be set beside today's: on approved links, and only what was shown then.

A figure hidden then is a blank now. A unit that was merged takes the sum of its parts, and only when every one of them
had the figure; a successor or a new unit takes nothing (`organisation.structure.earlier_units`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from organisation.models import CampaignUnit, UnitSuccession
from surveys.models import Comparability, Fact, Release, Wave


@dataclass(frozen=True)
class EarlierFigure:
    """`item` is the earlier key, `groups` the earlier campaign units whose figures were put together."""

    wave: str
    year: int
    item: str
    groups: tuple[int, ...]
    n: int
    mean: Fraction


def earlier_figures(units: Iterable[CampaignUnit], wave: Wave) -> dict[int, dict[str, EarlierFigure]]:
    """By campaign unit and today's item or topic. Three queries, whatever the number of units."""
    links: dict[str, list[str]] = defaultdict(list)  # an earlier topic may have become several of today's items
    for earlier_key, key in (
        Comparability.objects.filter(
            questionnaire=wave.questionnaire_id, kind__in=[Comparability.Kind.ITEM, Comparability.Kind.FULL]
        )
        .exclude(approved_by="")
        .values_list("earlier_key", "key")
    ):
        links[earlier_key].append(key)
    if not links:
        return {}
    before = _before(units)
    rows = (
        Fact.objects.filter(
            release__wave__kind=Wave.Kind.IMPORTED,
            release__state=Release.State.RELEASED,
            unit__unit__in={unit for earlier in before.values() for unit in earlier},
            item__in=links,
            n__isnull=False,
            mean__isnull=False,
        )
        .order_by("release__wave__closes_at")
        .values_list(
            "unit__unit_id", "unit_id", "item", "n", "mean", "release__wave__uuid", "release__wave__closes_at__year"
        )
    )
    known: dict[tuple[str, int, str], dict[int, tuple[int, int, Fraction]]] = defaultdict(dict)
    for unit, group, item, n, mean, uuid, year in rows:
        known[str(uuid), year, item][unit] = (group, n or 0, Fraction(mean or 0))
    found: dict[int, dict[str, EarlierFigure]] = defaultdict(dict)
    for (wave_uuid, year, item), of_unit in known.items():  # the newest measurement last, so that it stands
        for pk, earlier in before.items():
            parts = [of_unit[unit] for unit in earlier if unit in of_unit]
            n = sum(part[1] for part in parts)
            if n and len(parts) == len(earlier):
                total = sum((part[1] * part[2] for part in parts), Fraction(0))
                groups = tuple(part[0] for part in parts)
                figure = EarlierFigure(wave_uuid, year, item, groups, n, total / n)
                found[pk] |= dict.fromkeys(links[item], figure)
    return dict(found)


def _before(units: Iterable[CampaignUnit]) -> dict[int, list[int]]:
    """The earlier units of each campaign unit, as `organisation.structure.earlier_units` says for one."""
    units = list(units)
    told: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    successions = UnitSuccession.objects.filter(unit__in={unit.unit_id for unit in units})
    for unit_id, kind, earlier in successions.values_list("unit_id", "kind", "earlier_id"):
        told[unit_id].append((kind, earlier))
    found: dict[int, list[int]] = {}
    usable = {UnitSuccession.Kind.SAME, UnitSuccession.Kind.MERGED_FROM}
    for unit in units:
        rows = told.get(unit.unit_id)
        if rows is None:
            found[unit.pk] = [unit.unit_id]
        elif {kind for kind, _earlier in rows} <= usable:
            found[unit.pk] = sorted(earlier for _kind, earlier in rows if earlier is not None)
    return {pk: earlier for pk, earlier in found.items() if earlier}
