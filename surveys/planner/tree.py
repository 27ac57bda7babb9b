"""The best set of reports for one item, and which people each report leaves out.

**The theorem it rests on** (anonymity specification 3.2). A *fact* is a figure (n and distribution)
about a set of people R. When the sets of an item form a laminar family (any two nested or disjoint),
the row space of their indicator vectors has as a basis the disjoint *blocks*
B(v) = R(v) minus every shown R inside it. Any figure that anybody can compute from the facts by
linear means, with whatever coefficients, is therefore a combination of block sums, and the people
it is about are a union of blocks. Hence: nothing can be computed about 1..k-1 answers if and only
if every block holds 0 or at least k answers. `solve` keeps that for every block, and keeps the
family laminar: an answer that a report leaves out is also left out of every report between that one
and the report whose block takes it in.

**Degrees of freedom.** A unit is shown or not. A unit that is not shown passes the loose answers
under it (those in no block yet) upwards as one bundle. A shown unit takes each bundle into its own
block or leaves it out, but never leaves out a bundle that could be a block alone; what it leaves out,
fewer than 2k answers and at most its cap, goes upwards as one bundle. **Objective**: sum over shown
units of their weight, minus mu for each answer left out of a report. **Unanimity**: a block in which all
gave one answer tells what each of them said, so a block must be mixed (the caller marks what counts as
mixed). The prototype hid such units and planned again; here the answer pattern of a bundle is part of
its state, so the result is the optimum under both rules at once. That is also why a report may leave out
k answers or more (the prototype: fewer than k): six equal answers are left out of a report of sixty
rather than hidden together with a sibling.

**The algorithm** is a dynamic programme over the tree, leaves first. A bundle's state is
(answers; pattern), pattern being a bit mask of the categories met, all ones when mixed; answers count
to k when mixed and to 2k when not. A shown unit under construction has the state (block, left out).
Two reductions keep it exact and make it fast:

* a bundle (k, mixed) can be taken in by the first shown unit above at no cost and is never in the
  way, so a way to pass nothing that is worth no more than a way to pass (k, mixed) is dropped;
* children that offer just «pass nothing» and «pass (k, mixed)» (nearly all leaves) are merged: all
  of them pass nothing, or the cheapest one alone passes (k, mixed), as one such bundle does whatever
  several would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NOBODY = -1
ATOM = -1  # the source index of the people placed directly on the unit
NOTHING = (0, 0)

State = tuple[int, int]  # answers (capped, see `_state`), pattern
Options = dict[State, tuple[float, Any]]  # state -> (value, how it was made)
Source = tuple[int, list[tuple[int, int, float]]]  # whence, its options: answers, pattern, value


@dataclass(frozen=True, slots=True)
class Tree:
    """Units as numbers: 0 is the root and a parent's number is below its children's."""

    parent: Sequence[int]
    children: Sequence[Sequence[int]]
    weight: Sequence[float]

    @classmethod
    def grow(cls, parent: Sequence[int], weight: Sequence[float]) -> Tree:
        """The tree of these parents. Raises ValueError where a parent does not come before its child."""
        children: list[list[int]] = [[] for _ in parent]
        for v in range(1, len(parent)):
            if not 0 <= parent[v] < v:
                raise ValueError(f"unit number {v}: its parent is number {parent[v]}, which does not come before it")
            children[parent[v]].append(v)
        return cls(parent, children, weight)

    def sums(self, counts: Sequence[int]) -> list[int]:
        """Counts of everybody under each unit, from counts of the people placed directly on it."""
        total = list(counts)
        for v in range(len(total) - 1, 0, -1):
            total[self.parent[v]] += total[v]
        return total

    def report_above(self, shown: Sequence[bool]) -> list[int]:
        """For each unit the nearest shown unit strictly above it, or NOBODY."""
        above = [NOBODY] * len(shown)
        for v in range(1, len(shown)):
            p = self.parent[v]
            above[v] = p if shown[p] else above[p]
        return above


@dataclass(frozen=True, slots=True)
class Plan:
    """`shown`: which units have a report. `block_of`: for the people placed directly on each unit, the
    shown unit whose block holds them, or NOBODY. A report of v is about the people under v whose block
    belongs to v or to a unit under v; it leaves out the others."""

    shown: list[bool]
    block_of: list[int]


def mixed_pattern(categories: int) -> int:
    """The pattern that may be shown: more than one category met (one bit to spare, for one category)."""
    return (1 << (categories + 1)) - 1


def solve(
    tree: Tree,
    n: Sequence[int],
    pattern: Sequence[int],
    allowed: Sequence[bool],
    max_out: Sequence[int],
    *,
    k: int,
    mixed: int,
    mu: float = 1,
) -> Plan:
    """The best plan.

    `n` and `pattern` describe the answers of those people (pattern 0 where n is 0); `allowed` says
    which units may be shown; `max_out` how many answers each may leave out. When the root cannot be
    shown nothing is. Ties are broken by the order of the units, so the result is deterministic.
    """
    size = len(n)
    nothing = Plan([False] * size, [NOBODY] * size)
    total = tree.sums(n)
    if not allowed[0] or total[0] < k:
        return nothing
    full = (k, mixed)
    offers: list[Options | None] = [None] * size
    for v in range(size - 1, -1, -1):
        if v == 0 or tree.children[v]:
            offers[v] = _offers(v, tree, n, pattern, allowed, max_out, total, offers, k, full, mu)
    root = offers[0]
    assert root is not None
    best = None
    for state, entry in root.items():
        if best is None or entry[0] > root[best][0]:
            best = state
    if best is None:
        return nothing
    return _walk(tree, n, pattern, allowed, offers, best, full)


def _offers(
    v: int,
    tree: Tree,
    n: Sequence[int],
    pattern: Sequence[int],
    allowed: Sequence[bool],
    max_out: Sequence[int],
    total: Sequence[int],
    offers: Sequence[Options | None],
    k: int,
    full: State,
    mu: float,
) -> Options:
    """All ways worth keeping in which unit v can pass answers upwards. For the root: only shown ones."""
    mixed = full[1]
    start, sources = _sources(v, tree, n, pattern, allowed, offers, k, full)
    result: Options = {}
    most = 2 * k
    limit = min(most - 1, max_out[v])
    if allowed[v] and limit >= 0 and total[v] >= k:
        building = {(*state, 0, 0): (value, (None, hide)) for state, (value, hide) in start.items()}
        for source, options in sources:
            grown: dict[tuple[int, int, int, int], tuple[float, Any]] = {}
            for (a, am, d, dm), (value, trail) in building.items():
                for s, m, worth in options:
                    points = value + worth
                    am2 = am | m
                    if am2 != am and am2 != m:
                        am2 = mixed
                    a2 = a + s
                    key = (a2 if a2 < k else k, am2, d, dm)
                    if key not in grown or grown[key][0] < points:
                        grown[key] = (points, (trail, source, (s, m), True))
                    if s and d + s <= limit and (s < k or m != mixed):
                        dm2 = dm | m
                        if dm2 != dm and dm2 != m:
                            dm2 = mixed
                        key = (a, am, d + s, dm2)
                        if key not in grown or grown[key][0] < points:
                            grown[key] = (points, (trail, source, (s, m), False))
            building = _without_beaten(grown, full)
        weight = tree.weight[v]
        for (a, am, d, dm), (value, trail) in building.items():
            if (a == 0 or (a == k and am == mixed)) and total[v] - d >= k:
                points = value + weight - mu * d
                flow = full if d > k and dm == mixed else (d, dm)
                if flow not in result or result[flow][0] < points:
                    result[flow] = (points, (True, trail))
    if v == 0:
        return result
    passing: Options = {state: (value, (None, hide)) for state, (value, hide) in start.items()}
    for source, options in sources:
        grown_flow: Options = {}
        for (g, gm), (value, trail) in passing.items():
            for s, m, worth in options:
                points = value + worth
                gm2 = gm | m
                if gm2 != gm and gm2 != m:
                    gm2 = mixed
                flow = (min(k if gm2 == mixed else most, g + s), gm2)
                if flow not in grown_flow or grown_flow[flow][0] < points:
                    grown_flow[flow] = (points, (trail, source, (s, m), True))
        passing = grown_flow
    for flow, (value, trail) in passing.items():
        if flow not in result or result[flow][0] < value:
            result[flow] = (value, (False, trail))
    if NOTHING in result and full in result and result[NOTHING][0] <= result[full][0]:
        del result[NOTHING]
    return result


def _sources(
    v: int,
    tree: Tree,
    n: Sequence[int],
    pattern: Sequence[int],
    allowed: Sequence[bool],
    offers: Sequence[Options | None],
    k: int,
    full: State,
) -> tuple[dict[State, tuple[float, int]], list[Source]]:
    """What reaches v from below: the merged children as a start, the rest one by one.

    The start maps a state to (value, the merged child that passes its answers, NOBODY for none).
    """
    base: float = 0
    cheapest: float | None = None
    hide = NOBODY
    has_full = False
    sources: list[Source] = []
    if n[v]:
        state = _state(n[v], pattern[v], full)
        if state == full:
            has_full = True
        else:
            sources.append((ATOM, [(*state, 0)]))
    for c in tree.children[v]:
        options = offers[c]
        if options is None:  # a leaf
            if not n[c]:
                continue
            state = _state(n[c], pattern[c], full)
            if state != full:
                sources.append((c, [(*state, 0)]))
                continue
            if not allowed[c]:
                has_full = True
                continue
            gain = tree.weight[c]
            base += gain
        else:
            if len(options) > 2 or not all(state in (NOTHING, full) for state in options):
                sources.append((c, [(*state, entry[0]) for state, entry in options.items()]))
                continue
            if NOTHING not in options:
                base += options[full][0]
                has_full = True
                continue
            base += options[NOTHING][0]
            if full not in options:
                continue
            gain = options[NOTHING][0] - options[full][0]
        if cheapest is None or gain < cheapest:
            cheapest, hide = gain, c
    if has_full:
        return {full: (base, NOBODY)}, sources
    start = {NOTHING: (base, NOBODY)}
    if cheapest is not None:
        start[full] = (base - cheapest, hide)
    return start, sources


def _state(n: int, pattern: int, full: State) -> State:
    """The state of a bundle: k stands for k or more when mixed, 2k for 2k or more when all gave one answer."""
    k, mixed = full
    return (min(n, k if pattern == mixed else 2 * k), pattern)


def _without_beaten(
    building: dict[tuple[int, int, int, int], tuple[float, Any]], full: State
) -> dict[tuple[int, int, int, int], tuple[float, Any]]:
    """Drop a state when one with the same left-out answers and a full, mixed block is worth as much."""
    return {
        key: entry
        for key, entry in building.items()
        if (key[0], key[1]) == full or (better := building.get((*full, key[2], key[3]))) is None or better[0] < entry[0]
    }


def _walk(
    tree: Tree,
    n: Sequence[int],
    pattern: Sequence[int],
    allowed: Sequence[bool],
    offers: Sequence[Options | None],
    best: State,
    full: State,
) -> Plan:
    """Read the chosen plan back from the root. People without an answer go with the report above them."""
    shown = [False] * len(n)
    block_of = [NOBODY] * len(n)
    todo = [(0, best, NOBODY)]
    while todo:
        v, state, sink = todo.pop()
        options = offers[v]
        if options is None:  # a leaf: it passes nothing when it is shown or has no answers
            leaf_shown = state == NOTHING and n[v] > 0
            shown[v] = leaf_shown
            block_of[v] = v if leaf_shown else sink
            continue
        shown[v], trail = options[state][1]
        here = v if shown[v] else sink
        block_of[v] = here
        chosen: dict[int, tuple[State, int]] = {}
        while trail[0] is not None:
            trail, source, source_state, taken = trail
            chosen[source] = (source_state, here if taken else sink)
        if ATOM in chosen:
            block_of[v] = chosen[ATOM][1]
        hide = trail[1]
        for c in tree.children[v]:
            if c in chosen:
                todo.append((c, *chosen[c]))
            else:
                todo.append((c, _merged_state(c, offers[c], n, pattern, allowed, full, hide), here))
    return Plan(shown, block_of)


def _merged_state(
    c: int,
    options: Options | None,
    n: Sequence[int],
    pattern: Sequence[int],
    allowed: Sequence[bool],
    full: State,
    hide: int,
) -> State:
    """What a merged child passes: nothing where it can, unless it is the one that passes its answers."""
    if c == hide:
        return full
    if options is None:
        return NOTHING if not n[c] or allowed[c] else full
    return NOTHING if NOTHING in options else full
