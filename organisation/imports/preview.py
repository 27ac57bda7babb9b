"""What an import would change: the shape of the answer, for the page and for `apply`."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from organisation.imports.rows import Problem

ADDED, CHANGED, MOVED, ENDED, UNCHANGED = "added", "changed", "moved", "ended", "unchanged"
ACTIONS = (ADDED, CHANGED, MOVED, ENDED)


@dataclass(slots=True)
class Change:
    """One row that would be written. `pk` is None for a new one; `old` and `new` hold the fields that differ."""

    kind: str
    action: str
    key: str
    name: str
    pk: int | None = None
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)


@dataclass
class Kept:
    """A field that HR corrected by hand: the file says something else, and ours stays."""

    kind: str
    name: str
    field: str
    ours: str
    theirs: str


@dataclass
class LostRole:
    """A role that loses its holder, or whose holder has moved away from the unit."""

    person: str
    role: str
    scope: str
    moved: bool = False


@dataclass
class SmallUnit:
    """A unit that falls under 5, or a new one that begins there."""

    name: str
    before: int
    after: int
    new: bool = False


@dataclass
class Preview:
    changes: list[Change] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)
    lost_roles: list[LostRole] = field(default_factory=list)
    small_units: list[SmallUnit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unused: list[tuple[str, str]] = field(default_factory=list)
    skipped: int = 0  # rows that wait for a refused one
    past: int = 0  # rows that had ended before today and were never known here

    def counted(self) -> dict[str, dict[str, int]]:
        """kind -> action -> number, unchanged too."""
        numbers: dict[str, dict[str, int]] = {}
        for change in self.changes:
            kind = numbers.setdefault(change.kind, {})
            kind[change.action] = kind.get(change.action, 0) + 1
        for kind_key, number in self.unchanged.items():
            numbers.setdefault(kind_key, {})[UNCHANGED] = number
        return numbers

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    def fingerprint(self) -> str:
        """Of what would be written: an import is applied only as it was seen."""
        digest = hashlib.sha256()
        for change in self.changes:
            digest.update(repr((change.kind, change.action, change.key, change.pk, change.old, change.new)).encode())
        return digest.hexdigest()
