"""HR's own pages: dates as data, jobs and traces in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from organisation.audit import audit
from organisation.models import AuditEntry, Campaign, JobRun, Milestone, Person
from surveys.models import Wave
from tests.factories import Town
from tests.world import make_wave
from trivsel.audit_words import VERBS, verb_words

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]
EDIT = {"title": "Rapporterne frigives", "title_en": "Reports", "at": "08:00", "ends_at": "23:59", "on_wheel": "on"}


def test_hr_moves_a_date_and_it_is_traced(town: Town, campaign: Campaign, as_person: As) -> None:
    hr = as_person(town.person["hr"])
    response = hr.post(reverse("trivsel:milestone_edit", args=["reports"]), {**EDIT, "starts": "2026-05-06"})
    assert response.status_code == 302
    assert Milestone.objects.get(campaign=campaign, key="reports").starts == date(2026, 5, 6)
    entry = AuditEntry.objects.get(verb="milestone_changed")
    assert entry.actor == town.person["hr"]
    assert "starts" in entry.detail["fields"]


def test_a_wrong_period_is_refused_and_the_form_keeps_what_was_typed(
    town: Town, campaign: Campaign, as_person: As
) -> None:
    response = as_person(town.person["hr"]).post(
        reverse("trivsel:milestone_edit", args=["dialogues"]),
        {**EDIT, "title": "Mine egne ord", "starts": "2026-06-30", "ends": "2026-05-11"},
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "Perioden kan ikke slutte, før den begynder." in html
    assert "Mine egne ord" in html
    assert Milestone.objects.get(campaign=campaign, key="dialogues").starts == date(2026, 5, 11)


def test_the_surveys_dates_follow_until_it_opens_and_are_locked_after(
    town: Town, campaign: Campaign, as_person: As
) -> None:
    wave = make_wave(campaign)
    hr, address = as_person(town.person["hr"]), reverse("trivsel:milestone_edit", args=["survey"])
    later = {**EDIT, "starts": "2026-04-15", "ends": "2026-04-29"}
    assert hr.post(address, later).status_code == 302
    wave.refresh_from_db()
    assert wave.closes_at.date() == date(2026, 4, 29)
    Wave.objects.update(state="open", public_key=b"k")
    assert hr.post(address, {**later, "ends": "2026-05-01"}).status_code == 403
    assert Milestone.objects.get(campaign=campaign, key="survey").ends == date(2026, 4, 29)
    assert "et løfte til medarbejderne" in hr.get(address).content.decode()


def test_jobs_and_traces_are_shown_in_words(town: Town, campaign: Campaign, as_person: As) -> None:
    audit("report_read", campaign, actor=town.person["leader"])
    JobRun.objects.create(name="notices_send", started_at="2026-04-08T06:00Z", outcome="failed", summary="TimeoutError")
    hr = as_person(town.person["hr"])
    traces = hr.get(reverse("trivsel:audit_list")).content.decode()
    assert "læste en rapport" in traces
    assert "Karen Toft" in traces
    assert "report_read" not in traces
    jobs = hr.get(reverse("trivsel:job_list")).content.decode()
    assert "Fejlet" in jobs
    assert "TimeoutError" in jobs


def test_every_deed_that_is_traced_has_words() -> None:
    used = set()
    for package in ("organisation", "surveys", "dialogs", "actionplans", "trivsel"):
        for path in Path(settings.BASE_DIR, package).rglob("*.py"):
            used |= set(re.findall(r"\baudit\(\s*\"([a-z_]+)\"", path.read_text(encoding="utf-8")))
    assert len(used) > 30
    assert used - set(VERBS) == set()
    assert verb_words("report_read") == "læste en rapport"
