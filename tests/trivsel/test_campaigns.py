"""HR begins a campaign from a page: every date of the year is proposed, and bad input is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Campaign, Milestone, Person
from organisation.year import YEAR
from surveys.models import Questionnaire, Wave
from tests.factories import Town, make_campaign
from tests.surveys.waves import planned_wave

pytestmark = pytest.mark.django_db
NEW = {"name": "Trivselsmåling 2026", "opens_on": "2026-04-08", "employed_by": "2026-03-01", "naming": "unit"}


@pytest.fixture
def hr(town: Town, at: Callable[[str], None], as_person: Callable[[Person | None], Client]) -> Client:
    at("2026-02-02 09:00")
    return as_person(town.person["hr"])


def test_the_year_of_2026_follows_from_its_first_day(hr: Client) -> None:
    assert "Opret målingen" in hr.get(reverse("trivsel:hr_campaign")).content.decode()
    assert hr.post(reverse("trivsel:campaign_create"), NEW).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.year, campaign.employed_by) == (2026, date(2026, 3, 1))
    dates = {row.key: (row.starts, row.ends) for row in campaign.milestones.all()}
    # When the staff see their report at the latest is the deadline for plans, unless HR adds a date of its own.
    assert set(dates) == {row.key for row in YEAR} == set(Milestone.Key.values) - {"staff_reports"}
    assert dates["med_day"][0] == date(2026, 3, 18)
    assert dates["survey"] == (date(2026, 4, 8), date(2026, 4, 22))
    assert dates["reports"][0] == date(2026, 5, 5)
    assert dates["dialogues"] == (date(2026, 5, 11), date(2026, 6, 30))
    assert dates["plan_deadline"][0] == date(2026, 6, 30)
    wave = Wave.objects.get()
    assert (wave.state, wave.naming, wave.closes_at.date()) == ("planned", "unit", date(2026, 4, 22))
    assert wave.questionnaire == Questionnaire.objects.get()
    assert "Trivselsmåling 2026" in hr.get(reverse("trivsel:hr_campaign")).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("opens_on", "2026-02-02", "tidligst åbne i morgen"),
        ("opens_on", "engang", "gyldig dato"),
        ("name", "", "påkrævet"),
        ("employed_by", "2026-05-01", "før spørgeskemaet åbner"),
    ],
)
def test_bad_input_is_told_and_kept(hr: Client, field: str, value: str, words: str) -> None:
    response = hr.post(reverse("trivsel:campaign_create"), {**NEW, field: value})
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert field == "name" or 'value="Trivselsmåling 2026"' in page
    assert not Campaign.objects.exists()


def test_one_campaign_at_a_time_until_its_answers_are_counted(
    hr: Client, town: Town, at: Callable[[str], None], as_person: Callable[[Person | None], Client]
) -> None:
    wave = planned_wave(make_campaign())
    assert hr.get(reverse("trivsel:campaign_create")).status_code == 403
    assert "Opret den næste måling" not in hr.get(reverse("trivsel:hr_campaign")).content.decode()
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPENED)
    at("2028-11-01 09:00")
    later = as_person(town.person["hr"])
    assert "Opret den næste måling" in later.get(reverse("trivsel:hr_campaign")).content.decode()
    assert (
        later.post(reverse("trivsel:campaign_create"), {**NEW, "opens_on": "2029-03-14", "employed_by": ""}).status_code
        == 302
    )
    assert Campaign.objects.get(year=2029).milestones.count() == len(YEAR)


def test_a_year_has_one_campaign(hr: Client) -> None:
    wave = planned_wave(make_campaign())
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPENED)
    response = hr.post(reverse("trivsel:campaign_create"), NEW)
    assert response.status_code == 422
    assert "Der er allerede en måling det år" in response.content.decode()


def test_the_naming_of_physical_reports_is_set_until_opening(hr: Client) -> None:
    wave = planned_wave(make_campaign())
    page = reverse("trivsel:survey_settings")
    assert hr.get(page).status_code == 200
    assert hr.post(page, {"naming": "nonsens"}).status_code == 422
    assert hr.post(page, {"naming": "named"}).status_code == 302
    wave.refresh_from_db()
    assert wave.naming == "named"
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    assert hr.post(page, {"naming": "unit"}).status_code == 403
    assert "kan ikke ændres længere" in hr.get(page).content.decode()
