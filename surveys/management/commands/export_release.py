"""bin/manage export_release CAMPAIGN --out FACTS.json: every figure that any role can see, for the auditor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.models import Campaign
from surveys.facts import export_release
from surveys.models import Release, Wave


class Command(BaseCommand):
    help = "Skriv alle frigivne tal i en måling til en fil, som audit_release kan efterprøve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("campaign", help="årstal, fx 2026")
        parser.add_argument("--out", required=True, type=Path)
        parser.add_argument("--wave", help="uuid af en kort måling; ellers hovedmålingen")

    def handle(self, *args: Any, **options: Any) -> None:
        if not str(options["campaign"]).isdigit():
            raise CommandError("Angiv målingen med dens årstal, fx 2026.")
        campaign = Campaign.objects.filter(year=int(options["campaign"])).first()
        if campaign is None:
            raise CommandError(f"Der er ingen måling i {options['campaign']}.")
        releases = Release.objects.filter(wave__campaign=campaign)
        releases = (
            releases.filter(wave__uuid=options["wave"])
            if options["wave"]
            else releases.filter(wave__kind__in=[Wave.Kind.MAIN, Wave.Kind.IMPORTED])
        )
        release = releases.select_related("wave__campaign").order_by("-number").first()
        if release is None:
            raise CommandError("Målingen har ingen tal endnu.")
        out: Path = options["out"]
        out.write_text(json.dumps(export_release(release), ensure_ascii=False), encoding="utf-8")
        self.stdout.write(f"{release.facts.filter(n__isnull=False).count()} tal i {out}")
