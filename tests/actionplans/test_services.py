"""A plan is written, gets activities, is signed, changed, and its arrows move."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from actionplans import services
from actionplans.models import ActionPlan, Activity, Evaluation, SignOff
from actionplans.selectors import fingerprint
from dialogs.models import Agreement, Dialogue
from organisation.models import AuditEntry, Campaign
from tests.actionplans.conftest import make_plan
from tests.factories import Town

pytestmark = pytest.mark.django_db


def sign(plan: ActionPlan, town: Town, *who: str) -> ActionPlan:
    for key in who:
        plan = services.plan_sign(plan=plan, by=town.person[key])
    return plan


def test_leader_and_amr_together_make_a_plan_hold(town: Town, plan: ActionPlan, activity: Activity) -> None:
    assert sign(plan, town, "leader").state == ActionPlan.State.DRAFT
    assert sign(plan, town, "tr").state == ActionPlan.State.DRAFT
    assert sign(plan, town, "amr").state == ActionPlan.State.SIGNED
    sign(plan, town, "amr")
    assert sorted(SignOff.objects.values_list("role", flat=True)) == ["amr", "leader", "tr"]
    assert AuditEntry.objects.filter(verb="plan_signed").count() == 1


@pytest.mark.parametrize("who", ["leader_syd", "hr", "head", "employee", "former_leader"])
def test_only_the_trio_signs(town: Town, plan: ActionPlan, activity: Activity, who: str) -> None:
    with pytest.raises(PermissionDenied):
        sign(plan, town, who)


def test_a_plan_without_activities_cannot_be_signed(town: Town, plan: ActionPlan) -> None:
    with pytest.raises(ValidationError, match="aktivitet"):
        sign(plan, town, "leader")


def test_a_plan_is_not_signed_unread(town: Town, plan: ActionPlan, activity: Activity) -> None:
    seen = fingerprint(plan, [activity])
    services.plan_edit(plan=plan, by=town.person["amr"], goal="Noget andet")
    with pytest.raises(ValidationError, match="ændret"):
        services.plan_sign(plan=plan, by=town.person["leader"], seen=seen)
    assert not SignOff.objects.exists()


def test_changing_what_was_signed_removes_the_signatures(town: Town, plan: ActionPlan, activity: Activity) -> None:
    plan = sign(plan, town, "leader", "amr")
    assert services.plan_edit(plan=plan, by=town.person["leader"], goal="Alle holder to pauser") is True
    plan.refresh_from_db()
    assert plan.state == ActionPlan.State.DRAFT
    assert not plan.sign_offs.exists()


def test_saving_a_plan_unchanged_keeps_the_signatures(town: Town, plan: ActionPlan, activity: Activity) -> None:
    plan = sign(plan, town, "leader", "amr")
    assert services.plan_edit(plan=plan, by=town.person["leader"], goal=plan.goal) is False
    plan.refresh_from_db()
    assert plan.state == ActionPlan.State.SIGNED


def test_a_new_or_changed_measure_must_be_signed_too(town: Town, plan: ActionPlan, activity: Activity) -> None:
    sign(plan, town, "leader", "amr")
    services.activity_edit(
        activity=activity,
        what=activity.what,
        owner_name=activity.owner_name,
        owner=activity.owner,
        deadline=date(2026, 7, 1),
        by=town.person["amr"],
    )
    plan.refresh_from_db()
    assert plan.state == ActionPlan.State.DRAFT


def test_moving_the_arrow_keeps_the_signatures_and_the_same_stop_twice_is_one_move(
    town: Town, plan: ActionPlan, activity: Activity
) -> None:
    sign(plan, town, "leader", "amr")
    assert services.activity_move(activity=activity, progress=2, by=town.person["employee"]) is True
    assert services.activity_move(activity=activity, progress=2, by=town.person["employee"]) is False
    assert list(activity.moves.values_list("progress", flat=True)) == [0, 2]
    plan.refresh_from_db()
    assert plan.state == ActionPlan.State.SIGNED
    with pytest.raises(ValidationError):
        services.activity_move(activity=activity, progress=5, by=town.person["leader"])


def test_an_agreement_becomes_one_plan_of_its_own_trio(town: Town, dialogue: Dialogue) -> None:
    agreement = Agreement.objects.create(dialogue=dialogue, order=1, text="Ro kl. 13")
    make_plan(dialogue.campaign, town, agreement=agreement)
    with pytest.raises(ValidationError):
        make_plan(dialogue.campaign, town, agreement=agreement)
    with pytest.raises(ValidationError, match="anden trio"):
        make_plan(dialogue.campaign, town, group="syd", agreement=agreement)


@pytest.mark.parametrize("field", ["title", "problem", "cause", "goal", "follow_up_how"])
def test_a_personal_number_is_refused_in_every_text(town: Town, released: Campaign, field: str) -> None:
    with pytest.raises(ValidationError, match="CPR"):
        make_plan(released, town, **{field: "Ring om 010190-1234"})
    assert not ActionPlan.objects.exists()


def test_telephone_and_case_numbers_are_not_personal_numbers(town: Town, released: Campaign) -> None:
    assert make_plan(released, town, problem="Sag 2026-123456, ring 76 40 12 34 eller 99887766").pk


def test_an_evaluation_opens_in_august_and_is_one_per_committee(town: Town, released: Campaign, at: object) -> None:
    def write(text: str) -> Evaluation:
        return services.evaluation_write(
            committee=town.committee["birkehoej"],
            campaign=released,
            went_well=text,
            do_differently="Begynd før",
            by=town.person["head"],
        )

    with pytest.raises(PermissionDenied):
        write("For tidligt")
    at("2026-08-03 09:00")  # type: ignore[operator]
    write("Alle holdt dialog")
    write("Alle holdt dialog til tiden")
    assert Evaluation.objects.get().went_well == "Alle holdt dialog til tiden"
