"""The pages of a handleplan: who sees, writes, moves and signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actionplans import selectors, services
from actionplans.models import ActionPlan, Activity, Evaluation
from dialogs.models import Agreement, Dialogue
from organisation.models import Campaign, Person
from tests.actionplans.conftest import make_plan
from tests.dialogs.conftest import asked
from tests.factories import Town, make_role

pytestmark = pytest.mark.django_db
As = Callable[[Person | None], Client]

CONTENT = {
    "title": "Ro i de travle timer",
    "topic": "kb",
    "problem": "For mange opgaver",
    "cause": "",
    "goal": "Pauser til alle",
    "follow_up_on": "2026-11-02",
    "follow_up_how": "",
}


@pytest.mark.parametrize(
    ("who", "detail", "poster", "write", "move", "sign"),
    [
        (None, 302, 302, 302, 302, 302),
        ("employee", 200, 200, 403, 302, 403),  # the employee holds the activity
        ("leader", 200, 200, 200, 302, 302),
        ("amr", 200, 200, 200, 302, 302),
        ("tr", 200, 200, 200, 302, 302),
        ("leader_syd", 200, 200, 403, 403, 403),  # employed on the same workplace
        ("head", 200, 200, 403, 403, 403),
        ("med_workplace", 200, 200, 403, 403, 403),
        ("med_department", 404, 404, 404, 404, 404),
        ("med_other_department", 404, 404, 404, 404, 404),
        ("med_municipality", 404, 404, 404, 404, 404),
        ("leader_school", 404, 404, 404, 404, 404),
        ("hr", 302, 302, 403, 403, 403),
        ("property", 404, 404, 404, 404, 404),
        ("dpo", 404, 404, 404, 404, 404),
        ("former_leader", 404, 404, 404, 404, 404),
    ],
)
def test_who_may_do_what(
    town: Town,
    plan: ActionPlan,
    activity: Activity,
    as_person: As,
    who: str | None,
    detail: int,
    poster: int,
    write: int,
    move: int,
    sign: int,
) -> None:
    client = as_person(town.person[who] if who else None)
    assert client.get(reverse("actionplans:plan_detail", args=[plan.uuid])).status_code == detail
    assert client.get(reverse("actionplans:plan_poster", args=[plan.uuid])).status_code == poster
    assert client.get(reverse("actionplans:plan_edit", args=[plan.uuid])).status_code == write
    assert client.get(reverse("actionplans:activity_create", args=[plan.uuid])).status_code == write
    assert client.get(reverse("actionplans:activity_edit", args=[activity.uuid])).status_code == write
    assert client.post(reverse("actionplans:plan_sign", args=[plan.uuid])).status_code == sign
    moved = client.post(reverse("actionplans:activity_move", args=[activity.uuid]), {"progress": 3})
    assert moved.status_code == move
    activity.refresh_from_db()
    assert activity.progress == (Activity.Progress.HALFWAY if move == 302 and who else Activity.Progress.AGREED)


def test_signing_and_moving_are_not_done_by_a_link(
    town: Town, plan: ActionPlan, activity: Activity, as_person: As
) -> None:
    client = as_person(town.person["leader"])
    assert client.get(reverse("actionplans:plan_sign", args=[plan.uuid])).status_code == 405
    assert client.get(reverse("actionplans:activity_move", args=[activity.uuid])).status_code == 405


def test_a_plan_is_written_and_gets_its_first_activity(town: Town, released: Campaign, as_person: As) -> None:
    client = as_person(town.person["leader"])
    answer = client.post(reverse("actionplans:plan_create"), CONTENT)
    plan = ActionPlan.objects.get()
    assert answer.headers["Location"] == reverse("actionplans:activity_create", args=[plan.uuid])
    name = town.person["employee"].name
    client.post(answer.headers["Location"], {"what": "Tavle", "owner_name": name.upper(), "deadline": "2026-06-15"})
    assert plan.activities.get().owner == town.person["employee"]
    page = client.get(reverse("actionplans:plan_detail", args=[plan.uuid]))
    assert "Skriv under som leder" in page.text
    assert "Trin 1 af 5: Aftalt" in page.text


def test_a_tovholder_may_be_somebody_we_do_not_know(town: Town, plan: ActionPlan, as_person: As) -> None:
    as_person(town.person["leader"]).post(
        reverse("actionplans:activity_create", args=[plan.uuid]),
        {"what": "Tavle", "owner_name": "En vikar", "deadline": "2026-06-15"},
    )
    assert (plan.activities.get().owner, plan.activities.get().owner_name) == (None, "En vikar")


def test_an_agreement_fills_in_the_plan_and_its_first_activity(town: Town, dialogue: Dialogue, as_person: As) -> None:
    agreement = Agreement.objects.create(dialogue=dialogue, order=1, text="Ro kl. 13", topic="kb", owner="Mie")
    client, url = as_person(town.person["amr"]), reverse("actionplans:plan_create") + f"?aftale={agreement.uuid}"
    page = client.get(url)
    assert 'value="Ro kl. 13"' in page.text
    answer = client.post(url, CONTENT, follow=True)
    assert agreement.plans.get().group == town.group["nord"]
    assert 'value="Mie"' in answer.text
    assert as_person(town.person["leader_syd"]).get(url).status_code == 404


@pytest.mark.parametrize("query", ["aftale=x", "melding=x", "trio=x", "aftale=00000000-0000-4000-8000-000000000000"])
def test_an_unknown_origin_is_404(town: Town, released: Campaign, as_person: As, query: str) -> None:
    url = reverse("actionplans:plan_create") + f"?{query}"
    assert as_person(town.person["leader"]).get(url).status_code == 404


@pytest.mark.parametrize("who", ["employee", "hr", "head", "med_municipality"])
def test_only_a_trio_writes_plans(town: Town, released: Campaign, as_person: As, who: str) -> None:
    assert as_person(town.person[who]).get(reverse("actionplans:plan_create")).status_code == 403


def test_a_form_that_fails_keeps_what_was_typed(town: Town, released: Campaign, as_person: As) -> None:
    page = as_person(town.person["leader"]).post(
        reverse("actionplans:plan_create"), CONTENT | {"problem": "Ring til 010190-1234", "title": "Min overskrift"}
    )
    assert page.status_code == 200
    assert "CPR" in page.text
    assert "Min overskrift" in page.text
    assert "Ring til 010190-1234" in page.text
    assert not ActionPlan.objects.exists()


def test_changing_a_signed_plan_says_that_signatures_are_gone(
    town: Town, plan: ActionPlan, activity: Activity, as_person: As
) -> None:
    for who in ("leader", "amr"):
        services.plan_sign(plan=plan, by=town.person[who])
    client, url = as_person(town.person["leader"]), reverse("actionplans:plan_edit", args=[plan.uuid])
    assert "fjernes underskrifterne" in client.get(url).text
    page = client.post(url, CONTENT | {"goal": "Et andet mål"}, follow=True)
    assert "Underskrifterne er fjernet" in page.text
    plan.refresh_from_db()
    assert plan.state == ActionPlan.State.DRAFT


def test_signing_over_the_page(town: Town, plan: ActionPlan, activity: Activity, as_person: As) -> None:
    for who in ("leader", "amr"):
        client = as_person(town.person[who])
        seen = client.get(reverse("actionplans:plan_detail", args=[plan.uuid])).context["seen"]
        page = client.post(reverse("actionplans:plan_sign", args=[plan.uuid]), {"seen": seen}, follow=True)
    assert "planen gælder" in page.text
    plan.refresh_from_db()
    assert plan.state == ActionPlan.State.SIGNED


def test_a_plan_changed_meanwhile_is_not_signed(
    town: Town, plan: ActionPlan, activity: Activity, as_person: As
) -> None:
    page = as_person(town.person["leader"]).post(
        reverse("actionplans:plan_sign", args=[plan.uuid]), {"seen": "an older one"}, follow=True
    )
    assert "Planen er ændret" in page.text
    assert not plan.sign_offs.exists()


def test_the_arrow_moves_with_and_without_script_and_back_again(
    town: Town, plan: ActionPlan, activity: Activity, as_person: As
) -> None:
    client, url = as_person(town.person["employee"]), reverse("actionplans:activity_move", args=[activity.uuid])
    part = client.post(url, {"progress": 4}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Trin 4 af 5: Gennemført" in part.text
    assert "HX-Request" in part.headers["Vary"]
    page = client.post(url, {"progress": 5}, follow=True)
    assert "Trin 5 af 5: Virker i hverdagen" in page.text
    assert "<html" in page.text
    assert 'name="progress" value="4"' in page.text  # the way back
    client.post(url, {"progress": 4})
    activity.refresh_from_db()
    assert activity.progress == Activity.Progress.DONE


@pytest.mark.parametrize("progress", ["0", "6", "x", ""])
def test_there_are_five_stops(town: Town, plan: ActionPlan, activity: Activity, as_person: As, progress: str) -> None:
    url = reverse("actionplans:activity_move", args=[activity.uuid])
    page = as_person(town.person["leader"]).post(url, {"progress": progress}, follow=True)
    assert "fem trin" in page.text
    activity.refresh_from_db()
    assert activity.progress == Activity.Progress.AGREED


def test_staff_read_the_plan_but_get_no_forms(town: Town, plan: ActionPlan, activity: Activity, as_person: As) -> None:
    page = as_person(town.staff["syd"][0]).get(reverse("actionplans:plan_detail", args=[plan.uuid]))
    assert plan.problem in page.text
    assert "Flyt pilen" not in page.text
    assert "Skriv under" not in page.text
    assert reverse("actionplans:plan_edit", args=[plan.uuid]) not in page.text


def test_the_list_shows_own_plans_and_what_waits_for_one(
    town: Town, plan: ActionPlan, dialogue: Dialogue, as_person: As
) -> None:
    Agreement.objects.create(dialogue=dialogue, order=1, text="Ro kl. 13")
    url = reverse("actionplans:plan_list")
    page = as_person(town.person["leader"]).get(url)
    assert "Vores planer" in page.text
    assert "Ro kl. 13" in page.text
    assert "På arbejdspladsen" in as_person(town.person["leader_syd"]).get(url).text
    assert plan.title not in as_person(town.person["leader_school"]).get(url).text
    hr = as_person(town.person["hr"]).get(url)
    assert "0 af 3 trioer" in hr.text


def test_evaluation_is_written_by_the_chair_from_august_and_read_by_its_own(
    town: Town, released: Campaign, as_person: As, at: Callable[[str], None]
) -> None:
    url = reverse("actionplans:evaluation_edit", args=[town.committee["birkehoej"].uuid])
    texts = {"went_well": "Alle holdt dialog", "do_differently": "Begynd før"}
    assert as_person(town.person["head"]).post(url, texts).status_code == 403
    at("2026-08-03 09:00")
    page = as_person(town.person["head"]).post(url, {"went_well": "Alle holdt dialog", "do_differently": ""})
    assert page.status_code == 200
    assert "Alle holdt dialog" in page.text
    assert as_person(town.person["head"]).post(url, texts).status_code == 302
    assert Evaluation.objects.get().written_by == town.person["head"]
    answers = {
        who: as_person(town.person[who]).get(url).status_code
        for who in ("head", "med_workplace", "hr", "leader", "employee", "med_department", "med_municipality")
    }
    assert answers == {
        "head": 200,
        "med_workplace": 200,
        "hr": 200,
        "leader": 404,
        "employee": 404,
        "med_department": 404,
        "med_municipality": 404,
    }
    assert as_person(town.person["hr"]).post(url, texts).status_code == 403
    overview = reverse("actionplans:evaluation_list")
    assert "ArbejdspladsMED Birkehøj" in as_person(town.person["hr"]).get(overview).text
    assert as_person(town.person["head"]).get(overview).status_code == 404
    assert as_person(None).get(overview).status_code == 302


def test_tasks_follow_the_plan(town: Town, plan: ActionPlan, at: Callable[[str], None]) -> None:
    def titles(who: str) -> list[str]:
        return [task.title for task in selectors.tasks_of(town.person[who]) if not task.done]

    assert titles("leader") == ["Tilføj aktiviteter: Ro i de travle timer"]
    activity = services.activity_add(
        plan=plan,
        what="Tavle",
        owner=town.person["employee"],
        owner_name="Mig",
        deadline=date(2026, 6, 15),
        by=town.person["amr"],
    )
    assert titles("leader") == titles("amr") == ["Skriv under: Ro i de travle timer"]
    assert titles("tr") == ["Se handleplanen: Ro i de travle timer"]
    assert titles("employee") == ["Flyt pilen: Tavle"]
    for who in ("leader", "amr", "tr"):
        services.plan_sign(plan=plan, by=town.person[who])
    services.activity_move(activity=activity, progress=3, by=town.person["employee"])
    assert titles("leader") == titles("tr") == titles("employee") == []
    assert titles("head") == []
    at("2026-08-03 09:00")
    assert titles("head") == ["Evaluér trivselsmålingen i ArbejdspladsMED Birkehøj"]


@pytest.mark.parametrize("name", ["plan_list", "plan_detail"])
def test_a_page_asks_the_database_the_same_number_of_times_however_long(
    town: Town, plan: ActionPlan, activity: Activity, as_person: As, name: str
) -> None:
    client = as_person(town.person["leader"])
    url = reverse(f"actionplans:{name}", args=[plan.uuid] if name == "plan_detail" else [])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for n in range(4):
        more = make_plan(plan.campaign, town, title=f"Plan {n}")
        for target in (plan, more):
            services.activity_add(
                plan=target,
                what=f"Aktivitet {n}",
                owner=town.person["employee"],
                owner_name="Mie",
                deadline=date(2026, 6, 20),
                by=town.person["leader"],
            )
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert asked(many) == asked(few)


def test_my_tasks_take_the_same_number_of_questions_however_many(
    town: Town, plan: ActionPlan, activity: Activity
) -> None:
    person = town.person["leader"]
    selectors.tasks_of(person)  # roles are kept on the person
    with CaptureQueriesContext(connection) as few:
        selectors.tasks_of(person)
    for n in range(4):
        more = make_plan(plan.campaign, town, title=f"Plan {n}")
        services.activity_add(
            plan=more, what="Noget", owner=person, owner_name="Karen", deadline=date(2026, 6, 20), by=person
        )
    with CaptureQueriesContext(connection) as many:
        tasks = selectors.tasks_of(person)
    assert len(tasks) == 5 + 4
    assert asked(many) == asked(few)


def test_hr_reads_a_draft_for_a_reason_that_the_trio_can_see(
    town: Town, plan: ActionPlan, as_person: As, at: Callable[[str], None]
) -> None:
    hr, detail = as_person(town.person["hr"]), reverse("actionplans:plan_detail", args=[plan.uuid])
    draft = reverse("actionplans:plan_draft", args=[plan.uuid])
    assert hr.get(detail).headers["Location"] == draft
    assert hr.get(reverse("actionplans:plan_poster", args=[plan.uuid])).headers["Location"] == draft
    page = hr.get(draft).text
    assert plan.title not in page
    assert plan.problem not in page
    assert hr.post(draft, {"reason": " "}).status_code == 422
    assert hr.post(draft, {"reason": "ringede om 010190-1234"}).status_code == 422
    assert hr.post(draft, {"reason": "Trioen bad om hjælp"}).headers["Location"] == detail
    assert plan.problem in hr.get(detail).text
    spor = as_person(town.person["amr"]).get(reverse("trivsel:group_audit", args=[plan.group.uuid])).text
    assert "læste et udkast til handleplan" in spor
    assert "Trioen bad om hjælp" in spor
    at("2026-05-13 09:00")
    assert hr.get(detail).status_code == 302, "a new day, a new reason"


def test_hr_needs_no_reason_for_a_signed_plan_or_where_he_works(
    town: Town, plan: ActionPlan, activity: Activity, as_person: As
) -> None:
    detail = reverse("actionplans:plan_detail", args=[plan.uuid])
    make_role(town.person["employee"], "hr")
    assert as_person(town.person["employee"]).get(detail).status_code == 200
    for who in ("leader", "amr"):
        services.plan_sign(plan=plan, by=town.person[who])
    assert as_person(town.person["hr"]).get(detail).status_code == 200
    assert as_person(town.person["hr"]).get(reverse("actionplans:plan_draft", args=[plan.uuid])).status_code == 404


def test_a_full_stop_that_was_written_is_not_doubled(town: Town, released: Campaign, as_person: As) -> None:
    plan = make_plan(released, town, follow_up_how="Vi spørger igen.")
    page = as_person(town.person["leader"]).get(reverse("actionplans:plan_detail", args=[plan.uuid])).text
    assert "Vi spørger igen. Vi følger op" in page
    assert "igen.." not in page
