"""When HR begins 2029's campaign early, nothing of 2026's follow-up is hidden: three years of it is the promise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from actionplans import reminders
from actionplans.models import ActionPlan, Activity
from actionplans.services import plan_create
from organisation import clock
from organisation.campaigns import campaign_of_the_year
from organisation.models import Campaign, Milestone, Notice, Person
from surveys.models import Finding, ResponseRate, Wave
from tests.world import World, make_release, make_world
from trivsel.campaigns import campaign_and_survey_begin

pytestmark = pytest.mark.django_db
As = Callable[[Person | None], Client]
At = Callable[[str], None]


@pytest.fixture
def world(at: At) -> World:
    """June 2026 was lived; on 1 August 2026 HR, in a hurry, begins 2029's campaign."""
    at("2026-06-03 09:00")
    made = make_world()
    Milestone.objects.filter(key="evaluation").update(starts=date(2026, 8, 1))
    ResponseRate.objects.create(
        wave=made.wave, unit=made.unit["birkehoej"], invited=24, percent=83, counted_on=date(2026, 4, 22)
    )
    at("2026-08-03 09:00")
    campaign_and_survey_begin(
        name="Trivselsmåling og APV 2029",
        opens_on=date(2029, 3, 14),
        employed_by=None,
        naming="optional",
        by=made.town.person["hr"],
    )
    return made


def page(as_person: As, world: World, who: str, name: str, *args: object, **query: str) -> str:
    response = as_person(world.town.person[who]).get(reverse(name, args=args), query)
    assert response.status_code == 200, name
    return response.text


@pytest.mark.parametrize("who", ["leader", "amr", "tr"])
def test_the_trio_still_has_its_year(world: World, as_person: As, who: str) -> None:
    group = world.town.group["nord"].uuid
    room = page(as_person, world, who, "trivsel:group_detail", group)
    assert reverse("surveys:report_detail", args=[world.unit["nord"].uuid]) in room
    assert reverse("dialogs:dialogue_detail", args=[world.dialogue.uuid]) in room
    assert world.plan.title in page(as_person, world, who, "actionplans:plan_list")
    assert world.finding.title in page(as_person, world, who, "surveys:board", group)
    assert page(as_person, world, who, "surveys:finding_detail", world.finding.pk)
    assert world.dialogue.group.name in page(as_person, world, who, "dialogs:dialogue_list")
    assert "Afsnit Nord" in page(as_person, world, who, "surveys:report_list")
    assert "83\u00a0%" in page(as_person, world, "med_workplace", "surveys:response_rates")
    assert world.plan.title in page(as_person, world, who, "actionplans:plan_detail", world.plan.uuid)


def test_what_is_still_to_be_done_is_still_a_task(world: World, as_person: As) -> None:
    leader = page(as_person, world, "leader", "trivsel:task_list")
    assert f"Skriv under: {world.plan.title}" in leader
    assert "Vurdér 1 ny fysisk melding" in leader
    assert f"Flyt pilen: {world.activity.what}" in page(as_person, world, "amr", "trivsel:task_list")
    assert "Evaluér trivselsmålingen" in page(as_person, world, "med_workplace", "trivsel:task_list")
    assert "Evaluér trivselsmålingen" in page(as_person, world, "med_municipality", "trivsel:task_list")


def test_deadlines_are_still_reminded_of(world: World) -> None:
    Activity.objects.update(deadline=clock.today())
    assert reminders.deadline_notices_queue() == 1
    assert Notice.objects.get(kind="activity_due").person == world.town.person["amr"]


@pytest.mark.parametrize(
    ("who", "committee"),
    [("med_workplace", "birkehoej"), ("med_department", "sundhed"), ("med_municipality", "kommune"), ("hr", "sundhed")],
)
def test_the_committees_still_see_status_and_evaluate(world: World, as_person: As, who: str, committee: str) -> None:
    uuid = world.town.committee[committee].uuid
    status = page(as_person, world, who, "trivsel:committee_status", uuid)
    assert "Status på handleplaner" in status
    assert world.plan.title in status or committee == "kommune"
    assert "?maaling=2029" not in status, "nothing of 2029 has opened: there is nothing to choose"
    evaluation = page(as_person, world, who, "actionplans:evaluation_edit", uuid)
    assert "Evaluering af trivselsmåling og APV 2026" in evaluation


def test_hr_prepares_the_new_one_and_still_keeps_the_dates_of_the_old(world: World, as_person: As) -> None:
    assert world.plan.group.name in page(as_person, world, "hr", "actionplans:plan_list")
    assert world.dialogue.group.name in page(as_person, world, "hr", "dialogs:dialogue_list")
    assert "2026" in page(as_person, world, "hr", "surveys:release_list")
    assert page(as_person, world, "hr", "actionplans:evaluation_list")
    set_up = page(as_person, world, "hr", "trivsel:hr_campaign")
    assert "<h1>Trivselsmåling og APV 2029</h1>" in set_up
    assert "?maaling=2026" in set_up
    assert "<h1>Trivselsmåling og APV 2026</h1>" in page(as_person, world, "hr", "trivsel:hr_campaign", maaling="2026")
    address = reverse("trivsel:milestone_edit", args=["evaluation"]) + "?maaling=2026"
    moved = {
        "title": "Evaluering i MED",
        "starts": "2026-08-10",
        "at": "08:00",
        "ends": "2026-09-30",
        "ends_at": "23:59",
    }
    answer = as_person(world.town.person["hr"]).post(address, moved)
    assert answer.headers["Location"].endswith("?maaling=2026")
    assert Milestone.objects.get(campaign__year=2026, key="evaluation").starts == date(2026, 8, 10)
    assert Milestone.objects.get(campaign__year=2029, key="evaluation").starts.year == 2029


def test_a_new_plan_belongs_to_the_measuring_it_follows_up(world: World, as_person: As) -> None:
    leader = as_person(world.town.person["leader"])
    content = {"title": "Ny", "problem": "p", "goal": "m", "follow_up_on": "2026-12-01"}
    address = reverse("actionplans:plan_create")
    assert leader.post(address, content).status_code == 302
    assert ActionPlan.objects.get(title="Ny").campaign == world.campaign
    assert leader.post(f"{address}?melding={world.finding.pk}", content | {"title": "Fund"}).status_code == 302
    assert ActionPlan.objects.get(title="Fund").campaign == world.campaign


def test_the_pages_for_everybody_turn_to_the_new_one_half_a_year_before(world: World, at: At) -> None:
    def year() -> int:
        shown = campaign_of_the_year()
        assert shown is not None
        return shown.year

    assert year() == 2026
    at("2028-09-10 09:00")
    assert year() == 2026
    at("2028-11-10 09:00")
    assert year() == 2029


def next_year_lived(world: World, at: At, *, released: bool) -> Wave:
    at("2029-05-10 09:00")
    campaign = Campaign.objects.get(year=2029)
    wave = Wave.objects.get(campaign=campaign)
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPENED if released else Wave.State.OPEN, public_key=b"k")
    Campaign.objects.filter(pk=campaign.pk).update(frozen_at=clock.now())
    if released:
        make_release(wave, [world.town.person["hr"], world.town.person["hr_2"]], {})
    return wave


def test_while_the_new_survey_is_open_the_old_follow_up_stays(world: World, as_person: As, at: At) -> None:
    next_year_lived(world, at, released=False)
    group = world.town.group["nord"].uuid
    board = page(as_person, world, "leader", "surveys:board", group)
    assert world.finding.title in board
    assert "Indtil rapporterne fra Trivselsmåling og APV 2029 er ude" in board
    assert "Afsnit Nord" in page(as_person, world, "leader", "surveys:report_list")
    tasks = page(as_person, world, "leader", "trivsel:task_list")
    assert "Svar på trivselsmålingen" in tasks
    assert f"Skriv under: {world.plan.title}" in tasks


def test_once_the_new_reports_are_out_old_open_work_is_not_forgotten(world: World, as_person: As, at: At) -> None:
    wave = next_year_lived(world, at, released=True)
    plan_create(
        group=world.town.group["nord"],
        campaign=wave.campaign,
        title="Planen fra 2029",
        problem="p",
        goal="m",
        follow_up_on=date(2029, 12, 1),
        by=world.town.person["leader"],
    )
    plans = page(as_person, world, "leader", "actionplans:plan_list")
    assert plans.index("Planen fra 2029") < plans.index(world.plan.title)
    assert f"Skriv under: {world.plan.title}" in page(as_person, world, "leader", "trivsel:task_list")
    assert world.finding.title in page(as_person, world, "leader", "surveys:board", world.town.group["nord"].uuid)
    committee = world.town.committee["birkehoej"].uuid
    status = page(as_person, world, "med_workplace", "trivsel:committee_status", committee)
    assert "Én handleplan fra Trivselsmåling og APV 2026 er ikke gennemført endnu." in status
    older = page(as_person, world, "med_workplace", "trivsel:committee_status", committee, maaling="2026")
    assert world.plan.title in older
    assert "Afsnit Nord" in page(as_person, world, "leader", "surveys:report_list", maaling="2026")
    assert world.dialogue.group.name in page(as_person, world, "hr", "dialogs:dialogue_list", maaling="2026")
    for who in ("med_workplace", "hr"):
        evaluation = page(as_person, world, who, "actionplans:evaluation_edit", committee, maaling="2026")
        assert "Evaluering af trivselsmåling og APV 2026" in evaluation


def test_a_dangerous_report_of_the_new_survey_is_on_the_board_at_once(world: World, as_person: As, at: At) -> None:
    wave = next_year_lived(world, at, released=False)
    unit = world.unit["nord"]
    unit.pk, unit.campaign = None, wave.campaign
    unit.uuid = world.dialogue.uuid
    unit.save()
    for title, severity in [("Løst gulv", "danger"), ("Skæv stol", "minor")]:
        Finding.objects.create(
            campaign=wave.campaign, unit=unit, item=world.finding.item, title=title, severity=severity
        )
    board = page(as_person, world, "amr", "surveys:board", world.town.group["nord"].uuid)
    assert "Løst gulv" in board
    assert "Skæv stol" not in board
