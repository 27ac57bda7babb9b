"""The figures that may be released, their theme scores, and the JSON in which they are exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from surveys.planner.town import Item, Town, Unit
from surveys.planner.tree import NOBODY, Plan, Tree

ANSWERED = "_answered"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure that may be shown: n answers to an item and how they are spread over its values.

    `minus` names the people whom the figure leaves out: group ids (everybody under the group) or «unit#»
    (those placed directly on the unit). `left_out` is how many answers that is: for HR's measure of a
    plan, never printed beside a single item.
    """

    group: str
    item: str
    n: int
    dist: tuple[int, ...]
    minus: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ThemeFact:
    """A theme score: the mean of the means of `items`, all of them shown, rounded half up."""

    group: str
    theme: str
    mean: int
    decimals: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that may be shown; what is in neither mapping is suppressed.

    `structure`: the units that have a report at all, each with the count of people behind it who handed
    in the anonymous part, as a fact of the item «_answered» with one category. The export format has no
    place for it; whoever shows it lists it as an item, so that the audit counts it.
    """

    town: Town
    structure: Mapping[str, Fact]
    facts: Mapping[tuple[str, str], Fact]  # by (group, item)
    themes: Mapping[tuple[str, str], ThemeFact]  # by (group, theme)


def build_facts(town: Town, units: Sequence[Unit], tree: Tree, structure: Plan, plans: Mapping[str, Plan]) -> Facts:
    """The facts of the plans; `units` and `tree` are in the planner's order."""
    facts: dict[tuple[str, str], Fact] = {}
    inside = tree.sums([1] * len(units))
    for item in town.items:
        counts = [unit.answers.get(item.id) or () for unit in units]
        for fact in _plan_facts(item.id, len(item.values), counts, units, tree, plans[item.id], inside):
            facts[fact.group, fact.item] = fact
    people = [(unit.respondents,) for unit in units]
    sections = _plan_facts(ANSWERED, 1, people, units, tree, structure, inside)
    return Facts(town, {fact.group: fact for fact in sections}, facts, _themes(town, units, facts))


def _plan_facts(
    item: str,
    width: int,
    counts: Sequence[Sequence[int]],
    units: Sequence[Unit],
    tree: Tree,
    plan: Plan,
    inside: Sequence[int],
) -> list[Fact]:
    """The facts of one plan; `counts` are those of the people placed directly on each unit."""
    above = tree.report_above(plan.shown)
    dist = [[0] * width if is_shown else None for is_shown in plan.shown]
    out: dict[int, list[int]] = {}
    for v, row in enumerate(counts):
        block = plan.block_of[v]
        if block != NOBODY and row:
            _add(dist[block], row)
        report = v if plan.shown[v] else above[v]
        while report not in (block, NOBODY):
            out.setdefault(report, []).append(v)
            report = above[report]
    for v in range(len(units) - 1, 0, -1):
        if plan.shown[v] and above[v] != NOBODY:
            _add(dist[above[v]], dist[v] or ())
    made = []
    for v, total in enumerate(dist):
        if total is not None:
            left = out.get(v, ())
            minus = _names(left, units, tree, inside) if left else ()
            left_out = sum(sum(counts[a]) for a in left)
            made.append(Fact(units[v].id, item, sum(total), tuple(total), minus, left_out))
    return made


def _add(total: list[int] | None, row: Sequence[int]) -> None:
    assert total is not None, "a block belongs to a shown unit"
    for category, count in enumerate(row):
        total[category] += count


def _names(atoms: Sequence[int], units: Sequence[Unit], tree: Tree, inside: Sequence[int]) -> tuple[str, ...]:
    """Name a set of atoms: a group's id where all under it are in the set, else «unit#»."""
    met: dict[int, int] = {}
    for v in atoms:
        while v >= 0:
            met[v] = met.get(v, 0) + 1
            v = tree.parent[v]
    whole = {v for v, count in met.items() if count == inside[v]}
    names = []
    for v in sorted(met):
        if v in whole:
            if tree.parent[v] not in whole:
                names.append(units[v].id)
        elif v in atoms:
            names.append(units[v].id + "#")
    return tuple(names)


def _themes(
    town: Town, units: Sequence[Unit], facts: Mapping[tuple[str, str], Fact]
) -> dict[tuple[str, str], ThemeFact]:
    unscored = {theme.id for theme in town.themes if not theme.scored}
    members: dict[str, list[Item]] = {}
    for item in town.items:
        if item.theme and item.theme not in unscored and item.counts_in_theme():
            members.setdefault(item.theme, []).append(item)
    points = {
        item.id: [value if isinstance(value, int) else Fraction(str(value)) for value in item.values]
        for item in town.items
    }
    themes: dict[tuple[str, str], ThemeFact] = {}
    for unit in units:
        for theme, items in members.items():
            shown = [item for item in items if (unit.id, item.id) in facts]
            if shown and 2 * len(shown) >= len(items):
                mean = _mean_of_means([(points[item.id], facts[unit.id, item.id]) for item in shown])
                themes[unit.id, theme] = ThemeFact(unit.id, theme, mean, 0, tuple(item.id for item in shown))
    return themes


def _mean_of_means(means: Sequence[tuple[Sequence[int | Fraction], Fact]]) -> int:
    """Mean of the facts' means, exact, then rounded half up. (Plain numerators: Fraction would reduce every step.)"""
    above: int | Fraction = 0
    below = 1
    for values, fact in means:
        total = sum(value * count for value, count in zip(values, fact.dist, strict=True))
        above, below = above * fact.n + total * below, below * fact.n
    below *= len(means)
    return int((2 * above + below) // (2 * below))


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """The export format of a release; a group's `employees` are all those under it."""
    town = facts.town
    under = {unit.id: unit.employees for unit in town.units}
    parent = {unit.id: unit.parent for unit in town.units}
    for unit in town.units:
        at = unit.parent
        while at is not None:
            under[at] += unit.employees
            at = parent[at]
    groups = [
        {
            "id": unit.id,
            "name": unit.name or unit.id,
            "parent": unit.parent,
            "employees": under[unit.id],
            "items": {item.id: _fact_json(facts.facts.get((unit.id, item.id))) for item in town.items},
            "themes": {},
        }
        for unit in town.units
    ]
    by_id = {group["id"]: group for group in groups}
    for score in facts.themes.values():
        by_id[score.group]["themes"][score.theme] = {  # type: ignore[index]
            "mean": score.mean,
            "decimals": score.decimals,
            "items": list(score.items),
        }
    return {
        "wave": town.wave,
        "release": town.release,
        "k": town.k,
        "items": [_item_json(town, item) for item in town.items],
        "groups": groups,
    }


def _item_json(town: Town, item: Item) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "id": item.id,
        "theme": item.theme,
        "values": list(item.values),
        "threshold": town.threshold(item),
        "kind": item.kind,
    }
    if item.of is not None:
        raw["of"] = item.of
    if item.beside is not None:
        raw["beside"] = item.beside
    return raw


def _fact_json(fact: Fact | None) -> dict[str, Any]:
    if fact is None:
        return {"suppressed": True}
    raw: dict[str, Any] = {"n": fact.n, "dist": list(fact.dist)}
    if fact.minus:
        raw["minus"] = list(fact.minus)
    return raw
