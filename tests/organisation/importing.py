"""A workbook as HR would send it: lists of rows by sheet, to change and to write."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import xlsxwriter

from organisation.imports import services
from organisation.imports.compare import preview_of
from organisation.imports.export import export_workbook
from organisation.imports.preview import Preview
from organisation.imports.reading import tables_of
from organisation.imports.rows import Table
from organisation.imports.sheets import SHEET_BY_KEY
from organisation.models import Import, Person

Sheets = dict[str, list[list[Any]]]  # sheet key -> headings and rows


def exported() -> Sheets:
    """The organisation as its own export says it, as lists: row 0 holds the headings."""
    out = io.BytesIO()
    export_workbook(out)
    sheets: Sheets = {}
    for table in tables_of([("organisation.xlsx", out.getvalue())]):
        width = len(table.headings)
        rows = [[*cells, *[""] * (width - len(cells))] for _number, cells in table.rows]
        sheets[table.kind] = [table.headings, *rows]
    return sheets


def workbook(sheets: Sheets, extra: Callable[[Any], None] | None = None) -> bytes:
    """The sheets as an .xlsx file; `extra` may do more to the workbook before it is closed."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    for key, rows in sheets.items():
        sheet = SHEET_BY_KEY[key].danish if key in SHEET_BY_KEY else key
        page = book.add_worksheet(sheet)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(at, column, value, day)
                elif isinstance(value, int | float):
                    page.write_number(at, column, value)
                elif value != "":
                    page.write_string(at, column, value)
    if extra:
        extra(book)
    book.close()
    return out.getvalue()


def tables(sheets: Sheets) -> list[Table]:
    return tables_of([("organisation.xlsx", workbook(sheets))])


def preview(sheets: Sheets) -> Preview:
    return preview_of(tables(sheets))


def found(result: Preview) -> dict[str, dict[str, int]]:
    """kind -> action -> number, without what is unchanged."""
    numbers = {
        kind: {action: n for action, n in actions.items() if action != "unchanged"}
        for kind, actions in result.counted().items()
    }
    return {kind: actions for kind, actions in numbers.items() if actions}


def column(sheets: Sheets, sheet: str, key: str) -> int:
    """The place of a column."""
    return sheets[sheet][0].index(SHEET_BY_KEY[sheet].column(key).danish)


def row_of(sheets: Sheets, sheet: str, value: str, key: str = "number") -> list[Any]:
    at = column(sheets, sheet, key)
    return next(row for row in sheets[sheet][1:] if row[at] == value)


def put(sheets: Sheets, sheet: str, number: str, key: str, value: Any) -> None:
    """Write a cell of the row with this number."""
    first = "unit" if sheet == "committees" else "number"
    row_of(sheets, sheet, number, first)[column(sheets, sheet, key)] = value


def drop(sheets: Sheets, sheet: str, value: str, key: str = "number") -> None:
    sheets[sheet].remove(row_of(sheets, sheet, value, key))


def applied(sheets: Sheets, by: Person, *, skip: bool = False) -> Import:
    """Upload, preview and apply, as the pages and tasks do it."""
    entry = services.import_receive(files=[("organisation.xlsx", workbook(sheets))], by=by)
    services.import_preview(entry.pk)
    entry.refresh_from_db()
    services.import_queue(entry=entry, by=by, skip_wrong_rows=skip)
    services.import_write(entry.pk)
    entry.refresh_from_db()
    return entry
