"""Receipt codes: worked out on both sides, listed once a night without unit, looked up without telling which."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import Campaign
from surveys import answering, closing, receipts, sealing, tasks
from surveys.models import ReceiptList, Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import document_bytes, document_of
from surveys.views import answering as views
from tests.factories import Town
from tests.surveys.answered import SURVEY, everybody_answers
from tests.surveys.waves import code_of, open_wave, placement_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
NEXT_MORNING = "2026-04-09 02:15"


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: At) -> Wave:
    views._waves.clear()
    at(SURVEY)
    return open_wave(campaign)


def send(wave: Wave, town: Town, answer: str) -> str:
    """Somebody answers; the code of the envelope that lies there now."""
    placement = placement_of(wave, town.person["employee"])
    hashed = answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": answer}))
    return receipts.pretty(hashed.hex()[: receipts.LENGTH])


def listed() -> list[str]:
    return [code for first in receipts.FIRST for code in receipts.codes_beginning(first)]


def test_the_code_is_the_beginning_of_the_envelopes_sha256() -> None:
    assert receipts.code_of(b"x" * 4177) == receipts.pretty(sha256(b"x" * 4177).hexdigest()[:20])
    assert re.fullmatch(r"([0-9a-f]{4}-){4}[0-9a-f]{4}", receipts.code_of(b"x"))


def test_without_javascript_the_border_page_tells_the_code(client: Client, wave: Wave, town: Town) -> None:
    url = reverse("surveys:answer", args=[code_of(wave, town.person["employee"])])
    page = client.get(url).content.decode()
    admission = re.search(r'name="admission" value="([^"]+)"', page)[1]  # type: ignore[index]
    border = client.post(url, {"admission": admission, "kb_breaks": "4"}).content.decode()
    assert receipts.code_of(bytes(Envelope.objects.get().sealed)) in border
    assert "fra i morgen tidlig" in border


def test_the_browsers_border_page_is_the_same_for_everybody(client: Client, wave: Wave, town: Town) -> None:
    pages = set()
    for person, answer in zip(town.staff["nord"][:2], ("1", "5"), strict=True):
        admission = answering.admission_issue(wave=wave, placement=placement_of(wave, person))
        bound_to = sealing.associated_data(wave.uuid, placement_of(wave, person).unit_id, 1)
        document = document_bytes(document_of({"kb_breaks": answer}))
        sealed = sealing.seal(bytes(wave.public_key or b""), document, bound_to)
        sent = {"admission": admission, "sealed": base64.b64encode(sealed).decode()}
        pages.add(client.post(reverse("surveys:answer_envelope"), sent).content)
    assert len(pages) == 1
    assert b"data-receipt" in pages.pop()


def test_on_the_last_day_nobody_is_promised_a_list(wave: Wave, at: At) -> None:
    assert receipts.listed_before_closing(wave)
    at("2026-04-22 09:00")
    assert not receipts.listed_before_closing(wave)


def test_listed_once_a_night_for_the_whole_municipality(wave: Wave, at: At, client: Client) -> None:
    sent = everybody_answers(wave)
    tasks.rates_count()
    assert listed() == []  # not on the day of opening: a list that grows by day would be a live counter
    at(NEXT_MORNING)
    tasks.rates_count()
    expected = sorted(receipts.code_of(bytes(row.sealed)) for row in Envelope.objects.all())
    assert listed() == expected
    assert len(expected) == sent
    page = client.get(reverse("surveys:receipt_list", args=["a"])).content.decode()
    plain = client.get(reverse("surveys:receipt_codes", args=["a"])).content.decode().split()
    assert plain == [code for code in expected if code[0] == "a"]
    assert all(code in page for code in plain)


def test_a_replaced_envelopes_code_is_gone_the_next_night(wave: Wave, town: Town, at: At) -> None:
    first = send(wave, town, "1")
    at(NEXT_MORNING)
    tasks.rates_count()
    assert listed() == [first]
    second = send(wave, town, "5")
    at("2026-04-09 22:00")
    tasks.rates_count()
    assert listed() == [first]
    at("2026-04-10 02:15")
    tasks.rates_count()
    assert listed() == [second]


def test_the_lists_carry_no_unit_and_go_when_the_survey_closes(wave: Wave, town: Town, at: At, client: Client) -> None:
    fields = {field.name for field in ReceiptList._meta.concrete_fields}
    assert fields == {"id", "wave", "first", "codes", "made_on"}
    code = send(wave, town, "1")
    at(NEXT_MORNING)
    tasks.rates_count()
    at("2026-04-23 00:01")
    assert listed() == []  # at the minute, before any job has looked
    closing.waves_close()
    assert not ReceiptList.objects.exists()
    assert code not in client.get(reverse("surveys:receipt_list", args=[code[0]])).content.decode()
    assert "Der er ingen lister nu" in client.get(reverse("surveys:receipt_lists")).content.decode()


def test_looking_up_writes_nothing_and_sends_no_code(wave: Wave, town: Town, at: At, client: Client) -> None:
    send(wave, town, "1")
    at(NEXT_MORNING)
    tasks.rates_count()
    page = client.get(reverse("surveys:receipt_lists")).content.decode()
    form = re.search(r'<form id="find".*?</form>', page, re.S)[0]  # type: ignore[index]
    assert "name=" not in form  # nothing that a browser would send by itself
    assert "action=" not in form
    with CaptureQueriesContext(connections["default"]) as default, CaptureQueriesContext(connections["urn"]) as urn:
        client.get(reverse("surveys:receipt_codes", args=["a"]))
    assert len(urn) == 0
    assert all(query["sql"].startswith("SELECT") for query in default.captured_queries)


def test_the_night_lays_the_envelopes_in_no_order(wave: Wave, at: At) -> None:
    """Afterwards the table tells neither which came first nor which came together (anonymity.md 2.1)."""
    everybody_answers(wave)
    before = {bytes(row.pseudonym): (row.unit, bytes(row.sealed)) for row in Envelope.objects.all()}
    at(NEXT_MORNING)
    tasks.rates_count()
    with connections["urn"].cursor() as cursor:
        cursor.execute("SELECT pseudonym, xmin::text FROM surveys_envelope ORDER BY ctid")
        rows = cursor.fetchall()
    assert [bytes(row[0]) for row in rows] == sorted(before)
    assert len({row[1] for row in rows}) == 1
    assert {bytes(row.pseudonym): (row.unit, bytes(row.sealed)) for row in Envelope.objects.all()} == before


def test_no_text_wears_the_clothes_of_the_read_aloud_button(client: Client) -> None:
    page = client.get(reverse("surveys:receipt_lists")).text
    assert re.search(r'class="[^"]*\bread\b', page) is None
