"""Rules of the release: HR sets them before opening; afterwards neither page nor database lets anybody."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from organisation.models import Campaign, CampaignUnit, Level, Person
from surveys import facts
from surveys.models import Topic, Wave
from surveys.questionnaires import form_for
from tests.factories import Town
from tests.surveys.answered import SURVEY
from tests.surveys.waves import open_wave, planned_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]


def posted(wave: Wave, **changed: Any) -> dict[str, Any]:
    topics = Topic.objects.filter(questionnaire=wave.questionnaire, section="A", switched_on=True)
    said = {"left_out": 10} | {f"k_{topic.key}": 5 for topic in topics}
    return said | {f"weight_{level.kind}": 1 for level in Level.objects.all()} | changed


def test_hr_sets_cap_thresholds_and_weights(town: Town, campaign: Campaign, at: At, as_person: As) -> None:
    at("2026-03-20 09:00")
    wave = planned_wave(campaign)
    hr, address = as_person(town.person["hr"]), reverse("surveys:release_rules")
    assert hr.post(address, posted(wave, left_out=5, k_ka=8, weight_workplace="2.5")).status_code == 302
    wave.refresh_from_db()
    assert (wave.left_out_cap, wave.level_weights) == (Decimal("0.05"), {"workplace": 2.5})
    assert {item.threshold for item in form_for(wave.questionnaire_id).facts if item.theme == "ka"} == {8}
    assert {item.threshold for item in form_for(wave.questionnaire_id).facts if item.theme == "ps"} == {5}


@pytest.mark.parametrize("wrong", [{"k_ka": 4}, {"left_out": 11}, {"left_out": ""}, {"weight_team": 0}])
def test_never_below_five_never_above_a_tenth(
    town: Town, campaign: Campaign, at: At, as_person: As, wrong: dict[str, Any]
) -> None:
    at("2026-03-20 09:00")
    wave = planned_wave(campaign)
    answer = as_person(town.person["hr"]).post(reverse("surveys:release_rules"), posted(wave, **wrong))
    assert answer.status_code == 422
    wave.refresh_from_db()
    assert (wave.left_out_cap, wave.level_weights) == (Decimal("0.10"), {})
    assert not Topic.objects.exclude(threshold=5).exists()


def test_after_opening_nobody_changes_them(town: Town, campaign: Campaign, at: At, as_person: As) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    hr, address = as_person(town.person["hr"]), reverse("surveys:release_rules")
    assert "ligger fast" in hr.get(address).content.decode()
    assert hr.post(address, posted(wave, left_out=0)).status_code == 403
    for change in ({"left_out_cap": Decimal("0.05")}, {"level_weights": {"team": 2}}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Wave.objects.filter(pk=wave.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Topic.objects.filter(questionnaire=wave.questionnaire, key="ka").update(threshold=8)


def test_a_levels_weight_decides_which_reports_win(town: Town, campaign: Campaign, at: At) -> None:
    """Indskolingen 8 answers and Skovskolen itself 3: with nothing left out only one of the two can be shown."""
    at(SURVEY)
    wave = open_wave(campaign, left_out_cap=Decimal(0))
    rows = {row.name: row.pk for row in CampaignUnit.objects.filter(campaign=campaign)}
    answered = {rows["Lindevig Kommune"]: 30, rows["Indskolingen"]: 8, rows["Skovskolen"]: 3}

    def shown() -> set[str]:
        planned = facts.plan_facts(wave, respondents=answered, answers={})
        return {name for name, pk in rows.items() if any(row[:2] == (pk, facts.ANSWERED) for row in planned.rows)}

    assert "Skovskolen" in shown()
    assert "Indskolingen" not in shown()
    wave.level_weights = {"team": 10}
    assert "Indskolingen" in shown()
    assert "Skovskolen" not in shown()
