"""Paper: the form knows a code and a unit, the helper is an outsider, and the envelope is like all others."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from organisation.models import AuditEntry, Campaign, Person
from surveys import codes, keys, mailings, paper_forms, support
from surveys.models import Finding, PaperForm, PhysicalReport, Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import document_of, form_for
from tests.factories import Town, make_person, make_role
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
ClientFor = Callable[[Person | None], Client]


@pytest.fixture
def hr(town: Town) -> Person:
    return town.person["hr"]


@pytest.fixture
def helper(town: Town) -> Person:
    person = make_person("Hanne Hjælper")
    make_role(person, "helper")
    return person


@pytest.fixture
def wave(town: Town, campaign: Campaign, hr: Person, at: Callable[[str], None]) -> Wave:
    at("2026-04-08 09:00")
    wave = open_wave(campaign)
    for person in town.staff["nord"][3:5]:
        support.channel_choose(person=person, channel="paper", wave=wave, by=hr)
    return wave


def printed(wave: Wave, hr: Person, **more: Any) -> list[str]:
    """Order and make the forms that are missing; the codes as they stand on the paper."""
    mailing = mailings.paper_order(wave=wave, language="da", by=hr, **{"unit": None, **more})
    mailings.mailings_make()
    data, _type = mailings.part_fetch(part=mailing.parts.get(), by=hr)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    found = [re.search(r"kode:\s*([A-Z0-9]{4}-[A-Z0-9]{4})", page) for page in pages]
    return [match[1].replace("-", "") for match in found if match]


def opened(wave: Wave) -> list[dict[str, Any]]:
    opener = keys.opener(wave)
    return [json.loads(opener(row.unit, bytes(row.sealed)))["a"] for row in Envelope.objects.all()]


def test_one_form_for_each_on_paper_with_every_question_and_a_code_known_as_a_hash(wave: Wave, hr: Person) -> None:
    mailing = mailings.paper_order(wave=wave, unit=None, language="da", by=hr)
    mailings.mailings_make()
    data, _type = mailings.part_fetch(part=mailing.parts.get(), by=hr)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    text = " ".join(" ".join(pages).split())
    form = form_for(wave.questionnaire_id)
    for topic in form.topics:
        for item in topic.items:
            if item.kind != "text":
                assert item.text["da"][:40] in text
    assert "Afsnit Nord" in text
    assert "Afsnit Nord 4" not in text  # the person's name in the test town
    assert PaperForm.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("select column_name from information_schema.columns where table_name = 'surveys_paperform'")
        assert {row[0] for row in cursor.fetchall()} == {"id", "wave_id", "unit_id", "code_hash"}
    with pytest.raises(ValidationError):
        mailings.paper_order(wave=wave, unit=None, language="da", by=hr)


def test_a_helper_types_both_parts_into_the_same_kind_of_envelope(
    wave: Wave, hr: Person, helper: Person, as_person: ClientFor
) -> None:
    first, second = printed(wave, hr)
    client, address = as_person(helper), reverse("surveys:paper_type")
    page = client.post(address, {"code": f"{first[:4].lower()}-{first[4:]}"})
    assert "Afsnit Nord" in page.content.decode()
    assert 'type="file"' not in page.content.decode()
    sent = client.post(
        address,
        {"code": first, "tastet": "1", "kb_breaks": "4", "fa_climate": "danger", "fa_climate_where": "Skyllerummet"},
        follow=True,
    )
    assert "ligger i sin kuvert" in sent.content.decode()
    assert opened(wave) == [{"kb_breaks": "4"}]
    report = PhysicalReport.objects.get()
    assert (report.person, report.where) == (None, "Skyllerummet")
    assert Finding.objects.get().unit.name == "Afsnit Nord"
    # typed again: the last one counts, once; the physical part is there already
    client.post(address, {"code": first, "tastet": "1", "kb_breaks": "2", "fa_climate": "danger"})
    assert opened(wave) == [{"kb_breaks": "2"}]
    assert PhysicalReport.objects.count() == 1
    assert "kb_breaks" not in client.get(address).content.decode()
    again = client.post(address, {"code": first}).content.decode()
    assert not re.search(r"checked", again)  # nothing of it is shown again
    client.post(address, {"code": second, "tastet": "1", "kb_breaks": "1"})
    assert len(opened(wave)) == 2
    traces = AuditEntry.objects.filter(verb="paper_form_typed")
    assert {(trace.actor, trace.subject_type) for trace in traces} == {(helper, "surveys.Wave")}
    assert all(not trace.detail for trace in traces)


def test_the_pseudonym_comes_from_the_paper_and_from_nobody(wave: Wave, town: Town, hr: Person, helper: Person) -> None:
    code = printed(wave, hr)[0]
    form = paper_forms.form_of_code(code)
    assert form is not None
    paper_forms.paper_type(form=form, document=document_of({}), physical=[], by=helper)
    own = bytes(Envelope.objects.get().pseudonym)
    assert own not in {keys.pseudonym(wave, person.pk) for person in Person.objects.all()}
    assert len(own) == 32


def test_people_of_the_unit_its_leaders_and_its_trio_may_not_type(
    wave: Wave, town: Town, hr: Person, as_person: ClientFor
) -> None:
    code = printed(wave, hr)[0]
    for person in (town.staff["nord"][6], town.person["leader"], town.person["amr"], town.person["head"]):
        make_role(person, "helper")
        answer = as_person(person).post(reverse("surveys:paper_type"), {"code": code})
        assert answer.status_code == 403, person
        assert "kan ikke taste" in answer.content.decode()
        form = PaperForm.objects.select_related("unit__unit__work_environment_group", "wave").first()
        assert form is not None
        with pytest.raises(ValidationError):
            paper_forms.paper_type(
                form=form, document=document_of({}), physical=[], by=Person.objects.get(pk=person.pk)
            )
    assert Envelope.objects.count() == 0
    assert as_person(town.staff["ud"][2]).get(reverse("surveys:paper_type")).status_code == 404  # not named by HR


def test_a_form_that_went_astray_is_printed_again_and_no_more_count_than_people(
    wave: Wave, town: Town, hr: Person, helper: Person
) -> None:
    first, second = printed(wave, hr)
    (third,) = printed(wave, hr, unit=town.unit["nord"], lost=1)
    for code in (first, third, first):
        form = paper_forms.form_of_code(code)
        assert form is not None
        paper_forms.paper_type(form=form, document=document_of({"kb_breaks": "4"}), physical=[], by=helper)
    found = paper_forms.form_of_code(second)
    assert found is not None
    with pytest.raises(ValidationError):
        paper_forms.paper_type(form=found, document=document_of({"kb_breaks": "4"}), physical=[], by=helper)
    assert Envelope.objects.count() == 2
    with pytest.raises(ValidationError):
        mailings.paper_order(wave=wave, unit=town.unit["skole"], language="da", lost=1, by=hr)


def test_back_from_paper_only_before_the_form_is_printed(wave: Wave, town: Town, hr: Person) -> None:
    person = town.staff["nord"][3]
    support.channel_choose(person=person, channel="email", wave=wave, by=hr)
    support.channel_choose(person=person, channel="paper", wave=wave, by=hr)
    printed(wave, hr)
    with pytest.raises(ValidationError):
        support.channel_choose(person=person, channel="email", wave=wave, by=hr)


def test_wrong_codes_of_forms_are_braked_too_and_a_letters_code_is_none_of_them(
    wave: Wave, helper: Person, as_person: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "BURST", 2)
    client, address = as_person(helper), reverse("surveys:paper_type")
    assert [client.post(address, {"code": code}).status_code for code in ("AAAA3333", "AAAA4444", "AAAA6666")] == [
        404,
        404,
        429,
    ]


def test_after_closing_nothing_is_typed(
    wave: Wave, hr: Person, helper: Person, as_person: ClientFor, at: Callable[[str], None]
) -> None:
    code = printed(wave, hr)[0]
    at("2026-04-23 00:01")
    client, address = as_person(helper), reverse("surveys:paper_type")
    sent = client.post(address, {"code": code, "tastet": "1", "kb_breaks": "4"}, follow=True)
    assert "Skemaet er ikke tastet" in sent.content.decode()
    Wave.objects.update(state=Wave.State.CLOSED)
    assert client.post(address, {"code": code}).status_code == 404
    assert Envelope.objects.count() == 0
