"""HR rewords the answers: for every question that has them, as a new wording or as other questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import AuditEntry, Campaign, Person
from surveys import questionnaire_edit as edit
from surveys.master.apv2026 import MASTER
from surveys.models import Comparability, Item, Questionnaire, Scale
from surveys.opening import wave_open
from surveys.questionnaire_checks import problems_of
from surveys.questionnaire_data import questionnaire_dump
from surveys.questionnaires import questionnaire_load
from tests.factories import Town
from tests.world import make_wave

As = Callable[[Person | None], Client]


@pytest.fixture
def apv(db: None) -> Questionnaire:
    return questionnaire_load(MASTER)


@pytest.fixture
def client(town: Town, as_person: As) -> Client:
    return as_person(town.person["hr"])


def url(name: str, questionnaire: Questionnaire, *more: Any) -> str:
    return reverse(f"surveys:{name}", args=[questionnaire.key, questionnaire.version, *more])


def fields(scale: Scale, **changed: str) -> dict[str, str]:
    """The form as it stands, with some answers changed: {"answer1_da": …}."""
    found = {}
    for n, option in enumerate(scale.options + scale.aside, start=1):
        found |= {f"answer{n}_{code}": option["label"].get(code, "") for code in ("da", "en")}
    return {**found, **changed}


def scale_of(questionnaire: Questionnaire, key: str) -> Scale:
    return Scale.objects.get(questionnaire=questionnaire, key=key)


def test_other_words_are_a_new_wording_of_every_question_that_has_the_answers(
    apv: Questionnaire, client: Client, town: Town
) -> None:
    Comparability.objects.filter(questionnaire=apv, key="mt_overall").update(approved_by="HR")
    edit.texts_set(questionnaire=apv, code="pl", texts={"sat5.1": "Bardzo źle"}, by=town.person["hr"])
    made = edit.version_create(source=apv, by=None)
    page = url("scale_edit", made, "sat5")
    assert "Hvor tilfreds er du alt i alt" in client.get(page).content.decode()  # the question that has them
    changed = fields(scale_of(made, "sat5"), answer1_da="Slet ikke tilfreds", answer1_en="Not satisfied at all")
    assert client.post(page, changed).status_code == 422  # which of the two it is must be said
    assert client.post(page, {**changed, "meaning": "same"}).status_code == 302
    label = scale_of(made, "sat5").options[0]["label"]
    assert (label["da"], label["en"], label["pl"]) == ("Slet ikke tilfreds", "Not satisfied at all", "Bardzo źle")
    assert scale_of(made, "sat5").options[0]["key"] == "1"
    assert scale_of(apv, "sat5").options[0]["label"]["da"] == "Meget utilfreds"
    versions = dict(Item.objects.filter(questionnaire=made).values_list("key", "version"))
    assert versions["mt_overall"] == 2
    assert {version for key, version in versions.items() if key != "mt_overall"} == {1}
    made.refresh_from_db()
    assert {row["code"] for row in made.languages if row.get("reviewed")} == {"da"}
    assert Comparability.objects.get(questionnaire=made, key="mt_overall").approved_by == "HR"
    assert AuditEntry.objects.filter(verb="questionnaire_answers_reworded").count() == 1
    client.post(page, {**fields(scale_of(apv, "sat5")), "meaning": "same"})
    assert Item.objects.get(questionnaire=made, key="mt_overall").version == 1  # as it was


def test_a_question_and_its_answers_reworded_are_one_new_wording(apv: Questionnaire, client: Client) -> None:
    made = edit.version_create(source=apv, by=None)
    changed = fields(scale_of(made, "sat5"), answer1_da="Slet ikke tilfreds")
    client.post(url("scale_edit", made, "sat5"), {**changed, "meaning": "same"})
    client.post(url("item_edit", made, "mt_overall"), {"text_da": "Er du tilfreds?", "meaning": "same"})
    assert Item.objects.get(questionnaire=made, key="mt_overall").version == 2


def test_answers_that_mean_something_else_make_other_questions(apv: Questionnaire, client: Client) -> None:
    Comparability.objects.filter(questionnaire=apv, key="mt_overall").update(approved_by="HR")
    changed = fields(scale_of(apv, "sat5"), answer3_da="Ved ikke rigtig")
    client.post(url("scale_edit", apv, "sat5"), {**changed, "meaning": "another"})
    assert not Item.objects.filter(questionnaire=apv, key="mt_overall").exists()
    assert Item.objects.get(questionnaire=apv, key="mt_overall_2").version == 1
    assert not Comparability.objects.filter(questionnaire=apv, key="mt_overall").exists()
    yes = fields(scale_of(apv, "yesno"), answer2_da="Aldrig")
    client.post(url("scale_edit", apv, "yesno"), {**yes, "meaning": "another"})
    keys = set(Item.objects.filter(questionnaire=apv).values_list("key", flat=True))
    assert {"ka_threats_2", "ka_threats_2_freq", "ka_threats_2_handled"} <= keys
    assert problems_of(questionnaire_dump(apv)) == []


@pytest.mark.parametrize("key", ["sf_work", "phys", "fa_affects"])
def test_where_we_know_what_each_answer_means_only_the_words_change(
    apv: Questionnaire, client: Client, key: str
) -> None:
    page = url("scale_edit", apv, key)
    assert "Betyder svarene stadig det samme?" not in client.get(page).content.decode()
    client.post(page, {**fields(scale_of(apv, key), answer1_da="Andre ord"), "meaning": "another"})
    assert scale_of(apv, key).options[0]["label"]["da"] == "Andre ord"
    assert not Item.objects.filter(questionnaire=apv, key__endswith="_2").exists()


def test_every_answer_has_a_danish_text_of_its_own(apv: Questionnaire, client: Client) -> None:
    page = url("scale_edit", apv, "sat5")
    for wrong in ({"answer1_da": ""}, {"answer1_da": "Utilfreds"}):
        answer = client.post(page, {**fields(scale_of(apv, "sat5"), **wrong), "meaning": "same"})
        assert answer.status_code == 422
    assert scale_of(apv, "sat5").options[0]["label"]["da"] == "Meget utilfreds"


def test_locked_when_the_survey_is_open(
    apv: Questionnaire, client: Client, campaign: Campaign, at: Callable[[str], None]
) -> None:
    at("2026-04-08 09:00")
    wave = make_wave(campaign)
    wave_open(wave)
    page = url("scale_edit", apv, "sat5")
    assert "låst" in client.get(page).content.decode()
    client.post(page, {**fields(scale_of(apv, "sat5"), answer1_da="Andre ord"), "meaning": "same"})
    assert scale_of(apv, "sat5").options[0]["label"]["da"] == "Meget utilfreds"


def test_the_answers_of_a_text_cannot_be_edited(apv: Questionnaire, client: Client) -> None:
    assert client.get(url("scale_edit", apv, "text")).status_code in (403, 404)
    assert client.get(url("scale_edit", apv, "nowhere")).status_code == 404
