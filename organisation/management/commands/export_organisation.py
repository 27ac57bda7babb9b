"""`bin/manage export_organisation FILE.xlsx`: the organisation as a workbook that imports again unchanged."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from organisation.imports.export import export_workbook


class Command(BaseCommand):
    help = "Skriver organisationen til en Excel-projektmappe, som kan indlæses igen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="filen, der skrives (.xlsx)")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = export_workbook(options["path"])
        self.stdout.write(", ".join(f"{number} {sheet}" for sheet, number in counts.items()))
