"""Mine opgaver: what is due, by when, one primary button; what is done is folded; nothing is said kindly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from organisation.models import Person
from organisation.tasklist import Task
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
