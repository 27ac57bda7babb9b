"""The doors: the first HR user's link, no sign-up, and no telling who is known."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from organisation.login import first_hr_link
from organisation.models import Person, Role
from tests.factories import Town, make_person

pytestmark = pytest.mark.django_db


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def test_the_first_hr_user_gets_in_once_and_is_sent_to_a_second_factor(client: Client) -> None:
    path = path_of(first_hr_link(email="Chef@Lindevig.example"))
    assert client.get(path).status_code == 200  # a scanner that follows links does not use it up
    response = client.post(path)
    assert response.status_code == 302
    assert response["Location"] == "/konto/2fa/"
    assert Role.objects.get().person.email == "chef@lindevig.example"
    assert Client().post(path).status_code == 404


def test_the_link_dies_after_an_hour(client: Client) -> None:
    with time_machine.travel("2026-01-05 08:00", tick=False):
        path = path_of(first_hr_link(email="chef@lindevig.example"))
    with time_machine.travel("2026-01-05 09:01", tick=False):
        assert client.post(path).status_code == 404


def test_the_link_is_refused_once_there_is_an_hr_user(town: Town) -> None:
    with pytest.raises(CommandError, match="allerede en HR-bruger"):
        call_command("first_hr", "ny@lindevig.example")
    with pytest.raises(CommandError, match="ikke en e-mailadresse"):
        call_command("first_hr", "ny")


def test_hr_without_a_second_factor_is_sent_to_get_one_outside_the_demonstration(
    town: Town, as_person: Callable[[Person], Client], settings: Settings
) -> None:
    settings.DEMO = False
    response = as_person(town.person["hr"]).get("/hr/")
    assert response.status_code == 302
    assert response["Location"] == "/konto/2fa/"
    assert as_person(town.person["leader"]).get("/opgaver/").status_code == 200


def test_log_in_by_code(client: Client) -> None:
    person = make_person("Karen Toft", email="karen@lindevig.example")
    response = client.post("/konto/login/code/", {"email": "Karen@Lindevig.example"})
    assert response.status_code == 302
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(mail.outbox[0].body), re.MULTILINE)
    assert code, mail.outbox[0].body
    assert mail.outbox[0].subject == "Din kode til Trivsel"
    assert "testserver" not in mail.outbox[0].body
    assert client.post(response["Location"], {"code": code[1]}).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client) -> None:
    make_person(email="kendt@lindevig.example")
    known = client.post("/konto/login/code/", {"email": "kendt@lindevig.example"})
    unknown = Client().post("/konto/login/code/", {"email": "ukendt@lindevig.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["kendt@lindevig.example"]]


def test_nobody_signs_up(client: Client) -> None:
    response = client.post("/konto/signup/", {"email": "ny@lindevig.example"})
    assert not Person.objects.filter(email="ny@lindevig.example").exists()
    assert response.status_code in (200, 404)


@pytest.mark.django_db(transaction=True)
def test_the_link_ends_in_a_second_factor_that_opens_hrs_pages(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    client.post(path_of(first_hr_link(email="chef@lindevig.example")))
    page = client.get("/konto/2fa/totp/activate/")
    assert page.status_code == 200, page["Location"]
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page.content.decode())
    assert secret
    code = format_hotp_value(hotp_value(secret[1], int(time.time()) // 30))
    done = client.post("/konto/2fa/totp/activate/", {"code": code})
    assert done.status_code == 302, done.content.decode()
    assert client.get("/hr/").status_code == 200
