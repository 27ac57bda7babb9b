"""With a real worker on the real broker: what a test that runs tasks in place cannot show."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from celery import Celery
from django.conf import settings
from django.db import connections

from organisation.models import DemoMessage, Notice
from organisation.notices import Draft, queue
from tests.factories import make_person

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
ROOT = Path(settings.BASE_DIR)


def url_of(alias: str) -> str:
    """The test database's own address, for a process outside this one."""
    own = connections[alias].settings_dict
    host = own["HOST"] or own["OPTIONS"].get("host", "")
    login = quote(own["USER"]) + (f":{quote(own['PASSWORD'])}" if own["PASSWORD"] else "")
    query = urlencode({"host": host}) if host.startswith("/") else ""
    place = "" if host.startswith("/") else f"{host}:{own['PORT'] or 5432}"
    return f"postgres://{login}@{place}/{own['NAME']}" + (f"?{query}" if query else "")


@pytest.fixture
def broker() -> Celery:
    """A client of the real broker. Its queue is emptied first: others may have used it."""
    url = os.environ["REDIS_URL"].replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    app = Celery("tests", broker=url)
    app.control.purge()
    return app


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker as production does, on the test databases; several may run at once."""
    running: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "trivsel.settings",
        "DATABASE_URL": url_of("default"),
        "URN_DATABASE_URL": url_of("urn"),
        "TRIVSEL_SECRET_KEY": settings.SECRET_KEY,
        "TRIVSEL_DEMO": "1",
        "TRIVSEL_EMBEDDED": "1",
        "TRIVSEL_VAR": str(tmp_path),
        "TRIVSEL_DB_POOL": "0",
    }

    def start() -> subprocess.Popen[bytes]:
        log = (tmp_path / f"worker-{len(running)}.log").open("wb")
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "trivsel.celery:app",
                "worker",
                "--concurrency",
                "2",
                "--without-gossip",
                "--without-mingle",
                "--loglevel",
                "INFO",
                "--hostname",
                f"w{len(running)}@test",
            ],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        running.append(worker)
        return worker

    yield start
    for worker in running:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)


def wait_for(holds: Callable[[], bool], *, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def fill_outbox(count: int) -> None:
    people = [make_person() for _ in range(10)]
    # Urgent ones go out at any hour, so that the test does not depend on when it runs.
    queue(
        Draft(key=f"n{n}", person=people[n % 10], kind="test", subject="Emne", body="Tekst", urgent=True)
        for n in range(count)
    )


def sent() -> int:
    return Notice.objects.filter(state=Notice.State.SENT).count()


def test_two_workers_send_every_message_once(
    broker: Celery, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    fill_outbox(200)
    start_worker()
    start_worker()
    for _ in range(6):
        broker.send_task("organisation.tasks.notices_send")
    assert wait_for(lambda: sent() == 200)
    assert DemoMessage.objects.count() == 200


def test_a_killed_worker_loses_nothing_and_the_next_one_finishes(
    broker: Celery, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    fill_outbox(400)
    first = start_worker()
    broker.send_task("organisation.tasks.notices_send")
    assert wait_for(lambda: sent() > 10)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(10)
    start_worker()
    broker.send_task("organisation.tasks.notices_send")
    # At most the one message that the dead worker held waits for its ten minutes of real time.
    assert wait_for(lambda: sent() >= 399)
    Notice.objects.filter(state=Notice.State.CLAIMED).update(claimed_at="2020-01-01T00:00:00Z")
    broker.send_task("organisation.tasks.notices_send")
    assert wait_for(lambda: sent() == 400)
    # Sent twice at most the one that was under way: better twice than never.
    assert 400 <= DemoMessage.objects.count() <= 401
