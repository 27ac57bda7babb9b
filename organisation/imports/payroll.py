# ruff: noqa: E501  (one column a line)
"""A payroll extract (SD-Løn, KMD OPUS): one row per employment with the organisation's path in columns.

HR says once which column is what; the same headings are known the next time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation import clock
from organisation.imports.rows import CPR, Table
from organisation.imports.sheets import heading_key
from organisation.models import ColumnMapping, Person, Unit

FULL_TIME = Decimal(37)


@dataclass(frozen=True)
class Target:
    """What a column of the extract can be, and the headings that payroll systems usually give it."""

    key: str
    label: str | Promise
    usual: tuple[str, ...]
    required: bool = False
    help: str | Promise = ""


TARGETS = (
    Target("employment", _("Ansættelsens nummer"), ("tjenestenummer", "ansættelsesnummer", "ansættelsesforhold", "tjenestenr", "ansættelse"), True),
    Target("person", _("Medarbejdernummer"), ("medarbejdernummer", "medarbejdernr", "personalenummer", "personalenr", "medarbejder id"), False, _("Uden det får hver ansættelse sin egen person.")),
    Target("name", _("Navn"), ("navn", "medarbejdernavn", "fulde navn")),
    Target("given", _("Fornavn"), ("fornavn", "fornavne"), False, _("Hvis navnet står i to kolonner.")),
    Target("family", _("Efternavn"), ("efternavn",)),
    Target("email", _("Arbejdsmail"), ("e-mail", "mail", "arbejdsmail", "email", "mailadresse")),
    Target("mobile", _("Mobil"), ("mobil", "mobilnummer", "mobiltelefon")),
    Target("title", _("Stilling"), ("stilling", "stillingsbetegnelse", "stillingstekst", "stillingskode tekst")),
    Target("hours", _("Timer om ugen"), ("timer", "ugetimer", "timer pr uge", "ugentligt timetal", "arbejdstid")),
    Target("fraction", _("Beskæftigelsesgrad"), ("beskæftigelsesdecimal", "beskæftigelsesgrad", "besk grad", "brøk"), False, _("Som 0,8649 eller 86,49: regnes om til timer af 37.")),
    Target("starts", _("Ansat fra"), ("ansættelsesdato", "ansat fra", "startdato", "tiltrædelsesdato", "fra"), True),
    Target("ends", _("Ansat til"), ("fratrædelsesdato", "ansat til", "slutdato", "fratrådt", "til")),
    Target("leave", _("Fravær"), ("fravær", "orlov", "fraværskode", "orlovskode")),
    Target("is_leader", _("Er leder"), ("leder", "er leder", "ledermarkering", "chef")),
    Target("department", _("Afdeling (øverste niveau under kommunen)"), ("forvaltning", "direktørområde", "niveau 1", "organisation niveau 1"), True),
    Target("area", _("Område"), ("område", "center", "niveau 2", "organisation niveau 2")),
    Target("workplace", _("Arbejdsplads"), ("arbejdsplads", "institution", "institutionsnavn", "niveau 3", "organisation niveau 3"), True),
    Target("team", _("Enhed"), ("afdeling", "afdelingsnavn", "enhed", "team", "niveau 4", "organisation niveau 4")),
    Target("unit", _("Nummer på den nederste enhed"), ("afdelingskode", "enhedsnummer", "orgenhed", "organisationsenhed", "enhedskode"), False, _("Med et nummer kan en enhed skifte navn uden at blive en ny.")),
)  # fmt: skip
LEVELS = ("department", "area", "workplace", "team")


def signature(headings: list[str]) -> str:
    """Of the headings, in any order: the same system sends the same ones."""
    return hashlib.sha256("|".join(sorted(heading_key(heading) for heading in headings)).encode()).hexdigest()


def remembered(headings: list[str]) -> dict[str, str] | None:
    """The columns that HR chose for these headings before, or None."""
    known = ColumnMapping.objects.filter(signature=signature(headings)).first()
    return dict(known.columns) if known else None


def remember(headings: list[str], columns: dict[str, str], *, by: Person) -> None:
    """Keep HR's choice: what it is -> heading."""
    ColumnMapping.objects.update_or_create(
        signature=signature(headings),
        defaults={"columns": {k: v for k, v in columns.items() if v}, "by": by, "changed_at": clock.now()},
    )


def guessed(headings: list[str]) -> dict[str, str]:
    """The likely columns, from the headings payroll systems use: a start for HR's choice."""
    by_key = {heading_key(heading): heading for heading in headings if heading}
    found: dict[str, str] = {}
    for target in TARGETS:
        heading = next((by_key[k] for k in (heading_key(name) for name in target.usual) if k in by_key), None)
        if heading is not None and heading not in found.values():
            found[target.key] = heading
    return found


def missing(columns: dict[str, str]) -> list[Target]:
    """What must be chosen and is not. A name in one column or in two."""
    left = [target for target in TARGETS if target.required and not columns.get(target.key)]
    if not columns.get("name") and not (columns.get("given") and columns.get("family")):
        left.append(next(target for target in TARGETS if target.key == "name"))
    return left


def tables_from(flat: Table, columns: dict[str, str]) -> list[Table]:
    """The extract in the internal format. Rows keep the row number that HR sees in the extract."""
    places = {key: flat.headings.index(heading) for key, heading in columns.items() if heading in flat.headings}
    chosen = set(places.values())
    # A CPR number costs the row in columns that nobody chose, too: those columns come along as marks.
    stray = sorted({at for _row, cells in flat.rows for at, cell in enumerate(cells) if cell == CPR} - chosen)
    root_number, root_name = _root()
    units: dict[str, tuple[int, list[str]]] = {
        root_number: (flat.first_row, [root_number, "", root_name, "municipality"])
    }
    persons: dict[str, tuple[int, list[str]]] = {}
    employments: list[tuple[int, list[str]]] = []
    for row_number, cells in flat.rows:
        at_hand = {key: cells[at] if at < len(cells) else "" for key, at in places.items()}
        unit = _unit(at_hand, row_number, units, root_number)
        employment = at_hand.get("employment", "")
        person = at_hand.get("person") or employment
        parts = (
            [at_hand.get("name", "")] if at_hand.get("name") else [at_hand.get("given", ""), at_hand.get("family", "")]
        )
        name = CPR if CPR in parts else " ".join(part for part in parts if part)
        persons.setdefault(person, (row_number, [person, name, at_hand.get("email", ""), at_hand.get("mobile", "")]))
        row = [employment, person, unit, *(at_hand.get(key, "") for key in ("title", "is_leader"))]
        row += [_hours(at_hand), *(at_hand.get(key, "") for key in ("starts", "ends", "leave"))]
        row += [CPR if at < len(cells) and cells[at] == CPR else "" for at in stray]
        employments.append((row_number, row))
    shown = {"name": columns.get("name") or columns.get("given", ""), "number": columns.get("person", "")}
    shown |= {key: columns[key] for key in ("email", "mobile") if key in columns}
    stray_headings = [flat.headings[at] if at < len(flat.headings) else "" for at in stray]
    return [
        Table(flat.file, flat.sheet, ["number", "parent", "name", "level"], list(units.values()), "units"),
        Table(
            flat.file, flat.sheet, ["number", "name", "email", "mobile"], list(persons.values()), "persons", shown=shown
        ),
        Table(
            flat.file,
            flat.sheet,
            ["number", "person", "unit", "title", "is_leader", "hours", "starts", "ends", "leave"]
            + [f"kolonne {at + 1}" for at in stray],
            employments,
            "employments",
            shown={
                "number": columns.get("employment", ""),
                **{
                    key: columns[key]
                    for key in ("person", "title", "hours", "starts", "ends", "leave")
                    if key in columns
                },
                **{f"kolonne {at + 1}": heading for at, heading in zip(stray, stray_headings, strict=True)},
            },
        ),
    ]


def _root() -> tuple[str, str]:
    root = Unit.objects.filter(parent=None, ends=None).values_list("number", "name").first()
    return root or ("kommune", settings.MUNICIPALITY["name"] or "Kommunen")


def _unit(cells: dict[str, str], row_number: int, units: dict[str, tuple[int, list[str]]], root: str) -> str:
    """The number of the row's unit; units of its path that are new are added above it.

    A level without its own number is known by its path: renamed in the payroll system, it is a new unit.
    """
    path: list[str] = []
    parent = root
    filled = [level for level in LEVELS if cells.get(level)]
    for level in filled:
        name = cells[level]
        if path and name == path[-1]:
            continue  # some systems repeat the lowest name down to the last column
        path.append(name)
        lowest = level == filled[-1]
        number = cells["unit"] if lowest and cells.get("unit") else _path_number(path)
        units.setdefault(number, (row_number, [number, parent, name, level]))
        parent = number
    return parent


def _path_number(path: list[str]) -> str:
    return "sti-" + hashlib.sha256("›".join(heading_key(name) for name in path).encode()).hexdigest()[:16]


def _hours(cells: dict[str, str]) -> str:
    if cells.get("hours"):
        return cells["hours"]
    text = cells.get("fraction", "")
    if not text:
        return ""
    try:
        fraction = Decimal(text.replace(",", ".").rstrip("%").strip())
    except InvalidOperation:
        return text
    return str((fraction / 100 if fraction > Decimal("1.5") else fraction) * FULL_TIME)
