"""The linkage attack: green on our own storage, and red as soon as somebody plants a trace."""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from surveys import answering, closing
from surveys.models import Ticket, Wave
from surveys.questionnaires import document_of
from tests import factories
from tests.surveys.answered import SURVEY
from tests.surveys.waves import open_wave
from trivsel.linkage import run, traces
from trivsel.linkage.people import KINDS, Crowd, numbers_mark
from trivsel.linkage.report import report
from trivsel.linkage.run import Places, Result, Stage, attacked, left_over
from trivsel.linkage.traces import Mark, Trace
from trivsel.linkage.verdict import at_least, match
from trivsel.management.commands import prepare
from trivsel.trial.town import invited_of

PLACES = Places({"default": None, "urn": None}, {})


# --- the statistics -------------------------------------------------------------------------------------------------


def crowd_of(units: int, each: int) -> Any:
    return SimpleNamespace(unit_of=lambda number: number // each, named=set())


def test_poissons_tail() -> None:
    assert at_least(0, 3.0) == 1.0
    assert at_least(1, 1e-9) == pytest.approx(1e-9)
    assert at_least(5, 2.0) == pytest.approx(0.0527, abs=1e-4)
    assert at_least(200, 20.0) < 1e-100


def test_a_shuffled_urn_is_matched_as_by_chance_and_an_ordered_one_wholly() -> None:
    crowd, dice = crowd_of(40, 15), random.Random(3)
    came = list(range(600))
    dice.shuffle(came)
    mixed = came.copy()
    dice.shuffle(mixed)
    ordered = match(Trace("flags", people=came), Trace("urn", envelopes=came), crowd)
    assert (ordered.hits, ordered.is_leak) == (600, True)
    by_chance = match(Trace("flags", people=came), Trace("urn", envelopes=mixed), crowd)
    assert by_chance.by_chance == pytest.approx(40)
    assert not by_chance.is_leak


def test_neighbours_that_changed_places_and_a_part_of_the_people_are_enough() -> None:
    crowd, dice = crowd_of(40, 15), random.Random(4)
    came = list(range(600))
    dice.shuffle(came)
    jumbled = sorted(came, key=lambda number: came.index(number) + dice.uniform(-8, 8))  # 16 at once
    some = [number for number in jumbled if dice.random() < 0.3]
    assert match(Trace("flags", people=some), Trace("urn", envelopes=came), crowd).is_leak


# --- on the databases -----------------------------------------------------------------------------------------------


@pytest.fixture
def played(transactional_db: None, at: Callable[[str], None]) -> Iterator[tuple[Wave, Crowd, dict[str, Mark]]]:
    """A survey in real transactions, whose people have numbers that are found again; nobody has answered yet."""
    with connections["default"].cursor() as cursor:
        sequences = {}
        for model in KINDS:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
            sequences[model] = cursor.fetchone()[0]
    numbers_mark()
    factories.make_town()
    at(SURVEY)
    wave = open_wave(factories.make_campaign())
    crowd = Crowd(wave.uuid.bytes, invited_of(wave))
    yield wave, crowd, {alias: traces.mark(alias) for alias in ("default", "urn")}
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS planted")
        for model, number in sequences.items():
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, number])


def answer_all(wave: Wave, crowd: Crowd, also: Callable[[int], None] = lambda number: None) -> None:
    """Everybody answers by the product's own code, in an order of chance; `also` is done beside it."""
    order = list(range(len(crowd.invited)))
    random.Random(9).shuffle(order)
    tickets = {ticket.pk: ticket for ticket in Ticket.objects.select_related("placement")}
    for number in order:
        placement = tickets[crowd.invited[number].ticket].placement
        answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": "4"}))
        also(number)


def attack(crowd: Crowd, before: dict[str, Mark], tmp_path: Path) -> tuple[Stage, Result]:
    result = Result(people=len(crowd.invited), named=0)
    result.stages.append(attacked("Nu", before, crowd, PLACES, tmp_path, result))
    return result.stages[0], result


@pytest.mark.django_db(transaction=True, databases=["default", "urn"])
def test_our_own_storage_gives_nobody_away(played: Any, tmp_path: Path, at: Callable[[str], None]) -> None:
    wave, crowd, before = played
    answer_all(wave, crowd)
    stage, result = attack(crowd, before, tmp_path)
    assert stage.leaks == []
    assert stage.without_trace == stage.places  # nothing anywhere says who has answered
    assert "INGEN kunne kobles" in report(result)
    assert "kan ikke læses herfra" in report(result)  # what was not tried is said
    at("2026-04-23 01:00")
    closing.waves_close()
    closing.wave_count(closing.waves_to_count()[0])
    assert left_over(wave, crowd, PLACES) == []


@pytest.mark.django_db(transaction=True, databases=["default", "urn"])
def test_a_flag_written_beside_the_envelope_is_found_until_the_night(played: Any, tmp_path: Path) -> None:
    wave, crowd, before = played
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE planted (person bigint)")

    def flag(number: int) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("INSERT INTO planted VALUES (%s)", [crowd.invited[number].person])

    answer_all(wave, crowd, flag)
    stage, result = attack(crowd, before, tmp_path)
    assert {"planted" in leak.people_where for leak in stage.leaks} == {True}
    assert max(leak.hits for leak in stage.leaks) == len(crowd.invited)
    assert not result.green
    assert "DER ER ET LÆK" in report(result)
    closing.envelopes_shuffle()
    assert attack(crowd, before, tmp_path)[0].leaks == []


@pytest.mark.django_db(transaction=True, databases=["default", "urn"])
def test_a_time_on_the_ticket_is_found(played: Any, tmp_path: Path) -> None:
    wave, crowd, before = played
    answer_all(
        wave, crowd, lambda n: Ticket.objects.filter(pk=crowd.invited[n].ticket).update(claimed_at=wave.opens_at)
    )
    assert any("surveys_ticket" in leak.people_where for leak in attack(crowd, before, tmp_path)[0].leaks)


@pytest.mark.django_db(transaction=True, databases=["default", "urn"])
def test_a_line_in_a_log_is_found(played: Any, tmp_path: Path) -> None:
    wave, crowd, before = played
    log = tmp_path / "web.log"

    def line(number: int) -> None:
        with log.open("a") as file:
            file.write(f"INFO POST /svar/{crowd.invited[number].link}/\n")

    answer_all(wave, crowd, line)
    assert any("log" in leak.people_where for leak in attack(crowd, before, tmp_path)[0].leaks)


@pytest.mark.django_db(transaction=True, databases=["default", "urn"])
def test_what_is_not_taken_away_at_closing_is_told(played: Any, tmp_path: Path) -> None:
    wave, crowd, _before = played
    answer_all(wave, crowd)
    assert len(left_over(wave, crowd, PLACES)) == 3  # the envelopes and both keys


def test_people_are_found_in_raw_bytes() -> None:
    crowd = Crowd.__new__(Crowd)
    crowd.by_id, crowd.by_word = {(0x5EC7A12E << 32) + 7: 3, (0x5EC7A11E << 32) + 5: 1}, {b"ACDEFGHJKMNPQRTV": 2}
    crowd._words = re.compile(b"(?<![0-9A-Za-z])[0-9A-Za-z]{16}(?![0-9A-Za-z])")
    raw = b"\x00" + ((0x5EC7A12E << 32) + 7).to_bytes(8, "little") + b" /svar/ACDEFGHJKMNPQRTV/ "
    assert crowd.people_in(raw + str((0x5EC7A11E << 32) + 5).encode()) == [3, 2, 1]


def test_a_served_folder_is_not_emptied_under_the_real_server(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    called: list[int] = []
    monkeypatch.setattr(prepare, "collect_static_where_changed", lambda: called.append(1))
    prepare.collect_static_where_missing()
    assert called == [1]
    (tmp_path / "staticfiles.json").write_text("{}")
    prepare.collect_static_where_missing()
    assert called == [1]
    assert "collect_static_where_changed" not in inspect.getsource(run)
