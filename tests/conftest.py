"""The cast, and a clock that stands where the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver

from organisation import clock
from organisation.models import Campaign, Person
from tests import factories
from tests.factories import Town


@pytest.fixture(autouse=True, scope="session")
def _all_addresses() -> None:
    """Read before a test switches the demonstration off: its addresses are kept, or those after it miss them."""
    assert get_resolver().url_patterns


@pytest.fixture(autouse=True)
def _fresh_clock() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """`at("2026-05-05 09:00")`: real and business time stand there (Copenhagen)."""
    traveller: list[time_machine.travel] = []

    def go(moment: str) -> None:
        while traveller:
            traveller.pop().stop()
        from zoneinfo import ZoneInfo

        travel = time_machine.travel(
            datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Copenhagen")), tick=False
        )
        travel.start()
        traveller.append(travel)
        clock.forget()

    yield go
    while traveller:
        traveller.pop().stop()


@pytest.fixture
def town(db: None) -> Town:
    return factories.make_town()


@pytest.fixture
def campaign(db: None) -> Campaign:
    return factories.make_campaign()


@pytest.fixture
def as_person() -> Callable[[Person | None], Client]:
    """A client logged in as somebody; None is a visitor."""

    def client_for(person: Person | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_for
