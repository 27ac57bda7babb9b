"""The demonstration: the same seed makes the same town, its year runs from end to end, and it only goes forward."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from actionplans.models import ActionPlan, Evaluation
from dialogs.models import Dialogue
from organisation import clock
from organisation.imports.compare import preview_of
from organisation.imports.reading import tables_of
from organisation.models import (
    AuditEntry,
    Campaign,
    DemoMessage,
    JobRun,
    Person,
    Placement,
    Role,
    Unit,
    WorkEnvironmentGroup,
)
from surveys.models import Fact, Finding, PhysicalReport, Release, ReportShare, Wave
from tests import factories
from trivsel.demo import seeding, stages
from trivsel.demo.cast import CAST, cast_people
from trivsel.demo.journey import advance_to
from trivsel.demo.shape import shapes
from trivsel.management.commands import prepare

pytestmark = pytest.mark.django_db(databases=["default", "urn"])


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Mail goes to the demonstration's inbox; the static files are none of these tests' business."""
    settings.EMAIL_BACKEND = "organisation.post.DemoMailBackend"
    monkeypatch.setattr(prepare, "collect_static_where_changed", lambda: None)


def plant(employees: int = 120, seed: int = 7) -> None:
    seeding.seed(employees=employees, seed=seed, say=lambda _line: None)


def picture() -> list[Any]:
    """Names, tree and roles, without the ids of the database."""
    return [
        list(Unit.objects.order_by("number").values_list("uuid", "number", "name", "parent__number")),
        list(Person.objects.order_by("number").values_list("number", "name", "email", "mobile", "language")),
        sorted(map(str, Role.objects.values_list("person__number", "kind", "unit__number", "committee__name"))),
        sorted(map(str, Fact.objects.values_list("unit__unit__number", "item", "n", "mean"))),
    ]


def drawn(seed: int) -> list[Any]:
    """The picture of a town that is then forgotten."""
    with transaction.atomic():
        plant(seed=seed)
        found = picture()
        transaction.set_rollback(True)
    clock.forget()
    return found


def test_the_same_seed_makes_the_same_town() -> None:
    first = drawn(7)
    assert drawn(7) == first
    assert drawn(8) != first


def test_the_organisation_can_be_exported_and_imports_without_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "lindevig.xlsx"
    call_command("seed_demo", "--employees", "120", "--export", str(file), stdout=StringIO())
    assert seeding.is_empty()
    preview = preview_of(tables_of([(file.name, file.read_bytes())]))
    assert preview.problems == []
    assert preview.counted()["employments"]["added"] >= 120
    plant()
    with pytest.raises(CommandError, match="export_organisation"):
        call_command("seed_demo", "--export", str(file))


@pytest.mark.parametrize(("employees", "seed"), [(60, 1), (120, 7), (1000, 2026)])
def test_the_town_has_the_size_asked_for_and_every_role(employees: int, seed: int) -> None:
    plant(employees=employees, seed=seed)
    assert Person.objects.count() == employees
    assert not Unit.objects.filter(work_environment_group=None, level__kind__in=["team", "workplace"]).exists()
    assert {kind for kind in Role.objects.values_list("kind", flat=True)} >= {
        "leader", "amr", "tr", "med_chair", "med_vice", "med_member", "hr", "property", "dpo",
    }  # fmt: skip
    levels = set(WorkEnvironmentGroup.objects.values_list("workplace__level__kind", flat=True))
    assert levels == {"workplace"}
    assert Role.objects.filter(kind="hr").count() == 2
    assert Campaign.objects.get(year=2026).milestones.count() == 18


def test_nobody_of_the_cast_is_missing() -> None:
    plant()
    people = cast_people()
    assert len(CAST) == 12
    assert [people[member.key].name for member in CAST] == [member.name for member in CAST]
    nord = Unit.objects.get(name="Afsnit Nord", parent__name="Plejehjemmet Birkehøj")
    for key in ("employee", "employee_phone", "leader", "amr", "tr"):
        assert people[key].employments.get(unit=nord)
    assert people["employee_phone"].channel == "sms"
    assert people["leader"].roles.get(unit=nord).kind == Role.Kind.LEADER
    assert people["head"].roles.filter(committee__unit=nord.parent, kind=Role.Kind.MED_CHAIR).exists()


@pytest.mark.parametrize(("employees", "units", "workplaces"), [(5000, 450, 120), (45000, 3000, 800)])
def test_the_shape_of_a_real_municipality(employees: int, units: int, workplaces: int) -> None:
    from random import Random

    found = shapes(Random(1), employees)
    sizes = sorted(size for workplace in found for size in workplace.teams)
    departments = {workplace.trade.department for workplace in found}
    assert (len(sizes), len(found), len(departments)) == (units, workplaces, 6)
    small = sum(size < 5 for size in sizes) / len(sizes)
    assert 0.08 <= small <= 0.15
    assert 9 <= sizes[len(sizes) // 2] <= 14
    assert sum(sizes) + sum(workplace.direct for workplace in found) + 1 + 6 + len(found) == employees


def test_small_units_of_2023_are_hidden_also_from_subtraction() -> None:
    plant(employees=600)
    facts = list(Fact.objects.filter(item="sk23").select_related("unit"))
    assert facts
    assert all(fact.n is not None and fact.n >= 10 for fact in facts)
    shown = {fact.unit_id: fact.n for fact in facts}
    for fact in facts:
        rest = fact.n - sum(n for unit, n in shown.items() if unit in _children(fact.unit_id))
        assert rest == 0 or rest >= 10


def _children(unit_id: int) -> set[int]:
    from organisation.models import CampaignUnit

    return set(CampaignUnit.objects.filter(parent_id=unit_id).values_list("pk", flat=True))


# --- the year --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_whole_year_goes_from_end_to_end() -> None:
    plant(employees=150)
    lines: list[str] = []
    assert advance_to("open", say=lines.append)
    wave = Wave.objects.get(kind=Wave.Kind.MAIN)
    assert wave.state == Wave.State.OPEN
    invited = Placement.objects.count()
    assert 130 <= invited < 150
    assert DemoMessage.objects.filter(body__contains="/svar/").count() == invited
    assert lines

    advance_to("closed")
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    release = Release.objects.get(wave=wave)
    assert (release.state, release.audit_green) == (Release.State.WAITING, True)
    answered = Fact.objects.get(release=release, unit__parent=None, item="_answered").n
    assert answered is not None
    assert 0.65 <= answered / invited <= 0.95
    assert PhysicalReport.objects.exists()
    # The cast answers by its own hand, if at all.
    assert not PhysicalReport.objects.filter(person__number__startswith="D-").exists()

    advance_to("reports")
    release.refresh_from_db()
    assert release.state == Release.State.RELEASED
    assert {approval.person.name for approval in release.approvals.all()} == {"Mette Aagaard", "Ulla Bech"}
    assert Dialogue.objects.count() == WorkEnvironmentGroup.objects.count()

    advance_to("dialogues")
    states = set(Dialogue.objects.values_list("state", flat=True))
    assert Dialogue.State.HELD in states
    nord = Dialogue.objects.get(group__name="Trioen i Afsnit Nord")
    assert nord.state == Dialogue.State.PLANNED
    assert ReportShare.objects.exists()

    advance_to("deadline")
    nord.refresh_from_db()
    assert nord.state == Dialogue.State.HELD
    plan = ActionPlan.objects.get(agreement__dialogue=nord, title="Ro i de travle timer")
    assert plan.state == ActionPlan.State.SIGNED
    assert set(plan.sign_offs.values_list("role", flat=True)) >= {"leader", "amr"}
    assert not Finding.objects.filter(severity="danger", state=Finding.State.NEW, unit__level_kind="team").exists()

    advance_to("evaluation")
    assert Evaluation.objects.exists()
    assert JobRun.objects.filter(outcome=JobRun.Outcome.FAILED).count() == 0
    played = AuditEntry.objects.filter(played=True).values_list("verb", flat=True)
    assert {"plan_signed_off", "dialogue_held", "release_approved", "evaluation_written"} <= set(played)
    system = AuditEntry.objects.filter(played=False).values_list("verb", flat=True)
    assert {"wave_opened", "wave_counted", "released"} <= set(system)


def test_the_year_goes_forward_only() -> None:
    plant(employees=60)
    advance_to("open")
    here, messages = clock.now(), DemoMessage.objects.count()
    assert advance_to("before") is True
    assert clock.now() >= here
    assert DemoMessage.objects.count() == messages
    with pytest.raises(clock.ClockGoesForward):
        clock.move_to(here - timedelta(days=1))


def test_a_journey_that_was_killed_goes_on_without_doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    from trivsel.demo import play

    plant(employees=60)
    real, sent = play.Answers.send, []

    def die_in_the_middle(self: play.Answers, batch: list[tuple[int, str]]) -> None:
        real(self, batch)
        sent.append(len(batch))
        if len(sent) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(play.Answers, "send", die_in_the_middle)
    with pytest.raises(KeyboardInterrupt):
        advance_to("open")
    assert stages.standing().stage == stages.stage_of("before")
    assert JobRun.objects.get(name=stages.JOURNEY).outcome == JobRun.Outcome.FAILED
    monkeypatch.setattr(play.Answers, "send", real)
    advance_to("open")
    forms = PhysicalReport.objects.values("form_key", "item_key").distinct().count()
    assert PhysicalReport.objects.count() == forms
    assert DemoMessage.objects.filter(body__contains="/svar/").count() == Placement.objects.count()
    assert stages.standing().stage == stages.stage_of("open")


# --- prepare ---------------------------------------------------------------------------------------------------------


def run_prepare(**options: Any) -> str:
    out = StringIO()
    call_command("prepare", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_preparing_twice_changes_nothing() -> None:
    first = run_prepare(employees=60, stage="before")
    assert "Karen Toft" in first
    counts = (Person.objects.count(), AuditEntry.objects.count(), JobRun.objects.count(), clock.offset())
    run_prepare(employees=200, stage="before")
    assert (Person.objects.count(), AuditEntry.objects.count(), JobRun.objects.count(), clock.offset()) == counts


def test_a_seed_that_was_stopped_leaves_nothing_and_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(seeding, "earlier_make", die)
        with pytest.raises(KeyboardInterrupt):
            plant(employees=60)
    assert seeding.is_empty()
    run_prepare(employees=60, stage="before")
    assert Person.objects.count() == 60


def test_a_foreign_database_is_refused() -> None:
    factories.make_person("Nogen, der var her først")
    with pytest.raises(SystemExit) as refused:
        run_prepare(employees=60, stage="before")
    assert refused.value.code == 2
    assert Person.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("seed_demo", employees=60, stdout=StringIO())


def test_without_the_demonstration_nothing_is_seeded(settings: Any) -> None:
    settings.DEMO = False
    run_prepare(employees=60, stage="before")
    assert not Person.objects.exists()
    with pytest.raises(CommandError):
        call_command("seed_demo", employees=60, stdout=StringIO())


# --- its pages -------------------------------------------------------------------------------------------------------


def test_one_click_logs_in_as_each_of_the_twelve(client: Client) -> None:
    plant(employees=60)
    page = client.get("/demo/log-ind/")
    assert page.status_code == 200
    for member in CAST:
        assert member.name in page.content.decode()
        answer = client.post("/demo/log-ind/", {"who": member.key, "next": "/opgaver/"})
        assert answer.status_code == 302
        assert int(client.session["_auth_user_id"]) == cast_people()[member.key].pk
    assert client.post("/demo/log-ind/", {"who": "borgmesteren"}).status_code == 404


def test_log_in_does_not_lead_to_another_host(client: Client) -> None:
    plant(employees=60)
    answer = client.post("/demo/log-ind/", {"who": "hr", "next": "https://example.org/"})
    assert answer["Location"] == "/opgaver/"


def test_the_inbox_shows_everybodys_post_and_follows_links(client: Client, settings: Any) -> None:
    plant(employees=60)
    person = cast_people()["employee"]
    from organisation import post

    post.deliver(
        person=person,
        channel="email",
        subject="Kom til fest",
        body=f"Svar her: {settings.BASE_URL}/svar/ABCD2345/.\n<b>Ikke</b> http://example.org/",
    )
    message = DemoMessage.objects.get()
    assert "Kom til fest" in client.get("/demo/indbakke/", {"person": "Ali"}).content.decode()
    assert "Kom til fest" not in client.get("/demo/indbakke/", {"channel": "sms"}).content.decode()
    body = client.get(f"/demo/indbakke/{message.pk}/").content.decode()
    assert '<a href="/svar/ABCD2345/">' in body
    assert "&lt;b&gt;Ikke" in body
    assert 'href="http://example.org' not in body


def test_moving_on_is_a_job_that_runs_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from trivsel.demo import views

    plant(employees=60)
    asked: list[str] = []
    monkeypatch.setattr(views.advance, "delay", asked.append)
    assert client.get("/demo/videre/").status_code == 405
    answer = client.post("/demo/videre/", {"stage": "open", "next": "/demo/log-ind/"})
    assert (answer.status_code, answer["Location"], asked) == (302, "/demo/log-ind/", ["open"])
    client.post("/demo/videre/", {"stage": "open"})
    assert asked == ["open"]
    assert "hx-get" in client.get("/demo/fremdrift/").content.decode()
    assert client.post("/demo/videre/", {"stage": "jul"}).status_code == 404


def test_the_bar_asks_at_most_two_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    from django.test import RequestFactory

    from trivsel.demo.bar import demo_bar

    plant(employees=60)
    clock.today()
    with django_assert_max_num_queries(2):
        bar = demo_bar(RequestFactory().get("/"))
    assert bar["stage"] == "before"
    assert bar["next"]["key"] == "open"
    assert bar["running"] is False
