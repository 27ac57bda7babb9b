"""Uploaded files to tables. The files are read here and nowhere kept: what goes on is cells without CPR numbers."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from organisation.imports import csvfile, workbook
from organisation.imports.cells import is_p_number_heading, looks_like_cpr, means_cpr, text_of
from organisation.imports.refusal import FileRefused
from organisation.imports.rows import CPR, FORMULA, MERGED, Table
from organisation.imports.sheets import SHEETS, heading_key, sheet_named

COLUMN_LIMIT = 100
ROW_LIMIT = 300_000
FILE_LIMIT = 20
HEADING_WITHIN = 10  # rows
ALL_HEADINGS = frozenset(heading for sheet in SHEETS for column in sheet.columns for heading in column.headings)


def tables_of(files: Iterable[tuple[str, bytes]]) -> list[Table]:
    """Every table of the files (name, bytes): workbooks, CSV files and zips of CSV files. Raises FileRefused."""
    tables: list[Table] = []
    for name, data in files:
        shown = shown_name(name)
        if not data:
            raise FileRefused(_("Filen %(file)s er tom.") % {"file": shown})
        try:
            tables.extend(_tables(shown, data))
        except FileRefused as refusal:
            raise FileRefused(f"{shown}: {refusal}") from refusal
    tables = [table for table in tables if table.headings]
    if not tables:
        raise FileRefused(_("Der er ingen rækker i filen. Hent skabelonen for at se, hvordan den skal se ud."))
    known = [table.kind for table in tables if table.kind]
    for kind in known:
        if known.count(kind) > 1:
            raise FileRefused(_("Arket «%(sheet)s» er der to gange. Send det kun én gang.") % {"sheet": kind})
    return tables


def shown_name(name: str) -> str:
    """The file's name as errors show it: without a folder, and not at all if it holds something like a CPR number."""
    short = name.replace("\\", "/").rsplit("/", 1)[-1][-80:]
    return _("filen") if looks_like_cpr(short) else short


def _tables(name: str, data: bytes) -> Iterator[Table]:
    if data.startswith(workbook.OLE) or (data.startswith(workbook.ZIP) and not _is_zip_of_csv(data)):
        for sheet in workbook.sheets_of(data):
            table = _table(name, sheet.name, sheet.rows, sheet.formulas, sheet.merged)
            if table is not None:
                yield table
    elif data.startswith(workbook.ZIP):
        yield from _zipped(name, data)
    elif data[:4] in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff\xe0"):
        raise FileRefused(_("Filen er ikke et regneark. Send en Excel-projektmappe (.xlsx) eller CSV."))
    else:
        table = _table(name, "", csvfile.csv_rows(data), set(), set())
        if table is not None:
            table.kind = table.kind or _kind(name.rsplit(".", 1)[0])
            yield table


def _is_zip_of_csv(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [name for name in package.namelist() if not name.endswith("/")]
            return not any(name.startswith("xl/") or name == "[Content_Types].xml" for name in names)
    except zipfile.BadZipFile:
        return False


def _zipped(name: str, data: bytes) -> Iterator[Table]:
    """The CSV files of a zip. Anything else in it is refused: no zip in a zip."""
    left = workbook.INFLATED_LIMIT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = [
                member
                for member in package.infolist()
                if not member.is_dir() and not member.filename.startswith("__MACOSX/")
            ]
            if len(members) > FILE_LIMIT:
                raise FileRefused(_("Der er for mange filer i zip-filen. Send kun de seks CSV-filer."))
            for member in members:
                if not member.filename.lower().endswith((".csv", ".txt")):
                    raise FileRefused(_("Zip-filen må kun indeholde CSV-filer."))
                content = b"".join(workbook.inflate(package, member, left))
                left -= len(content)
                yield from _tables(shown_name(member.filename), content)
    except workbook.BROKEN_ZIP as error:
        raise FileRefused(_("Zip-filen er beskadiget eller beskyttet med adgangskode.")) from error


def _kind(name: str) -> str:
    sheet = sheet_named(name)
    if sheet is None and "-" in name.replace("_", "-"):
        # «lindevig-enheder», «enheder_2026»: any part of the file's name may say it.
        sheet = next(filter(None, (sheet_named(part) for part in name.replace("_", "-").split("-"))), None)
    return sheet.key if sheet else ""


def _table(
    file: str,
    sheet: str,
    rows: Iterable[list[Any]],
    formulas: set[tuple[int, int]],
    merged: set[tuple[int, int]],
) -> Table | None:
    """Rows to a table: finds the headings, cleans the cells. None when the sheet is empty."""
    counted = enumerate(rows)
    top: list[tuple[int, list[Any]]] = []
    for number, row in counted:
        if any(_filled(cell) for cell in row):
            top.append((number, row))
            if _is_heading(row) or len(top) == HEADING_WITHIN:
                break
    if not top:
        return None
    at = next((place for place, (_number, row) in enumerate(top) if _is_heading(row)), 0)
    heading_number, heading_row = top[at]
    headings = [text_of(cell) for cell in heading_row]
    headings = ["" if heading in (CPR, FORMULA) else heading for heading in headings]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > COLUMN_LIMIT:
        raise FileRefused(
            _("%(sheet)s har %(count)d kolonner. Vi læser højst %(limit)d. Slet dem, der ikke skal bruges.")
            % {"sheet": sheet or _("Filen"), "count": len(headings), "limit": COLUMN_LIMIT}
        )
    table = Table(file, sheet, headings, [], kind=_kind(sheet) if sheet else "", first_row=heading_number + 1)
    p_columns = {place for place, heading in enumerate(headings) if is_p_number_heading(heading)}
    cpr_columns = {place for place, heading in enumerate(headings) if means_cpr(heading)}
    width = len(headings)
    marks: dict[int, list[tuple[int, str]]] = {}
    for found, mark in ((merged, MERGED), (formulas, FORMULA)):
        for row_number, column in found:
            if column < width:
                marks.setdefault(row_number, []).append((column, mark))
    for number, row in chain(top[at + 1 :], counted):
        cells = (
            [text_of(cell) for cell in row]
            if not p_columns
            else [text_of(cell, p_number=place in p_columns) for place, cell in enumerate(row)]
        )
        for place in cpr_columns:
            if place < len(cells) and cells[place]:
                cells[place] = CPR
        if len(cells) > width:
            # What stands to the right of the headings has no meaning; a CPR number there still costs the row.
            extra = CPR if CPR in cells[width:] else "".join(cells[width:])
            del cells[width:]
            if extra:
                cells.append(extra)
        for column, mark in marks.get(number, ()):
            if column < len(cells) and cells[column] != CPR:
                cells[column] = mark
        if not any(cells):
            continue
        if len(table.rows) >= ROW_LIMIT:
            raise FileRefused(_("Filen har for mange rækker. Vi læser højst 300.000."))
        table.rows.append((number + 1, cells))
    return table


def _filled(cell: Any) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or bool(cell.strip()))


def _is_heading(row: list[Any]) -> bool:
    return sum(isinstance(cell, str) and heading_key(cell) in ALL_HEADINGS for cell in row) >= 2


def packed(tables: list[Table]) -> bytes:
    """Tables as bytes to keep until the import is applied."""
    content = [
        {"f": t.file, "s": t.sheet, "h": t.headings, "k": t.kind, "n": t.first_row, "p": t.partial, "r": t.rows}
        for t in tables
    ]
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpacked(data: bytes) -> list[Table]:
    """What `packed` kept."""
    return [
        Table(t["f"], t["s"], t["h"], [(number, cells) for number, cells in t["r"]], t["k"], t["n"], t["p"])
        for t in json.loads(zlib.decompress(data))
    ]
