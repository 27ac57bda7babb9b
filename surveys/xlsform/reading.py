"""The sheets of a workbook as rows of text, after the same guards as for every workbook that HR hands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from organisation.imports.refusal import FileRefused
from organisation.imports.workbook import sheets_of
from surveys.xlsform.columns import language_of

LARGEST = 5 * 1024 * 1024
MOST_ROWS = {"survey": 2000, "choices": 10_000}
SHEETS = ("survey", "choices", "settings", "trivsel_scales", "trivsel_earlier")
_NAME = re.compile(r"::?.*$")


@dataclass(frozen=True)
class Cell:
    """One row: column name -> text. `number` as the spreadsheet counts."""

    values: dict[str, str]
    number: int

    def get(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass
class Sheet:
    columns: list[str]
    rows: list[Cell]
    default: str = "da"
    names: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def code_of(header: str) -> str | None:
        return language_of(header)

    def languages(self) -> dict[str, str]:
        """The languages that labels are given in, by code, in the order of their columns."""
        found: dict[str, str] = {}
        for column in self.columns:
            if column.partition(":")[0] == "label":
                code = language_of(column) if ":" in column else self.default
                if code:
                    name = re.sub(r"\s*\([^)]*\)\s*$", "", column.partition(":")[2].lstrip(":")).strip()
                    found.setdefault(code, name or {"da": "Dansk", "en": "English"}.get(code, code))
        return found

    def words(self, row: Cell, column: str) -> dict[str, str]:
        """A text in its languages: «label::Dansk (da)», or «label» alone in the default language."""
        found: dict[str, str] = {}
        for name, text in row.values.items():
            if text and name.partition(":")[0] == column:
                code = language_of(name) if ":" in name else self.default
                if code:
                    found.setdefault(code, text)
        return found


def sheets_read(raw: bytes) -> dict[str, Sheet]:
    """The sheets we know. Raises FileRefused, with what to do."""
    if len(raw) > LARGEST:
        raise FileRefused(_("Filen fylder for meget til et spørgeskema. Højst 5 MB: slet billeder og tomme ark."))
    found: dict[str, Sheet] = {}
    for tab in sheets_of(raw):
        name = tab.name.strip().lower()
        if name not in SHEETS:
            continue
        columns: list[str] = []
        rows: list[Cell] = []
        for number, values in enumerate(tab.rows, start=1):
            texts = [_text(value) for value in values]
            if not columns:
                if any(texts):
                    columns = [_header(text) for text in texts]
                continue
            if not any(texts):
                continue
            if len(rows) >= MOST_ROWS.get(name, 2000):
                raise FileRefused(_("Arket «%(sheet)s» har for mange rækker til et spørgeskema.") % {"sheet": name})
            rows.append(Cell({c: t for c, t in zip(columns, texts, strict=False) if c}, number))
        found[name] = Sheet(columns, rows)
    return found


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip() if value is not None else ""


def _header(text: str) -> str:
    """Column names are small letters before the colons; what stands after them is a language."""
    name = _NAME.sub("", text).strip().lower()
    return name + text[len(_NAME.sub("", text)) :] if ":" in text else name
