"""Bad input: each kind gives a clear message, and a CPR number is nowhere afterwards."""

from __future__ import annotations

import io
import logging
import zipfile
from datetime import date
from typing import Any

import pytest

from organisation.imports import services, workbook
from organisation.imports.cells import hours_of, iso_date, looks_like_cpr, text_of
from organisation.imports.compare import preview_of
from organisation.imports.export import template_workbook
from organisation.imports.reading import packed, tables_of, unpacked
from organisation.imports.refusal import FileRefused
from organisation.imports.rows import CPR, FORMULA, MERGED
from organisation.models import AuditEntry, Import, StoredFile
from tests.factories import Town
from tests.organisation import importing
from tests.organisation.importing import exported, found, preview, put

PERSONS = [["medarbejdernummer", "navn", "arbejdsmail"], ["M1", "Åse Østergård", "aase@kommune.example"]]


def read(data: bytes, name: str = "personer.csv") -> list[list[str]]:
    (table,) = tables_of([(name, data)])
    assert table.kind == "persons"
    return [cells for _number, cells in table.rows]


def as_csv(separator: str) -> str:
    return "\r\n".join(separator.join(row) for row in PERSONS) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    assert read(as_csv(separator).encode(encoding)) == [PERSONS[1]]


def test_blank_rows_and_spaces_are_nothing_and_row_numbers_stay() -> None:
    data = "\n;;\nmedarbejdernummer; Navn ;ARBEJDSMAIL\n\n  M1 ; Åse\xa0 Østergård ;aase@kommune.example\n;;\n"
    (table,) = tables_of([("personer.csv", data.encode())])
    assert table.rows == [(5, PERSONS[1])]
    assert table.first_row == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", "2026-03-01"), ("01-03-2026", "2026-03-01"), ("1/3/2026", "2026-03-01"),
        ("01.03.2026", "2026-03-01"),
        ("20260301", "2026-03-01"), ("46082", "2026-03-01"), ("2026-03-01 00:00:00", "2026-03-01"), ("31-12-9999", ""),
        ("", ""), ("31-02-2026", None), ("i morgen", None), ("01-03-26", None),
    ],
)  # fmt: skip
def test_dates(text: str, expected: str | None) -> None:
    assert iso_date(text) == expected


def test_numbers_and_excel_dates_become_text() -> None:
    assert text_of(4711.0) == "4711"
    assert text_of(date(2026, 3, 1)) == "2026-03-01"
    assert str(hours_of("32,5")) == "32.50"
    assert hours_of("61") is None
    assert text_of("#REF!") == FORMULA


@pytest.mark.parametrize(
    "value", ["010190-1234", "0101901234", "010190 1234", "01.01.90-1234", "Ane 010190-1234", 1503901234.0]
)
def test_cpr_numbers_are_known_in_every_shape(value: Any) -> None:
    assert text_of(value) == CPR


@pytest.mark.parametrize(
    "value", ["1003901234x"[:10], "00001234", "M-991399", "6a0b0190-1234-4010-8123-0101901234ab", "99999999"]
)
def test_what_is_no_cpr_number(value: str) -> None:
    assert text_of(value, p_number=True) == value
    assert not looks_like_cpr("20260301")


def test_a_number_cell_that_lost_its_zero_is_a_cpr_number_when_its_check_digit_fits() -> None:
    assert text_of(101900006.0) in (CPR, "101900006")
    fits = next(n for n in range(101900000, 101900011) if text_of(float(n)) == CPR)
    assert text_of(float(fits + 1)) == str(fits + 1)


def refusal(data: bytes, name: str = "fil.xlsx") -> str:
    with pytest.raises(FileRefused) as refused:
        tables_of([(name, data)])
    return str(refused.value)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def test_whole_files_that_cannot_be_read_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    encrypted = workbook.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "adgangskode" in refusal(encrypted)
    assert ".xls" in refusal(workbook.OLE + b"\0" * 600, "gammel.xls")
    good = importing.workbook({"persons": PERSONS})
    assert "beskadiget" in refusal(good[: len(good) // 2])
    damaged = bytearray(good)
    damaged[len(good) // 3 : len(good) // 3 + 40] = b"\xff" * 40
    assert "beskadiget" in refusal(bytes(damaged))
    assert "makroer" in refusal(zipped({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"}), "makro.xlsm")
    assert "kun indeholde CSV" in refusal(zipped({"inde.zip": b"x"}), "i.zip")
    assert "ikke et regneark" in refusal(b"%PDF-1.7", "a.pdf")
    assert "ikke en tekstfil" in refusal(b"a;b\x00\x01\x02", "a.csv")
    assert "tom" in refusal(b"", "a.csv")
    assert "ingen rækker" in refusal(b"\n\n\n", "a.csv")
    wide = ";".join(f"kolonne {n}" for n in range(200)).encode()
    assert "200 kolonner" in refusal(wide + b"\n1;2\n", "a.csv")


def test_a_zip_bomb_is_unpacked_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "INFLATED_LIMIT", 2_000_000)
    sheet = b"<worksheet>" + b" " * 50_000_000
    bomb = zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": sheet})
    assert len(bomb) < 100_000
    assert "fylder for meget" in refusal(bomb)
    assert "fylder for meget" in refusal(zipped({"personer.csv": b"a;b\n" * 5_000_000}), "p.zip")


def test_a_cell_in_the_far_corner_does_not_set_memory_aside() -> None:
    def corner(book: Any) -> None:
        book.worksheets()[0].write_string(1_000_000, 16_000, "x")

    assert "fylder for meget" in refusal(importing.workbook({"persons": PERSONS}, corner))


def test_formulas_and_merged_cells_are_found_where_they_stand() -> None:
    def more(book: Any) -> None:
        page = book.worksheets()[0]
        page.write_string(2, 0, "M2")
        page.write_formula(2, 1, '=CONCATENATE("A","B")', None, "AB")
        page.merge_range(3, 0, 4, 0, "M3")
        page.write_string(3, 1, "Bo")
        page.write_string(4, 1, "Ib")

    (table,) = tables_of([("a.xlsx", importing.workbook({"persons": PERSONS}, more))])
    assert [(number, cells[:2]) for number, cells in table.rows[1:]] == [
        (3, ["M2", FORMULA]),
        (4, [MERGED, "Bo"]),
        (5, [MERGED, "Ib"]),
    ]


def test_csv_files_and_a_zip_of_them_are_the_same_as_a_workbook() -> None:
    book = tables_of([("skabelon.xlsx", template_workbook())])
    files = {}
    for table in book:
        if table.kind:
            lines = [table.headings, *(cells for _number, cells in table.rows)]
            files[f"{table.sheet}.csv"] = "\n".join(";".join(f'"{c}"' for c in line) for line in lines).encode()
    expected = {t.kind: [cells for _n, cells in t.rows] for t in book if t.kind}
    for sent in (list(files.items()), [("alt.zip", zipped(files))]):
        got = {t.kind: [[*c, *[""] * (len(t.headings) - len(c))] for _n, c in t.rows] for t in tables_of(sent)}
        assert got == {k: [[*c, *[""] * (len(got[k][0]) - len(c))] for c in rows] for k, rows in expected.items()}


def test_tables_are_kept_and_taken_out_again() -> None:
    tables = tables_of([("skabelon.xlsx", template_workbook())])
    assert unpacked(packed(tables)) == tables


# --- in the town -----------------------------------------------------------------------------------------------


def codes(sheets: Any) -> list[tuple[str, int, str, str]]:
    result = preview(sheets)
    assert found(result) == {}
    return [(p.place.sheet, p.place.row, p.column, p.code) for p in result.problems]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sheet", "key", "value", "code"),
    [
        ("employments", "starts", "31-02-2026", "date"),
        ("employments", "unit", "9,99E+11", "scientific"),
        ("employments", "number", "4.5E+09", "scientific"),
        ("employments", "ends", "01-01-1999", "ends_before_start"),
        ("employments", "person", "INGEN", "unknown_person"),
        ("employments", "unit", "INGEN", "unknown_unit"),
        ("persons", "name", "", "missing"),
        ("persons", "name", "Ane 010190-1234", "cpr"),
        ("units", "p_number", "123", "p_number"),
        ("units", "parent", "INGEN", "unknown_parent"),
    ],
)
def test_row_errors_tell_where_and_what_to_do(town: Town, sheet: str, key: str, value: str, code: str) -> None:
    sheets = exported()
    row = sheets[sheet][4]
    row[importing.column(sheets, sheet, key)] = value
    result = preview(sheets)
    (problem,) = result.problems
    assert (problem.code, problem.place.row, problem.place.file) == (code, 5, "organisation.xlsx")
    assert problem.column
    assert problem.text.endswith(".")
    assert "1234" not in problem.value
    assert found(result) == {}, "a refused row changes nothing, and ends nothing"


@pytest.mark.django_db
def test_rows_that_do_not_fit_together(town: Town) -> None:
    sheets = exported()
    rows = sheets["employments"]
    rows.append(list(rows[1]))
    other = list(rows[2])
    other[2] = town.unit["ud"].number
    rows.append(other)
    sheets["roles"].append([town.person["amr"].number or "", "leder", town.unit["nord"].number, "", "", ""])
    put(sheets, "units", town.unit["birkehoej"].number, "parent", town.unit["nord"].number)
    found_codes = {(sheet, code) for sheet, _row, _column, code in codes(sheets)}
    assert found_codes == {
        ("ansættelser", "duplicate"),
        ("ansættelser", "two_units"),
        ("roller", "two_leaders"),
        ("enheder", "cycle"),
    }


@pytest.mark.django_db
def test_a_column_that_must_be_there_is_missed(town: Town) -> None:
    sheets = {"persons": [["navn", "arbejdsmail"], ["Bo", "bo@kommune.example"]]}
    result = preview(sheets)
    assert [p.code for p in result.problems] == ["no_column"]
    assert result.blocked


@pytest.mark.django_db
def test_a_cpr_number_is_nowhere_afterwards(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Not in what is kept, not in the audit, not in the log, not in the error."""
    caplog.set_level(logging.DEBUG)
    sheets = exported()
    for sheet in ("persons", "employments", "units", "roles", "committees", "buildings"):
        for column in range(len(sheets[sheet][0])):
            row = list(sheets[sheet][1])
            row[column] = "010190-1234"
            sheets[sheet].append(row)
    sheets["persons"][0].append("CPR-nr.")
    sheets["persons"][1] = [*sheets["persons"][1], *[""] * (5 - len(sheets["persons"][1])), "1-1-1990/1234"]
    entry = services.import_receive(
        files=[("liste 010190-1234.xlsx", importing.workbook(sheets))], by=town.person["hr"]
    )
    services.import_preview(entry.pk)
    entry.refresh_from_db()
    import zlib

    kept = b"".join(zlib.decompress(bytes(file.data)) for file in StoredFile.objects.all())
    traces = repr(list(AuditEntry.objects.values())) + repr(list(Import.objects.values())) + caplog.text
    for text in (kept.decode(), traces):
        assert "010190" not in text
        assert "1-1-1990" not in text
    content = services.stored_json(entry.preview)
    refused = [problem for problem in content["problems"] if problem[6] == "cpr"]
    assert len(refused) >= 30
    assert {problem[4] for problem in refused} == {"(vises ikke)"}
    assert "medarbejdernummeret" in refused[0][5]


@pytest.mark.django_db
def test_a_payroll_extract_with_cpr_numbers_in_a_column_nobody_chose(town: Town) -> None:
    from organisation.imports import payroll

    text = "Tjenestenr;Navn;Forvaltning;Institution;Ansættelsesdato;Notat\n1;Bo;Teknik;Vej;01-02-2020;010190-1234\n"
    (flat,) = tables_of([("udtraek.csv", text.encode())])
    columns = payroll.guessed(flat.headings)
    assert payroll.missing(columns) == []
    result = preview_of(payroll.tables_from(flat, columns))
    assert [(p.code, p.column, p.place.row) for p in result.problems] == [("cpr", "Notat", 2)]
    assert "added" not in result.counted().get("employments", {})
