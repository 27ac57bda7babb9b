"""The whole attack: a made-up municipality answers a real web server, and then everything that can be read is read.

Runs in throw-away databases («…_linkage») of the very clusters that the application uses, so with their settings and
their logs; nothing of the real databases is touched. `environment` says how to get there.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections

from organisation import clock
from surveys import closing, keys
from surveys.models import Wave
from trivsel.linkage import traces
from trivsel.linkage.people import Crowd, numbers_mark
from trivsel.linkage.traces import Mark, Trace
from trivsel.linkage.verdict import Match, match, split
from trivsel.trial import crowd as visitors
from trivsel.trial.town import crowd_prepare, survey_open

SUFFIX = "_linkage"
Say = Callable[[str], None]


class CannotRun(Exception):
    """What is missing, in a sentence for whoever started it."""


@dataclass
class Stage:
    """One moment at which everything was read."""

    when: str
    matches: list[Match] = field(default_factory=list)  # nobody was named: every hit above chance is a leak
    known: list[Match] = field(default_factory=list)  # people who put their name on a physical report
    without_trace: int = 0
    places: int = 0

    @property
    def leaks(self) -> list[Match]:
        return [found for found in self.matches if found.is_leak]


@dataclass
class Result:
    people: int
    named: int
    stages: list[Stage] = field(default_factory=list)
    not_tried: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)

    @property
    def green(self) -> bool:
        return not self.left_over and not any(stage.leaks for stage in self.stages)


@dataclass
class Places:
    """Where the files of the clusters and of the application are; None where they cannot be read from here."""

    clusters: dict[str, Path | None]
    folders: dict[str, Path]


# --- the throw-away databases ---------------------------------------------------------------------------------------


def databases_require() -> None:
    """Make the two databases where the role may; else say what whoever runs the database has to do."""
    for alias in ("default", "urn"):
        ours = connections[alias].settings_dict
        name = ours["NAME"] + SUFFIX
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone():
                continue
            try:
                cursor.execute(f'CREATE DATABASE "{name}"')
            except Exception as error:
                raise CannotRun(
                    f"Efterprøvningen har brug for en tom database ved siden af den rigtige. Bed den, der driver "
                    f'databasen, om at køre: CREATE DATABASE "{name}" OWNER "{ours["USER"]}"; i klyngen for {alias}.'
                ) from error
        connections[alias].close()


def inside_environment(folder: Path) -> dict[str, str]:
    """For the process that plays it all: the throw-away databases, own keys, no demonstration."""
    return os.environ | {
        "TRIVSEL_DATABASE_SUFFIX": SUFFIX,
        "TRIVSEL_DEMO": "0",
        "TRIVSEL_KEY_DIR": str(folder / "keys"),
        "TRIVSEL_PRIVATE_KEY_DIR": str(folder / "private-keys"),
        "TRIVSEL_LOG_LEVEL": "INFO",
        "TRIVSEL_BASE_URL": "http://127.0.0.1",
        "TRIVSEL_ALLOWED_HOSTS": "127.0.0.1",
    }


def emptied() -> None:
    """Take every table out of the throw-away databases. Refuses any other."""
    for alias in ("default", "urn"):
        if not str(connections[alias].settings_dict["NAME"]).endswith(SUFFIX):
            raise CannotRun("Kun prøvedatabaser må tømmes.")
        with connections[alias].cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@contextmanager
def web(folder: Path) -> Iterator[int]:
    """The web server, as in production, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 4 --no-ws"
    command = [sys.executable, "-m", "granian", *options.split(), "trivsel.wsgi:application"]
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603
            command, cwd=settings.BASE_DIR, env=os.environ | {"TRIVSEL_DB_POOL": "1"}, stdout=log, stderr=log
        )
    try:
        until = time.monotonic() + 60
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > until:
                raise CannotRun("Webserveren til efterprøvningen ville ikke starte.")
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


# --- the play -------------------------------------------------------------------------------------------------------


def played(*, people: int, places: Places, folder: Path, say: Say) -> Result:
    """Everybody answers, 16 at once, in a known order; the same day, after the night and after closing all is read."""
    from trivsel.management.commands.prepare import collect_static_where_missing, migrate_where_needed

    emptied()
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    try:
        migrate_where_needed()
        collect_static_where_missing()
        numbers_mark()
        say(f"Laver en prøvekommune med {people} ansatte …")
        wave = survey_open(employees=people)
        file = folder / "crowd"
        crowd = Crowd(wave.uuid.bytes, crowd_prepare(wave, file))
        before = {alias: traces.mark(alias) for alias in ("default", "urn")}
        say(f"{len(crowd.invited)} svarer, 16 ad gangen …")
        order = list(range(len(crowd.invited)))
        random.SystemRandom().shuffle(order)
        with web(folder) as port:
            plan = visitors.Plan(port=port, at_once=16, numbers=order, problems=0.6, named=0.5, physical=0.7)
            load = visitors.Load(visitors.Crowd(file), plan)
            try:
                asyncio.run(load.run())
            except TimeoutError as error:
                raise CannotRun("Webserveren til efterprøvningen svarer ikke.") from error
        crowd.named = {done.number for done in load.done if done.named}
        result = Result(people=len(crowd.invited), named=len(crowd.named))
        say("Læser alt, hvad der kan læses, mens målingen er åben …")
        result.stages.append(attacked("Mens målingen er åben, samme dag", before, crowd, places, folder, result))
        closing.envelopes_shuffle()
        say("… efter natten …")
        result.stages.append(
            attacked("Næste morgen, mens målingen er åben", before, crowd, places, folder, result, wal=False)
        )
        say("… og når målingen er lukket og talt op.")
        Wave.objects.filter(pk=wave.pk).update(closes_at=clock.now() - closing.COUNT_AFTER - timedelta(minutes=1))
        closing.waves_close()
        wave.refresh_from_db()
        closing.wave_count(wave)
        result.stages.append(attacked("Når målingen er lukket og talt op", before, crowd, places, folder, result))
        result.left_over = left_over(wave, crowd, places)
        return result
    finally:
        emptied()
        shutil.rmtree(folder, ignore_errors=True)


def attacked(
    when: str,
    before: dict[str, Mark],
    crowd: Crowd,
    places: Places,
    folder: Path,
    result: Result,
    *,
    wal: bool = True,
) -> Stage:
    """Read everything and try every place where people left a trace with every place where envelopes lie."""
    found = list(everything(before, crowd, places, folder, result, wal=wal))
    stage = Stage(when, places=len(found))
    envelopes = [trace for trace in found if trace.envelopes]
    for trace in found:
        named, others = split(trace, crowd)
        if not trace.people:
            stage.without_trace += 1
        stage.matches += [match(others, there, crowd) for there in envelopes if others.people]
        stage.known += [match(named, there, crowd) for there in envelopes if named.people]
    return stage


def everything(
    before: dict[str, Mark], crowd: Crowd, places: Places, folder: Path, result: Result, *, wal: bool
) -> Iterator[Trace]:
    for alias in ("default", "urn"):
        yield from traces.table_traces(alias, before[alias], crowd)
        yield from traces.copy_traces(alias, before[alias], crowd)
        cluster = places.clusters.get(alias)
        if cluster is None:
            _not_tried(result, f"klyngen {alias}s filer og log (WAL): de kan ikke læses herfra")
            continue
        try:
            if wal:
                raw = traces.wal_bytes(cluster / "pg_wal", before[alias].wal)
                yield traces.file_trace(f"loggen (WAL) i klyngen {alias}", raw, crowd)
            for table in traces.tables_of(alias):
                raw = traces.heap_bytes(alias, cluster, table)
                if table.endswith(traces.ENVELOPES):
                    yield traces.file_trace(f"filen bag {table} i {alias}, også slettede rækker", raw, crowd)
        except OSError:
            _not_tried(result, f"klyngen {alias}s filer og log (WAL): de kan ikke læses herfra")
    for name, path in {**places.folders, "webserverens log": folder}.items():
        try:
            raw = _logs(path) if path == folder else traces.folder_bytes(path)
            yield traces.file_trace(name, raw, crowd)
        except OSError:
            _not_tried(result, f"{name}: kan ikke læses herfra")


def _logs(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.log")))


def _not_tried(result: Result, what: str) -> None:
    if what not in result.not_tried:
        result.not_tried.append(what)


def left_over(wave: Wave, crowd: Crowd, places: Places) -> list[str]:
    """What should be gone after the count and is not."""
    found = []
    for alias, table in (("urn", "public.surveys_envelope"),):
        if traces.copy_of(alias, table):
            found.append("Der ligger kuverter i urnen efter optællingen.")
        cluster = places.clusters.get(alias)
        try:
            if cluster is not None and crowd.envelopes_in(traces.heap_bytes(alias, cluster, table)):
                found.append("Filen bag urnens tabel har stadig kuverter i sig.")
        except OSError:
            continue
    try:
        keys.opener(wave)
        found.append("Nøglen, der åbner kuverterne, er der endnu.")
    except keys.KeyMissing:
        pass
    try:
        keys.secret(wave.uuid, "pseudonym")
        found.append("Nøglen, der giver en person sit pseudonym, er der endnu.")
    except keys.KeyMissing:
        pass
    return found


# --- outside ----------------------------------------------------------------------------------------------------------


def places_here() -> Places:
    """The files that can be read from this machine: those of the embedded servers, and the application's own logs."""
    clusters: dict[str, Path | None] = {}
    for alias in ("default", "urn"):
        folder = settings.VAR_DIR / "postgres" / alias
        clusters[alias] = folder if settings.EMBEDDED and os.access(folder / "pg_wal", os.R_OK) else None
    folders = {"programmets logfiler": settings.VAR_DIR / "log"}
    if (settings.VAR_DIR / "valkey").exists():
        folders["køen (Valkey)"] = settings.VAR_DIR / "valkey"
    return Places(clusters, {name: path for name, path in folders.items() if path.exists()})
