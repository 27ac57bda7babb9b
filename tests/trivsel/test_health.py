"""/healthz: 200 only when every part is well, closer included; quick also when they are not."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from organisation import heartbeats
from trivsel import health, tasks

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
PARTS = ["web", "default", "urn", "broker", "worker", "beat", "closer"]


@pytest.fixture(autouse=True)
def all_are_heard_of() -> Iterator[None]:
    cache.clear()
    tasks.beat_was_here()
    tasks.heartbeat()
    heartbeats.closer_rests()
    yield
    cache.clear()


def test_it_says_that_all_is_well_one_line_each(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200, answer.json()
    assert list(answer.json()) == PARTS
    assert all(part["ok"] for part in answer.json().values())
    assert 0 <= answer.json()["beat"]["age"] < 5
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_refuses_to_be_written_to(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize(
    ("key", "part"), [(heartbeats.BEAT, "beat"), (heartbeats.WORKER, "worker"), (heartbeats.CLOSER, "closer")]
)
def test_an_old_heartbeat_is_not_well(client: Client, key: str, part: str) -> None:
    cache.set(key, time.time() - 60, None)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [name for name, found in answer.json().items() if not found["ok"]] == [part]
    assert answer.json()[part]["age"] >= 60


def test_a_heartbeat_that_never_came_is_not_well(client: Client) -> None:
    cache.clear()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == {"ok": False, "age": None}
    assert answer.json()["closer"] == {"ok": False, "age": None}


def test_a_closer_that_opens_and_counts_is_well_though_it_does_not_look_up(client: Client) -> None:
    cache.set(heartbeats.CLOSER, time.time() - 60, None)
    heartbeats.closer_works()
    assert client.get("/healthz").json()["closer"] == {"ok": True, "age": 0.0}
    heartbeats.closer_rests()
    assert cache.get(heartbeats.CLOSER_WORKS) is None


@pytest.mark.parametrize("alias", ["default", "urn"])
def test_a_database_that_is_gone_is_named(client: Client, monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    monkeypatch.setitem(connections[alias].settings_dict, "HOST", "/nowhere")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [name for name, found in answer.json().items() if not found["ok"]] == [alias]
    assert "nowhere" not in answer.content.decode()


def test_a_database_that_is_silent_does_not_hold_the_answer_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setitem(connections["urn"].settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connections["urn"].settings_dict, "PORT", str(silent.getsockname()[1]))
        started = time.monotonic()
        answer = client.get("/healthz")
        took = time.monotonic() - started
    assert answer.status_code == 503
    assert answer.json()["urn"] == {"ok": False}
    assert answer.json()["default"] == {"ok": True}
    assert took < health.ANSWER_WITHIN + 0.6


def test_a_broker_that_is_gone_is_named(client: Client, settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [name for name, found in answer.json().items() if not found["ok"]] == ["broker"]


def test_sending_the_task_is_beats_heartbeat_and_running_it_the_workers() -> None:
    cache.clear()
    from celery.signals import before_task_publish

    before_task_publish.send(sender=tasks.TASK, body=None)
    assert cache.get(heartbeats.BEAT) is not None
    assert cache.get(heartbeats.WORKER) is None
    tasks.heartbeat()
    assert cache.get(heartbeats.WORKER) is not None


def test_beat_is_told_to_send_it_often_enough() -> None:
    from trivsel.schedule import beat_schedule

    entry = beat_schedule(demo=False)[tasks.TASK]
    assert entry["task"] == tasks.TASK
    assert entry["schedule"] * 3 < health.OLDEST_HEARTBEAT


def test_the_closer_says_that_it_is_there_once_it_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from surveys.management.commands import closer

    class Ended(Exception):
        pass

    def ends(_seconds: float) -> None:
        raise Ended

    cache.clear()
    monkeypatch.setattr(closer.time, "sleep", ends)
    monkeypatch.setattr(closer.signal, "signal", lambda *_: None)
    monkeypatch.setattr(closer, "_alone", lambda: False)
    with pytest.raises(Ended):
        closer.Command().handle()
    assert cache.get(heartbeats.CLOSER) is None
    monkeypatch.setattr(closer, "_alone", lambda: True)
    with pytest.raises(Ended):
        closer.Command().handle()
    assert cache.get(heartbeats.CLOSER) is not None
