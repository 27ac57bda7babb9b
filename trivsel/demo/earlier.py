"""The measurement of 2023, as HR would import it: means and counts per unit, no answers. Small units are hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random

from organisation.models import Campaign, CampaignUnit, Unit
from organisation.sorting import danish_key
from surveys.facts import ANSWERED
from surveys.models import Comparability, Fact, Questionnaire, Release, Wave
from trivsel.demo.municipality import BATCH, Municipality
from trivsel.demo.stages import COPENHAGEN

# The ten topics of 2023 that had a mean (questionnaire-2026.md 5), and how high they lay in the whole municipality.
MEANS = {"sk23": 71, "jo23": 66, "in23": 62, "kr23": 54, "ba23": 63, "mo23": 73, "ti23": 73}
SHARES = {"ka23_bullying": 0.07, "ka23_threats": 0.17, "ka23_violence": 0.14, "ka23_sexual": 0.03}
IN_CARE = {"ka23_threats": 0.30, "ka23_violence": 0.28}
LEAST = 10  # fewer than this were not reported in 2023
RELEASED = datetime(2023, 6, 1, 8, tzinfo=COPENHAGEN)


@dataclass
class Block:
    """What the answers below one unit add up to."""

    n: int = 0
    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # of points, or of yes

    def add(self, other: Block, sign: int = 1) -> None:
        self.n += sign * other.n
        for key, value in other.sums.items():
            self.sums[key] += sign * value


def earlier_make(town: Municipality, questionnaire: Questionnaire) -> None:
    """Campaign, tree, wave, release and facts of 2023, and HR's word on what may be set beside 2026."""
    rng = Random(f"{town.rng.random()} 2023")
    campaign = Campaign.objects.create(name="Trivselsmåling og APV 2023", year=2023, frozen_at=RELEASED)
    wave = Wave.objects.create(
        campaign=campaign,
        kind=Wave.Kind.IMPORTED,
        state=Wave.State.OPENED,
        questionnaire=Questionnaire.objects.create(
            key="apv2023",
            title={"da": "Trivselsmåling og APV 2023", "en": "Wellbeing survey and APV 2023"},
            locked=True,
        ),
        opens_at=datetime(2023, 4, 12, 8, tzinfo=COPENHAGEN),
        closes_at=datetime(2023, 4, 26, 23, 59, tzinfo=COPENHAGEN),
    )
    units, below, blocks = _tree(town, rng)
    rows = _freeze(campaign, units, below, blocks)
    release = Release.objects.create(
        wave=wave,
        state=Release.State.RELEASED,
        due_at=RELEASED,
        released_at=RELEASED,
        audit_green=True,
        audit_report="Importeret",
    )
    facts = [
        Fact(release=release, unit=rows[unit.pk], item=ANSWERED, n=blocks[unit.pk].n, dist=[blocks[unit.pk].n])
        for unit in _shown(units[0], below, blocks, _large)
    ]
    for key in MEANS:
        facts += [_fact(release, rows[u.pk], key, blocks[u.pk], 1) for u in _shown(units[0], below, blocks, _large)]
    for key in SHARES:
        shown = _shown(units[0], below, blocks, lambda block, key=key: _large(block) and _mixed(block, key))
        facts += [
            _fact(release, rows[unit.pk], key, blocks[unit.pk], 100) for unit in shown if unit.level.kind != "team"
        ]
    Fact.objects.bulk_create(facts, batch_size=BATCH)
    Comparability.objects.filter(questionnaire=questionnaire, kind__in=("item", "full")).update(
        approved_by="HR, 12. januar 2026"
    )


def _tree(town: Municipality, rng: Random) -> tuple[list[Unit], dict[int | None, list[Unit]], dict[int, Block]]:
    """The units that existed in 2023, parents first, and what was answered in and below each."""
    new = {unit.pk for unit in town.units if unit.level.kind == "team" and rng.random() < 0.1}
    new -= {unit.pk for unit in town.units if unit.parent is not None and unit.parent.name == "Plejehjemmet Birkehøj"}
    units = [unit for unit in town.units if unit.pk not in new]
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id].append(unit)
    care = {"Sundhed & Ældre", "Børn & Familie", "Skole & Ungdom"}
    blocks = {unit.pk: Block() for unit in units}
    for unit in units:
        own = _answers(rng, len(town.staff[unit.number]) + rng.randint(-2, 2), in_care=_department(unit) in care)
        above: Unit | None = unit
        while above is not None:
            blocks[above.pk].add(own)
            above = above.parent
    return units, below, blocks


def _department(unit: Unit) -> str:
    while unit.parent is not None and unit.level.kind != "department":
        unit = unit.parent
    return unit.name


def _answers(rng: Random, people: int, *, in_care: bool) -> Block:
    block = Block(n=sum(rng.random() < 0.78 for _ in range(max(0, people))))
    mood = rng.gauss(0, 6)
    for key, middle in MEANS.items():
        level = middle + mood + rng.gauss(0, 4)
        block.sums[key] = sum(min(4, max(0, round(rng.gauss(level, 24) / 25))) * 25 for _ in range(block.n))
    for key, share in SHARES.items():
        share = IN_CARE.get(key, share) if in_care else share * 0.6
        block.sums[key] = sum(rng.random() < share for _ in range(block.n))
    return block


def _large(block: Block) -> bool:
    return block.n >= LEAST


def _mixed(block: Block, key: str) -> bool:
    return block.sums[key] >= 5 and block.n - block.sums[key] >= 5


def _shown(
    root: Unit, below: dict[int | None, list[Unit]], blocks: dict[int, Block], ok: Callable[..., bool]
) -> list[Unit]:
    """The units whose figures were reported: each large enough, and so is what can be had by subtraction."""
    shown, queue = [root], [root]
    while queue:
        parent = queue.pop()
        children = sorted(
            (child for child in below[parent.pk] if ok(blocks[child.pk])),
            key=lambda child: (blocks[child.pk].n, child.pk),
        )
        rest = Block()
        rest.add(blocks[parent.pk])
        for child in children:
            rest.add(blocks[child.pk], -1)
        while children and rest.n and not ok(rest):
            rest.add(blocks[children.pop(0).pk])
        shown += children
        queue += children
    return shown


def _fact(release: Release, unit: CampaignUnit, key: str, block: Block, scale: int) -> Fact:
    mean = (Decimal(block.sums[key] * scale) / block.n).quantize(Decimal("0.01"))
    return Fact(release=release, unit=unit, item=key, n=block.n, mean=mean)


def _freeze(
    campaign: Campaign, units: list[Unit], below: dict[int | None, list[Unit]], blocks: dict[int, Block]
) -> dict[int, CampaignUnit]:
    rows: dict[int, CampaignUnit] = {}
    order: list[Unit] = []
    stack = list(below[None])
    while stack:
        unit = stack.pop()
        order.append(unit)
        stack.extend(sorted(below[unit.pk], key=lambda child: danish_key(child.name), reverse=True))
    position = {unit.pk: place for place, unit in enumerate(order)}
    paths: dict[int, list[int]] = {}
    for kind in ("municipality", "department", "workplace", "team"):
        layer = [unit for unit in units if unit.level.kind == kind]
        for unit in layer:
            paths[unit.pk] = [*(paths[unit.parent_id] if unit.parent_id else []), unit.pk]
            invited = round(blocks[unit.pk].n / 0.78)
            placed = invited - sum(round(blocks[child.pk].n / 0.78) for child in below[unit.pk])
            rows[unit.pk] = CampaignUnit(
                campaign=campaign,
                unit=unit,
                parent=rows[unit.parent_id] if unit.parent_id else None,
                name=unit.name,
                level_kind=kind,
                path=paths[unit.pk],
                position=position[unit.pk],
                placed=max(0, placed),
                invited=max(invited, placed, 0),
            )
        CampaignUnit.objects.bulk_create([rows[unit.pk] for unit in layer], batch_size=BATCH)
    return rows
