"""How large everything is: units, workplaces and people of a municipality of a given size. Numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from trivsel.demo.names import TRADES, Trade

SMALLEST = 60
# domain.md 2.1: 5,000 employees in about 450 units and 120 workplaces; 45,000 in 3,000 units.
UNITS_AT_5000, GROWTH, UNITS_PER_WORKPLACE = 450, 0.8634, 3.75
# Plejehjemmet Birkehøj, where the cast works: Afsnit Nord, Afsnit Syd, Køkkenet.
BIRKEHOEJ = ("Afsnit Nord", "Afsnit Syd", "Køkkenet")


@dataclass
class WorkplaceShape:
    """One workplace: the sizes of its units. Without units everybody works directly in it."""

    trade: Trade
    teams: list[int] = field(default_factory=list)
    direct: int = 0
    name: str = ""
    team_names: Sequence[str] = ()


def departments_for(workplaces: int) -> tuple[Trade, ...]:
    return TRADES[: min(len(TRADES), max(2, workplaces // 2))]


def counts_for(employees: int) -> tuple[int, int]:
    """(units below the workplaces, workplaces)"""
    teams = max(9, round(UNITS_AT_5000 * (employees / 5000) ** GROWTH))
    return teams, max(3, round(teams / UNITS_PER_WORKPLACE))


def shapes(rng: Random, employees: int) -> list[WorkplaceShape]:
    """Every workplace with its units' sizes. Together with the kommunaldirektør, the directors and the heads of the
    workplaces they make exactly `employees` people."""
    if employees < SMALLEST:
        raise ValueError(f"Demonstrationen skal have mindst {SMALLEST} ansatte.")
    team_count, workplace_count = counts_for(employees)
    trades = departments_for(workplace_count)
    found = _workplaces(trades, workplace_count)
    birkehoej = found[0]
    birkehoej.name, birkehoej.team_names = "Plejehjemmet Birkehøj", BIRKEHOEJ
    birkehoej.teams = [24, 18, 3] if employees >= 1000 else [12, 9, 3]
    _share_out_teams(rng, found[1:], team_count - len(birkehoej.teams))
    people = employees - 1 - len(trades) - workplace_count - sum(birkehoej.teams)
    _share_out_people(rng, found[1:], people)
    return found


def _workplaces(trades: Sequence[Trade], count: int) -> list[WorkplaceShape]:
    """Workplaces by the afdelingers weights, at least one each. Birkehøj is the first."""
    total = sum(trade.weight for trade in trades)
    numbers = [max(1, int(count * trade.weight / total)) for trade in trades]
    while sum(numbers) > count:
        numbers[numbers.index(max(numbers))] -= 1
    for place in range(count - sum(numbers)):
        numbers[place % len(numbers)] += 1
    found = []
    for trade, number in zip(trades, numbers, strict=True):
        fixed = [name for name in trade.workplaces if "{}" not in name]
        if trade.department.startswith("Kultur"):
            fixed = ["Kommunale Ejendomme"]
        for place in range(number):
            found.append(WorkplaceShape(trade, name=fixed[place] if place < len(fixed) else ""))
    return found


def _share_out_teams(rng: Random, workplaces: list[WorkplaceShape], teams: int) -> None:
    """About one workplace in eight is small and has no units; the others have one to a dozen."""
    small = set(rng.sample(range(1, len(workplaces)), (len(workplaces) - 1) // 8)) if len(workplaces) > 8 else set()
    split = [workplace for place, workplace in enumerate(workplaces) if place not in small]
    for place in small:
        workplaces[place].direct = rng.randint(5, 14)
    numbers = [1] * len(split)
    weights = [rng.lognormvariate(0, 0.5) for _ in split]
    for place in rng.choices(range(len(split)), weights, k=max(0, teams - len(split))):
        numbers[place] += 1
    for workplace, number in zip(split, numbers, strict=True):
        workplace.teams = [0] * number


def _share_out_people(rng: Random, workplaces: list[WorkplaceShape], people: int) -> None:
    """Unit sizes with a median of about ten at 5,000 employees; one unit in ten has two to four people."""
    people -= sum(workplace.direct for workplace in workplaces)
    places = [(workplace, place) for workplace in workplaces for place in range(len(workplace.teams))]
    small = set(rng.sample(range(len(places)), round(len(places) / 10)))
    sizes = [rng.choice((2, 3, 3, 4, 4)) if at in small else 0 for at in range(len(places))]
    drawn = {at: rng.lognormvariate(0, 0.42) for at in range(len(places)) if at not in small}
    scale = (people - sum(sizes)) / sum(drawn.values())
    for at, value in drawn.items():
        sizes[at] = max(5, round(value * scale))
    large = [at for at in drawn]
    difference = people - sum(sizes)
    while difference:
        at = rng.choice(large)
        step = 1 if difference > 0 else -1
        if sizes[at] + step >= 5 or difference > 0:
            sizes[at] += step
            difference -= step
        elif all(sizes[other] <= 5 for other in large):
            # So few people that not every larger unit can have five: then some have fewer.
            sizes[at] = max(1, sizes[at] + step)
            difference = people - sum(sizes)
    for (workplace, place), size in zip(places, sizes, strict=True):
        workplace.teams[place] = size
