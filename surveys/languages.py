"""The languages of the answering pages: what is shipped, what somebody has approved, what is offered.

Danish is the source and English complete. Further languages are data, one file each: `locale/<code>/LC_MESSAGES/
django.po` holds the texts of the shipped questionnaire and the answering pages' own words, by their Danish text.
`questionnaire_load` copies the questionnaire's part into the questionnaire, where HR can reword it. A language is
offered to those who answer once a person has approved it (docs/decisions/0023-languages.md); HR can read it before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import translation

from organisation import clock
from organisation.audit import audit
from organisation.models import Person
from surveys.models import Item, Questionnaire, Scale, Topic, Wave

OWN_WORDS = ("da", "en", "pl", "uk", "ar")  # languages that the answering pages have words of their own in
RIGHT_TO_LEFT = frozenset(settings.LANGUAGES_BIDI)
KEPT_SECONDS = 30
Language = dict[str, Any]


class Speaks(Protocol):
    """A questionnaire, or its compiled form."""

    @property
    def languages(self) -> Sequence[Language]: ...


class UnknownLanguage(ValueError):
    """The questionnaire has no such language."""


# --- choosing -----------------------------------------------------------------------------------------------------


def offered(source: Speaks) -> list[Language]:
    """The languages that people may answer in: those that a person has approved."""
    return [language for language in source.languages if language.get("reviewed")]


def best(source: Speaks, *wished: str | None) -> str:
    """The first wish that is offered; Danish otherwise."""
    return choose(offered(source), *wished)


def choose(languages: Sequence[Language], *wished: str | None) -> str:
    codes = {language["code"] for language in languages}
    return next((code for code in wished if code and code in codes), "da")


_now: list[tuple[float, list[Language]]] = []


def offered_now() -> list[Language]:
    """What the doors speak before a code has said which survey it is: every language of one that has not been counted.

    Kept for half a minute per process.
    """
    if not _now or monotonic() - _now[0][0] > KEPT_SECONDS:
        waves = Wave.objects.filter(state__in=(Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED)).exclude(
            kind=Wave.Kind.IMPORTED
        )
        found: dict[str, Language] = {"da": {"code": "da", "name": "Dansk"}, "en": {"code": "en", "name": "English"}}
        for questionnaire in Questionnaire.objects.filter(pk__in=waves.values("questionnaire")).order_by("pk"):
            found |= {language["code"]: language for language in offered(questionnaire)}
        _now[:] = [(monotonic(), list(found.values()))]
    return _now[0][1]


def forget() -> None:
    """Look again at the next page, after a change in this process."""
    _now.clear()


def page_language(language: str) -> str:
    """The language of the page's own words: Danish where we have no words in the one that is read."""
    return language if language in OWN_WORDS else "da"


def words_in(language: str) -> translation.override:
    return translation.override(page_language(language))


# --- texts --------------------------------------------------------------------------------------------------------


def spread(master: Any, codes: Sequence[str]) -> Any:
    """A master with its texts {"da": …, "en": …} in the further languages too, where they have been translated."""
    if isinstance(master, dict):
        if "da" in master and all(isinstance(text, str) for text in master.values()):
            return {**master, **_translated(master["da"], [code for code in codes if not master.get(code)])}
        return {key: spread(value, codes) for key, value in master.items()}
    if isinstance(master, list):
        return [spread(value, codes) for value in master]
    return master


def _translated(danish: str, codes: Sequence[str]) -> dict[str, str]:
    found = {}
    for code in codes:
        if danish and code in OWN_WORDS and code != "da":
            with translation.override(code):
                text = translation.gettext(danish)
            if text != danish:
                found[code] = text
    return found


def texts_of(questionnaire: Questionnaire) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text that somebody who answers may read, with where it stands."""
    yield "title", questionnaire.title
    for topic in Topic.objects.filter(questionnaire=questionnaire):
        yield from ((f"{topic.key}.{name}", getattr(topic, name)) for name in ("title", "short", "intro"))
    for item in Item.objects.filter(topic__questionnaire=questionnaire):
        yield from ((f"{item.key}.{name}", getattr(item, name)) for name in ("text", "help"))
    for scale in Scale.objects.filter(questionnaire=questionnaire):
        yield from ((f"{scale.key}.{option['key']}", option["label"]) for option in scale.options + scale.aside)


def texts_missing(*, questionnaire: Questionnaire, code: str) -> list[str]:
    """Where a text is read in Danish because the language has none. Titles of roles (AMR, TR, HR) need none."""
    return [
        place
        for place, words in texts_of(questionnaire)
        if words.get("da") and not words.get(code) and not words["da"].isupper()
    ]


# --- approving ----------------------------------------------------------------------------------------------------


def language_approve(*, questionnaire: Questionnaire, code: str, by: Person, reviewer: str = "") -> None:
    """Offer the language from now on. `reviewer`: who has read it, where that is not `by`. Again changes nothing.

    Also while the survey is open: it changes who can read the questions, not what is asked. Raises UnknownLanguage.
    Whoever changes a text of the language afterwards takes the approval back with `language_withdraw`.
    """
    said = {"reviewed": True, "reviewed_by": reviewer or by.name, "reviewed_on": clock.today().isoformat()}
    _mark(questionnaire, code, said, by=by, verb="language_approved")


def language_withdraw(*, questionnaire: Questionnaire, code: str, by: Person) -> None:
    """Offer the language no longer. Raises UnknownLanguage; Danish cannot be withdrawn."""
    if code == "da":
        raise UnknownLanguage(code)
    _mark(questionnaire, code, {"reviewed": False}, by=by, verb="language_withdrawn")


@transaction.atomic
def _mark(questionnaire: Questionnaire, code: str, said: Language, *, by: Person, verb: str) -> None:
    row = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    spoken = next((language for language in row.languages if language["code"] == code), None)
    if spoken is None:
        raise UnknownLanguage(code)
    if bool(spoken.get("reviewed")) != said["reviewed"]:
        kept = {name: value for name, value in spoken.items() if not name.startswith("reviewed")}
        row.languages = [{**kept, **said} if language is spoken else language for language in row.languages]
        row.save(update_fields=["languages"])
        audit(verb, row, actor=by, language=code)
    questionnaire.languages = row.languages
    forget()
