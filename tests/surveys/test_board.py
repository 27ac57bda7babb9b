"""The physical board: who sees what, what may move where, and that names stay with the trio."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import AuditEntry, Campaign, Notice, Person, StoredFile
from surveys import findings
from surveys.models import Finding, FindingMove, PhysicalReport, Release, Wave
from surveys.physical import PhysicalAnswer, physical_send
from tests.factories import Town
from tests.surveys.answered import SURVEY, asked
from tests.surveys.waves import open_wave, placement_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
State = Finding.State


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: At) -> Wave:
    at(SURVEY)
    return open_wave(campaign)


def report(wave: Wave, person: Person, item: str, answer: str, *, named: bool = False, text: str = "") -> Finding:
    before = set(Finding.objects.values_list("pk", flat=True))
    physical_send(
        wave=wave, placement=placement_of(wave, person), named=named, form_key=uuid4(),
        answers=[PhysicalAnswer(item=item, answer=answer, description=text)],
    )  # fmt: skip
    return Finding.objects.exclude(pk__in=before).get()


def reports_are_out(wave: Wave) -> None:
    Release.objects.create(
        wave=wave, state=Release.State.RELEASED, due_at=wave.closes_at, released_at=wave.closes_at, audit_green=True
    )


def board(town: Town, key: str = "nord") -> str:
    return reverse("surveys:board", args=[town.group[key].uuid])


def detail(finding: Finding) -> str:
    return reverse("surveys:finding_detail", args=[finding.pk])


def test_danger_is_seen_at_once_the_rest_with_the_reports(town: Town, wave: Wave, as_person: As) -> None:
    danger = report(wave, town.staff["nord"][1], "fa_accidents", "danger", text="Glat gulv")
    minor = report(wave, town.staff["nord"][2], "fa_light", "minor", text="Blinkende lys")
    amr = as_person(town.person["amr"])
    html = amr.get(board(town)).content.decode()
    assert detail(danger) in html
    assert detail(minor) not in html
    assert amr.get(detail(danger)).status_code == 200
    assert amr.get(detail(minor)).status_code == 404
    reports_are_out(wave)
    html = amr.get(board(town)).content.decode()
    assert detail(minor) in html
    assert amr.get(detail(minor)).status_code == 200


def test_the_board_is_for_its_trio_and_to_read_for_hr_and_the_workplaces_committee(
    town: Town, wave: Wave, as_person: As
) -> None:
    finding = report(wave, town.staff["nord"][1], "fa_light", "major", named=True, text="Mørkt på gangen")
    reports_are_out(wave)
    name = town.staff["nord"][1].name
    for who, status in [("leader", 200), ("amr", 200), ("tr", 200), ("head", 200), ("med_workplace", 200),
                        ("hr", 200), ("leader_syd", 404), ("employee", 404), ("med_department", 404),
                        ("med_municipality", 404), ("property", 404), ("dpo", 404),
                        ("former_leader", 404)]:  # fmt: skip
        client = as_person(town.person[who])
        assert client.get(board(town)).status_code == status, who
        response = client.get(detail(finding))
        assert response.status_code == status, who
        main = response.content.decode().split('<main id="main"')[-1]
        assert (f"{name} ·" in main) == (who in {"leader", "amr", "tr"}), who
    assert as_person(None).get(board(town)).status_code == 302


def test_reading_a_name_leaves_a_trace(town: Town, wave: Wave, as_person: As) -> None:
    named = report(wave, town.staff["nord"][1], "fa_light", "major", named=True)
    unnamed = report(wave, town.staff["nord"][2], "fa_noise", "major")
    reports_are_out(wave)
    as_person(town.person["tr"]).get(detail(unnamed))
    as_person(town.person["hr"]).get(detail(named))
    assert not AuditEntry.objects.filter(verb="named_reports_read").exists()
    as_person(town.person["tr"]).get(detail(named))
    entry = AuditEntry.objects.get(verb="named_reports_read")
    assert (entry.actor, entry.subject_id) == (town.person["tr"], str(named.pk))


def test_only_the_trio_moves_and_every_move_is_told_and_audited(town: Town, wave: Wave, as_person: As) -> None:
    reporter = town.staff["nord"][1]
    finding = report(wave, reporter, "fa_light", "major", named=True)
    reports_are_out(wave)
    move = {"to": State.ASSESSED, "note": "", "from": State.NEW}
    assert as_person(town.person["hr"]).post(detail(finding), move).status_code == 403
    assert as_person(town.person["leader_syd"]).post(detail(finding), move).status_code == 404
    assert as_person(town.person["amr"]).post(detail(finding), move).status_code == 302
    finding.refresh_from_db()
    assert finding.state == State.ASSESSED
    assert AuditEntry.objects.filter(verb="finding_moved", actor=town.person["amr"]).count() == 1
    notice = Notice.objects.get(person=reporter, kind="finding_moved")
    assert "Vurderet" in notice.body


def test_a_move_that_somebody_else_has_made_first_is_refused(town: Town, wave: Wave) -> None:
    finding = report(wave, town.staff["nord"][1], "fa_light", "danger")
    findings.finding_move(finding, to=State.SOLVED, by=town.person["amr"], seen=State.NEW)
    with pytest.raises(findings.CannotMove, match="Løst straks"):
        findings.finding_move(finding, to=State.PLAN, by=town.person["leader"], seen=State.NEW)
    with pytest.raises(findings.CannotMove):
        findings.finding_move(finding, to=State.PROPERTY, by=town.person["leader"])


def test_no_action_needs_a_reason_and_a_duplicate_needs_the_other(town: Town, wave: Wave, as_person: As) -> None:
    first = report(wave, town.staff["nord"][1], "fa_light", "danger")
    second = report(wave, town.staff["nord"][2], "fa_light", "danger")
    third = report(wave, town.staff["nord"][3], "fa_light", "danger")
    elsewhere = report(wave, town.staff["syd"][1], "fa_light", "danger")
    amr = town.person["amr"]
    with pytest.raises(findings.CannotMove, match="hvorfor"):
        findings.finding_move(first, to=State.NOTHING, by=amr, note="  ")
    with pytest.raises(findings.CannotMove, match="dublet"):
        findings.finding_move(first, to=State.DUPLICATE, by=amr, same_as=elsewhere)
    with pytest.raises(findings.CannotMove, match="dublet"):
        findings.finding_move(first, to=State.DUPLICATE, by=amr, same_as=first)
    findings.finding_move(first, to=State.DUPLICATE, by=amr, same_as=second)
    findings.finding_move(second, to=State.DUPLICATE, by=amr, same_as=third)
    assert set(Finding.objects.filter(same_as=third)) == {first, second}
    counted = findings.with_counts(Finding.objects.filter(pk=third.pk)).get()
    assert counted.report_count == 3
    findings.finding_move(first, to=State.ASSESSED, by=amr)
    first.refresh_from_db()
    assert first.same_as is None
    # From the board a move that needs more leads to the form that asks for it.
    response = as_person(amr).post(detail(third), {"to": State.NOTHING})
    assert response.status_code == 302
    assert "to=nothing" in response["Location"]
    third.refresh_from_db()
    assert third.state == State.NEW


def test_kommunale_ejendomme_sees_what_was_sent_without_names_or_stories(town: Town, wave: Wave, as_person: As) -> None:
    reporter = town.staff["nord"][1]
    sent = report(wave, reporter, "fa_climate", "danger", named=True, text="Kulde ved fru Hansens seng")
    kept = report(wave, town.staff["nord"][2], "fa_light", "danger")
    queue = reverse("surveys:property_queue")
    for who in ("leader", "hr", "employee", "med_municipality"):
        assert as_person(town.person[who]).get(queue).status_code == 404
    findings.finding_move(sent, to=State.PROPERTY, by=town.person["amr"], note="To vinduer mod haven")
    client = as_person(town.person["property"])
    html = client.get(queue).content.decode()
    assert sent.title in html
    assert "To vinduer mod haven" in html
    assert "Jonas Brink" in html
    for hidden in (reporter.name, "fru Hansens", kept.title, "Tre at bevare"):
        assert hidden not in html.split("<main")[-1]
    client.post(queue, {"finding": str(kept.pk), "note": "Ikke jeres", "done": "1"})
    kept.refresh_from_db()
    assert kept.state == State.NEW
    client.post(queue, {"finding": str(sent.pk), "note": "VVS kommer tirsdag"})
    sent.refresh_from_db()
    assert sent.state == State.PROPERTY
    client.post(queue, {"finding": str(sent.pk), "note": "Udført", "done": "1"})
    sent.refresh_from_db()
    assert sent.state == State.SOLVED
    assert list(FindingMove.objects.filter(finding=sent).values_list("note", flat=True)) == [
        "To vinduer mod haven", "VVS kommer tirsdag", "Udført",
    ]  # fmt: skip


def test_a_photo_has_the_gate_of_its_finding(town: Town, wave: Wave, as_person: As) -> None:
    finding = report(wave, town.staff["nord"][1], "fa_light", "major")
    made = StoredFile.objects.create(content_type="image/jpeg", data=b"jpeg", stored_on=wave.opens_at.date())
    PhysicalReport.objects.filter(finding=finding).update(photo=made)
    photo = reverse("surveys:finding_photo", args=[PhysicalReport.objects.get(finding=finding).pk])
    assert as_person(town.person["amr"]).get(photo).status_code == 404
    reports_are_out(wave)
    for who, status in [("amr", 200), ("hr", 200), ("leader_syd", 404), ("property", 404), ("employee", 404)]:
        assert as_person(town.person[who]).get(photo).status_code == status, who
    findings.finding_move(finding, to=State.PROPERTY, by=town.person["amr"])
    assert as_person(town.person["property"]).get(photo).content == b"jpeg"


def test_the_board_asks_the_same_whatever_it_holds(town: Town, wave: Wave, as_person: As) -> None:
    client = as_person(town.person["amr"])
    report(wave, town.staff["nord"][1], "fa_light", "danger")
    needed = []
    for person in (town.staff["nord"][2], town.staff["nord"][3]):
        with CaptureQueriesContext(connection) as queries:
            client.get(board(town))
        needed.append(asked(queries))
        report(wave, person, "fa_noise", "danger", named=True)
    assert needed[0] == needed[1]
