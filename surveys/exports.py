"""Every figure that anybody can see, in the format of `export_release`: what the auditor reads, ours and any other.

The report, its PDF, the spreadsheets, the heat map and the feeds are functions of these figures. Physical findings are
not anonymous and not among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from organisation.models import CampaignUnit
from surveys import planner, questionnaires
from surveys.earlier_figures import earlier_figures
from surveys.models import Release, ResponseRate, Wave
from surveys.questionnaires import FactItem
from surveys.scores import mean_of, topic_scores, whole

ANSWERED = "_answered"  # the planner's name for how many handed in the anonymous part
FactRow = tuple[int, str, int | None, Sequence[int] | None, Any, Sequence[str]]  # unit, item, n, dist, mean, minus


def export_release(release: Release) -> dict[str, Any]:
    """Every figure of a release, as stored, with what pages make of it: topic scores, changes, response rates."""
    rows = release.facts.order_by("unit_id", "item").values_list("unit_id", "item", "n", "dist", "mean", "minus")
    return export_of(release.wave, release.number, list(rows))


def export_of(wave: Wave, number: int, rows: Sequence[FactRow]) -> dict[str, Any]:
    """One wave's figures in the export format, stored or only planned."""
    imported = wave.kind == Wave.Kind.IMPORTED
    units = list(CampaignUnit.objects.filter(campaign=wave.campaign_id).order_by("position"))
    figures: dict[int, dict[str, dict[str, Any]]] = {unit.pk: {} for unit in units}
    dists: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for unit, item, n, dist, mean, minus in rows:
        figures[unit][item] = _figure(n, dist, mean, minus)
        if n is not None and dist and item != ANSWERED:
            dists[unit][item] = tuple(dist)
    items = _imported_items(figures.values()) if imported else _items(wave)
    themes = {} if imported else _themes(wave, dists)
    trends = {} if imported else _trends(wave, units, dists, themes)
    rates = {
        unit: {"percent": percent, "invited": invited}
        for unit, percent, invited in ResponseRate.objects.filter(wave=wave, percent__isnull=False).values_list(
            "unit_id", "percent", "invited"
        )
    }
    hidden = {"suppressed": True}
    return {
        "wave": str(wave.uuid),
        "release": number,
        "imported": imported,
        "k": planner.FLOOR,
        "items": items,
        "groups": [
            {
                "id": str(unit.pk),
                "name": unit.name,
                "parent": str(unit.parent_id) if unit.parent_id else None,
                "employees": unit.invited,
                "items": {item["id"]: figures[unit.pk].get(item["id"], hidden) for item in items},
                "themes": themes.get(unit.pk, {}),
                "trends": trends.get(unit.pk, {}),
                **({"rate": rates[unit.pk]} if unit.pk in rates else {}),
            }
            for unit in units
        ],
    }


def _figure(n: int | None, dist: Sequence[int] | None, mean: Any, minus: Sequence[str]) -> dict[str, Any]:
    if n is None:
        return {"suppressed": True}
    figure: dict[str, Any] = {"n": n, "dist": list(dist)} if dist else {"n": n, "mean": float(mean), "decimals": 2}
    if minus:
        figure["minus"] = list(minus)
    return figure


FIVE_POINTS = (0, 25, 50, 75, 100)
# How many handed in the anonymous part, as an item of one answer.
HANDED_IN = {"id": ANSWERED, "theme": "", "values": [1], "threshold": planner.FLOOR, "kind": "event"}


def _items(wave: Wave) -> list[dict[str, Any]]:
    rows = [HANDED_IN]
    for item in questionnaires.fact_items(questionnaires.form_for(wave.questionnaire_id)):
        row: dict[str, Any] = {
            "id": item.key,
            "theme": item.theme,
            "values": list(item.values),
            "threshold": max(item.threshold, planner.FLOOR),
            "kind": item.kind,
        }
        if item.of is not None:
            row["of"] = item.of
        if item.beside is not None:
            row["beside"] = item.beside
        rows.append(row)
    return rows


def _imported_items(figures: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """An imported wave knows only what its facts name; a distribution there is one over the five points."""
    named: dict[str, dict[str, Any]] = {}
    for of_unit in figures:
        for item, figure in of_unit.items():
            row = {"id": item, "theme": "", "threshold": planner.FLOOR, "kind": "scale"}
            described = named.setdefault(item, HANDED_IN if item == ANSWERED else row)
            if "dist" in figure and item != ANSWERED:
                described["values"] = list(FIVE_POINTS)
    return [named[item] for item in sorted(named)]


def _themes(wave: Wave, dists: Mapping[int, Mapping[str, tuple[int, ...]]]) -> dict[int, dict[str, Any]]:
    items = questionnaires.fact_items(questionnaires.form_for(wave.questionnaire_id))
    return {
        unit: {
            score.topic: {"mean": score.mean, "decimals": 0, "items": list(score.items)}
            for score in topic_scores(items, of_unit)
        }
        for unit, of_unit in dists.items()
    }


def _trends(
    wave: Wave,
    units: Sequence[CampaignUnit],
    dists: Mapping[int, Mapping[str, tuple[int, ...]]],
    themes: Mapping[int, Mapping[str, Any]],
) -> dict[int, dict[str, Any]]:
    """Every change since an earlier measurement that a report may print: of shown figures on both sides."""
    earlier = earlier_figures(units, wave)
    items: dict[str, FactItem] = {
        item.key: item for item in questionnaires.form_for(wave.questionnaire_id).facts if item.kind == "scale"
    }
    trends: dict[int, dict[str, Any]] = {}
    for unit, of_unit in earlier.items():
        for key, then in of_unit.items():
            if key in items and key in dists.get(unit, {}):
                mean = mean_of(items[key].values, dists[unit][key])
                now = None if mean is None else whole(mean)
            else:
                now = themes.get(unit, {}).get(key, {}).get("mean")
            if now is not None:
                trends.setdefault(unit, {})[key] = {
                    "wave": then.wave,
                    "change": now - whole(then.mean),
                    "decimals": 0,
                    "item": then.item,
                    "groups": [str(group) for group in then.groups],
                }
    return trends


# ---------------------------------------------------------------- what is known besides


def known_before(wave: Wave) -> list[dict[str, Any]]:
    """What a reader may have in hand already: imported measurements, every release of this wave so far, and those of
    the campaign's other waves: short surveys ask the same people in the same units."""
    return [export_release(release) for release in _releases().filter(wave__kind=Wave.Kind.IMPORTED)] + [
        export_release(release)
        for release in _releases().filter(wave__campaign=wave.campaign_id).exclude(wave__kind=Wave.Kind.IMPORTED)
    ]


def known_now() -> list[dict[str, Any]]:
    """Every figure that anybody has ever been shown, imported measurements first."""
    return [export_release(release) for release in _releases().filter(released_at__isnull=False)]


def _releases() -> Any:
    return Release.objects.select_related("wave__questionnaire", "wave__campaign").order_by("wave_id", "number")
