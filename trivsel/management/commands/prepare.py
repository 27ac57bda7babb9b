"""Make everything ready for the servers of bin/run, in one process: tables, static files, demonstration.

Exit code 2 and one sentence when the demonstration is asked for on a database that is not its own.
"""

from __future__ import annotations

import hashlib
import sys
import time
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from organisation.factor_secrets import encrypt_all
from trivsel.demo.cast import CAST, cast_people
from trivsel.demo.shape import SMALLEST
from trivsel.demo.stages import KEYS

REFUSED = 2


class Command(BaseCommand):
    help = "Gør databaser, statiske filer og demonstrationen klar. Kaldes af bin/run; kan køres igen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--employees", type=int, default=5000)
        parser.add_argument("--stage", default="open", choices=KEYS, metavar="NAME")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        migrate_where_needed()
        encrypt_all()
        collect_static_where_changed()
        if settings.DEMO:
            self._demo(options)
        self.stdout.write(f"Klar efter {time.monotonic() - began:.1f} s.")

    def _demo(self, options: dict[str, Any]) -> None:
        from trivsel.demo import seeding
        from trivsel.demo.journey import advance_to

        if options["employees"] < SMALLEST:
            self._refuse(f"Demonstrationen skal have mindst {SMALLEST} ansatte.")
        if not seeding.is_ours():
            if not seeding.is_empty():
                self._refuse(
                    "Databasen er ikke tom, og det er ikke demonstrationen, der har fyldt den: "
                    "start uden TRIVSEL_DEMO=1, eller brug en tom database."
                )
            seeding.seed(employees=options["employees"], seed=options["seed"], say=self._say)
        if not seeding.has_arrived():
            self._say("Flytter uret frem og lader kommunens folk leve så længe …")
            if advance_to(options["stage"], say=self._say):
                seeding.mark_arrived()
        self._cast()

    def _cast(self) -> None:
        people = cast_people()
        self.stdout.write(f"\nLog ind som en af de tolv på {settings.BASE_URL}/demo/log-ind/")
        for member in CAST:
            if member.key in people:
                self.stdout.write(f"  {people[member.key].name:<14} {member.role}")
        self.stdout.write("")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(REFUSED)


def migrate_where_needed() -> None:
    """Looking costs a tenth of a second; migrating nothing costs two."""
    for alias in ("default", "urn"):
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", database=alias, verbosity=0, interactive=False)


def collect_static_where_missing() -> None:
    """For a second web server beside the real one: never under the feet of a server that serves them already."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        collect_static_where_changed()


def collect_static_where_changed() -> None:
    """The served copies with their hashed names, made again only when a source has changed."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            modified = storage.get_modified_time(path)
            digest.update(f"{path} {storage.size(path)} {modified.timestamp()}\n".encode())
    mark = settings.STATIC_ROOT / ".sources"
    if mark.exists() and mark.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(digest.hexdigest())
