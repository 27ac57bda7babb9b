"""Every address × every method × every person of the cast. An address without a row fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from organisation.models import Person
from tests.access_matrix import CAST, Row
from tests.access_rows import AREAS
from tests.world import World, make_world
from trivsel.account_urls import shut

pytestmark = pytest.mark.django_db(databases=["default", "urn"])  # the page on anonymity asks the urn its settings
ROWS = [row for rows in AREAS.values() for row in rows]
# A method that an address does not take is refused before it asks who comes: these three stand for the cast.
WRONG_METHOD = ("visitor", "employee", "hr")


def addresses() -> set[str]:
    """The full name of every address there is, ours, allauth's and Django's, but for those that are kept shut."""

    def walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, entry.namespace or namespace, prefix + str(entry.pattern))
            elif entry.callback is not shut and (namespace or not _is_shut(entry, prefix)):
                yield f"{namespace}:{entry.name}" if namespace else str(entry.name or prefix + str(entry.pattern))

    return set(walk(get_resolver(), "", "/"))


def _is_shut(pattern: URLPattern, prefix: str) -> bool:
    """Is the address one of those that `trivsel.account_urls` answers with 404 before allauth sees it?"""
    filled = dict.fromkeys(get_resolver().reverse_dict.getlist(pattern.name)[0][0][0][1], "1") if pattern.name else {}
    path = reverse(pattern.name, kwargs=filled) if pattern.name else prefix + str(pattern.pattern)
    return resolve(path).func is shut


def methods_by_name() -> dict[str, set[str]]:
    methods: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        methods[row.name].add(row.method)
    return methods


@pytest.fixture
def world(at: Callable[[str], None], db: None) -> World:
    at("2026-06-03 09:00")
    return make_world()


@pytest.fixture
def clients(world: World, as_person: Callable[[Person | None], Client]) -> dict[str, Client]:
    return {who: as_person(world.person_of(who)) for who in CAST}


def test_every_address_has_a_row() -> None:
    assert addresses() - {row.name for row in ROWS} == set()


def test_every_row_names_people_of_the_cast() -> None:
    named = {who for row in ROWS for people in row.named.values() for who in people}
    assert named <= set(CAST)


@pytest.mark.parametrize("area", AREAS)
def test_the_matrix(area: str, world: World, clients: dict[str, Client]) -> None:
    assert_matrix(AREAS[area], world, clients)


@pytest.mark.parametrize("area", AREAS)
def test_an_htmx_part_is_gated_like_its_page(area: str, world: World, clients: dict[str, Client]) -> None:
    assert_matrix([row for row in AREAS[area] if row.method == "get"], world, clients, HTTP_HX_REQUEST="true")


def assert_matrix(rows: list[Row], world: World, clients: dict[str, Client], **headers: str) -> None:
    wrong: list[str] = []
    for row in rows:
        address, others = reverse(row.name, args=row.args(world)), defaultdict(list)
        for who, client in clients.items():
            status = _status(client, row.method, address, row.data(world), **headers)
            if status != row.expected(who):
                others[status, row.expected(who)].append(who)
        wrong += _in_words(f"{row.method.upper()} {row.name} {row.about}", others)
    assert not wrong, "\n".join(["", *wrong])


def test_no_other_method_is_answered(world: World, clients: dict[str, Client]) -> None:
    wrong: list[str] = []
    for name, methods in methods_by_name().items():
        address = reverse(name, args=next(row for row in ROWS if row.name == name).args(world))
        for method in {"get", "post", "put", "patch", "delete"} - methods:
            others = defaultdict(list)
            for who in WRONG_METHOD:
                status = _status(clients[who], method, address, {})
                if status != 405 and not (who == "visitor" and status == 302):
                    others[status, 405].append(who)
            wrong += _in_words(f"{method.upper()} {name} (no row)", others)
    assert not wrong, "\n".join(["", *wrong])


def _in_words(what: str, others: dict[tuple[int, int], list[str]]) -> list[str]:
    return [f"{what}: {got} instead of {wished} for {', '.join(who)}" for (got, wished), who in others.items()]


def test_the_doors_that_are_kept_shut(client: Client) -> None:
    for path in (
        "saml/sso/sls/",
        "social/signup/",
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/x/",
        "3rdparty/",
        "3rdparty/signup/",
    ):
        assert client.get(f"/konto/{path}").status_code == 404, path
        assert client.post(f"/konto/{path}").status_code == 404, path


def _status(client: Client, method: str, address: str, data: dict[str, Any], **headers: str) -> int:
    """What the address answers, leaving nothing behind."""
    client.raise_request_exception = False
    cache.clear()  # the limits on attempts are not what is asked here
    session = client.cookies.get(settings.SESSION_COOKIE_NAME)
    with transaction.atomic():
        response = getattr(client, method)(address, data, HTTP_HOST="testserver", **headers)
        transaction.set_rollback(True)
    if session is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session.value  # whoever logged out is back
    return int(response.status_code)
