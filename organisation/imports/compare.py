"""The file against what we have: what would be added, changed, moved and ended, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from organisation.imports import holders
from organisation.imports.checks import organisation_of
from organisation.imports.differences import differences
from organisation.imports.preview import ADDED, CHANGED, ENDED, MOVED, Change, Preview, SmallUnit
from organisation.imports.problems import problem
from organisation.imports.rows import EmploymentRow, Organisation, Place, Table, UnitRow
from organisation.imports.standing import EmploymentNow, Standing, UnitNow, standing
from organisation.imports.structure import fit_together

SMALL = 5  # anonymity.md: a group under 5 gets no report of its own
DEFAULT_HOURS = Decimal("37.00")


def preview_of(tables: list[Table], now: Standing | None = None) -> Preview:
    """Everything that the tables would change, and everything that is wrong with them. Reads only."""
    now = now or standing()
    found = organisation_of(tables, now.levels)
    fit_together(found, now)
    return compared(found, now)


def compared(found: Organisation, now: Standing) -> Preview:
    """Compare checked rows with what we have."""
    # One cell of a payroll extract is read into several sheets: its error is told once.
    problems = list({(p.place, p.column, p.code, p.value): p for p in found.problems}.values())
    result = Preview(problems=problems, unused=found.unused, skipped=found.skipped)
    _buildings(found, now, result)
    _units(found, now, result)
    _persons(found, now, result)
    _committees(found, now, result)
    after = _employments(found, now, result)
    holders.roles(found, now, result, after)
    _units_with_staff(now, result, after)
    _small_units(now, result, after)
    return result


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def last_day(now: Standing, starts: date) -> date:
    """When a row ends that is missing from the file: yesterday, so that it does not count today."""
    return max(now.today - timedelta(days=1), starts)


def _note(result: Preview, kind: str, name: str, key: str, row: Any, new: dict[str, Any], action: str) -> None:
    """Write down a change of a known row, or that there is none."""
    if new:
        result.changes.append(
            Change(kind, action, key, name, row.pk, {field: getattr(row, field) for field in new}, new)
        )
    else:
        result.unchanged[kind] += 1


def _buildings(found: Organisation, now: Standing, result: Preview) -> None:
    for row in found.buildings or []:
        wanted: dict[str, Any] = {"name": row.name}
        if row.address is not None:
            wanted["address"] = row.address
        old = now.buildings.get(row.number)
        if row.rooms is not None:
            have = old.rooms if old else []
            wanted["rooms"] = have + [room for room in dict.fromkeys(row.rooms) if room not in have]
        if old is None:
            result.changes.append(Change("buildings", ADDED, row.number, row.name, None, {}, wanted))
        else:
            new = differences(result, now, "buildings", "building", row.name, old, wanted)
            _note(result, "buildings", row.name, row.number, old, new, CHANGED)


def _levels(rows: list[UnitRow], now: Standing) -> dict[str, str]:
    """The level of each unit: what the file says, what we have, or what its depth suggests."""
    by_number = {row.number: row for row in rows}
    found: dict[str, str] = {}
    for row in rows:
        old = now.units.get(row.number)
        level = row.level or (old.level if old else "")
        if not level:
            depth, at, seen = 0, row, {row.number}
            while at.parent in by_number and at.parent not in seen:
                depth, at = depth + 1, by_number[at.parent]
                seen.add(at.number)
            level = ("municipality", "department", "workplace")[depth] if depth < 3 else "team"
        found[row.number] = level
    return found


def _units(found: Organisation, now: Standing, result: Preview) -> None:
    if found.units is None:
        return
    levels = _levels(found.units, now)
    listed = set()
    for row in found.units:
        listed.add(row.number)
        wanted: dict[str, Any] = {"name": row.name, "level": levels[row.number], "parent": row.parent}
        for name in ("p_number", "trio"):
            if (value := getattr(row, name)) is not None:
                wanted[name] = value
        if row.buildings is not None:
            wanted["buildings"] = sorted(set(row.buildings))
        if row.starts:
            wanted["starts"] = day(row.starts)
        old = now.units.get(row.number)
        ends = day(row.ends or "")
        if row.ends is not None or (old is not None and not now.counts(old)):
            wanted["ends"] = ends
        gone = ends is not None and ends < now.today
        if old is None:
            if gone:
                result.past += 1
                continue
            wanted.setdefault("starts", now.today)
            result.changes.append(Change("units", ADDED, row.number, row.name, None, {}, wanted))
            continue
        new = differences(result, now, "units", "unit", old.name, old, wanted)
        if gone:
            action = ENDED if now.counts(old) else CHANGED
        elif "ends" in new and not now.counts(old):
            action = ADDED
        else:
            action = MOVED if "parent" in new else CHANGED
        _note(result, "units", old.name, row.number, old, new, action)
    for unit in now.units.values():
        if unit.number in listed or not now.counts(unit) or _unit_is_held(found, unit):
            continue
        new = differences(result, now, "units", "unit", unit.name, unit, {"ends": last_day(now, unit.starts)})
        _note(result, "units", unit.name, unit.number, unit, new, ENDED)


def _unit_is_held(found: Organisation, unit: UnitNow) -> bool:
    return unit.number in found.held["units"] or f"name:{unit.name}" in found.held["units"]


def _persons(found: Organisation, now: Standing, result: Preview) -> None:
    for row in found.persons or []:
        wanted: dict[str, Any] = {"name": row.name}
        for name in ("email", "mobile", "language"):
            if (value := getattr(row, name)) is not None:
                wanted[name] = value
        old = now.persons.get(row.number)
        if old is None and row.email and row.email in now.persons_without_number:
            # Known by the address only, as the first HR user of a new installation is: the same human being.
            old = now.persons_without_number[row.email]
            wanted["number"] = row.number
        if old is None:
            result.changes.append(Change("persons", ADDED, row.number, row.name, None, {}, wanted))
        else:
            new = differences(result, now, "persons", "person", old.name, old, wanted)
            _note(result, "persons", old.name, row.number, old, new, CHANGED)


def _committees(found: Organisation, now: Standing, result: Preview) -> None:
    for row in found.committees or []:
        wanted: dict[str, Any] = {"name": row.name}
        if row.is_staff_meeting is not None:
            wanted["is_staff_meeting"] = row.is_staff_meeting
        old = now.committees.get(row.unit)
        if old is None:
            result.changes.append(Change("committees", ADDED, row.unit, row.name, None, {}, wanted))
        else:
            new = differences(result, now, "committees", "committee", old.name, old, wanted)
            _note(result, "committees", old.name, row.unit, old, new, CHANGED)


def _wanted_employment(row: EmploymentRow, old: EmploymentNow | None, now: Standing) -> dict[str, Any]:
    wanted: dict[str, Any] = {"person": row.person, "unit": row.unit, "starts": day(row.starts)}
    if row.title is not None:
        wanted["title"] = row.title
    if row.hours:
        wanted["hours"] = Decimal(row.hours)
    elif old is None:
        wanted["hours"] = DEFAULT_HOURS
    if row.leave is not None:
        wanted["leave"] = row.leave
    if row.ends is not None or (old is not None and not now.counts(old)):
        wanted["ends"] = day(row.ends or "")
    return wanted


After = dict[str, tuple[str, str, date, date | None, str]]  # number -> person, unit, starts, ends, leave


def _employments(found: Organisation, now: Standing, result: Preview) -> After:
    """Compare employments. Returns how they will stand: of everybody, whether in the file or not."""
    after: After = {number: (e.person, e.unit, e.starts, e.ends, e.leave) for number, e in now.employments.items()}
    if found.employments is None:
        return after
    names = {number: person.name for number, person in now.persons.items()}
    names.update((row.number, row.name) for row in found.persons or [])
    listed = set()
    for row in found.employments:
        listed.add(row.number)
        old = now.employments.get(row.number)
        wanted = _wanted_employment(row, old, now)
        name = names.get(row.person, row.person)
        ends = wanted.get("ends")
        gone = ends is not None and ends < now.today
        if old is None:
            if gone:
                result.past += 1
                continue
            result.changes.append(Change("employments", ADDED, row.number, name, None, {}, wanted))
            after[row.number] = (row.person, row.unit, wanted["starts"], ends, wanted.get("leave", ""))
            continue
        new = differences(result, now, "employments", "employment", name, old, wanted)
        if "ends" in new and gone:
            action = ENDED if now.counts(old) else CHANGED
        elif "ends" in new and not now.counts(old):
            action = ADDED
        else:
            action = MOVED if "unit" in new else CHANGED
        _note(result, "employments", name, row.number, old, new, action)
        if new:
            after[row.number] = (
                new.get("person", old.person),
                new.get("unit", old.unit),
                new.get("starts", old.starts),
                new.get("ends", old.ends),
                new.get("leave", old.leave),
            )
    for old in now.employments.values():
        if old.number in listed or not now.counts(old) or _employment_is_held(found, old):
            continue
        ends = last_day(now, old.starts)
        name = names.get(old.person, old.person)
        new = differences(result, now, "employments", "employment", name, old, {"ends": ends})
        _note(result, "employments", name, old.number, old, new, ENDED)
        if new:
            after[old.number] = (old.person, old.unit, old.starts, ends, old.leave)
    return after


def _employment_is_held(found: Organisation, row: EmploymentNow) -> bool:
    held = found.held["employments"]
    return row.number in held or f"person:{row.person}" in held


def _units_with_staff(now: Standing, result: Preview, after: After) -> None:
    """A unit cannot close around people who still work there."""
    closing = {change.key: change for change in result.changes if change.kind == "units" and change.action == ENDED}
    if not closing:
        return
    staff: dict[str, int] = defaultdict(int)
    for _person, unit, _starts, ends, _leave in after.values():
        if unit in closing and (ends is None or ends >= now.today):
            staff[unit] += 1
    for number, count in staff.items():
        result.problems.append(
            problem(Place("", "", 0), "", closing[number].name, "unit_with_staff", blocks=True, other=str(count))
        )


def _small_units(now: Standing, result: Preview, after: After) -> None:
    """Units that fall under 5 people at work, counted as the survey counts them: once each, without leave."""

    def heads(rows: Any) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for person, unit, starts, ends, leave in rows:
            if not leave and starts <= now.today and (ends is None or ends >= now.today):
                found[unit].add(person)
        return found

    before = heads((e.person, e.unit, e.starts, e.ends, e.leave) for e in now.employments.values())
    later = heads(after.values())
    closing = {c.key for c in result.changes if c.kind == "units" and c.action == ENDED}
    opening = {c.key: c.name for c in result.changes if c.kind == "units" and c.pk is None}
    for number, unit in now.units.items():
        was, will = len(before[number]), len(later[number])
        if will < SMALL <= was and number not in closing and now.counts(unit):
            result.small_units.append(SmallUnit(unit.name, was, will))
    for number, name in opening.items():
        if 0 < len(later[number]) < SMALL:
            result.small_units.append(SmallUnit(name, 0, len(later[number]), new=True))
