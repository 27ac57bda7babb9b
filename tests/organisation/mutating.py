"""A workbook as it looks a month later: moves, leavers, joiners, renamed units, and errors. Knows what it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from organisation.models import Role
from tests.organisation.importing import Sheets, column


@dataclass
class Planted:
    """What a preview must find, and nothing else."""

    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    names: set[tuple[str, str, str]] = field(default_factory=set)  # kind, action, key
    lost_roles: int = 0
    problems: Counter[tuple[str, int, str]] = field(default_factory=Counter)  # sheet, row, code

    def change(self, kind: str, action: str, key: str = "") -> None:
        kinds = self.changes.setdefault(kind, {})
        kinds[action] = kinds.get(action, 0) + 1
        if key:
            self.names.add((kind, action, key))


class Mutation:
    """Plants differences in the lists of a workbook, each row at most once."""

    def __init__(self, sheets: Sheets, rng: Random) -> None:
        self.sheets, self.rng, self.planted = sheets, rng, Planted()
        self.used: set[tuple[str, str]] = set()
        at = {sheet: {key: column(sheets, sheet, key) for key in keys} for sheet, keys in _COLUMNS.items()}
        self.at = at
        # HR, Kommunale Ejendomme and the DPO have roles that no sheet tells of.
        self.holders = set(Role.objects.values_list("person__number", flat=True))
        jobs = Counter(row[at["employments"]["person"]] for row in sheets["employments"][1:])
        plain = [
            row
            for row in sheets["employments"][1:]
            if jobs[row[at["employments"]["person"]]] == 1 and row[at["employments"]["person"]] not in self.holders
        ]
        rng.shuffle(plain)
        self.plain = plain  # employments of people with one job and no role
        self.teams = [row for row in sheets["units"][1:] if row[at["units"]["level"]] == "Enhed"]
        rng.shuffle(self.teams)
        self.removed: list[tuple[str, list[Any]]] = []

    def employment(self) -> list[Any]:
        return self.plain.pop()

    def person_of(self, employment: list[Any]) -> list[Any]:
        number = employment[self.at["employments"]["person"]]
        return self.persons[number]

    @property
    def persons(self) -> dict[str, list[Any]]:
        if not hasattr(self, "_persons"):
            self._persons = {row[0]: row for row in self.sheets["persons"][1:]}
        return self._persons

    # --- differences ---------------------------------------------------------------------------------------

    def differences(self, *, moves: int, leavers: int, joiners: int, renames: int, lost_roles: int) -> None:
        e = self.at["employments"]
        for _ in range(moves):
            row = self.employment()
            others = [team[0] for team in self.rng.sample(self.teams, 2) if team[0] != row[e["unit"]]]
            row[e["unit"]] = others[0]
            self.planted.change("employments", "moved", row[e["number"]])
        for _ in range(leavers):
            row = self.employment()
            self.removed.append(("employments", row))
            self.planted.change("employments", "ended", row[e["number"]])
        for number in range(joiners):
            person, job = f"NY{number:05}", f"NYA{number:05}"
            self.sheets["persons"].append([person, f"Ny Medarbejder {number}", f"ny{number}@kommune.example", "", "da"])
            unit = self.rng.choice(self.teams)[0]
            self.sheets["employments"].append([job, person, unit, "Vikar", "", "30", "01-03-2026", "", ""])
            self.planted.change("persons", "added", person)
            self.planted.change("employments", "added", job)
        for _ in range(renames):
            team = self.teams.pop()
            team[self.at["units"]["name"]] += " (nyt navn)"
            self.planted.change("units", "changed", team[0])
        self._leave_with_roles(lost_roles)

    def _leave_with_roles(self, count: int) -> None:
        """Holders of exactly one AMR or TR role leave; their roles are still in the file."""
        e = self.at["employments"]
        roles = Counter(row[0] for row in self.sheets["roles"][1:])
        jobs = {row[e["person"]]: row for row in self.sheets["employments"][1:]}
        many = Counter(row[e["person"]] for row in self.sheets["employments"][1:])
        single = [
            row[0]
            for row in self.sheets["roles"][1:]
            if row[1] in ("AMR", "TR") and roles[row[0]] == 1 and many[row[0]] == 1
        ]
        for person in self.rng.sample(single, count):
            row = jobs[person]
            self.removed.append(("employments", row))
            self.planted.change("employments", "ended", row[e["number"]])
            self.planted.change("roles", "ended")
            self.planted.lost_roles += 1

    # --- errors --------------------------------------------------------------------------------------------

    def _wrong(self, sheet: str, row: list[Any], code: str) -> None:
        self.errors.append((sheet, row, code))

    def forty_errors(self, *, in_units: bool = True) -> None:
        """Forty errors, each in a row of its own; without those in units only 36 are planted."""
        self.errors: list[tuple[str, list[Any], str]] = []
        e, p = self.at["employments"], self.at["persons"]
        for key, value, code, times in (
            ("name", "Ane 010190-1234", "cpr", 2), ("mobile", "0101901234", "cpr", 1),
            ("email", "ane(at)kommune", "email", 3),
            ("name", "", "missing", 2), ("mobile", "4,5E+07", "scientific", 1),
            ("language", "dansk tale", "language", 1),
        ):  # fmt: skip
            for _ in range(times):
                row = self.person_of(self.employment())
                row[p[key]] = value
                self._wrong("persons", row, code)
        for key, value, code, times in (
            ("starts", "31-02-2026", "date", 3), ("unit", "FINDES-IKKE", "unknown_unit", 3),
            ("person", "FINDES-IKKE", "unknown_person", 2), ("ends", "01-01-1950", "ends_before_start", 3),
            ("hours", "370", "hours", 2), ("leave", "ferie måske", "leave", 2), ("title", "010190-1234", "cpr", 2),
            ("starts", "", "missing", 1),
        ):  # fmt: skip
            for _ in range(times):
                row = self.employment()
                row[e[key]] = value
                self._wrong("employments", row, code)
        for code, times in (("duplicate", 2), ("two_units", 2)):
            for _ in range(times):
                row = list(self.employment())
                if code == "two_units":
                    row[e["unit"]] = next(team[0] for team in self.teams if team[0] != row[e["unit"]])
                self.sheets["employments"].append(row)
                self._wrong("employments", row, code)
        self._role_errors()
        if in_units:
            self._unit_errors()

    def _role_errors(self) -> None:
        person = self.employment()[self.at["employments"]["person"]]
        leader = next(row for row in self.sheets["roles"][1:] if row[1] == "leder")
        new = [
            ([person, "overhoved", leader[2], "", "", ""], "role"),
            ([person, "HR", "", "", "", ""], "role_by_hand"),
            ([person, "leder", leader[2], "", "01-01-2025", ""], "two_leaders"),
            ([person, "AMR", "FINDES-IKKE", "", "", ""], "unknown_unit"),
        ]
        for row, code in new[:3] if len(self.errors) > 35 else new:
            self.sheets["roles"].append(row)
            self._wrong("roles", row, code)

    def _unit_errors(self) -> None:
        u = self.at["units"]
        team = self.teams.pop()
        team[u["parent"]] = "FINDES-IKKE"
        self._wrong("units", team, "unknown_parent")
        other = self.teams.pop()
        other[u["level"]] = "Fløj"
        self._wrong("units", other, "level")
        double = list(self.teams.pop())
        self.sheets["units"].append(double)
        self._wrong("units", double, "duplicate")
        below = self.teams.pop()
        above = next(row for row in self.sheets["units"][1:] if row[0] == below[u["parent"]])
        above[u["parent"]] = below[0]
        self._wrong("units", above, "cycle")

    def done(self) -> Planted:
        """Take the leavers out, and note the row numbers of the errors."""
        for sheet, row in self.removed:
            self.sheets[sheet] = [other for other in self.sheets[sheet] if other is not row]
        for sheet, row, code in getattr(self, "errors", []):
            place = next(at for at, other in enumerate(self.sheets[sheet]) if other is row)
            self.planted.problems[sheet, place + 1, code] += 1
        return self.planted


_COLUMNS = {
    "units": ("number", "parent", "name", "level"),
    "persons": ("number", "name", "email", "mobile", "language"),
    "employments": ("number", "person", "unit", "title", "hours", "starts", "ends", "leave"),
}
