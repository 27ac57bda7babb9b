"""/healthz: is everything up that a person's request or a due job needs?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation import heartbeats

ANSWER_WITHIN = 0.9  # seconds, also when a server does not answer at all
# A heartbeat is sent every five seconds, the closer's every two: three may be late before somebody is told.
OLDEST_HEARTBEAT = 20.0

Probe = Callable[[], dict[str, Any]]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503. Says what is down, never why: the address is open to everybody."""
    found = health()
    status = 200 if all(part["ok"] for part in found.values()) else 503
    return JsonResponse(found, status=status, json_dumps_params={"indent": 1})


def health() -> dict[str, dict[str, Any]]:
    probes: dict[str, Probe] = {
        "default": lambda: _database("default"),
        "urn": lambda: _database("urn"),
        "broker": _broker,
        "heartbeats": _heartbeats,
    }
    # Connections of their own, side by side: one server that is silent must not hide the others, and a pool that is
    # emptied by a restart would make us wait.
    threads = ThreadPoolExecutor(max_workers=len(probes))
    running = {name: threads.submit(probe) for name, probe in probes.items()}
    wait(running.values(), timeout=ANSWER_WITHIN)
    threads.shutdown(wait=False)
    found: dict[str, dict[str, Any]] = {}
    for name, probe in running.items():
        found[name] = probe.result() if probe.done() and not probe.exception() else {"ok": False}
    ages = found.pop("heartbeats")
    missing: dict[str, Any] = {"ok": False, "age": None}
    return {"web": {"ok": True}, **found, **{name: ages.get(name, missing) for name in ("worker", "beat", "closer")}}


def _database(alias: str) -> dict[str, Any]:
    parameters = connections[alias].get_connection_params() | {"connect_timeout": 2, "autocommit": True}
    with psycopg.connect(**parameters) as connection:
        connection.execute("SELECT 1")
    return {"ok": True}


def _broker() -> dict[str, Any]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=ANSWER_WITHIN)
    with client:
        return {"ok": bool(client.ping())}


def _heartbeats() -> dict[str, Any]:
    """Seconds since each was last heard of; None when never."""
    return {
        name: {"ok": age is not None and age <= OLDEST_HEARTBEAT, "age": age} for name, age in heartbeats.ages().items()
    }
