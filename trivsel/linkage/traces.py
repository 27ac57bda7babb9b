"""What an attacker with every right reads: tables with their hidden columns, copies of them, and the files below."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections

from trivsel.linkage.people import Crowd

ENVELOPES = "surveys_envelope"
SEGMENT = 16 * 1024 * 1024


@dataclass
class Trace:
    """Something that has an order in time: whose marks (`people`) or whose envelopes are found there, first to last."""

    where: str
    people: list[int] = field(default_factory=list)
    envelopes: list[int] = field(default_factory=list)


@dataclass
class Mark:
    """How far a database was at one moment: what is written later is newer."""

    transaction: int
    wal: int
    copies: dict[str, set[str]]


def tables_of(alias: str) -> list[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def copy_of(alias: str, table: str) -> list[str]:
    """The rows of a table as pg_dump would write them, in its order."""
    buffer = io.BytesIO()
    with connections[alias].cursor() as cursor, cursor.cursor.copy(f"COPY {table} TO STDOUT") as copy:
        for block in copy:
            buffer.write(block)
    return buffer.getvalue().decode().splitlines()


def mark(alias: str) -> Mark:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, pg_current_wal_lsn() - '0/0'::pg_lsn")
        transaction, wal = cursor.fetchone()
    copies = {table: set(copy_of(alias, table)) for table in tables_of(alias)}
    return Mark(int(transaction), int(wal), copies)


# --- tables -------------------------------------------------------------------------------------------------------


def table_traces(alias: str, since: Mark, crowd: Crowd) -> Iterator[Trace]:
    """Every table's rows written since, in the order of the transactions that wrote them, and as they lie."""
    for table in tables_of(alias):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                f"SELECT t::text FROM {table} t WHERE xmin::text::bigint >= %s "  # noqa: S608
                "ORDER BY xmin::text::bigint, ctid",
                [since.transaction % 2**32],
            )
            rows = "\n".join(row for (row,) in cursor.fetchall())
        yield _trace(f"tabellen {table} i {alias}, i transaktionernes rækkefølge (xmin, ctid)", rows, crowd)


def copy_traces(alias: str, before: Mark, crowd: Crowd) -> Iterator[Trace]:
    """What is new in a copy (pg_dump) beside an earlier one, in the order of the copy."""
    for table in tables_of(alias):
        known = before.copies.get(table, set())
        rows = "\n".join(row for row in copy_of(alias, table) if row not in known)
        yield _trace(f"to kopier af {table} i {alias}, før og efter", rows, crowd)


def _trace(where: str, rows: str, crowd: Crowd) -> Trace:
    raw = rows.encode()
    if ENVELOPES not in where:
        return Trace(where, people=crowd.people_in(raw))
    # Bytes are written as «\\x5f3a…» there; without the sign before it the pseudonym is a word of its own.
    return Trace(where, envelopes=crowd.people_in(raw.replace(b"\\x", b" ")))


# --- files --------------------------------------------------------------------------------------------------------


def wal_bytes(folder: Path, since: int) -> bytes:
    """The write-ahead log from a place on. Raises OSError where it cannot be read."""
    found = []
    for path in sorted(folder.iterdir()):
        name = path.name
        if len(name) != 24 or not path.is_file():
            continue
        start = (int(name[8:16], 16) << 32) + int(name[16:24], 16) * SEGMENT
        if start + SEGMENT > since:
            found.append(path.read_bytes()[max(0, since - start) :])
    return b"".join(found)


def file_trace(where: str, raw: bytes, crowd: Crowd) -> Trace:
    return Trace(where, crowd.people_in(raw), crowd.envelopes_in(raw))


def heap_bytes(alias: str, folder: Path, table: str) -> bytes:
    """A table's own files, with rows that have been deleted or replaced but not yet written over."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath(%s)", [table])
        base = folder / cursor.fetchone()[0]
    return b"".join(path.read_bytes() for path in sorted(base.parent.glob(f"{base.name}*")) if path.stem == base.name)


def folder_bytes(folder: Path) -> bytes:
    """Names and contents of everything in a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in paths)
