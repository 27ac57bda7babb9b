"""How the rows fit together: double numbers, unknown parents, cycles, two leaders. Refused rows leave the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from organisation.imports.checks import COMMITTEE_KINDS, hold
from organisation.imports.corrections import WHOLE_ROW
from organisation.imports.problems import problem
from organisation.imports.rows import Organisation, RoleRow, UnitRow
from organisation.imports.sheets import SHEET_BY_KEY
from organisation.imports.standing import Standing

LAST_DAY = "9999-12-31"


def fit_together(found: Organisation, now: Standing) -> None:
    """Check every rule between rows, and take the refused rows out of the lists."""
    if found.buildings is not None:
        found.buildings = _once(found, "buildings", found.buildings, lambda row: row.number)
    if found.units is not None:
        _units(found, now)
    if found.persons is not None:
        _persons(found, now)
    if found.committees is not None:
        _committees(found, now)
    if found.employments is not None:
        _employments(found, now)
    _leaders_from_employments(found)
    if found.roles is not None:
        _roles(found, now)


def _refuse(found: Organisation, sheet: str, row: Any, key: str, value: str, code: str, **words: str) -> None:
    column = SHEET_BY_KEY[sheet].column(key).danish
    found.problems.append(problem(row.place, column, value, code, blocks=sheet == "units", **words))
    _hold(found, sheet, row)


def _hold(found: Organisation, sheet: str, row: Any) -> None:
    if isinstance(row, RoleRow):
        found.held_role_parts.add(f"{row.person}|{row.kind}|{row.scope}")
    else:
        hold(found, sheet, {name: getattr(row, name, "") for name in ("number", "person", "unit")})


def _once(found: Organisation, sheet: str, rows: list[Any], key: Callable[[Any], str]) -> list[Any]:
    """Each number once. Both rows of a pair are refused: nobody knows which one is right."""
    first: dict[str, Any] = {}
    double: set[str] = set()
    column = "unit" if sheet == "committees" else "number"
    for row in rows:
        other = first.setdefault(key(row), row)
        if other is not row:
            double.add(key(row))
            code = "two_units" if sheet == "employments" and other.unit != row.unit else "duplicate"
            _refuse(found, sheet, row, column, key(row), code, other=str(other.place.row))
            _hold(found, sheet, other)
    return [row for row in rows if key(row) not in double] if double else rows


def _dates_in_order(found: Organisation, sheet: str, rows: list[Any], end: str) -> list[Any]:
    kept = []
    for row in rows:
        if row.ends and row.starts and row.ends < row.starts:
            _refuse(found, sheet, row, end, row.ends, "ends_before_start")
        else:
            kept.append(row)
    return kept


def _buildings_known(found: Organisation, now: Standing) -> set[str]:
    known = set(now.buildings)
    if found.buildings is not None:
        known |= {row.number for row in found.buildings}
    return known | found.held["buildings"]


def _units(found: Organisation, now: Standing) -> None:
    assert found.units is not None
    listed = {row.number for row in found.units} | found.held["units"]
    rows = _once(found, "units", found.units, lambda row: row.number)
    rows = _dates_in_order(found, "units", rows, "valid_to")
    buildings = _buildings_known(found, now)
    kept, root = [], None
    for row in rows:
        if row.parent and row.parent not in listed:
            _refuse(found, "units", row, "parent", row.parent, "unknown_parent")
        elif not row.parent and root is not None:
            _refuse(found, "units", row, "parent", "", "no_parent", other=str(root.place.row))
        elif row.buildings and (unknown := next((b for b in row.buildings if b not in buildings), None)):
            _refuse(found, "units", row, "buildings", unknown, "unknown_building")
        else:
            root = root or (None if row.parent else row)
            kept.append(row)
    if (
        kept
        and root is None
        and not any(u.parent == "" and u.number in found.held["units"] for u in now.units.values())
    ):
        _refuse(found, "units", kept[0], "parent", kept[0].parent, "no_root")
        kept = kept[1:]
    kept = _without_cycles(found, kept, now)
    found.units = _with_known_parents(found, kept, now)


def _without_cycles(found: Organisation, rows: list[UnitRow], now: Standing) -> list[UnitRow]:
    """Walk up from every unit. One error a cycle, at a unit whose parent is new; all units of it are refused."""
    by_number = {row.number: row for row in rows}
    safe: set[str] = set()
    refused: set[str] = set()
    for row in rows:
        path: list[str] = []
        seen: set[str] = set()
        at = row.number
        while at in by_number and at not in safe and at not in seen and at not in refused:
            seen.add(at)
            path.append(at)
            at = by_number[at].parent
        if at in seen:
            ring = path[path.index(at) :]
            moved = [n for n in ring if n not in now.units or now.units[n].parent != by_number[n].parent]
            guilty = by_number[(moved or ring)[0]]
            names = " › ".join(by_number[number].name for number in [*ring[::-1][:5], ring[-1]])
            _refuse(found, "units", guilty, "parent", guilty.parent, "cycle", path=names)
            for number in ring:
                _hold(found, "units", by_number[number])
            refused.update(ring)
            safe.update(number for number in path if number not in ring)
        else:
            safe.update(path)
    return [row for row in rows if row.number not in refused]


def _with_known_parents(found: Organisation, rows: list[UnitRow], now: Standing) -> list[UnitRow]:
    """Leave out units whose parent was refused and is not known from before: they follow when it is put right."""
    kept_numbers = {row.number for row in rows}
    while True:
        kept = [
            row
            for row in rows
            if not row.parent
            or row.parent in kept_numbers
            or (row.parent in now.units and now.counts(now.units[row.parent]))
        ]
        if len(kept) == len(rows):
            return kept
        staying = {id(row) for row in kept}
        for row in rows:
            if id(row) not in staying:
                _hold(found, "units", row)
                found.skipped += 1
        rows, kept_numbers = kept, {row.number for row in kept}


def _persons(found: Organisation, now: Standing) -> None:
    assert found.persons is not None
    rows = _once(found, "persons", found.persons, lambda row: row.number)
    # Who has which address when all is applied: the file's word for those in it, ours for the others.
    listed = {row.number: row for row in rows}
    owner: dict[str, str] = {}
    for person in now.persons.values():
        row = listed.get(person.number)
        if person.email and (row is None or row.email is None or "email" in now.corrected("person", person.pk)):
            owner[person.email] = person.number
    kept = []
    for row in rows:
        known = now.persons.get(row.number)
        if row.email and not (known and "email" in now.corrected("person", known.pk)):
            other = owner.setdefault(row.email, row.number)
            if other != row.number:
                _refuse(found, "persons", row, "email", row.email, "email_taken", other=other)
                continue
        kept.append(row)
    found.persons = kept


def _follows_refused(found: Organisation, sheet: str, number: str) -> bool:
    """The row points at one that was refused: it waits for it, and is no error of its own."""
    return number in found.held[sheet]


def _persons_known(found: Organisation, now: Standing) -> set[str]:
    return set(now.persons) | {row.number for row in found.persons or []}


def _units_known(found: Organisation, now: Standing) -> set[str]:
    """Units that will be open: those of the file, or today's when the file has none."""
    if found.units is None:
        return {number for number, unit in now.units.items() if now.counts(unit)}
    held = {number for number in found.held["units"] if number in now.units and now.counts(now.units[number])}
    return ({row.number for row in found.units} - _closed_by_hand(now)) | held


def _closed_by_hand(now: Standing) -> set[str]:
    """Units that HR has closed or merged here, and that the other system still knows."""
    return {
        number
        for number, unit in now.units.items()
        if not now.counts(unit) and now.corrected("unit", unit.pk) & {WHOLE_ROW, "ends"}
    }


def _committees(found: Organisation, now: Standing) -> None:
    assert found.committees is not None
    units = _units_known(found, now)
    kept = []
    for row in _once(found, "committees", found.committees, lambda row: row.unit):
        if row.unit in units:
            kept.append(row)
        elif _follows_refused(found, "units", row.unit):
            found.skipped += 1
            _hold(found, "committees", row)
        else:
            _refuse(found, "committees", row, "unit", row.unit, "unknown_unit")
    found.committees = kept


def _employments(found: Organisation, now: Standing) -> None:
    assert found.employments is not None
    persons, units = _persons_known(found, now), _units_known(found, now)
    rows = _once(found, "employments", found.employments, lambda row: row.number)
    rows = _dates_in_order(found, "employments", rows, "ends")
    kept = []
    for row in rows:
        old = now.employments.get(row.number)
        placed_by_hand = old is not None and now.corrected("employment", old.pk) & {WHOLE_ROW, "unit"}
        if row.person not in persons or (row.unit not in units and not placed_by_hand):
            if _follows_refused(found, "persons", row.person) or _follows_refused(found, "units", row.unit):
                found.skipped += 1
                _hold(found, "employments", row)
            elif row.person not in persons:
                _refuse(found, "employments", row, "person", row.person, "unknown_person")
            else:
                _refuse(found, "employments", row, "unit", row.unit, "unknown_unit")
        else:
            kept.append(row)
    found.employments = kept


def _leaders_from_employments(found: Organisation) -> None:
    """«Er leder» is a leader role of the unit, beside those of the roles sheet."""
    leaders = [row for row in found.employments or [] if row.is_leader]
    if not leaders:
        return
    listed = {(row.person, row.scope) for row in found.roles or [] if row.kind == "leader"}
    given = [
        RoleRow(row.place, row.person, "leader", row.unit, row.starts, row.ends)
        for row in leaders
        if (row.person, row.unit) not in listed
    ]
    found.roles = [*(found.roles or []), *given]


def _roles(found: Organisation, now: Standing) -> None:
    assert found.roles is not None
    persons, units = _persons_known(found, now), _units_known(found, now)
    committees = {row.unit for row in found.committees} if found.committees is not None else set()
    committees |= {number for number in now.committees if number in units}
    kept: list[RoleRow] = []
    for row in _dates_in_order(found, "roles", found.roles, "ends"):
        scopes = committees if row.kind in COMMITTEE_KINDS else units
        if row.person in persons and row.scope in scopes:
            kept.append(row)
        elif (
            _follows_refused(found, "persons", row.person)
            or _follows_refused(found, "units", row.scope)
            or (row.kind in COMMITTEE_KINDS and _follows_refused(found, "committees", row.scope))
        ):
            found.skipped += 1
            _hold(found, "roles", row)
        elif row.person not in persons:
            _refuse(found, "roles", row, "person", row.person, "unknown_person")
        elif row.kind in COMMITTEE_KINDS:
            _refuse(found, "roles", row, "committee", row.scope, "unknown_committee")
        else:
            _refuse(found, "roles", row, "unit", row.scope, "unknown_unit")
    found.roles = _no_role_twice(found, kept)


def _no_role_twice(found: Organisation, rows: list[RoleRow]) -> list[RoleRow]:
    """The same role of the same person once at a time, and one leader of a unit at a time."""
    groups: dict[tuple[str, ...], list[RoleRow]] = defaultdict(list)
    for row in rows:
        groups[("leader", row.scope) if row.kind == "leader" else (row.kind, row.scope, row.person)].append(row)
    refused: set[int] = set()
    for group in groups.values():
        if len(group) < 2:
            continue
        group.sort(key=lambda row: (row.starts, row.place.row))
        for before, after in pairwise(group):
            if after.starts > (before.ends or LAST_DAY):
                continue
            same = before.person == after.person
            code = "role_twice" if same else "two_leaders"
            late, early = (after, before) if after.place.row > before.place.row else (before, after)
            _refuse(found, "roles", late, "person", late.person, code, other=str(early.place.row))
            _hold(found, "roles", early)
            if not same:
                found.held_role_parts.add(f"leader:{late.scope}")
            refused |= {id(before), id(after)}
    return [row for row in rows if id(row) not in refused]
