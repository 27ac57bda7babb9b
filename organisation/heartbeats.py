"""Who was last heard of: the processes that answer to nobody note that they are there, and /healthz reads it.

In real time, never the demonstration's: this measures machines. Kept in the cache, so that nothing needs to be there.
"""

from __future__ import annotations

import time

from django.core.cache import cache

BEAT, WORKER, CLOSER = "heartbeat:beat", "heartbeat:worker", "heartbeat:closer"
CLOSER_WORKS = "heartbeat:closer-works"
LONGEST_WORK = 900  # seconds that the closer may be silent while it opens and counts


def note(key: str) -> None:
    cache.set(key, time.time(), None)


def closer_works() -> None:
    """From here on the closer opens and counts, and does not look up until it is done."""
    cache.set(CLOSER_WORKS, time.time(), LONGEST_WORK)


def closer_rests() -> None:
    cache.delete(CLOSER_WORKS)
    note(CLOSER)


def ages() -> dict[str, float | None]:
    """Name -> seconds since it was last heard of; None when never. A closer at work is heard of."""
    seen = cache.get_many([BEAT, WORKER, CLOSER, CLOSER_WORKS])
    now = time.time()
    found: dict[str, float | None] = {
        name: round(now - seen[key], 1) if key in seen else None
        for name, key in (("worker", WORKER), ("beat", BEAT), ("closer", CLOSER))
    }
    if CLOSER_WORKS in seen:
        found["closer"] = 0.0
    return found
