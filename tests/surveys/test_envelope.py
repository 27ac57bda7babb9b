"""The sealed envelope: who may put one, that all look alike, and that nothing else is written."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import CaptureQueriesContext

from organisation.models import Campaign
from surveys import answering, keys, sealing
from surveys.models import Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import document_of
from tests.factories import Town
from tests.surveys.waves import open_wave, placement_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None]) -> Wave:
    at("2026-04-09 10:00")
    return open_wave(campaign)


def rows_of_default() -> dict[str, int]:
    """How often each table of the ordinary database was written in this session."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def test_a_sent_document_comes_out_of_the_envelope_again(wave: Wave, town: Town) -> None:
    placement = placement_of(wave, town.person["employee"])
    answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": "4"}))
    envelope = Envelope.objects.get()
    assert envelope.unit == placement.unit_id
    assert envelope.wave == wave.uuid
    opened = keys.opener(wave)(envelope.unit, bytes(envelope.sealed))
    assert json.loads(opened) == {"v": 1, "a": {"kb_breaks": "4"}}


def test_an_envelope_carries_no_time_and_no_person() -> None:
    assert {field.name for field in Envelope._meta.concrete_fields} == {"wave", "pseudonym", "unit", "sealed"}


def test_sending_writes_one_row_to_the_urn_and_nothing_to_the_other_database(wave: Wave, town: Town) -> None:
    placement = placement_of(wave, town.person["employee"])
    answering.anonymous_send(wave=wave, placement=placement, document=document_of({}))  # warm: the form is compiled
    before = rows_of_default()
    with (
        CaptureQueriesContext(connections["urn"]) as urn,
        CaptureQueriesContext(connections["default"]) as default,
    ):
        answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": "4"}))
    assert len(urn) == 1
    assert len(default) <= 1  # the demonstration's clock
    assert rows_of_default() == before


def test_every_envelope_is_equally_long(wave: Wave, town: Town) -> None:
    documents = [{}, {"kb_breaks": "4"}, {"ka_threats": "yes", "ka_threats_who": ["citizen", "relative", "leader"]}]
    for person, answers in zip(town.staff["nord"], documents, strict=False):
        answering.anonymous_send(wave=wave, placement=placement_of(wave, person), document=document_of(answers))
    assert {len(bytes(envelope.sealed)) for envelope in Envelope.objects.all()} == {sealing.SEALED_LENGTH}


def test_answering_again_replaces(wave: Wave, town: Town) -> None:
    placement = placement_of(wave, town.person["employee"])
    for answer in ("1", "5"):
        answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": answer}))
    envelope = Envelope.objects.get()
    assert b'"kb_breaks":"5"' in keys.opener(wave)(envelope.unit, bytes(envelope.sealed))


def test_an_empty_envelope_replaces_an_answer(wave: Wave, town: Town) -> None:
    placement = placement_of(wave, town.person["employee"])
    answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": "1"}))
    answering.anonymous_send(wave=wave, placement=placement, document=document_of({}))
    envelope = Envelope.objects.get()
    assert json.loads(keys.opener(wave)(envelope.unit, bytes(envelope.sealed)))["a"] == {}


def test_an_unknown_question_is_refused_before_anything_is_stored(wave: Wave, town: Town) -> None:
    with pytest.raises(ValueError):
        answering.anonymous_send(
            wave=wave, placement=placement_of(wave, town.person["employee"]), document=document_of({"name": "x"})
        )
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("moment", ["2026-04-08 07:59", "2026-04-22 23:59", "2026-05-01 10:00"])
def test_nothing_is_taken_outside_the_period(wave: Wave, town: Town, at: Callable[[str], None], moment: str) -> None:
    at(moment)
    with pytest.raises(answering.NotOpen):
        answering.anonymous_send(
            wave=wave, placement=placement_of(wave, town.person["employee"]), document=document_of({})
        )


def test_a_page_opened_in_time_may_be_sent_half_an_hour_after_closing(
    wave: Wave, town: Town, at: Callable[[str], None]
) -> None:
    text = answering.admission_issue(wave=wave, placement=placement_of(wave, town.person["employee"]))
    at("2026-04-23 00:20")
    assert answering.admission_read(text).wave == wave.uuid
    at("2026-04-23 00:30")
    with pytest.raises(answering.NotAdmitted):
        answering.admission_read(text)


def test_a_changed_admission_is_refused(wave: Wave, town: Town) -> None:
    text = answering.admission_issue(wave=wave, placement=placement_of(wave, town.person["employee"]))
    answering.admission_read(text)
    changed = ("A" if text[30] != "A" else "B").join([text[:30], text[31:]])
    for wrong in (changed, text[:-4], "", "x" * len(text), text + "AAAA"):
        with pytest.raises(answering.NotAdmitted):
            answering.admission_read(wrong)


def test_an_envelope_cannot_be_moved_to_another_unit(wave: Wave, town: Town) -> None:
    placement = placement_of(wave, town.person["employee"])
    answering.anonymous_send(wave=wave, placement=placement, document=document_of({}))
    sealed = bytes(Envelope.objects.get().sealed)
    with pytest.raises(keys.CannotOpen):
        keys.opener(wave)(placement.unit_id + 1, sealed)
    with pytest.raises(keys.CannotOpen):
        keys.opener(wave)(placement.unit_id, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_key_files_are_for_their_owner_only_and_made_once(wave: Wave) -> None:
    for folder, name in ((settings.KEY_DIR, "pseudonym"), (settings.PRIVATE_KEY_DIR, "private")):
        path = folder / f"{wave.uuid}.{name}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        before = path.read_bytes()
        keys.make(wave)
        assert path.read_bytes() == before


def test_another_key_file_stops_answering(wave: Wave, town: Town) -> None:
    path = settings.KEY_DIR / f"{wave.uuid}.pseudonym"
    path.write_bytes(b"x" * 32)
    with pytest.raises(keys.KeyMissing):
        answering.admission_issue(wave=wave, placement=placement_of(wave, town.person["employee"]))


def test_destroyed_keys_are_gone_also_for_a_process_that_had_read_them(wave: Wave, town: Town) -> None:
    text = answering.admission_issue(wave=wave, placement=placement_of(wave, town.person["employee"]))
    keys.destroy(wave)
    keys.destroy(wave)
    assert not [*settings.KEY_DIR.glob(f"{wave.uuid}*"), *settings.PRIVATE_KEY_DIR.glob(f"{wave.uuid}*")]
    with pytest.raises(answering.NotAdmitted):
        answering.admission_read(text)
    with pytest.raises(keys.KeyMissing):
        keys.opener(wave)


def test_two_people_have_two_pseudonyms(wave: Wave, town: Town) -> None:
    made = {keys.pseudonym(wave, person.pk) for person in town.person.values()}
    assert len(made) == len({person.pk for person in town.person.values()})
