"""Try to match people with their envelopes on the running system. Exit code 1 if anybody is matched above chance.

    bin/manage linkage_attack [--people 2000]

Uses the two throw-away databases «…_linkage» in the same clusters; the real ones are not touched.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trivsel.linkage import started
from trivsel.linkage.report import report
from trivsel.linkage.run import CannotRun, places_here, played

CANNOT = 3


class Command(BaseCommand):
    help = "Prøver at koble personer til kuverter ud fra alt, hvad der kan læses. Slutter med 1, hvis det lykkes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=started.WHOLE, help="opdigtede ansatte")
        parser.add_argument("--inside", help="kun til programmets eget brug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["inside"]:
                self._inside(Path(options["inside"]), options["people"])
                return
            code, text = started.attack(options["people"])
        except CannotRun as reason:
            raise CommandError(str(reason), returncode=CANNOT) from reason
        self.stdout.write(text)
        self.stdout.flush()
        if code:
            sys.exit(code)

    def _inside(self, folder: Path, people: int) -> None:
        def say(line: str) -> None:
            self.stderr.write(line)
            self.stderr.flush()

        result = played(people=people, places=places_here(), folder=folder, say=say)
        self.stdout.write(report(result))
        self.stdout.flush()
        if not result.green:
            sys.exit(started.LEAK)
