"""What is asked about a physical problem is the questionnaire's: its words, its order, and what opens it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from organisation.models import Campaign, Person
from surveys import letters
from surveys.forms import physical_posted
from surveys.master.apv2026 import MASTER
from surveys.models import Item, PhysicalReport, Questionnaire, Scale
from surveys.physical import PhysicalAnswer, physical_send
from surveys.questionnaires import form_for, questionnaire_load
from surveys.views.physical import physical_fields
from tests.factories import Town
from tests.surveys.waves import code_of, open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
As = Callable[[Person | None], Client]


@pytest.fixture
def apv() -> Questionnaire:
    return questionnaire_load(MASTER)


def reword(apv: Questionnaire) -> None:
    Item.objects.filter(questionnaire=apv, key="fa_noise_idea").update(
        text={"da": "Hvad ville hjælpe?", "pl": "Co by pomogło?"}
    )
    scale = Scale.objects.get(questionnaire=apv, key="fa_affects")
    scale.options[1]["label"] = {"da": "Flere af os", "pl": "Kilkoro z nas"}
    scale.save()


def fields(apv: Questionnaire, language: str = "da") -> str:
    return physical_fields(form_for(apv.pk), language, (), {}, {})


def test_the_words_are_the_questionnaires(apv: Questionnaire) -> None:
    reword(apv)
    assert "Hvad ville hjælpe?" in fields(apv)
    assert "Flere af os" in fields(apv)
    assert "Nogle af os" not in fields(apv)
    assert "Co by pomogło?" in fields(apv, "pl")
    assert "Kilkoro z nas" in fields(apv, "pl")


def test_what_hr_explains_of_a_follow_up_is_read(apv: Questionnaire) -> None:
    for role in ("where", "describe", "affects", "photo"):
        Item.objects.filter(questionnaire=apv, key=f"fa_noise_{role}").update(help={"da": f"Om {role}."})
    page = fields(apv)
    for role in ("where", "describe", "affects", "photo"):
        assert page.count(f"Om {role}.") == 1


def test_what_is_not_asked_is_neither_shown_nor_read(apv: Questionnaire) -> None:
    Item.objects.filter(questionnaire=apv, key="fa_noise_photo").delete()
    Item.objects.filter(questionnaire=apv, key="fa_noise_known").update(shown_for=["danger"])
    page = fields(apv)
    assert 'name="fa_noise_photo"' not in page
    assert 'name="fa_light_photo"' in page
    data = QueryDict(mutable=True)
    data.update({"fa_noise": "major", "fa_noise_known": "no", "fa_noise_affects": "some", "fa_noise_describe": "Brum"})

    def read() -> PhysicalAnswer:
        return physical_posted(form_for(apv.pk).physical, (), data, MultiValueDict(), too_large=False).answers[0]

    assert (read().known, read().affects, read().description) == ("", "some", "Brum")
    data["fa_noise"] = "danger"
    assert read().known == "no"
    data["fa_noise_affects"] = "everybody"
    assert read().affects == ""


def test_fewer_characters_may_be_asked_for_but_not_more_than_there_is_room_for(apv: Questionnaire) -> None:
    Item.objects.filter(questionnaire=apv, key="fa_noise_describe").update(longest=200)
    Item.objects.filter(questionnaire=apv, key="fa_noise_idea").update(longest=5000)
    page = fields(apv)
    assert 'name="fa_noise_describe" maxlength="200"' in page
    assert 'name="fa_noise_idea" maxlength="500"' in page


def test_the_trio_reads_the_words_that_were_asked(
    apv: Questionnaire, town: Town, campaign: Campaign, at: Callable[[str], None], as_person: As
) -> None:
    at("2026-04-08 09:00")
    reword(apv)
    wave = open_wave(campaign)
    placement = wave.campaign.placements.get(person=town.staff["nord"][1])
    answer = PhysicalAnswer("fa_accidents", "danger", affects="some", known="no", description="Glat gulv")
    physical_send(wave=wave, placement=placement, answers=[answer], named=False, form_key=PhysicalReport().id)
    finding = PhysicalReport.objects.get().finding
    page = as_person(town.person["amr"]).get(reverse("surveys:finding_detail", args=[finding.pk])).content.decode()
    assert "Flere af os" in page
    assert "Nogle af os" not in page


def test_on_paper_everything_but_the_picture_is_asked_once(
    apv: Questionnaire, town: Town, campaign: Campaign, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2026-04-08 09:00")
    reword(apv)
    wave = open_wave(campaign)
    monkeypatch.setattr(letters, "typeset", lambda _layout, data: data)
    made = letters.paper_pdf(wave, [], "da")
    questions = next(topic["questions"] for topic in made["topics"] if topic["border"])  # type: ignore[attr-defined]
    texts = [row["text"] for row in questions]
    assert texts.count("Hvor er det?") == 9
    assert texts.count("Hvad ville hjælpe?") == 1
    assert not [text for text in texts if "billede" in text]
    assert len([row for row in questions if row["only"]]) == 9  # said once above what a problem opens
    assert {row["lines"] for row in questions if row["text"] == "Hvor er det?"} == {1}


def test_hr_rewords_a_follow_up_and_is_not_asked_for_another_meaning(
    apv: Questionnaire, town: Town, as_person: As
) -> None:
    client = as_person(town.person["hr"])
    url = reverse("surveys:item_edit", args=[apv.key, apv.version, "fa_noise_idea"])
    assert "Nej, meningen er en anden" not in client.get(url).content.decode()
    client.post(url, {"text_da": "Hvad ville hjælpe?", "meaning": "another"})
    item = Item.objects.get(questionnaire=apv, key="fa_noise_idea")
    assert (item.text["da"], item.version) == ("Hvad ville hjælpe?", 2)


def test_the_page_of_somebody_who_answers_takes_what_is_asked(
    apv: Questionnaire, town: Town, campaign: Campaign, at: Callable[[str], None], client: Client
) -> None:
    at("2026-04-08 09:00")
    reword(apv)
    wave = open_wave(campaign)
    url = reverse("surveys:answer_physical", args=[code_of(wave, town.staff["nord"][1])])
    page = client.get(url).content.decode()
    assert "Hvad ville hjælpe?" in page
    assert page.count('class="danger g0"') == 9
    assert page.count("data-g0") == 9
