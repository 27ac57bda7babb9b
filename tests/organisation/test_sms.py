"""The HTTP adapter for text messages, against a server that the test starts; and the text itself."""

from __future__ import annotations

import json
import string
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import parse_qs

import pytest

from organisation import channels, post
from organisation.models import Campaign, ChannelFault, Person
from organisation.sms import number_of
from surveys import tickets
from surveys.models import Ticket
from tests.factories import Town, make_person
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
# GSM 03.38 without its escapes: what a text message of 160 signs may hold.
GSM = set(string.ascii_letters + string.digits + "@£$¥èéùìòÇ\nØø\rÅåÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà")


class Gateway:
    """What was posted, and what to answer."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    here = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.got.append((self.path, dict(self.headers), body))
            self.send_response(here.status)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_GATEWAY = "organisation.sms.http_sms"
    settings.SMS = {
        "url": f"http://127.0.0.1:{server.server_port}/send",
        "token": "hemmelig",
        "authorization": "Token {token}",
        "format": "json",
        "body": '{"messages": [{"recipient": "{to}", "sender": "{sender}", "text": "{text}"}]}',
        "sender": "Lindevig",
        "country": "45",
    }
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


def send(person: Person) -> None:
    post.deliver(person=person, channel="sms", subject="Emne", body="Hej æøå «{to}»")


def test_the_gateway_gets_its_own_shape_with_number_text_and_token(gateway: Gateway) -> None:
    send(make_person(mobile="12 34 56 78"))
    path, headers, body = gateway.got[0]
    assert (path, headers["Authorization"], headers["Content-Type"]) == ("/send", "Token hemmelig", "application/json")
    assert json.loads(body) == {
        "messages": [{"recipient": "4512345678", "sender": "Lindevig", "text": "Hej æøå «{to}»"}]
    }


def test_a_gateway_that_takes_a_form_gets_one(gateway: Gateway, settings: Any) -> None:
    settings.SMS = {**settings.SMS, "format": "form", "body": '{"to": "{to}", "msg": "{text}"}'}
    send(make_person(mobile="+46701234567"))
    assert parse_qs(gateway.got[0][2].decode()) == {"to": ["46701234567"], "msg": ["Hej æøå «{to}»"]}


def test_a_refused_number_marks_the_channel_and_a_gateway_in_trouble_does_not(gateway: Gateway) -> None:
    person = make_person(mobile="12345678")
    gateway.status = 503
    with pytest.raises(OSError):
        send(person)
    assert not ChannelFault.objects.exists()
    gateway.status = 422
    with pytest.raises(post.AddressRefused):
        send(person)
    assert list(ChannelFault.objects.values_list("person", "channel")) == [(person.pk, "sms")]
    assert not channels.can_use(person, "sms", {"sms"})
    with pytest.raises(post.AddressRefused):
        send(make_person(mobile="123"))
    assert len(gateway.got) == 2


@pytest.mark.parametrize(
    ("mobile", "number"),
    [("12345678", "4512345678"), ("0046 70 12", "467012"), ("+45 12 34 56 78", "4512345678"), ("1234", "")],
)
def test_numbers(mobile: str, number: str) -> None:
    assert number_of(mobile, "45") == number


def test_an_address_that_the_mail_server_refuses_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person()

    def refuse(*_args: Any, **_more: Any) -> None:
        raise SMTPRecipientsRefused({person.email or "": (550, b"no such user")})

    monkeypatch.setattr(post, "send_mail", refuse)
    with pytest.raises(post.AddressRefused):
        post.deliver(person=person, channel="email", subject="", body="")
    assert ChannelFault.objects.get().channel == "email"


def test_the_text_message_is_one_message_and_reveals_nothing(
    town: Town, campaign: Campaign, at: Callable[[str], None], settings: Any
) -> None:
    at("2026-04-08 09:00")
    settings.BASE_URL = "https://trivsel.lindevig.dk"
    wave = open_wave(campaign)
    person = town.staff["nord"][3]
    Ticket.objects.filter(placement__person=person).update(channel="sms")
    ticket = Ticket.objects.select_related("placement__person").get(placement__person=person)
    way = tickets.WayIn("ACDE3467", "ACDEFGHJKMNP3467")
    for message in (tickets.invitation(wave, ticket, way), tickets.reminder(wave, ticket, way)):
        assert len(message.body) <= 160, message.body
        assert set(message.body) <= GSM
        assert way.url in message.body
        for secret in (person.name, person.given_name, "Afsnit", "Birkehøj", "kommune", way.code):
            assert secret not in message.body
