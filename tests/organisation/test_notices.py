"""The outbox: once, on the right channel, not in quiet hours, and nothing lost when a gateway fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from organisation import clock, notices, post
from organisation.models import ChannelFault, DemoMessage, Notice, Person
from organisation.notices import Draft
from tests.factories import make_person

pytestmark = pytest.mark.django_db
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def draft(person: Person, key: str = "reports:1", *, urgent: bool = False) -> Draft:
    return Draft(key=key, person=person, kind="test", subject="Resultater er klar", body="Log ind.", urgent=urgent)


@pytest.fixture
def _working_hours(at: Callable[[str], None], settings: Settings) -> None:
    settings.EMAIL_BACKEND = "organisation.post.DemoMailBackend"
    at("2026-05-05 09:00")


@pytest.mark.usefixtures("_working_hours")
def test_a_message_is_sent_once_on_the_persons_channel() -> None:
    by_mail, by_sms, by_letter = make_person(), make_person(email=None, mobile="20102030"), make_person(email=None)
    people = [by_mail, by_sms, by_letter]
    notices.queue([draft(person, f"reports:{person.pk}") for person in people])
    notices.queue([draft(person, f"reports:{person.pk}") for person in people])
    assert notices.send_due() == (3, 0)
    assert notices.send_due() == (0, 0)
    assert dict(DemoMessage.objects.values_list("person", "channel")) == {
        by_mail.pk: "email",
        by_sms.pk: "sms",
        by_letter.pk: "letter",
    }


def test_nothing_is_sent_at_night_but_danger_is(at: Callable[[str], None], settings: Settings) -> None:
    settings.EMAIL_BACKEND = "organisation.post.DemoMailBackend"
    at("2026-05-05 22:00")
    notices.queue([draft(make_person(), "ordinary"), draft(make_person(), "danger", urgent=True)])
    assert notices.send_due() == (1, 0)
    assert Notice.objects.get(state="sent").key == "danger"
    at("2026-05-06 08:00")
    assert notices.send_due() == (1, 0)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-05-05 06:59", True),
        ("2026-05-05 07:00", False),
        ("2026-05-05 20:00", True),
        ("2026-05-09 10:00", True),  # Saturday
        ("2026-05-14 10:00", True),  # Ascension Day
        ("2026-05-25 10:00", True),  # Whit Monday
        ("2026-07-15 10:00", True),  # July
        ("2026-04-03 10:00", True),  # Good Friday
        ("2026-04-08 10:00", False),
    ],
)
def test_quiet_hours(moment: str, quiet: bool) -> None:
    assert notices.is_quiet(datetime.fromisoformat(moment).replace(tzinfo=COPENHAGEN)) is quiet


@pytest.mark.usefixtures("_working_hours")
def test_a_failed_message_is_kept_tried_again_and_given_up_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ConnectionError("no answer from the gateway of somebody@lindevig.example")

    notices.queue([draft(make_person())])
    monkeypatch.setattr(post, "deliver", broken)
    for _attempt in range(notices.ATTEMPTS):
        assert notices.send_due() == (0, 1)
    assert notices.send_due() == (0, 0)
    notice = Notice.objects.get()
    assert (notice.state, notice.error) == ("failed", "ConnectionError")  # the kind only: its text names a person


@pytest.mark.usefixtures("_working_hours")
def test_a_message_claimed_by_a_worker_that_died_is_taken_up_again(at: Callable[[str], None]) -> None:
    notices.queue([draft(make_person())])
    Notice.objects.update(state="claimed", claimed_at=clock.now(), attempts=1)
    assert notices.send_due() == (0, 0)
    at("2026-05-05 09:11")
    assert notices.send_due() == (1, 0)


@pytest.mark.usefixtures("_working_hours")
def test_a_message_waits_for_its_time() -> None:
    notices.queue([draft(make_person())], due_at=clock.now() + timedelta(hours=1))
    assert notices.send_due() == (0, 0)


@pytest.mark.usefixtures("_working_hours")
def test_without_a_gateway_the_channel_says_so(settings: Settings) -> None:
    settings.SMS_GATEWAY = ""
    with pytest.raises(post.ChannelUnavailable):
        post.deliver(person=make_person(email=None, mobile="20102030"), channel="sms", subject="", body="")


# --- addresses that do not work -----------------------------------------------------------------------------------


def went_by() -> list[str]:
    return list(DemoMessage.objects.order_by("pk").values_list("channel", flat=True))


@pytest.mark.usefixtures("_working_hours")
def test_a_bad_address_is_not_written_to_again_where_there_is_another_way() -> None:
    person = make_person(mobile="20102030")
    ChannelFault.objects.create(person=person, channel="email")
    notices.queue([draft(person)])
    assert notices.send_due() == (1, 0)
    assert went_by() == ["sms"]
    assert Notice.objects.get().channel == "sms"
    ChannelFault.objects.create(person=person, channel="sms")
    notices.queue([draft(person, "reports:2")])
    assert notices.send_due() == (1, 0)
    assert went_by() == ["sms", "letter"]
    assert not notices.unreached()


@pytest.mark.usefixtures("_working_hours")
def test_an_address_that_is_refused_now_sends_the_message_another_way_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    real = post._hand_over

    def refuse(person: Person, channel: str, *more: object) -> None:
        if channel == "email":
            raise post.AddressRefused
        real(person, channel, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(post, "_hand_over", refuse)
    notices.queue([draft(make_person(mobile="20102030"))])
    assert notices.send_due() == (1, 0)
    assert went_by() == ["sms"]
    assert ChannelFault.objects.get().channel == "email"


@pytest.mark.usefixtures("_working_hours")
def test_whom_no_way_reaches_is_listed_and_written_to_when_the_address_is_right(settings: Settings) -> None:
    settings.SMS_GATEWAY = settings.LETTER_GATEWAY = ""
    person, other = make_person(mobile="20102030"), make_person()
    ChannelFault.objects.create(person=person, channel="email")
    notices.queue([draft(person), draft(other, "reports:2")])
    assert notices.send_due() == (1, 1)
    assert notices.send_due() == (0, 0)  # it is not tried in vain
    assert [(row.pk, row.unreached) for row in notices.unreached()] == [(person.pk, 1)]
    ChannelFault.objects.all().delete()
    assert notices.send_due() == (1, 0)
    assert not notices.unreached()


def test_danger_goes_by_the_ways_that_work(settings: Settings) -> None:
    person = make_person(mobile="20102030")
    assert notices.every_channel(person) == ["email", "sms"]
    ChannelFault.objects.create(person=person, channel="email")
    assert notices.every_channel(person) == ["sms"]
    settings.SMS_GATEWAY = ""
    assert notices.every_channel(person) == ["email"]  # the sending finds what is left, or lists the person
