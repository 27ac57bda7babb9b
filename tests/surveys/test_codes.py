"""Codes cannot be guessed: long secrets in links, and one brake for the whole municipality on typed ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Campaign
from surveys import codes
from surveys.models import CodeBrake, Ticket, Wave
from tests.factories import Town
from tests.surveys.waves import open_wave, ways_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None]) -> Wave:
    at("2026-04-08 09:00")
    return open_wave(campaign)


def type_in(client: Client, code: str) -> int:
    return client.post(reverse("surveys:answer_start"), {"code": code}).status_code


def wrong_codes() -> list[str]:
    return ["".join(signs) for signs in product(codes.ALPHABET[:8], repeat=4)]


@pytest.fixture
def quick_brake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "BURST", 5)


def test_many_wrong_codes_slow_typing_for_all_and_shut_no_link(
    client: Client, wave: Wave, town: Town, at: Callable[[str], None], quick_brake: None
) -> None:
    way = ways_of(wave, town.person["employee"])
    for half in wrong_codes()[: codes.BURST]:
        assert type_in(client, half * 2) == 404
    # Also a right code waits: otherwise the answer would tell a right guess from a wrong one.
    assert type_in(client, way.code) == 429
    assert type_in(client, "4444AAAA") == 429
    assert CodeBrake.objects.get().level == codes.BURST  # a code that is not tried is not counted either
    assert client.get(reverse("surveys:answer", args=[way.link])).status_code == 200
    at("2026-04-08 09:01:01")
    assert type_in(client, way.code) == 302


def test_right_codes_fill_no_brake_and_wait_for_nobody_while_it_is_off(
    client: Client, wave: Wave, town: Town, quick_brake: None
) -> None:
    for half in wrong_codes()[: codes.BURST - 1]:
        type_in(client, half * 2)
    for person in town.staff["nord"][:10]:
        assert type_in(client, ways_of(wave, person).code) == 302
    assert CodeBrake.objects.get().level == codes.BURST - 1


def test_guesses_at_the_same_moment_overfill_the_bucket_and_are_paid_for(
    wave: Wave, at: Callable[[str], None], quick_brake: None
) -> None:
    for _guess in range(codes.BURST + 32):
        codes.wrong_code("svar")
    at("2026-04-08 09:30")
    assert codes.brake_is_on("svar")
    at("2026-04-08 09:34")
    assert not codes.brake_is_on("svar")
    assert not codes.brake_is_on("melding")  # each door has its own


def test_the_receipts_codes_have_a_brake_too(client: Client, wave: Wave, quick_brake: None) -> None:
    follow = reverse("surveys:answer_follow")
    for half in wrong_codes()[: codes.BURST]:
        assert client.post(follow, {"code": half * 2}).status_code == 404
    assert client.post(follow, {"code": "4444AAAA"}).status_code == 429


def odds(valid: int, *, days: int = 14) -> float:
    """That somebody who guesses for `days` at the brake's full speed hits one of `valid` codes."""
    guesses = codes.BURST + days * 24 * codes.AN_HOUR
    return -math.expm1(guesses * math.log1p(-valid / len(codes.ALPHABET) ** codes.CODE_LENGTH))


def test_the_odds_of_two_weeks_of_guessing_are_those_of_the_decision() -> None:
    # docs/decisions/0060-doors.md says: 1 in 1,077 and 1 in 120
    assert 1 / 1080 < odds(5_000) < 1 / 1070
    assert 1 / 122 < odds(45_000) < 1 / 118
    assert len(codes.ALPHABET) ** codes.LINK_LENGTH > 2**73


def test_a_link_holds_two_secrets_that_do_not_tell_each_other(wave: Wave, town: Town) -> None:
    ways = [ways_of(wave, person) for person in town.staff["nord"][:10]]
    assert len({way.code for way in ways} | {way.link for way in ways}) == 20
    assert all(way.code not in way.link for way in ways)
    assert all(len(way.link) == 16 and set(way.link) <= set(codes.ALPHABET) for way in ways)
    stored = Ticket.objects.exclude(code_hash=None).values_list("code_hash", "link_hash")
    assert len({bytes(value) for row in stored for value in row}) == 20
