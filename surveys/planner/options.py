"""Items that are about the same people: the options of a multiple choice, and what is counted beside a question.

Everybody who answered a multiple choice is in the n of each of its options. Were the options planned one by
one, the n of one option in one report less the n of another in its parts would count people whom neither
option singles out; below a «yes» that is a count of yes-sayers. So they share one plan, in which no block is
all-yes for any of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from surveys.planner.town import Item, Town
from surveys.planner.tree import NOBODY, Plan, Tree, mixed_pattern, solve

Counts = Sequence[Sequence[int]]  # the answers given directly on each unit, per category


def questions(town: Town) -> list[list[Item]]:
    """The items in their order, the options of one multiple choice together at the place of the first."""
    together: dict[tuple[str, str | None, int], list[Item]] = {}
    for item in town.items:
        if "." in item.id and item.kind == "event" and len(item.values) == 2 and not item.whole_only:
            together.setdefault((item.id.rpartition(".")[0], item.of, town.threshold(item)), []).append(item)
    first_of: dict[str, list[Item]] = {}
    later: set[str] = set()
    for options in together.values():
        if len(options) > 1 and _one_n(town, options):
            first_of[options[0].id] = options
            later |= {option.id for option in options[1:]}
    return [first_of.get(item.id, [item]) for item in town.items if item.id not in later]


def _one_n(town: Town, options: Sequence[Item]) -> bool:
    """Did the same people answer all of them? If not, they are questions of their own whatever they are called."""
    return all(len({sum(unit.answers.get(option.id) or ()) for option in options}) == 1 for unit in town.units)


def solve_options(
    town: Town, item: Item, tree: Tree, options: Sequence[Counts], allowed: Sequence[bool], max_out: Sequence[int]
) -> Plan:
    """The best plan for one item, or a good one for all options of a multiple choice.

    With several options the plan is made on n and made again without the unit of each block in which all chose
    the same option (for the root: without the smallest report right under it) until there is none.
    """
    n = [sum(row) for row in options[0]]
    settings = {"k": town.threshold(item), "mu": town.mu}
    if len(options) == 1:
        mixed, patterns = _patterns(town, item, options[0])
        return solve(tree, n, patterns, allowed, max_out, mixed=mixed, **settings)  # type: ignore[arg-type]
    may = list(allowed)
    while True:
        plan = solve(tree, n, [1 if count else 0 for count in n], may, max_out, mixed=1, **settings)  # type: ignore[arg-type]
        bad = _all_yes(options, plan) if town.unanimity else set()
        if not bad:
            return plan
        for v in bad - {0}:
            may[v] = False
        if 0 in bad:
            above = tree.report_above(plan.shown)
            under = [v for v, at in enumerate(above) if at == 0 and plan.shown[v]]
            total = tree.sums(n)
            may[min(under, key=lambda v: total[v], default=0)] = False


def _all_yes(options: Sequence[Counts], plan: Plan) -> set[int]:
    """The blocks in which everybody chose one and the same option."""
    people: dict[int, int] = {}
    for v, row in enumerate(options[0]):
        people[plan.block_of[v]] = people.get(plan.block_of[v], 0) + sum(row)
    bad: set[int] = set()
    for counts in options:
        no: dict[int, int] = {}
        for v, row in enumerate(counts):
            if row:
                no[plan.block_of[v]] = no.get(plan.block_of[v], 0) + row[-1]
        bad |= {block for block, count in people.items() if block != NOBODY and count and not no.get(block)}
    return bad


def beside(town: Town, item: Item, tree: Tree, counts: Counts, other: Plan) -> Plan:
    """An item for the whole town about exactly the people of another item's top report; hidden where that is."""
    nothing = Plan([False] * len(counts), [NOBODY] * len(counts))
    if not other.shown[0]:
        return nothing
    inside = [block != NOBODY for block in other.block_of]
    n = sum(sum(row) for row, is_in in zip(counts, inside, strict=True) if is_in)
    total = sum(map(sum, counts))
    cap = town.cap_fraction()
    mixed, patterns = _patterns(town, item, counts)
    met = {pattern for pattern, is_in in zip(patterns, inside, strict=True) if is_in and pattern}
    over_cap = (total - n) * cap.denominator > cap.numerator * total
    if n < town.threshold(item) or over_cap or (len(met) == 1 and mixed not in met):
        return nothing
    return Plan([True] + [False] * (len(counts) - 1), [0 if is_in else NOBODY for is_in in inside])


def _patterns(town: Town, item: Item, counts: Counts) -> tuple[int, list[int]]:
    """The mixed pattern, and the pattern of the answers given directly on each unit.

    All-no of an event may be shown, so a «no» makes any block good; without the unanimity rule
    anything does.
    """
    mixed = mixed_pattern(len(item.values))
    if not town.unanimity:
        return mixed, [mixed if any(row) else 0 for row in counts]
    event = item.kind == "event"
    patterns = []
    for row in counts:
        met = [category for category, count in enumerate(row) if count]
        if not met:
            patterns.append(0)
        elif len(met) > 1 or (event and row[-1]):
            patterns.append(mixed)
        else:
            patterns.append(1 << met[0])
    return mixed, patterns
