"""What we have today: the organisation in memory, in the words of the internal format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from organisation import clock
from organisation.imports.corrections import corrections_by_row
from organisation.models import Building, Committee, Employment, Level, Person, Role, Room, Unit

FOREVER = date.max


@dataclass(slots=True)
class UnitNow:
    pk: int
    number: str
    name: str
    level: str
    parent: str
    p_number: str
    trio: str
    buildings: list[str]
    starts: date
    ends: date | None


@dataclass(slots=True)
class PersonNow:
    pk: int
    number: str
    name: str
    email: str
    mobile: str
    language: str


@dataclass(slots=True)
class EmploymentNow:
    pk: int
    number: str
    person: str
    unit: str
    title: str
    hours: Decimal
    starts: date
    ends: date | None
    leave: str


@dataclass(slots=True)
class RoleNow:
    pk: int
    person: str
    kind: str
    scope: str
    starts: date
    ends: date | None


@dataclass(slots=True)
class CommitteeNow:
    pk: int
    unit: str
    name: str
    is_staff_meeting: bool


@dataclass(slots=True)
class BuildingNow:
    pk: int
    number: str
    name: str
    address: str
    rooms: list[str]


@dataclass
class Standing:
    """Everything by its number, ended rows too: a number is never used twice. `held` is what HR corrected by hand."""

    today: date
    units: dict[str, UnitNow] = field(default_factory=dict)
    persons: dict[str, PersonNow] = field(default_factory=dict)
    persons_without_number: dict[str, PersonNow] = field(default_factory=dict)  # by e-mail
    employments: dict[str, EmploymentNow] = field(default_factory=dict)
    roles: list[RoleNow] = field(default_factory=list)
    committees: dict[str, CommitteeNow] = field(default_factory=dict)  # by the number of their unit
    buildings: dict[str, BuildingNow] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)  # name as written -> kind
    held: dict[str, dict[int, set[str]]] = field(default_factory=dict)  # model -> row id -> fields

    def counts(self, row: UnitNow | EmploymentNow | RoleNow) -> bool:
        """The row has not ended before today."""
        return row.ends is None or row.ends >= self.today

    def corrected(self, model: str, pk: int) -> set[str]:
        return self.held[model].get(pk, set())


def standing() -> Standing:
    """Read the organisation: ten statements, whatever its size."""
    now = Standing(today=clock.today())
    for model in (Unit, Person, Employment, Role, Committee, Building):
        now.held[str(model._meta.model_name)] = corrections_by_row(model)
    for level_name, kind in Level.objects.values_list("name", "kind"):
        now.levels[level_name] = kind
    located: dict[int, list[str]] = {}
    for unit_id, number in Unit.buildings.through.objects.order_by("building__number").values_list(
        "unit_id", "building__number"
    ):
        located.setdefault(unit_id, []).append(number)
    for pk, number, unit_name, level, parent, p_number, trio, starts, ends in Unit.objects.values_list(
        "pk",
        "number",
        "name",
        "level__kind",
        "parent__number",
        "p_number",
        "work_environment_group__name",
        "starts",
        "ends",
    ).order_by("pk"):
        now.units[number] = UnitNow(
            pk, number, unit_name, level, parent or "", p_number, trio or "", located.get(pk, []), starts, ends
        )
    numbers: dict[int, str] = {}
    for pk, person_number, name, email, mobile, language in Person.objects.values_list(
        "pk", "number", "name", "email", "mobile", "language"
    ).order_by("pk"):
        person = PersonNow(pk, person_number or "", name, email or "", mobile, language)
        if person_number:
            now.persons[person_number] = person
            numbers[pk] = person_number
        elif email:
            now.persons_without_number[email] = person
    unit_numbers = {unit.pk: unit.number for unit in now.units.values()}
    for pk, number, person_id, unit_id, title, hours, starts, ends, leave in Employment.objects.values_list(
        "pk", "number", "person_id", "unit_id", "title", "hours", "starts", "ends", "leave"
    ).order_by("pk"):
        now.employments[number] = EmploymentNow(
            pk, number, numbers.get(person_id, ""), unit_numbers[unit_id], title, hours, starts, ends, leave
        )
    for pk, unit_id, name, staff_meeting in Committee.objects.values_list("pk", "unit_id", "name", "is_staff_meeting"):
        now.committees[unit_numbers[unit_id]] = CommitteeNow(pk, unit_numbers[unit_id], name, staff_meeting)
    for pk, person_id, kind, unit_id, committee_unit_id, starts, ends in Role.objects.values_list(
        "pk", "person_id", "kind", "unit_id", "committee__unit_id", "starts", "ends"
    ).order_by("starts", "pk"):
        scope = unit_numbers.get(unit_id or committee_unit_id, "")
        now.roles.append(RoleNow(pk, numbers.get(person_id, f"#{person_id}"), kind, scope, starts, ends))
    rooms: dict[int, list[str]] = {}
    for building_id, name in Room.objects.order_by("pk").values_list("building_id", "name"):
        rooms.setdefault(building_id, []).append(name)
    for pk, number, name, address in Building.objects.values_list("pk", "number", "name", "address"):
        now.buildings[number] = BuildingNow(pk, number, name, address, rooms.get(pk, []))
    return now
