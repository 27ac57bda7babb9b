"""The columns of our workbooks. What the standard has no word for stands in columns of our own, which it ignores.

`trivsel_…` and not `trivsel::…`: in the standard two colons divide a column's name from a language or an attribute.
"""

from __future__ import annotations

import re

LANGUAGES = {"da": "Dansk", "en": "English"}
NAMES = {
    "da": ("dansk", "danish", "default_da"),
    "en": ("english", "engelsk"),
    "pl": ("polski", "polsk", "polish"),
    "uk": ("українська", "ukrainsk", "ukrainian"),
    "ar": ("العربية", "arabisk", "arabic"),
}
OWN = "trivsel_"
TOPIC = ("section", "scored", "threshold", "switched_on")
ITEM = ("number", "version", "scale", "kind", "reverse", "item_scored", "longest", "owner")
YES, NO = "yes", "no"
_LANGUAGE = re.compile(r"\(\s*([a-zA-Z]{2,3})(?:-[a-zA-Z]+)?\s*\)\s*$")


def label(code: str, name: str, column: str = "label") -> str:
    """«label::Dansk (da)»."""
    return f"{column}::{name} ({code})"


def language_of(header: str) -> str | None:
    """«label::Dansk (da)» and «label:Dansk» -> «da»; a language without a code that we do not know: None."""
    _column, _colons, words = header.partition(":")
    words = words.lstrip(":").strip()
    found = _LANGUAGE.search(words)
    if found:
        return found.group(1).lower()
    lowered = words.lower()
    return next((code for code, names in NAMES.items() if lowered in (*names, code)), None)
