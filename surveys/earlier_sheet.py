"""The spreadsheet of an earlier measurement: its template, and a filled-in one read into rows or into what is wrong.

Two tabs. «Enheder»: the units as they were then, and what each is today. «Tal»: one row per unit and figure, with its
number of answers and its mean from 0 to 100, or «skjult». Reading changes nothing and touches no database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from organisation.imports.cells import text_of
from organisation.imports.workbook import column_letters, sheets_of
from surveys.exports import FIVE_POINTS
from surveys.planner import FLOOR

UNITS, FIGURES = "Enheder", "Tal"
UNIT_HEADS = ("Nummer", "Navn", "Hører under", "Niveau", "Inviterede", "Enhed i dag", "Hvordan")
FIGURE_HEADS = ("Nummer", "Nøgle", "Antal svar", "Gennemsnit", "Fordeling")
HIDDEN = "skjult"
ANSWERS = "besvarelser"  # the key of how many answered at all
HOW = {"": "", "samme": "same", "afløst": "successor", "lagt sammen": "merged_from"}
LEVELS = {
    "kommune": "municipality", "afdeling": "department", "område": "area", "arbejdsplads": "workplace", "enhed": "team",
}  # fmt: skip
MOST_ERRORS = 200
CENTS = Decimal("0.01")


@dataclass(frozen=True)
class SheetError:
    """What is wrong, and in which cell: sheet, row and column as Excel shows them."""

    sheet: str
    row: int
    column: str
    says: str


@dataclass(frozen=True)
class EarlierUnit:
    row: int
    number: str
    name: str
    parent: str
    level: str
    invited: int
    today: str
    how: str


@dataclass(frozen=True)
class EarlierRow:
    """`n` None: hidden then. `mean` None: only a number of answers."""

    unit: str
    key: str
    n: int | None
    mean: Decimal | None
    dist: tuple[int, ...] | None


@dataclass
class EarlierSheet:
    units: list[EarlierUnit] = field(default_factory=list)
    figures: list[EarlierRow] = field(default_factory=list)
    errors: list[SheetError] = field(default_factory=list)

    def wrong(self, sheet: str, row: int, column: int | None, says: str) -> None:
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(SheetError(sheet, row, "" if column is None else column_letters(column), says))


def template_workbook() -> bytes:
    """An example to write over: five units of then, three of them of today, and how figures are written."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    guide = book.add_worksheet("Læs mig")
    guide.set_column(0, 0, 100)
    for row, line in enumerate(
        (
            _("Skriv enhederne, som de var dengang, på arket «Enheder», og tallene på arket «Tal». Slet eksemplerne."),
            _("Enhed i dag: nummeret på den enhed, den er nu. Tomt: enheden med samme nummer, hvis den findes."),
            _("Hvordan: samme, afløst eller lagt sammen. Kun «samme» og «lagt sammen» giver en sammenligning."),
            _("Nøgle: nøglen på spørgsmålet eller emnet dengang. «besvarelser» er antallet, der svarede i alt."),
            _("Antal svar: et helt tal på mindst 5, eller «skjult», når tallet ikke blev vist dengang."),
            _("Gennemsnit: fra 0 til 100. For ja/nej: procent ja."),
            _("Fordeling kan skrives til: antal svar på 0, 25, 50, 75 og 100, fx 2;3;5;8;4."),
        )
    ):
        guide.write_string(row, 0, line, wrap)
    for name, heads, rows in (
        (
            UNITS,
            UNIT_HEADS,
            (
                ("1", "Eksempel Kommune", "", "kommune", 36, "", ""),
                ("10", "Plejehjemmet", "1", "arbejdsplads", 36, "", ""),
                ("11", "Afsnit Øst", "10", "enhed", 20, "11", "samme"),
                ("12", "Natholdet", "10", "enhed", 8, "11", "lagt sammen"),
                ("13", "Køkkenet", "10", "enhed", 8, "", ""),
            ),
        ),
        (
            FIGURES,
            FIGURE_HEADS,
            (("11", ANSWERS, 15, "", ""), ("11", "ti23", 15, 71.3, ""), ("12", "ti23", HIDDEN, "", "")),
        ),
    ):
        page = book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for column, text in enumerate(heads):
            page.set_column(column, column, 18)
            page.write_string(0, column, text, head)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                page.write(number, column, cell)
    book.close()
    return out.getvalue()


def sheet_read(data: bytes) -> EarlierSheet:
    """Read the workbook. Raises organisation.imports.refusal.FileRefused where it is none."""
    read = EarlierSheet()
    sheets = {sheet.name.strip().casefold(): sheet for sheet in sheets_of(data)}
    for name, heads, take in ((UNITS, UNIT_HEADS, _unit), (FIGURES, FIGURE_HEADS, _figure)):
        sheet = sheets.get(name.casefold())
        if sheet is None:
            read.wrong(name, 1, None, _("Arket mangler. Hent skabelonen for at se, hvordan det skal se ud."))
            continue
        rows = iter(sheet.rows)
        found = [text_of(cell) for cell in next(rows, [])]
        missing = [head for place, head in enumerate(heads) if place >= len(found) or found[place] != head]
        if missing:
            says = _("Overskrifterne skal være %(heads)s, i den rækkefølge.") % {"heads": ", ".join(heads)}
            read.wrong(name, 1, None, says)
            continue
        for number, cells in enumerate(rows, start=2):
            texts = [text_of(cell) for cell in cells][: len(heads)]
            texts += [""] * (len(heads) - len(texts))
            if any(texts):
                take(read, number, texts)
    if not read.errors:
        _check_tree(read)
        _check_figures(read)
    return read


def _whole(text: str) -> int | None:
    plain = text.replace(".", "").strip()
    return int(plain) if plain.isdigit() and len(plain) < 9 else None


def _unit(read: EarlierSheet, row: int, cells: list[str]) -> None:
    number, name, parent, level, invited, today, how = cells
    before = len(read.errors)
    if not number:
        read.wrong(UNITS, row, 0, _("Enhedens nummer mangler."))
    if not name:
        read.wrong(UNITS, row, 1, _("Enhedens navn mangler."))
    if level.casefold() not in LEVELS:
        read.wrong(UNITS, row, 3, _("Niveauet skal være %(levels)s.") % {"levels": ", ".join(LEVELS)})
    if _whole(invited) is None:
        read.wrong(UNITS, row, 4, _("Skriv, hvor mange der var inviteret i enheden og under den, som et helt tal."))
    if how.casefold() not in HOW:
        read.wrong(UNITS, row, 6, _("Skriv samme, afløst eller lagt sammen, eller lad feltet stå tomt."))
    if how and not today:
        read.wrong(UNITS, row, 5, _("Skriv nummeret på den enhed, det er i dag."))
    if len(read.errors) == before:
        read.units.append(
            EarlierUnit(
                row, number, name[:160], parent, LEVELS[level.casefold()], _whole(invited) or 0, today,
                HOW[how.casefold()] or ("same" if today else ""),
            )
        )  # fmt: skip


def _figure(read: EarlierSheet, row: int, cells: list[str]) -> None:
    unit, key, said_n, said_mean, said_dist = cells
    before = len(read.errors)
    if not unit:
        read.wrong(FIGURES, row, 0, _("Enhedens nummer mangler."))
    if not key or len(key) > 64 or not key.replace("_", "").replace(".", "").replace("-", "").isalnum():
        read.wrong(FIGURES, row, 1, _("Nøglen skal være et kort ord uden mellemrum."))
    if said_n.casefold() == HIDDEN:
        if said_mean or said_dist:
            read.wrong(FIGURES, row, 3, _("Et skjult tal har hverken gennemsnit eller fordeling."))
        if len(read.errors) == before:
            read.figures.append(EarlierRow(unit, key, None, None, None))
        return
    n = _whole(said_n)
    if n is None:
        read.wrong(FIGURES, row, 2, _("Antal svar skal være et helt tal eller ordet skjult."))
    elif 0 < n < FLOOR:
        read.wrong(FIGURES, row, 2, _("Et tal på færre end 5 svar kan ikke hentes ind. Skriv skjult."))
    mean = _mean(said_mean)
    if said_mean and mean is None:
        read.wrong(FIGURES, row, 3, _("Gennemsnittet skal være et tal fra 0 til 100."))
    if not said_mean and key != ANSWERS and not said_dist:
        read.wrong(FIGURES, row, 3, _("Gennemsnittet mangler."))
    dist = _dist(said_dist)
    if said_dist and (dist is None or len(dist) != len(FIVE_POINTS) or sum(dist) != n):
        read.wrong(
            FIGURES, row, 4, _("Fordelingen skal være fem hele tal med semikolon mellem: svar på 0, 25, 50, 75 og 100.")
        )
    elif dist is not None and n:
        of_dist = (Decimal(sum(p * count for p, count in zip(FIVE_POINTS, dist, strict=True))) / n).quantize(CENTS)
        if mean is not None and abs(mean - of_dist) > 1:
            read.wrong(FIGURES, row, 3, _("Gennemsnittet passer ikke til fordelingen."))
        mean = of_dist
    if len(read.errors) == before:
        read.figures.append(EarlierRow(unit, key, n, mean, dist))


def _mean(text: str) -> Decimal | None:
    try:
        mean = Decimal(text.replace(",", ".")).quantize(CENTS) if text else None
    except InvalidOperation:
        return None
    return mean if mean is not None and 0 <= mean <= 100 else None


def _dist(text: str) -> tuple[int, ...] | None:
    parts = [part.strip() for part in text.split(";")] if text else []
    return tuple(int(part) for part in parts) if parts and all(p.isdigit() and len(p) < 9 for p in parts) else None


def _check_tree(read: EarlierSheet) -> None:
    known: dict[str, EarlierUnit] = {}
    for unit in read.units:
        if unit.number in known:
            read.wrong(UNITS, unit.row, 0, _("Nummeret står der to gange."))
        known[unit.number] = unit
    roots = [unit for unit in read.units if not unit.parent]
    if len(roots) != 1:
        read.wrong(
            UNITS, roots[1].row if len(roots) > 1 else 2, 2, _("Præcis én enhed, kommunen, hører ikke under nogen.")
        )
    for unit in read.units:
        if unit.parent and unit.parent not in known:
            read.wrong(UNITS, unit.row, 2, _("Den enhed, den hører under, står ikke på arket."))
    if read.errors:
        return
    below: dict[str, list[EarlierUnit]] = {}
    for unit in read.units:
        below.setdefault(unit.parent, []).append(unit)
    ordered, stack = [], list(below.get("", []))
    while stack:
        unit = stack.pop()
        ordered.append(unit)
        stack.extend(reversed(below.get(unit.number, [])))
    for unit in read.units:
        if unit not in ordered:
            read.wrong(UNITS, unit.row, 2, _("Enhederne hører under hinanden i ring."))
        if unit.invited < sum(child.invited for child in below.get(unit.number, [])):
            read.wrong(UNITS, unit.row, 4, _("Der er inviteret færre end i enhederne under den tilsammen."))
    read.units = ordered


def _check_figures(read: EarlierSheet) -> None:
    known = {unit.number for unit in read.units}
    seen: set[tuple[str, str]] = set()
    for row in read.figures:
        if row.unit not in known:
            read.wrong(FIGURES, 0, 0, _("Enheden %(number)s står ikke på arket Enheder.") % {"number": row.unit[:60]})
        if (row.unit, row.key) in seen:
            says = _("Enheden %(number)s har to tal for %(key)s.") % {"number": row.unit[:60], "key": row.key}
            read.wrong(FIGURES, 0, 1, says)
        seen.add((row.unit, row.key))
    if not read.figures:
        read.wrong(FIGURES, 2, None, _("Der er ingen tal på arket."))


def keys_of(rows: Iterable[EarlierRow]) -> dict[str, Any]:
    """Per key how many figures there are and how many are hidden, in the sheet's order."""
    found: dict[str, list[int]] = {}
    for row in rows:
        counts = found.setdefault(row.key, [0, 0])
        counts[0 if row.n is not None else 1] += 1
    return {key: (shown, hidden) for key, (shown, hidden) in found.items()}
