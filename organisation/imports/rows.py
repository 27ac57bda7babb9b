"""The internal format (domain.md 7.1): the tables that every connector yields, and the rows they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from organisation.imports.sheets import SHEETS

# What a cell becomes when it held something like a CPR number: the number is gone before anything else sees the row.
CPR = "\x00cpr"
# What a cell becomes when it held a formula, or a number that Excel has rounded.
FORMULA = "\x00formula"
MERGED = "\x00merged"


@dataclass
class Table:
    """One sheet as text: cells are trimmed, dates are ISO, CPR numbers are gone. `rows` carry their row number."""

    file: str
    sheet: str
    headings: list[str]
    rows: list[tuple[int, list[str]]]
    kind: str = ""  # a key of SHEETS; empty: not known (a payroll extract)
    first_row: int = 1  # the row of the headings
    partial: bool = False  # a sheet of roles from a system that knows some of them only: none ends for missing
    shown: dict[str, str] = field(default_factory=dict)  # heading -> what it is called in HR's own file


@dataclass(frozen=True)
class Place:
    """Where HR finds it in what was uploaded."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Problem:
    """One error: where, what stands there, and what to do. `value` is never a CPR number.

    `blocks`: nothing can be imported before it is put right. Others cost their own row only.
    """

    place: Place
    column: str
    value: str
    text: str
    code: str
    blocks: bool = False


@dataclass(slots=True)
class UnitRow:
    place: Place
    number: str
    parent: str = ""
    name: str = ""
    level: str = ""
    p_number: str | None = None
    trio: str | None = None
    buildings: list[str] | None = None
    starts: str = ""
    ends: str | None = None


@dataclass(slots=True)
class PersonRow:
    place: Place
    number: str
    name: str = ""
    email: str | None = None
    mobile: str | None = None
    language: str | None = None


@dataclass(slots=True)
class EmploymentRow:
    place: Place
    number: str
    person: str = ""
    unit: str = ""
    title: str | None = None
    is_leader: bool = False
    hours: str | None = None
    starts: str = ""
    ends: str | None = None
    leave: str | None = None


@dataclass(slots=True)
class RoleRow:
    place: Place
    person: str
    kind: str
    scope: str
    starts: str = ""
    ends: str | None = None


@dataclass(slots=True)
class CommitteeRow:
    place: Place
    unit: str
    name: str = ""
    is_staff_meeting: bool | None = None


@dataclass(slots=True)
class BuildingRow:
    place: Place
    number: str
    name: str = ""
    address: str | None = None
    rooms: list[str] | None = None


@dataclass
class Organisation:
    """What the tables say, row by row checked. A list is None when its sheet was not sent: that part is left alone.

    Fields that are None have no column in the file and are left alone too. `held` are the keys of refused rows, by
    sheet: what we have under them stays as it is, because nobody knows what the row meant.
    """

    units: list[UnitRow] | None = None
    persons: list[PersonRow] | None = None
    employments: list[EmploymentRow] | None = None
    roles: list[RoleRow] | None = None
    committees: list[CommitteeRow] | None = None
    buildings: list[BuildingRow] | None = None
    problems: list[Problem] = field(default_factory=list)
    held: dict[str, set[str]] = field(default_factory=lambda: {sheet.key: set() for sheet in SHEETS})
    # Roles of these persons or scopes stay: a refused row meant one of them, and nobody knows which.
    held_role_parts: set[str] = field(default_factory=set)
    roles_complete: bool = False  # a sheet of roles was sent: one that is missing from it has ended
    skipped: int = 0  # good rows that belong to a refused one
    unused: list[tuple[str, str]] = field(default_factory=list)  # (sheet, heading) that nobody reads

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    def sent(self) -> Iterator[str]:
        for sheet in SHEETS:
            if getattr(self, sheet.key) is not None:
                yield sheet.key
