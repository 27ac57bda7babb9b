"""Danish is the source; English is complete: no text is missing, doubtful or short of a placeholder."""

from __future__ import annotations

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from tests.test_architecture import PACKAGES, committed

PO = Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
LITERAL = r"(u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")"
IN_TEMPLATE = re.compile(rf"\b(?:n?gettext|_)\(\s*{LITERAL}")
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}|%[sd]")


@pytest.fixture(scope="module")
def english() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def forms(message: Message, text: object) -> list[str]:
    return list(text) if isinstance(text, tuple | list) else [str(text)]


def test_no_english_text_is_empty_or_doubtful(english: Catalog) -> None:
    wanting = [message.id for message in english if message.id and not all(forms(message, message.string))]
    assert wanting == []
    assert [message.id for message in english if message.id and message.fuzzy] == []
    assert len(english) > 1500


def test_placeholders_survive_translation(english: Catalog) -> None:
    wrong = []
    for message in english:
        if not message.id:
            continue
        source, target = forms(message, message.id), forms(message, message.string)
        if set(PLACEHOLDER.findall(source[-1])) != set(PLACEHOLDER.findall(target[-1])):
            wrong.append(message.id)
    assert wrong == []


def test_every_text_of_the_code_is_in_the_catalogue(english: Catalog) -> None:
    known = {forms(message, message.id)[0] for message in english if message.id}
    missing: dict[str, str] = {}
    for package in PACKAGES:
        for path in committed(f"{package}/*.py"):
            if "/migrations/" in str(path):
                continue
            for _line, found, _comments, _context in extract("python", BytesIO(path.read_bytes()), KEYWORDS):
                text = found[0] if isinstance(found, tuple) else found
                if text and text not in known:
                    missing[text] = path.name
    assert missing == {}


def test_every_text_of_the_templates_is_in_the_catalogue(english: Catalog) -> None:
    known = {forms(message, message.id)[0] for message in english if message.id}
    missing: dict[str, str] = {}
    for path in committed("templates/*.html", "templates/*.txt"):
        for literal in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
            text = ast.literal_eval(literal)
            if text not in known:
                missing[text] = path.name
    assert missing == {}
