"""How long things are kept: one test a rule, and nothing goes that should stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actionplans.models import ActionPlan, Evaluation, SignOff
from actionplans.services import plan_sign
from dialogs.models import Dialogue
from organisation import clock, leaving
from organisation.audit import audit
from organisation.models import (
    AuditEntry,
    Campaign,
    Deletion,
    Employment,
    JobRun,
    Milestone,
    Notice,
    OneTimeLink,
    Person,
    Role,
)
from organisation.notices import Draft, queue
from organisation.retention import rule_run
from surveys.models import Finding, PhysicalForm, PhysicalReport, ReminderDuty, Ticket, Wave
from surveys.tickets import tickets_make
from tests.factories import Town, make_person
from tests.world import make_world
from trivsel import retention

pytestmark = pytest.mark.django_db
At = Callable[[str], None]
RULE = {rule.key: rule for rule in retention.RULES}


def run(key: str) -> int:
    count = rule_run(RULE[key])
    assert rule_run(RULE[key]) == 0  # again it does nothing
    assert Deletion.objects.filter(rule=key).count() == (1 if count else 0)
    return count


def test_every_row_of_the_table_has_its_rule() -> None:
    assert set(RULE) >= {"codes", "envelopes", "delivery", "names", "notes", "plans", "audit", "left", "messages"}
    assert len(RULE) == len(retention.RULES)


def test_codes_lead_nowhere_once_the_survey_is_closed(at: At) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    tickets_make(world.wave)
    for ticket in Ticket.objects.all():
        Ticket.objects.filter(pk=ticket.pk).update(code_hash=b"c%d" % ticket.pk, link_hash=b"l%d" % ticket.pk)
    Wave.objects.filter(pk=world.wave.pk).update(state=Wave.State.OPEN, public_key=b"k")
    assert rule_run(RULE["codes"]) == 0
    Wave.objects.filter(pk=world.wave.pk).update(state=Wave.State.CLOSED)
    assert run("codes") == Ticket.objects.count() > 0
    assert not Ticket.objects.exclude(code_hash=None, link_hash=None).exists()


def test_how_invitations_were_sent_is_kept_for_thirty_days(at: At) -> None:
    at("2026-05-20 09:00")
    world = make_world()
    tickets_make(world.wave)
    ReminderDuty.objects.create(ticket=Ticket.objects.first(), milestone="reminder_1", handled=True)
    tickets = Ticket.objects.count()
    assert rule_run(RULE["delivery"]) == 0
    at("2026-05-23 09:00")
    assert run("delivery") == tickets + 1
    assert not Ticket.objects.filter(wave=world.wave).exists()


def test_names_on_physical_reports_go_with_the_problem_or_after_a_year(at: At) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    assert rule_run(RULE["names"]) == 0
    words = PhysicalReport.objects.get().description
    at("2027-04-10 09:00")  # a year and a day after it was written
    assert run("names") == 1
    kept = PhysicalReport.objects.get()
    assert (kept.person, kept.description) == (None, words)
    PhysicalReport.objects.update(person=world.town.person["employee"], reported_on=clock.today())
    Finding.objects.update(state=Finding.State.CLOSED)
    assert rule_run(RULE["names"]) == 1


def test_form_keys_stay_while_a_form_may_be_sent_twice(at: At) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    PhysicalForm.objects.create(key=world.report.form_key)
    Wave.objects.update(state=Wave.State.CLOSED)
    assert rule_run(RULE["form_keys"]) == 0
    Wave.objects.update(state=Wave.State.OPENED)
    assert run("form_keys") == 1


def test_the_text_of_a_message_goes_but_it_is_not_sent_again(at: At, town: Town) -> None:
    at("2026-05-05 09:00")
    person = town.person["leader"]
    draft = Draft(key="k", person=person, kind="t", subject="Emne", body="Tekst")
    queue([draft])
    Notice.objects.update(state=Notice.State.SENT, sent_at=clock.now())
    at("2026-06-03 09:00")
    assert rule_run(RULE["messages"]) == 0
    at("2026-06-05 09:00")
    assert run("messages") == 1
    queue([draft])
    notice = Notice.objects.get()
    assert (notice.body, notice.subject, notice.state) == ("", "", "sent")


def test_traces_go_after_two_years_and_only_this_way(at: At, town: Town) -> None:
    at("2026-06-03 09:00")
    audit("role_given", town.person["hr"], actor=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()
    at("2028-06-01 09:00")
    assert rule_run(RULE["audit"]) == 0
    at("2028-06-03 10:00")
    assert run("audit") == AuditEntry.objects.count() + 1 == 1
    audit("role_given", town.person["hr"], actor=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_old_job_lines_sessions_and_links_go(at: At, town: Town) -> None:
    at("2026-06-03 09:00")
    old = timezone.now() - timedelta(days=800)
    JobRun.objects.create(name="x", started_at=old, finished_at=old, outcome="done")
    JobRun.objects.create(name="x", started_at=timezone.now(), finished_at=timezone.now(), outcome="done")
    assert run("jobs") == 1
    Session.objects.create(session_key="a", session_data="", expire_date=old)
    Session.objects.create(session_key="b", session_data="", expire_date=timezone.now() + timedelta(hours=1))
    person = town.person["hr"]
    OneTimeLink.objects.create(person=person, token_hash=b"1", expires_at=old)
    OneTimeLink.objects.create(person=person, token_hash=b"2", expires_at=timezone.now() + timedelta(hours=1))
    assert run("sessions") == 2
    assert (Session.objects.count(), OneTimeLink.objects.count()) == (1, 1)


def test_plans_dialogues_and_findings_stay_for_this_cycle_and_the_one_before(at: At) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    for year in (2029, 2032):
        later = Campaign.objects.create(name=str(year), year=year)
        Milestone.objects.create(campaign=later, key="survey", title="x", starts=clock.today())
    at("2031-12-31 09:00")
    retention.retention_sweep()
    assert ActionPlan.objects.filter(pk=world.plan.pk).exists()
    at("2032-01-02 09:00")
    retention.retention_sweep()
    assert ActionPlan.objects.filter(pk=world.plan.pk).exists(), "one that is only planned is no cycle yet"
    Campaign.objects.filter(year__in=(2029, 2032)).update(frozen_at=clock.now())
    retention.retention_sweep()
    gone: list[Any] = [ActionPlan, SignOff, Evaluation, Dialogue, Finding, PhysicalReport]
    assert [model.objects.count() for model in gone] == [0] * len(gone)
    assert world.release.facts.exists()  # facts stay for good
    retention.retention_sweep()
    assert Deletion.objects.filter(rule="plans").count() == 1


def test_a_cycle_without_two_newer_ones_is_kept_however_old(at: At) -> None:
    at("2026-06-03 09:00")
    make_world()
    at("2040-01-02 09:00")
    retention.retention_sweep()
    assert ActionPlan.objects.count() == 1


def test_somebody_who_left_is_erased_after_thirty_days_and_history_stays(
    at: At, as_person: Callable[[Person], Client]
) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    amr, leader = world.town.person["amr"], world.town.person["leader"]
    plan_sign(plan=world.plan, by=amr)
    client = as_person(amr)
    assert client.get(reverse("trivsel:task_list")).status_code == 200
    Employment.objects.filter(person=amr).update(ends=clock.today())
    Role.objects.filter(person=amr).update(ends=clock.today())
    at("2026-07-03 09:00")
    assert not leaving.leavers().filter(pk=amr.pk).exists()
    at("2026-07-05 09:00")
    assert rule_run(RULE["left"]) >= 1
    amr.refresh_from_db()
    assert (amr.name, amr.number, amr.email, amr.mobile, amr.is_active) == (leaving.ERASED_NAME, None, None, "", False)
    assert amr.employments.get().title == ""
    assert client.get(reverse("trivsel:task_list")).status_code == 302
    page = as_person(leader).get(reverse("actionplans:plan_detail", args=[world.plan.uuid])).content.decode()
    assert "Jonas Brink" in page  # the signature keeps its name, as long as the plan is kept
    assert rule_run(RULE["left"]) == 0


def test_nobody_is_taken_for_gone_who_never_was_employed_or_has_a_role(at: At, town: Town) -> None:
    at("2026-06-03 09:00")
    outside = make_person("Ekstern Rådgiver")
    Role.objects.create(person=outside, kind="dpo", starts=clock.today())
    make_person("Første HR")
    gone = town.person["former_leader"]
    assert set(leaving.leavers()) == {gone}
    Role.objects.create(person=gone, kind="dpo", starts=clock.today())
    assert not leaving.leavers().exists()


def test_one_rule_that_fails_keeps_no_other_from_running(at: At, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-06-03 09:00")

    def broken() -> int:
        raise RuntimeError

    rules = [retention.Rule("codes", "x", "y", broken), RULE["left"]]
    monkeypatch.setattr(retention, "RULES", rules)
    with pytest.raises(RuntimeError):
        retention.retention_sweep()
    assert JobRun.objects.get(outcome="failed").name == "retention_codes"
    assert Deletion.objects.get().rule == "left"


def test_the_page_tells_what_was_deleted_when(at: At, town: Town, as_person: Callable[[Person], Client]) -> None:
    at("2026-06-03 09:00")
    retention.retention_sweep()
    page = as_person(town.person["hr"]).get(reverse("trivsel:retention_list")).content.decode()
    assert "Tidligere medarbejder" in page
    assert "Intet at slette<" in page
    assert page.count("Intet at slette endnu") >= 5
