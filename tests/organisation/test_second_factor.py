"""HR and key holders show a second factor in every session, keep one, and lose the session with the role."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from organisation import clock
from organisation.models import AuditEntry, Person, Role
from tests.factories import Town, make_person, make_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outside_the_demonstration(settings: Settings) -> Iterator[None]:
    settings.DEMO = False
    cache.clear()
    yield
    cache.clear()


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_app(person: Person) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return str(secret)


def log_in_by_mail(person: Person) -> tuple[Client, str]:
    """A client after the e-mail's code, and where it was sent."""
    client = Client()
    place = client.post("/konto/login/code/", {"email": person.email})["Location"]
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    return client, client.post(place, {"code": code[1]})["Location"]


@pytest.mark.parametrize("kind", ["hr", "key_holder"])
def test_the_app_is_asked_for_at_log_in(kind: str) -> None:
    person = make_person()
    make_role(person, kind)
    secret = with_app(person)
    client, place = log_in_by_mail(person)
    assert place == "/konto/2fa/authenticate/"
    assert client.get("/opgaver/")["Location"].startswith("/konto/login/")
    assert "forkert" in client.post(place, {"code": "000000"}).content.decode()
    assert client.post(place, {"code": code_of(secret)})["Location"] == "/opgaver/"
    assert client.get("/opgaver/").status_code == 200


def test_a_recovery_code_works_once() -> None:
    person = make_person()
    make_role(person, "hr")
    with_app(person)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    client, place = log_in_by_mail(person)
    assert client.post(place, {"code": code})["Location"] == "/opgaver/"
    client, place = log_in_by_mail(person)
    assert client.post(place, {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_session_without_it_does_not_become_one_with_it(as_person: Callable[[Person], Client]) -> None:
    """Somebody reads HR's mail and logs in; HR adds an app elsewhere: the first session is still not good enough."""
    person = make_person()
    make_role(person, "hr")
    client = as_person(person)
    assert client.get("/hr/")["Location"] == "/konto/2fa/"
    with_app(person)
    assert client.get("/hr/")["Location"] == "/konto/2fa/reauthenticate/?next=%2Fhr%2F"


def test_whoever_gets_the_role_in_a_running_session_shows_it_then(as_person: Callable[[Person], Client]) -> None:
    person = make_person()
    secret = with_app(person)
    client = as_person(person)
    assert client.get("/opgaver/").status_code == 200
    make_role(person, "hr")
    place = client.get("/hr/")["Location"]
    assert place == "/konto/2fa/reauthenticate/?next=%2Fhr%2F"
    assert client.post(place, {"code": code_of(secret), "next": "/hr/"})["Location"] == "/hr/"
    assert client.get("/hr/").status_code == 200


def test_the_last_factor_cannot_be_removed_by_those_who_must_have_one() -> None:
    person = make_person()
    role = make_role(person, "hr")
    secret = with_app(person)
    client, place = log_in_by_mail(person)
    client.post(place, {"code": code_of(secret)})
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):  # a code works once
        client.post("/konto/2fa/reauthenticate/?next=/konto/2fa/", {"code": code_of(secret)})
    page = client.post("/konto/2fa/totp/deactivate/")
    assert "Din rolle kræver to trin" in page.content.decode()
    assert Authenticator.objects.filter(user=person).exists()
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Mobil", "credential": {}})
    assert client.post("/konto/2fa/totp/deactivate/").status_code == 302
    assert client.post(f"/konto/2fa/webauthn/keys/{key.pk}/remove/")["Location"] == "/konto/2fa/"
    assert list(Authenticator.objects.filter(user=person).values_list("type", flat=True)) == ["webauthn"]
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["second_factor_removed"]
    role.delete()


def test_the_session_ends_when_the_role_is_taken_away(town: Town, as_person: Callable[[Person], Client]) -> None:
    client = as_person(town.person["leader"])
    role = make_role(town.person["leader"], "key_holder", starts=clock.today() - timedelta(days=9))
    client.get("/opgaver/")
    assert client.session["roles"] == [role.pk]
    Role.objects.filter(pk=role.pk).update(ends=clock.today() - timedelta(days=1))
    assert client.get("/opgaver/")["Location"].startswith("/konto/login/")
    assert "_auth_user_id" not in client.session


def test_the_session_ends_at_midnight_with_the_roles_last_day(
    at: Callable[[str], None], as_person: Callable[[Person], Client]
) -> None:
    at("2026-06-03 23:50")
    person = make_person()
    make_role(person, "hr", ends=date(2026, 6, 3))
    client = as_person(person)
    assert client.get("/hr/")["Location"] == "/konto/2fa/"
    at("2026-06-04 00:10")
    assert client.get("/hr/")["Location"].startswith("/konto/login/")


def test_other_roles_end_by_themselves_and_leave_the_session(
    town: Town, at: Callable[[str], None], as_person: Callable[[Person], Client]
) -> None:
    at("2026-06-03 23:50")
    Role.objects.filter(person=town.person["leader"]).update(ends=date(2026, 6, 3))
    client = as_person(town.person["leader"])
    room = f"/trio/{town.group['nord'].uuid}/"
    assert client.get(room).status_code == 200
    at("2026-06-04 00:10")
    assert client.get(room).status_code == 404
    assert client.get("/opgaver/").status_code == 200


def test_the_demonstrations_moved_clock_ends_roles_too(
    town: Town, settings: Settings, as_person: Callable[[Person], Client]
) -> None:
    settings.DEMO = True
    Role.objects.filter(person=town.person["hr"]).update(ends=clock.today())
    client = as_person(town.person["hr"])
    assert client.get("/hr/").status_code == 200
    clock.move_to(clock.now() + timedelta(days=2))
    assert client.get("/hr/")["Location"].startswith("/konto/login/")


def test_a_deactivated_person_is_out_at_once_and_stays_out(town: Town, as_person: Callable[[Person], Client]) -> None:
    client = as_person(town.person["leader"])
    assert client.get("/opgaver/").status_code == 200
    Person.objects.filter(pk=town.person["leader"].pk).update(is_active=False)
    assert client.get("/opgaver/")["Location"].startswith("/konto/login/")
    Person.objects.filter(pk=town.person["leader"].pk).update(is_active=True)
    assert client.get("/opgaver/")["Location"].startswith("/konto/login/")


def test_the_checks_ask_a_constant_number_of_questions(
    town: Town, as_person: Callable[[Person], Client], django_assert_max_num_queries: Any
) -> None:
    client = as_person(town.person["leader"])
    for committee in town.committee.values():
        make_role(town.person["leader"], "med_member", committee)
    with django_assert_max_num_queries(3):  # the session, the person, the roles
        client.get("/sprog/setlang/")


def test_nobody_has_an_address_that_hr_did_not_write() -> None:
    """allauth's own table of addresses stays empty: an address that HR gives to somebody else opens nothing old."""
    person = make_person(email="gammel@lindevig.example")
    log_in_by_mail(person)
    assert not EmailAddress.objects.exists()
    Person.objects.filter(pk=person.pk).update(email="ny@lindevig.example")
    sent = len(mail.outbox)
    Client().post("/konto/login/code/", {"email": "gammel@lindevig.example"})
    assert len(mail.outbox) == sent
