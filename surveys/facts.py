"""Between the plain planner and the fact table: build the town, write what may be shown, export it, audit it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from organisation.models import CampaignUnit
from surveys import auditor, planner, questionnaires
from surveys.models import Fact, Release, Wave
from surveys.scores import topic_scores

ANSWERED = "_answered"  # the planner's name for how many handed in the anonymous part
# The report of a report group is the nearest report of everybody in it: worth as much as their own units' would be.
GROUP_WEIGHT = 2
# A municipality has some hundred thousand facts: COPY takes a tenth of the time of INSERT.
COPY = f"copy {Fact._meta.db_table} (release_id, unit_id, item, n, dist, minus) from stdin"


@dataclass(frozen=True)
class Planned:
    """The facts of one wave before they are written: one row per figure that may be shown."""

    facts: planner.Facts
    rows: list[tuple[int, str, int, list[int], list[str]]]  # unit, item, n, dist, minus
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """What the independent auditor says. The report names items and groups: for the committee, never for the page."""

    green: bool
    report: str


def plan_facts(
    wave: Wave, *, respondents: Mapping[int, int], answers: Mapping[int, Mapping[str, Sequence[int]]]
) -> Planned:
    """Let the planner decide what of the counts may be shown. Counts are those of people placed directly on a unit."""
    units = list(CampaignUnit.objects.filter(campaign=wave.campaign_id).order_by("position"))
    form = questionnaires.form_for(wave.questionnaire_id)
    items = [
        planner.Item(
            id=item.key,
            theme=item.theme,
            values=item.values,
            kind=item.kind,
            threshold=item.threshold,
            of=item.of,
            whole_only=item.whole_only,
            scored=item.scored,
            beside=item.beside,
        )
        for item in questionnaires.fact_items(form)
    ]
    groups = {unit.parent_id for unit in units if not unit.own_report}
    town = planner.Town(
        units=[
            planner.Unit(
                id=str(unit.pk),
                parent=str(unit.parent_id) if unit.parent_id else None,
                employees=unit.placed,
                respondents=respondents.get(unit.pk, 0),
                answers=answers.get(unit.pk, {}),
                weight=GROUP_WEIGHT if unit.pk in groups else 1,
                own_report=unit.own_report,
            )
            for unit in units
        ],
        items=items,
        cap=float(wave.left_out_cap),
        themes=[planner.Theme(id=topic.key, scored=topic.scored) for topic in form.anonymous],
        wave=str(wave.uuid),
    )
    planned = planner.plan(town)
    rows = [
        (int(fact.group), fact.item, fact.n, list(fact.dist), list(fact.minus))
        # How many handed in is a figure as well, and audited as one.
        for fact in [*planned.structure.values(), *planned.facts.values()]
    ]
    rows.sort(key=lambda row: (row[0], row[1]))
    return Planned(facts=planned, rows=rows, sha256=_hash(rows))


def _hash(rows: Sequence[tuple[Any, ...]]) -> str:
    """The fingerprint of a set of facts: of the rows in a fixed order."""
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def hash_of(release: Release) -> str:
    """The fingerprint of what is stored now; equal to the release's own as long as nobody touched a row."""
    rows = release.facts.filter(n__isnull=False).values_list("unit_id", "item", "n", "dist", "minus")
    return _hash(sorted((unit, item, n, dist, minus) for unit, item, n, dist, minus in rows))


def write_facts(release: Release, planned: Planned) -> int:
    """Write the rows of a release, in one transaction with it. Hidden figures have no row, and no reason."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for unit, item, n, dist, minus in planned.rows:
            copy.write_row((release.pk, unit, item, n, dist, minus))
    return len(planned.rows)


# ---------------------------------------------------------------- export


def item_rows(wave: Wave) -> list[dict[str, Any]]:
    """The items of a wave as the export describes them; an imported wave knows only what its facts name."""
    rows: list[dict[str, Any]] = [{"id": ANSWERED, "theme": "", "threshold": planner.FLOOR, "kind": "count"}]
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


def export_rows(
    wave: Wave, number: int, facts: Sequence[tuple[Any, ...]], themes: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    """One wave's figures in the export format. `facts`: (unit, item, n, dist, mean, minus)."""
    units = list(CampaignUnit.objects.filter(campaign=wave.campaign_id).order_by("position"))
    by_unit: dict[int, dict[str, Any]] = {unit.pk: {} for unit in units}
    imported = wave.kind == Wave.Kind.IMPORTED
    for unit, item, n, dist, mean, minus in facts:
        if n is None:
            figure: dict[str, Any] = {"suppressed": True}
        elif item == ANSWERED:
            figure = {"n": n}
        elif mean is not None:
            figure = {"n": n, "mean": str(mean), "decimals": 2}
        else:
            figure = {"n": n, "dist": dist}
        if minus:
            figure["minus"] = minus
        by_unit[unit][item] = figure
    if imported:
        named = sorted({item for figures in by_unit.values() for item in figures})
        items = [{"id": item, "theme": "", "threshold": planner.FLOOR, "kind": "scale"} for item in named]
    else:
        items = item_rows(wave)
    ids = [str(item["id"]) for item in items]
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
                "items": {item: by_unit[unit.pk].get(item, {"suppressed": True}) for item in ids},
                "themes": themes.get(unit.pk, {}),
            }
            for unit in units
        ],
    }


def _themes_of(planned: planner.Facts) -> dict[int, dict[str, Any]]:
    themes: dict[int, dict[str, Any]] = {}
    for score in planned.themes.values():
        themes.setdefault(int(score.group), {})[score.theme] = {
            "mean": score.mean,
            "decimals": score.decimals,
            "items": list(score.items),
        }
    return themes


def export_release(release: Release) -> dict[str, Any]:
    """Every figure of a release that any role can see, as stored, with the topic scores made from them."""
    facts = list(release.facts.values_list("unit_id", "item", "n", "dist", "mean", "minus"))
    themes: dict[int, dict[str, Any]] = {}
    if release.wave.kind != Wave.Kind.IMPORTED:
        by_unit: dict[int, dict[str, tuple[int, ...]]] = {}
        for unit, item, n, dist, _mean, _minus in facts:
            if n is not None and item != ANSWERED:
                by_unit.setdefault(unit, {})[item] = tuple(dist or ())
        items = questionnaires.fact_items(questionnaires.form_for(release.wave.questionnaire_id))
        themes = {
            unit: {
                score.topic: {"mean": score.mean, "decimals": 0, "items": list(score.items)}
                for score in topic_scores(items, dists)
            }
            for unit, dists in by_unit.items()
        }
    return export_rows(release.wave, release.number, facts, themes)


def earlier_exports(wave: Wave) -> list[dict[str, Any]]:
    """Imported measurements and earlier releases: what a reader may already have in hand."""
    releases = (
        Release.objects.exclude(wave=wave)
        .filter(wave__kind=Wave.Kind.IMPORTED)
        .select_related("wave__questionnaire", "wave__campaign")
        .order_by("pk")
    )
    return [export_release(release) for release in releases]


def audit_plan(wave: Wave, planned: Planned) -> Verdict:
    """Let the independent auditor try the planned facts together with everything known before."""
    facts = [(unit, item, n, dist, None, minus) for unit, item, n, dist, minus in planned.rows]
    export = export_rows(wave, 1, facts, _themes_of(planned.facts))
    return verdict_of([export, *earlier_exports(wave)])


def verdict_of(exports: list[dict[str, Any]]) -> Verdict:
    found = auditor.audit(exports)
    new = [violation for violation in found if not violation.known]
    figures = sum(
        1
        for export in exports
        for group in export["groups"]
        for figure in group["items"].values()
        if "suppressed" not in figure
    )
    lines = [
        f"figures: {figures}",
        f"waves: {len(exports)}",
        f"violations: {len(new)}",
        f"known from imported reports alone: {len(found) - len(new)}",
    ]
    # What could be derived is named for the one who must repair it, in the log of the failed run only by its kind.
    lines += [f"{violation.kind}: {violation.item}" for violation in new[:50]]
    return Verdict(green=not new, report="\n".join(lines))
