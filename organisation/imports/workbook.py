"""One Excel workbook to rows: refuses what is unsafe to open, and finds formulas and merged cells."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from organisation.imports.refusal import FileRefused

INFLATED_LIMIT = 300 * 1024 * 1024
MEMBER_LIMIT = 400
CELL_LIMIT = 20_000_000  # the rectangle around the cells in use: that is what a reader sets memory aside for
CHUNK = 1 << 20
OVERLAP = 4096

# What Python's zipfile raises for a damaged, encrypted or unknown package.
BROKEN_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*>\s*<(?:\w+:)?f\b")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")


@dataclass
class Marks:
    """What a sheet holds besides values: cells with a formula, as (row, column) from 0."""

    formulas: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class SheetRows:
    """One tab: rows as the reader gives them, from row 1 of the sheet, and what else was found."""

    name: str
    rows: Iterator[list[Any]]
    formulas: set[tuple[int, int]]
    merged: set[tuple[int, int]]


def column_number(letters: bytes) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheets_of(data: bytes) -> list[SheetRows]:
    """The visible tabs of a workbook. Raises FileRefused with what to do."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FileRefused(
                _("Projektmappen er beskyttet med adgangskode. Fjern adgangskoden i Excel, og gem den igen.")
            )
        raise FileRefused(_("Filen er i Excels gamle format (.xls). Gem den som Excel-projektmappe (.xlsx)."))
    marks = _inspected(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = []
        for meta in book.sheets_metadata:
            if str(meta.visible).endswith("Visible") and str(meta.typ).endswith("WorkSheet"):
                sheet = book.get_sheet_by_name(meta.name)
                merged = {
                    (row, column)
                    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])
                    for row in range(top, min(bottom, top + 1000) + 1)
                    for column in range(left, min(right, left + 100) + 1)
                }
                rows = iter(sheet.to_python(skip_empty_area=False)) if sheet.height else iter(())
                found.append(SheetRows(meta.name, rows, marks.get(meta.name, Marks()).formulas, merged))
        return found
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileRefused(_DAMAGED()) from error


def _DAMAGED() -> str:
    return _("Projektmappen er beskadiget og kan ikke åbnes. Åbn den i Excel, gem en kopi, og prøv med kopien.")


def _inspected(data: bytes) -> dict[str, Marks]:
    """Unpack once, in small pieces and up to a limit, before any reader does: name of tab -> formulas found."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            names = {member.filename for member in members}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise FileRefused(
                    _("Projektmappen indeholder makroer. Gem den som Excel-projektmappe uden makroer (.xlsx).")
                )
            if "xl/workbook.xml" not in names:
                raise FileRefused(_("Filen er ikke en Excel-projektmappe. Gem den som .xlsx eller som CSV."))
            if len(members) > MEMBER_LIMIT:
                raise FileRefused(_TOO_LARGE())
            tabs = _tabs(package)
            left = INFLATED_LIMIT
            marks: dict[str, Marks] = {}
            for member in members:
                seen = Marks()
                left = _scan(package, member, left, seen)
                if member.filename in tabs:
                    marks[tabs[member.filename]] = seen
            return marks
    except (*BROKEN_ZIP, OSError) as error:
        raise FileRefused(_DAMAGED()) from error


def _TOO_LARGE() -> str:
    return _("Filen fylder for meget, når den pakkes ud. Slet tomme ark, rækker og kolonner, og gem den igen.")


def inflate(package: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """The member in pieces; raises FileRefused when it is larger than `left` bytes, whatever it says of itself."""
    with package.open(member) as stream:
        while piece := stream.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise FileRefused(_TOO_LARGE())
            yield piece


def _scan(package: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, seen: Marks) -> int:
    """Unpack a member, noting formulas and the rectangle in use of a sheet. Returns what may still be unpacked."""
    is_sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
    tail = b""
    widest = tallest = 0
    for piece in inflate(package, member, left):
        left -= len(piece)
        if not is_sheet:
            continue
        window = tail + piece
        for letters, row in _CELL.findall(window):
            tallest = max(tallest, int(row))
            if len(letters) > 1:
                widest = max(widest, column_number(letters) + 1)
        if b"<f" in window or b":f" in window:
            for letters, row in _FORMULA.findall(window):
                seen.formulas.add((int(row) - 1, column_number(letters)))
        tail = window[-OVERLAP:]
    if max(widest, 26) * tallest > CELL_LIMIT:
        raise FileRefused(_TOO_LARGE())
    return left


def _tabs(package: zipfile.ZipFile) -> dict[str, str]:
    """Path of a sheet inside the package -> the tab's name."""
    parts = {}
    for path in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        try:
            parts[path] = b"".join(inflate(package, package.getinfo(path), 4 * CHUNK))
        except KeyError:
            parts[path] = b""
    target = {}
    for tag in _RELATION.findall(parts["xl/_rels/workbook.xml.rels"]):
        attributes = dict(_ATTRIBUTE.findall(tag))
        path = attributes.get(b"Target", b"").decode("utf-8", "replace")
        target[attributes.get(b"Id")] = path.lstrip("/") if path.startswith("/") else "xl/" + path
    tabs = {}
    for tag in _SHEET.findall(parts["xl/workbook.xml"]):
        attributes = dict(_ATTRIBUTE.findall(tag))
        name = attributes.get(b"name", b"").decode("utf-8", "replace")
        for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            name = name.replace(entity, letter)
        relation = attributes.get(b"r:id") or next((v for k, v in attributes.items() if k.endswith(b":id")), None)
        if relation in target:
            tabs[target[relation]] = name
    return tabs
