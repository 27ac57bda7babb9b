"""Every address × every person of the cast. An address without a row fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organisation.models import Person
from tests.access_matrix import CAST
from tests.access_rows import ROWS
from tests.test_architecture import own_patterns
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


def person_of(world: World, who: str) -> Person | None:
    if who == "visitor":
        return None
    return {
        "colleague": world.town.staff["syd"][0],
        "neighbour": world.town.person["leader_syd"],
    }.get(who) or world.town.person[who]


def test_every_address_has_a_row() -> None:
    assert {name for name, _ in own_patterns()} - {row.name for row in ROWS} == set()


def test_every_row_names_people_of_the_cast() -> None:
    named = {who for row in ROWS for people in row.named.values() for who in people}
    assert named <= set(CAST)


def test_the_matrix(at: Callable[[str], None], as_person: Callable[[Person | None], Client]) -> None:
    at("2026-06-03 09:00")
    world = make_world()
    clients: dict[str, Client] = {who: as_person(person_of(world, who)) for who in CAST}
    wrong: list[str] = []
    for row in ROWS:
        address = reverse(row.name, args=row.args(world))
        for who, client in clients.items():
            status = _status(client, row.method, address, row.data(world))
            if status != row.expected(who):
                wrong.append(
                    f"{row.method.upper()} {row.name} {row.about}: {who} gets {status}, not {row.expected(who)}"
                )
    assert not wrong, "\n".join(wrong)


def _status(client: Client, method: str, address: str, data: dict[str, Any]) -> int:
    """What the address answers, leaving nothing behind."""
    client.raise_request_exception = False
    cache.clear()  # the limits on wrong codes are not what is asked here
    with transaction.atomic():
        response = getattr(client, method)(address, data)
        transaction.set_rollback(True)
    return int(response.status_code)
