"""Who stands at the door: the ticket of a secret, by one short statement. What is frozen is kept per process.

Three times in each answer somebody comes through here, so the statement asks only for what can differ or change. The
wave with its questionnaire, and the unit with the one above it, are shared between requests: read them, never change
them. Other attributes of the ticket, its placement and its person are fetched when somebody asks for them.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection

from organisation.models import CampaignUnit, Person, Placement
from surveys.models import Questionnaire, Ticket, Wave


@lru_cache(maxsize=8)
def _statement(column: str, place: str) -> str:
    def table(model: type) -> str:
        return connection.ops.quote_name(model._meta.db_table)  # type: ignore[attr-defined]

    return (
        "SELECT t.id, t.placement_id, p.person_id, p.unit_id, n.language, "  # noqa: S608  (our own tables' names)
        "w.id, w.state, w.opens_at, w.closes_at, w.naming, w.key_mode, q.languages::text "
        f"FROM {table(Ticket)} t JOIN {table(Placement)} p ON p.id = t.placement_id "
        f"JOIN {table(Person)} n ON n.id = p.person_id JOIN {table(Wave)} w ON w.id = t.wave_id "
        f"JOIN {table(Questionnaire)} q ON q.id = w.questionnaire_id WHERE t.{column} = {place}"
    )


def _row(column: str, digest: bytes) -> tuple[Any, ...] | None:
    """The statement is prepared once per connection: with five tables, planning costs more than looking."""
    connection.ensure_connection()
    raw, name = connection.connection, f"arrival_{column}"
    prepared: set[str] = raw.__dict__.setdefault("_trivsel_prepared", set())
    with connection.cursor() as cursor:
        if name not in prepared:
            try:
                cursor.execute(f"PREPARE {name} (bytea) AS {_statement(column, '$1')}")
            except DatabaseError:
                if connection.in_atomic_block:
                    raise
            prepared.add(name)
        try:
            cursor.execute(f"EXECUTE {name} (%s)", [digest])
        except DatabaseError:
            if connection.in_atomic_block:
                raise
            # A pooler between us and Postgres has given us another connection than we prepared it on.
            cursor.execute(_statement(column, "%s"), [digest])
        return cursor.fetchone()


def ticket_with(column: str, digest: bytes) -> Ticket | None:
    """The ticket whose `column` (a hash) has this value, with wave, person, unit and the unit above. One statement."""
    row = _row(column, digest)
    if row is None:
        return None
    ticket_id, placement_id, person_id, unit_id, language, wave_id, *changing = row
    wave = _wave(wave_id, *changing)
    person = Person.from_db("default", ["id", "language"], [person_id, language])
    placement = Placement.from_db(
        "default",
        ["id", "campaign_id", "person_id", "unit_id"],
        [placement_id, wave.campaign_id, person_id, unit_id],
    )
    placement.person, placement.unit = person, _unit(unit_id)
    ticket = Ticket.from_db("default", ["id", "wave_id", "placement_id"], [ticket_id, wave_id, placement_id])
    ticket.wave, ticket.placement = wave, placement
    return ticket


@lru_cache(maxsize=64)
def _wave(pk: int, state: str, opens_at: datetime, closes_at: datetime, naming: str, key_mode: str, said: str) -> Wave:
    """Everything that may change is part of the key; the rest is locked when the wave is no longer planned."""
    return Wave.objects.select_related("questionnaire").get(pk=pk)


@lru_cache(maxsize=10_000)
def _unit(pk: int) -> CampaignUnit:
    """A unit of the frozen tree."""
    return CampaignUnit.objects.select_related("parent").get(pk=pk)
