"""What kinds, actions and fields are called on the page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organisation.imports.checks import LEVEL_WORDS
from organisation.imports.sheets import SHEET_BY_KEY, SHEETS
from organisation.models import Employment, Level, Role

ACTIONS = {
    "added": pgettext_lazy("rækker i en import", "Nye"),
    "changed": pgettext_lazy("rækker i en import", "Ændrede"),
    "moved": pgettext_lazy("rækker i en import", "Flyttede"),
    "ended": pgettext_lazy("rækker i en import", "Slutter"),
}
FIELDS = {
    "name": gettext_lazy("navn"), "level": gettext_lazy("niveau"), "parent": gettext_lazy("overenhed"),
    "p_number": gettext_lazy("P-nummer"), "trio": gettext_lazy("trio"), "buildings": gettext_lazy("bygninger"),
    "starts": gettext_lazy("fra"), "ends": gettext_lazy("til"), "number": gettext_lazy("nummer"),
    "email": gettext_lazy("arbejdsmail"), "mobile": gettext_lazy("mobil"), "language": gettext_lazy("sprog"),
    "person": gettext_lazy("medarbejdernummer"), "unit": gettext_lazy("enhed"), "title": gettext_lazy("stilling"),
    "hours": gettext_lazy("timer"), "leave": gettext_lazy("fravær"), "address": gettext_lazy("adresse"),
    "rooms": gettext_lazy("lokaler"), "is_staff_meeting": gettext_lazy("personalemøde"),
    "kind": gettext_lazy("rolle"), "scope": gettext_lazy("enhed"),
}  # fmt: skip
KINDS = [sheet.key for sheet in SHEETS]


def kind_title(kind: str) -> str:
    return str(SHEET_BY_KEY[kind].title)


def field_word(field: str) -> str:
    return str(FIELDS.get(field, field or _("hele rækken")))


def value_word(field: str, value: Any) -> str:
    """A kept value as HR reads it: dates day first, kinds by their name."""
    if value is None or value == "":
        return _("tomt")
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or _("tomt")
    text = str(value)
    if field in ("starts", "ends"):
        try:
            return date.fromisoformat(text).strftime("%d-%m-%Y")
        except ValueError:
            return text
    if field == "level" and text in LEVEL_WORDS:
        return str(Level.Kind(text).label)
    if field == "leave" and text in Employment.Leave.values:
        return str(Employment.Leave(text).label)
    if field == "kind" and text in Role.Kind.values:
        return str(Role.Kind(text).label)
    return text
