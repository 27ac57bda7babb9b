"""Roles against what we have: they have no number of their own, are handed over, and end with their holder."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from organisation.imports.corrections import WHOLE_ROW
from organisation.imports.differences import differences
from organisation.imports.preview import ADDED, CHANGED, ENDED, MOVED, Change, Kept, LostRole, Preview
from organisation.imports.problems import problem
from organisation.imports.rows import Organisation, RoleRow
from organisation.imports.standing import FOREVER, RoleNow, Standing
from organisation.models import Role

IMPORTED_KINDS = frozenset(("leader", "amr", "tr", "facilitator", "med_chair", "med_vice", "med_member"))
UNIT_KINDS = frozenset(("leader", "amr", "tr", "facilitator"))

Key = tuple[str, str, str]  # person, kind, scope


def roles(found: Organisation, now: Standing, result: Preview, after: dict[str, Any]) -> None:
    """Compare roles; end those whose holder leaves or whose unit closes."""
    names = _names(found, now, result)
    left = _left(now, after)
    closed = {change.key for change in result.changes if change.kind == "units" and change.action == ENDED}
    current = [role for role in now.roles if now.counts(role)]
    ending: dict[int, tuple[RoleNow, date]] = {}
    changing: dict[int, tuple[RoleNow, dict[str, Any]]] = {}
    adding: list[tuple[RoleRow, date, date | None]] = []
    listed: set[int] = set()
    if found.roles is not None:
        listed = _paired(found.roles, current, now, result, names, left, changing, adding, ending)
    for role in current:
        if role.pk in ending or role.pk in changing:
            continue
        if role.person in left or (role.kind in IMPORTED_KINDS and role.scope in closed):
            ending[role.pk] = (role, _last_day(now, role))
        elif role.pk not in listed and role.kind in IMPORTED_KINDS:
            gone = found.roles_complete or (role.kind == "leader" and _replaced(role, adding))
            if gone and not _is_held(found, role):
                ending[role.pk] = (role, _last_day(now, role))
    for pk, (role, _ends) in list(ending.items()):
        if now.corrected("role", pk) & {WHOLE_ROW, "ends"} and role.person not in left:
            del ending[pk]
            result.kept.append(
                Kept("roles", names(role.person, role.kind, role.scope), "ends", "", _("mangler i filen"))
            )
    adding = _handed_over(adding, ending, changing, now, result)
    _write(result, now, names, left, ending, changing, adding)
    _moved_holders(now, result, names, current, ending)


def _names(found: Organisation, now: Standing, result: Preview) -> Any:
    persons = {number: person.name for number, person in now.persons.items()}
    persons.update((row.number, row.name) for row in found.persons or [])
    units = {number: unit.name for number, unit in now.units.items()}
    units.update((row.number, row.name) for row in found.units or [])

    def name(person: str, kind: str, scope: str) -> str:
        where = f", {units[scope]}" if scope in units else ""
        return f"{persons.get(person, person)}: {Role.Kind(kind).label}{where}"

    name.person = lambda number: persons.get(number, number)  # type: ignore[attr-defined]
    name.unit = lambda number: units.get(number, number)  # type: ignore[attr-defined]
    return name


def _left(now: Standing, after: dict[str, Any]) -> set[str]:
    """Those who had a job here and will have none."""
    had = {employment.person for employment in now.employments.values()}
    stay = {person for person, _unit, _starts, ends, _leave in after.values() if ends is None or ends >= now.today}
    return had - stay


def _last_day(now: Standing, role: RoleNow) -> date:
    return max(now.today - timedelta(days=1), role.starts)


def _is_held(found: Organisation, role: RoleNow) -> bool:
    parts = {f"{role.person}|{role.kind}|{role.scope}", f"person:{role.person}", f"scope:{role.scope}"}
    parts.add(f"{role.kind}:{role.scope}")
    return bool(parts & found.held_role_parts) or role.scope in found.held["units"]


def _replaced(role: RoleNow, adding: list[tuple[RoleRow, date, date | None]]) -> bool:
    return any(row.kind == "leader" and row.scope == role.scope and row.person != role.person for row, _s, _e in adding)


def _paired(
    rows: list[RoleRow],
    current: list[RoleNow],
    now: Standing,
    result: Preview,
    names: Any,
    left: set[str],
    changing: dict[int, tuple[RoleNow, dict[str, Any]]],
    adding: list[tuple[RoleRow, date, date | None]],
    ending: dict[int, tuple[RoleNow, date]],
) -> set[int]:
    """Match rows with the roles of today by person, kind and scope; returns the ids that the file knows."""
    ours: dict[Key, list[RoleNow]] = defaultdict(list)
    for role in current:
        ours[role.person, role.kind, role.scope].append(role)
    stopped = {
        (role.person, role.kind, role.scope): role
        for role in now.roles
        if not now.counts(role) and now.corrected("role", role.pk) & {WHOLE_ROW, "ends"}
    }
    past = {(role.person, role.kind, role.scope, role.starts) for role in now.roles if not now.counts(role)}
    listed: set[int] = set()
    for row in rows:
        key = (row.person, row.kind, row.scope)
        starts = date.fromisoformat(row.starts) if row.starts else None
        ends = date.fromisoformat(row.ends) if row.ends else None
        known = [role for role in ours[key] if role.pk not in listed]
        match = next((role for role in known if role.starts == starts), known[0] if known else None)
        if match is None:
            ended = stopped.get(key)
            if ends is not None and ends < now.today:
                result.past += (*key, starts) not in past
                result.unchanged["roles"] += (*key, starts) in past
            elif ended is not None and ended.ends is not None and not (starts and starts > ended.ends):
                # HR ended it here, and the file still has it; one that begins later is given again.
                result.kept.append(Kept("roles", names(*key), "ends", ended.ends.isoformat(), ""))
            elif row.person not in left:
                adding.append((row, starts or now.today, ends))
            continue
        role = match
        listed.add(role.pk)
        if row.person in left:
            continue
        wanted: dict[str, Any] = {}
        if starts is not None:
            wanted["starts"] = starts
        if row.ends is not None:
            wanted["ends"] = ends
        new = differences(result, now, "roles", "role", names(*key), role, wanted)
        if new:
            changing[role.pk] = (role, new)
        else:
            result.unchanged["roles"] += 1
    return listed


def _handed_over(
    adding: list[tuple[RoleRow, date, date | None]],
    ending: dict[int, tuple[RoleNow, date]],
    changing: dict[int, tuple[RoleNow, dict[str, Any]]],
    now: Standing,
    result: Preview,
) -> list[tuple[RoleRow, date, date | None]]:
    """New leaders against those before them: the old one stops the day before the new one begins."""
    led: dict[str, list[RoleNow]] = defaultdict(list)
    for role in now.roles:
        if role.kind == "leader":
            led[role.scope].append(role)
    kept = []
    for row, starts, ends in adding:
        code, other = "", ""
        if row.kind == "leader":
            for role in led[row.scope]:
                if role.pk in ending:
                    if starts > role.starts:
                        ending[role.pk] = (role, starts - timedelta(days=1))
                    else:
                        code, other = "leader_before", role.starts.isoformat()
                    continue
                new = changing.get(role.pk, (role, {}))[1]
                begins, stops = new.get("starts", role.starts), new.get("ends", role.ends) or FOREVER
                if begins <= (ends or FOREVER) and starts <= stops:
                    code, other = "leader_overlap", "" if stops == FOREVER else stops.isoformat()
        if code:
            result.problems.append(problem(row.place, "fra", row.starts, code, other=other))
            for role in led[row.scope]:
                ending.pop(role.pk, None)
        else:
            kept.append((row, starts, ends))
    return kept


def _write(
    result: Preview,
    now: Standing,
    names: Any,
    left: set[str],
    ending: dict[int, tuple[RoleNow, date]],
    changing: dict[int, tuple[RoleNow, dict[str, Any]]],
    adding: list[tuple[RoleRow, date, date | None]],
) -> None:
    for role, ends in ending.values():
        name = names(role.person, role.kind, role.scope)
        result.changes.append(Change("roles", ENDED, str(role.pk), name, role.pk, {"ends": role.ends}, {"ends": ends}))
        if role.person in left:
            result.lost_roles.append(
                LostRole(names.person(role.person), str(Role.Kind(role.kind).label), names.unit(role.scope))
            )
    for role, new in changing.values():
        stops = new.get("ends")
        action = ENDED if stops is not None and stops < now.today else CHANGED
        old = {field: getattr(role, field) for field in new}
        result.changes.append(
            Change("roles", action, str(role.pk), names(role.person, role.kind, role.scope), role.pk, old, new)
        )
    for row, starts, stops in adding:
        result.changes.append(
            Change(
                "roles",
                ADDED,
                f"{row.person}|{row.kind}|{row.scope}",
                names(row.person, row.kind, row.scope),
                None,
                {},
                {"person": row.person, "kind": row.kind, "scope": row.scope, "starts": starts, "ends": stops},
            )
        )


def _moved_holders(
    now: Standing, result: Preview, names: Any, current: list[RoleNow], ending: dict[int, tuple[RoleNow, date]]
) -> None:
    """Roles on a unit that their holder has just left for another one: they stay until HR hands them over."""
    away = {
        (change.new.get("person") or now.employments[change.key].person, change.old["unit"])
        for change in result.changes
        if change.kind == "employments" and change.action == MOVED
    }
    for role in current:
        if (role.person, role.scope) in away and role.kind in UNIT_KINDS and role.pk not in ending:
            result.lost_roles.append(
                LostRole(names.person(role.person), str(Role.Kind(role.kind).label), names.unit(role.scope), moved=True)
            )
