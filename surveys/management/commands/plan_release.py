"""The release planner on outside data: counts in, facts out."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.planner import TownError, facts_to_json, plan, town_from_json


class Command(BaseCommand):
    help = "Plan a release from the counts in TOWN.json and write the facts that may be shown."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("town", metavar="TOWN.json", type=Path)
        parser.add_argument("--out", metavar="FACTS.json", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["town"]
        try:
            town = town_from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=2) from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: no JSON: {error}", returncode=2) from error
        except TownError as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
        facts = plan(town)
        try:
            options["out"].write_text(json.dumps(facts_to_json(facts), ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}", returncode=2) from error
        possible = len(town.units) * len(town.items)
        self.stdout.write(
            f"{len(facts.facts)} of {possible} figures may be shown; "
            f"{len(facts.structure)} of {len(town.units)} units have a report: {options['out']}"
        )
