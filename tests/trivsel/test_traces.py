"""The traces: HR and the data protection officer read all, a trio reads its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from actionplans.services import plan_edit, plan_sign
from organisation.audit import audit
from organisation.models import AuditEntry, Person
from organisation.roles import role_give
from organisation.traces import FOR_ALL, READING
from tests.test_architecture import PACKAGES, committed
from tests.world import World, make_world
from trivsel.audit_words import VERBS

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]


@pytest.fixture
def world(at: Callable[[str], None]) -> World:
    at("2026-06-03 09:00")
    return make_world()


def own(world: World, as_person: As, who: str = "amr", **search: str) -> str:
    address = reverse("trivsel:group_audit", args=[world.town.group["nord"].uuid])
    return as_person(world.town.person[who]).get(address, search).content.decode()


def everything(world: World, as_person: As, **search: str) -> str:
    return as_person(world.town.person["hr"]).get(reverse("trivsel:audit_list"), search).content.decode()


def test_the_trio_sees_who_read_its_report_and_named_reports(world: World, as_person: As) -> None:
    person = world.town.person
    as_person(person["hr"]).get(reverse("surveys:report_detail", args=[world.unit["nord"].uuid]))
    as_person(person["leader"]).get(reverse("surveys:finding_detail", args=[world.finding.pk]))
    page = own(world, as_person)
    assert "Mette Aagaard" in page
    assert "læste en rapport" in page
    assert "læste fysiske meldinger med navn" in page


def test_the_trio_sees_what_was_done_with_its_roles_and_plans(world: World, as_person: As) -> None:
    person = world.town.person
    role_give(
        person=world.town.staff["nord"][3],
        kind="tr",
        unit=world.town.unit["nord"],
        starts=world.plan.created_on,
        by=person["hr"],
    )
    plan_sign(plan=world.plan, by=person["leader"])
    plan_edit(plan=world.plan, by=person["amr"], title="Pauser for alle")
    page = own(world, as_person)
    for words in ("gav en rolle", "skrev under", "rettede en handleplan", "underskrifter faldt bort", "skrev referat"):
        assert words in page, words


def test_the_trio_sees_nothing_of_its_neighbours(world: World, as_person: As) -> None:
    syd = world.town.unit["syd"]
    audit("unit_edit", syd, actor=world.town.person["leader_syd"], unit=syd)
    audit("plan_edited", world.plan, actor=world.town.person["leader_syd"], group=world.town.group["syd"])
    assert "Mogens Vad" in everything(world, as_person)
    assert "Mogens Vad" not in own(world, as_person)


def test_what_concerns_everybody_is_in_every_trios_traces(world: World, as_person: As) -> None:
    audit("released", world.release, actor=None)
    assert "rapporterne blev frigivet" in own(world, as_person)


def test_the_search_finds_by_kind_person_unit_and_day(world: World, as_person: As) -> None:
    nord, syd = world.town.unit["nord"], world.town.unit["syd"]
    audit("report_read", nord, actor=world.town.person["head"], unit=nord, form="pdf")
    audit("unit_edit", syd, actor=world.town.person["dpo"], unit=syd)
    assert "Ulla Bech" not in everything(world, as_person, slags="laest")
    assert "Torben Friis" not in everything(world, as_person, slags="aendret")
    assert "som PDF" in everything(world, as_person, hvem="torben")
    assert "Torben Friis" not in everything(world, as_person, enhed="Syd")
    assert "Ingen spor passer" in everything(world, as_person, fra="2026-06-04")
    assert "Ulla Bech" in everything(world, as_person, til="2026-06-03", hvem="Ulla")
    wrong = everything(world, as_person, fra="i går")
    assert "Ulla Bech" in wrong  # what cannot be read leaves nothing out, and is told
    assert 'id="id_fra_error"' in wrong


def test_the_next_page_keeps_the_search(world: World, as_person: As) -> None:
    for _number in range(51):
        audit("report_read", world.unit["nord"], actor=world.town.person["head"], unit=world.town.unit["nord"])
    assert "?slags=laest&amp;side=2" in everything(world, as_person, slags="laest")


def test_a_page_takes_the_same_number_of_queries_however_many_traces(
    world: World, as_person: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_person(world.town.person["hr"])
    address = reverse("trivsel:audit_list")
    client.get(address)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _number in range(40):
        audit("report_read", world.unit["nord"], actor=world.town.person["head"], unit=world.town.unit["nord"])
    with django_assert_num_queries(len(few)):
        client.get(address)


def test_every_verb_that_the_code_writes_has_words() -> None:
    import re

    written: set[str] = set()
    for package in PACKAGES:
        for path in committed(f"{package}/*.py"):
            written |= set(re.findall(r'audit\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert written - set(VERBS) == set()
    assert set(FOR_ALL) | set(READING) <= set(VERBS)


def test_traces_are_append_only(world: World) -> None:
    from django.db import DatabaseError, transaction

    audit("report_read", world.unit["nord"], actor=None)
    for change in (lambda: AuditEntry.objects.update(verb="x"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
