"""Lindevig Kommune: its tree, buildings and people, and who holds which role. Only the organisation, no campaign."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Model

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
from trivsel.demo.cast import CAST
from trivsel.demo.names import LANGUAGES, Names, Trade
from trivsel.demo.shape import WorkplaceShape, shapes

LONG_AGO = date(2018, 1, 1)
EMPLOYED_BY = date(2026, 3, 1)
BATCH = 2000
LEVELS = (
    ("municipality", "Kommune", "Kommunen", "KommuneMED"),
    ("department", "Afdeling", "Afdelinger", "AfdelingsMED"),
    ("workplace", "Arbejdsplads", "Arbejdspladser", "ArbejdspladsMED"),
    ("team", "Enhed", "Enheder", ""),
)
Say = Callable[[str], None]


class Municipality:
    """Everything in memory first, then written in a handful of statements. The same seed makes the same town."""

    def __init__(self, employees: int, seed: int) -> None:
        self.rng = Random(seed)
        self.names = Names(self.rng)
        self.employees = employees
        self.people: list[Person] = []
        self.employments: list[Employment] = []
        self.units: list[Unit] = []
        self.groups: list[WorkEnvironmentGroup] = []
        self.roles: list[Role] = []
        self.committees: list[Committee] = []
        self.buildings: list[Building] = []
        self.rooms: list[Room] = []
        self.located: list[tuple[Unit, Building]] = []
        self.covered: list[tuple[Unit, WorkEnvironmentGroup]] = []
        self.staff: dict[str, list[Person]] = {}  # by unit number: those employed there
        self.holders: set[int] = set()  # id() of everybody who holds a role
        self.cast: dict[str, Person] = {}
        self.heads: dict[str, Person] = {}  # by unit number: who leads the municipality, an afdeling, a workplace
        self.employment_of: dict[int, Employment] = {}  # by id() of the person
        self._numbers = count(1)
        self.levels: dict[str, Level] = {}

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def unit(self, name: str, level: str, parent: Unit | None = None) -> Unit:
        unit = Unit(
            uuid=self._uuid(),
            number=f"E{len(self.units) + 1:05}",
            name=name,
            level=self.levels[level],
            parent=parent,
            starts=LONG_AGO,
            p_number=f"10{self.rng.randrange(10**9) // 10:08}" if level == "workplace" else "",
        )
        self.units.append(unit)
        self.staff[unit.number] = []
        return unit

    def person(self, unit: Unit, trade: Trade, *, name: str = "", title: str = "", number: str = "") -> Person:
        """Somebody employed in the unit. Whoever gets a role gets a work e-mail too."""
        rng = self.rng
        name = name or self.names.person()
        serial = next(self._numbers)
        person = Person(number=number or f"M{serial:06}", name=name, mobile="")
        person.password = UNUSABLE_PASSWORD_PREFIX
        if rng.random() >= trade.without_email:
            person.email = self.names.address(name)
        elif rng.random() < 0.75:
            person.mobile = f"+45 00 {rng.randrange(100):02} {rng.randrange(100):02} {rng.randrange(100):02}"
        if rng.random() < 0.04:
            person.language = rng.choice(LANGUAGES)
        self.people.append(person)
        self.staff[unit.number].append(person)
        part_time = rng.random() < 0.35
        self.employments.append(
            Employment(
                number=f"A{serial:06}",
                person=person,
                unit=unit,
                title=title or rng.choice(trade.titles),
                hours=rng.choice((28, 30, 32, 34)) if part_time else 37,
                starts=self._hired(),
                leave=rng.choices(("", "parental", "leave", "sick"), (955, 20, 10, 15))[0] if not number else "",
            )
        )
        self.employment_of[id(person)] = self.employments[-1]
        return person

    def _hired(self) -> date:
        if self.rng.random() < 0.01:
            return EMPLOYED_BY + timedelta(days=self.rng.randint(1, 14))  # too new to be invited
        return date(2025, 12, 31) - timedelta(days=int(self.rng.expovariate(1 / 2500)) % 12000)

    def role(self, person: Person, kind: str, scope: Unit | Committee | None = None) -> None:
        if not person.email and person is not self.cast.get("employee_phone"):
            person.email, person.mobile = self.names.address(person.name), ""
        self.holders.add(id(person))
        starts = LONG_AGO if kind in (Role.Kind.LEADER, Role.Kind.HR) else date(2024, 1, 1)
        self.roles.append(
            Role(
                person=person,
                kind=kind,
                unit=scope if isinstance(scope, Unit) else None,
                committee=scope if isinstance(scope, Committee) else None,
                starts=starts,
            )
        )

    def named(self, key: str, unit: Unit, trade: Trade) -> Person:
        """A member of the cast, employed here."""
        member = next(member for member in CAST if member.key == key)
        person = self.person(unit, trade, name=member.name, title=member.title, number=member.number)
        person.email, person.mobile, person.language = None, "", "da"
        if member.email:
            person.email = self.names.address(member.name)
        else:
            person.mobile = "+45 00 00 12 01"
        self.employments[-1].starts = date(2019, 8, 1)
        self.cast[key] = person
        return person

    def build(self) -> None:
        """Draw the whole town in memory."""
        plan = shapes(self.rng, self.employees)
        root = self.unit("Lindevig Kommune", "municipality")
        chief = self.person(root, plan[-1].trade, title="Kommunaldirektør")
        self._head(chief, root)
        departments: dict[str, Unit] = {}
        for shape in plan:
            name = shape.trade.department
            if name not in departments:
                departments[name] = self.unit(name, "department", root)
                director = (
                    self.named("med_department", departments[name], shape.trade)
                    if name == plan[0].trade.department
                    else self.person(departments[name], shape.trade, title="Direktør")
                )
                self._head(director, departments[name])
        for shape in plan:
            self._workplace(shape, departments[shape.trade.department], first=shape is plan[0])
        self._municipal_people()
        self._committees(root)
        self._second_jobs()

    def _head(self, person: Person, unit: Unit) -> None:
        self.heads[unit.number] = person
        self.role(person, Role.Kind.LEADER, unit)

    def _workplace(self, shape: WorkplaceShape, department: Unit, *, first: bool) -> None:
        name = shape.name or self.names.workplace(shape.trade)
        workplace = self.unit(name, "workplace", department)
        if first:
            head = self.named("head", workplace, shape.trade)
        else:
            head = self.person(workplace, shape.trade, title="Leder")
        self._head(head, workplace)
        for _ in range(shape.direct):
            self.person(workplace, shape.trade)
        names = shape.team_names or self.names.teams(shape.trade, len(shape.teams))
        teams = [self.unit(team, "team", workplace) for team in names]
        for team, size in zip(teams, shape.teams, strict=True):
            if first:
                self._cast_of(team, shape.trade)
            while len(self.staff[team.number]) < size:
                self.person(team, shape.trade)
        self._buildings(workplace, teams, shape.trade)
        if first:
            self._trios_of_birkehoej(workplace, teams)
        else:
            self._trios(workplace, teams, head)

    def _cast_of(self, team: Unit, trade: Trade) -> None:
        keys = {"Afsnit Nord": ("leader", "amr", "tr", "employee", "employee_phone"), "Afsnit Syd": ("med_workplace",)}
        for key in keys.get(team.name, ()):
            self.named(key, team, trade)

    def _buildings(self, workplace: Unit, teams: Sequence[Unit], trade: Trade) -> None:
        """One building, or two for the larger workplaces; every unit is in at least one."""
        street = self.rng.choice(("Birkevej", "Skolegade", "Havnegade", "Møllevej", "Kirkestræde", "Engvej", "Torvet"))
        for place in range(2 if len(teams) > 4 else 1):
            building = Building(
                number=f"B{len(self.buildings) + 1:04}",
                name=f"{workplace.name}, {'hovedhuset' if place == 0 else 'annekset'}",
                address=f"{street} {self.rng.randint(1, 180)}, Lindevig",
            )
            self.buildings.append(building)
            self.rooms.extend(Room(building=building, name=room) for room in trade.rooms)
            for unit in (workplace, *teams[place:]):
                self.located.append((unit, building))

    def group(self, name: str, workplace: Unit, units: Sequence[Unit]) -> WorkEnvironmentGroup:
        group = WorkEnvironmentGroup(uuid=self._uuid(), name=name[:120], workplace=workplace)
        self.groups.append(group)
        self.covered.extend((unit, group) for unit in units)
        return group

    def _trios_of_birkehoej(self, workplace: Unit, teams: list[Unit]) -> None:
        nord, syd, kitchen = teams
        self.group("Trioen i Afsnit Nord", workplace, [nord])
        for key, kind in (("leader", Role.Kind.LEADER), ("amr", Role.Kind.AMR), ("tr", Role.Kind.TR)):
            self.role(self.cast[key], kind, nord)
        self.group("Trioen i Afsnit Syd og Køkkenet", workplace, [syd, kitchen])
        leader, amr, tr = self.staff[syd.number][1:4]
        leader.name, amr.name, tr.name = "Mogens Vad", "Lone Krag", "Inga Bisgård"
        for unit in (syd, kitchen):
            for person, kind in ((leader, Role.Kind.LEADER), (amr, Role.Kind.AMR), (tr, Role.Kind.TR)):
                self.role(person, kind, unit)
        self.group("Trioen for Birkehøjs ledelse", workplace, [workplace])
        self.role(amr, Role.Kind.AMR, workplace)
        self.role(tr, Role.Kind.TR, workplace)

    def _trios(self, workplace: Unit, teams: list[Unit], head: Person) -> None:
        """One trio for a small workplace; in the larger ones each covers two or three units and one the leaders."""
        if len(teams) <= 3:
            self._trio(f"Trioen på {workplace.name}", workplace, [workplace, *teams], head)
            return
        self.rng.shuffle(teams)
        step = self.rng.choice((3, 3, 4))
        for at in range(0, len(teams), step):
            units = teams[at : at + step]
            self._trio(f"Trioen i {' og '.join(unit.name for unit in units)}", workplace, units, None)
        self._trio(f"Trioen for ledelsen på {workplace.name}", workplace, [workplace], head, others=teams)

    def _trio(
        self, name: str, workplace: Unit, units: list[Unit], head: Person | None, *, others: Sequence[Unit] = ()
    ) -> None:
        rng = self.rng
        self.group(name, workplace, units)
        pool = [person for unit in (*units, *others) for person in self.staff[unit.number] if person is not head]
        rng.shuffle(pool)
        leads_all = rng.random() < 0.4
        leader: Person | None = None
        for unit in units:
            if unit is workplace:
                continue  # led by its head already
            candidates = [person for person in pool if person in self.staff[unit.number]]
            if (leader is None or (not leads_all and len(candidates) > 4)) and len(candidates) > 1:
                leader = candidates[0]
                pool.remove(leader)
            chosen = leader or head or pool[0]
            if leader is None and chosen in pool:
                leader = chosen
                pool.remove(chosen)
            self.role(chosen, Role.Kind.LEADER, unit)
        if pool and rng.random() >= 0.02:  # a few trios have nobody elected
            amr = pool.pop()
            for unit in units:
                self.role(amr, Role.Kind.AMR, unit)
        if pool and rng.random() >= 0.05:
            tr = pool.pop()
            for unit in units:
                self.role(tr, Role.Kind.TR, unit)

    def _municipal_people(self) -> None:
        """HR, Kommunale Ejendomme, the DPO and KommuneMED's næstforperson take the places of ordinary employees."""
        for key, kind in (("hr", Role.Kind.HR), ("dpo", Role.Kind.DPO)):
            self._cast_as(self._somebody_in("HR og Personale", "Økonomi, HR & Borgerservice"), key, kind)
        second = self._somebody_in("HR og Personale", "Økonomi, HR & Borgerservice")
        second.name = "Kaj Østerby"
        self.role(second, Role.Kind.HR)
        self._cast_as(self._somebody_in("Kommunale Ejendomme", "HR og Personale"), "property", Role.Kind.PROPERTY)
        self._cast_as(self._somebody_in("Skole & Ungdom", "Sundhed & Ældre"), "med_municipality")

    def _is_free(self, person: Person) -> bool:
        return id(person) not in self.holders and not (person.number or "").startswith("D-")

    def _somebody_in(self, *places: str) -> Person:
        """The first without a role who works in or below one of the places; anybody if there is nobody left there."""
        for place in (*places, "Lindevig Kommune"):
            for unit in self.units:
                above: Unit | None = unit
                while above is not None and above.name != place:
                    above = above.parent
                if above is not None:
                    for person in self.staff[unit.number]:
                        if self._is_free(person):
                            return person
        raise ValueError("Kommunen er for lille til alle rollerne.")

    def _cast_as(self, person: Person, key: str, kind: str | None = None) -> None:
        member = next(member for member in CAST if member.key == key)
        person.name, person.number, person.language, person.mobile = member.name, member.number, "da", ""
        person.email = self.names.address(member.name)
        self.employment_of[id(person)].title = member.title
        self.employment_of[id(person)].leave = ""
        self.employment_of[id(person)].starts = date(2019, 8, 1)
        self.cast[key] = person
        if kind:
            self.role(person, kind)

    def _second_jobs(self) -> None:
        """Three in a hundred have a second, smaller job elsewhere. They are invited once, where they work most."""
        teams = [unit for unit in self.units if unit.level.kind == "team"]
        for person in self.rng.sample(self.people, len(self.people) * 3 // 100):
            first = self.employment_of[id(person)]
            unit = self.rng.choice(teams)
            if unit is not first.unit:
                self.employments.append(
                    Employment(
                        number=f"{first.number}-2",
                        person=person,
                        unit=unit,
                        title="Vikar",
                        hours=6,
                        starts=date(2024, 9, 1),
                    )
                )

    def _committees(self, root: Unit) -> None:
        """One on each level of MED; a staff meeting where everybody works directly in the workplace."""
        below: dict[int, list[Person]] = {}
        for unit in self.units:
            above: Unit | None = unit
            while above is not None:
                below.setdefault(id(above), []).extend(self.staff[unit.number])
                above = above.parent
        has_teams = {id(unit.parent) for unit in self.units if unit.parent is not None}
        for unit in self.units:
            if unit.level.kind == "team":
                continue
            meeting = unit.level.kind == "workplace" and id(unit) not in has_teams
            name = unit.level.committee_name + ("" if unit is root else f" {unit.name.removeprefix('Plejehjemmet ')}")
            committee = Committee(uuid=self._uuid(), unit=unit, name=name[:160], is_staff_meeting=meeting)
            self.committees.append(committee)
            self.role(self.heads[unit.number], Role.Kind.MED_CHAIR, committee)
            if not meeting:
                self._members(committee, unit, below[id(unit)], self.heads[unit.number])

    def _members(self, committee: Committee, unit: Unit, staff: list[Person], chair: Person) -> None:
        vices = {"Lindevig Kommune": "med_municipality", "Plejehjemmet Birkehøj": "med_workplace"}
        size = {"municipality": 9, "department": 7}.get(unit.level.kind, min(5, max(1, len(staff) // 8)))
        drawn = [person for person in self.rng.sample(staff, min(size + 2, len(staff))) if person is not chair]
        drawn = [person for person in drawn if not (person.number or "").startswith("D-")][:size]
        vice = self.cast[vices[unit.name]] if unit.name in vices else (drawn.pop() if drawn else None)
        if vice is not None:
            self.role(vice, Role.Kind.MED_VICE, committee)
        for person in drawn:
            self.role(person, Role.Kind.MED_MEMBER, committee)


def write(town: Municipality, say: Say) -> None:
    """Put the town into the database. Inside the caller's transaction."""
    say(f"Skriver {len(town.units)} enheder og {len(town.people)} ansatte …")
    for kind in ("municipality", "department", "workplace", "team"):
        _create(Unit, [unit for unit in town.units if unit.level.kind == kind])
    _create(WorkEnvironmentGroup, town.groups)
    for unit, group in town.covered:
        unit.work_environment_group = group
    Unit.objects.bulk_update([unit for unit, _ in town.covered], ["work_environment_group"], batch_size=500)
    _create(Building, town.buildings)
    _create(Room, town.rooms)
    _create(Unit.buildings.through, [Unit.buildings.through(unit=u, building=b) for u, b in town.located])
    _create(Person, town.people)
    _create(Employment, town.employments)
    _create(Committee, town.committees)
    _create(Role, town.roles)


def _create(model: type[Model], rows: Sequence[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=BATCH)


def municipality_make(*, employees: int, seed: int, say: Say) -> Municipality:
    """Draw and write the town. Returns it, for the seeding of what happened earlier."""
    town = Municipality(employees, seed)
    for kind, name, plural, committee in LEVELS:
        town.levels[kind] = Level.objects.update_or_create(
            kind=kind, defaults={"name": name, "name_plural": plural, "committee_name": committee}
        )[0]
    town.build()
    write(town, say)
    return town
