"""One small factory per model, and the town in which all tests happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count

from organisation.models import (
    Building,
    Campaign,
    Committee,
    Employment,
    Level,
    Milestone,
    Person,
    Role,
    Room,
    Unit,
    WorkEnvironmentGroup,
)

LONG_AGO = date(2020, 1, 1)
_serial = count(1)


def make_person(name: str = "", *, email: str | None = "", mobile: str = "", language: str = "da") -> Person:
    """A person with a work e-mail, unless `email` is None."""
    number = next(_serial)
    name = name or f"Medarbejder {number}"
    if email == "":
        email = f"p{number}@lindevig.example"
    return Person.objects.create_user(name=name, email=email, mobile=mobile, language=language, number=f"M{number:05}")


def make_employment(person: Person, unit: Unit, *, starts: date = LONG_AGO, **fields: object) -> Employment:
    return Employment.objects.create(
        number=f"A{next(_serial):05}", person=person, unit=unit, starts=starts, title="Medarbejder", **fields
    )


def make_role(
    person: Person,
    kind: str,
    scope: Unit | Committee | None = None,
    *,
    starts: date = LONG_AGO,
    ends: date | None = None,
) -> Role:
    return Role.objects.create(
        person=person,
        kind=kind,
        unit=scope if isinstance(scope, Unit) else None,
        committee=scope if isinstance(scope, Committee) else None,
        starts=starts,
        ends=ends,
    )


def make_unit(name: str, level: str, parent: Unit | None = None, *, group: WorkEnvironmentGroup | None = None) -> Unit:
    return Unit.objects.create(
        number=f"E{next(_serial):05}",
        name=name,
        level=Level.objects.get(kind=level),
        parent=parent,
        work_environment_group=group,
        starts=LONG_AGO,
    )


def make_group(name: str, workplace: Unit, units: list[Unit]) -> WorkEnvironmentGroup:
    group = WorkEnvironmentGroup.objects.create(name=name, workplace=workplace)
    for unit in units:
        unit.work_environment_group = group
        unit.save(update_fields=["work_environment_group"])
    return group


def make_levels() -> None:
    for kind, name, plural, committee in [
        ("municipality", "Kommune", "Kommunen", "KommuneMED"),
        ("department", "Afdeling", "Afdelinger", "AfdelingsMED"),
        ("workplace", "Arbejdsplads", "Arbejdspladser", "ArbejdspladsMED"),
        ("team", "Enhed", "Enheder", ""),
    ]:
        Level.objects.create(kind=kind, name=name, name_plural=plural, committee_name=committee)


@dataclass
class Town:
    """A municipality of two afdelinger, two arbejdspladser and five enheder, and the people in it.

    Kommunen › Sundhed & Ældre › Plejehjemmet Birkehøj › Afsnit Nord (12), Afsnit Syd (9), Køkkenet (3)
    Kommunen › Børn & Familie  › Skovskolen            › Indskolingen (8), Udskolingen (7)
    """

    unit: dict[str, Unit] = field(default_factory=dict)
    group: dict[str, WorkEnvironmentGroup] = field(default_factory=dict)
    committee: dict[str, Committee] = field(default_factory=dict)
    person: dict[str, Person] = field(default_factory=dict)
    staff: dict[str, list[Person]] = field(default_factory=dict)
    building: Building | None = None

    def people(self) -> list[Person]:
        """Everybody, each once."""
        everybody = [*self.person.values(), *(person for staff in self.staff.values() for person in staff)]
        return list({person.pk: person for person in everybody}.values())

    def reload(self) -> None:
        """Find everything again by what the municipality calls it: the rows were imported anew."""
        people = {person.number: person for person in Person.objects.exclude(number=None)}
        self.person = {key: people[person.number] for key, person in self.person.items()}
        self.staff = {key: [people[person.number] for person in staff] for key, staff in self.staff.items()}
        self.unit = {key: Unit.objects.get(number=unit.number) for key, unit in self.unit.items()}
        self.group = {key: WorkEnvironmentGroup.objects.get(name=group.name) for key, group in self.group.items()}
        self.committee = {key: Committee.objects.get(unit=self.unit[key]) for key in self.committee}


STAFF = {"nord": 12, "syd": 9, "koekken": 3, "ind": 8, "ud": 7}


def make_town() -> Town:
    make_levels()
    town = Town()
    unit, person = town.unit, town.person
    unit["kommune"] = make_unit("Lindevig Kommune", "municipality")
    unit["sundhed"] = make_unit("Sundhed & Ældre", "department", unit["kommune"])
    unit["boern"] = make_unit("Børn & Familie", "department", unit["kommune"])
    unit["birkehoej"] = make_unit("Plejehjemmet Birkehøj", "workplace", unit["sundhed"])
    unit["skole"] = make_unit("Skovskolen", "workplace", unit["boern"])
    for key, name, parent in [
        ("nord", "Afsnit Nord", "birkehoej"),
        ("syd", "Afsnit Syd", "birkehoej"),
        ("koekken", "Køkkenet", "birkehoej"),
        ("ind", "Indskolingen", "skole"),
        ("ud", "Udskolingen", "skole"),
    ]:
        unit[key] = make_unit(name, "team", unit[parent])
    town.group = {
        "nord": make_group("Trioen i Afsnit Nord", unit["birkehoej"], [unit["nord"]]),
        "syd": make_group("Trioen i Afsnit Syd og Køkkenet", unit["birkehoej"], [unit["syd"], unit["koekken"]]),
        "skole": make_group("Trioen på Skovskolen", unit["skole"], [unit["skole"], unit["ind"], unit["ud"]]),
    }
    for key, name in [
        ("kommune", "KommuneMED"),
        ("sundhed", "AfdelingsMED Sundhed & Ældre"),
        ("boern", "AfdelingsMED Børn & Familie"),
        ("birkehoej", "ArbejdspladsMED Birkehøj"),
        ("skole", "ArbejdspladsMED Skovskolen"),
    ]:
        town.committee[key] = Committee.objects.create(unit=unit[key], name=name)
    for key, size in STAFF.items():
        town.staff[key] = [make_person(f"{unit[key].name} {n}") for n in range(1, size + 1)]
        for member in town.staff[key]:
            make_employment(member, unit[key])

    def cast(key: str, name: str, kind: str, scope: Unit | Committee | None, *, at: str) -> None:
        person[key] = make_person(name, email=f"{key}@lindevig.example")
        make_employment(person[key], unit[at])
        make_role(person[key], kind, scope)

    person["employee"] = town.staff["nord"][0]
    cast("leader", "Karen Toft", "leader", unit["nord"], at="nord")
    cast("amr", "Jonas Brink", "amr", unit["nord"], at="nord")
    cast("tr", "Signe Lund", "tr", unit["nord"], at="nord")
    cast("leader_syd", "Mogens Vad", "leader", unit["syd"], at="syd")
    cast("amr_syd", "Lone Krag", "amr", unit["syd"], at="syd")
    make_role(person["leader_syd"], "leader", unit["koekken"])
    cast("leader_school", "Birgit Holm", "leader", unit["ind"], at="ind")
    cast("amr_school", "Palle Ring", "amr", unit["ind"], at="ind")
    cast("head", "Torben Friis", "leader", unit["birkehoej"], at="birkehoej")
    make_role(person["head"], "med_chair", town.committee["birkehoej"])
    cast("med_workplace", "Anni Skov", "med_vice", town.committee["birkehoej"], at="syd")
    cast("med_department", "Hanne Dal", "med_chair", town.committee["sundhed"], at="sundhed")
    cast("med_other_department", "Erik Bonde", "med_chair", town.committee["boern"], at="boern")
    cast("med_municipality", "Ebbe Rosager", "med_vice", town.committee["kommune"], at="kommune")
    cast("hr", "Mette Aagaard", "hr", None, at="kommune")
    cast("hr_2", "Kaj Østerby", "hr", None, at="kommune")
    cast("property", "Per Grave", "property", None, at="kommune")
    cast("dpo", "Ulla Bech", "dpo", None, at="kommune")
    person["former_leader"] = make_person("Finn Gammel", email="former_leader@lindevig.example")
    make_employment(person["former_leader"], unit["nord"], ends=date(2025, 12, 31))
    make_role(person["former_leader"], "leader", unit["nord"], starts=date(2015, 1, 1), ends=date(2019, 12, 31))
    town.building = Building.objects.create(number="B1", name="Birkehøj", address="Birkevej 1")
    Room.objects.create(building=town.building, name="Personalerum")
    for key in ("birkehoej", "nord", "syd", "koekken"):
        unit[key].buildings.add(town.building)
    return town


def make_campaign() -> Campaign:
    """The campaign of 2026 with the milestones that jobs look at."""
    campaign = Campaign.objects.create(name="Trivselsmåling og APV 2026", year=2026)
    for key, title, starts, ends in [
        ("med_day", "Store MED-dag", date(2026, 3, 18), None),
        ("freeze", "Organisationen fryses", date(2026, 4, 1), None),
        ("survey", "Spørgeskemaet er åbent", date(2026, 4, 8), date(2026, 4, 22)),
        ("reminder_1", "Første påmindelse", date(2026, 4, 13), None),
        ("reminder_2", "Anden påmindelse", date(2026, 4, 20), None),
        ("reports", "Rapporterne frigives", date(2026, 5, 5), None),
        ("dialogues", "Trivselsdialoger", date(2026, 5, 11), date(2026, 6, 30)),
        ("plan_deadline", "Frist for handleplaner", date(2026, 6, 30), None),
        ("evaluation", "Evaluering i MED", date(2026, 8, 1), date(2026, 9, 30)),
    ]:
        Milestone.objects.create(campaign=campaign, key=key, title=title, starts=starts, ends=ends)
    return campaign
