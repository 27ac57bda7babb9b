"""Rules of the shared ground that the database keeps, whoever writes the row."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from organisation import access, clock
from organisation.audit import audit
from organisation.models import AuditEntry, Person, Role, Unit
from organisation.sorting import danish, danish_key
from tests.factories import Town, make_person, make_role, make_unit

pytestmark = pytest.mark.django_db


def test_a_unit_knows_its_path_and_takes_those_below_along_when_it_moves(town: Town) -> None:
    workplace, department = town.unit["birkehoej"], town.unit["boern"]
    workplace.parent = department
    workplace.save(update_fields=["parent"])
    nord = Unit.objects.get(pk=town.unit["nord"].pk)
    assert nord.path == [town.unit["kommune"].pk, department.pk, workplace.pk, nord.pk]


def test_a_unit_cannot_lie_below_itself(town: Town) -> None:
    department = town.unit["sundhed"]
    department.parent = town.unit["nord"]
    with pytest.raises(IntegrityError), transaction.atomic():
        department.save(update_fields=["parent"])


def test_there_is_one_root(town: Town) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_unit("En kommune til", "municipality")


def test_a_unit_has_one_leader_at_a_time_but_may_have_several_tr(town: Town) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_role(make_person(), "leader", town.unit["nord"], starts=date(2026, 1, 1))
    make_role(make_person(), "tr", town.unit["nord"])
    assert Role.objects.filter(kind="tr", unit=town.unit["nord"]).count() == 2


def test_a_role_needs_the_scope_of_its_kind(town: Town) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_role(make_person(), "leader", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_role(make_person(), "hr", town.unit["nord"])


def test_email_is_unique_and_lower_case(town: Town) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=town.person["hr"].pk).update(email="Stor@Lindevig.example")


def test_audit_can_be_added_to_but_neither_changed_nor_deleted(town: Town) -> None:
    entry = audit("tried", town.person["hr"], actor=town.person["hr"])
    with pytest.raises(ProgrammingError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="changed")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from organisation_auditentry where id = %s", [entry.pk])
    assert AuditEntry.objects.get(pk=entry.pk).verb == "tried"


def test_danish_order_puts_ae_oe_aa_last(town: Town) -> None:
    for name in ("Ålborg", "Ærø", "Zoo", "Østerbro", "Abe"):
        make_person(name)
    names = list(
        Person.objects.filter(name__in=["Ålborg", "Ærø", "Zoo", "Østerbro", "Abe"])
        .order_by(danish("name"))
        .values_list("name", flat=True)
    )
    assert names == ["Abe", "Zoo", "Ærø", "Østerbro", "Ålborg"] == sorted(names, key=danish_key)


def test_a_trio_is_whoever_holds_the_roles_today(town: Town) -> None:
    nord = town.group["nord"]
    assert {role.person.name for role in access.members_of(nord)} == {"Karen Toft", "Jonas Brink", "Signe Lund"}
    assert access.is_member(town.person["leader"], nord)
    assert not access.is_member(town.person["former_leader"], nord)
    assert not access.is_member(town.person["leader_syd"], nord)
    assert access.is_member(town.person["leader_syd"], town.group["syd"])


def test_today_is_a_copenhagen_date(at: object) -> None:
    at("2026-04-01 00:30")  # type: ignore[operator]
    assert clock.today() == date(2026, 4, 1)


def test_the_demonstrations_clock_goes_forward_only(db: None) -> None:
    from datetime import timedelta

    from django.utils import timezone

    clock.move_to(timezone.now() - timedelta(days=200))
    first = clock.now()
    clock.move_to(first + timedelta(days=3))
    assert timedelta(days=2, hours=23) < clock.now() - first < timedelta(days=3, hours=1)
    with pytest.raises(clock.ClockGoesForward):
        clock.move_to(first)
