"""Limits on attempts: one account is protected, and a town hall behind one address is not locked out."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from organisation.models import Person
from tests.factories import make_person
from trivsel import cache as trivsel_cache
from trivsel.cache import ValkeyOrMemory

pytestmark = pytest.mark.django_db
SECRET = "kaffe og kage klokken ti"
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def with_password(**fields: Any) -> Person:
    person = make_person(**fields)
    person.set_password(SECRET)
    person.save()
    return person


def try_password(email: str | None, password: str, *, address: str = "10.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/konto/login/", {"login": email, "password": password})


def ask_for_code(email: str | None, *, address: str = "10.0.0.1", client: Client | None = None) -> Any:
    return (client or Client()).post("/konto/login/code/", {"email": email}, REMOTE_ADDR=address)


def test_300_colleagues_behind_one_address_log_in_within_a_minute() -> None:
    people = [make_person() for _ in range(150)]
    with time_machine.travel("2026-04-08 08:00", tick=False):
        for person in people:
            client = Client(REMOTE_ADDR="10.0.0.1")
            place = ask_for_code(person.email, client=client)["Location"]
            code = CODE.search(str(mail.outbox[-1].body))
            assert code
            client.post(place, {"code": code[1]})
            assert client.session["_auth_user_id"] == str(person.pk)
        for person in [with_password() for _ in range(150)]:
            assert try_password(person.email, SECRET)["Location"] == "/opgaver/"


def test_guessing_a_password_is_stopped_and_the_owner_elsewhere_is_not() -> None:
    person = with_password()
    for _ in range(5):
        assert "er forkert" in try_password(person.email, "gæt", address="203.0.113.9").content.decode()
    assert "for mange forsøg" in try_password(person.email, SECRET, address="203.0.113.9").content.decode()
    assert try_password(person.email, SECRET)["Location"] == "/opgaver/"


def test_guessing_a_password_from_everywhere_is_stopped() -> None:
    person = with_password()
    for number in range(100):
        try_password(person.email, "gæt", address=f"203.0.113.{number}")
    assert "for mange forsøg" in try_password(person.email, SECRET, address="198.51.100.1").content.decode()


def test_guessing_a_code_is_stopped_after_three() -> None:
    person = make_person()
    client = Client()
    place = ask_for_code(person.email, client=client)["Location"]
    code = CODE.search(str(mail.outbox[-1].body))
    assert code
    for _ in range(3):
        client.post(place, {"code": "AAAA-AAAA"})
    assert client.post(place, {"code": code[1]})["Location"] == "/konto/login/code/"
    assert "_auth_user_id" not in client.session


def test_codes_are_sent_to_one_account_a_few_times_only_and_nobody_else_can_use_them_up() -> None:
    person = make_person()
    with time_machine.travel("2026-04-08 08:00", tick=False):
        answers = [ask_for_code(person.email, address="203.0.113.9") for _ in range(10)]
        assert [answer.status_code for answer in answers] == [302] * 3 + [200] * 7
        assert "for mange forsøg" in answers[-1].content.decode()
        assert len(mail.outbox) == 3
        assert ask_for_code(person.email).status_code == 302
        for number in range(60):
            ask_for_code(person.email, address=f"198.51.100.{number}")
        assert len(mail.outbox) == 30


def test_an_old_code_does_not_work() -> None:
    person = make_person()
    client = Client()
    place = ask_for_code(person.email, client=client)["Location"]
    code = CODE.search(str(mail.outbox[-1].body))
    assert code
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(place, {"code": code[1]})
    assert "_auth_user_id" not in client.session


def test_too_many_password_resets_get_a_page_of_ours() -> None:
    person = with_password()
    answers = [Client().post("/konto/password/reset/", {"email": person.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Vent lidt" in answers[-1].content.decode()


def test_the_limits_hold_while_valkey_is_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(trivsel_cache._away_until, "until", 0.0)
    away = ValkeyOrMemory("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    from allauth.core.internal import ratelimit

    monkeypatch.setattr(ratelimit, "cache", away)
    person = with_password()
    assert try_password(person.email, SECRET)["Location"] == "/opgaver/"
    for _ in range(5):
        try_password(person.email, "gæt", address="203.0.113.9")
    assert "for mange forsøg" in try_password(person.email, SECRET, address="203.0.113.9").content.decode()
    assert trivsel_cache._away_until["until"] > 0
    assert away.get_many(["nothing"]) == {}


@pytest.mark.parametrize("path", ["/konto/login/code/", "/konto/password/reset/"])
def test_an_unknown_address_gets_the_very_same_answer(path: str) -> None:
    known = with_password(email="kendt@lindevig.example")
    make_person(email="lukket@lindevig.example")
    Person.objects.filter(email="lukket@lindevig.example").update(is_active=False)
    answers = {}
    for email in (known.email, "ukend@lindevig.example", "lukke@lindevig.example"):
        client = Client()
        first = client.post(path, {"email": email})
        page = client.get(first["Location"]).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"x-csrftoken": "\w+"', "", page)
        answers[email] = (first.status_code, first["Location"], sorted(client.cookies), page.replace(email or "", ""))
    assert len({str(answer) for answer in answers.values()}) == 1
    assert {message.to[0] for message in mail.outbox} == {known.email}


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer() -> None:
    person = with_password()
    known, unknown = try_password(person.email, "gæt"), try_password("ukendt@lindevig.example", "gæt")
    assert known.status_code == unknown.status_code == 200
    assert "Mailadressen eller adgangskoden er forkert." in known.content.decode()
    assert "Mailadressen eller adgangskoden er forkert." in unknown.content.decode()


_gate = threading.Event()
_sent: list[str] = []


class SlowBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        assert _gate.wait(10)
        _sent.extend(message.to[0] for message in email_messages)
        return len(email_messages)


def test_the_answer_does_not_wait_for_the_mail(settings: Settings) -> None:
    settings.LOGIN_MAIL_BESIDE = True
    settings.EMAIL_BACKEND = f"{__name__}.SlowBackend"
    person = make_person()
    assert ask_for_code(person.email).status_code == 302
    assert _sent == []
    _gate.set()
    for _ in range(100):
        if _sent:
            break
        threading.Event().wait(0.05)
    assert _sent == [person.email]


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(settings: Settings) -> None:
    from organisation.login import AccountAdapter

    request = RequestFactory().get("/", headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9"}, REMOTE_ADDR="10.0.0.1")
    assert AccountAdapter().get_client_ip(request) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert AccountAdapter().get_client_ip(request).strip() == "203.0.113.9"
