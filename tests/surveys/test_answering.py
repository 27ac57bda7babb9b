"""The answering pages over HTTP: the thread from link to receipt, the doors, and what they must never do."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from organisation import notices
from organisation.models import Campaign, DemoMessage, Notice, Person, StoredFile
from surveys import answering, keys, sealing, support, tickets
from surveys.models import Finding, PhysicalCount, PhysicalReport, Ticket, Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import document_bytes, document_of
from surveys.views import answering as views
from surveys.views import physical as physical_views
from tests.factories import Town
from tests.surveys.waves import code_of, open_wave, ways_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()
    views._waves.clear()
    physical_views._kept.clear()


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None]) -> Wave:
    at("2026-04-09 10:00")
    return open_wave(campaign)


@pytest.fixture
def code(wave: Wave, town: Town) -> str:
    return code_of(wave, town.person["employee"])


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def opened(wave: Wave) -> list[dict[str, object]]:
    opener = keys.opener(wave)
    return [json.loads(opener(row.unit, bytes(row.sealed)))["a"] for row in Envelope.objects.all()]


# --- the anonymous part -------------------------------------------------------------------------------------------


def test_the_form_shows_the_unit_every_question_and_its_follow_ups(client: Client, code: str) -> None:
    page = client.get(reverse("surveys:answer", args=[code])).content.decode()
    assert "<strong>Afsnit Nord</strong> i Plejehjemmet Birkehøj" in page
    for number in range(1, 33):
        assert f"Spørgsmål {number} af 34" in page
    assert 'name="ka_discrimination_ground"' in page
    assert 'name="sf_conditions"' in page
    assert "@@" not in page
    assert "required" not in page


def test_without_javascript_the_server_seals_and_the_border_page_answers(client: Client, wave: Wave, code: str) -> None:
    url = reverse("surveys:answer", args=[code])
    page = client.get(url).content.decode()
    answers = {
        "admission": hidden(page, "admission"),
        "lang": "da",
        "kb_breaks": "4",
        "ka_threats": "yes",
        "ka_threats_who": ["citizen", "relative"],
        "ka_bullying_freq": "daily",
        "made_up": "1",
    }
    response = client.post(url, answers)
    assert "Du er færdig med den anonyme del" in response.content.decode()
    assert reverse("surveys:answer_physical", args=[code]) in response.content.decode()
    # The follow-up under a question that was not answered with yes is no part of it, nor is what nobody asked.
    assert opened(wave) == [{"kb_breaks": "4", "ka_threats": "yes", "ka_threats_who": ["citizen", "relative"]}]


def test_an_envelope_sealed_in_the_browser_is_taken_and_answered_by_the_border_page(
    client: Client, wave: Wave, code: str, town: Town
) -> None:
    page = client.get(reverse("surveys:answer", args=[code])).content.decode()
    unit = int(re.search(r'data-unit="(\d+)"', page)[1])  # type: ignore[index]
    public = base64.b64decode(re.search(r'data-key="([^"]+)"', page)[1])  # type: ignore[index]
    bound_to = sealing.associated_data(wave.uuid, unit, 1)
    sealed = sealing.seal(public, document_bytes(document_of({"ps_disagree": "5"})), bound_to)
    sent = {"admission": hidden(page, "admission"), "lang": "en", "sealed": base64.b64encode(sealed).decode()}
    response = client.post(reverse("surveys:answer_envelope"), sent)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "border__a" in response.content.decode()
    assert opened(wave) == [{"ps_disagree": "5"}]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"admission": "x"}, 403), ({"sealed": "AAAA"}, 400), ({"sealed": "%%%"}, 400), ({"sealed": ""}, 400)],
)
def test_what_is_no_envelope_or_not_admitted_is_refused(
    client: Client, code: str, change: dict[str, str], status: int
) -> None:
    page = client.get(reverse("surveys:answer", args=[code])).content.decode()
    sealed = base64.b64encode(b"x" * sealing.SEALED_LENGTH).decode()
    sent = {"admission": hidden(page, "admission"), "sealed": sealed, **change}
    assert client.post(reverse("surveys:answer_envelope"), sent).status_code == status
    assert client.get(reverse("surveys:answer_envelope")).status_code == 405
    assert not Envelope.objects.exists()


def test_an_empty_form_asks_before_it_withdraws(client: Client, wave: Wave, code: str) -> None:
    url = reverse("surveys:answer", args=[code])
    admission = hidden(client.get(url).content.decode(), "admission")
    client.post(url, {"admission": admission, "lang": "da", "kb_breaks": "4"})
    asked = client.post(url, {"admission": admission, "lang": "da"}).content.decode()
    assert "Du har ikke svaret på noget" in asked
    assert opened(wave) == [{"kb_breaks": "4"}]
    done = client.post(url, {"admission": admission, "lang": "da", "tom": "1"}).content.decode()
    assert "Du har sendt en tom kuvert" in done
    assert opened(wave) == [{}]


def test_the_page_is_the_same_before_and_after_answering(client: Client, code: str) -> None:
    url = reverse("surveys:answer", args=[code])
    before = client.get(url).content.decode()
    client.post(url, {"admission": hidden(before, "admission"), "lang": "da", "kb_breaks": "4"})
    assert client.get(url).content.decode() == before


def test_changing_the_language_keeps_the_answers(client: Client, code: str) -> None:
    url = reverse("surveys:answer", args=[code])
    page = client.get(url).content.decode()
    answers = {"admission": hidden(page, "admission"), "kb_breaks": "4", "ka_threats_who": ["citizen", "leader"]}
    english = client.post(url, {**answers, "ka_threats": "yes", "sprog": "en"}).content.decode()
    assert 'name="kb_breaks" value="4" checked' in english
    assert english.count(" checked") == 4
    assert '<html lang="en"' in english
    assert "How often do you manage to take the breaks you need?" in english
    assert not Envelope.objects.exists()


# --- doors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "status", "words"),
    [
        ("2026-04-08 07:00", 403, "ikke åbnet endnu"),
        ("2026-04-22 23:58", 200, "Emne 1 af 5"),
        ("2026-04-23 00:05", 410, "Målingen er lukket"),
        ("2026-05-20 12:00", 410, "Målingen er lukket"),
    ],
)
def test_the_doors_open_and_shut_by_the_clock(
    client: Client, code: str, at: Callable[[str], None], moment: str, status: int, words: str
) -> None:
    at(moment)
    for name in ("surveys:answer", "surveys:answer_physical"):
        response = client.get(reverse(name, args=[code]))
        assert response.status_code == status
    assert words in client.get(reverse("surveys:answer", args=[code])).content.decode()


def test_a_page_opened_before_closing_may_be_sent_after_it(
    client: Client, wave: Wave, code: str, at: Callable[[str], None]
) -> None:
    url = reverse("surveys:answer", args=[code])
    at("2026-04-22 23:50")
    admission = hidden(client.get(url).content.decode(), "admission")
    at("2026-04-23 00:20")
    Wave.objects.update(state=Wave.State.CLOSED)
    assert "Du er færdig" in client.post(url, {"admission": admission, "kb_breaks": "4"}).content.decode()
    at("2026-04-23 00:31")
    late = client.post(url, {"admission": admission, "kb_breaks": "1"})
    assert late.status_code == 410
    assert opened(wave) == [{"kb_breaks": "4"}]


def test_after_counting_an_old_link_says_that_it_is_over(client: Client, wave: Wave, code: str) -> None:
    Ticket.objects.update(code_hash=None, link_hash=None)
    Wave.objects.update(state=Wave.State.OPENED)
    assert client.get(reverse("surveys:answer", args=[code])).status_code == 410


def test_unknown_and_voided_codes_lead_nowhere(client: Client, wave: Wave, code: str, town: Town) -> None:
    for wrong in ("AAAA3333AAAA3333", "AAAA3333", "kort", "AAAA3333AAAA333O"):
        assert client.get(reverse("surveys:answer", args=[wrong])).status_code == 404
    support.channel_choose(person=town.person["employee"], channel="email", wave=wave, by=town.person["hr"])
    assert client.get(reverse("surveys:answer", args=[code])).status_code == 404
    tickets.invitations_send()
    newer = code_of(wave, town.person["employee"])
    assert newer != code
    assert client.get(reverse("surveys:answer", args=[newer])).status_code == 200


def test_a_typed_code_leads_to_the_form_by_the_long_secret(client: Client, wave: Wave, code: str, town: Town) -> None:
    short = ways_of(wave, town.person["employee"]).code
    response = client.post(reverse("surveys:answer_start"), {"code": f"{short[:4].lower()} - {short[4:]}"})
    assert response["Location"] == reverse("surveys:answer", args=[code])
    assert "otte tegn" in client.post(reverse("surveys:answer_start"), {"code": "hej"}).content.decode()
    assert client.get(reverse("surveys:answer", args=[short])).status_code == 404  # no address takes it unbraked


def test_another_key_file_stops_answering_with_a_plain_word(client: Client, wave: Wave, code: str) -> None:
    (settings.KEY_DIR / f"{wave.uuid}.pseudonym").write_bytes(b"y" * 32)
    response = client.get(reverse("surveys:answer", args=[code]))
    assert response.status_code == 503
    assert "midlertidigt stoppet" in response.content.decode()


# --- privacy ------------------------------------------------------------------------------------------------------


def test_no_cookie_goes_in_or_out_for_somebody_who_is_logged_in(
    as_person: Callable[[Person | None], Client], town: Town, code: str
) -> None:
    client = as_person(town.person["leader"])
    client.cookies["django_language"] = "en"
    url = reverse("surveys:answer", args=[code])
    response = client.get(url)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert '<html lang="da"' in response.content.decode()
    sent = client.post(url, {"admission": hidden(response.content.decode(), "admission"), "kb_breaks": "4"})
    assert not sent.cookies
    assert town.person["leader"].name not in sent.content.decode()


def test_logs_hold_neither_code_nor_answer(client: Client, code: str, caplog: pytest.LogCaptureFixture) -> None:
    url = reverse("surveys:answer", args=[code])
    with caplog.at_level(logging.DEBUG):
        admission = hidden(client.get(url).content.decode(), "admission")
        client.post(url, {"admission": admission, "kb_breaks": "4"})
        client.post(reverse("surveys:answer_envelope"), {"admission": "x", "sealed": "y"})
        client.get(reverse("surveys:answer", args=["AAAA3333"]))
    from_us = [record for record in caplog.records if not record.name.startswith("django.db")]
    told = " ".join(record.getMessage() for record in from_us if record.levelno >= logging.WARNING)
    assert admission not in told
    assert "kb_breaks" not in told
    assert code not in told


def test_a_completed_answer_costs_at_most_eight_statements(client: Client, code: str, wave: Wave, town: Town) -> None:
    url, physical = reverse("surveys:answer", args=[code]), reverse("surveys:answer_physical", args=[code])
    client.get(url)  # the first colleague of the unit warms what is kept per process
    client.get(physical)
    views.wave_kept(wave.uuid)
    with CaptureQueriesContext(connections["default"]) as default, CaptureQueriesContext(connections["urn"]) as urn:
        page = client.get(url).content.decode()
        client.post(url, {"admission": hidden(page, "admission"), "kb_breaks": "4"})
        page = client.get(physical).content.decode()
        key = hidden(page, "form_key")
        sent = {"form_key": key, "fa_light": "none", "fa_noise": "major", "fa_noise_where": "Stuen"}
        assert "Tak" in client.post(physical, sent).content.decode()
    ours = [
        query["sql"]
        for query in [*default.captured_queries, *urn.captured_queries]
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) and "clockshift" not in query["sql"]
    ]
    assert len(ours) <= 8, ours
    assert len(urn) == 1


def test_the_first_visit_fits_its_budget(client: Client, code: str) -> None:
    response = client.get(reverse("surveys:answer", args=[code]), headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 20_000


# --- the physical part --------------------------------------------------------------------------------------------


def photo(kind: str = "JPEG") -> BytesIO:
    image = Image.new("RGB", (2400, 1200), "red")
    exif = Image.Exif()
    exif[0x010F] = "Kameraets navn"
    exif[0x0132] = "2026:04:09 10:00:00"
    target = BytesIO()
    image.save(target, kind, exif=exif)
    target.seek(0)
    target.name = f"mig-og-stedet.{kind.lower()}"
    return target


def send_physical(client: Client, code: str, **fields: object) -> str:
    url = reverse("surveys:answer_physical", args=[code])
    page = client.get(url).content.decode()
    return client.post(url, {"form_key": hidden(page, "form_key"), **fields}).content.decode()


def test_a_problem_becomes_a_finding_without_a_name(client: Client, code: str, town: Town) -> None:
    room = town.building.rooms.get()  # type: ignore[union-attr]
    page = send_physical(
        client,
        code,
        fa_climate="major",
        fa_climate_place=f"r{room.pk}",
        fa_climate_describe="Det trækker fra vinduet.",
        fa_climate_affects="all",
        fa_climate_known="unsolved",
        fa_climate_idea="Nye lister.",
        fa_light="none",
        fa_out_of_house="na",
    )
    report = PhysicalReport.objects.select_related("finding").get()
    assert report.person is None
    assert report.description == "Det trækker fra vinduet."
    assert report.finding.room == room
    assert report.finding.unit.name == "Afsnit Nord"
    counted = dict(PhysicalCount.objects.values_list("item_key", "answer"))
    assert counted == {"fa_light": "none", "fa_out_of_house": "na"}
    follow = re.search(r"<code dir=\"ltr\">([^<]+)</code>", page)[1]  # type: ignore[index]
    status = client.post(reverse("surveys:answer_follow"), {"code": follow}).content.decode()
    assert "Temperatur, træk, luft og lugt" in status
    assert "Ny" in status
    assert client.post(reverse("surveys:answer_follow"), {"code": "AAAA-3333"}).status_code == 404
    assert not Envelope.objects.exists()


@pytest.mark.parametrize(
    ("naming", "ticked", "with_name"),
    [("optional", "1", True), ("optional", "", False), ("named", "", True), ("unit", "1", False)],
)
def test_the_name_follows_the_setting_and_the_tick(
    client: Client, wave: Wave, code: str, town: Town, naming: str, ticked: str, with_name: bool
) -> None:
    Wave.objects.update(naming=naming)
    page = client.get(reverse("surveys:answer_physical", args=[code])).content.decode()
    assert ('name="named"' in page) == (naming == "optional")
    send_physical(client, code, fa_noise="minor", named=ticked)
    assert (PhysicalReport.objects.get().person == town.person["employee"]) == with_name


def test_sending_the_same_form_twice_stores_it_once_and_shows_the_same_receipt(client: Client, code: str) -> None:
    url = reverse("surveys:answer_physical", args=[code])
    sent = {"form_key": hidden(client.get(url).content.decode(), "form_key"), "fa_noise": "minor", "fa_light": "none"}
    first, second = (client.post(url, sent).content.decode() for _ in range(2))
    assert first == second
    assert PhysicalReport.objects.count() == 1
    assert PhysicalCount.objects.get().count == 1


def test_a_photo_is_made_anew_without_what_it_carried(client: Client, code: str) -> None:
    send_physical(client, code, fa_noise="minor", fa_noise_photo=photo())
    stored = StoredFile.objects.get()
    image = Image.open(BytesIO(bytes(stored.data)))
    assert image.size == (1600, 800)
    assert not image.getexif()
    assert b"Kameraets" not in bytes(stored.data)
    assert stored.key is None
    assert stored.content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "HEIC"), (b"%PDF-1.7 not a picture", "ikke et billede")],
)
def test_a_picture_that_cannot_be_read_is_said_clearly_and_loses_nothing(
    client: Client, code: str, raw: bytes, words: str
) -> None:
    file = BytesIO(raw)
    file.name = "billede.jpg"
    page = send_physical(client, code, fa_noise="minor", fa_noise_describe="Ventilation", fa_noise_photo=file)
    assert words in page
    assert "Ventilation" in page
    assert not Finding.objects.exists()


def test_danger_alerts_the_trio_at_once_and_says_so(client: Client, code: str, town: Town) -> None:
    page = send_physical(client, code, fa_accidents="danger", fa_accidents_describe="Løst rækværk")
    assert "Sig også det farlige til din leder eller AMR nu" in page
    told = Notice.objects.all()
    assert {notice.person for notice in told} == {town.person[key] for key in ("leader", "amr", "tr")}
    assert all(notice.urgent and "rækværk" not in notice.body for notice in told)


def test_danger_without_a_trio_goes_to_the_leaders_above_and_hr(client: Client, wave: Wave, town: Town) -> None:
    unit = town.unit["nord"]
    unit.work_environment_group = None
    unit.save(update_fields=["work_environment_group"])
    send_physical(client, code_of(wave, town.person["employee"]), fa_accidents="danger")
    told = {notice.person for notice in Notice.objects.all()}
    assert {town.person["leader"], town.person["head"], town.person["hr"], town.person["hr_2"]} <= told


def test_an_empty_physical_form_is_not_sent(client: Client, code: str) -> None:
    assert "Du har ikke svaret på noget endnu" in send_physical(client, code)


def test_a_place_in_another_unit_is_not_taken(client: Client, code: str, town: Town) -> None:
    from organisation.models import Building

    elsewhere = Building.objects.create(number="B2", name="Rådhuset", address="Torvet 1")
    send_physical(client, code, fa_noise="minor", fa_noise_place=f"b{elsewhere.pk}")
    assert Finding.objects.get().building is None


# --- what employees read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["anonymity", "faq", "questionnaire_detail"])
def test_everybody_can_read_the_pages(client: Client, wave: Wave, name: str) -> None:
    assert client.get(reverse(f"surveys:{name}")).status_code == 200


def test_the_pages_are_there_before_any_survey_is(client: Client, db: None) -> None:
    assert "ikke klar endnu" in client.get(reverse("surveys:questionnaire_detail")).content.decode()
    assert client.get(reverse("surveys:anonymity")).status_code == 200


@pytest.mark.parametrize(
    ("mode", "words"), [("automatic", "ligger nøglen på serveren"), ("trustees", "delt mellem tre")]
)
def test_the_page_says_who_has_the_key(client: Client, wave: Wave, mode: str, words: str) -> None:
    Wave.objects.update(key_mode=mode)
    assert words in client.get(reverse("surveys:anonymity")).content.decode()


def test_the_form_says_who_has_the_key(client: Client, wave: Wave, code: str) -> None:
    assert "Nøglen ligger på kommunens server" in client.get(reverse("surveys:answer", args=[code])).content.decode()
    assert DemoMessage.objects.count() == 0
    assert answering.GRACE.total_seconds() == 1800


# --- the border, in the words of each setting ---------------------------------------------------------------------

SEEN = "Din leder, AMR og TR læser hvert svar"
SMALL = "I en lille gruppe kan man blive genkendt, også uden navn"
NAMED = {
    "named": ("Dit navn står på, så de kan spørge ind", False),
    "optional": ("Du vælger selv, om dit navn skal stå på", True),
    "unit": ("Kun din enhed står på, ikke dit navn", True),
}
KEY = {
    "automatic": "Nøglen ligger på kommunens server, uden for databasen",
    "trustees": "to af tre nøgleholdere er til stede",
}


@pytest.mark.parametrize("naming", NAMED)
@pytest.mark.parametrize("mode", KEY)
def test_the_border_speaks_as_the_survey_is_set(client: Client, wave: Wave, code: str, naming: str, mode: str) -> None:
    Wave.objects.update(naming=naming, key_mode=mode)
    views._waves.clear()
    url = reverse("surveys:answer", args=[code])
    admission = hidden(client.get(url).content.decode(), "admission")
    page = client.post(url, {"admission": admission, "kb_breaks": "4"}).content.decode()
    words, small = NAMED[naming]
    assert SEEN in page
    assert words in page
    assert (SMALL in page) == small
    assert KEY[mode] in page
    assert "22. april kl. 23.59" in page
    assert "aldrig koblet sammen" in page
    for other in set(NAMED) - {naming}:
        assert NAMED[other][0] not in page
    assert KEY[(set(KEY) - {mode}).pop()] not in page
    physical = client.get(reverse("surveys:answer_physical", args=[code])).content.decode()
    assert (SMALL in physical) == small


def test_danger_reaches_the_trio_on_every_channel_also_at_night(
    client: Client, wave: Wave, code: str, town: Town, at: Callable[[str], None]
) -> None:
    leader = town.person["leader"]
    leader.email, leader.mobile = "leder@example.dk", "+45 00 00 12 34"
    leader.save()
    at("2026-04-11 23:30")  # a Saturday night
    send_physical(client, code, fa_accidents="danger")
    assert {notice.channel for notice in Notice.objects.filter(person=leader)} == {"email", "sms"}
    notices.send_due()
    assert set(DemoMessage.objects.filter(person=leader).values_list("channel", flat=True)) >= {"sms"}
    assert not Notice.objects.exclude(state=Notice.State.SENT).exists()


def test_a_good_picture_survives_a_bad_one_and_a_change_of_language(client: Client, code: str) -> None:
    bad = BytesIO(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40)
    bad.name = "billede.heic"
    page = send_physical(client, code, fa_noise="minor", fa_noise_photo=photo(), fa_light="minor", fa_light_photo=bad)
    kept = hidden(page, "fa_noise_kept")
    assert "fa_light_kept" not in page
    url = reverse("surveys:answer_physical", args=[code])
    fields = {"form_key": hidden(page, "form_key"), "fa_noise": "minor", "fa_noise_kept": kept}
    english = client.post(url, {**fields, "sprog": "en"}).content.decode()
    assert '<html lang="en"' in english
    client.post(url, {**fields, "fa_noise_kept": hidden(english, "fa_noise_kept")})
    assert Image.open(BytesIO(bytes(StoredFile.objects.get().data))).size == (1600, 800)
    # What somebody puts there by hand is read as any picture is.
    forged = {**fields, "form_key": "0b1c5a48-6c0a-4a39-9f10-0a8d9e6b0f11", "fa_noise_kept": "PHN2Zz4="}
    assert "ikke et billede" in client.post(url, forged).content.decode()
