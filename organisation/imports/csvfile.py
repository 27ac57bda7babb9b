"""One CSV file to one table: whichever encoding and separator the other system has chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from organisation.imports.refusal import FileRefused

SEPARATORS = ";\t,|"


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without BOM), UTF-16 (Excel's «Unicode text») or Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise FileRefused(_("Filen er ikke en tekstfil. Gem den som CSV eller som Excel-projektmappe (.xlsx)."))
    return text


def separator_of(text: str) -> str:
    """The separator that stands most often in the first line that is not blank."""
    line = next((line for line in text.splitlines() if line.strip(SEPARATORS + " ")), "")
    return max(SEPARATORS, key=line.count)


def csv_rows(data: bytes) -> Iterator[list[str]]:
    """The records of the file, blank ones too, so that their numbers are those HR sees."""
    text = decoded(data)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    except csv.Error as error:
        raise FileRefused(
            _("Filen kan ikke læses som CSV. Gem den igen fra regnearket, og prøv en gang til.")
        ) from error
