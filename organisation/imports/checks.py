"""Tables to typed rows: every cell checked by itself. How rows fit together is `structure`'s matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from organisation.imports import cells
from organisation.imports.problems import problem
from organisation.imports.rows import (
    CPR,
    FORMULA,
    MERGED,
    BuildingRow,
    CommitteeRow,
    EmploymentRow,
    Organisation,
    PersonRow,
    Place,
    RoleRow,
    Table,
    UnitRow,
)
from organisation.imports.sheets import SHEET_BY_KEY, Column, Sheet, heading_key

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_P_NUMBER = re.compile(r"\d{10}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")

LEVEL_WORDS = {
    "municipality": "municipality", "kommune": "municipality", "kommunen": "municipality",
    "department": "department", "afdeling": "department", "forvaltning": "department",
    "area": "area", "område": "area",
    "workplace": "workplace", "arbejdsplads": "workplace",
    "team": "team", "enhed": "team", "unit": "team",
}  # fmt: skip
ROLE_WORDS = {
    "leader": "leader", "leder": "leader",
    "amr": "amr", "arbejdsmiljørepræsentant": "amr", "arbejdsmiljørepræsentantamr": "amr",
    "tr": "tr", "tillidsrepræsentant": "tr", "tillidsrepræsentanttr": "tr",
    "facilitator": "facilitator",
    "medchair": "med_chair", "forperson": "med_chair", "formand": "med_chair",
    "medvice": "med_vice", "næstforperson": "med_vice", "næstformand": "med_vice",
    "med": "med_member", "medmember": "med_member", "medmedlem": "med_member",
}  # fmt: skip
BY_HAND_WORDS = frozenset(("hr", "property", "kommunaleejendomme", "dpo", "databeskyttelsesrådgiver"))
COMMITTEE_KINDS = frozenset(("med_chair", "med_vice", "med_member"))
LEAVE_WORDS = {
    "": "", "iarbejde": "", "nej": "", "none": "", "0": "",
    "parental": "parental", "barsel": "parental", "barselsorlov": "parental", "forældreorlov": "parental",
    "leave": "leave", "orlov": "leave", "tjenestefri": "leave",
    "sick": "sick", "syg": "sick", "langtidssyg": "sick", "sygdom": "sick", "sygemeldt": "sick",
}  # fmt: skip

_MARKS = {CPR: "cpr", FORMULA: "formula", MERGED: "merged"}


def organisation_of(tables: list[Table], levels: dict[str, str]) -> Organisation:
    """The rows of all tables with what is wrong in single cells. `levels`: this municipality's own level names."""
    found = Organisation()
    level_words = LEVEL_WORDS | {heading_key(name): kind for name, kind in levels.items()}
    for table in tables:
        if not table.kind:
            found.unused.append((table.sheet or table.file, ""))
            continue
        _read_table(found, table, SHEET_BY_KEY[table.kind], level_words)
    return found


def _positions(found: Organisation, table: Table, sheet: Sheet) -> dict[str, int] | None:
    """column key -> place. None when a column that must be there is missing."""
    place = Place(table.file, table.sheet, table.first_row)
    positions: dict[str, int] = {}
    sound = True
    for at, heading in enumerate(table.headings):
        key = sheet.column_of(heading) if heading else None
        if key is None:
            if heading:
                found.unused.append((table.sheet or table.file, heading))
        elif key in positions:
            found.problems.append(
                problem(place, heading, heading, "same_heading", blocks=True, other=sheet.column(key).danish)
            )
            sound = False
        else:
            positions[key] = at
    for column in sheet.columns:
        if column.required and column.key not in positions:
            found.problems.append(problem(place, column.danish, "", "no_column", blocks=True, other=column.danish))
            sound = False
    return positions if sound else None


def _read_table(found: Organisation, table: Table, sheet: Sheet, levels: dict[str, str]) -> None:
    rows: list[Any] = []
    setattr(found, sheet.key, rows)
    positions = _positions(found, table, sheet)
    if positions is None:
        setattr(found, sheet.key, None)
        return
    found.roles_complete = found.roles_complete or (sheet.key == "roles" and not table.partial)
    columns = [(sheet.column(key), at, _checker(sheet.column(key), levels)) for key, at in positions.items()]
    make = _MAKERS[sheet.key]
    blocks = sheet.key == "units"
    width = len(table.headings)
    shown = [table.shown.get(heading, heading) for heading in table.headings]
    for number, texts in table.rows:
        place = Place(table.file, table.sheet, number)
        wrong = False
        values: dict[str, Any] = {}
        length = len(texts)
        for mark, code in _MARKS.items():
            if mark in texts:
                wrong = True
                for at, text in enumerate(texts):
                    if text == mark:
                        heading = shown[at] if at < width else ""
                        found.problems.append(problem(place, heading, text, code, blocks=blocks))
        for column, at, check in columns:
            text = texts[at] if at < length else ""
            if text.startswith("\x00"):
                values[column.key] = ""
                continue
            value, code = check(text)
            if code:
                wrong = True
                found.problems.append(problem(place, shown[at], text, code, blocks=blocks))
            values[column.key] = value
        if length > width and not texts[-1].startswith("\x00"):
            wrong = True
            found.problems.append(problem(place, "", texts[-1], "outside", blocks=blocks))
        if sheet.key == "roles" and not wrong:
            code = _role_scope(values)
            if code:
                wrong = True
                key = "committee" if code == "role_committee" else "unit"
                found.problems.append(problem(place, sheet.column(key).danish, "", code))
        if wrong:
            hold(found, sheet.key, values)
        else:
            rows.append(make(place, values))


def hold(found: Organisation, sheet: str, values: dict[str, Any]) -> None:
    """Remember what a refused row was about, so that missing it ends nothing."""
    if sheet == "roles":
        # Whose role it was may be known, or only where: hold the narrowest that is.
        person, kind = values.get("person"), values.get("kind")
        scope = values.get("committee") or values.get("unit")
        if person and kind and scope:
            found.held_role_parts.add(f"{person}|{kind}|{scope}")
        elif person or scope:
            found.held_role_parts.add(f"person:{person}" if person else f"scope:{scope}")
    elif sheet == "employments":
        if values.get("number"):
            found.held["employments"].add(values["number"])
        elif values.get("person"):
            found.held["employments"].add("person:" + values["person"])
        if values.get("person"):
            found.held_role_parts.add("employment:" + values["person"])
    elif sheet == "committees":
        found.held["committees"].add(values.get("unit") or "")
    elif values.get("number"):
        found.held[sheet].add(values["number"])
    elif sheet == "units" and values.get("name"):
        found.held["units"].add("name:" + values["name"])


Check = Callable[[str], tuple[Any, str]]


def _checker(column: Column, levels: dict[str, str]) -> Check:
    """What a cell of this column becomes, and the code of what is wrong with it (empty: nothing)."""
    special = _SPECIAL.get(column.key) if column.kind == "text" else None
    if column.key == "level":
        return lambda text: (
            levels.get(heading_key(text), ""),
            "" if not text or heading_key(text) in levels else "level",
        )
    if special:
        return special
    kind, required, longest = column.kind, column.required, column.longest

    def check(text: str) -> tuple[Any, str]:
        if not text:
            if required:
                return "", "missing"
            return ([] if kind == "list" else None if kind == "yes" else ""), ""
        if kind == "date":
            when = cells.iso_date(text)
            return (when, "") if when is not None else ("", "date")
        if kind == "list":
            return [part.strip() for part in text.split(";" if ";" in text else ",") if part.strip()], ""
        if kind == "yes":
            yes = cells.yes_of(text)
            return yes, "" if yes is not None else "yes"
        if kind == "number":
            hours = cells.hours_of(text)
            return (str(hours), "") if hours is not None else ("", "hours")
        if kind == "email":
            return (text.lower(), "") if _EMAIL.fullmatch(text) else ("", "email")
        if kind == "pnumber":
            if cells.is_scientific(text):
                return "", "scientific"
            return (text, "") if _P_NUMBER.fullmatch(text) else ("", "p_number")
        if kind == "id" and ("e" in text or "E" in text) and cells.is_scientific(text):
            return "", "scientific"
        if longest and len(text) > longest:
            return text, "too_long"
        return text, ""

    return check


def _mobile(text: str) -> tuple[str, str]:
    if cells.is_scientific(text):
        return "", "scientific"
    return (text, "") if len(text) <= 20 else ("", "too_long")


def _language(text: str) -> tuple[str, str]:
    word = text.lower() or "da"
    return (word, "") if _LANGUAGE.fullmatch(word) else ("", "language")


def _leave(text: str) -> tuple[str, str]:
    code = LEAVE_WORDS.get(heading_key(text) if text else "")
    return (code, "") if code is not None else ("", "leave")


def _role(text: str) -> tuple[str, str]:
    word = heading_key(text)
    if not word:
        return "", "missing"
    if word in BY_HAND_WORDS:
        return "", "role_by_hand"
    return ROLE_WORDS.get(word, ""), "" if word in ROLE_WORDS else "role"


_SPECIAL: dict[str, Check] = {"mobile": _mobile, "language": _language, "leave": _leave, "kind": _role}


def _role_scope(values: dict[str, Any]) -> str:
    if values["kind"] in COMMITTEE_KINDS:
        return "" if values.get("committee") else "role_committee"
    return "" if values.get("unit") else "role_unit"


def _unit(place: Place, v: dict[str, Any]) -> UnitRow:
    return UnitRow(
        place, v["number"], v.get("parent", ""), v["name"], v.get("level", ""), v.get("p_number"), v.get("trio"),
        v.get("buildings"), v.get("valid_from", ""), v.get("valid_to"),
    )  # fmt: skip


def _person(place: Place, v: dict[str, Any]) -> PersonRow:
    return PersonRow(place, v["number"], v["name"], v.get("email"), v.get("mobile"), v.get("language"))


def _employment(place: Place, v: dict[str, Any]) -> EmploymentRow:
    return EmploymentRow(
        place, v["number"], v["person"], v["unit"], v.get("title"), bool(v.get("is_leader")), v.get("hours"),
        v["starts"], v.get("ends"), v.get("leave"),
    )  # fmt: skip


def _role_row(place: Place, v: dict[str, Any]) -> RoleRow:
    scope = v["committee"] if v["kind"] in COMMITTEE_KINDS else v["unit"]
    return RoleRow(place, v["person"], v["kind"], scope, v.get("starts", ""), v.get("ends"))


def _committee(place: Place, v: dict[str, Any]) -> CommitteeRow:
    return CommitteeRow(place, v["unit"], v["name"], bool(v["is_staff_meeting"]) if "is_staff_meeting" in v else None)


def _building(place: Place, v: dict[str, Any]) -> BuildingRow:
    return BuildingRow(place, v["number"], v["name"], v.get("address"), v.get("rooms"))


_MAKERS: dict[str, Callable[[Place, dict[str, Any]], Any]] = {
    "units": _unit,
    "persons": _person,
    "employments": _employment,
    "roles": _role_row,
    "committees": _committee,
    "buildings": _building,
}
