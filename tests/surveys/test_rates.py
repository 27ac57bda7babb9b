"""Response rates: nightly, whole percent, never for a group or difference of fewer than ten invited."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Campaign, CampaignUnit, Person
from surveys import rates
from surveys.models import ResponseRate
from tests.factories import Town
from tests.surveys.answered import SURVEY, everybody_answers, person_ids, unit_of
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]


def test_every_block_has_ten_invited(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    shown = {rate.unit_id for rate in wave.rates.all()}
    units = list(CampaignUnit.objects.filter(campaign=campaign).order_by("position"))
    by_unit = {unit.unit_id: unit for unit in units}
    assert unit_of(campaign, town, "kommune").pk in shown
    block: dict[int, int] = {}
    for unit in units:
        holder = next(by_unit[pk] for pk in reversed(unit.path) if by_unit[pk].pk in shown)
        block[holder.pk] = block.get(holder.pk, 0) + unit.placed
    assert all(count == 0 or count >= rates.LEAST_INVITED for count in block.values())
    assert unit_of(campaign, town, "nord").pk in shown
    assert rates.rate_groups_choose(wave) == 0


def test_counted_once_a_night_and_never_live(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    staff = person_ids(town.staff["nord"])
    everybody_answers(wave, but=staff)
    assert rates.rates_count() == 0
    nord = wave.rates.get(unit=unit_of(campaign, town, "nord"))
    assert nord.percent is None
    at("2026-04-09 02:15")
    assert rates.rates_count() == 1
    nord.refresh_from_db()
    invited = nord.invited
    assert nord.percent == round(100 * (invited - len(staff)) / invited)
    everybody_answers(wave)
    at("2026-04-09 22:00")
    assert rates.rates_count() == 0
    nord.refresh_from_db()
    assert nord.percent == round(100 * (invited - len(staff)) / invited)
    at("2026-04-10 02:15")
    assert rates.rates_count() == 1
    nord.refresh_from_db()
    assert nord.percent == 100
    whole = ResponseRate.objects.get(wave=wave, unit=unit_of(campaign, town, "kommune"))
    assert whole.percent == 100


def test_who_sees_whose_rate(town: Town, campaign: Campaign, at: At, as_person: As) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    at("2026-04-09 09:00")
    rates.rates_count()
    address = reverse("surveys:response_rates")
    for name, status in [("employee", 404), ("property", 404), ("dpo", 404), ("former_leader", 404), ("leader", 200),
                         ("tr", 200), ("med_department", 200), ("hr", 200)]:  # fmt: skip
        assert as_person(town.person[name]).get(address).status_code == status, name
    leader = as_person(town.person["leader"]).get(address).content.decode()
    assert "Afsnit Nord" in leader
    assert "Afsnit Syd" not in leader
    department = as_person(town.person["med_department"]).get(address).content.decode()
    assert "Lindevig Kommune" in department
    assert "Afsnit Nord" not in department
    assert "Skovskolen" not in department
