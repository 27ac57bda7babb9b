"""What the standard's own library says of a workbook, in our words where we know them."""

from __future__ import annotations

import re
from io import BytesIO

from django.utils.translation import gettext as _

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet, ")
_VALUE = re.compile(r"the '(\w+)' value(?: '([^']*)')? is invalid")
_KNOWN = (
    ("Unmatched 'begin_group'", lambda: _("Gruppen bliver ikke lukket. Skriv en række med end_group efter den.")),
    ("Unmatched 'end_group'", lambda: _("Her lukkes en gruppe, der ikke er åbnet. Slet rækken.")),
    ("List name not in choices", lambda: _("Listen findes ikke i arket «choices».")),
    ("Unknown question type", lambda: _("Spørgsmålets type kendes ikke. Brug select_one, select_multiple eller text.")),
    ("Names must begin", lambda: _("Navnet skal begynde med et bogstav og må kun have bogstaver, tal og understreg.")),
    ("must be unique", lambda: _("Navnet er brugt to gange. Giv hvert sit navn.")),
    ("Could not find the name", lambda: _("Betingelsen nævner et spørgsmål, der ikke findes.")),
    ("Reference variables", lambda: _("Betingelsen kan ikke læses. Skriv den som ${navn} = 'svar'.")),
    ("with no name", lambda: _("Skriv et navn i kolonnen name.")),
    ("required column headers", lambda: _("Første række skal have kolonnerne type og name.")),
)


def standard_errors(raw: bytes) -> list[tuple[str, int, str, str]]:
    """(sheet, row, column, what is wrong) of the library's first complaint; empty when it accepts the workbook."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        convert(BytesIO(raw), warnings=[], validate=False, file_type=".xlsx")
    except PyXFormError as error:
        return [_told(str(error))]
    except Exception as error:
        return [("survey", 0, "", _("Standardens eget program kan ikke læse filen: %(words)s") % {"words": error})]
    return []


def _told(message: str) -> tuple[str, int, str, str]:
    row, sheet, value = _ROW.search(message), _SHEET.search(message), _VALUE.search(message)
    words = next((known() for start, known in _KNOWN if start in message), "")
    if not words:
        words = _("Standardens eget program siger: %(words)s") % {"words": _ROW.sub("", message)}
    return (
        sheet.group(1) if sheet else "survey",
        int(row.group(1)) if row else 0,
        value.group(1) if value else "",
        words,
    )
