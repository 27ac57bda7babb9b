"""Dated roles: given, ended, handed over, stood in for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from organisation import access, roles
from organisation.freezing import campaign_freeze
from organisation.models import AuditEntry, Campaign, ManualCorrection, Person, Placement, Role
from tests.factories import Town, make_person

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]


@pytest.fixture(autouse=True)
def _a_day_in_march(at: Callable[[str], None]) -> None:
    at("2026-03-10 09:00")


@pytest.fixture
def hr(town: Town, as_person: ClientFor) -> Client:
    return as_person(town.person["hr"])


def give(town: Town, person: Person, kind: str = "amr", unit: str = "nord", **more: object) -> Role:
    return roles.role_give(
        person=person, kind=kind, unit=town.unit[unit], by=town.person["hr"], **{"starts": date(2026, 3, 10), **more}
    )


def test_a_role_is_given_held_and_traced(town: Town) -> None:
    role = give(town, town.staff["nord"][1])
    assert access.is_member(town.staff["nord"][1], town.group["nord"])
    assert ManualCorrection.objects.filter(subject_type="role", subject_id=role.pk, field="").exists()
    trace = AuditEntry.objects.get(verb="role_given")
    assert (trace.actor, trace.unit, trace.detail["kind"]) == (town.person["hr"], town.unit["nord"], "amr")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "leader"}, "allerede en leder"),
        ({"kind": "med_chair"}, "hører til en enhed"),
        ({"ends": date(2026, 3, 1)}, "før den er begyndt"),
        ({"is_deputy": True}, "sidste dag"),
    ],
)
def test_what_cannot_be_is_told_in_words(town: Town, more: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        give(town, make_person(), **more)
    assert why in " ".join(refused.value.messages)


def test_nobody_has_the_same_role_twice_at_a_time(town: Town) -> None:
    with pytest.raises(ValidationError):
        give(town, town.person["amr"])


def test_a_deputy_leads_for_a_period_and_counts_where_they_work(
    town: Town, campaign: Campaign, at: Callable[[str], None]
) -> None:
    deputy = town.staff["nord"][2]
    give(town, deputy, "leader", is_deputy=True, ends=date(2026, 4, 30))
    assert access.is_member(deputy, town.group["nord"])
    at("2026-04-01 09:00")
    campaign_freeze(campaign)
    assert Placement.objects.get(person=deputy).unit.unit == town.unit["nord"]
    at("2026-05-01 09:00")
    assert not access.is_member(Person.objects.get(pk=deputy.pk), town.group["nord"])


def test_handing_over_leaves_no_day_without_and_none_with_two(town: Town, at: Callable[[str], None]) -> None:
    role = Role.objects.get(person=town.person["leader"], kind="leader")
    given = roles.role_hand_over(role=role, person=town.staff["nord"][3], starts=date(2026, 4, 1), by=town.person["hr"])
    role.refresh_from_db()
    assert (role.ends, given.starts, given.ends) == (date(2026, 3, 31), date(2026, 4, 1), None)
    at("2026-03-31 23:30")
    assert access.holds(town.person["leader"], ["leader"])
    at("2026-04-01 00:30")
    assert not access.holds(Person.objects.get(pk=town.person["leader"].pk), ["leader"])
    assert access.holds(Person.objects.get(pk=town.staff["nord"][3].pk), ["leader"])


def test_somebody_stays_hr(town: Town) -> None:
    first, second = (Role.objects.get(person=town.person[key], kind="hr") for key in ("hr", "hr_2"))
    roles.role_end(role=second, ends=date(2026, 3, 10), by=town.person["hr"])
    with pytest.raises(ValidationError):
        roles.role_end(role=first, ends=date(2026, 3, 31), by=town.person["hr"])
    first.refresh_from_db()
    assert first.ends is None


def test_history_is_not_rewritten(town: Town) -> None:
    role = Role.objects.get(person=town.person["amr"])
    with pytest.raises(ValidationError):
        roles.role_end(role=role, ends=date(2026, 1, 1), by=town.person["hr"])


# ---------------------------------------------------------------- pages


def test_only_hr_finds_the_pages(town: Town, as_person: ClientFor) -> None:
    role = Role.objects.get(person=town.person["amr"])
    pages = [
        reverse("organisation:role_list"),
        reverse("organisation:role_create"),
        reverse("organisation:person_suggest"),
    ]
    pages += [reverse(f"organisation:role_{deed}", args=[role.pk]) for deed in ("end", "hand_over")]
    for page in pages:
        assert as_person(town.person["hr"]).get(page).status_code == 200, page
        for who in ("leader", "amr", "dpo"):
            assert as_person(town.person[who]).get(page).status_code == 404, (page, who)


def test_hr_gives_a_role_in_the_browsers_way(town: Town, hr: Client) -> None:
    address = reverse("organisation:role_create") + f"?enhed={town.unit['nord'].uuid}"
    somebody = town.staff["nord"][4]
    form = {"kind": "leader", "person": somebody.number, "starts": "2026-03-10", "ends": ""}
    page = hr.post(address, form).content.decode()
    assert "Enheden har allerede en leder i den periode." in page
    assert f'value="{somebody.number}"' in page
    form["kind"] = "tr"
    assert hr.post(address, form).status_code == 302
    assert Role.objects.filter(person=somebody, kind="tr", unit=town.unit["nord"]).exists()


def test_a_committee_gives_med_roles_and_the_municipality_its_own(town: Town, hr: Client) -> None:
    address = reverse("organisation:role_create") + f"?udvalg={town.committee['skole'].uuid}"
    page = hr.get(address).content.decode()
    assert "Forperson" in page
    assert "AMR" not in page.split("<form", 2)[-1]
    hr.post(address, {"kind": "med_chair", "person": town.person["leader_school"].email, "starts": "2026-03-10"})
    assert Role.objects.filter(committee=town.committee["skole"], kind="med_chair").exists()
    assert (
        hr.post(
            reverse("organisation:role_create"), {"kind": "leader", "person": "x", "starts": "2026-03-10"}
        ).status_code
        == 200
    )
    assert not Role.objects.filter(kind="leader", unit=None).exists()


def test_people_are_suggested_by_part_of_the_name(town: Town, hr: Client) -> None:
    page = hr.get(reverse("organisation:person_suggest"), {"felt": "person", "person": "karen"}).content.decode()
    assert "Karen Toft" in page
    assert "Mogens" not in page
    assert (
        "Karen" not in hr.get(reverse("organisation:person_suggest"), {"felt": "person", "person": ""}).content.decode()
    )
