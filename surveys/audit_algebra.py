"""Everything that linear means can work out from the figures of one item, in exact arithmetic.

Part of the independent auditor; shares no code with the planner.

A figure says a sum over a set of people. Whoever combines figures gets combinations of those sets'
indicator vectors, so what can be worked out is their row space over the rational numbers. Each figure
is first reduced by the disjoint figures inside it («parent minus children»), smallest sets first. That
is an invertible change of rows, so the row space stays. If the reduced rows are disjoint, as they are
for nested sets, they are a basis in which every derivable figure is a union of rows, and looking at
each row is enough. Rows that overlap (sets that cross) are eliminated with rational coefficients, in
several column orders, because a combination about few people shows up as a row when the people it is
about come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from surveys.audit_export import Figure, Rational

PAIRS_UP_TO = 24  # cells in a component; all pairs of cells are tried last
TRIPLES_UP_TO = 12
SINGLES_UP_TO = 120

Cell = frozenset[int]


@dataclass(frozen=True, slots=True)
class Derived:
    """A combination of figures: `terms` (coefficient, figure), and what it is about: weight per cell of people.

    A plain set of people has the weight 1 everywhere.
    """

    terms: tuple[tuple[Rational, Figure], ...]
    weights: tuple[tuple[Cell, Rational], ...]

    def people(self) -> frozenset[int]:
        return frozenset().union(*(cell for cell, _ in self.weights))

    def is_set(self) -> bool:
        return all(weight == 1 for _, weight in self.weights)

    def n(self) -> Rational:
        return sum(coefficient * figure.n for coefficient, figure in self.terms)

    def dist(self) -> tuple[Rational, ...] | None:
        """The distribution that comes out, None where one of the figures is only a mean."""
        if any(figure.dist is None for _, figure in self.terms):
            return None
        total: list[Rational] = [0] * len(self.terms[0][1].dist or ())
        for coefficient, figure in self.terms:
            for i, count in enumerate(figure.dist or ()):
                total[i] += coefficient * count
        return tuple(total)

    def interval(self) -> tuple[Rational, Rational] | None:
        """Bounds of the sum of the points that comes out, None where a figure gives no points."""
        low: Rational = 0
        high: Rational = 0
        for coefficient, figure in self.terms:
            if figure.low is None or figure.high is None:
                return None
            ends = (coefficient * figure.low, coefficient * figure.high)
            low, high = low + min(ends), high + max(ends)
        return low, high


@dataclass(slots=True)
class _Row:
    terms: list[tuple[Rational, Figure]]
    atoms: frozenset[int]


def derive(figures: Iterable[Figure]) -> Iterator[Derived]:
    """Figures about the smallest sets of people that can be worked out; about nobody too, if figures disagree.

    Figures about the same set must agree: the caller drops or reports doubles.
    """
    rows, crossing = _reduce(figures)
    if not crossing:
        for row in rows:
            yield _as_set(row)
        return
    for component in _components(rows):
        if len(component) == 1:
            yield _as_set(component[0])
        else:
            yield from _eliminate(component)


def _as_set(row: _Row) -> Derived:
    return Derived(tuple(row.terms), ((row.atoms, 1),) if row.atoms else ())


def _reduce(figures: Iterable[Figure]) -> tuple[list[_Row], bool]:
    """Subtract from each figure the largest disjoint figures inside it. Second result: some sets cross."""
    ordered = sorted(figures, key=lambda figure: len(figure.atoms))
    owner: dict[int, int] = {}  # atom -> the latest (largest) figure so far that covers it
    rows: list[_Row] = []
    crossing = False
    for i, figure in enumerate(ordered):
        met: dict[int, int] = {}
        for atom in figure.atoms:
            at = owner.get(atom)
            if at is not None:
                met[at] = met.get(at, 0) + 1
            owner[atom] = i
        inside = [at for at, count in met.items() if count == len(ordered[at].atoms)]
        crossing = crossing or len(inside) < len(met)
        terms: list[tuple[Rational, Figure]] = [(1, figure)]
        atoms = figure.atoms
        for at in inside:
            terms.append((-1, ordered[at]))
            atoms = atoms - ordered[at].atoms
        rows.append(_Row(terms, atoms))
    return rows, crossing


def _components(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Groups of rows that overlap, directly or through others: combinations across groups add nothing."""
    group = list(range(len(rows)))

    def find(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    first: dict[int, int] = {}
    for i, row in enumerate(rows):
        for atom in row.atoms:
            group[find(i)] = find(first.setdefault(atom, i))
    together: dict[int, list[_Row]] = {}
    for i, row in enumerate(rows):
        together.setdefault(find(i), []).append(row)
    return list(together.values())


def _eliminate(component: Sequence[_Row]) -> Iterator[Derived]:
    pattern: dict[int, list[int]] = {}
    for i, row in enumerate(component):
        for atom in row.atoms:
            pattern.setdefault(atom, []).append(i)
    alike: dict[tuple[int, ...], set[int]] = {}
    for atom, where in pattern.items():
        alike.setdefault(tuple(where), set()).add(atom)
    cells = sorted((frozenset(atoms) for atoms in alike.values()), key=lambda cell: (-len(cell), min(cell)))
    column = {atom: j for j, cell in enumerate(cells) for atom in cell}
    matrix = [{column[min(cell)]: Fraction(1) for cell in cells if cell <= row.atoms} for row in component]
    seen: set[tuple[tuple[int, Fraction], ...]] = set()
    for last in _orders(len(cells)):
        order = [j for j in range(len(cells)) if j not in last] + list(last)
        for vector, combination in _reduced_rows(matrix, order):
            lead = _scale(vector)
            key = tuple(sorted((j, value / lead) for j, value in vector.items()))
            if key in seen:
                continue
            seen.add(key)
            terms: dict[tuple[str, str], Fraction] = {}
            figure_of: dict[tuple[str, str], Figure] = {}
            for i, coefficient in combination.items():
                for inner, figure in component[i].terms:
                    place = (figure.release, figure.group)
                    figure_of[place] = figure
                    terms[place] = terms.get(place, Fraction(0)) + coefficient / lead * inner
            yield Derived(
                tuple((c, figure_of[place]) for place, c in terms.items() if c),
                tuple((cells[j], value) for j, value in key),
            )


def _scale(vector: dict[int, Fraction]) -> Fraction:
    """Divide by this so that the smallest weight is 1 and most weights are positive."""
    if not vector:
        return Fraction(1)
    smallest = min(abs(value) for value in vector.values())
    positive = sum(value > 0 for value in vector.values())
    return smallest if 2 * positive >= len(vector) else -smallest


def _orders(cells: int) -> Iterator[tuple[int, ...]]:
    """Which cells to put last: the given order (small cells last), then every cell, pair and triple."""
    yield ()
    yield tuple(range(cells - 1, -1, -1))
    if cells <= SINGLES_UP_TO:
        yield from combinations(range(cells), 1)
    if cells <= PAIRS_UP_TO:
        yield from combinations(range(cells), 2)
    if cells <= TRIPLES_UP_TO:
        yield from combinations(range(cells), 3)


def _reduced_rows(
    matrix: Sequence[dict[int, Fraction]], order: Sequence[int]
) -> list[tuple[dict[int, Fraction], dict[int, Fraction]]]:
    """Reduced row echelon form with pivots sought in `order`: (vector, combination of the given rows).

    Rows that vanish are given too: their combination must come out as zero people.
    """
    work = [(dict(row), {i: Fraction(1)}) for i, row in enumerate(matrix)]
    done: list[tuple[dict[int, Fraction], dict[int, Fraction]]] = []
    for j in order:
        at = next((i for i, (vector, _) in enumerate(work) if j in vector), None)
        if at is None:
            continue
        vector, combination = work.pop(at)
        pivot = vector[j]
        vector = {c: value / pivot for c, value in vector.items()}
        combination = {i: value / pivot for i, value in combination.items()}
        for other in (*work, *done):
            factor = other[0].get(j)
            if factor:
                _subtract(other[0], vector, factor)
                _subtract(other[1], combination, factor)
        done.append((vector, combination))
    return done + work


def _subtract(target: dict[int, Fraction], row: dict[int, Fraction], factor: Fraction) -> None:
    for key, value in row.items():
        left = target.get(key, Fraction(0)) - factor * value
        if left:
            target[key] = left
        else:
            target.pop(key, None)
