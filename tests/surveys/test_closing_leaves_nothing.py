"""Closing in a process that is killed for good, and what is left on disk when it has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from organisation.models import CampaignUnit
from surveys import closing, facts
from surveys.models import Fact, Release, Wave
from surveys.models.envelope import Envelope
from tests.factories import make_campaign, make_town
from tests.surveys.answered import CLOSED, SURVEY, everybody_answers
from tests.surveys.waves import open_wave

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
At = Callable[[str], None]
FINISHED, BUSY, BROKEN = 0, 3, 4


@pytest.fixture
def closed(at: At) -> tuple[Wave, int]:
    """A survey that everybody answered, closed and ready to be counted, all of it committed."""
    make_town()
    at(SURVEY)
    wave = open_wave(make_campaign())
    sent = everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    return wave, sent


def key_files(wave: Wave) -> list[Path]:
    folders = {Path(settings.KEY_DIR), Path(settings.PRIVATE_KEY_DIR)}
    return [path for folder in folders for path in folder.iterdir() if str(wave.uuid) in path.name]


# --- dying --------------------------------------------------------------------------------------------------------


def count_until(wave: Wave, number: int) -> int | None:
    """Count in a process of its own that is killed (SIGKILL) before its statement `number`. None when it was."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _count_and_die(wave.pk, number)
    _pid, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _count_and_die(pk: int, number: int) -> None:
    asked = 0

    def die_in_time(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    code = BROKEN
    try:
        wave = Wave.objects.get(pk=pk)
        with connections["default"].execute_wrapper(die_in_time), connections["urn"].execute_wrapper(die_in_time):
            code = BUSY if closing.wave_count(wave) is None else FINISHED
    finally:
        os._exit(code)


def test_killed_before_any_of_its_statements_it_loses_and_doubles_nothing(closed: tuple[Wave, int]) -> None:
    wave, sent = closed
    number, killed, written = 1, 0, None
    while (code := count_until(wave, number)) != FINISHED:
        assert code in (None, BUSY)
        if code == BUSY:  # the lock of the one that was killed is gone a moment after it
            time.sleep(0.05)
            continue
        killed += 1
        assert killed < 500
        wave.refresh_from_db()
        if wave.state == Wave.State.OPENED:
            break  # killed after the last thing that it had to do
        release = Release.objects.filter(wave=wave).first()
        if release is None:
            assert Envelope.objects.count() == sent
            assert len(key_files(wave)) == 2
            assert not Fact.objects.exists()
            number += 1
            continue
        now = (release.pk, release.facts.count(), facts.hash_of(release))
        assert now[2] == release.facts_sha256
        if written is None:
            written, number = now, 0  # from here on a new run only destroys: kill that at each statement, too
        assert now == written
        number += 1
    assert killed > 20
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    assert wave.malformed == 0
    whole = CampaignUnit.objects.get(campaign=wave.campaign_id, parent=None)
    assert Fact.objects.get(release__wave=wave, unit=whole, item=facts.ANSWERED).n == sent
    assert not Envelope.objects.exists()
    assert key_files(wave) == []


# --- what is left -------------------------------------------------------------------------------------------------


def folder_of(alias: str) -> Path:
    """The data folder of a cluster: where the server's own process stands."""
    with connections[alias].cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        folder = Path(f"/proc/{cursor.fetchone()[0]}/cwd").resolve()
    if not (folder / "pg_wal").is_dir():
        pytest.skip("The clusters' files cannot be read from here.")
    return folder


def found_in(folder: Path, needles: list[bytes]) -> list[str]:
    """Files of a cluster that hold one of the needles."""
    found = []
    for path in folder.rglob("*"):
        try:
            raw = path.read_bytes() if path.is_file() else b""
        except OSError:
            continue  # gone meanwhile
        if any(needle in raw for needle in needles):
            found.append(str(path.relative_to(folder)))
    return found


def dump_of(alias: str) -> bytes:
    from support.postgres import binaries

    parameters = connections[alias].get_connection_params()
    argv = [binaries() / "pg_dump", "-h", parameters["host"], "-U", parameters["user"], parameters["dbname"]]
    return subprocess.run(
        argv, env={"PGPASSWORD": parameters["password"], "PATH": os.defpath}, capture_output=True, check=True
    ).stdout


def hexed(needles: list[bytes]) -> list[bytes]:
    return [needle.hex().encode() for needle in needles]


def test_afterwards_no_table_log_key_file_or_dump_holds_what_leads_to_a_person(
    closed: tuple[Wave, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    wave, _sent = closed
    urn, roll = folder_of("urn"), folder_of("default")
    rows = list(Envelope.objects.all())
    pseudonyms = [bytes(row.pseudonym) for row in rows]
    sealed = [bytes(row.sealed)[:48] for row in rows]
    secrets = [path.read_bytes() for path in key_files(wave)]
    with connections["urn"].cursor() as cursor:
        cursor.execute("analyze surveys_envelope")
        cursor.execute("checkpoint")
    # The search finds what is there: in the table, in the log, in a dump.
    before = found_in(urn, pseudonyms + sealed)
    assert any(name.startswith("pg_wal/") for name in before)
    assert any(name.startswith("base/") for name in before)
    assert any(needle in dump_of("urn") for needle in hexed(pseudonyms))
    assert found_in(roll, pseudonyms + sealed + secrets) == []

    assert closing.wave_count(wave) is not None

    assert found_in(urn, pseudonyms + sealed + secrets) == []
    assert found_in(roll, pseudonyms + sealed + secrets) == []
    dumps = dump_of("urn") + dump_of("default")
    assert not any(needle in dumps for needle in hexed(pseudonyms + sealed + secrets))
    assert key_files(wave) == []
    left = [path for folder in (settings.KEY_DIR, settings.PRIVATE_KEY_DIR) for path in Path(folder).rglob("*")]
    assert not any(secret in path.read_bytes() for path in left if path.is_file() for secret in secrets)
    assert not wave.tickets.exclude(code_hash=None, link_hash=None).exists()
