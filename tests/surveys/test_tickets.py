"""Opening, invitations and reminders: everybody gets a way in, once, and nothing tells who has answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connections

from organisation import post
from organisation.models import Campaign, ChannelFault, DemoMessage, Placement
from surveys import answering, languages, opening, reminders, support, tickets
from surveys import codes as secrets_
from surveys.models import Questionnaire, ReminderDuty, ResponseRate, Ticket, Wave
from surveys.questionnaires import document_of
from tests.factories import Town
from tests.surveys.waves import open_wave, placement_of, planned_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def demo_mail(settings: object) -> None:
    """Mail goes to the demonstration's inbox, as it does there."""
    settings.EMAIL_BACKEND = "organisation.post.DemoMailBackend"  # type: ignore[attr-defined]


# --- opening ------------------------------------------------------------------------------------------------------


def test_nothing_opens_before_its_hour_and_all_of_it_then(
    town: Town, campaign: Campaign, at: Callable[[str], None]
) -> None:
    at("2026-04-08 07:59")
    wave = planned_wave(campaign)
    assert opening.waves_open() == 0
    assert not Ticket.objects.exists()
    at("2026-04-08 08:00")
    assert opening.waves_open() == 1
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPEN
    assert len(bytes(wave.public_key or b"")) == 65
    assert Ticket.objects.count() == Placement.objects.filter(campaign=campaign).count() > 40
    assert ResponseRate.objects.filter(wave=wave, invited__gte=10).exists()
    assert Questionnaire.objects.get().locked
    assert opening.waves_open() == 0


def test_a_run_that_died_half_way_is_finished_by_the_next(
    town: Town, campaign: Campaign, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2026-04-08 08:00")
    wave = planned_wave(campaign)
    with monkeypatch.context() as broken:
        broken.setattr(opening.rates, "rate_groups_choose", lambda wave: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            opening.wave_open(wave)
    key = (settings.KEY_DIR / f"{wave.uuid}.pseudonym").read_bytes()
    wave.refresh_from_db()
    assert wave.state == Wave.State.PLANNED
    made = Ticket.objects.count()
    assert opening.waves_open() == 1
    assert Ticket.objects.count() == made
    assert (settings.KEY_DIR / f"{wave.uuid}.pseudonym").read_bytes() == key


def test_the_survey_follows_a_date_that_hr_moves_until_it_opens(
    town: Town, campaign: Campaign, at: Callable[[str], None]
) -> None:
    at("2026-04-08 09:00")
    planned_wave(campaign)
    campaign.milestones.filter(key="survey").update(starts="2026-04-09")
    assert opening.waves_open() == 0
    at("2026-04-09 08:00")
    assert opening.waves_open() == 1


def test_with_key_holders_it_waits_for_their_key(town: Town, campaign: Campaign, at: Callable[[str], None]) -> None:
    at("2026-04-08 09:00")
    wave = planned_wave(campaign, key_mode="trustees")
    assert opening.waves_open() == 0
    with pytest.raises(opening.CannotOpenYet):
        opening.wave_open(wave)
    assert not (settings.PRIVATE_KEY_DIR / f"{wave.uuid}.private").exists()


# --- invitations --------------------------------------------------------------------------------------------------


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None], demo_mail: None) -> Wave:
    at("2026-04-08 09:00")
    no_mail, no_phone = town.staff["nord"][1], town.staff["nord"][2]
    type(no_mail).objects.filter(pk=no_mail.pk).update(email=None, mobile="12345678")
    type(no_phone).objects.filter(pk=no_phone.pk).update(email=None)
    type(no_phone).objects.filter(pk=town.staff["nord"][3].pk).update(language="en")
    return open_wave(campaign)


def sent_by_us() -> int:
    """One of them has neither mail nor mobile and gets a printed letter."""
    return Ticket.objects.exclude(channel="letter").count()


def codes() -> dict[int, str]:
    """person id -> the link's secret in the newest message to the person."""
    found = {}
    for message in DemoMessage.objects.order_by("sent_at", "pk"):
        match = re.search(r"/svar/([A-Z0-9]{16})/", message.body)
        assert match
        found[message.person_id or 0] = match[1]
    return found


def test_everybody_is_invited_once_on_the_channel_that_reaches_them(wave: Wave, town: Town) -> None:
    sent, failed = tickets.invitations_send()
    assert (sent, failed) == (sent_by_us(), 0)
    assert tickets.invitations_send() == (0, 0)
    assert DemoMessage.objects.count() == sent
    assert {m.channel for m in DemoMessage.objects.all()} == {"email", "sms"}
    printed = Ticket.objects.get(channel="letter")
    assert (printed.placement.person, printed.invited_on) == (town.staff["nord"][2], None)  # waits for HR's order
    mail = DemoMessage.objects.filter(channel="email", person__language="da").first()
    assert mail is not None
    assert re.search(r"kode: [A-Z0-9]{4}-[A-Z0-9]{4}", mail.body)


def test_the_code_in_the_message_opens_the_door_and_the_database_has_only_its_hash(wave: Wave, town: Town) -> None:
    tickets.invitations_send()
    person = town.person["employee"]
    code = codes()[person.pk]
    ticket = tickets.ticket_for_link(code)
    assert ticket is not None
    assert ticket.placement.person == person
    with connections["default"].cursor() as cursor:
        cursor.execute("select * from surveys_ticket where id = %s", [ticket.pk])
        assert code not in str(cursor.fetchone())
    assert set(code) <= set(secrets_.ALPHABET)
    assert len(set(codes().values())) == sent_by_us()


def test_a_message_names_neither_unit_nor_workplace(wave: Wave, town: Town) -> None:
    tickets.invitations_send()
    for message in DemoMessage.objects.all():
        # Units of one word are the given names of the town's people, who are greeted by them.
        assert not any(unit.name in message.body for unit in town.unit.values() if " " in unit.name)


def test_the_night_is_quiet(wave: Wave, at: Callable[[str], None]) -> None:
    at("2026-04-08 21:00")
    assert tickets.invitations_send() == (0, 0)
    at("2026-04-09 08:00")
    assert tickets.invitations_send()[0] > 0


def test_a_channel_that_fails_is_told_to_hr_and_stops_nobody_else(wave: Wave, town: Town, settings: object) -> None:
    settings.SMS_GATEWAY = ""  # type: ignore[attr-defined]
    sent, failed = tickets.invitations_send()
    assert failed == 1
    assert sent == sent_by_us() - 1
    ticket = Ticket.objects.get(placement__person=town.staff["nord"][1])
    assert (ticket.failed, ticket.invited_on) == ("ChannelUnavailable", None)
    assert tickets.invitations_send() == (0, 0)


def test_a_claim_of_a_worker_that_died_is_taken_up_after_ten_minutes(wave: Wave, at: Callable[[str], None]) -> None:
    assert len(tickets._claim(wave)) == sent_by_us()
    assert tickets.invitations_send() == (0, 0)
    at("2026-04-08 09:11")
    assert tickets.invitations_send()[0] == sent_by_us()


def test_two_tickets_with_the_same_code_get_different_ones(wave: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    real = secrets_.code_for

    def often_the_same(secret: bytes, ticket_id: int, code_number: int) -> str:
        return "AAAA3333" if code_number == 0 and ticket_id % 2 else real(secret, ticket_id, code_number)

    monkeypatch.setattr(secrets_, "code_for", often_the_same)
    assert tickets.invitations_send()[0] == sent_by_us()
    assert len(set(codes().values())) == sent_by_us()


# --- reminders ----------------------------------------------------------------------------------------------------


def everything_about_tickets() -> list[tuple[object, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select t.*, d.milestone, d.handled from surveys_ticket t "
            "left join surveys_reminderduty d on d.ticket_id = t.id order by t.id, d.id"
        )
        return cursor.fetchall()


def test_those_who_have_not_answered_are_reminded_and_all_rows_look_alike(
    wave: Wave, town: Town, at: Callable[[str], None]
) -> None:
    tickets.invitations_send()
    at("2026-04-10 10:00")
    answered = [*town.staff["nord"][4:9], town.person["leader"]]
    for person in answered:
        answering.anonymous_send(wave=wave, placement=placement_of(wave, person), document=document_of({}))
    first = codes()
    DemoMessage.objects.all().delete()
    at("2026-04-13 09:00")
    assert reminders.reminders_prepare() == 1
    assert reminders.reminders_prepare() == 0
    before = everything_about_tickets()
    handled = reminders.reminders_send()
    assert handled == sent_by_us()
    told = {message.person for message in DemoMessage.objects.select_related("person")}
    assert not told & set(answered)
    assert len(told) == handled - len(answered)
    # The way in is the one they already have, so nobody's row changes with the reminder.
    assert all(first[person_id] == code for person_id, code in codes().items())
    assert ReminderDuty.objects.filter(handled=False).count() == 0
    changed = [(b, a) for b, a in zip(before, everything_about_tickets(), strict=True) if b[:-1] != a[:-1]]
    assert not changed
    assert reminders.reminders_send() == 0


def test_a_bad_address_is_neither_invited_nor_reminded_and_stands_on_hrs_list(
    wave: Wave, town: Town, at: Callable[[str], None]
) -> None:
    first, second = town.staff["nord"][4], town.staff["nord"][5]
    ChannelFault.objects.create(person=first, channel="email")
    tickets.invitations_send()
    assert not DemoMessage.objects.filter(person=first).exists()
    assert [ticket.placement.person for ticket in support.unreached(wave)] == [first]
    ChannelFault.objects.filter(person=first).delete()
    tickets.invitations_send()
    assert DemoMessage.objects.filter(person=first).count() == 1  # put right, the invitation follows
    ChannelFault.objects.create(person=second, channel="email")
    DemoMessage.objects.all().delete()
    at("2026-04-13 09:00")
    reminders.reminders_prepare()
    assert reminders.reminders_send() == sent_by_us()  # handled like everybody
    assert DemoMessage.objects.filter(person=first).exists()
    assert not DemoMessage.objects.filter(person=second).exists()
    assert ReminderDuty.objects.filter(handled=False).count() == 0


def test_an_address_refused_by_a_reminder_is_not_marked_for_it_would_tell_who_has_not_answered(
    wave: Wave, town: Town, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets.invitations_send()
    tried: list[str] = []

    def refuse(_subject: str, _body: str, _sender: None, to: list[str], **_more: object) -> None:
        tried.extend(to)
        raise SMTPRecipientsRefused({address: (550, b"no such user") for address in to})

    monkeypatch.setattr(post, "send_mail", refuse)
    at("2026-04-13 09:00")
    reminders.reminders_prepare()
    reminders.reminders_send()
    assert tried
    assert not ChannelFault.objects.exists()


def test_the_rows_of_two_people_differ_in_nothing_that_depends_on_answering(
    wave: Wave, town: Town, at: Callable[[str], None]
) -> None:
    tickets.invitations_send()
    at("2026-04-10 10:00")
    person = town.staff["nord"][4]
    answering.anonymous_send(wave=wave, placement=placement_of(wave, person), document=document_of({}))
    at("2026-04-13 09:00")
    reminders.reminders_prepare()
    reminders.reminders_send()
    # xmin too: all duties of a batch are marked in one statement, whoever got a message.
    with connections["default"].cursor() as cursor:
        cursor.execute("select distinct xmin::text, handled, milestone from surveys_reminderduty")
        assert len(cursor.fetchall()) == 1


def test_after_two_weeks_off_one_reminder_goes_out(wave: Wave, at: Callable[[str], None]) -> None:
    tickets.invitations_send()
    at("2026-04-21 09:00")
    assert reminders.reminders_prepare() == 1
    assert set(ReminderDuty.objects.values_list("milestone", flat=True)) == {"reminder_2"}


def test_a_resend_makes_a_new_code_and_voids_the_old(wave: Wave, town: Town) -> None:
    tickets.invitations_send()
    person = town.person["employee"]
    old = codes()[person.pk]
    support.channel_choose(person=person, channel="email", wave=wave, by=town.person["hr"])
    assert tickets.ticket_for_link(old) is None
    assert tickets.invitations_send() == (1, 0)
    new = codes()[person.pk]
    assert new != old
    found = tickets.ticket_for_link(new)
    assert found is not None
    assert found.placement.person == person


# --- the last step ------------------------------------------------------------------------------------------------


def test_one_bad_address_does_not_stop_the_others(town: Town, settings: object) -> None:
    people = town.staff["nord"][:3]
    people[1].email = None
    letters = [post.Letter(person, "email", "Emne", "Tekst") for person in people]
    outcomes = post.deliver_many(letters)
    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "ChannelUnavailable", "NoneType"]
    assert [message.to for message in mail.outbox] == [[people[0].email], [people[2].email]]


def test_one_is_invited_and_reminded_in_the_language_in_which_one_may_answer(wave: Wave, town: Town) -> None:
    ticket = Ticket.objects.select_related("placement__person").get(placement__person=town.staff["nord"][4])
    way = tickets.WayIn("ACDE3467", "A" * 24)
    ticket.placement.person.language = "uk"
    assert "Kære" in tickets.invitation(wave, ticket, way).body  # nobody has approved it
    languages.language_approve(questionnaire=wave.questionnaire, code="uk", by=town.person["hr"])
    for message in (tickets.invitation(wave, ticket, way), tickets.reminder(wave, ticket, way)):
        assert "Вітаємо" in message.body
        assert way.url in message.body
        assert "Kære" not in message.body
        assert "квітня" in message.body  # the day too
    ticket.placement.person.language = "so"
    assert "Kære" in tickets.reminder(wave, ticket, way).body
