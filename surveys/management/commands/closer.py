"""The process that waits for two key holders, in the foreground."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection, connections
from redis.exceptions import RedisError

from organisation import heartbeats
from surveys.closer import LOCK, Closer

EVERY = 2.0  # seconds


class Command(BaseCommand):
    help = "Waits for two key holders, rehearses, opens and counts. One process; its keys live in its memory only."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sign-of-life", type=Path, help="a file to touch in each round")

    def handle(self, *args: Any, sign_of_life: Path | None = None, **options: Any) -> None:
        # A crash must not write the memory to disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        closer = Closer()
        alone = False
        while True:
            try:
                alone = alone or _alone()
                if alone:  # one that only waits for the lock must not hide that the other stands still
                    heartbeats.closer_rests()
                done = closer.look() if alone else 0
            except (Error, RedisError) as error:
                self.stderr.write(f"The database does not answer: {type(error).__name__}")
                connections.close_all()  # and with it the lock: take it again before the next look
                alone, done = False, 0
            if sign_of_life is not None:
                sign_of_life.touch()
            if done:
                # Begin again in a new memory image: what held a private key is gone with the old one.
                connections.close_all()
                os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
            time.sleep(EVERY)


def _alone() -> bool:
    """Is this the only one? A lock of this very connection, which goes when the process does."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
