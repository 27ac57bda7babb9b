"""Write a preview's changes in one transaction, and note what an undo needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from organisation.channels import addresses_changed
from organisation.imports.bulk import insert_many, update_many
from organisation.imports.preview import ENDED, Change, Preview
from organisation.models import (
    Building,
    Committee,
    Employment,
    Level,
    Person,
    Role,
    Room,
    Unit,
    WorkEnvironmentGroup,
)

Progress = Callable[[int, int], None]

LEVELS = {
    "municipality": ("Kommune", "Kommunen", "KommuneMED"),
    "department": ("Afdeling", "Afdelinger", "AfdelingsMED"),
    "area": ("Område", "Områder", "OmrådeMED"),
    "workplace": ("Arbejdsplads", "Arbejdspladser", "ArbejdspladsMED"),
    "team": ("Enhed", "Enheder", ""),
}
# One import at a time, whichever worker has it.
LOCK = 7_205_101


class Reverse:
    """What was made and what stood before, as plain values: {"created": {table: [ids]}, "changed": {table: rows}}."""

    def __init__(self) -> None:
        self.created: dict[str, list[int]] = {}
        self.changed: dict[str, list[tuple[int, dict[str, Any], dict[str, Any]]]] = {}

    def made(self, model: type[Any], rows: list[Any]) -> None:
        self.created.setdefault(model._meta.db_table, []).extend(row.pk for row in rows)

    def set(self, model: type[Any], pk: int, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.changed.setdefault(model._meta.db_table, []).append((pk, _plain(old), _plain(new)))

    def as_dict(self) -> dict[str, Any]:
        return {"created": self.created, "changed": self.changed}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if value is None or isinstance(value, str | int | bool) else str(value)
        for key, value in values.items()
    }


def apply_changes(preview: Preview, progress: Progress) -> Reverse:
    """Write everything. Inside the caller's transaction; takes the lock that keeps imports apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    reverse = Reverse()
    by_kind: dict[str, list[Change]] = {}
    for change in preview.changes:
        by_kind.setdefault(change.kind, []).append(change)
    done, total = 0, len(preview.changes)
    progress(0, total)
    for kind, write in _WRITERS:
        changes = by_kind.get(kind, [])
        if changes:
            write(changes, reverse)
            done += len(changes)
            progress(done, total)
    return reverse


def levels_made() -> dict[str, int]:
    """kind -> id. A new installation gets the usual names; HR renames them."""
    have = dict(Level.objects.values_list("kind", "pk"))
    for kind, (name, plural, committee) in LEVELS.items():
        if kind not in have:
            have[kind] = Level.objects.create(kind=kind, name=name, name_plural=plural, committee_name=committee).pk
    return have


def _numbers(model: type[Any]) -> dict[str, int]:
    return dict(model.objects.exclude(number=None).values_list("number", "pk"))


def _create(model: type[Any], rows: list[Any], reverse: Reverse) -> None:
    insert_many(model, rows)
    reverse.made(model, rows)


def _buildings(changes: list[Change], reverse: Reverse) -> None:
    new = [
        Building(number=c.key, name=c.new["name"], address=c.new.get("address", "")) for c in changes if c.pk is None
    ]
    _create(Building, new, reverse)
    rows = []
    for change in (c for c in changes if c.pk is not None):
        values = {name: change.new[name] for name in ("name", "address") if name in change.new}
        if values:
            reverse.set(Building, change.pk, {name: change.old[name] for name in values}, values)  # type: ignore[arg-type]
            rows.append((change.pk, values))
    update_many(Building, rows)  # type: ignore[arg-type]
    ids = _numbers(Building)
    rooms = [
        Room(building_id=ids[c.key], name=name[:80])
        for c in changes
        for name in c.new.get("rooms", [])
        if name not in c.old.get("rooms", [])
    ]
    _create(Room, rooms, reverse)


def _units(changes: list[Change], reverse: Reverse) -> None:
    level_ids = levels_made()
    parents: dict[str, str | None] = dict(Unit.objects.values_list("number", "parent__number"))
    # Closing comes first: there is one open unit without a parent at any moment.
    ended = [c for c in changes if c.pk is not None and c.action == ENDED]
    _units_changed(ended, level_ids, reverse, ("starts", "ends"))
    parents.update({c.key: c.new["parent"] for c in changes if "parent" in c.new})
    depth = _depths(parents)
    ids = _numbers(Unit)
    new = [c for c in changes if c.pk is None]
    for level in sorted({depth[c.key] for c in new}):
        rows = [
            Unit(
                number=c.key,
                name=c.new["name"],
                level_id=level_ids[c.new["level"]],
                parent_id=ids[c.new["parent"]] if c.new["parent"] else None,
                p_number=c.new.get("p_number", ""),
                starts=c.new["starts"],
                ends=c.new.get("ends"),
            )
            for c in new
            if depth[c.key] == level
        ]
        _create(Unit, rows, reverse)
        ids.update((row.number, row.pk) for row in rows)
    _units_changed(ended, level_ids, reverse, ("name", "level", "p_number"))
    others = [c for c in changes if c.pk is not None and c.action != ENDED]
    _units_changed(others, level_ids, reverse, ("name", "level", "p_number", "starts", "ends"))
    # From the top down: every parent lies where it will stay before its children come.
    for change in sorted((c for c in changes if c.pk is not None and "parent" in c.new), key=lambda c: depth[c.key]):
        old, wanted = change.old["parent"], change.new["parent"]
        assert change.pk is not None
        Unit.objects.filter(pk=change.pk).update(parent_id=ids[wanted] if wanted else None)
        reverse.set(Unit, change.pk, {"parent_id": ids.get(old)}, {"parent_id": ids.get(wanted)})
    _trios([c for c in changes if "trio" in c.new], reverse)
    _located([c for c in changes if "buildings" in c.new], ids, reverse)


def _depths(parents: dict[str, str | None]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for number in parents:
        path = []
        at: str | None = number
        while at and at not in depth and at not in path:
            path.append(at)
            at = parents.get(at)
        above = depth.get(at, -1) if at else -1
        for place, step in enumerate(reversed(path), start=1):
            depth[step] = above + place
    return depth


def _units_changed(changes: list[Change], level_ids: dict[str, int], reverse: Reverse, fields: tuple[str, ...]) -> None:
    rows = []
    for change in changes:
        old: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for name in fields:
            if name == "level" and "level" in change.new:
                old["level_id"], values["level_id"] = level_ids[change.old["level"]], level_ids[change.new["level"]]
            elif name in change.new:
                old[name], values[name] = change.old[name], change.new[name]
        if values:
            assert change.pk is not None
            reverse.set(Unit, change.pk, old, values)
            rows.append((change.pk, values))
    update_many(Unit, rows)


def _trios(changes: list[Change], reverse: Reverse) -> None:
    """Join units with their trio: the one of that name on the same workplace, or a new one."""
    if not changes:
        return
    kinds = dict(Unit.objects.values_list("pk", "level__kind"))
    units = {number: (pk, path, group) for number, pk, path, group in Unit.objects.filter(
        number__in=[c.key for c in changes]
    ).values_list("number", "pk", "path", "work_environment_group_id")}  # fmt: skip
    groups = {
        (workplace, name): pk
        for workplace, name, pk in WorkEnvironmentGroup.objects.order_by("-pk").values_list(
            "workplace_id", "name", "pk"
        )
    }
    wanted: dict[str, tuple[int, str] | None] = {}
    for change in changes:
        pk, path, _group = units[change.key]
        workplace = next((step for step in reversed(path) if kinds[step] == "workplace"), pk)
        wanted[change.key] = (workplace, change.new["trio"]) if change.new["trio"] else None
    missing = [key for key in dict.fromkeys(wanted.values()) if key is not None and key not in groups]
    new = [WorkEnvironmentGroup(workplace_id=workplace, name=name) for workplace, name in missing]
    _create(WorkEnvironmentGroup, new, reverse)
    groups.update(zip(missing, (group.pk for group in new), strict=True))
    rows = []
    for number, key in wanted.items():
        pk, _path, old = units[number]
        values = {"work_environment_group_id": groups[key] if key else None}
        reverse.set(Unit, pk, {"work_environment_group_id": old}, values)
        rows.append((pk, values))
    update_many(Unit, rows)


def _located(changes: list[Change], ids: dict[str, int], reverse: Reverse) -> None:
    """Which buildings a unit is in: the rows of the join table, made and removed."""
    if not changes:
        return
    through: Any = Unit.buildings.through
    buildings = _numbers(Building)
    gone = []
    new = []
    for change in changes:
        before, after = set(change.old.get("buildings", [])), set(change.new["buildings"])
        new += [through(unit_id=ids[change.key], building_id=buildings[b]) for b in sorted(after - before)]
        gone += [(ids[change.key], buildings[b]) for b in before - after]
    for unit_id, building_id in gone:
        through.objects.filter(unit_id=unit_id, building_id=building_id).delete()
    if gone:
        reverse.changed.setdefault("located", []).extend((unit, {"building": building}, {}) for unit, building in gone)
    _create(through, new, reverse)


def _persons(changes: list[Change], reverse: Reverse) -> None:
    known = [c for c in changes if c.pk is not None]
    readdressed = [c.pk for c in known if "email" in c.new]
    # Addresses are unique at every moment: those that change are free before anybody takes them over.
    update_many(Person, [(pk, {"email": None}) for pk in readdressed if pk is not None])
    new = [
        Person(
            number=c.key,
            name=c.new["name"],
            email=c.new.get("email") or None,
            mobile=c.new.get("mobile", ""),
            language=c.new.get("language", "da"),
            password="!",  # noqa: S106  (unusable: log-in is by code, passkey or single sign-on)
        )
        for c in changes
        if c.pk is None
    ]
    rows = []
    for change in known:
        values = dict(change.new)
        old = dict(change.old)
        if "email" in values:
            values["email"], old["email"] = values["email"] or None, old["email"] or None
        if "number" in values:
            old["number"] = old["number"] or None
        assert change.pk is not None
        reverse.set(Person, change.pk, old, values)
        rows.append((change.pk, values))
    update_many(Person, rows)
    addresses_changed(
        email=[pk for pk, values in rows if "email" in values], mobile=[pk for pk, values in rows if "mobile" in values]
    )
    _create(Person, new, reverse)


def _employments(changes: list[Change], reverse: Reverse) -> None:
    persons, units = _numbers(Person), _numbers(Unit)
    new = [
        Employment(
            number=c.key,
            person_id=persons[c.new["person"]],
            unit_id=units[c.new["unit"]],
            title=c.new.get("title", ""),
            hours=c.new["hours"],
            starts=c.new["starts"],
            ends=c.new.get("ends"),
            leave=c.new.get("leave", ""),
        )
        for c in changes
        if c.pk is None
    ]
    rows = []
    for change in (c for c in changes if c.pk is not None):
        values, old = {}, {}
        for name, value in change.new.items():
            if name == "person":
                values["person_id"], old["person_id"] = persons[value], persons.get(change.old[name])
            elif name == "unit":
                values["unit_id"], old["unit_id"] = units[value], units[change.old[name]]
            else:
                values[name], old[name] = value, change.old[name]
        assert change.pk is not None
        reverse.set(Employment, change.pk, old, values)
        rows.append((change.pk, values))
    update_many(Employment, rows)
    _create(Employment, new, reverse)


def _committees(changes: list[Change], reverse: Reverse) -> None:
    units = _numbers(Unit)
    rows = []
    for change in (c for c in changes if c.pk is not None):
        assert change.pk is not None
        reverse.set(Committee, change.pk, change.old, change.new)
        rows.append((change.pk, change.new))
    update_many(Committee, rows)
    _create(
        Committee,
        [
            Committee(unit_id=units[c.key], name=c.new["name"], is_staff_meeting=c.new.get("is_staff_meeting", False))
            for c in changes
            if c.pk is None
        ],
        reverse,
    )


def _roles(changes: list[Change], reverse: Reverse) -> None:
    persons, units = _numbers(Person), _numbers(Unit)
    committees = dict(Committee.objects.values_list("unit__number", "pk"))
    rows = []
    for change in (c for c in changes if c.pk is not None):
        assert change.pk is not None
        reverse.set(Role, change.pk, change.old, change.new)
        rows.append((change.pk, change.new))
    update_many(Role, rows)  # those that end make room for those that begin
    new = []
    for change in (c for c in changes if c.pk is None):
        v = change.new
        on_committee = v["kind"] in Role.COMMITTEE_KINDS
        new.append(
            Role(
                person_id=persons[v["person"]],
                kind=v["kind"],
                unit_id=None if on_committee else units[v["scope"]],
                committee_id=committees[v["scope"]] if on_committee else None,
                starts=v["starts"],
                ends=v["ends"],
            )
        )
    _create(Role, new, reverse)


_WRITERS: tuple[tuple[str, Callable[[list[Change], Reverse], None]], ...] = (
    ("buildings", _buildings),
    ("units", _units),
    ("persons", _persons),
    ("employments", _employments),
    ("committees", _committees),
    ("roles", _roles),
)
