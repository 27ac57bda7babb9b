"""«Mine data»: see, download, correct; and HR's side of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation import personal
from organisation.models import AuditEntry, DataRequest, ManualCorrection, Notice, Person
from surveys.models import PhysicalReport
from surveys.tickets import tickets_make
from tests.world import World, make_world
from trivsel import dashboard
from trivsel.personal import held_about

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]
MINE = "/mine-data/"


@pytest.fixture
def world(at: Callable[[str], None]) -> World:
    at("2026-06-03 09:00")
    return make_world()


@pytest.fixture
def mie(world: World, as_person: As) -> Client:
    return as_person(world.town.person["employee"])


def test_the_page_tells_what_is_held(world: World, mie: Client, as_person: As) -> None:
    tickets_make(world.wave)
    as_person(world.town.person["amr"]).get(reverse("surveys:finding_detail", args=[world.finding.pk]))
    page = mie.get(MINE).content.decode()
    person = world.town.person["employee"]
    for words in (person.name, person.email, "Afsnit Nord", "Det trækker fra vinduet", "Jonas Brink", "Invitationer"):
        assert str(words) in page, words


def test_nothing_tells_whether_somebody_has_answered(world: World, mie: Client) -> None:
    """The page is a function of the main database alone, and that knows nothing of it: no statement goes to the urn."""
    with CaptureQueriesContext(connection) as asked:
        mie.get(MINE)
    assert not any("surveys_envelope" in query["sql"] for query in asked.captured_queries)


def test_everything_can_be_downloaded_and_leaves_a_trace(world: World, mie: Client) -> None:
    response = mie.get(reverse("trivsel:my_data_download"))
    content = json.loads(response.content)
    assert response.headers["Content-Disposition"] == 'attachment; filename="mine-data.json"'
    words = json.dumps(content, ensure_ascii=False)
    assert "Det trækker fra vinduet i personalerummet." in words
    assert {table["overskrift"] for table in content["tabeller"]} >= {"Dig", "Ansættelser", "Roller"}
    assert AuditEntry.objects.filter(verb="own_data_read").count() == 1


def test_everybody_of_the_cast_has_a_page(world: World, as_person: As) -> None:
    for person in world.town.person.values():
        if person.name != "Finn Gammel":
            assert as_person(person).get(MINE).status_code == 200


def test_the_leader_finds_activities_signatures_and_deeds(world: World) -> None:
    tables = {held.title: held.rows for held in held_about(world.town.person["amr"])}
    assert tables["Aktiviteter, du er tovholder for"][0][1] == "Makkerordning i vagterne"
    assert tables["Det, du har gjort her"] == []
    deeds = {row[1] for row in personal.deeds(world.town.person["leader"], {}).rows}
    assert deeds >= {"plan_created", "dialogue_held"}


def test_mobile_and_language_are_corrected_and_held_against_imports(world: World, mie: Client) -> None:
    assert mie.post(MINE, {"own": "1", "mobile": "20 10 20 30", "language": "en"}).status_code == 302
    person = Person.objects.get(pk=world.town.person["employee"].pk)
    assert (person.mobile, person.language) == ("20102030", "en")
    held = ManualCorrection.objects.filter(subject_type="person", subject_id=person.pk)
    assert set(held.values_list("field", flat=True)) == {"mobile", "language"}


def test_a_wrong_number_is_told_and_nothing_is_lost(world: World, mie: Client) -> None:
    response = mie.post(MINE, {"own": "1", "mobile": "ring bare", "language": "da"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Skriv nummeret med mindst otte cifre" in page
    assert 'value="ring bare"' in page
    assert Person.objects.get(pk=world.town.person["employee"].pk).mobile == ""


def test_a_request_reaches_hr_and_is_answered(world: World, mie: Client, as_person: As) -> None:
    assert mie.post(MINE, {"ask": "1", "text": "Min stilling er forkert: jeg er sygeplejerske."}).status_code == 302
    asked = DataRequest.objects.get()
    hr = world.town.person["hr"]
    assert "Svar på 1 anmodning om egne data" in [task.title for task in dashboard.tasks_of(hr)]
    assert not any("anmodning" in task.title for task in dashboard.tasks_of(world.town.person["leader"]))
    client = as_person(hr)
    assert "sygeplejerske" in client.get(reverse("trivsel:data_request_list")).content.decode()
    address = reverse("trivsel:data_request_answer", args=[asked.uuid])
    response = client.post(address, {"state": "done", "reply": ""})
    assert response.status_code == 422
    assert client.post(address, {"state": "done", "reply": "Rettet i dag."}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.by, asked.reply) == ("done", hr, "Rettet i dag.")
    assert "sygeplejerske" not in Notice.objects.get(kind="data_request").body
    assert "Rettet i dag." in mie.get(MINE).content.decode()


def test_a_cpr_number_is_refused_in_a_request(world: World, mie: Client) -> None:
    response = mie.post(MINE, {"ask": "1", "text": "Mit cpr er 010190-1234."})
    assert response.status_code == 422
    assert "CPR-nummer" in response.content.decode()
    assert not DataRequest.objects.exists()


def test_a_name_is_taken_off_a_report_and_nothing_leads_back(world: World, mie: Client, as_person: As) -> None:
    address = reverse("trivsel:my_name_remove", args=[world.report.pk])
    assert as_person(world.town.staff["nord"][1]).post(address).status_code == 404
    assert mie.post(address).status_code == 302
    report = PhysicalReport.objects.get(pk=world.report.pk)
    assert report.person is None
    assert report.description
    entry = AuditEntry.objects.get(verb="own_name_removed")
    assert str(report.pk) not in f"{entry.subject_id} {entry.detail}"


def test_hr_downloads_for_somebody_without_log_in_with_a_reason(world: World, as_person: As) -> None:
    client, person = as_person(world.town.person["hr"]), world.town.person["employee"]
    address = reverse("trivsel:person_data")
    assert client.post(address, {"person": f"{person.name} ({person.number})", "reason": ""}).status_code == 422
    response = client.post(address, {"person": f"{person.name} ({person.number})", "reason": "Indsigt, brev 3/6"})
    assert person.name in response.content.decode()
    entry = AuditEntry.objects.get(verb="person_data_read")
    assert (entry.subject_id, entry.detail) == (str(person.pk), {"reason": "Indsigt, brev 3/6"})
    assert client.post(address, {"person": person.number, "reason": "cpr 010190-1234"}).status_code == 422


def test_the_number_of_queries_is_the_same_for_little_and_much(world: World, mie: Client) -> None:
    mie.get(MINE)
    with CaptureQueriesContext(connection) as little:
        mie.get(MINE)
    person = world.town.person["employee"]
    for number in range(30):
        Notice.objects.create(
            key=f"n{number}",
            person=person,
            kind="x",
            channel="email",
            subject="s",
            body="b",
            due_at=world.release.due_at,
        )
    with CaptureQueriesContext(connection) as much:
        page = mie.get(MINE).content.decode()

    def own(asked: CaptureQueriesContext) -> int:
        """Without the demonstration's clock, which is read anew every half second."""
        return sum("clockshift" not in query["sql"] for query in asked.captured_queries)

    assert own(much) == own(little)
    assert "rækker mere står i filen" in page
