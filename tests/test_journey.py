"""One year over HTTP: every deed through the pages, everything that falls due by the jobs of production."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from pytest_django import Settings

from actionplans.models import ActionPlan, Evaluation
from dialogs.models import Dialogue
from organisation.login import first_hr_link, person_for_link
from organisation.models import AuditEntry, Campaign, CampaignUnit, DemoMessage, Import, Person
from surveys.models import Fact, Finding, Release, Ticket, Wave
from tests.factories import Town
from tests.organisation.importing import exported, workbook
from tests.world import make_wave
from trivsel.schedule import SWEEPS

pytestmark = [
    pytest.mark.django_db(databases=["default", "urn"]),
    pytest.mark.usefixtures("_inbox"),
]


@pytest.fixture
def _inbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "organisation.post.DemoMailBackend"


def run_jobs() -> None:
    for sweep in SWEEPS:
        import_string(sweep.task)()


def code_of(person: Person) -> str:
    """The code in the person's first message, read as the person would."""
    body = DemoMessage.objects.filter(person=person).order_by("pk").first()
    assert body is not None, f"{person} got no invitation"
    found = re.search(r"/svar/([A-Z0-9]{16})/", body.body)
    assert found, body.body
    return found[1]


def admission_in(page: str) -> str:
    found = re.search(r'name="admission" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def form_key_in(page: str) -> dict[str, str]:
    """The hidden fields of the physical form."""
    fields: dict[str, str] = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            fields[name[1]] = unescape(value[1])
    return fields


def answer(person: Person, *, points: int, threatened: bool = False) -> str:
    """Answer the anonymous part without JavaScript. Returns the code."""
    code, client = code_of(person), Client()
    page = client.get(reverse("surveys:answer", args=[code]))
    assert page.status_code == 200
    names = set(re.findall(r'type="radio" name="((?:ps|kb|mt)_\w+)"', page.content.decode()))
    assert len(names) == 24
    answers = {name: str(points) for name in names}
    answers |= {"ka_threats": "yes" if threatened else "no"}
    sent = client.post(
        reverse("surveys:answer", args=[code]), {"admission": admission_in(page.content.decode()), **answers}
    )
    assert sent.status_code == 200
    assert "ikke anonym" in sent.content.decode()  # the border
    return code


def urn_rows() -> int:
    with connections["urn"].cursor() as cursor:
        cursor.execute("select count(*) from surveys_envelope")
        return int(cursor.fetchone()[0])


def test_the_year(
    town: Town,
    campaign: Campaign,
    at: Callable[[str], None],
    as_person: Callable[[Person | None], Client],
) -> None:
    live_the_year(town, make_wave(campaign), at, as_person)


def test_the_year_on_an_organisation_that_hr_imported(
    town: Town,
    at: Callable[[str], None],
    as_person: Callable[[Person | None], Client],
    django_capture_on_commit_callbacks: Any,
) -> None:
    """A new installation: the first HR user imports a workbook, gives the roles no file gives, and begins the year."""
    at("2026-03-02 09:00")
    file = workbook(exported())
    del town.person["former_leader"]  # left in December: an import takes in nobody who has left
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("truncate organisation_person, organisation_unit, organisation_building cascade")
    person = person_for_link(first_hr_link(email="hr@lindevig.example").rsplit("/", 2)[1])
    client = as_person(person)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("organisation:import_new"), {"files": SimpleUploadedFile("organisation.xlsx", file)})
    received = Import.objects.get()
    assert received.counts["problems"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("organisation:import_apply", args=[received.uuid]))
    assert Person.objects.count() == len(town.people())
    for who, kind in [("hr_2", "hr"), ("property", "property"), ("dpo", "dpo")]:
        given = client.post(
            reverse("organisation:role_create"),
            {"kind": kind, "person": town.person[who].number, "starts": "2026-03-02"},
        )
        assert given.status_code == 302, given.content.decode()
    begun = client.post(
        reverse("trivsel:campaign_create"),
        {"name": "Trivselsmåling og APV 2026", "opens_on": "2026-04-08", "naming": "optional"},
    )
    assert begun.status_code == 302, begun.content.decode()
    town.reload()
    live_the_year(town, Wave.objects.get(), at, as_person)


def live_the_year(
    town: Town, wave: Wave, at: Callable[[str], None], as_person: Callable[[Person | None], Client]
) -> None:
    campaign = wave.campaign
    # --- April: the organisation is frozen, the survey opens, everybody gets a way in -----------------------------
    at("2026-04-01 08:05")
    run_jobs()
    at("2026-04-08 08:05")
    run_jobs()
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPEN
    invited = Ticket.objects.count()
    invitations = DemoMessage.objects.filter(body__contains="/svar/")
    assert invitations.count() == invited > 40
    run_jobs()
    assert invitations.count() == invited  # nobody is invited twice

    # --- people answer: Nord and Syd with different mood, the kitchen of three as well ------------------------------
    for key, points in [("nord", 75), ("syd", 25), ("koekken", 50), ("ind", 75), ("ud", 50)]:
        for number, person in enumerate(town.staff[key]):
            # Not all alike: a unanimous figure would rightly be hidden.
            answer(person, points=points if number % 3 else 100 - points, threatened=key == "nord" and number < 6)
    employee = town.staff["nord"][3]
    code = answer(employee, points=0)
    code = answer(employee, points=75)  # again: the last one counts
    assert urn_rows() == sum(len(staff) for staff in town.staff.values())

    # --- the physical part, with a name and something dangerous -----------------------------------------------------
    physical = reverse("surveys:answer_physical", args=[code])
    page = Client().get(physical).content.decode()
    receipt = Client().post(
        physical,
        {
            **form_key_in(page),
            "fa_climate": "danger",
            "fa_climate_describe": "Ovnen i personalerummet oser.",
            "fa_light": "none",
            "named": "1",
        },
    )
    assert receipt.status_code == 200, receipt.content.decode()
    run_jobs()
    leader = town.person["leader"]
    assert (
        DemoMessage.objects.filter(person=leader, sent_at__date="2026-04-08").exclude(body__contains="/svar/").exists()
    )
    finding = Finding.objects.get()
    assert (finding.severity, finding.unit.name) == ("danger", "Afsnit Nord")

    # --- no result exists before closing ----------------------------------------------------------------------------

    # A session lasts a working day; people log in anew.
    def hr(who: str = "hr") -> Client:
        return as_person(town.person[who])

    nord = CampaignUnit.objects.get(campaign=campaign, unit=town.unit["nord"])
    report = reverse("surveys:report_detail", args=[nord.uuid])
    assert as_person(leader).get(report).status_code == 404
    assert not Fact.objects.exists()

    # --- the survey closes by the clock; one process opens, counts, writes and destroys -----------------------------
    at("2026-04-23 08:05")
    run_jobs()
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    assert urn_rows() == 0
    assert not Ticket.objects.exclude(code_hash=None, link_hash=None).exists()
    release = Release.objects.get()
    assert (release.state, release.audit_green) == ("waiting", True)
    assert Client().get(reverse("surveys:answer", args=[code])).status_code in (404, 410)
    assert as_person(leader).get(report).status_code == 404

    # --- two people approve; it comes out at the set minute, not before ---------------------------------------------
    release_page = reverse("surveys:release_detail", args=[release.uuid])
    assert hr().get(release_page).status_code == 200
    hr().post(release_page, {"deed": "approve"})
    hr().post(release_page, {"deed": "approve"})  # the same person twice is once
    at("2026-05-05 07:59")
    run_jobs()
    release.refresh_from_db()
    assert release.state == "waiting"
    hr("hr_2").post(release_page, {"deed": "approve"})
    run_jobs()
    assert as_person(leader).get(report).status_code == 404
    at("2026-05-05 08:00")
    run_jobs()
    release.refresh_from_db()
    assert release.state == "released"

    # --- leader, AMR and TR read the same report; the kitchen of three has none -------------------------------------
    pages = [as_person(town.person[who]).get(report) for who in ("leader", "amr", "tr")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Afsnit Nord" in pages[0].content.decode()
    kitchen = CampaignUnit.objects.get(campaign=campaign, unit=town.unit["koekken"])
    assert not Fact.objects.filter(unit=kitchen, n__gt=0).exists()
    assert Fact.objects.filter(unit=nord, item="_answered").get().n == 12
    pdf = as_person(leader).get(reverse("surveys:report_pdf", args=[nord.uuid]))
    assert pdf.content.startswith(b"%PDF")
    assert as_person(town.person["leader_syd"]).get(report).status_code == 404
    assert AuditEntry.objects.filter(verb="report_read", actor=leader).exists()

    # --- the board: assessed, and sent to the buildings department --------------------------------------------------
    board = as_person(leader).get(reverse("surveys:board", args=[town.group["nord"].uuid]))
    assert finding.title in unescape(board.content.decode())
    found = reverse("surveys:finding_detail", args=[finding.pk])
    as_person(leader).post(found, {"to": "assessed", "note": ""})
    as_person(town.person["amr"]).post(found, {"to": "property", "note": "Ovnen skal efterses."})
    finding.refresh_from_db()
    assert finding.state == "property"
    queue = as_person(town.person["property"]).get(reverse("surveys:property_queue")).content.decode()
    assert finding.title in unescape(queue)
    assert employee.name not in queue

    # --- the dialogue: a date, an invitation, a record with agreements ----------------------------------------------
    run_jobs()
    dialogue = Dialogue.objects.get(group=town.group["nord"])
    planned = as_person(town.person["tr"]).post(
        reverse("dialogs:dialogue_plan", args=[dialogue.uuid]),
        {"date": "2026-05-20", "time": "13:00", "place": "Personalerummet", "facilitator": "Lone Krag"},
    )
    assert planned.status_code == 302
    run_jobs()
    assert DemoMessage.objects.filter(person=employee, body__contains="Personalerummet").exists()
    at("2026-05-20 16:00")
    held = as_person(town.person["tr"]).post(
        reverse("dialogs:dialogue_hold", args=[dialogue.uuid]),
        {
            "held_on": "2026-05-20",
            "participants": "11",
            "topics": ["kb"],
            "agreements-TOTAL_FORMS": "1",
            "agreements-INITIAL_FORMS": "0",
            "agreements-0-text": "Vi holder vores pauser",
            "agreements-0-topic": "kb",
            "agreements-0-owner": "Jonas Brink",
        },
    )
    assert held.status_code == 302, held.content.decode()
    agreement = dialogue.agreements.get()

    # --- the handleplan: made from the agreement, moved, signed -----------------------------------------------------
    create = reverse("actionplans:plan_create")
    made = as_person(leader).post(
        f"{create}?aftale={agreement.uuid}&agreement={agreement.uuid}",
        {
            "agreement": str(agreement.uuid),
            "title": "Pauser, der holder",
            "topic": "kb",
            "problem": "Pauserne ryger, når der er travlt.",
            "goal": "Alle holder deres pause.",
            "follow_up_on": "2026-09-01",
        },
    )
    assert made.status_code == 302, made.content.decode()
    plan = ActionPlan.objects.get()
    as_person(leader).post(
        reverse("actionplans:activity_create", args=[plan.uuid]),
        {"what": "Makkerordning i vagterne", "owner_name": "Jonas Brink", "deadline": "2026-06-20"},
    )
    activity = plan.activities.get()
    # The third of five stops: halvvejs.
    as_person(town.person["amr"]).post(reverse("actionplans:activity_move", args=[activity.uuid]), {"progress": "3"})
    sign = reverse("actionplans:plan_sign", args=[plan.uuid])
    for who in ("leader", "amr", "tr"):
        as_person(town.person[who]).post(sign)
    plan.refresh_from_db()
    activity.refresh_from_db()
    assert (plan.state, activity.progress) == ("signed", 2)

    # --- MED follows: the workplace's committee, the afdeling, the municipality -------------------------------------
    at("2026-07-01 09:00")
    run_jobs()
    for who, key in [("head", "birkehoej"), ("med_department", "sundhed"), ("med_municipality", "kommune")]:
        status = as_person(town.person[who]).get(reverse("trivsel:committee_status", args=[town.committee[key].uuid]))
        assert status.status_code == 200
    assert "Plejehjemmet Birkehøj" in unescape(
        as_person(town.person["med_department"])
        .get(reverse("trivsel:committee_status", args=[town.committee["sundhed"].uuid]))
        .content.decode()
    )

    # --- August: the committee looks back ---------------------------------------------------------------------------
    at("2026-08-20 09:00")
    run_jobs()
    written = as_person(town.person["med_municipality"]).post(
        reverse("actionplans:evaluation_edit", args=[town.committee["kommune"].uuid]),
        {"went_well": "Dialogerne blev holdt.", "do_differently": "Vi begynder tidligere."},
    )
    assert written.status_code == 302
    assert Evaluation.objects.get().committee == town.committee["kommune"]
    assert Dialogue.objects.count() == 3  # one per trio, however often the jobs ran
