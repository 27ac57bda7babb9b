"""A closed survey that cannot be counted: HR hears the truth and what to do, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from organisation.models import Campaign, JobRun, Notice, Person, Role
from surveys import closing, facts, release
from surveys.models import Release, Wave
from surveys.models.envelope import Envelope
from surveys.tasklist import tasks_of
from surveys.tasks import waves_count
from tests.factories import Town
from tests.surveys.answered import CLOSED, REPORTS, SURVEY, everybody_answers
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
RED = facts.Verdict(green=False, report="violations: 1\nsubtraction: mt_overall")
GREEN = facts.Verdict(green=True, report="violations: 0")


@pytest.fixture
def closed(town: Town, campaign: Campaign, at: At) -> Wave:
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    return wave


def auditor(monkeypatch: pytest.MonkeyPatch, *, without_changes: facts.Verdict) -> list[bool]:
    """Every audit is red, or this without the changes since an earlier measurement. Returns what was asked."""
    asked: list[bool] = []

    def audit_plan(*_args: Any, changes: bool = True, **_more: Any) -> facts.Verdict:
        asked.append(changes)
        return RED if changes else without_changes

    monkeypatch.setattr(facts, "audit_plan", audit_plan)
    return asked


def counting_fails() -> None:
    with pytest.raises(closing.AuditIsRed):
        waves_count()


def page(as_person: As, person: Person) -> str:
    return as_person(person).get(reverse("surveys:release_list")).content.decode()


def test_hr_is_told_that_the_audit_is_red_and_what_to_do(
    town: Town, campaign: Campaign, closed: Wave, at: At, as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr, dpo = town.person["hr"], town.person["dpo"]
    assert "om få minutter" in page(as_person, hr)
    sent = Envelope.objects.count()
    with monkeypatch.context() as patch:
        asked = auditor(patch, without_changes=RED)
        counting_fails()
        html = page(as_person, hr)
        assert "om få minutter" not in html
        for said in ("Efterprøvningen er ikke grøn", "Svarene ligger stadig forseglet", "Ring til leverandøren"):
            assert said in html
        assert "mt_overall" not in html
        assert "Tæl op igen</button>" in html
        assert "Tæl op igen</button>" not in page(as_person, dpo)
        assert JobRun.objects.filter(name="waves_count", outcome=JobRun.Outcome.FAILED).count() == 1
        waves_count()  # two minutes later: nothing has changed, so nobody is asked again
        assert asked == [True, False]
    holders = set(Role.objects.filter(kind=Role.Kind.HR).values_list("person_id", flat=True))
    assert set(Notice.objects.filter(kind="not_counted").values_list("person_id", flat=True)) == holders
    notice = Notice.objects.get(kind="not_counted", person=hr)
    assert notice.subject == "Målingen kunne ikke tælles op"
    assert "Ring til leverandøren" in notice.body
    assert settings.BASE_URL + reverse("surveys:release_list") in notice.body
    assert "mt_overall" not in notice.body
    assert any(task.title == "Målingen kunne ikke tælles op" for task in tasks_of(hr))
    assert not any(task.title == "Målingen kunne ikke tælles op" for task in tasks_of(dpo))
    assert (Release.objects.count(), Envelope.objects.count()) == (0, sent)
    at(REPORTS)
    told = release.delay_of(campaign)
    assert told is not None
    assert told.late
    assert "kunne ikke tælles op" in told.reason
    again = reverse("surveys:wave_count_again", args=[closed.uuid])
    assert as_person(dpo).post(again).status_code == 403
    assert "inden for et par minutter" in as_person(hr).post(again, follow=True).content.decode()
    waves_count()
    closed.refresh_from_db()
    assert (closed.state, closed.problem) == (Wave.State.OPENED, "")
    assert Release.objects.get().audit_green
    assert not any(task.title == "Målingen kunne ikke tælles op" for task in tasks_of(hr))


def test_where_only_the_earlier_measurement_stands_in_the_way_hr_hears_that(
    town: Town, closed: Wave, as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor(monkeypatch, without_changes=GREEN)
    counting_fails()
    html = page(as_person, town.person["hr"])
    assert "Tag den tidligere måling ud af brug" in html
    assert reverse("surveys:earlier_list") in html
    assert "Ring til leverandøren" not in html


def test_it_is_tried_again_by_itself_after_an_hour(
    town: Town, closed: Wave, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        auditor(patch, without_changes=RED)
        counting_fails()
    assert closing.waves_to_count() == []
    at("2026-04-23 03:00")
    assert closing.waves_to_count() == [closed]


def test_a_missing_key_is_told_and_stops_no_other_counting(
    town: Town, campaign: Campaign, closed: Wave, as_person: As
) -> None:
    Wave.objects.filter(pk=closed.pk).update(private_key_fingerprint="another")
    with pytest.raises(closing.keys.KeyMissing):
        waves_count()
    html = page(as_person, town.person["hr"])
    assert "Bed driften om at finde nøglefilen" in html
    assert "Svarene ligger stadig forseglet" in html
    assert Envelope.objects.exists()


def test_without_the_changes_the_export_has_none(town: Town, closed: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[dict[str, Any]]] = []

    def verdict_of(exports: list[dict[str, Any]]) -> facts.Verdict:
        tried.append(exports)
        return GREEN

    monkeypatch.setattr(facts, "verdict_of", verdict_of)
    planned = facts.planned_of([])
    monkeypatch.setattr(
        facts.exports, "export_of", lambda *_args: {"wave": "x", "groups": [{"id": "1", "trends": {"a": 1}}]}
    )
    facts.audit_plan(closed, planned)
    facts.audit_plan(closed, planned, changes=False)
    assert [exports[-1]["groups"][0]["trends"] for exports in tried] == [{"a": 1}, {}]
