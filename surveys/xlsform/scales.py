"""The answer lists of a workbook as scales, and the small things that every part of reading it shares."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.models import Scale
from surveys.questionnaire_data import Data
from surveys.xlsform.columns import OWN
from surveys.xlsform.reading import Cell, Sheet

KINDS = frozenset(Scale.Kind.values)


@dataclass(frozen=True)
class Error:
    """What is wrong and what to do. `row` counts from 1 as the spreadsheet does; 0: the whole sheet."""

    sheet: str
    row: int
    column: str
    text: str


def plain(name: str) -> str:
    """A foreign name as one of ours: small letters, digits, underscores."""
    return re.sub(r"[^a-z0-9_]+", "_", name.strip().lower())


def guessed(options: list[Data]) -> str:
    return "scale" if options and all("points" in option for option in options) else "one"


class ScaleReader:
    """The scales of one workbook; collects errors instead of stopping at the first."""

    def __init__(self, sheets: dict[str, Sheet]) -> None:
        self.sheets = sheets
        self.errors: list[Error] = []
        self.notes: list[str] = []
        self.scales: dict[str, Data] = {}

    def error(self, sheet: str, row: int, column: str, text: str) -> None:
        self.errors.append(Error(sheet, row, column, text))

    def read_scales(self) -> None:
        own = self.sheets.get("trivsel_scales")
        for row in own.rows if own else []:
            kind = row.get("kind")
            if kind not in KINDS:
                self.error("trivsel_scales", row.number, "kind", self.unknown(kind, sorted(KINDS)))
                continue
            self.scales[row.get("scale")] = {"kind": kind, "options": [], "aside": []}
        sheet = self.sheets.get("choices")
        for row in sheet.rows if sheet else []:
            key = row.get("list_name") or row.get("list name")
            name = row.get("name") or row.get("value")
            if not key or not name:
                self.error("choices", row.number, "name", _("Skriv både listens navn og svarmulighedens navn."))
                continue
            option: Data = {"key": plain(name), "label": sheet.words(row, "label") if sheet else {}}
            points = row.get(f"{OWN}points")
            if points:
                if not points.isdigit() or int(points) > 100:
                    self.error("choices", row.number, f"{OWN}points", _("Point er et helt tal fra 0 til 100."))
                    continue
                option["points"] = int(points)
            scale = self.scales.setdefault(plain(key), {"kind": "", "options": [], "aside": []})
            scale["aside" if row.get(f"{OWN}aside") == "yes" else "options"].append(option)

    def choosing(self, row: Cell, kind: str, of: str, own_kind: str) -> str | None:
        key = plain(of.split()[0]) if of else ""
        if key not in self.scales:
            words = _("Listen «%(list)s» findes ikke i arket «choices».") % {"list": of}
            self.error("survey", row.number, "type", words)
            return None
        wanted = own_kind if own_kind in KINDS else ("many" if kind == "select_multiple" else "")
        found = self.scales[key]
        if not found["kind"]:
            found["kind"] = wanted or guessed(found["options"])
            if not own_kind and found["kind"] == "one":
                self.notes.append(
                    _("Listen «%(list)s» tælles som andele. Skal svarene give point, så skriv dem i %(column)s.")
                    % {"list": key, "column": f"{OWN}points"}
                )
        if (found["kind"] == Scale.Kind.MANY) != (kind == "select_multiple"):
            # One list may be asked both ways; a scale of ours is of one kind.
            other = f"{key}_{'many' if kind == 'select_multiple' else 'one'}"
            new = "many" if kind == "select_multiple" else guessed(found["options"])
            self.scales.setdefault(other, {**found, "kind": new})
            return other
        return key

    def range_scale(self, row: Cell, name: str) -> str | None:
        given = dict(part.split("=", 1) for part in row.get("parameters").split() if "=" in part)
        try:
            start, end, step = (
                float(given.get(key, default)) for key, default in (("start", 0), ("end", 10), ("step", 1))
            )
            count = int((end - start) / step) + 1
        except (ValueError, ZeroDivisionError):
            count = 0
        if not 2 <= count <= 11:
            words = _("En range skal have mellem 2 og 11 trin, fx «start=1 end=5 step=1».")
            self.error("survey", row.number, "parameters", words)
            return None
        key = f"range_{plain(name)}"[:40]
        values = [start + n * step for n in range(count)]
        self.scales[key] = {
            "kind": "scale",
            "options": [
                {
                    "key": str(n + 1),
                    "points": round(100 * n / (count - 1)),
                    "label": {"da": f"{value:g}", "en": f"{value:g}"},
                }
                for n, value in enumerate(values)
            ],
            "aside": [],
        }
        return key

    def unknown(self, value: str, known: list[str]) -> str:
        return _("«%(value)s» kendes ikke. Brug en af: %(known)s.") % {"value": value, "known": ", ".join(known)}
