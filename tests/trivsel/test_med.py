"""The committees' status page: what each level sees, and that it stays quick."""
# ruff: noqa: F811 (a fixture asked for by its name is not a redefinition)

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actionplans import services as plans
from actionplans.models import ActionPlan
from actionplans.status import status_of_workplaces
from dialogs import services as dialogues
from dialogs.models import Dialogue
from organisation.models import Campaign, CampaignUnit, Person
from surveys.models import ResponseRate, Wave
from tests.actionplans.conftest import make_plan
from tests.dialogs.conftest import asked, dialogue, released  # noqa: F401  (fixtures)
from tests.factories import Town, make_group, make_unit

pytestmark = pytest.mark.django_db
As = Callable[[Person | None], Client]


def url(town: Town, key: str) -> str:
    return reverse("trivsel:committee_status", args=[town.committee[key].uuid])


def sign(town: Town, plan: ActionPlan, *who: str) -> None:
    plans.activity_add(plan=plan, what="Noget", owner_name="Mie", deadline=date(2026, 6, 30), by=town.person[who[0]])
    for key in who:
        plans.plan_sign(plan=plan, by=town.person[key])


def test_a_workplace_is_ready_when_every_trio_is(town: Town, released: Campaign) -> None:
    place = town.unit["birkehoej"].pk
    assert status_of_workplaces(released, [place])[place].state == "missing"
    sign(town, make_plan(released, town), "leader", "amr")
    assert status_of_workplaces(released, [place])[place].state == "draft"
    sign(town, make_plan(released, town, group="syd", by="leader_syd"), "leader_syd", "amr_syd")
    assert status_of_workplaces(released, [place])[place].state == "ready"


def test_a_dialogue_counts_when_every_trio_has_held_it(town: Town, dialogue: Dialogue) -> None:
    place = town.unit["birkehoej"].pk
    for key, by in (("nord", "leader"), ("syd", "leader_syd")):
        assert status_of_workplaces(dialogue.campaign, [place])[place].held is False
        dialogues.dialogue_hold(
            dialogue=Dialogue.objects.get(group=town.group[key]),
            held_on=date(2026, 5, 12),
            participants=9,
            topics=[],
            agreements=[],
            by=town.person[by],
        )
    assert status_of_workplaces(dialogue.campaign, [place])[place].held is True


@pytest.mark.parametrize(
    ("who", "kommune", "sundhed", "birkehoej"),
    [
        (None, 302, 302, 302),
        ("employee", 404, 404, 404),
        ("leader", 404, 404, 404),
        ("head", 404, 404, 200),
        ("med_workplace", 404, 404, 200),
        ("med_department", 404, 200, 404),
        ("med_other_department", 404, 404, 404),
        ("med_municipality", 200, 404, 404),
        ("hr", 200, 200, 200),
        ("property", 404, 404, 404),
        ("dpo", 404, 404, 404),
    ],
)
def test_who_sees_which_committee(
    town: Town,
    released: Campaign,
    as_person: As,
    who: str | None,
    kommune: int,
    sundhed: int,
    birkehoej: int,
) -> None:
    client = as_person(town.person[who] if who else None)
    answers = [client.get(url(town, key)).status_code for key in ("kommune", "sundhed", "birkehoej")]
    assert answers == [kommune, sundhed, birkehoej]


def test_the_list_leads_to_ones_own(town: Town, released: Campaign, as_person: As) -> None:
    address = reverse("trivsel:committee_list")
    assert as_person(None).get(address).status_code == 302
    assert as_person(town.person["head"]).get(address).headers["Location"] == url(town, "birkehoej")
    assert as_person(town.person["employee"]).get(address).status_code == 404
    page = as_person(town.person["hr"]).get(address)
    assert "KommuneMED" in page.text
    assert "ArbejdspladsMED Birkehøj" not in page.text
    page = as_person(town.person["hr"]).get(address, {"under": str(town.committee["sundhed"].uuid)})
    assert "ArbejdspladsMED Birkehøj" in page.text


def test_kommunemed_sees_afdelinger_in_alphabetical_order_with_a_total(
    town: Town,
    released: Campaign,
    as_person: As,
) -> None:
    make_unit("Ældre og Ø", "department", town.unit["kommune"])
    sign(town, make_plan(released, town), "leader", "amr")
    page = as_person(town.person["med_municipality"]).get(url(town, "kommune"))
    rows = page.context["rows"]
    assert [row.label for row in rows] == ["Børn & Familie", "Sundhed & Ældre", "Ældre og Ø"]
    assert [(row.workplaces, row.ready, row.draft, row.missing) for row in rows] == [
        (1, 0, 0, 1),
        (1, 0, 1, 0),
        (0, 0, 0, 0),
    ]
    assert page.context["whole"].workplaces == 2
    assert "ikke en rangliste" in page.text


def test_above_the_workplace_a_plan_is_a_title_and_a_state(
    town: Town,
    released: Campaign,
    as_person: As,
) -> None:
    plan = make_plan(released, town, problem="Et problem, som kun arbejdspladsen læser")
    page = as_person(town.person["med_department"]).get(url(town, "sundhed"))
    assert plan.title in page.text
    assert str(plan.uuid) not in page.text
    assert plan.problem not in page.text
    page = as_person(town.person["med_municipality"]).get(url(town, "kommune"), {"afdeling": town.unit["sundhed"].uuid})
    assert plan.title in page.text
    assert str(plan.uuid) not in page.text
    page = as_person(town.person["med_workplace"]).get(url(town, "birkehoej"))
    assert reverse("actionplans:plan_detail", args=[plan.uuid]) in page.text


def test_the_response_rate_is_shown_where_there_is_one(
    town: Town,
    released: Campaign,
    as_person: As,
) -> None:
    wave = Wave.objects.get(campaign=released)
    unit = CampaignUnit.objects.get(campaign=released, unit=town.unit["birkehoej"])
    ResponseRate.objects.create(wave=wave, unit=unit, invited=24, percent=83, counted_on=date(2026, 4, 22))
    page = as_person(town.person["med_department"]).get(url(town, "sundhed"))
    assert "83\u00a0%" in page.text
    assert "aldrig for små grupper" in page.text  # Sundhed & Ældre itself has none


def test_before_any_campaign_the_page_says_what_will_come(town: Town, as_person: As) -> None:
    assert "Her kommer status" in as_person(town.person["med_municipality"]).get(url(town, "kommune")).text


@pytest.mark.parametrize(("who", "key"), [("med_municipality", "kommune"), ("med_department", "sundhed")])
def test_the_number_of_queries_does_not_grow_with_the_municipality(
    town: Town,
    released: Campaign,
    as_person: As,
    who: str,
    key: str,
) -> None:
    client, address = as_person(town.person[who]), url(town, key)
    make_plan(released, town)
    with CaptureQueriesContext(connection) as small:
        client.get(address)
    for n in range(5):
        place = make_unit(f"Plejehjem {n}", "workplace", town.unit["sundhed"])
        team = make_unit(f"Afsnit {n}", "team", place)
        town.group[f"g{n}"] = make_group(f"Trio {n}", place, [team])
        CampaignUnit.objects.create(
            campaign=released, unit=team, name=team.name, level_kind="team", path=team.path, position=100 + n
        )
        make_plan(released, town, group=f"g{n}")
    with CaptureQueriesContext(connection) as large:
        page = client.get(address)
    assert page.context["whole"].workplaces == (7 if key == "kommune" else 6)
    assert asked(large) == asked(small)


def test_a_deadline_that_has_passed_is_told_as_such(
    town: Town, released: Campaign, as_person: As, at: Callable[[str], None]
) -> None:
    before = as_person(town.person["med_municipality"]).get(url(town, "kommune")).text
    assert "Fristen for handleplaner er 30. juni, om 7 uger." in before
    at("2026-09-15 09:00")
    for who, address in [
        ("med_municipality", url(town, "kommune")),
        ("med_workplace", url(town, "birkehoej")),
        ("leader", reverse("actionplans:plan_list")),
    ]:
        page = as_person(town.person[who]).get(address).text
        assert "Fristen for handleplaner var 30. juni 2026." in page
        assert "uger siden" not in page
