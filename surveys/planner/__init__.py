"""Decide what may be shown: from counts to facts, so that nothing can be worked out about 1..k-1 answers.

Plain Python without Django, and no code shared with `surveys.auditor`, which tries to prove the result
wrong. `tree` holds the exact algorithm and the theorem it rests on; `town` what is given; `facts` what
comes out. This module puts them together:

1. **Structure**: a plan with n = people who handed in the anonymous part. It is what users see as
   «has a report»; it looks at no answer, so it is made without the unanimity rule.
2. **Each item** on its own counts, allowed only where the structure shows the unit.
3. **Follow-ups** on their own counts, in a tree made of their parent item's blocks: a follow-up is
   shown only where its parent item is, about a union of the parent's blocks. Its n is a number of
   people who gave a certain answer to the parent item, so a cut of its own would say something about
   people whom the parent item's facts do not single out (see docs/decisions/0010-release-plan.md).
4. **Multiple choice**: its options are one question with one n, so they share one plan (`options`). What
   is counted beside a question for the whole town («ved ikke») is about the same people as the question.
5. **Themes**: the mean of the shown item means of a unit, where at least half of them are shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from surveys.planner.facts import ANSWERED, Fact, Facts, ThemeFact, build_facts, facts_to_json
from surveys.planner.options import Counts, beside, questions, solve_options
from surveys.planner.town import FLOOR, Item, Theme, Town, TownError, Unit, town_from_json
from surveys.planner.tree import NOBODY, Plan, Tree, solve

__all__ = [
    "ANSWERED",
    "FLOOR",
    "Fact",
    "Facts",
    "Item",
    "Theme",
    "ThemeFact",
    "Town",
    "TownError",
    "Unit",
    "facts_to_json",
    "plan",
    "town_from_json",
]

# Among plans of equal value take the one that gives more people a figure for their own unit. Small enough never to
# outweigh a point, and a power of two, so that sums stay exact.
TIE = 2.0**-24


def plan(town: Town) -> Facts:
    """The facts that may be released for the town: the best plan for every item, then the theme scores."""
    units = _from_the_top(town)
    number = {unit.id: i for i, unit in enumerate(units)}
    parent = [-1 if unit.parent is None else number[unit.parent] for unit in units]
    tree = Tree.grow(parent, [0.0] * len(units))
    employees = tree.sums([unit.employees for unit in units])
    points = [
        unit.weight * under + (town.own + TIE) * unit.employees for unit, under in zip(units, employees, strict=True)
    ]
    tree = Tree.grow(parent, points)
    structure = _structure(town, tree, units)
    opens = {item.of for item in town.items}
    plans: dict[str, Plan] = {}  # what is shown
    cuts: dict[str, Plan] = {}  # the blocks that follow-ups keep to
    for options in questions(town):
        item = options[0]
        counts = [[unit.answers.get(option.id) or () for unit in units] for option in options]
        if item.beside is not None:
            cut = made = beside(town, item, tree, counts[0], plans[item.beside])
        elif item.of is not None:
            cut = made = _follow_up(town, item, tree, counts, cuts[item.of])
            made = _whole(made) if item.whole_only else made
        elif not item.whole_only:
            cut = made = _item(town, item, tree, counts, structure.shown)
        elif item.id in opens:
            # Shown for the whole town only, yet its follow-up may be shown below: the follow-up keeps to the blocks
            # that the item itself would have had there, so nothing smaller is told about it.
            cut = _item(town, item, tree, counts, structure.shown)
            made = _whole(cut)
        else:
            cut = made = _item(town, item, tree, counts, structure.shown[:1] + [False] * (len(units) - 1))
        plans |= dict.fromkeys((option.id for option in options), made)
        cuts |= dict.fromkeys((option.id for option in options), cut)
    return build_facts(town, units, tree, structure, plans)


def _from_the_top(town: Town) -> list[Unit]:
    """The units with every parent before its children, otherwise in the given order."""
    children: dict[str | None, list[Unit]] = {}
    for unit in town.units:
        children.setdefault(unit.parent, []).append(unit)
    ordered = list(children[None])
    for unit in ordered:  # grows while it is walked
        ordered.extend(children.get(unit.id, ()))
    return ordered


def _structure(town: Town, tree: Tree, units: list[Unit]) -> Plan:
    n = [unit.respondents for unit in units]
    pattern = [1 if count else 0 for count in n]
    allowed = [unit.own_report or unit.parent is None for unit in units]
    return solve(tree, n, pattern, allowed, _max_out(town, tree.sums(n)), k=town.k, mixed=1, mu=town.mu)


def _max_out(town: Town, total: list[int]) -> list[int]:
    """How many of its answers each unit's report may leave out."""
    cap = town.cap_fraction()
    return [cap.numerator * count // cap.denominator for count in total]


def _item(town: Town, item: Item, tree: Tree, options: Sequence[Counts], allowed: Sequence[bool]) -> Plan:
    max_out = _max_out(town, tree.sums([sum(row) for row in options[0]]))
    return solve_options(town, item, tree, options, allowed, max_out)


def _whole(plan: Plan) -> Plan:
    """The same people, shown for the whole town only."""
    root = [plan.shown[0]] + [False] * (len(plan.shown) - 1)
    return Plan(root, [NOBODY if block == NOBODY else 0 for block in plan.block_of])


def _follow_up(town: Town, item: Item, tree: Tree, options: Sequence[Counts], parent_item: Plan) -> Plan:
    """Plan a follow-up on the tree whose nodes are the parent item's reports and whose atoms are its blocks."""
    size = len(options[0])
    nodes = [v for v in range(size) if parent_item.shown[v]]
    if not nodes:
        return Plan([False] * size, [NOBODY] * size)
    small = {v: i for i, v in enumerate(nodes)}
    above = tree.report_above(parent_item.shown)
    reduced = Tree.grow([small.get(above[v], -1) for v in nodes], [tree.weight[v] for v in nodes])
    pooled = [[[0] * len(item.values) for _ in nodes] for _ in options]
    for rows, counts in zip(pooled, options, strict=True):
        for v, row in enumerate(counts):
            block = parent_item.block_of[v]
            if block != NOBODY:
                for category, count in enumerate(row):
                    rows[small[block]][category] += count
    # What the parent item's report leaves out is left out here too, and counts against the cap.
    everybody = tree.sums([sum(row) for row in options[0]])
    within = reduced.sums([sum(row) for row in pooled[0]])
    most = _max_out(town, everybody)
    max_out = [most[v] - (everybody[v] - within[i]) for i, v in enumerate(nodes)]
    inner = solve_options(town, item, reduced, pooled, [out >= 0 for out in max_out], max_out)
    shown = [False] * size
    for i, v in enumerate(nodes):
        shown[v] = inner.shown[i]
    block_of = [NOBODY] * size
    for v, block in enumerate(parent_item.block_of):
        if block != NOBODY and (of := inner.block_of[small[block]]) != NOBODY:
            block_of[v] = nodes[of]
    return Plan(shown, block_of)
