"""Where people count, once and for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from organisation import freezing
from organisation.models import Campaign, CampaignUnit, Placement
from organisation.tasks import campaign_freeze
from tests.factories import Town, make_employment, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _first_of_april(at: Callable[[str], None]) -> None:
    at("2026-04-01 09:00")


def place_of(campaign: Campaign, person: object) -> str:
    return Placement.objects.get(campaign=campaign, person=person).unit.name


def test_the_tree_is_kept_in_danish_order_with_head_counts(town: Town, campaign: Campaign) -> None:
    freezing.campaign_freeze(campaign)
    names = list(CampaignUnit.objects.filter(campaign=campaign).values_list("name", flat=True))
    assert names[:6] == [
        "Lindevig Kommune",
        "Børn & Familie",
        "Skovskolen",
        "Indskolingen",
        "Udskolingen",
        "Sundhed & Ældre",
    ]
    root = CampaignUnit.objects.get(campaign=campaign, unit=town.unit["kommune"])
    assert root.invited == Placement.objects.filter(campaign=campaign).count() > 40
    nord = CampaignUnit.objects.get(campaign=campaign, unit=town.unit["nord"])
    assert nord.placed == nord.invited == 12 + 2  # the staff, AMR and TR; not the leader


def test_leaders_count_in_the_group_above_what_they_lead(town: Town, campaign: Campaign) -> None:
    freezing.campaign_freeze(campaign)
    assert place_of(campaign, town.person["leader"]) == "Plejehjemmet Birkehøj"
    assert place_of(campaign, town.person["head"]) == "Sundhed & Ældre"


def test_leaders_count_in_their_own_unit_when_hr_says_so(town: Town, campaign: Campaign) -> None:
    campaign.leaders_one_level_up = False
    campaign.save()
    freezing.campaign_freeze(campaign)
    assert place_of(campaign, town.person["leader"]) == "Afsnit Nord"


def test_somebody_with_two_jobs_counts_once_where_the_hours_are(town: Town, campaign: Campaign) -> None:
    double = make_person("To Job")
    make_employment(double, town.unit["nord"], hours=12)
    make_employment(double, town.unit["ud"], hours=25)
    freezing.campaign_freeze(campaign)
    assert place_of(campaign, double) == "Udskolingen"


def test_people_on_leave_newcomers_and_leavers_are_not_invited(town: Town, campaign: Campaign) -> None:
    campaign.employed_by = date(2026, 3, 1)
    campaign.save()
    on_leave, newcomer = make_person(), make_person()
    make_employment(on_leave, town.unit["nord"], leave="parental")
    make_employment(newcomer, town.unit["nord"], starts=date(2026, 3, 15))
    freezing.campaign_freeze(campaign)
    placed = Placement.objects.filter(campaign=campaign)
    assert not placed.filter(person__in=[on_leave, newcomer, town.person["former_leader"]]).exists()
    assert placed.filter(person=town.person["employee"]).exists()


def test_the_sweep_freezes_on_the_day_and_once(town: Town, campaign: Campaign, at: Callable[[str], None]) -> None:
    at("2026-03-31 09:00")
    campaign_freeze()
    assert not Placement.objects.exists()
    at("2026-04-01 09:00")
    campaign_freeze()
    first = set(Placement.objects.values_list("pk", flat=True))
    campaign_freeze()
    assert first
    assert first == set(Placement.objects.values_list("pk", flat=True))
    with pytest.raises(freezing.AlreadyFrozen):
        freezing.campaign_freeze(campaign)


def test_a_placement_cannot_be_moved(town: Town, campaign: Campaign) -> None:
    freezing.campaign_freeze(campaign)
    elsewhere = CampaignUnit.objects.get(campaign=campaign, unit=town.unit["ud"])
    with pytest.raises(ProgrammingError), transaction.atomic():
        Placement.objects.filter(person=town.person["employee"]).update(unit=elsewhere)
