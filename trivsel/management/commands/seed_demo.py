"""Fill an empty database with Lindevig Kommune; the year stands before the survey."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trivsel.demo.seeding import CannotSeed, export, seed
from trivsel.demo.shape import SMALLEST


class Command(BaseCommand):
    help = "Bygger demonstrationskommunen i en tom database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--employees", type=int, default=5000)
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--export", metavar="FILE.xlsx", help="skriv kun organisationen som en projektmappe; databasen røres ikke"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["employees"] < SMALLEST:
            raise CommandError(f"Demonstrationen skal have mindst {SMALLEST} ansatte.")
        began = time.monotonic()
        try:
            if options["export"]:
                counts = export(options["export"], employees=options["employees"], seed=options["seed"])
                self.stdout.write(", ".join(f"{number} {sheet}" for sheet, number in counts.items()))
                return
            seed(employees=options["employees"], seed=options["seed"], say=self.stdout.write)
        except CannotSeed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Færdig på {time.monotonic() - began:.1f} s.")
