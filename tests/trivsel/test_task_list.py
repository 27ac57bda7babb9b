"""Mine opgaver: what is due, by when, one primary button; what is done is folded; nothing is said kindly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from dialogs.models import Dialogue
from organisation.models import Person
from organisation.tasklist import Task
from surveys.findings import finding_move
from surveys.models import Release
from tests.factories import Town
from tests.world import make_world
from trivsel import dashboard

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]


def task(title: str, when: date | None, *, done: bool = False) -> Task:
    return Task(title=title, url="/", action="Gør det", when=when, done=done)


def test_tasks_fall_into_now_this_month_and_later(at: Callable[[str], None]) -> None:
    at("2026-05-19 09:00")
    tasks = [
        task("over fristen", date(2026, 5, 1)),
        task("fredag", date(2026, 5, 22)),
        task("om tre uger", date(2026, 6, 9)),
        task("til august", date(2026, 8, 1)),
        task("når vi kan", None),
        task("klaret", date(2026, 5, 2), done=True),
    ]
    groups = dashboard.grouped(tasks)
    assert [[row.what for row in group["tasks"]] for group in groups] == [
        ["over fristen", "fredag"],
        ["om tre uger"],
        ["til august", "når vi kan"],
    ]
    assert [row.primary for group in groups for row in group["tasks"]] == [True, False, False, False, False]
    assert [row.what for row in dashboard.finished(tasks)] == ["klaret"]


def test_the_leader_sees_what_the_trio_has_to_do(at: Callable[[str], None], as_person: As) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    page = as_person(world.town.person["leader"]).get(reverse("trivsel:task_list")).content.decode()
    assert "Gå rapporten for Afsnit Nord igennem sammen" in page
    assert "Vurdér 1 ny fysisk melding" in page
    assert page.count("btn--primary") == 1


def test_somebody_with_nothing_to_do_is_told_so(town: Town, as_person: As) -> None:
    page = as_person(town.person["property"]).get(reverse("trivsel:task_list")).content.decode()
    assert "Alt er klaret" in strip_tags(page)


def test_the_page_asks_a_constant_number_of_questions(
    at: Callable[[str], None], as_person: As, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    client = as_person(world.town.person["leader"])
    with django_assert_max_num_queries(45):
        client.get(reverse("trivsel:task_list"))


def tasks_page(as_person: As, person: Person) -> str:
    return as_person(person).get(reverse("trivsel:task_list")).text


def test_kommunale_ejendomme_hear_of_what_waits_for_them(at: Callable[[str], None], as_person: As) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    assert "Svar på" not in tasks_page(as_person, world.town.person["property"])
    finding_move(world.finding, to="property", by=world.town.person["leader"])
    page = tasks_page(as_person, world.town.person["property"])
    assert "Svar på 1 sag fra en trio" in page
    assert "17. juni" in page
    assert reverse("surveys:property_queue") in page
    assert "Svar på 1 sag" not in tasks_page(as_person, world.town.person["leader"])


def test_a_facilitator_finds_the_guide(at: Callable[[str], None], as_person: As) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    assert "Led trivselsdialogen" not in tasks_page(as_person, world.town.person["facilitator"]), "it is held"
    Dialogue.objects.filter(pk=world.dialogue.pk).update(state="open", held_on=None, planned_at=None)
    page = tasks_page(as_person, world.town.person["facilitator"])
    assert "Led trivselsdialogen" in page
    assert reverse("dialogs:dialogue_guide", args=[world.dialogue.uuid]) in page


def test_the_data_protection_officer_finds_releases_and_traces(town: Town, as_person: As) -> None:
    page = tasks_page(as_person, town.person["dpo"])
    for name in ("surveys:release_list", "trivsel:audit_list"):
        assert f'href="{reverse(name)}"' in page
        assert f'href="{reverse(name)}"' not in tasks_page(as_person, town.person["leader"])


def test_the_trios_room_leads_to_no_report_before_it_is_out(at: Callable[[str], None], as_person: As) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    room = reverse("trivsel:group_detail", args=[world.town.group["nord"].uuid])
    report = reverse("surveys:report_detail", args=[world.unit["nord"].uuid])
    leader = as_person(world.town.person["leader"])
    assert report in leader.get(room).text
    Release.objects.update(state=Release.State.WITHDRAWN, withdrawn_reason="En fejl")
    page = leader.get(room).text
    assert report not in page
    assert "ikke ude endnu" in page
