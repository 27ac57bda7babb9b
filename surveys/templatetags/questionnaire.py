"""Words of the questionnaire in the reader's language: they are data, not catalogue."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from surveys.languages import RIGHT_TO_LEFT
from surveys.physical_follow_ups import longest_of

register = template.Library()


@register.filter
def say(words: dict[str, str] | None, language: str) -> str:
    """The text in the language, else in Danish, which every text has."""
    if not words:
        return ""
    return words.get(language) or words.get("da", "")


@register.filter
def said(words: dict[str, str] | None, language: str) -> str:
    """The text in the language, else in Danish; marked with its language where the page around it speaks another."""
    return _marked(say(words, language), language if words and words.get(language) else "da")


@register.filter
def danish(text: str) -> str:
    """What the municipality has written itself (whom to call): Danish on every page."""
    return _marked(text, "da")


def _marked(text: str, spoken: str) -> str:
    if not text or spoken == get_language():
        return text
    return format_html('<span lang="{}" dir="{}">{}</span>', spoken, "rtl" if spoken in RIGHT_TO_LEFT else "ltr", text)


@register.filter
def opened_by(item: Any, option: Any) -> str:
    """The numbers of the follow-up groups that this answer opens, as attributes for style sheet and script."""
    return " ".join(f"data-g{number}" for number, group in groups(item) if option.key in group[0].shown_for)


@register.filter
def groups(item: Any) -> list[tuple[int, list[Any]]]:
    """Follow-ups that open together, numbered from 1."""
    found: dict[tuple[str, ...], list[Any]] = {}
    for child in item.follow_ups:
        found.setdefault(tuple(child.shown_for), []).append(child)
    return list(enumerate(found.values(), start=1))


@register.filter
def longest(item: Any) -> int:
    """How many characters may be written about a problem in the physical surroundings."""
    return longest_of(item)


@register.filter
def get(values: dict[str, Any] | None, key: str) -> Any:
    return (values or {}).get(key, "")


@register.simple_tag
def opening_words(parent: Any, child: Any, language: str) -> str:
    """The answers that open a follow-up, as read: «Ja, lidt / Ja, meget»; many are only named as answered."""
    words = [say(option.label, language) for option in parent.options if option.key in child.shown_for]
    return " / ".join(words)
