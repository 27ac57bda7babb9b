"""Further languages: complete against the master and the pages, offered once approved, Danish where they are silent."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from organisation.models import AuditEntry, Campaign
from surveys import languages
from surveys.master.apv2026 import MASTER
from surveys.models import Finding, Item, PhysicalReport, Questionnaire, Wave
from surveys.models.physical import Severity
from surveys.questionnaires import questionnaire_load
from surveys.templatetags.questionnaire import said
from surveys.views import answering as views
from surveys.views import physical as physical_views
from surveys.views.previews import Chosen, form_preview
from tests.factories import Town
from tests.surveys.waves import code_of, open_wave
from tests.test_translations import IN_TEMPLATE, KEYWORDS, PLACEHOLDER, forms

FURTHER = ("pl", "uk", "ar")
ROOT = Path(settings.BASE_DIR)
# What somebody who answers can read. Whoever adds a text here adds it in every language.
TEMPLATES = (
    "templates/answering_base.html",
    "templates/surveys/answer*.html",
    "templates/surveys/receipt_list*.html",
    "templates/surveys/questionnaire_follow_ups.html",
    "templates/surveys/questionnaire_options.html",
    "templates/surveys/questionnaire_sheet.html",
    "templates/surveys/tablet.html",
    "templates/surveys/wrong_unit.html",
)
MODULES = (
    "surveys/views/answering.py",
    "surveys/views/physical.py",
    "surveys/views/previews.py",
    "surveys/forms.py",
    "surveys/letters.py",
    "surveys/photos.py",
    "surveys/questionnaire_paper.py",
    "surveys/tickets.py",
    "organisation/trail.py",
)
FOR_HR = {"Breve om trivselsmålingen"}
CHOICES = (Severity, Finding.State, PhysicalReport.Affects, PhysicalReport.Known)


def catalogue(code: str) -> Catalog:
    with (ROOT / "locale" / code / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=code)


def danish_texts(master: Any) -> set[str]:
    if isinstance(master, dict):
        if "da" in master and "en" in master:
            return {master["da"]}
        return {text for key, value in master.items() if key != "comparability" for text in danish_texts(value)}
    return {text for value in master for text in danish_texts(value)} if isinstance(master, list) else set()


def page_texts() -> set[str]:
    found = {"Trivsel", "Skriv, hvor du arbejder.", "Koden har otte tegn. Prøv igen."}  # the last: on the tablet
    for pattern in TEMPLATES:
        for path in ROOT.glob(pattern):
            source = templatize(path.read_text(encoding="utf-8"))
            found |= {ast.literal_eval(literal) for literal in IN_TEMPLATE.findall(source)}
    for name in MODULES:
        for _line, text, _comments, _context in extract("python", BytesIO((ROOT / name).read_bytes()), KEYWORDS):
            found.add(text[0] if isinstance(text, tuple) else text)
    found -= FOR_HR
    with translation.override("da"):
        found |= {str(label) for choices in CHOICES for label in choices.labels}
    return {text for text in found if text}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    languages.forget()
    views._waves.clear()
    physical_views._kept.clear()


# --- the files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", FURTHER)
def test_every_text_of_the_questionnaire_and_the_pages_is_translated(code: str) -> None:
    found = catalogue(code)
    known = {forms(message, message.id)[0] for message in found if message.id and all(forms(message, message.string))}
    assert sorted((danish_texts(MASTER) | page_texts()) - known) == []
    assert [message.id for message in found if message.fuzzy and message.id] == []


@pytest.mark.parametrize("code", FURTHER)
def test_nothing_is_translated_that_nobody_reads(code: str) -> None:
    wanted = danish_texts(MASTER) | page_texts()
    assert sorted(forms(m, m.id)[0] for m in catalogue(code) if m.id and forms(m, m.id)[0] not in wanted) == []


@pytest.mark.parametrize("code", FURTHER)
def test_placeholders_marks_and_plurals_survive(code: str) -> None:
    found = catalogue(code)
    wrong = []
    for message in found:
        if not message.id:
            continue
        source, target = forms(message, message.id), forms(message, message.string)
        # Forms for one and two may say the number in words.
        for text in target[-1:] if len(source) > 1 else target:
            for pattern in (PLACEHOLDER, re.compile("</?[a-z]+>")):
                if sorted(pattern.findall(source[-1])) != sorted(pattern.findall(text)):
                    wrong.append((message.id, text))
        if len(source) > 1 and len(target) != found.num_plurals:
            wrong.append((message.id, "plural forms"))
    assert wrong == []


def test_arabic_is_written_in_arabic_and_ukrainian_in_cyrillic() -> None:
    for code, script in (("ar", r"[\u0600-\u06ff]"), ("uk", r"[\u0400-\u04ff]")):
        foreign = [m.id for m in catalogue(code) if m.id and not re.search(script, forms(m, m.string)[0])]
        assert set(map(str, foreign)) <= {"Trivsel", "AMR", "TR", "HR"}


# --- in the questionnaire -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", FURTHER)
def test_the_loaded_questionnaire_speaks_it_but_does_not_offer_it(db: None, code: str) -> None:
    questionnaire = questionnaire_load(MASTER)
    assert languages.texts_missing(questionnaire=questionnaire, code=code) == []
    assert Item.objects.get(key="kb_breaks").help[code]
    assert languages.best(questionnaire, code, "en") == "en"
    assert [row["reviewed"] for row in questionnaire.languages if row["code"] == code] == [False]


def test_a_language_is_offered_once_somebody_has_approved_it(db: None, town: Town) -> None:
    questionnaire = questionnaire_load(MASTER)
    for _twice in range(2):
        languages.language_approve(
            questionnaire=questionnaire, code="uk", by=town.person["hr"], reviewer="Oksana Melnyk, tolk"
        )
    row = next(row for row in Questionnaire.objects.get().languages if row["code"] == "uk")
    assert row["reviewed"]
    assert row["reviewed_by"] == "Oksana Melnyk, tolk"
    assert row["reviewed_on"]
    assert languages.best(questionnaire, "uk") == "uk"
    entry = AuditEntry.objects.get(verb="language_approved")
    assert entry.actor == town.person["hr"]
    assert entry.detail == {"language": "uk"}
    languages.language_withdraw(questionnaire=questionnaire, code="uk", by=town.person["hr"])
    assert languages.best(questionnaire, "uk") == "da"
    assert "reviewed_by" not in next(row for row in Questionnaire.objects.get().languages if row["code"] == "uk")
    for code in ("da", "xx"):
        with pytest.raises(languages.UnknownLanguage):
            languages.language_withdraw(questionnaire=questionnaire, code=code, by=town.person["hr"])


def test_a_text_that_is_missing_is_danish_and_says_so() -> None:
    with translation.override("ar"):
        assert said({"da": "Støj", "ar": "ضوضاء"}, "ar") == "ضوضاء"
        assert said({"da": "Støj & lys"}, "ar") == '<span lang="da" dir="ltr">Støj &amp; lys</span>'
        assert said({}, "ar") == ""
    with translation.override("da"):
        assert said({"da": "Støj", "tr": "Gürültü"}, "tr") == '<span lang="tr" dir="ltr">Gürültü</span>'


# --- on the pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None]) -> Wave:
    at("2026-04-09 10:00")
    return open_wave(campaign)


@pytest.mark.django_db(databases=["default", "urn"])
def test_an_unapproved_language_is_not_in_the_menu(client: Client, wave: Wave, town: Town) -> None:
    url = reverse("surveys:answer", args=[code_of(wave, town.person["employee"])])
    page = client.get(url, {"sprog": "uk"}).content.decode()
    assert '<html lang="da" dir="ltr"' in page
    assert "Українська" not in page
    assert "Українська" not in client.get(reverse("surveys:answer_start")).content.decode()


@pytest.mark.django_db(databases=["default", "urn"])
@pytest.mark.parametrize("code", FURTHER)
def test_every_page_speaks_an_approved_language(client: Client, wave: Wave, town: Town, code: str) -> None:
    languages.language_approve(questionnaire=wave.questionnaire, code=code, by=town.person["hr"])
    employee = town.person["employee"]
    employee.language = code
    employee.save()
    ticket = code_of(wave, employee)
    head = f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"'
    form = client.get(reverse("surveys:answer", args=[ticket])).content.decode()
    with translation.override(code):
        danish = set(page_texts()) - {translation.gettext("AMR"), "Trivsel", "AMR", "TR", "HR", "Dansk"}
        title = translation.gettext("Mit arbejde – krav og balance")
    assert title in form
    admission = re.search(r'name="admission" value="([^"]*)"', form)
    assert admission
    posted = {"admission": admission[1], "lang": code}
    physical_url = reverse("surveys:answer_physical", args=[ticket])
    physical = client.get(physical_url).content.decode()
    key = re.search(r'name="form_key" value="([^"]*)"', physical)
    assert key
    problem = {"form_key": key[1], "lang": code, "fa_noise": "danger"}
    spoken = {"sprog": code}
    pages = {
        "form": form,
        "empty": client.post(reverse("surveys:answer", args=[ticket]), posted).content.decode(),
        "border": client.post(reverse("surveys:answer", args=[ticket]), {**posted, "kb_breaks": "1"}).content.decode(),
        "withdrawn": client.post(reverse("surveys:answer", args=[ticket]), {**posted, "tom": "1"}).content.decode(),
        "physical": physical,
        "nothing": client.post(physical_url, {"form_key": key[1], "lang": code}).content.decode(),
        "receipt": client.post(physical_url, problem).content.decode(),
        "start": client.get(reverse("surveys:answer_start"), spoken).content.decode(),
        "typo": client.post(reverse("surveys:answer_start") + f"?sprog={code}", {"code": "x"}).content.decode(),
        "done": client.get(reverse("surveys:answer_done"), spoken).content.decode(),
        "follow": client.get(reverse("surveys:answer_follow"), spoken).content.decode(),
        "unknown": client.get(reverse("surveys:answer", args=["AAAA3333"]), spoken).content.decode(),
        "unit": client.get(reverse("surveys:wrong_unit", args=[ticket])).content.decode(),
    }
    own = '<span lang="da" dir="ltr">{}</span>'
    for name, whole in pages.items():
        assert head in whole, name
        page = whole
        for words in (*settings.MUNICIPALITY.values(), "AMR", "TR", "HR"):
            page = page.replace(own.format(words), "")
        left = [text for text in danish if len(text) > 12 and f">{text}<" in page]
        assert left == [], (name, left)
        assert 'lang="da" dir="ltr">' not in page, name


@pytest.mark.django_db(databases=["default", "urn"])
def test_hr_reads_an_unapproved_language_with_its_mark(wave: Wave, rf: RequestFactory) -> None:
    def preview(language: str, part: str = "anonym") -> str:
        request = rf.get("/", {"sprog": language, "del": part})
        chosen = Chosen.of(request, wave.questionnaire)
        return form_preview(request, questionnaire=wave.questionnaire, chosen=chosen).content.decode()

    page = preview("ar")
    assert '<html lang="ar" dir="rtl"' in page
    assert "Oversættelsen er endnu ikke gennemgået" in page
    assert "data-preview" in page
    assert 'name="admission" value=""' in page
    assert "@@" not in page
    assert "endnu ikke gennemgået" not in preview("en")
    border, physical = preview("ar", "graense"), preview("ar", "fysisk")
    for page in (border, physical):
        assert '<html lang="ar" dir="rtl"' in page
        assert "Oversættelsen er endnu ikke gennemgået" in page
        assert "@@" not in page
    arabic = {message.id: message.string for message in catalogue("ar")}
    assert arabic["De fysiske rammer er ikke anonyme"] in border
    assert arabic["Temperatur, træk, luft og lugt"] in physical
    assert arabic["En af enhedens bygninger"] in physical


# --- the questionnaire to read ------------------------------------------------------------------------------------


@pytest.mark.django_db(databases=["default", "urn"])
def test_everybody_reads_the_questionnaire_in_the_languages_one_may_answer_in(
    wave: Wave, town: Town, client: Client
) -> None:
    url = reverse("surveys:questionnaire_detail")
    arabic = {message.id: message.string for message in catalogue("ar")}
    page = client.get(url, {"sprog": "ar"}).content.decode()
    assert 'href="?sprog=ar"' not in page  # nobody has approved it yet
    assert arabic["Temperatur, træk, luft og lugt"] not in page
    assert "Temperatur, træk, luft og lugt" in page
    languages.language_approve(questionnaire=wave.questionnaire, code="ar", by=town.person["hr"])
    page = client.get(url, {"sprog": "ar"}).content.decode()
    assert '<div class="prose questionnaire" lang="ar" dir="rtl">' in page
    assert arabic["Temperatur, træk, luft og lugt"] in page
    assert arabic["Anonym del"] in page
    assert "Anonym del" not in page
    assert '<html lang="da"' in page  # the page around it speaks the site's language
    assert 'href="?sprog=ar"' in page
    assert 'href="?sprog=pl"' not in page
