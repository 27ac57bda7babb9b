"""The organisation as a workbook that imports again unchanged; and the template, which is the same with examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from organisation.imports.holders import IMPORTED_KINDS
from organisation.imports.sheets import SHEETS
from organisation.imports.standing import Standing, standing
from organisation.models import Role

LEAVE = {"": "", "parental": "barsel", "leave": "orlov", "sick": "langtidssyg"}
ROLE = {
    "leader": "leder", "amr": "AMR", "tr": "TR", "facilitator": "facilitator",
    "med_chair": "forperson", "med_vice": "næstforperson", "med_member": "MED-medlem",
}  # fmt: skip
LEVEL = {
    "municipality": "Kommune",
    "department": "Afdeling",
    "area": "Område",
    "workplace": "Arbejdsplads",
    "team": "Enhed",
}
COMMITTEE_ROLES = frozenset(str(kind) for kind in Role.COMMITTEE_KINDS)

Rows = Iterable[Sequence[Any]]


def export_workbook(path: str | Path | IO[bytes]) -> dict[str, int]:
    """Write the organisation of today to an .xlsx file. Returns rows per sheet. Made with two jobs in mind: a copy
    to correct and send back, and a test file of a whole municipality."""
    now = standing()
    content = {
        "units": _units(now),
        "persons": _persons(now),
        "employments": _employments(now),
        "roles": _roles(now),
        "committees": _committees(now),
        "buildings": _buildings(now),
    }
    return write_workbook(path, content)


def template_workbook() -> bytes:
    """The template: every sheet with its headings, some rows that show how, and a sheet that explains each column."""
    out = BytesIO()
    write_workbook(out, EXAMPLE, guide=True)
    return out.getvalue()


def write_workbook(path: str | Path | IO[bytes], content: dict[str, Rows], *, guide: bool = False) -> dict[str, int]:
    """Sheets of text and real dates, with frozen headings. Numbers are text, so that zeros in front stay."""
    target: Any = path if hasattr(path, "write") else str(path)
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    counts = {}
    if guide:
        _guide(book, head, wrap)
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.danish)
        page.freeze_panes(1, 0)
        for column, described in enumerate(sheet.columns):
            page.set_column(column, column, max(12, len(described.danish) + 4))
            page.write_string(0, column, described.danish, head)
        number = 0
        for number, row in enumerate(content.get(sheet.key, ()), start=1):
            for column, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    page.write_string(number, column, value)
                else:
                    page.write_number(number, column, value)
        counts[sheet.key] = number
    book.close()
    return counts


def _guide(book: Any, head: Any, wrap: Any) -> None:
    page = book.add_worksheet("vejledning")
    page.set_column(0, 1, 22)
    page.set_column(2, 2, 12)
    page.set_column(3, 3, 90)
    for column, title in enumerate(("ark", "kolonne", "skal udfyldes", "hvad der skal stå")):
        page.write_string(0, column, title, head)
    row = 1
    for sheet in SHEETS:
        page.write_string(row, 0, sheet.danish, head)
        page.write_string(row, 3, str(sheet.help), wrap)
        row += 1
        for described in sheet.columns:
            page.write_string(row, 0, sheet.danish)
            page.write_string(row, 1, described.danish)
            page.write_string(row, 2, "ja" if described.required else "")
            page.write_string(row, 3, str(described.help), wrap)
            row += 1


def _list(names: list[str]) -> str:
    """Names in one cell. The semicolon at the end says that a comma belongs to a name."""
    return "; ".join(names) + (";" if any("," in name for name in names) else "")


def _units(now: Standing) -> Rows:
    names = {kind: name for name, kind in now.levels.items()}
    for u in now.units.values():
        if now.counts(u):
            level = names.get(u.level, LEVEL[u.level])
            yield u.number, u.parent, u.name, level, u.p_number, u.trio, _list(u.buildings), u.starts, u.ends


def _persons(now: Standing) -> Rows:
    """Those with an employment or a role; whoever has left stays in the history only."""
    here = {e.person for e in now.employments.values() if now.counts(e)}
    here |= {r.person for r in now.roles if now.counts(r)}
    for p in now.persons.values():
        if p.number in here:
            yield p.number, p.name, p.email, p.mobile, p.language


def _employments(now: Standing) -> Rows:
    for e in now.employments.values():
        if now.counts(e) and e.person:
            yield e.number, e.person, e.unit, e.title, "", float(e.hours), e.starts, e.ends, LEAVE[e.leave]


def _roles(now: Standing) -> Rows:
    for r in now.roles:
        if now.counts(r) and r.kind in IMPORTED_KINDS and r.person in now.persons:
            unit, committee = ("", r.scope) if r.kind in COMMITTEE_ROLES else (r.scope, "")
            yield r.person, ROLE[r.kind], unit, committee, r.starts, r.ends


def _committees(now: Standing) -> Rows:
    for c in now.committees.values():
        if now.counts(now.units[c.unit]):
            yield c.unit, c.name, "ja" if c.is_staff_meeting else "nej"


def _buildings(now: Standing) -> Rows:
    for b in now.buildings.values():
        yield b.number, b.name, b.address, _list(b.rooms)


_DAY = date(2026, 1, 1)
EXAMPLE: dict[str, Rows] = {
    "units": [
        ("1", "", "Lindevig Kommune", "Kommune", "", "", "", _DAY, None),
        ("10", "1", "Sundhed og Ældre", "Afdeling", "", "", "", _DAY, None),
        ("100", "10", "Plejehjemmet Birkehøj", "Arbejdsplads", "1003000000", "Trioen for ledelsen", "B1", _DAY, None),
        ("101", "100", "Afsnit Nord", "Enhed", "", "Trioen i Afsnit Nord", "B1", _DAY, None),
    ],
    "persons": [
        ("M1001", "Karen Eksempel", "karen@kommune.example", "", "da"),
        ("M1002", "Jonas Eksempel", "", "00 00 12 34", "da"),
        ("M1003", "Signe Eksempel", "signe@kommune.example", "", "en"),
    ],
    "employments": [
        ("A1001", "M1001", "101", "Afdelingsleder", "ja", 37, date(2019, 8, 1), None, ""),
        ("A1002", "M1002", "101", "Social- og sundhedshjælper", "", 32.5, date(2021, 3, 1), None, ""),
        ("A1003", "M1003", "101", "Sygeplejerske", "", 37, date(2023, 1, 1), date(2026, 12, 31), "barsel"),
    ],
    "roles": [
        ("M1001", "leder", "101", "", date(2019, 8, 1), None),
        ("M1002", "AMR", "101", "", date(2024, 1, 1), None),
        ("M1001", "forperson", "", "100", date(2024, 1, 1), None),
    ],
    "committees": [("100", "ArbejdspladsMED Birkehøj", "nej")],
    "buildings": [("B1", "Birkehøj, hovedhuset", "Birkevej 1, Lindevig", "Personalerum, Køkken")],
}
