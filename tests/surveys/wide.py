"""A released municipality of any width, written directly: units and facts without the people who answered."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from organisation.models import Campaign, CampaignUnit, Level, Unit
from surveys.facts import ANSWERED
from surveys.master.apv2026 import MASTER
from surveys.models import Fact, Release, ReleaseApproval, Wave
from surveys.questionnaires import form_for, questionnaire_load
from tests.factories import LONG_AGO, make_campaign, make_levels, make_person

AFDELINGER = 7
TEAMS = 7  # of each arbejdsplads
KINDS = ("municipality", "department", "workplace", "team")


def make_wide(units: int, *, seed: int = 1) -> Release:
    """About `units` units in seven afdelinger, with facts for all closed questions; every ninth enhed has none."""
    dice = random.Random(seed)
    if not Level.objects.exists():
        make_levels()
    campaign = make_campaign()
    rows = _campaign_units(campaign, units)
    wave = Wave.objects.create(
        campaign=campaign,
        questionnaire=questionnaire_load(MASTER),
        opens_at=datetime(2026, 4, 8, 6, tzinfo=UTC),
        closes_at=datetime(2026, 4, 22, 21, 59, tzinfo=UTC),
        state=Wave.State.OPENED,
    )
    released_at = datetime(2026, 5, 5, 6, tzinfo=UTC)
    release = Release.objects.create(
        wave=wave,
        due_at=released_at,
        released_at=released_at,
        audit_green=True,
        facts_sha256="0" * 64,
    )
    items = [item for item in form_for(wave.questionnaire_id).facts if item.of is None and not item.whole_only]
    facts = []
    for place, unit in enumerate(rows):
        if unit.level_kind == "team" and place % 9 == 0:
            continue
        n = max(5, unit.invited * 4 // 5)
        facts.append(Fact(release=release, unit=unit, item=ANSWERED, n=n, dist=[n]))
        for item in items:
            spread = sorted(dice.randint(0, n) for _ in range(len(item.values) - 1))
            dist = [after - before for before, after in zip([0, *spread], [*spread, n], strict=True)]
            facts.append(Fact(release=release, unit=unit, item=item.key, n=n, dist=dist))
    Fact.objects.bulk_create(facts, batch_size=5000)
    for approver in (make_person(), make_person()):
        ReleaseApproval.objects.create(release=release, person=approver, at=released_at)
    release.state = Release.State.RELEASED
    release.save(update_fields=["state"])
    return release


def _campaign_units(campaign: Campaign, units: int) -> list[CampaignUnit]:
    levels = {level.kind: level for level in Level.objects.all()}
    workplaces = max(AFDELINGER, (units - AFDELINGER) // (TEAMS + 1))

    def make(names: list[str], kind: str, parents: list[Unit]) -> list[Unit]:
        made = Unit.objects.bulk_create(
            Unit(
                number=f"{kind}-{place}",
                name=name,
                level=levels[kind],
                parent=parents[place * len(parents) // len(names)] if parents else None,
                starts=LONG_AGO,
            )
            for place, name in enumerate(names)
        )
        return list(Unit.objects.filter(pk__in=[unit.pk for unit in made]).order_by("pk"))

    top = make(["Vidstrup Kommune"], "municipality", [])
    departments = make([f"Afdeling {n}" for n in range(1, AFDELINGER + 1)], "department", top)
    places = make([f"Arbejdspladsen Birkehøj {n}" for n in range(1, workplaces + 1)], "workplace", departments)
    teams = make([f"Enheden Nord {n}" for n in range(1, workplaces * TEAMS + 1)], "team", places)
    everybody = sorted([*top, *departments, *places, *teams], key=lambda unit: unit.path)
    invited = {unit.pk: 0 for unit in everybody}
    for place, unit in enumerate(teams):
        for step in unit.path:
            invited[step] += 6 + place % 19
    found: dict[int, CampaignUnit] = {}
    kinds = {level.pk: kind for kind, level in levels.items()}
    for position, unit in enumerate(everybody):
        found[unit.pk] = CampaignUnit(
            campaign=campaign,
            unit=unit,
            name=unit.name,
            level_kind=kinds[unit.level_id],
            path=unit.path,
            position=position,
            placed=invited[unit.pk] if kinds[unit.level_id] == "team" else 0,
            invited=invited[unit.pk],
        )
    for kind in KINDS:  # a parent needs its id before its children can name it
        layer = [row for row in found.values() if row.level_kind == kind]
        for row in layer:
            row.parent = found[row.path[-2]] if len(row.path) > 1 else None
        CampaignUnit.objects.bulk_create(layer, batch_size=1000)
    return sorted(found.values(), key=lambda row: row.position)
