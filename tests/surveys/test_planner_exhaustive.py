"""The planner against exhaustive search on hundreds of small trees, and its promises as properties of random towns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.auditor import audit
from surveys.planner import Facts, Item, Town, facts_to_json, plan
from tests.surveys.towns import YES_NO, random_town

SCALE = Item("j", theme="t", values=(0, 50, 100))
EVENT = Item("ka", theme="ka", values=YES_NO, kind="event")
WHO = Item("who", theme="ka", values=YES_NO, kind="event", of="ka")

ILL = Item("ill", theme="sf", values=YES_NO, kind="event", whole_only=True)
WORK = Item("work", theme="sf", values=YES_NO, kind="event", of="ill")
HOW = [Item(f"how.{option}", theme="ka", values=YES_NO, kind="event", of="ka") for option in "abc"]
LIKE = [Item(f"like.{option}", values=YES_NO, kind="event") for option in "ab"]
ASIDE = Item("j.dk", values=YES_NO, kind="event", whole_only=True, beside="j")
HOW_ASIDE = Item("how.pna", values=YES_NO, kind="event", whole_only=True, beside="how.c")

Counts = tuple[int, ...]


def best_value(
    town: Town, counts: dict[str, Counts], allowed: Collection[str], good: Callable[[Counts], bool]
) -> float | None:
    """The most points of any plan in which loose answers travel as one bundle; None where the root cannot be shown.

    Tries every choice of shown units and left-out bundles, with exact distributions: no cap on a state, no pruning.
    """
    children: dict[str, list[str]] = {unit.id: [] for unit in town.units}
    people = {unit.id: unit.employees for unit in town.units}
    for unit in town.units:
        if unit.parent is not None:
            children[unit.parent].append(unit.id)
    width = len(next(iter(counts.values())))
    nothing = (0,) * width
    cap = Fraction(str(town.cap))

    def under(unit: str, of: dict[str, int]) -> int:
        return of[unit] + sum(under(child, of) for child in children[unit])

    def add(a: Counts, b: Counts) -> Counts:
        return tuple(x + y for x, y in zip(a, b, strict=True))

    def ways(unit: str) -> tuple[dict[Counts, float], dict[Counts, float]]:
        """What the unit can pass upwards and the best value for it: when it is hidden, when it is shown."""
        sources: list[dict[Counts, float]] = [{counts[unit]: 0}]
        for child in children[unit]:
            hidden, shown = ways(child)
            sources.append({flow: max(hidden.get(flow, -1e9), shown.get(flow, -1e9)) for flow in hidden | shown})
        passing: dict[Counts, float] = {nothing: 0}
        building: dict[tuple[Counts, Counts], float] = {(nothing, nothing): 0}
        for source in sources:
            next_passing: dict[Counts, float] = {}
            next_building: dict[tuple[Counts, Counts], float] = {}
            for flow, points in source.items():
                for passed, value in passing.items():
                    key = add(passed, flow)
                    next_passing[key] = max(next_passing.get(key, -1e9), value + points)
                for (block, out), value in building.items():
                    pairs = [(add(block, flow), out)]
                    if not (any(flow) and good(flow)):  # what could be a block alone is not left out
                        pairs.append((block, add(out, flow)))
                    for pair in pairs:
                        next_building[pair] = max(next_building.get(pair, -1e9), value + points)
            passing, building = next_passing, next_building
        total = under(unit, {name: sum(row) for name, row in counts.items()})
        worth = under(unit, people) + people[unit]
        shown = {}
        for (block, out), value in building.items():
            left = sum(out)
            if unit in allowed and good(block) and left < town.k and left <= cap * total and total - left >= town.k:
                shown[out] = max(shown.get(out, -1e9), value + worth - town.mu * left)
        return passing, shown

    root = next(unit.id for unit in town.units if unit.parent is None)
    _, shown = ways(root)
    return max(shown.values(), default=None)


def value_of(facts: Facts, item: str) -> float | None:
    """The points of the planner's plan, counted from its facts."""
    town = facts.town
    parent = {unit.id: unit.parent for unit in town.units}
    under = dict.fromkeys(parent, 0)
    for unit in town.units:
        at: str | None = unit.id
        while at is not None:
            under[at] += unit.employees
            at = parent[at]
    direct = {unit.id: unit.employees for unit in town.units}
    made = facts.structure.values() if item == "_answered" else [f for (_, of), f in facts.facts.items() if of == item]
    if not made:
        return None
    return sum(under[fact.group] + direct[fact.group] - town.mu * fact.left_out for fact in made)


def rule(item: Item, k: int, unanimity: bool) -> Callable[[Counts], bool]:
    def good(block: Counts) -> bool:
        met = [category for category, count in enumerate(block) if count]
        if not met:
            return True
        mixed = len(met) > 1 or not unanimity or (item.kind == "event" and met == [len(block) - 1])
        return sum(block) >= k and mixed

    return good


@pytest.mark.parametrize("start", range(0, 400, 50))
@pytest.mark.parametrize("item", [SCALE, EVENT], ids=["scale", "event"])
def test_the_plan_is_the_best_there_is(item, start):
    for seed in range(start, start + 50):
        unanimity = bool(seed % 3)
        cap = (0, 0.1, 0.3)[seed % 3 - 1]
        town = random_town(seed, units=3 + seed % 5, items=[item], unanimity=unanimity, cap=cap)
        facts = plan(town)

        heads = {unit.id: (unit.respondents,) for unit in town.units}
        everywhere = set(heads)
        assert value_of(facts, "_answered") == best_value(town, heads, everywhere, rule(SCALE, 5, False)), seed

        counts = {unit.id: tuple(unit.answers[item.id]) for unit in town.units}
        best = best_value(town, counts, facts.structure.keys(), rule(item, 5, unanimity))
        assert value_of(facts, item.id) == best, seed


# --- properties --------------------------------------------------------------------------------------


def people_of(town: Town, group: str, minus: Sequence[str]) -> frozenset[str]:
    """The units whose direct people a fact is about."""
    children: dict[str | None, list[str]] = {}
    for unit in town.units:
        children.setdefault(unit.parent, []).append(unit.id)

    def whole(at: str) -> set[str]:
        return {at}.union(*(whole(child) for child in children.get(at, ())))

    left: set[str] = set()
    for part in minus:
        left |= {part[:-1]} if part.endswith("#") else whole(part)
    return frozenset(whole(group) - left)


towns = st.builds(
    random_town,
    st.integers(0, 10**9),
    units=st.integers(1, 25),
    items=st.sampled_from(
        [(SCALE,), (EVENT, WHO), (SCALE, EVENT, WHO), (ILL, WORK), (*LIKE, EVENT, *HOW, HOW_ASIDE), (SCALE, ASIDE)]
    ),
    biggest=st.integers(6, 30),
    k=st.integers(5, 8),
    cap=st.sampled_from([0, 0.1, 0.25]),
    mu=st.sampled_from([0, 1, 3]),
    unanimity=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(towns)
def test_every_block_has_none_or_k_answers_and_is_mixed(town):
    facts = plan(town)
    answers = {unit.id: unit.answers for unit in town.units}
    for item in town.items:
        sets = {group: people_of(town, group, fact.minus) for (group, of), fact in facts.facts.items() if of == item.id}
        for group, people in sets.items():
            fact = facts.facts[group, item.id]
            assert list(fact.dist) == [sum(answers[unit][item.id][c] for unit in people) for c in range(len(fact.dist))]
            inside = set().union(*(other for other in sets.values() if other < people))
            for other in sets.values():  # nested or disjoint
                assert other <= people or other >= people or not other & people
            block = tuple(sum(answers[unit][item.id][c] for unit in people - inside) for c in range(len(fact.dist)))
            assert rule(item, town.k, town.unanimity)(block)


@settings(max_examples=200, deadline=None)
@given(towns)
def test_the_auditor_finds_nothing(town):
    assert audit([facts_to_json(plan(town))], unanimity=town.unanimity) == []


@settings(max_examples=100, deadline=None)
@given(towns)
def test_options_share_their_plan_and_what_is_counted_beside_them_its_people(town):
    facts = plan(town)
    sets = {}
    for (group, item), fact in facts.facts.items():
        sets.setdefault(item, {})[group] = people_of(town, group, fact.minus)
    for options in (HOW, LIKE):
        assert len({str(sorted(sets.get(option.id, {}).items())) for option in options}) == 1
    for item in town.items:
        if item.beside is not None and item.id in sets:
            assert sets[item.id]["u0"] == sets[item.beside]["u0"]


@settings(max_examples=150, deadline=None)
@given(towns)
def test_no_report_leaves_out_more_than_its_cap(town):
    facts = plan(town)
    for fact in (*facts.facts.values(), *facts.structure.values()):
        assert fact.left_out <= Fraction(str(town.cap)) * (fact.n + fact.left_out)


@settings(max_examples=100, deadline=None)
@given(towns)
def test_only_what_is_shown_is_in_a_theme_score(town):
    exported = facts_to_json(plan(town))
    for group in exported["groups"]:
        for score in group["themes"].values():
            assert all("n" in group["items"][item] for item in score["items"])


@settings(max_examples=100, deadline=None)
@given(towns)
def test_a_unit_without_a_report_has_no_figure_at_all(town):
    facts = plan(town)
    assert {group for group, _ in facts.facts} <= facts.structure.keys()
