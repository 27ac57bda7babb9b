"""Letters, paper forms and the printed questionnaire in Arabic: letters that exist, and codes that keep their way."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from organisation.models import Campaign, Person
from surveys import languages, letters, tickets
from surveys.models import Ticket, Wave
from tests.factories import Town
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
ARABIC_TYPE = "IBMPlexSansArabic"


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None]) -> Wave:
    at("2026-04-08 09:00")
    wave = open_wave(campaign)
    languages.language_approve(questionnaire=wave.questionnaire, code="ar", by=town.person["hr"])
    wave.refresh_from_db()
    return wave


def fonts(data: bytes) -> set[str]:
    """The names of the document's typefaces, without their subset's mark and weight."""
    found = set()
    for page in PdfReader(io.BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found.add(font.get_object()["/BaseFont"].partition("+")[2].partition("-")[0])
    return found


def test_a_letter_to_an_arabic_reader_is_arabic_in_our_own_type(wave: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = Ticket.objects.filter(wave=wave).select_related("placement__person", "placement__employment__unit").first()
    assert ticket is not None
    ticket.placement.person.language = "ar"
    pairs = [(ticket, tickets.WayIn(code="ACDE3467", link="A" * 24))]
    made = letters.letters_pdf(wave, pairs)
    assert fonts(made) == {"IBMPlexSans", ARABIC_TYPE}
    assert "ACDE-3467" in PdfReader(io.BytesIO(made)).pages[0].extract_text()
    monkeypatch.setattr(letters, "typeset", lambda _layout, data, **_more: data)
    [letter] = letters.letters_pdf(wave, pairs)["letters"]  # type: ignore[call-overload]
    assert (letter["lang"], letter["rtl"]) == ("ar", True)
    assert letter["words"]["title"] == "رأيك مهم"
    assert "\u2068" in letter["words"]["dear"]  # the Danish name keeps its own direction


def test_a_paper_form_in_arabic_has_every_letter(wave: Wave, town: Town) -> None:
    made = letters.paper_pdf(wave, [(wave.campaign.units.get(name="Køkkenet"), "ACDE3467")], "ar")
    assert fonts(made) == {"IBMPlexSans", ARABIC_TYPE}
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert all("ACDE-3467" in page for page in pages)


def test_hr_can_order_paper_in_arabic(wave: Wave, town: Town, as_person: Callable[[Person | None], Client]) -> None:
    page = as_person(town.person["hr"]).get(reverse("surveys:mailing_create", args=["paper"])).content.decode()
    assert 'value="ar"' in page


def test_the_questionnaire_is_printed_in_arabic(
    wave: Wave, town: Town, as_person: Callable[[Person | None], Client]
) -> None:
    asked = wave.questionnaire
    url = reverse("surveys:questionnaire_pdf", args=[asked.key, asked.version])
    answer = as_person(town.person["hr"]).get(url, {"sprog": "ar"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert ARABIC_TYPE in fonts(answer.content)
