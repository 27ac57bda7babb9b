"""From a cell to text, and from text to a date, a number or a yes. CPR numbers end here."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal, InvalidOperation
from typing import Any

from organisation.imports.rows import CPR, FORMULA
from organisation.imports.sheets import heading_key

# Day and month must be possible, so that case numbers and telephone numbers pass. Wider than organisation.cpr: here
# dots, slashes and spaces between day, month and year count as well.
_LOOKS_LIKE_CPR = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])[-./ ]?(0[1-9]|1[0-2])[-./ ]?\d{2}[-./ ]?\d{4}(?!\d)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_P_NUMBER = re.compile(r"10\d{8}")
_P_HEADINGS = frozenset(heading_key(name) for name in ("p_number", "p-nummer", "pnr", "produktionsenhed"))
_CPR_HEADINGS = frozenset(("personnummer", "personnr", "socialsecuritynumber"))
_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_SPACES = re.compile(r"\s+")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_EXCEL_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#I/T", "#REFERENCE!", "#VÆRDI!", "#NAVN?")
)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?:[ T].*)?")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_COMPACT = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_FOREVER = 9999  # payroll systems write 31-12-9999 for «until further notice»
_EXCEL_DAY_0 = date(1899, 12, 30)


def means_cpr(heading: str) -> bool:
    """A column whose heading says that it holds CPR numbers, in whatever shape they were typed."""
    key = heading_key(heading)
    return "cpr" in key or key in _CPR_HEADINGS


def looks_like_cpr(text: str) -> bool:
    """Something in the text could be a CPR number. Uuids are known by their shape."""
    if len(text) < 10 or not _LOOKS_LIKE_CPR.search(text):
        return False
    return not _UUID.fullmatch(text)


def _checks_as_cpr(digits: str) -> bool:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11 == 0


def text_of(value: Any, *, p_number: bool = False) -> str:
    """A cell as text: trimmed, dates as ISO, whole numbers without a decimal point; a CPR number becomes a mark.

    P-numbers have ten digits and begin with 10: in their own column, without a dash, they are not taken for the
    CPR number of somebody born on a tenth.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = value.strip()
        if "\n" in text or "\xa0" in text or "  " in text or "\t" in text:
            text = _SPACES.sub(" ", text.replace("\xa0", " ")).strip()
        if text.startswith("#") and text in _EXCEL_ERRORS:
            return FORMULA
    elif isinstance(value, bool):
        return "ja" if value else "nej"
    elif isinstance(value, datetime):
        return value.date().isoformat()
    elif isinstance(value, date):
        return value.isoformat()
    elif isinstance(value, float):
        if not value.is_integer() or abs(value) >= 1e15:
            return repr(value)
        text = str(int(value))
    elif isinstance(value, timedelta | clock_time):
        return str(value)
    else:
        text = str(value)
    if len(text) >= 9 and not isinstance(value, str) and len(text) == 9:
        # A number cell has lost the leading zero of a CPR number. The check digit keeps ordinary numbers out of it.
        padded = "0" + text
        return CPR if looks_like_cpr(padded) and _checks_as_cpr(padded) else text
    if looks_like_cpr(text) and not (p_number and _P_NUMBER.fullmatch(text)):
        return CPR
    return text.lstrip("\x00")


def is_p_number_heading(heading: str) -> bool:
    return heading_key(heading) in _P_HEADINGS


def is_scientific(text: str) -> bool:
    """Excel has written a long number as 1,23E+11: its digits are lost."""
    return bool(_SCIENTIFIC.fullmatch(text))


def iso_date(text: str) -> str | None:
    """A date as ISO text, empty for empty and for «9999», None when it is no date.

    Reads ISO, 01-03-2026, 1/3/2026, 01.03.2026, 20260301 and Excel's day number.
    """
    if not text:
        return ""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _COMPACT.fullmatch(text):
        year, month, day = int(found[1] + found[2]), int(found[3]), int(found[4])
    elif re.fullmatch(r"[2-7]\d{4}(\.\d+)?", text):
        return (_EXCEL_DAY_0 + timedelta(days=int(float(text)))).isoformat()
    else:
        return None
    if year == _FOREVER:
        return ""
    try:
        return date(year, month, day).isoformat() if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def hours_of(text: str) -> Decimal | None:
    """Hours a week between 0 and 60 with two decimals, or None."""
    try:
        hours = Decimal(text.replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return hours if 0 <= hours <= 60 else None


YES = frozenset(("ja", "j", "yes", "y", "true", "sand", "1", "x"))
NO = frozenset(("", "nej", "n", "no", "false", "falsk", "0"))


def yes_of(text: str) -> bool | None:
    """Ja, nej or None when it is neither."""
    word = text.casefold()
    return True if word in YES else False if word in NO else None
