"""The pool of connections survives a Postgres that hangs up."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import connection

from trivsel.postgres.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    """A second way into the test's database, through a pool of two, as the web server's."""
    described = deepcopy(connection.settings_dict)
    described.update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=False)
    described["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 2, "timeout": 10}
    wrapper = DatabaseWrapper(described, alias="default")  # an alias that is known; the test's own has no pool
    wrapper.inc_thread_sharing()
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()


def backend_of(pooled: DatabaseWrapper) -> int:
    with pooled.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    pooled.close()
    return found


def test_connections_that_postgres_has_ended_are_not_lent(pooled: DatabaseWrapper) -> None:
    before = {backend_of(pooled) for _request in range(4)}
    pooled.pool.wait()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 2
    after = {backend_of(pooled) for _request in range(4)}
    assert after
    assert not after & before


def test_a_live_connection_is_lent_again(pooled: DatabaseWrapper) -> None:
    pooled.ensure_connection()
    first = pooled.connection
    pooled.close()
    lent = set()
    for _request in range(4):
        pooled.ensure_connection()
        lent.add(id(pooled.connection))
        pooled.close()
    assert id(first) in lent
    assert len(lent) <= 2
