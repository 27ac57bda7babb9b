"""Between the plain planner and the fact table: build the town, write what may be shown, have it audited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from organisation.models import CampaignUnit
from surveys import auditor, exports, planner, pulses, questionnaires
from surveys.exports import ANSWERED
from surveys.models import Fact, Release, Wave

__all__ = ["ANSWERED", "Planned", "Verdict", "audit_plan", "hash_of", "plan_facts", "verdict_of", "write_facts"]

Row = tuple[int, str, int, list[int], list[str]]  # unit, item, n, dist, minus
# The report of a report group is the nearest report of everybody in it: worth as much as their own units' would be.
GROUP_WEIGHT = 2
# A municipality has some hundred thousand facts: COPY takes a tenth of the time of INSERT.
COPY = f"copy {Fact._meta.db_table} (release_id, unit_id, item, n, dist, minus, kept) from stdin"


@dataclass(frozen=True)
class Planned:
    """The facts of one wave before they are written: one row per figure that may be shown."""

    rows: list[Row]
    sha256: str
    kept: frozenset[tuple[int, str]] = field(default_factory=frozenset)  # (unit, item): figures from the release before


@dataclass(frozen=True)
class Verdict:
    """What the independent auditor says. `report` is kept with the release, for the committee: totals when green."""

    green: bool
    report: str


def plan_facts(
    wave: Wave, *, respondents: Mapping[int, int], answers: Mapping[int, Mapping[str, Sequence[int]]]
) -> Planned:
    """Let the planner decide what of the counts may be shown. Counts are those of people placed directly on a unit."""
    units = list(CampaignUnit.objects.filter(campaign=wave.campaign_id).order_by("position"))
    asked = pulses.placed_of(wave)
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
                employees=unit.placed if asked is None else asked.get(unit.pk, 0),
                respondents=respondents.get(unit.pk, 0),
                answers=answers.get(unit.pk, {}),
                weight=(GROUP_WEIGHT if unit.pk in groups else 1) * float(wave.level_weights.get(unit.level_kind, 1)),
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
    return planned_of(rows)


def planned_of(rows: list[Row], kept: frozenset[tuple[int, str]] = frozenset()) -> Planned:
    """The rows in their fixed order, with their fingerprint."""
    rows = sorted(rows, key=lambda row: (row[0], row[1]))
    return Planned(rows=rows, sha256=_hash(rows), kept=kept)


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
            copy.write_row((release.pk, unit, item, n, dist, minus, (unit, item) in planned.kept))
    return len(planned.rows)


# ---------------------------------------------------------------- audit


def audit_plan(wave: Wave, planned: Planned, *, number: int = 1, changes: bool = True) -> Verdict:
    """Let the independent auditor try the planned facts together with everything known before.

    `changes=False` leaves the changes since earlier measurements out: what a report has when HR takes those out of use.
    """
    rows = [(unit, item, n, dist, None, minus) for unit, item, n, dist, minus in planned.rows]
    export = exports.export_of(wave, number, rows)
    if not changes:
        export["groups"] = [{**group, "trends": {}} for group in export["groups"]]
    return verdict_of([*exports.known_before(wave), export])


def verdict_of(all_exports: list[dict[str, Any]]) -> Verdict:
    """Have the exports tried together. What is derived is named by its kind and item only: the report is stored."""
    found = auditor.audit(all_exports)
    new = [violation for violation in found if not violation.known]
    figures = sum(
        1
        for export in all_exports
        for group in export["groups"]
        for figure in group["items"].values()
        if "suppressed" not in figure
    )
    scores = sum(len(group["themes"]) + len(group["trends"]) for export in all_exports for group in export["groups"])
    lines = [
        f"figures: {figures}",
        f"scores: {scores}",
        f"waves: {len({export['wave'] for export in all_exports})}",
        f"releases: {len(all_exports)}",
        f"violations: {len(new)}",
        f"known from imported reports alone: {len(found) - len(new)}",
    ]
    lines += [f"{violation.kind}: {violation.item}" for violation in new[:50]]
    return Verdict(green=not new, report="\n".join(lines))
