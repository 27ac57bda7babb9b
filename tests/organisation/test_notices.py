"""The outbox: once, on the right channel, not in quiet hours, and nothing lost when a gateway fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from organisation import clock, notices, post
from organisation.models import DemoMessage, Notice, Person
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
