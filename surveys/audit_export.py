"""Read exported facts the way an outsider would: as figures about sets of people, nothing else.

Part of the independent auditor; shares no code with the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Rational = Fraction | int  # exact; whole numbers stay int, which is faster
FLOOR = 5  # what the municipality promises; an export that claims less is judged by this all the same
FIGURE_KEYS = {"n", "dist", "mean", "decimals", "minus", "suppressed"}


class ExportError(ValueError):
    """The export cannot be audited; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Question:
    """An item as the export describes it. `values` is None where the export does not give points."""

    id: str
    threshold: int
    kind: str
    of: str | None
    values: tuple[Rational, ...] | None
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One shown figure: n answers to an item from a set of atoms (people placed directly on one unit).

    `dist` is exact; where only a rounded mean is shown, `low` and `high` enclose the sum of the points.
    """

    release: str
    group: str
    item: str
    atoms: frozenset[int]
    n: int
    dist: tuple[int, ...] | None
    low: Rational | None
    high: Rational | None


@dataclass(frozen=True, slots=True)
class ThemeFigure:
    """A shown theme score and the items it says it is the mean of."""

    group: str
    theme: str
    mean: Rational
    decimals: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrendFigure:
    """A shown change since an earlier wave: of `subject` (an item or theme) in `group`, against the earlier
    figure of `earlier_subject` in `earlier_groups` (several where units were merged)."""

    group: str
    subject: str
    wave: str
    change: Rational
    decimals: int
    earlier_subject: str
    earlier_groups: tuple[str, ...]


@dataclass(slots=True)
class People:
    """The atoms of all exports under audit. A unit of one name holds the same people in every release of a wave."""

    number: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def atom(self, group: str) -> int:
        if group not in self.number:
            self.number[group] = len(self.names)
            self.names.append(group)
        return self.number[group]


@dataclass(slots=True)
class Export:
    """One export, resolved: which atoms each group covers, and every figure in it."""

    wave: str
    release: str
    imported: bool
    questions: dict[str, Question]
    atoms: dict[str, frozenset[int]]
    parent: dict[str, str | None]
    employees: dict[str, int]
    figures: dict[str, dict[str, Figure]]  # item -> group -> figure
    themes: list[ThemeFigure]
    trends: list[TrendFigure]
    rates: dict[str, int]  # group -> invited, where a percentage of them is shown

    def direct_employees(self) -> dict[str, int]:
        """People placed directly on each group, from the groups' totals; empty where totals are missing."""
        direct = dict(self.employees)
        for group, parent in self.parent.items():
            if parent is None:
                continue
            if group not in self.employees or parent not in direct:
                return {}
            direct[parent] -= self.employees[group]
        return direct if all(count >= 0 for count in direct.values()) else {}

    def describe(self, atoms: Iterable[int], people: People) -> tuple[str, ...]:
        """Name a set of atoms: a group where it is all of it, else «unit#» for the people directly on a unit."""
        rest = set(atoms)
        said = []
        for group in self.parent:  # parents first in most exports; size decides, so order does not matter
            if self.atoms[group] and self.atoms[group] <= rest:
                parent = self.parent[group]
                if parent is None or not self.atoms[parent] <= rest:
                    said.append(group)
        covered = set().union(*(self.atoms[group] for group in said)) if said else set()
        said += [f"{people.names[atom]}#" for atom in sorted(rest - covered)]
        return tuple(said)


def read_export(raw: Any, where: str, people: People) -> Export:
    """Resolve one export. Raises ExportError with what is wrong and where."""
    if not isinstance(raw, Mapping):
        raise ExportError(f"{where}: no JSON object")
    groups = raw.get("groups")
    items = raw.get("items")
    if not isinstance(groups, list) or not isinstance(items, list):
        raise ExportError(f"{where}: 'groups' and 'items' are lists")
    k = max(FLOOR, _count(raw.get("k", FLOOR), f"{where}, k"))
    questions = {}
    for i, item in enumerate(items):
        question = _question(item, f"{where}, items[{i}]", k)
        questions[question.id] = question
    release = str(raw.get("release", ""))
    parent = _parents(groups, where)
    export = Export(
        wave=str(raw.get("wave", "")),
        release=release,
        imported=bool(raw.get("imported", False)),
        questions=questions,
        atoms=_atoms(parent, people, where),
        parent=parent,
        employees={
            g["id"]: _count(g["employees"], f"{where}, group {g['id']}")
            for g in groups
            if g.get("employees") is not None
        },
        figures={item: {} for item in questions},
        themes=[],
        trends=[],
        rates={
            g["id"]: _count(g["rate"].get("invited"), f"{where}, group {g['id']}, rate")
            for g in groups
            if g.get("rate")
        },
    )
    for group in groups:
        _read_group(export, group, f"{where}, group {group['id']}", people)
    return export


def _question(raw: Any, where: str, k: int) -> Question:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str):
        raise ExportError(f"{where}: an item needs an id")
    values = raw.get("values")
    threshold = raw.get("threshold")
    return Question(
        id=raw["id"],
        threshold=k if threshold is None else max(k, _count(threshold, f"{where}, threshold")),
        kind=str(raw.get("kind", "scale")),
        of=raw.get("of"),
        values=None if values is None else tuple(_number(value, where) for value in values),
        beside=raw.get("beside"),
    )


def _parents(groups: list[Any], where: str) -> dict[str, str | None]:
    parent: dict[str, str | None] = {}
    for i, group in enumerate(groups):
        if not isinstance(group, Mapping) or not isinstance(group.get("id"), str):
            raise ExportError(f"{where}, groups[{i}]: a group needs an id")
        if group["id"] in parent:
            raise ExportError(f"{where}, group {group['id']}: is there twice")
        parent[group["id"]] = group.get("parent")
    for group_id, above in parent.items():
        if above is not None and above not in parent:
            raise ExportError(f"{where}, group {group_id}: parent {above!r} is not a group")
    return parent


def _atoms(parent: dict[str, str | None], people: People, where: str) -> dict[str, frozenset[int]]:
    """The atoms under each group: its own people (`id#`) and those of all groups below."""
    below: dict[str, set[int]] = {group: set() for group in parent}
    for group in parent:
        atom = people.atom(group)
        at: str | None = group
        steps = 0
        while at is not None:
            below[at].add(atom)
            at = parent[at]
            steps += 1
            if steps > len(parent):
                raise ExportError(f"{where}, group {group}: its parents go round in a circle")
    return {group: frozenset(atoms) for group, atoms in below.items()}


def _read_group(export: Export, raw: Mapping[str, Any], where: str, people: People) -> None:
    group = raw["id"]
    for item, entry in (raw.get("items") or {}).items():
        if item not in export.questions:
            raise ExportError(f"{where}: {item!r} is not among the items")
        figure = _figure(export, group, item, entry, f"{where}, item {item}", people)
        if figure is not None:
            export.figures[item][group] = figure
    for theme, entry in (raw.get("themes") or {}).items():
        if entry and "mean" in entry:
            export.themes.append(
                ThemeFigure(
                    group,
                    theme,
                    _number(entry["mean"], where),
                    int(entry.get("decimals", 0)),
                    tuple(entry.get("items") or ()),
                )
            )
    for subject, entry in (raw.get("trends") or {}).items():
        if entry and "change" in entry:
            export.trends.append(
                TrendFigure(
                    group,
                    subject,
                    str(entry.get("wave", "")),
                    _number(entry["change"], where),
                    int(entry.get("decimals", 0)),
                    str(entry.get("item", subject)),
                    tuple(entry.get("groups") or (group,)),
                )
            )


def _figure(export: Export, group: str, item: str, entry: Any, where: str, people: People) -> Figure | None:
    if not isinstance(entry, Mapping):
        raise ExportError(f"{where}: an object is expected")
    unknown = set(entry) - FIGURE_KEYS
    if unknown:
        raise ExportError(f"{where}: {', '.join(sorted(unknown))}: a figure of a kind that is not audited")
    if "n" not in entry and "dist" not in entry:
        if "mean" in entry:
            raise ExportError(f"{where}: a mean without its n cannot be judged")
        return None
    values = export.questions[item].values
    dist = tuple(_count(count, where) for count in entry["dist"]) if "dist" in entry else None
    n = _count(entry["n"], where) if "n" in entry else sum(dist or ())
    low = high = None
    if dist is not None:
        if sum(dist) != n:
            raise ExportError(f"{where}: n is {n} and the distribution holds {sum(dist)}")
        if values is not None:
            if len(values) != len(dist):
                raise ExportError(f"{where}: {len(dist)} counts for {len(values)} values")
            low = high = sum(value * count for value, count in zip(values, dist, strict=True))
    elif "mean" in entry:
        mean = _number(entry["mean"], where)
        half = Fraction(1, 2 * 10 ** int(entry.get("decimals", 0)))
        low, high = (mean - half) * n, (mean + half) * n
    atoms = export.atoms[group]
    if entry.get("minus"):
        atoms = atoms - frozenset().union(*(_part(export, part, where, people) for part in entry["minus"]))
    return Figure(export.release, group, item, atoms, n, dist, low, high)


def _part(export: Export, part: str, where: str, people: People) -> frozenset[int]:
    if part in export.atoms:
        return export.atoms[part]
    if part.endswith("#") and part[:-1] in export.atoms:
        return frozenset([people.atom(part[:-1])])
    raise ExportError(f"{where}: minus names {part!r}, which is not a group or «group#»")


def _count(raw: Any, where: str) -> int:
    if type(raw) is not int or raw < 0:
        raise ExportError(f"{where}: {raw!r} is not a count")
    return raw


def _number(raw: Any, where: str) -> Rational:
    if type(raw) is int:
        return raw
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise ExportError(f"{where}: {raw!r} is not a number")
    try:
        return Fraction(str(raw))
    except ValueError as error:
        raise ExportError(f"{where}: {raw!r} is not a number") from error
