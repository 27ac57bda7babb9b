"""Before opening: who is invited and why not, small units that share a report, the release tried in advance; and the
named exceptions afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation import invitees, report_groups
from organisation.freezing import campaign_freeze
from organisation.models import (
    AuditEntry,
    Campaign,
    CampaignUnit,
    Employment,
    Person,
    Placement,
    PlacementException,
    ReportGroup,
    Unit,
)
from surveys import access, closing, facts, placements
from surveys.dry_run import DryRun, Line, dry_run
from surveys.models import Ticket
from surveys.tasklist import tasks_of
from tests.factories import Town, make_employment, make_person, make_unit
from tests.surveys.waves import code_of, open_wave

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]


@pytest.fixture(autouse=True)
def _a_day_in_march(at: Callable[[str], None]) -> None:
    at("2026-03-20 09:00")


@pytest.fixture
def hr(town: Town, as_person: ClientFor) -> Client:
    return as_person(town.person["hr"])


def line(tried: DryRun, name: str) -> Line:
    return next(line for line in tried.lines if line.unit.name == name)


def group(campaign: Campaign, town: Town) -> ReportGroup:
    return report_groups.report_group_make(
        campaign=campaign, units=[town.unit["koekken"], town.unit["syd"]], by=town.person["hr"]
    )


# ---------------------------------------------------------------- who is invited


def set_rules(campaign: Campaign, town: Town, **rules: object) -> invitees.Invitees:
    asked = {
        "employed_by": None,
        "least_hours": None,
        "invited_leave": [],
        "left_out_titles": [],
        "leaders_one_level_up": True,
    }
    return invitees.invitees_of(invitees.rules_set(campaign=campaign, by=town.person["hr"], **{**asked, **rules}))


def test_each_rule_has_its_count(town: Town, campaign: Campaign) -> None:
    everybody = set_rules(campaign, town)
    for fields in ({"leave": "sick"}, {"hours": 4}, {"starts": date(2026, 3, 2)}):
        make_employment(make_person(), town.unit["nord"], **fields)
    Employment.objects.filter(person=make_person()).update()
    substitute = make_employment(make_person(), town.unit["nord"])
    Employment.objects.filter(pk=substitute.pk).update(title="Vikar")
    found = set_rules(campaign, town, employed_by=date(2026, 3, 1), least_hours=Decimal(8), left_out_titles=["Vikar"])
    assert found.left_out == {"leave": 1, "hours": 1, "too_late": 1, "title": 1}
    assert len(found.places) == len(everybody.places)
    assert found.employed == len(found.places) + 4
    assert len(set_rules(campaign, town, invited_leave=["sick"]).places) == len(everybody.places) + 4


def test_a_second_job_may_meet_the_rules_when_the_main_one_does_not(town: Town, campaign: Campaign) -> None:
    double = make_person("To Job")
    make_employment(double, town.unit["nord"], hours=25, leave="leave")
    make_employment(double, town.unit["ud"], hours=12)
    assert set_rules(campaign, town).places[double.pk][1] == town.unit["ud"].pk


def test_rules_are_locked_by_freezing_and_leave_a_trace(town: Town, campaign: Campaign) -> None:
    set_rules(campaign, town, least_hours=Decimal(8))
    assert AuditEntry.objects.get(verb="invitation_rules_changed").detail["fields"] == ["least_hours"]
    campaign_freeze(campaign)
    with pytest.raises(ValidationError):
        set_rules(campaign, town)


def test_hr_changes_the_rules_on_the_page(town: Town, campaign: Campaign, hr: Client) -> None:
    make_employment(make_person(), town.unit["nord"], hours=4)
    page = hr.post(reverse("surveys:invitees"), {"least_hours": "99", "leaders_one_level_up": "on"}).content.decode()
    assert 'value="99"' in page
    answer = hr.post(reverse("surveys:invitees"), {"least_hours": "8", "leaders_one_level_up": "on"}, follow=True)
    assert "er ansat til for få timer om ugen" in answer.content.decode()
    campaign.refresh_from_db()
    assert campaign.least_hours == 8
    campaign_freeze(campaign)
    assert hr.post(reverse("surveys:invitees"), {"least_hours": "20"}).status_code == 403


# ---------------------------------------------------------------- report groups


def test_small_units_are_found_with_their_neighbours(town: Town, campaign: Campaign) -> None:
    units = invitees.active_units()
    small = report_groups.small_units(campaign, units, invitees.invitees_of(campaign, units).placed())
    assert [(row.unit.name, row.invited) for row in small] == [("Køkkenet", 3)]
    assert [unit.name for unit, _n in small[0].neighbours] == ["Afsnit Nord", "Afsnit Syd"]


def test_a_group_is_a_level_of_the_frozen_tree(town: Town, campaign: Campaign) -> None:
    made = group(campaign, town)
    campaign_freeze(campaign)
    made.refresh_from_db()
    rows = {row.name: row for row in CampaignUnit.objects.filter(campaign=campaign).select_related("parent", "unit")}
    together = rows["Afsnit Syd og Køkkenet"]
    assert together.unit == made.unit
    assert (together.placed, together.invited) == (0, 3 + 9 + 2)
    assert together.parent == rows["Plejehjemmet Birkehøj"]
    assert rows["Køkkenet"].parent == rows["Afsnit Syd"].parent == together
    assert rows["Køkkenet"].path == [*together.path, town.unit["koekken"].pk]
    assert not rows["Køkkenet"].own_report
    assert rows["Afsnit Nord"].own_report
    assert rows["Lindevig Kommune"].invited == Placement.objects.filter(campaign=campaign).count()
    assert Placement.objects.get(person=town.staff["koekken"][0]).unit == rows["Køkkenet"]
    # The unit behind the level is in no list of living units.
    assert made.unit.pk not in invitees.active_units()


def test_groups_are_made_of_neighbours_before_freezing_only(town: Town, campaign: Campaign) -> None:
    hr = town.person["hr"]
    for units in (["koekken"], ["koekken", "ud"], ["kommune", "koekken"]):
        with pytest.raises(ValidationError):
            report_groups.report_group_make(campaign=campaign, units=[town.unit[key] for key in units], by=hr)
    made = group(campaign, town)
    again = report_groups.report_group_make(campaign=campaign, units=[town.unit["koekken"], town.unit["nord"]], by=hr)
    assert again == made
    assert made.members.count() == 3
    report_groups.report_group_dissolve(group=made, by=hr)
    made = group(campaign, town)
    campaign_freeze(campaign)
    with pytest.raises(ValidationError):
        report_groups.report_group_dissolve(group=made, by=hr)
    with pytest.raises(ValidationError):
        report_groups.report_group_make(campaign=campaign, units=[town.unit["ind"], town.unit["ud"]], by=hr)


def test_a_group_whose_units_moved_apart_is_left_out(town: Town, campaign: Campaign) -> None:
    group(campaign, town)
    Unit.objects.filter(pk=town.unit["koekken"].pk).update(parent=town.unit["skole"])
    campaign_freeze(campaign)
    assert not CampaignUnit.objects.filter(campaign=campaign, own_report=False).exists()
    assert CampaignUnit.objects.filter(campaign=campaign).count() == 10


def test_the_release_gives_the_group_one_report_and_its_units_none(
    town: Town, campaign: Campaign, at: Callable[[str], None]
) -> None:
    set_rules(campaign, town, leaders_one_level_up=False)
    group(campaign, town)
    at("2026-04-10 09:00")
    campaign.refresh_from_db()
    wave = open_wave(campaign)
    rows = {row.name: row.pk for row in CampaignUnit.objects.filter(campaign=campaign)}
    placed = dict(CampaignUnit.objects.filter(campaign=campaign).values_list("pk", "placed"))
    planned = facts.plan_facts(wave, respondents=placed, answers={})
    shown = {row[0] for row in planned.rows if row[1] == facts.ANSWERED}
    assert rows["Afsnit Syd og Køkkenet"] in shown
    assert not shown & {rows["Afsnit Syd"], rows["Køkkenet"]}
    assert facts.audit_plan(wave, planned).green


def test_the_trios_of_a_group_may_open_its_report_and_strangers_not(town: Town, campaign: Campaign) -> None:
    made = group(campaign, town)
    campaign_freeze(campaign)
    made.refresh_from_db()
    together = CampaignUnit.objects.get(campaign=campaign, unit=made.unit)

    def opens(who: Person) -> bool:
        scope = access.report_scope(who)
        return CampaignUnit.objects.filter(scope.by_role(), pk=together.pk).exists()

    assert opens(town.person["leader_syd"])
    assert opens(town.person["amr_syd"])
    assert opens(town.person["head"])
    assert not opens(town.person["leader_school"])
    assert not opens(town.person["leader"])
    assert any(made.unit_id in path for path in access.report_scope(town.staff["koekken"][0]).own)


# ---------------------------------------------------------------- trying the release


def test_the_trial_tells_in_words_who_gets_a_report_and_who_rolls_up(town: Town, campaign: Campaign) -> None:
    tried = dry_run(campaign, rate=80)
    assert line(tried, "Afsnit Nord").own
    assert "sin egen rapport med omkring 11 besvarelser" in line(tried, "Afsnit Nord").words
    kitchen = line(tried, "Køkkenet")
    assert not kitchen.own
    assert "kun 2 besvarelser" in kitchen.words
    assert kitchen.read_in in ("Plejehjemmet Birkehøj", "Sundhed & Ældre", "Lindevig Kommune")
    assert kitchen.read_in in kitchen.words
    assert tried.expected <= tried.invited
    assert len(tried.own) + len(tried.rolled_up) == len(tried.lines)


def test_a_group_changes_the_trial(town: Town, campaign: Campaign) -> None:
    set_rules(campaign, town, leaders_one_level_up=False)
    campaign.refresh_from_db()
    group(campaign, town)
    tried = dry_run(campaign, rate=80)
    assert line(tried, "Afsnit Syd og Køkkenet").own
    assert "samlerapporten Afsnit Syd og Køkkenet" in line(tried, "Afsnit Syd").words
    assert not ReportGroup.objects.get().unit_id  # a trial writes nothing


def test_before_and_after_freezing_it_says_the_same(town: Town, campaign: Campaign) -> None:
    group(campaign, town)
    before = [line.words for line in dry_run(campaign, rate=75).lines]
    campaign_freeze(campaign)
    tried = dry_run(campaign, rate=75)
    assert tried.frozen
    assert [line.words for line in tried.lines] == before


def test_a_low_rate_leaves_only_the_top_or_nothing(town: Town, campaign: Campaign) -> None:
    few = dry_run(campaign, rate=30)
    assert line(few, "Lindevig Kommune").own
    assert len(few.own) < len(dry_run(campaign, rate=100).own)
    assert all(row.read_in or row.own for row in few.lines)
    assert dry_run(campaign, rate=1).own == []


def test_nobody_can_be_worked_out_in_the_trial_either(town: Town, campaign: Campaign) -> None:
    """Every unit that reads its own and lies alone beside a hidden one leaves nobody to subtract."""
    tried = dry_run(campaign, rate=60)
    lines = {row.key: row for row in tried.lines}
    for row in tried.own:
        hidden = row.expected - row.left_out
        stack = [child for child in tried.lines if child.parent == row.key]
        while stack:
            child = stack.pop()
            if child.own:
                hidden -= child.expected - child.left_out
            else:
                stack += [below for below in tried.lines if below.parent == child.key]
        assert hidden == 0 or hidden >= 5, (row.unit.name, hidden, lines)


def test_the_page_of_the_trial(town: Town, campaign: Campaign, hr: Client, as_person: ClientFor) -> None:
    address = reverse("surveys:dry_run")
    page = hr.get(address, {"svarprocent": "80"}).content.decode()
    assert "Køkkenet får ikke sin egen rapport" in page
    below = hr.get(address, {"svarprocent": "80", "enhed": str(town.unit["birkehoej"].pk)}).content.decode()
    assert "Afsnit Nord får sin egen rapport" in below
    assert hr.get(address, {"svarprocent": "0"}).status_code == 200
    assert hr.get(address, {"enhed": "' or 1=1"}).status_code == 200
    for who in ("leader", "head", "dpo", "med_municipality"):
        assert as_person(town.person[who]).get(address).status_code == 404


def test_the_pages_ask_a_constant_number_of_questions(town: Town, campaign: Campaign, hr: Client) -> None:
    addresses = [reverse(f"surveys:{name}") for name in ("invitees", "dry_run", "placement_exceptions")]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert hr.get(address).status_code == 200
            found.append(sum("clockshift" not in query["sql"] for query in asked.captured_queries))
        return found

    counts()  # the first page of a session notes the roles it began with
    before = counts()
    for number in range(25):
        make_employment(make_person(), make_unit(f"Lille {number}", "team", town.unit["skole"]))
    assert counts() == before


def test_hr_makes_and_dissolves_a_group_on_the_page(town: Town, campaign: Campaign, hr: Client) -> None:
    address = reverse("surveys:report_group_create", args=[town.unit["koekken"].uuid])
    assert "Afsnit Syd" in hr.get(address).content.decode()
    assert hr.get(reverse("surveys:report_group_create", args=[town.unit["nord"].uuid])).status_code == 404
    assert hr.post(address, {"neighbour": town.unit["syd"].pk, "name": "Syd og mad"}).status_code == 302
    made = ReportGroup.objects.get()
    assert made.name == "Syd og mad"
    assert "Syd og mad" in hr.get(reverse("surveys:invitees")).content.decode()
    assert hr.post(reverse("surveys:report_group_dissolve", args=[made.uuid])).status_code == 302
    assert not ReportGroup.objects.exists()


# ---------------------------------------------------------------- named exceptions


def heads(campaign: Campaign, key: str, town: Town) -> tuple[int, int]:
    row = CampaignUnit.objects.get(campaign=campaign, unit=town.unit[key])
    return row.placed, row.invited


def test_a_late_joiner_is_placed_counted_and_invited(town: Town, campaign: Campaign, at: Callable[[str], None]) -> None:
    at("2026-04-10 09:00")
    wave = open_wave(campaign)
    late = make_person("Sen Ansat")
    make_employment(late, town.unit["nord"], starts=date(2026, 4, 9))
    before, above = heads(campaign, "nord", town), heads(campaign, "kommune", town)
    placements.late_joiner_add(campaign=campaign, person=late, reason="Ansat 9. april", by=town.person["hr"])
    assert heads(campaign, "nord", town) == (before[0] + 1, before[1] + 1)
    assert heads(campaign, "kommune", town) == (above[0], above[1] + 1)
    assert Ticket.objects.get(wave=wave, placement__person=late).invited_on is None
    with pytest.raises(ValidationError):
        placements.late_joiner_add(campaign=campaign, person=late, reason="Igen", by=town.person["hr"])
    trace = AuditEntry.objects.get(verb="late_joiner_added")
    assert "Ansat" not in str(trace.detail)


@pytest.mark.parametrize("reason", ["", "  ", "Hun hedder 010180-1234"])
def test_no_exception_without_a_reason_or_with_a_cpr_number(town: Town, campaign: Campaign, reason: str) -> None:
    campaign_freeze(campaign)
    late = make_person()
    make_employment(late, town.unit["nord"])
    with pytest.raises(ValidationError):
        placements.late_joiner_add(campaign=campaign, person=late, reason=reason, by=town.person["hr"])
    assert not Placement.objects.filter(person=late).exists()
    assert not PlacementException.objects.exists()


def test_no_exception_before_freezing_or_after_closing(
    town: Town, campaign: Campaign, at: Callable[[str], None]
) -> None:
    late = make_person()
    make_employment(late, town.unit["nord"])
    with pytest.raises(ValidationError):
        placements.late_joiner_add(campaign=campaign, person=late, reason="Før", by=town.person["hr"])
    at("2026-04-10 09:00")
    open_wave(campaign)
    at("2026-04-24 09:00")
    closing.waves_close()
    with pytest.raises(ValidationError):
        placements.late_joiner_add(campaign=campaign, person=late, reason="Efter", by=town.person["hr"])


def test_an_employee_says_it_is_not_their_unit_and_hr_moves_them(
    town: Town, campaign: Campaign, as_person: ClientFor, at: Callable[[str], None]
) -> None:
    at("2026-04-10 09:00")
    hr = as_person(town.person["hr"])
    wave = open_wave(campaign)
    somebody = town.staff["nord"][5]
    code = code_of(wave, somebody)
    assert 'href="enhed/?sprog=da"' in Client().get(reverse("surveys:answer", args=[code])).content.decode()
    address = reverse("surveys:wrong_unit", args=[code])
    page = Client().get(address)
    assert "Afsnit Nord" in page.content.decode()
    assert not page.cookies
    assert "Skriv, hvor du arbejder." in Client().post(address, {"wish": " "}).content.decode()
    assert "Tak." in Client().post(address, {"wish": "Afsnit Syd siden januar"}).content.decode()
    Client().post(address, {"wish": "Afsnit Syd"})
    asked = PlacementException.objects.get()
    assert (asked.person, asked.wish, asked.state) == (somebody, "Afsnit Syd", "asked")
    assert "Afsnit Syd" in hr.get(reverse("surveys:placement_exceptions")).content.decode()

    assert "Afgør, hvor 1 medarbejder tæller" in [task.title for task in tasks_of(town.person["hr"])]
    assert all("medarbejder tæller" not in task.title for task in tasks_of(town.person["leader"]))

    north, south = heads(campaign, "nord", town), heads(campaign, "syd", town)
    decide = reverse("surveys:wrong_unit_decide", args=[asked.uuid])
    page = hr.post(decide, {"unit": "Findes ikke", "reason": "Flyttet i januar"}).content.decode()
    assert 'value="Flyttet i januar"' in page
    assert hr.post(decide, {"unit": town.unit["syd"].number, "reason": "Flyttet i januar"}).status_code == 302
    placement = Placement.objects.get(campaign=campaign, person=somebody)
    assert placement.unit.unit == town.unit["syd"]
    assert heads(campaign, "nord", town) == (north[0] - 1, north[1] - 1)
    assert heads(campaign, "syd", town) == (south[0] + 1, south[1] + 1)
    assert Client().get(address).status_code == 404  # the old link died
    assert Ticket.objects.get(placement=placement).code_hash is None
    assert hr.get(decide).status_code == 404  # decided once
    assert AuditEntry.objects.filter(verb="placement_moved").count() == 1


def test_hr_leaves_somebody_where_they_are_with_a_reason(town: Town, campaign: Campaign, hr: Client) -> None:
    campaign_freeze(campaign)
    placement = Placement.objects.get(person=town.staff["nord"][5])
    asked = placements.wrong_unit_report(placement=placement, wish="Et andet sted")
    decide = reverse("surveys:wrong_unit_decide", args=[asked.uuid])
    assert hr.post(decide, {"unit": "", "reason": ""}).status_code == 200
    assert hr.post(decide, {"unit": "", "reason": "Ansat dér den 1. april"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert Placement.objects.get(person=town.staff["nord"][5]) == placement


def test_the_exceptions_are_for_hr(town: Town, campaign: Campaign, hr: Client, as_person: ClientFor) -> None:
    campaign_freeze(campaign)
    for name in ("placement_exceptions", "late_joiner", "invitees"):
        assert hr.get(reverse(f"surveys:{name}")).status_code == 200
        for who in ("leader", "dpo", "head"):
            assert as_person(town.person[who]).get(reverse(f"surveys:{name}")).status_code == 404
