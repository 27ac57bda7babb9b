"""Deadlines, missing plans and the list to the leader's leader: each is said once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from actionplans import services, tasks
from actionplans.models import ActionPlan, Activity
from organisation.models import Campaign, JobRun, Milestone, Notice
from tests.actionplans.conftest import make_plan
from tests.factories import Town

pytestmark = pytest.mark.django_db
At = Callable[[str], None]


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


def milestone(campaign: Campaign, key: str, day: date) -> None:
    Milestone.objects.update_or_create(campaign=campaign, key=key, defaults={"title": key, "starts": day})


def test_the_tovholder_hears_seven_days_before_on_the_day_and_after(
    town: Town, plan: ActionPlan, activity: Activity, at: At
) -> None:
    owner = town.person["employee"].name
    for day, kinds in [
        ("2026-06-07", []),
        ("2026-06-08", ["activity_soon"]),
        ("2026-06-15", ["activity_due", "activity_soon"]),
        ("2026-06-16", ["activity_due", "activity_overdue", "activity_soon"]),
        ("2026-06-30", ["activity_due", "activity_overdue", "activity_soon"]),
    ]:
        at(f"{day} 09:00")
        tasks.activity_deadlines()
        tasks.activity_deadlines()
        rows = Notice.objects.filter(kind__startswith="activity_").order_by("kind")
        assert [(row.kind, row.person.name) for row in rows] == [(kind, owner) for kind in kinds]
    assert JobRun.objects.filter(name="activity_deadlines").count() == 3


def test_a_week_off_means_one_message_and_not_three(town: Town, plan: ActionPlan, activity: Activity, at: At) -> None:
    at("2026-06-20 09:00")
    tasks.activity_deadlines()
    assert [row.kind for row in Notice.objects.filter(kind__startswith="activity_")] == ["activity_overdue"]


def test_a_tovholder_without_a_person_is_reached_through_the_trio(town: Town, plan: ActionPlan, at: At) -> None:
    services.activity_add(
        plan=plan, what="Tavle", owner_name="En vikar", deadline=date(2026, 6, 15), by=town.person["leader"]
    )
    at("2026-06-15 09:00")
    tasks.activity_deadlines()
    assert told("activity_due") == ["Jonas Brink", "Karen Toft", "Signe Lund"]


def test_what_is_done_is_not_nagged_about(town: Town, plan: ActionPlan, activity: Activity, at: At) -> None:
    services.activity_move(activity=activity, progress=3, by=town.person["leader"])
    at("2026-06-16 09:00")
    tasks.activity_deadlines()
    assert not Notice.objects.filter(kind__startswith="activity_").exists()


def test_trios_without_a_signed_plan_are_nudged_once_a_milestone(
    town: Town, plan: ActionPlan, activity: Activity, at: At
) -> None:
    milestone(plan.campaign, "plan_nudge_1", date(2026, 6, 16))
    milestone(plan.campaign, "plan_nudge_2", date(2026, 6, 26))
    at("2026-06-16 09:00")
    tasks.plan_nudges()
    tasks.plan_nudges()
    assert told("plan_nudge") == [
        "Birgit Holm",
        "Jonas Brink",
        "Karen Toft",
        "Lone Krag",
        "Mogens Vad",
        "Palle Ring",
        "Signe Lund",
    ]
    assert "mangler underskrift" in Notice.objects.get(kind="plan_nudge", person=town.person["leader"]).subject
    assert Notice.objects.get(kind="plan_nudge", person=town.person["amr_syd"]).subject == "Jeres handleplan mangler"
    for who in ("leader", "amr"):
        services.plan_sign(plan=plan, by=town.person[who])
    at("2026-06-26 09:00")
    tasks.plan_nudges()
    assert Notice.objects.filter(kind="plan_nudge", person=town.person["leader"]).count() == 1
    assert Notice.objects.filter(kind="plan_nudge", person=town.person["amr_syd"]).count() == 2


def test_after_being_off_over_two_milestones_only_the_latest_speaks(town: Town, released: Campaign, at: At) -> None:
    milestone(released, "plan_nudge_2", date(2026, 6, 26))
    at("2026-07-01 09:00")
    tasks.plan_nudges()
    assert Notice.objects.filter(kind="plan_nudge", person=town.person["leader"]).count() == 1
    assert "Fristen er 30. juni" in Notice.objects.get(kind="plan_nudge", person=town.person["leader"]).body


def test_the_leader_above_gets_one_list(town: Town, released: Campaign, at: At) -> None:
    milestone(released, "plan_escalation", date(2026, 8, 15))
    for group, by in (("nord", "leader"), ("syd", "leader_syd")):
        plan = make_plan(released, town, group=group, by=by, title=f"Plan i {group}")
        services.activity_add(plan=plan, what="Noget", owner_name="Mie", deadline=date(2026, 9, 1), by=town.person[by])
    nord = ActionPlan.objects.get(group=town.group["nord"])
    for who in ("leader", "amr"):
        services.plan_sign(plan=nord, by=town.person[who])
    at("2026-08-17 09:00")
    tasks.plan_escalations()
    tasks.plan_escalations()
    notice = Notice.objects.get(kind="plan_escalation")
    assert notice.person == town.person["head"]
    assert "Trioen i Afsnit Syd og Køkkenet" in notice.body
    assert "Trioen i Afsnit Nord" not in notice.body
