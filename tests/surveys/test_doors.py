"""One ticket, many doors: which way each person is reached, files with codes, and HR's help. Never who has answered."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from organisation import channels
from organisation.models import AuditEntry, Campaign, ChannelFault, ChannelRule, Notice, Person, StoredFile
from surveys import answering, closing, keys, mailings, reminders, support, tickets
from surveys.models import Mailing, MailingPart, ReminderDuty, Ticket, Wave
from surveys.questionnaires import document_of
from tests.factories import Town
from tests.surveys.waves import open_wave, placement_of, planned_wave, ways_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
ClientFor = Callable[[Person | None], Client]


@pytest.fixture
def letter_people(town: Town) -> list[Person]:
    """Two in Afsnit Nord and one in Afsnit Syd without mail and mobile."""
    people = [town.staff["nord"][2], town.staff["syd"][1], town.staff["nord"][1]]
    for person, name in zip(people, ("Ørn Dahl", "Anna Berg", "Bo Kjær"), strict=True):
        person.email, person.name = None, name
        person.save()
    return people


@pytest.fixture
def wave(town: Town, campaign: Campaign, letter_people: list[Person], at: Callable[[str], None]) -> Wave:
    at("2026-04-08 09:00")
    return open_wave(campaign)


@pytest.fixture
def hr(town: Town) -> Person:
    return town.person["hr"]


def ticket_of(wave: Wave, person: Person) -> Ticket:
    return Ticket.objects.get(wave=wave, placement__person=person)


# --- which way ----------------------------------------------------------------------------------------------------


def test_the_nearest_rule_that_can_be_used_counts_and_a_persons_own_goes_before(
    town: Town, campaign: Campaign, hr: Person, at: Callable[[str], None]
) -> None:
    channels.rule_set(unit=town.unit["sundhed"], channel="letter", by=hr)
    channels.rule_set(unit=town.unit["syd"], channel="sms", by=hr)
    mobile, own = town.staff["syd"][2], town.staff["nord"][3]
    Person.objects.filter(pk=mobile.pk).update(mobile="12 34 56 78")
    Person.objects.filter(pk=own.pk).update(survey_channel="kiosk")
    at("2026-04-08 09:00")
    wave = open_wave(campaign)
    assert ticket_of(wave, town.staff["nord"][4]).channel == "letter"
    assert ticket_of(wave, mobile).channel == "sms"
    assert ticket_of(wave, town.staff["syd"][3]).channel == "email"  # no mobile: what else works
    assert ticket_of(wave, own).channel == "kiosk"
    assert ticket_of(wave, town.staff["ind"][1]).channel == "email"
    planned = channels.counts_planned(campaign)
    assert sum(planned.values()) == Ticket.objects.count()


def test_before_freezing_the_counts_are_those_of_the_tickets_to_come(
    town: Town, campaign: Campaign, letter_people: list[Person], hr: Person, at: Callable[[str], None]
) -> None:
    at("2026-03-25 09:00")
    channels.rule_set(unit=town.unit["boern"], channel="digital", by=hr)
    before = channels.counts_planned(campaign)
    assert before["letter"] == 3
    at("2026-04-08 09:00")
    wave = open_wave(campaign)
    assert before == {row["channel"]: row["n"] for row in wave.tickets.values("channel").annotate(n=Count("pk"))}


def test_a_new_rule_counts_for_those_who_have_had_nothing_yet(
    wave: Wave, town: Town, hr: Person, as_person: ClientFor
) -> None:
    tickets.invitations_send()
    client = as_person(hr)
    answer = client.post(
        reverse("surveys:channel_rule_create"), {"unit": town.unit["nord"].number, "channel": "kiosk"}, follow=True
    )
    assert "2, der ikke har fået noget endnu" in answer.content.decode()
    assert ticket_of(wave, town.staff["nord"][5]).channel == "email"  # has the link already
    assert Ticket.objects.filter(channel="kiosk").count() == 2
    rule = ChannelRule.objects.get()
    client.post(reverse("surveys:channel_rule_remove", args=[rule.pk]))
    assert Ticket.objects.filter(channel="letter").count() == 3


# --- letters ------------------------------------------------------------------------------------------------------


def made(wave: Wave, hr: Person, **more: Any) -> Mailing:
    mailing = mailings.mailing_order(wave=wave, kind="letters", unit=None, by=hr, **more)
    assert mailings.mailings_make() >= 1
    mailing.refresh_from_db()
    assert mailing.state == "ready"
    return mailing


def pages_of(mailing: Mailing, hr: Person) -> list[str]:
    data, content_type = mailings.part_fetch(part=mailing.parts.get(), by=hr)
    assert content_type == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def test_letters_are_one_sheet_each_in_the_organisations_order_with_codes_that_work(
    wave: Wave, hr: Person, letter_people: list[Person]
) -> None:
    assert tickets.invitations_send()[0] == Ticket.objects.count() - 3
    pages = pages_of(made(wave, hr), hr)
    assert [re.search("Bo Kjær|Ørn Dahl|Anna Berg", page)[0] for page in pages] == [  # type: ignore[index]
        "Bo Kjær",
        "Ørn Dahl",
        "Anna Berg",
    ]
    assert "Afsnit Nord" in pages[0]
    assert "Plejehjemmet Birkehøj" in pages[0]
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", pages[0])
    assert code
    answer = Client().post(reverse("surveys:answer_start"), {"code": code[0]})
    assert answer["Location"] == reverse("surveys:answer", args=[ways_of(wave, letter_people[2]).link])
    assert Ticket.objects.filter(invited_on=None).count() == 0


def test_nothing_but_name_and_address_stands_where_the_window_is(wave: Wave, hr: Person) -> None:
    """C5 and M65: 15-120 mm from the left and 39-79 mm from the top, with 6 mm of play."""
    data, _type = mailings.part_fetch(part=made(wave, hr).parts.get(), by=hr)
    page = PdfReader(io.BytesIO(data)).pages[0]
    seen: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_font: object) -> None:
        if text.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            seen.append((x / 72 * 25.4, 297 - y / 72 * 25.4, text))

    page.extract_text(visitor_text=visit)
    in_window = "".join(text for x, y, text in seen if 9 < x < 126 and 33 < y < 85)
    assert in_window.replace("\n", "").replace(" ", "") == "BoKjærAfsnitNordPlejehjemmetBirkehøj"
    lower = "".join(text for _x, y, text in seen if y > 148.5)
    assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", lower)


def test_a_unit_gets_its_own_letters_and_a_second_order_finds_nobody_left(wave: Wave, town: Town, hr: Person) -> None:
    syd = mailings.mailing_order(wave=wave, kind="letters", unit=town.unit["syd"], by=hr)
    mailings.mailings_make()
    assert syd.parts.get().count == 1
    with pytest.raises(ValidationError):
        mailings.mailing_order(wave=wave, kind="letters", unit=town.unit["syd"], by=hr)
    again = mailings.mailing_order(wave=wave, kind="letters", unit=town.unit["birkehoej"], by=hr, again=True)
    assert len(again.parts.get().subjects) == 3


def test_a_run_that_dies_goes_on_with_the_next_part_and_doubles_nothing(
    wave: Wave, hr: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "LETTERS_A_PART", 1)
    mailing = mailings.mailing_order(wave=wave, kind="letters", unit=None, by=hr)
    assert mailing.parts.count() == 3
    real = mailings.letters.letters_pdf
    calls: list[int] = []

    def breaks(*args: Any) -> bytes:
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        return real(*args)

    monkeypatch.setattr(mailings.letters, "letters_pdf", breaks)
    with pytest.raises(MemoryError):
        mailings.mailings_make()
    mailing.refresh_from_db()
    assert mailing.state == "failed"
    assert list(mailing.parts.values_list("made", flat=True)) == [True, False, False]
    assert Ticket.objects.filter(channel="letter", invited_on=None).count() == 2
    mailings.mailing_retry(mailing=mailing, by=hr)
    assert mailings.mailings_make() == 2
    assert len(calls) == 4
    assert mailings.mailings_make() == 0


def test_the_file_is_sealed_in_the_database_and_goes_away(
    wave: Wave, hr: Person, at: Callable[[str], None], letter_people: list[Person]
) -> None:
    mailing = made(wave, hr)
    stored = StoredFile.objects.get(key__startswith="mailing:")
    assert b"%PDF" not in bytes(stored.data)
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(t)::text from surveys_mailingpart t")
        assert ways_of(wave, letter_people[0]).code not in str(cursor.fetchall())
    assert mailings.mailings_sweep() == 0
    mailings.part_fetch(part=mailing.parts.get(), by=hr)
    assert mailings.mailings_sweep() == 0  # the printer may jam on the same day
    at("2026-04-09 09:00")
    assert mailings.mailings_sweep() == 1
    assert not StoredFile.objects.filter(key__startswith="mailing:").exists()
    assert {"mailing_ordered", "mailing_fetched", "mailing_removed"} <= set(
        AuditEntry.objects.values_list("verb", flat=True)
    )
    kept = made(wave, hr, again=True)
    at("2026-04-22 23:59:30")
    closing.waves_close()
    mailings.mailings_sweep()
    kept.refresh_from_db()
    assert kept.state == "gone"


def test_hr_orders_follows_and_fetches_in_the_browser(
    wave: Wave,
    hr: Person,
    as_person: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = as_person(hr)
    monkeypatch.setattr("surveys.tasks.mailings_make.delay", lambda: None)
    page = client.get(reverse("surveys:mailing_create", args=["letters"]))
    assert "3 venter på et brev" in page.content.decode()
    answer = client.post(reverse("surveys:mailing_create", args=["letters"]), {})
    mailing = Mailing.objects.get()
    assert answer["Location"] == reverse("surveys:mailing_detail", args=[mailing.uuid])
    assert "0 af 3 er lavet" in client.get(answer["Location"]).content.decode()
    mailings.mailings_make()
    assert client.get(reverse("surveys:mailing_progress", args=[mailing.uuid]))["HX-Refresh"] == "true"
    got = client.post(reverse("surveys:mailing_file", args=[mailing.uuid, 1]))
    assert got.content.startswith(b"%PDF")
    assert got["Cache-Control"] == "no-store"
    assert "«" not in str(got["Content-Disposition"])
    client.post(reverse("surveys:mailing_remove", args=[mailing.uuid]))
    assert "slettet" in client.get(answer["Location"]).content.decode()


# --- Digital Post -------------------------------------------------------------------------------------------------


def test_the_export_has_numbers_and_texts_and_no_cpr_and_those_not_deliverable_get_a_letter(
    wave: Wave, town: Town, hr: Person, as_person: ClientFor
) -> None:
    channels.rule_set(unit=town.unit["skole"], channel="digital", by=hr)
    support.channels_apply(wave)
    mailing = mailings.mailing_order(wave=wave, kind="digital", unit=None, by=hr)
    mailings.mailings_make()
    data, content_type = mailings.part_fetch(part=mailing.parts.get(), by=hr)
    assert content_type == "text/csv"
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert list(rows[0]) == list(mailings.COLUMNS)
    assert len(rows) == Ticket.objects.filter(channel="digital").count() > 10
    assert all(row["link"].rstrip("/").rsplit("/", 1)[-1] in row["tekst"] for row in rows)
    assert {row["medarbejdernummer"] for row in rows} <= set(Person.objects.values_list("number", flat=True))
    client = as_person(hr)
    listed = io.BytesIO(f"Nummer\n{rows[0]['medarbejdernummer']}\nukendt\n".encode())
    listed.name = "liste.csv"
    answer = client.post(reverse("surveys:digital_post_undeliverable"), {"file": listed}, follow=True)
    assert "1 personer får et brev" in answer.content.decode()
    turned = Ticket.objects.get(placement__person__number=rows[0]["medarbejdernummer"])
    assert (turned.channel, turned.invited_on) == ("letter", None)


# --- help ---------------------------------------------------------------------------------------------------------


def test_hr_finds_somebody_and_reads_a_new_code_aloud(wave: Wave, town: Town, hr: Person, as_person: ClientFor) -> None:
    tickets.invitations_send()
    person = town.staff["nord"][4]
    old = ways_of(wave, person)
    client = as_person(hr)
    found = client.post(reverse("surveys:person_find"), {"who": person.number})
    address = reverse("surveys:person_door", args=[person.pk])
    assert address in found.content.decode()
    page = client.post(address, {"do": "phone"})
    assert page["Cache-Control"] == "no-store"
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", page.content.decode())
    assert code
    assert Client().get(reverse("surveys:answer", args=[old.link])).status_code == 404
    assert Client().post(reverse("surveys:answer_start"), {"code": old.code}).status_code == 404
    assert Client().post(reverse("surveys:answer_start"), {"code": code[0]}).status_code == 302
    trace = AuditEntry.objects.get(verb="code_said")
    assert (trace.actor, trace.subject_id) == (hr, str(person.pk))
    assert code[0] not in str(trace.detail)
    assert client.post(address, {"do": "letter"}).content.startswith(b"%PDF")


def test_another_way_voids_the_old_code_and_the_page_never_tells_whether_somebody_answered(
    wave: Wave, town: Town, hr: Person, as_person: ClientFor
) -> None:
    tickets.invitations_send()
    answered, silent = town.staff["nord"][4], town.staff["nord"][5]
    answering.anonymous_send(wave=wave, placement=placement_of(wave, answered), document=document_of({}))
    client = as_person(hr)
    pages = []
    for person in (answered, silent):
        page = client.get(reverse("surveys:person_door", args=[person.pk])).content.decode()
        page = page.replace(person.name, "").replace(person.number or "-", "").replace(f"/{person.pk}/", "")
        pages.append(re.sub(r"[A-Za-z0-9]{64}", "", page))  # tokens against forged posts
    assert pages[0] == pages[1]
    old = ways_of(wave, answered)
    answer = client.post(
        reverse("surveys:person_door", args=[answered.pk]), {"do": "channel", "channel": "letter"}, follow=True
    )
    assert "næste forsendelse" in answer.content.decode()
    assert tickets.ticket_for_link(old.link) is None
    ticket = ticket_of(wave, answered)
    assert (ticket.channel, ticket.invited_on, ticket.code_hash) == ("letter", None, None)
    assert Person.objects.get(pk=answered.pk).survey_channel == "letter"


def test_paper_closes_the_link_takes_out_of_reminders_and_takes_the_envelope_away(
    wave: Wave, town: Town, hr: Person, at: Callable[[str], None]
) -> None:
    tickets.invitations_send()
    person = town.staff["nord"][4]
    way = ways_of(wave, person)
    answering.anonymous_send(wave=wave, placement=placement_of(wave, person), document=document_of({}))
    at("2026-04-13 09:00")
    reminders.reminders_prepare()
    support.channel_choose(person=person, channel="paper", wave=wave, by=hr)
    assert tickets.ticket_for_link(way.link) is None
    assert not ReminderDuty.objects.filter(ticket__placement__person=person).exists()
    assert not answering.pseudonyms_present(wave=wave, pseudonyms=[keys.pseudonym(wave, person.pk)])
    assert tickets.invitations_send() == (0, 0)
    at("2026-04-20 09:00")
    reminders.reminders_prepare()
    assert not ReminderDuty.objects.filter(ticket__placement__person=person).exists()
    with pytest.raises(ValidationError):
        support.way_in_now(ticket=ticket_of(wave, person), channel="paper", by=hr, verb="code_said")


def test_after_closing_there_are_no_codes_to_give(
    wave: Wave, town: Town, hr: Person, at: Callable[[str], None]
) -> None:
    tickets.invitations_send()
    ticket = ticket_of(wave, town.staff["nord"][4])
    at("2026-04-23 00:00")
    closing.waves_close()
    ticket.wave.refresh_from_db()
    with pytest.raises(ValidationError):
        support.way_in_now(ticket=ticket, channel="letter", by=hr, verb="letter_printed")
    with pytest.raises(ValidationError):
        mailings.mailing_order(wave=ticket.wave, kind="letters", unit=None, by=hr)
    closing.COUNT_AFTER


# --- bounces ------------------------------------------------------------------------------------------------------


def test_a_bounce_marks_the_channel_without_saying_which_message(
    wave: Wave, town: Town, hr: Person, as_person: ClientFor
) -> None:
    tickets.invitations_send()
    person = town.staff["nord"][4]
    Person.objects.filter(pk=town.staff["nord"][5].pk).update(mobile="+45 11 22 33 44")
    client = as_person(hr)
    answer = client.post(
        reverse("surveys:unreached_list"),
        {"addresses": f"<{(person.email or '').upper()}>\nukendt@lindevig.example\n11223344"},
        follow=True,
    )
    page = answer.content.decode()
    assert "2 personer er sat på listen" in page
    assert "ukendt@lindevig.example" in page
    assert person.name in page
    assert "Adressen virker ikke" in page
    assert {field.name for field in ChannelFault._meta.fields} == {"id", "person", "channel"}
    door = reverse("surveys:person_door", args=[person.pk])
    assert 'value="email"' not in re.findall(r'<input[^>]*name="channel"[^>]*>', client.get(door).content.decode())[0]
    client.post(door, {"do": "mended", "fault": "email"})
    assert not ChannelFault.objects.filter(person=person).exists()


def test_hr_sees_whom_no_other_message_reaches(wave: Wave, town: Town, hr: Person, as_person: ClientFor) -> None:
    client, page = as_person(hr), reverse("surveys:unreached_list")
    assert "Andre beskeder" not in client.get(page).content.decode()
    leader = town.person["leader"]
    Notice.objects.create(
        key="x", person=leader, kind="test", channel="email", subject="x", body="x", due_at=wave.opens_at,
        state="failed", error="AddressRefused",
    )  # fmt: skip
    html = client.get(page).content.decode()
    assert "Andre beskeder, der ikke kom frem" in html
    assert leader.name in html


def test_what_our_own_gateway_failed_is_tried_again(
    wave: Wave, town: Town, hr: Person, as_person: ClientFor, settings: Any
) -> None:
    Person.objects.filter(pk=town.staff["nord"][4].pk).update(mobile="11223344", survey_channel="sms")
    support.channels_apply(wave)
    settings.SMS_GATEWAY = ""
    assert tickets.invitations_send()[1] == 1
    client = as_person(hr)
    assert "vores egen udbyder svigtede" in client.get(reverse("surveys:unreached_list")).content.decode()
    settings.SMS_GATEWAY = "organisation.post.demo_sms"
    client.post(reverse("surveys:unsent_again"))
    assert tickets.invitations_send() == (1, 0)


def test_the_database_keeps_files_to_parts_that_are_made(wave: Wave, hr: Person) -> None:
    mailing = mailings.mailing_order(wave=wave, kind="letters", unit=None, by=hr)
    part = mailing.parts.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MailingPart.objects.filter(pk=part.pk).update(
            file=StoredFile.objects.create(content_type="x", data=b"", stored_on="2026-04-08")
        )


def test_before_opening_hr_chooses_a_way_that_counts_when_it_opens(
    town: Town, campaign: Campaign, hr: Person, as_person: ClientFor, at: Callable[[str], None]
) -> None:
    at("2026-03-25 09:00")
    wave = planned_wave(campaign)
    person = town.staff["nord"][4]
    client = as_person(hr)
    assert "ikke åbnet" in client.get(reverse("surveys:door_list")).content.decode()
    answer = client.post(
        reverse("surveys:person_door", args=[person.pk]), {"do": "channel", "channel": "paper"}, follow=True
    )
    assert "når målingen åbner" in answer.content.decode()
    at("2026-04-08 09:00")
    from surveys import opening

    opening.wave_open(wave)
    assert ticket_of(wave, person).channel == "paper"
    tickets.invitations_send()
    assert ticket_of(wave, person).link_hash is None


def test_a_month_after_closing_hr_is_told_that_the_ways_are_forgotten(
    town: Town, campaign: Campaign, at: Callable[[str], None], as_person: Callable[[Person | None], Client]
) -> None:
    at("2026-06-03 09:00")
    wave = planned_wave(campaign)
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPENED)
    page = as_person(town.person["hr"]).get(reverse("surveys:door_list")).text
    assert "er slettet. Det sker 30 dage efter lukning" in page
    assert "ikke åbnet" not in page
